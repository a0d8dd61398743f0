"""What a person sees: the command line on a pseudo-terminal of 80 columns and 24 lines."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

import pytest

COLOR = re.compile(rb"\x1b\[[0-9;]*m")


class Terminal:
    """A process on a pseudo-terminal; everything that it wrote is kept."""

    def __init__(self, plumb, *args: str, **env: str) -> None:
        self._main, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            ["setsid", "--ctty", *plumb.command, *args],  # a terminal that Ctrl-C works on
            cwd=plumb.folder,
            env={**plumb.environ, "TERM": "xterm-256color", **env},
            stdin=child,
            stdout=child,
            stderr=child,
        )
        os.close(child)
        self.raw = b""

    @property
    def text(self) -> str:
        return COLOR.sub(b"", self.raw).decode(errors="replace").replace("\r\n", "\n")

    def type(self, keys: str) -> None:
        os.write(self._main, keys.encode())

    def read_until(self, *expected: str, after: int = 0, seconds: float = 120) -> None:
        """Read on until one of the texts was written behind `after` characters."""
        end = time.monotonic() + seconds
        while not any(text in self.text[after:] for text in expected):
            assert time.monotonic() < end, self.text
            if not self._read_more():
                raise AssertionError(self.text)

    def finish(self, seconds: float = 120) -> int:
        """Read to the end and return the exit code."""
        end = time.monotonic() + seconds
        while self._read_more():
            assert time.monotonic() < end, self.text
        os.close(self._main)
        return self.process.wait(timeout=60)

    def _read_more(self) -> bool:
        ready, _, _ = select.select([self._main], [], [], 0.5)
        if not ready:
            return True
        try:
            data = os.read(self._main, 65536)
        except OSError:  # Linux: the other side was closed
            return False
        self.raw += data
        return bool(data)


@pytest.fixture
def terminal(plumb):
    """Starts the command line on a terminal."""
    return lambda *args, **env: Terminal(plumb, *args, **env)


def test_a_table_is_cut_to_the_screen_and_the_chart_is_drawn(terminal):
    sql = "SELECT branch_id, count(*) AS n FROM accounts GROUP BY 1 ORDER BY 1"
    seen = terminal("query", "finance", sql)
    assert seen.finish() == 0
    assert re.search(r"… \d+ more rows", seen.text)
    assert COLOR.search(seen.raw)
    assert max(map(len, seen.text.splitlines())) <= 80 + 20  # the spinner's line is overwritten


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_where_it_is_not_wanted(terminal, env):
    seen = terminal("query", "finance", "SELECT 1 AS one, 2 AS two", **env)
    assert seen.finish() == 0
    assert b"\x1b[" not in seen.raw


def test_a_value_cannot_write_to_the_terminal(terminal):
    sql = "SELECT chr(27) || '[2J' || chr(155) || '31m' || '[red]' AS evil"
    seen = terminal("query", "finance", sql)
    assert seen.finish() == 0
    assert b"\x1b[2J" not in seen.raw
    assert "\\x1b[2J\\x9b31m[red]" in seen.text


def test_dash_on_a_terminal_does_not_wait_for_ever(terminal):
    seen = terminal("solve", "-")
    assert seen.finish() == 2
    assert "nothing is piped into it" in seen.text


def test_a_question_back_is_replied_to_and_the_solution_goes_on(terminal):
    seen = terminal("solve", "solve 1/2x = 4", "--model", "none")
    seen.read_until("reply")
    assert "1. (1/2)*x" in seen.text
    seen.type("2\n")
    assert seen.finish() == 0
    assert "x = 1/8" in seen.text  # 1/(2x) = 4


def test_a_question_back_without_a_reply_is_no_answer(terminal):
    seen = terminal("solve", "solve 1/2x = 4", "--model", "none")
    seen.read_until("reply")
    seen.type("\n")
    assert seen.finish() == 1


def test_chat_answers_survives_ctrl_c_and_leaves_on_ctrl_d(terminal, write):
    write("script.txt", "a first reply\n\na second reply")
    seen = terminal("chat", "code", "--model", "scripted:script.txt")
    seen.read_until("code> ")
    seen.type("one\n")
    seen.read_until("a first reply")
    seen.read_until("code> ", after=seen.text.index("a first reply"))
    before = len(seen.text)
    seen.type("half a ques")
    seen.read_until("half a ques", after=before)
    time.sleep(0.5)  # the line editor echoes before it waits for signals again
    seen.type("\x03")
    seen.read_until("code> ", after=before)
    seen.type("two\n")
    seen.read_until("a second reply")
    seen.read_until("code> ", after=seen.text.index("a second reply"))
    seen.type("\x04")
    assert seen.finish() == 0
    assert "Traceback" not in seen.text


def test_commands_work_in_a_live_conversation(terminal):
    seen = terminal("chat", "sql", "--db", "finance")
    seen.read_until("sql> ")
    seen.type("/undo\n")
    seen.read_until("nothing to undo")
    seen.type("/quit\n")
    assert seen.finish() == 0
