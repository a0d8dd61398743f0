"""The options of `plumb solve` and `plumb verify`: methods, details, certificates, chains."""

import json

import pytest

from cli.app import run


def out(capsys, *args: str) -> tuple[int, str, str]:
    code = run([*args])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_another_method_with_every_check(capsys) -> None:
    code, text, _ = out(
        capsys, "solve", "solve x^2 + 6x = 7", "--method", "square", "--details", "full",
        "--model", "none",
    )  # fmt: skip
    assert code == 0
    assert "(x + 3)^2 = 16" in text
    assert "checked: " in text


def test_brief_leaves_the_steps_out(capsys) -> None:
    _, text, _ = out(capsys, "solve", "solve x^2 = 4", "--details", "brief", "--model", "none")
    assert "x = -2 or x = 2" in text
    assert "1." not in text


def test_a_method_that_does_not_fit_is_a_usage_error(capsys) -> None:
    code, _, errors = out(capsys, "solve", "solve x^3 = 8", "--method", "square", "--model", "none")
    assert code == 2
    assert "quadratic" in errors


def test_a_certificate_is_written(capsys, tmp_path) -> None:
    path = tmp_path / "check.py"
    code, _, errors = out(
        capsys, "solve", "solve x^2 = 4", "--certificate", str(path), "--model", "none"
    )
    assert code == 0
    assert "CLAIMS = [" in path.read_text(encoding="utf-8")
    assert "claims again" in errors


def test_latex(capsys) -> None:
    _, text, _ = out(capsys, "solve", "solve x^2 = 4", "--latex", "--model", "none")
    assert text.startswith("\\begin{align*}")


@pytest.mark.parametrize(
    ("lines", "code", "shown"),
    [
        (("x^2 = 9", "x = 3 or x = -3", "x = ±3"), 0, "every line follows"),
        (("x^2 = 9", "x = 3", "--chain"), 1, "x = -3 solves only the first"),
        (("x = 3", "x^2 = 9", "--chain"), 0, "every line follows"),
        (("x = 3", "x^2 = 9"), 1, "x = -3 solves only the second"),
    ],
)
def test_chains_from_arguments(capsys, lines, code, shown) -> None:
    found, text, _ = out(capsys, "verify", *lines)
    assert found == code
    assert shown in text


def test_a_chain_as_json_names_what_was_lost(capsys) -> None:
    _, text, _ = out(capsys, "verify", "x^2 = x", "x = 1", "--chain", "--json")
    (line,) = json.loads(text)["lines"]
    assert line["verdict"] == "refuted"
    assert line["lost"] == ["x = 0"]
