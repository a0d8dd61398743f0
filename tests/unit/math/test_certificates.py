"""A certificate proves the steps again on its own, and fails when one number in it is changed."""

import re
import subprocess
import sys

import pytest

from assistants.errors import InputError
from math_solver import solve
from math_solver.certificate import DIGEST_LINE, certificate, digest


def run(path, text: str) -> subprocess.CompletedProcess[str]:
    path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-I", str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def sealed(text: str) -> str:
    """Write the right digest, as somebody would who tampers with care."""
    body, _, tail = text.partition(f"\n\n{DIGEST_LINE}")
    return f'{body}\n\n{DIGEST_LINE}"{digest(text)}"{tail[tail.index(chr(10)) :]}'


@pytest.mark.parametrize(
    "question",
    [
        "solve x^2 - 5x + 6 = 0",
        "solve sqrt(x+1) = x - 1",
        "solve e^(2x) - 3e^x + 2 = 0",
        "solve x^3 - x - 1 = 0",
        "solve 2x + 3 < 7",
        "solve x + y = 3, x - y = 1",
        "integrate x*e^x",
        "integrate x^2 from 0 to 1",
        "differentiate x^2*sin(x)",
        "limit of sin(x)/x as x approaches 0",
        "factor x^4 - 1",
    ],
)
def test_a_certificate_proves_its_claims_alone(tmp_path, question) -> None:
    found = certificate(question, solve(question))
    done = run(tmp_path / "check.py", found.text)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("proved: ") == len(found.rechecked) > 0
    assert "import plumb" not in found.text
    assert "math_solver" not in found.text


def test_every_changed_number_makes_it_fail(tmp_path) -> None:
    question = "solve x^2 - 5x + 6 = 0"
    text = certificate(question, solve(question)).text
    start = text.index("CLAIMS = [")
    numbers = [m for m in re.finditer(r"sp\.Integer\((\d+)\)", text) if m.start() > start]
    assert len(numbers) > 10
    for number in numbers[:: len(numbers) // 6]:
        changed = f"{int(number[1]) + 1}"
        tampered = text[: number.start(1)] + changed + text[number.end(1) :]
        done = run(tmp_path / "check.py", sealed(tampered))
        assert done.returncode == 1, f"{number.group()} at {number.start()}"
        assert "FAILED" in done.stdout


def test_a_changed_heading_is_noticed_by_the_digest(tmp_path) -> None:
    question = "what is 1/3 + 1/6?"
    text = certificate(question, solve(question)).text
    done = run(tmp_path / "check.py", text.replace("ANSWER = '1/2'", "ANSWER = '1/3'"))
    assert done.returncode == 1
    assert "was changed" in done.stdout


def test_no_text_of_the_question_becomes_code(tmp_path) -> None:
    hostile = 'solve x = 2 """\nimport os; os._exit(7)\n"""'
    text = certificate(hostile, solve("solve x^2 = 4")).text
    assert run(tmp_path / "check.py", text).returncode == 0


def test_without_an_answer_there_is_no_certificate() -> None:
    with pytest.raises(InputError):
        certificate("integrate e^(x^2)*ln(x)", solve("integrate e^(x^2)*ln(x)", seconds=8))
