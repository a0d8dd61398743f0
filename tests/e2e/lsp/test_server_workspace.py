"""The open folders over the wire: indexed in the background, followed as they change."""

import time

CLIENT = {
    "textDocument": {"completion": {}, "inlineCompletion": {}, "codeAction": {}},
    "window": {"workDoneProgress": True},
    "workspace": {
        "workspaceFolders": True,
        "didChangeWatchedFiles": {"dynamicRegistration": True},
    },
}
LINE = "    with open(path, 'r') as file:"
TYPED = "def load_all(path):\n    check(path)\n    with open(pa\n        return 1\n"


def start(client, *roots, options=None):
    folders = [{"uri": root.as_uri(), "name": root.name} for root in roots]
    params = {
        "processId": None,
        "rootUri": None,
        "workspaceFolders": folders,
        "capabilities": CLIENT,
        "initializationOptions": options,
    }
    result = client.ask("initialize", params)
    client.notify("initialized", {})
    return result["capabilities"]


def write(folder, name, line=LINE):
    body = f"def load_{name}(path):\n    check(path)\n{line}\n        return file.read()\n"
    (folder / f"{name}.py").write_text(body * 70)


def ghost(client, uri, text=TYPED):
    client.open(uri, text)
    request = {
        "textDocument": {"uri": uri},
        "position": {"line": 2, "character": 16},
        "context": {"triggerKind": 1},
    }
    answer = client.ask("textDocument/inlineCompletion", request)
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    return answer["items"][0]["insertText"] if answer else None


def wait_for_ghost(client, uri, expected):
    end = time.monotonic() + 60
    while (found := ghost(client, uri)) != expected:
        assert time.monotonic() < end, found
        time.sleep(0.1)


def test_without_a_model_other_files_are_repeated(connect, tmp_path):
    write(tmp_path, "one")
    client = connect()
    offered = start(client, tmp_path)
    assert offered["workspace"]["workspaceFolders"]["supported"] is True
    *_, end = client.wait_for("$/progress", 2)
    assert end["value"] == {"kind": "end", "message": "1 files, 70 definitions"}
    uri = (tmp_path / "new.py").as_uri()
    assert ghost(client, uri) == "th, 'r') as file:"
    assert client.stop() == 0


def test_a_name_that_another_file_defines_can_be_imported(connect, tmp_path):
    (tmp_path / "prices.py").write_text("class Price: ...\n")
    client = connect()
    start(client, tmp_path)
    client.wait_for("$/progress", 2)
    uri = (tmp_path / "orders.py").as_uri()
    client.open(uri, "order = Price()\n")
    place = {"line": 0, "character": 9}
    asked = {
        "textDocument": {"uri": uri},
        "range": {"start": place, "end": place},
        "context": {"diagnostics": []},
    }
    (action,) = client.ask("textDocument/codeAction", asked)
    assert action["title"] == "Import 'Price' from prices"
    (edit,) = action["edit"]["changes"][uri]
    assert edit["newText"] == "from prices import Price\n"
    assert client.stop() == 0


def test_the_client_is_asked_to_watch_and_what_it_tells_is_taken_in(connect, tmp_path):
    client = connect()
    start(client, tmp_path)
    client.wait_for("$/progress", 2)
    (asked,) = client.wait_for("client/registerCapability")
    (registration,) = asked["registrations"]
    assert registration["method"] == "workspace/didChangeWatchedFiles"
    uri = (tmp_path / "new.py").as_uri()
    assert ghost(client, uri) != "th, 'r') as file:"
    write(tmp_path, "one")
    changed = {"changes": [{"uri": (tmp_path / "one.py").as_uri(), "type": 1}]}
    client.notify("workspace/didChangeWatchedFiles", changed)
    wait_for_ghost(client, uri, "th, 'r') as file:")


def test_several_roots_and_a_root_that_comes_later(connect, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    write(second, "one")
    client = connect()
    start(client, first)
    uri = (first / "new.py").as_uri()
    client.wait_for("$/progress", 2)
    assert ghost(client, uri) != "th, 'r') as file:"
    event = {"added": [{"uri": second.as_uri(), "name": "second"}], "removed": []}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": event})
    wait_for_ghost(client, uri, "th, 'r') as file:")
    event = {"added": [], "removed": [{"uri": second.as_uri(), "name": "second"}]}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": event})
    client.wait_for("$/progress", 6)
    assert ghost(client, uri) != "th, 'r') as file:"


def test_the_index_can_be_switched_off(connect, tmp_path):
    write(tmp_path, "one")
    client = connect()
    start(client, tmp_path, options={"index": False})
    uri = (tmp_path / "new.py").as_uri()
    assert ghost(client, uri) != "th, 'r') as file:"
    assert client.requests == []
    assert client.stop() == 0
