import errno
import json

import pytest

import math_solver
from assistants import errors
from cli.app import run


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException):
    def solve(*_args: object, **_kwargs: object):
        raise error

    monkeypatch.setitem(vars(math_solver), "solve", solve)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.SettingsError("s"), 2),
        (errors.InputError("i"), 2),
        (errors.ModelNotFound("m"), 3),
        (errors.ModelCorrupt("m"), 3),
        (errors.ModelUnavailable("m"), 3),
        (errors.DatabaseNotFound("d"), 4),
        (errors.QueryRefused("q"), 4),
        (errors.DeadlineExceeded("t"), 1),
        (errors.Cancelled("c"), 130),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(errno.EPIPE, "pipe"), 1),
        (OSError(errno.ENOSPC, "No space left on device"), 1),
        (RecursionError("deep"), 2),
        (ValueError("ours"), 70),
    ],
)
def test_each_error_has_its_code_and_at_most_two_lines(
    error: BaseException,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
):
    monkeypatch.setattr("cli.errors._silence_stdout", lambda: None)
    fail_with(monkeypatch, error)
    assert run(["solve", "x = 1", "--model", "none"]) == code
    told = capfd.readouterr()
    assert told.out == ""
    lines = told.err.splitlines()
    assert len(lines) in ({0} if isinstance(error, BrokenPipeError) else {1, 2})
    assert "Traceback" not in told.err


def test_the_hint_says_the_next_step(monkeypatch, capsys):
    fail_with(monkeypatch, errors.ModelNotFound("no such model", hint="plumb models list"))
    run(["solve", "x = 1", "--model", "none"])
    assert capsys.readouterr().err == "error: no such model\n  try: plumb models list\n"


def test_debug_shows_the_traceback(monkeypatch, capsys):
    fail_with(monkeypatch, ValueError("ours"))
    assert run(["solve", "x = 1", "--model", "none", "--debug"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_a_machine_format_gets_its_object_also_for_an_error(monkeypatch, capsys):
    fail_with(monkeypatch, errors.ModelCorrupt("broken weights", hint="reinstall"))
    assert run(["solve", "x = 1", "--model", "none", "--json"]) == 3
    told = capsys.readouterr()
    row = json.loads(told.out)
    assert row["schema"] == 1
    assert row["status"] == "failed"
    assert row["error"] == "broken weights"
    assert row["hint"] == "reinstall"
    assert "broken weights" in told.err


def test_a_refused_query_says_so_in_json(monkeypatch, capsys):
    fail_with(monkeypatch, errors.QueryRefused("DELETE is refused"))
    run(["solve", "x = 1", "--model", "none", "--json"])
    assert json.loads(capsys.readouterr().out)["status"] == "refused"


def test_an_error_cannot_write_to_the_terminal(monkeypatch, capsys):
    fail_with(monkeypatch, errors.InputError("bad \x1b[2J name [red]", hint="\x07"))
    run(["solve", "x = 1", "--model", "none"])
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert "\x07" not in err
    assert "[red]" in err


@pytest.mark.parametrize("question", ["", "   ", "\n"])
def test_an_empty_question_is_a_usage_error_with_an_example(question: str, capsys):
    assert run(["solve", question]) == 2
    assert "plumb solve" in capsys.readouterr().err


def test_a_question_of_five_megabytes_is_refused_in_one_line(capsys):
    assert run(["solve", "x" * 5_000_000]) == 2
    err = capsys.readouterr().err
    assert "more than the 1,000,000 characters" in err
    assert len(err) < 400


def test_an_unknown_model_is_told_with_what_there_is(capsys):
    assert run(["solve", "x = 1", "--model", "bundeld"]) == 3
    assert "bundled" in capsys.readouterr().err
