"""Popup and ghost text over the wire."""

import time

import pytest

CLIENT = {"textDocument": {"completion": {}, "inlineCompletion": {}, "diagnostic": {}}}
PY = "file:///nowhere/a.py"
JAVA = "file:///nowhere/A.java"


def place(uri, line, character, **context):
    return {
        "textDocument": {"uri": uri},
        "position": {"line": line, "character": character},
        "context": {"triggerKind": 1, **context},
    }


def test_ghost_text_from_the_model(scripted):
    client = scripted("3.14 * radius ** 2\n\nprint(1)\n")
    client.open(PY, "def area(radius):\n    return \n")
    shown = client.ask("textDocument/inlineCompletion", place(PY, 1, 11))
    point = {"line": 1, "character": 11}
    assert shown["items"] == [
        {"insertText": "3.14 * radius ** 2", "range": {"start": point, "end": point}}
    ]


def test_ghost_text_in_java(scripted):
    client = scripted("a + b;\n  }\n\n  int other() {")
    client.open(JAVA, "class A {\n  int add(int a, int b) {\n    return \n  }\n}\n", "java")
    shown = client.ask("textDocument/inlineCompletion", place(JAVA, 2, 11))
    assert shown["items"][0]["insertText"] == "a + b;"


def test_popup_and_ghost_text_agree(scripted):
    client = scripted("compute_total(items)")
    client.open(PY, "def compute_total(items): ...\nitems = []\nx = \n")
    client.ask("textDocument/inlineCompletion", place(PY, 2, 4))
    popup = client.ask("textDocument/completion", place(PY, 2, 4))
    first, *rest = sorted(popup["items"], key=lambda item: item["sortText"])
    assert first["textEdit"]["newText"] == "compute_total(items)"
    assert {"items", "compute_total"} <= {item["label"] for item in rest}


def test_in_the_popup_the_model_completes_the_word_typed_so_far(scripted):
    client = scripted("ue_one + 1")
    client.open(PY, "value_one = 1\nx = val\n")
    client.ask("textDocument/inlineCompletion", place(PY, 1, 7))
    item = client.ask("textDocument/completion", place(PY, 1, 7))["items"][0]
    assert item["textEdit"]["newText"] == item["filterText"] == "value_one + 1"
    assert item["textEdit"]["range"]["start"] == {"line": 1, "character": 4}


def test_a_name_that_the_model_writes_alone_stands_in_the_popup_once_and_first(scripted):
    client = scripted("ue_one")
    client.open(PY, "value_one = 1\nvalue_two = 2\nx = val\n")
    client.ask("textDocument/inlineCompletion", place(PY, 2, 7))
    popup = client.ask("textDocument/completion", place(PY, 2, 7))
    texts = [
        item["textEdit"]["newText"]
        for item in sorted(popup["items"], key=lambda item: item["sortText"])
    ]
    assert texts[0] == "value_one"
    assert texts.count("value_one") == 1
    assert "value_two" in texts


def test_the_popup_speaks_for_the_model_where_no_ghost_text_can_be_shown(scripted):
    replies = ["compute(1)"] * 30
    client = scripted(*replies, capabilities={"textDocument": {"completion": {}}})
    client.open(PY, "def compute(a): ...\nx = \n")

    def first():
        items = client.ask("textDocument/completion", place(PY, 1, 4))["items"]
        return items[0]["textEdit"]["newText"] if items else None

    shown = first()
    end = time.monotonic() + 60
    while shown != "compute(1)" and time.monotonic() < end:  # the model may still be loading
        time.sleep(0.1)
        shown = first()
    assert shown == "compute(1)"


def test_typing_through_ghost_text_asks_nobody_again(scripted):
    client = scripted("compute(one, two)")  # a second question would fail: there is one reply
    client.open(PY, "from shop import compute, one, two\nx = \n")
    client.ask("textDocument/inlineCompletion", place(PY, 1, 4))
    change = {"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 4}}
    client.notify(
        "textDocument/didChange",
        {
            "textDocument": {"uri": PY, "version": 2},
            "contentChanges": [{"range": change, "text": "compute("}],
        },
    )
    shown = client.ask("textDocument/inlineCompletion", place(PY, 1, 12))
    assert shown["items"][0]["insertText"] == "one, two)"


def test_what_is_selected_in_the_popup_is_extended(scripted):
    client = scripted("(items, 1)")
    client.open(PY, "def compute_total(a, b): ...\nitems = []\nx = compu\n")
    span = {"start": {"line": 2, "character": 4}, "end": {"line": 2, "character": 9}}
    selected = {"range": span, "text": "compute_total"}
    request = place(PY, 2, 9, selectedCompletionInfo=selected)
    shown = client.ask("textDocument/inlineCompletion", request)
    assert shown["items"] == [{"insertText": "compute_total(items, 1)", "range": span}]


def test_no_ghost_text_of_three_characters(scripted):
    client = scripted("", "", "")
    client.open(PY, "def area(radius):\n    return rad\n")
    assert client.ask("textDocument/inlineCompletion", place(PY, 1, 14)) is None


def test_a_line_that_is_data_gets_no_ghost_text_and_names_as_ever(scripted):
    client = scripted("compute_total", "compute_total")
    line = "x = [" + "1, " * 700 + "compu"
    client.open(PY, f"def compute_total(items): ...\n{line}\ny = compu\n")
    asked = place(PY, 1, len(line))
    assert client.ask("textDocument/inlineCompletion", asked) is None
    labels = [one["label"] for one in client.ask("textDocument/completion", asked)["items"]]
    assert labels == ["compute_total"]


def test_java_popup_comes_from_the_file(scripted):
    client = scripted()
    client.open(JAVA, "class A {\n  int total;\n  void f() {\n    this.\n  }\n}\n", "java")
    popup = client.ask("textDocument/completion", place(JAVA, 3, 9))
    assert [item["label"] for item in popup["items"]] == ["f", "total"]


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 13), ("utf-16", 11), ("utf-32", 10)])
def test_columns_in_every_encoding(scripted, encoding, column):
    capabilities = {**CLIENT, "general": {"positionEncodings": [encoding]}}
    client = scripted("compute(value)", capabilities=capabilities)
    assert client.capabilities["positionEncoding"] == encoding
    client.open(PY, "from shop import compute, value\r\ns = '😀'; y\r\n")
    change = {
        "start": {"line": 1, "character": column - 1},
        "end": {"line": 1, "character": column},
    }
    client.notify(
        "textDocument/didChange",
        {
            "textDocument": {"uri": PY, "version": 2},
            "contentChanges": [{"range": change, "text": "z = "}],
        },
    )
    end = {"line": 1, "character": column + 3}
    shown = client.ask("textDocument/inlineCompletion", place(PY, **end))
    assert shown["items"] == [{"insertText": "compute(value)", "range": {"start": end, "end": end}}]


