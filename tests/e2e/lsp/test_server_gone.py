"""A client that is killed takes the server and all its processes with it, whatever they do."""

import fcntl
import json
import os
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOON = 5.0
_FULL = 60_000  # bytes; a pipe holds 65,536
SERVER = """
import sys, time
sys.path.insert(0, ".")
from assistants.model import Capabilities, Token
from assistants.settings import Settings
from lsp.server import main

class Endless:
    name = "endless"
    capabilities = Capabilities(context_length=4096, fill_in_the_middle=True)
    def stream(self, prompt, /, *, constraint=None, sampling=None, cancel=None):
        while True:  # never looks at the flag
            time.sleep(0.02)
            yield Token(text="")

sys.exit(main(Settings(model="endless"), load=lambda name: Endless()))
"""
CLIENT = """
import json, os, subprocess, sys, time
keep_open = sys.argv[2] == "held open"
server = subprocess.Popen(
    [sys.executable, "-c", sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE
)
holder = 0
if keep_open:  # another process holds the pipe to the server
    holder = subprocess.Popen(
        ["sleep", "60"], pass_fds=(server.stdin.fileno(),), start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    ).pid
def send(**message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    server.stdin.write(b"Content-Length: %d\\r\\n\\r\\n%s" % (len(body), body))
    server.stdin.flush()
def read():
    length = int(server.stdout.readline().split(b":")[1])
    while server.stdout.readline().strip():
        pass
    return json.loads(server.stdout.read(length))
features = {name: {} for name in ("completion", "inlineCompletion", "diagnostic")}
send(id=1, method="initialize", params={
    "processId": os.getpid(), "rootUri": None, "capabilities": {"textDocument": features}})
assert read()["id"] == 1
send(method="initialized", params={})
uri = "file:///nowhere/a.py"
text = "import json\\n" + "".join(f"v{n} = {n}\\n" for n in range(400)) + "json.\\n"
send(method="textDocument/didOpen", params={"textDocument": {
    "uri": uri, "languageId": "python", "version": 1, "text": text}})
place = {"textDocument": {"uri": uri}, "position": {"line": 401, "character": 5}}
send(id=2, method="textDocument/completion", params=place)
send(id=3, method="textDocument/inlineCompletion", params={**place, "context": {"triggerKind": 1}})
while True:  # jedi has answered, so its worker runs; the ghost text never comes
    if read().get("id") == 2:
        break
if sys.argv[2] == "unread":  # more answers than fit into the pipe, and nobody reads them
    for asked in range(10, 400):
        send(id=asked, method="textDocument/completion", params={
            **place, "position": {"line": 400, "character": 1}})
    time.sleep(1)
print(json.dumps([server.pid, holder]), flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("how", ["at work", "held open", "unread"])
def test_a_client_that_is_killed_leaves_nothing_behind(how):
    client = subprocess.Popen(
        [sys.executable, "-c", CLIENT, SERVER, how], stdout=subprocess.PIPE, cwd=ROOT
    )
    with client:
        server, holder = json.loads(client.stdout.readline())
        processes = [server, *_below(server)]
        try:
            assert len(processes) > 1  # a worker with jedi in it
            client.kill()
            client.wait()
            until = time.monotonic() + SOON
            while (left := [one for one in processes if _runs(one)]) and time.monotonic() < until:
                time.sleep(0.05)
            assert left == []
        finally:
            for one in (*processes, holder):
                if one and _runs(one):
                    os.kill(one, signal.SIGKILL)


def test_a_server_whose_answers_nobody_reads_goes_with_its_input():
    """The event loop waits for the full pipe, and does not see that the input has ended."""
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    with server:
        features = {"textDocument": {"documentSymbol": {}}}
        start = {"processId": None, "rootUri": None, "capabilities": features}
        _send(server, id=1, method="initialize", params=start)
        _send(server, method="initialized", params={})
        item = {"uri": "file:///nowhere/a.py", "languageId": "python", "version": 1}
        item["text"] = "".join(f"def f{n}(): ...\n" for n in range(2000))
        _send(server, method="textDocument/didOpen", params={"textDocument": item})
        document = {"textDocument": {"uri": item["uri"]}}
        _send(server, id=2, method="textDocument/documentSymbol", params=document)
        until = time.monotonic() + 60
        while _waiting(server) < _FULL and time.monotonic() < until:
            time.sleep(0.05)
        server.stdin.close()
        assert server.wait(SOON) == 1


def _send(server: subprocess.Popen, **message: object) -> None:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    server.stdin.flush()


def _waiting(server: subprocess.Popen) -> int:
    """Return how many bytes of its output nobody has read."""
    found = fcntl.ioctl(server.stdout, termios.FIONREAD, struct.pack("i", 0))
    return struct.unpack("i", found)[0]


def _below(process: int) -> tuple[int, ...]:
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        found = [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:
        return ()
    return tuple(one for child in found for one in (child, *_below(child)))


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
