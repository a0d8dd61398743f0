import logging
import sys

import pytest

from cli.session import LogLine


def record(message: str) -> logging.LogRecord:
    """A record of an error that was caught."""
    try:
        int("the bug")
    except ValueError:
        caught = sys.exc_info()
    return logging.LogRecord("x", logging.ERROR, "f", 1, message, (), caught)


def test_a_traceback_is_shown_only_where_it_was_asked_for():
    assert LogLine(tracebacks=False).format(record("row 1")) == "ERROR x: row 1 (-v shows where)"
    assert "ValueError" in LogLine(tracebacks=True).format(record("row 1"))


@pytest.mark.parametrize("tracebacks", [False, True])
def test_a_log_line_cannot_act_on_the_terminal(tracebacks: bool):
    assert "\x1b" not in LogLine(tracebacks=tracebacks).format(record("\x1b[2J"))
