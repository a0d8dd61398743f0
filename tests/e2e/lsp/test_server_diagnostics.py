"""Pull and push diagnostics over the wire, in whole and in broken files."""

import pytest

from code_assist import javac

CLIENT = {"textDocument": {"completion": {}, "inlineCompletion": {}, "diagnostic": {}}}
PY = "file:///nowhere/a.py"
JAVA = "file:///nowhere/A.java"


def pull(client, uri, previous=None):
    params = {"textDocument": {"uri": uri}}
    if previous:
        params["previousResultId"] = previous
    return client.ask("textDocument/diagnostic", params)


def lines(report):
    return [(item["code"], item["range"]["start"]["line"]) for item in report["items"]]


def test_broken_files_have_one_finding_per_cause(connect):
    client = connect()
    client.start(CLIENT)
    client.open(PY, "print(before)\n\ndef f():\n    return (1,\n\ndef g():\n    return after\n")
    assert lines(pull(client, PY)) == [
        ("undefined-name", 0),
        ("syntax-error", 3),
        ("undefined-name", 6),
    ]
    client.open(JAVA, "class A {\n  int f() { return 1 }\n  void g() { int x = ; }\n}\n", "java")
    assert lines(pull(client, JAVA)) == [("syntax-error", 1), ("syntax-error", 2)]


def test_an_unchanged_document_is_not_reported_again(connect):
    client = connect()
    client.start(CLIENT)
    client.open(PY, "import os\n")
    first = pull(client, PY)
    (item,) = first["items"]
    assert (item["severity"], item["tags"], item["source"]) == (2, [1], "plumb")
    second = pull(client, PY, first["resultId"])
    assert second == {"kind": "unchanged", "resultId": first["resultId"]}


def test_edits_are_followed_across_emoji_form_feeds_and_crlf(connect):
    client = connect()
    client.start(CLIENT)
    client.open(PY, "s = '😀😀'\x0c\r\nprint(s)\r\nprint(t)\r\n")
    assert lines(pull(client, PY)) == [("undefined-name", 2)]
    edits = [
        {
            "range": {
                "start": {"line": 0, "character": 10},
                "end": {"line": 1, "character": 0},
            },
            "text": "; x = 1\r\n",
        },
        {
            "range": {
                "start": {"line": 2, "character": 6},
                "end": {"line": 2, "character": 7},
            },
            "text": "x, '😀', u",
        },
    ]
    client.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": PY, "version": 2}, "contentChanges": edits},
    )
    (item,) = pull(client, PY)["items"]
    assert item["message"] == "undefined name 'u'"
    assert item["range"] == {
        "start": {"line": 2, "character": 15},
        "end": {"line": 2, "character": 16},
    }


def test_a_position_inside_of_an_emoji_or_past_the_end_does_no_harm(connect):
    client = connect()
    client.start(CLIENT)
    client.open(PY, "s = '😀'\n")
    inside = {"line": 0, "character": 6}
    edits = [
        {"range": {"start": inside, "end": inside}, "text": "x"},
        {
            "range": {
                "start": {"line": 7, "character": 3},
                "end": {"line": 9, "character": 9},
            },
            "text": "print(s)\n",
        },
    ]
    client.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": PY, "version": 2}, "contentChanges": edits},
    )
    assert pull(client, PY)["items"] == []


def test_findings_are_published_to_clients_that_cannot_pull(connect):
    client = connect()
    client.start({"textDocument": {"completion": {}}})
    client.open(PY, "x = missing\n")
    (note,) = client.wait_for("textDocument/publishDiagnostics")
    assert (note["uri"], note["version"]) == (PY, 1)
    assert [item["code"] for item in note["diagnostics"]] == ["undefined-name"]
    client.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": PY, "version": 2}, "contentChanges": [{"text": "x = 1\n"}]},
    )
    assert client.wait_for("textDocument/publishDiagnostics", 2)[1]["diagnostics"] == []


@pytest.mark.skipif(javac.program() is None, reason="no JDK on this machine")
def test_what_javac_finds_follows(scripted):
    """A client that pulls is told to ask again; an edit elsewhere leaves the finding in place."""
    capabilities = {
        "textDocument": {"diagnostic": {}},
        "workspace": {"diagnostics": {"refreshSupport": True}},
    }
    client = scripted(capabilities=capabilities)
    uri = "file:///nowhere/A.java"
    client.open(uri, "class A {\n  int f() { }\n}\n", "java")
    first = pull(client, uri)
    client.wait_for("workspace/diagnostic/refresh")
    (found,) = pull(client, uri, first["resultId"])["items"]
    assert (found["message"], found["range"]["start"]["line"]) == ("missing return statement", 1)
    insert = {"start": {"line": 0, "character": 9}, "end": {"line": 0, "character": 9}}
    changes = [{"range": insert, "text": "\n  int a;"}]
    item = {"uri": uri, "version": 2}
    client.notify("textDocument/didChange", {"textDocument": item, "contentChanges": changes})
    (moved,) = pull(client, uri)["items"]
    assert moved["range"]["start"]["line"] == 2