def test_a_cancelled_request_stops_the_decoding(slow_server):
    client = slow_server
    client.start(CLIENT)
    client.open(PY, "y = \n")
    number = client.request("textDocument/inlineCompletion", place(PY, 0, 4))
    client.wait_for_stderr("ticking")
    client.notify("$/cancelRequest", {"id": number})
    assert client.answer(number)["error"]["code"] == -32800
    words = client.wait_for_stderr("of 2000")
    assert int(words.split("stopped after ")[1].split()[0]) < 1000
    assert client.stop() == 0


def test_a_newer_request_stops_the_older_and_stale_text_is_not_shown(slow_server):
    client = slow_server
    client.start(CLIENT)
    client.open(PY, "y = \n")
    first = client.request("textDocument/inlineCompletion", place(PY, 0, 4))
    client.wait_for_stderr("ticking")
    client.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": PY, "version": 2}, "contentChanges": [{"text": "zz = \n"}]},
    )
    client.request("textDocument/inlineCompletion", place(PY, 0, 5))
    assert client.answer(first)["result"] is None
    client.wait_for_stderr("stopped after")


def test_the_popup_answers_while_the_model_decodes(slow_server):
    client = slow_server
    client.start(CLIENT)
    client.open(PY, "value = 1\ny = \n")
    ghost = client.request("textDocument/inlineCompletion", place(PY, 1, 4))
    client.wait_for_stderr("ticking")
    popup = client.ask("textDocument/completion", place(PY, 1, 4))
    assert "value" in {item["label"] for item in popup["items"]}
    client.notify("$/cancelRequest", {"id": ghost})
    assert client.stop() == 0


def test_shutting_down_in_the_middle_of_decoding_is_clean(slow_server):
    client = slow_server
    client.start(CLIENT)
    client.open(PY, "y = \n")
    client.request("textDocument/inlineCompletion", place(PY, 0, 4))
    client.wait_for_stderr("ticking")
    assert client.stop() == 0


def test_other_languages_and_closed_documents_get_nothing(scripted):
    client = scripted("compute(1)")
    client.open("file:///nowhere/a.rs", "let y = ", "rust")
    for uri in ("file:///nowhere/a.rs", PY):
        assert client.ask("textDocument/inlineCompletion", place(uri, 0, 4)) is None
        assert client.ask("textDocument/completion", place(uri, 0, 4)) is None


@pytest.mark.parametrize(
    ("uri", "text", "at", "meaning"),
    [
        (
            PY,
            'def area(radius):\n    """The surface."""\n    return radius\n\n\nvalue = ar\n',
            (5, 10),
            ["def area(radius)", "The surface."],
        ),
        (PY, "import math\nvalue = math.fact\n", (1, 17), ["factorial"]),
        (
            JAVA,
            (
                "class A {\n  /** The surface. */\n  int area(int radius) { return radius; }\n"
                "  int twice() { return 2 * ar; }\n}\n"
            ),
            (3, 29),
            ["int area(int radius)", "The surface."],
        ),
    ],
)
def test_a_line_of_the_popup_is_explained(scripted, uri, text, at, meaning):
    client = scripted()
    client.open(uri, text, "java" if uri == JAVA else "python")
    found = None
    for _ in range(100):
        popup = client.ask("textDocument/completion", place(uri, *at))
        found = next(
            (item for item in popup["items"] if item["label"] in {"area", "factorial"}), None
        )
        if found or not popup["isIncomplete"]:
            break
        time.sleep(0.1)
    assert "documentation" not in found
    said = client.ask("completionItem/resolve", found)
    assert said["label"] == found["label"]
    for part in meaning:
        assert part in said["documentation"]["value"]


def test_a_line_is_explained_after_more_was_typed(scripted):
    client = scripted()
    text = 'def area(radius):\n    """The surface."""\n    return radius\n\n\nvalue = a + 1\n'
    client.open(PY, text)
    popup = client.ask("textDocument/completion", place(PY, 5, 9))
    found = next(item for item in popup["items"] if item["label"] == "area")
    item = {"uri": PY, "version": 2}
    typed = [{"text": text.replace("a + 1", "are + 1")}]
    client.notify("textDocument/didChange", {"textDocument": item, "contentChanges": typed})
    assert "The surface." in client.ask("completionItem/resolve", found)["documentation"]["value"]
    client.notify("textDocument/didClose", {"textDocument": {"uri": PY}})
    assert client.ask("completionItem/resolve", found)["label"] == "area"
