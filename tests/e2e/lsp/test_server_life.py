"""From initialize to exit, over real pipes, with every byte of stdout checked."""

import os
import signal

CLIENT = {
    "textDocument": {"completion": {}, "inlineCompletion": {}, "diagnostic": {}},
    "window": {"workDoneProgress": True},
}
URI = "file:///nowhere/a.py"


def test_a_whole_life(connect):
    client = connect()
    offered = client.start(CLIENT)
    assert offered["positionEncoding"] == "utf-16"
    assert offered["textDocumentSync"]["change"] == 2
    assert offered["completionProvider"]["triggerCharacters"] == ["."]
    assert offered["inlineCompletionProvider"] == {}
    assert offered["diagnosticProvider"]["interFileDependencies"] is False
    assert client.stop() == 0


def test_only_what_the_client_declares_is_offered(connect):
    offered = connect().start({})
    for name in ("completionProvider", "inlineCompletionProvider", "diagnosticProvider"):
        assert offered.get(name) is None


def test_exit_without_shutdown_is_a_failure(connect):
    client = connect()
    client.start(CLIENT)
    client.notify("exit")
    assert client.process.wait(60) == 1


def test_an_editor_that_dies_takes_the_server_with_it(connect):
    client = connect()
    client.start(CLIENT)
    client.process.stdin.close()
    assert client.process.wait(60) == 1


def test_an_interrupt_ends_it_at_once(connect):
    client = connect()
    client.start(CLIENT)
    os.kill(client.process.pid, signal.SIGINT)
    assert client.process.wait(60) == -signal.SIGINT


def test_bad_options_are_told_and_the_rest_is_used(connect):
    client = connect()
    options = {"maxTokens": "many", "modell": "x", "diagnostics": False}
    client.start(CLIENT, options)
    told = " ".join(note["message"] for note in client.wait_for("window/showMessage", 2))
    assert "'maxTokens' cannot be 'many'" in told
    assert "unknown option 'modell'" in told
    client.open(URI, "x = missing\n")
    report = client.ask("textDocument/diagnostic", {"textDocument": {"uri": URI}})
    assert report["items"] == []


def test_a_model_that_does_not_load_is_told_once_and_all_else_works(connect):
    client = connect()
    client.start(CLIENT, {"model": "bundledd"})
    client.open(URI, "def compute_total(): ...\nx = compu\n")
    request = {
        "textDocument": {"uri": URI},
        "position": {"line": 1, "character": 9},
        "context": {"triggerKind": 1},
    }
    shown = client.ask("textDocument/inlineCompletion", request)
    assert shown["items"][0]["insertText"] == "compute_total"
    (message,) = client.wait_for("window/showMessage")
    assert "'bundledd'" in message["message"]
    assert "did you mean bundled" in message["message"]
    client.ask("textDocument/inlineCompletion", request)
    assert len(client.wait_for("window/showMessage")) == 1
    assert client.stop() == 0


def test_loading_shows_progress_and_prints_never_reach_the_protocol(slow_server):
    client = slow_server
    client.start(CLIENT)
    assert client.requests == []
    client.open(URI, "y = \n")
    client.request(
        "textDocument/inlineCompletion",
        {
            "textDocument": {"uri": URI},
            "position": {"line": 0, "character": 4},
            "context": {"triggerKind": 1},
        },
    )
    (created,) = client.wait_for("window/workDoneProgress/create")
    begin, end = client.wait_for("$/progress", 2)
    assert begin["token"] == end["token"] == created["token"]
    assert (begin["value"]["kind"], end["value"]["kind"]) == ("begin", "end")
    assert begin["value"]["title"] == "Loading slow"
    client.wait_for_stderr("a library prints while it loads")
    assert client.stop() == 0


def test_a_model_that_fails_later_is_told_once_and_the_server_goes_on(scripted):
    client = scripted()  # a script without replies: every question is an error
    client.open(URI, "y = \n")
    request = {
        "textDocument": {"uri": URI},
        "position": {"line": 0, "character": 4},
        "context": {"triggerKind": 1},
    }
    assert client.ask("textDocument/inlineCompletion", request) is None
    assert client.ask("textDocument/inlineCompletion", request) is None
    (message,) = client.wait_for("window/showMessage")
    assert "has only 0 replies" in message["message"]
    assert client.stop() == 0


def test_a_request_that_cannot_be_read_is_answered_and_the_next_one_as_ever(connect):
    client = connect()
    client.start({"textDocument": {"hover": {}}})
    answer = client.answer(client.request("textDocument/hover", {"textDocument": {}}))
    assert answer["error"]["code"] == -32602
    place = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}
    assert client.ask("textDocument/hover", place) is None
    assert client.stop() == 0
