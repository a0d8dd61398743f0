"""Properties that names suggest: kept where every input agrees, dropped where one does not."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from assistants.errors import SandboxUnavailable
from code_assist.sandbox import protection
from code_assist.testing import Plan, Project, write_tests
from code_assist.testing.properties import candidates
from code_assist.testing.targets import listed

MODULE = """
def encode(text: str) -> str:
    return ",".join(str(ord(one)) for one in text)


def decode(text: str) -> str:
    return "".join(chr(int(one)) for one in text.split(",") if one)


def normalize(text: str) -> str:
    return text + "!"


def total(items: list[int], start: int) -> int:
    for one in items:
        start += one
    return start


def total_naive(items: list[int], start: int) -> int:
    return sum(items) + start
"""


def _found(text: str) -> set[tuple[str, tuple[str, ...]]]:
    return {(one.kind, one.names) for one in candidates(listed(ast.parse(text), None))}


def test_pairs_of_names_suggest_a_round_trip() -> None:
    text = "def x_to_y(x): ...\ndef y_to_x(y): ...\ndef json_dumps(x): ...\ndef json_loads(x): ..."
    assert _found(text) == {
        ("round trip", ("x_to_y", "y_to_x")),
        ("round trip", ("y_to_x", "x_to_y")),
        ("round trip", ("json_dumps", "json_loads")),
    }


def test_a_verb_suggests_idempotence_order_or_a_reference() -> None:
    text = "def strip_tags(x): ...\ndef merge_sort(x): ...\ndef f(x): ...\ndef f_slow(x): ..."
    assert _found(text) == {
        ("idempotent", ("strip_tags",)),
        ("ordered", ("merge_sort",)),
        ("equivalent", ("f", "f_slow")),
    }


def test_names_that_say_nothing_suggest_nothing() -> None:
    assert _found("def price(x): ...\ndef encode(x): ...\nasync def clean(x): ...") == set()


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> str:
    try:
        protection()
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    file = tmp_path_factory.mktemp("properties") / "shared" / "codes.py"
    file.parent.mkdir()  # pytest's own folder is for one user; root's sandbox has another
    file.write_text(MODULE)
    answer = write_tests(Project.of(file, sys.executable), plan=Plan(seconds=5.0, runs=2))
    assert answer.best is not None, answer.reason
    written = answer.best.candidate.code
    (file.parent / "test_codes.py").write_text(written)
    return str(file.parent)


def _text(folder: str) -> str:
    return Path(folder, "test_codes.py").read_text()


def test_what_holds_becomes_a_parametrized_test(code: str) -> None:
    assert "def test_decode_undoes_encode(text):\n    assert decode(encode(text)) == text" in _text(
        code
    )
    assert "    assert total(items, start) == total_naive(items, start)" in _text(code)


def test_what_one_input_refutes_is_no_test(code: str) -> None:
    assert "normalize_twice" not in _text(code)


def test_a_property_notices_a_wrong_version(code: str) -> None:
    file = Path(code, "codes.py")
    file.write_text(MODULE.replace('text.split(",") if one', 'text.split(",")[1:] if one'))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "undoes", code],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "failed" in done.stdout
