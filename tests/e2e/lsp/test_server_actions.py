"""Quick-fixes and what may be renamed, through the protocol."""

import pytest

CAPABILITIES = {
    "textDocument": {
        "codeAction": {},
        "diagnostic": {},
        "rename": {"prepareSupport": True},
    }
}
URI = "file:///nowhere/a.py"
TEXT = "def area(radius):\n    return raduis * 2\n"


@pytest.fixture
def opened(connect):
    server = connect()
    offered = server.start(CAPABILITIES)
    server.open(URI, TEXT)
    return server, offered


def span(line, start, end):
    return {
        "start": {"line": line, "character": start},
        "end": {"line": line, "character": end},
    }


def test_a_misspelt_name_is_changed_by_a_quick_fix(opened):
    server, offered = opened
    assert "quickfix" in offered["codeActionProvider"]["codeActionKinds"]
    actions = server.ask(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": URI},
            "range": span(1, 11, 11),
            "context": {"diagnostics": [], "only": ["quickfix"]},
        },
    )
    (edit,) = actions[0]["edit"]["changes"][URI]
    assert edit == {"range": span(1, 11, 17), "newText": "radius"}
    assert actions[0]["diagnostics"][0]["code"] == "undefined-name"


def test_a_name_may_be_renamed_and_a_keyword_not(opened):
    server, offered = opened
    assert offered["renameProvider"] == {"prepareProvider": True}

    def prepare(line, character):
        place = {"line": line, "character": character}
        params = {"textDocument": {"uri": URI}, "position": place}
        return server.ask("textDocument/prepareRename", params)

    assert prepare(0, 10) == span(0, 9, 15)
    assert prepare(1, 6) is None
