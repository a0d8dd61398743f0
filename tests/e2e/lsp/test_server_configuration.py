"""Settings through the client, and cells of notebooks, over the wire."""

CLIENT = {
    "textDocument": {"diagnostic": {}, "rename": {}},
    "workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}},
}
URI = "file:///nowhere/a.py"
CELL = "vscode-notebook-cell:/nowhere/a.ipynb#X1"


def pull(client, uri):
    report = client.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    return [(item["code"], item["range"]["start"]["line"]) for item in report["items"]]


def test_settings_are_asked_for_and_changes_of_them_too(connect):
    client = connect()
    client.settings = {"diagnostics": False}
    client.start(CLIENT)
    (asked,) = client.wait_for("workspace/configuration")
    assert asked == {"items": [{"section": "plumb"}]}
    (registered,) = client.wait_for("client/registerCapability")
    (registration,) = registered["registrations"]
    assert registration["method"] == "workspace/didChangeConfiguration"
    client.open(URI, "x = missing\n")
    assert pull(client, URI) == []
    client.settings = {"diagnostics": True, "ghostText": "perhaps"}
    client.notify("workspace/didChangeConfiguration", {"settings": None})
    (told,) = client.wait_for("window/showMessage")
    assert "'ghostText' cannot be 'perhaps'" in told["message"]
    assert pull(client, URI) == [("undefined-name", 0)]
    assert client.stop() == 0


def test_clients_that_push_their_settings(connect):
    client = connect()
    client.start({"textDocument": {"diagnostic": {}}})
    client.open(URI, "x = missing\n")
    assert pull(client, URI) == [("undefined-name", 0)]
    settings = {"plumb": {"diagnostics": False}, "other": {}}
    client.notify("workspace/didChangeConfiguration", {"settings": settings})
    assert pull(client, URI) == []


def test_another_model_takes_over(connect):
    client = connect()
    client.start({"textDocument": {"inlineCompletion": {}}})
    client.open(URI, "def compute_total(): ...\nx = compu\n")
    settings = {"plumb": {"model": "bundledd"}}
    client.notify("workspace/didChangeConfiguration", {"settings": settings})
    place = {"textDocument": {"uri": URI}, "position": {"line": 1, "character": 9}}
    client.ask("textDocument/inlineCompletion", {**place, "context": {"triggerKind": 1}})
    (told,) = client.wait_for("window/showMessage")
    assert "did you mean bundled" in told["message"]


def test_a_cell_of_a_notebook_has_no_findings_about_names_or_commands(connect):
    client = connect()
    client.start(CLIENT)
    commands = "%matplotlib inline\n!ls *.csv\nfiles = !ls\nframe?\nif frame:\n    %time run()\n"
    client.open(CELL, f"import os\n{commands}print(from_another_cell)\n")
    assert pull(client, CELL) == []
    other = CELL.replace("X1", "X2")
    client.open(other, "%%html\n<b>bold</b>\n")
    assert pull(client, other) == []
    broken = CELL.replace("X1", "X3")
    client.open(broken, "!ls\nx = (1,\n")
    assert pull(client, broken) == [("syntax-error", 1)]


def test_nothing_in_a_notebook_is_renamed(connect):
    client = connect()
    client.start(CLIENT)
    client.open(CELL, "x = 1\n")
    request = {
        "textDocument": {"uri": CELL},
        "position": {"line": 0, "character": 0},
        "newName": "y",
    }
    answer = client.answer(client.request("textDocument/rename", request))
    assert "notebooks are not renamed" in answer["error"]["message"]


def test_a_name_of_a_cell_leads_to_that_cell(connect):
    client = connect()
    client.start({"textDocument": {"definition": {}}})
    client.open(CELL, "import os\nx = 1\n")
    other = CELL.replace("X1", "X2")
    client.open(other, "y = 2\nprint(y)\n")
    place = {"textDocument": {"uri": other}, "position": {"line": 1, "character": 6}}
    (found,) = client.ask("textDocument/definition", place)
    assert (found["uri"], found["range"]["start"]) == (other, {"line": 0, "character": 0})
