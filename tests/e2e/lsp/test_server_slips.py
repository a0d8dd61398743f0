"""A wrong name in an edited line is told a moment later, by a client that pulls."""

import time

JUDGE = """
import sys
sys.path.insert(0, ".")
from assistants.model import Capabilities, Token
from assistants.settings import Settings
from lsp.server import main

class Judge:
    name = "judge"
    capabilities = Capabilities(context_length=512, fill_in_the_middle=True, score=True)
    def stream(self, prompt, /, *, constraint=None, sampling=None, cancel=None):
        yield Token(text="", finish="stop")
    def score(self, prompt, options, /):
        return tuple(0.0 if "(block," in one else -40.0 for one in options)

sys.exit(main(Settings(model="judge"), load=lambda name: Judge()))
"""
CLIENT = {"textDocument": {"inlineCompletion": {}, "diagnostic": {}}}
URI = "file:///nowhere/a.py"
HEAD = "def other(target, block, size):\n" + "    target.write(block, size)\n" * 20
TAIL = """
def copy(source, target, size):
    count = 0
    for block in source:
        target.write(block, size)
    return count
"""


def pulled(client):
    answer = client.ask("textDocument/diagnostic", {"textDocument": {"uri": URI}})
    return [(one["code"], one["range"]["start"]) for one in answer["items"]]


def change(client, version, start, end, text):
    edit = {"range": {"start": start, "end": end}, "text": text}
    params = {"textDocument": {"uri": URI, "version": version}, "contentChanges": [edit]}
    client.notify("textDocument/didChange", params)


def test_a_slip_in_an_edited_line_is_told_and_goes_away_with_the_line(connect):
    client = connect(JUDGE, ())
    client.start(CLIENT, {"slips": True})
    client.open(URI, HEAD + TAIL)
    place = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}
    client.ask("textDocument/inlineCompletion", place | {"context": {"triggerKind": 1}})  # loads it
    line = (HEAD + TAIL)[: (HEAD + TAIL).rindex("target.write")].count("\n")
    start = {"line": line, "character": 21}
    change(client, 2, start, {"line": line, "character": 26}, "count")
    until = time.monotonic() + 60
    while not (found := pulled(client)) and time.monotonic() < until:
        time.sleep(0.2)
    assert found == [("likely-wrong-name", start)]
    change(client, 3, start, {"line": line, "character": 26}, "block")
    assert pulled(client) == []
