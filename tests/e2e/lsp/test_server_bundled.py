"""The language server with the model that ships."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WEIGHTS = ROOT / "assistants" / "data" / "plumb.onnx"
CLIENT = {"textDocument": {"inlineCompletion": {}}, "window": {"workDoneProgress": True}}
URI = "file:///nowhere/a.py"
LINES = (
    "import os",
    "",
    "class Account:",
    "    def __init__(self, owner, balance):",
    "        self.owner = owner",
    "        self.balance = ",
    "",
)


@pytest.mark.skipif(not WEIGHTS.is_file(), reason="the weights are not in this tree")
def test_the_bundled_model_loads_shows_progress_and_keeps_the_file_parsing(connect):
    client = connect(arguments=["bundled"])
    client.start(CLIENT)
    client.open(URI, "\n".join(LINES))
    cursor = {"line": 5, "character": len(LINES[5])}
    shown = client.ask(
        "textDocument/inlineCompletion",
        {"textDocument": {"uri": URI}, "position": cursor, "context": {"triggerKind": 1}},
    )
    kinds = [note["value"]["kind"] for note in client.wait_for("$/progress", 2)]
    assert kinds == ["begin", "end"]
    assert not [note for note in client.notifications if note["method"] == "window/showMessage"]
    if shown is not None:
        (item,) = shown["items"]
        lines = [*LINES[:5], LINES[5] + item["insertText"], *LINES[6:]]
        ast.parse("\n".join(lines))
    assert client.stop() == 0
