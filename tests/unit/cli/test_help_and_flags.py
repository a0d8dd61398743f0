import pytest

import math_solver
from cli.app import run
from cli.help import hoist

FLAGS = frozenset({"-v", "--debug"})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["solve", "x", "-v"], ["-v", "solve", "x"]),
        (["solve", "--color", "never", "x"], ["--color", "never", "solve", "x"]),
        (["solve", "--color=never", "x"], ["--color=never", "solve", "x"]),
        (["solve", "--", "-v"], ["solve", "--", "-v"]),
        (["-v", "solve", "--debug", "--", "--color"], ["-v", "--debug", "solve", "--", "--color"]),
        (["solve", "x", "--color"], ["solve", "x", "--color"]),
        ([], []),
    ],
)
def test_global_flags_may_stand_anywhere_before_two_dashes(given: list[str], expected: list[str]):
    assert hoist(given, FLAGS, "--color") == expected


def test_plumb_alone_shows_the_help_with_every_command(capsys: pytest.CaptureFixture[str]):
    assert run([]) == 0
    page = capsys.readouterr().out
    for name in ("solve", "verify", "ask", "query", "complete", "check", "chat", "batch", "lsp",
                 "serve", "semantic", "audit", "risk", "extract", "deidentify", "review", "tune"):  # fmt: skip
        assert f"\n  {name} " in page, name


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_of_a_command_shows_examples_before_options(
    flag: str, capsys: pytest.CaptureFixture[str]
):
    assert run(["solve", flag]) == 0
    page = capsys.readouterr().out
    assert page.index("Examples:") < page.index("Options:")
    assert 'plumb solve "solve x^2' in page


def test_version_names_the_program(capsys: pytest.CaptureFixture[str]):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("plumb 0.")


@pytest.mark.parametrize("group", ["models", "config"])
def test_a_group_alone_shows_its_help(group: str, capsys: pytest.CaptureFixture[str]):
    assert run([group]) == 0
    assert "Commands:" in capsys.readouterr().out


def test_a_mistyped_command_is_a_usage_error_that_guesses(capsys: pytest.CaptureFixture[str]):
    assert run(["slove", "x"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "solve" in told.err


@pytest.mark.parametrize("text", ["-x^2 = -4", "-5 + 3", "-x", "-(a+b)"])
def test_an_expression_may_begin_with_a_minus_sign(text: str, monkeypatch, proved):
    seen = []

    def verify(left: str, right: str, **_kwargs: object):
        seen.append((left, right))
        return proved("equal")

    monkeypatch.setitem(vars(math_solver), "verify", verify)
    assert run(["verify", text, text, "--json"]) == 0
    assert seen == [(text, text)]


def test_a_mistyped_flag_is_still_a_usage_error(capsys):
    assert run(["solve", "x = 1", "--jsn"]) == 2
    assert "--json" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["ask", "finance", "total", "balance"], "quotes"),
        (["solve", "x", "--format", "xml"], "'xml' is not one of"),
        (["batch"], "VERB"),
    ],
)
def test_usage_errors_are_two_lines_that_help(args: list[str], said: str, capsys):
    assert run(args) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err
    assert len(told.err.splitlines()) == 2
