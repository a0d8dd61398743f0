"""Repair: what is mended, what is not, and that a change is only shown."""

from pathlib import Path

import pytest

from assistants.answer import Status, Verdict
from assistants.errors import InputError, SandboxUnavailable
from assistants.scripted import Scripted
from code_assist.repair import Patch, Plan, StillPass, repair
from code_assist.repair.candidates import candidates
from code_assist.sandbox import protection
from code_assist.testing import Project


@pytest.fixture(autouse=True)
def _needs_a_layer() -> None:
    try:
        protection()
    except SandboxUnavailable as error:
        pytest.skip(f"no sandbox here: {error}")


@pytest.fixture
def project(tmp_path: Path):
    tmp_path.chmod(0o755)
    (tmp_path / "pyproject.toml").write_text("")

    def make(code: str, tests: str):
        (tmp_path / "shop.py").write_text(code)
        (tmp_path / "test_shop.py").write_text("from shop import *\n" + tests)
        return Project.of(tmp_path / "shop.py"), [tmp_path / "test_shop.py"]

    return make


def test_a_moved_boundary_is_found_and_nothing_else_changes(project) -> None:
    code = "# kept\ndef grown(age):\n    return age > 18  # kept too\n"
    tests = "def test_at(): assert grown(18)\ndef test_below(): assert not grown(17)\n"
    where, files = project(code, tests)
    answer = repair(where, files)
    assert answer.status is Status.ANSWERED
    patch = answer.best.candidate
    assert patch.after == code.replace("> 18", ">= 18")
    assert "-    return age > 18  # kept too\n+    return age >= 18  # kept too" in patch.text()
    assert where.file.read_text() == code
    assert answer.verdict is Verdict.UNKNOWN  # tests pass: evidence, no proof
    assert answer.evidence[0].detail == "all 2 tests pass; 1 failed before"


def test_a_missing_guard_is_added(project) -> None:
    code = "def mean(values):\n    if values is None:\n        return 0\n    return sum(values) / len(values)\n"
    tests = (
        "def test_empty(): assert mean([]) == 0\ndef test_some(): assert mean([1, 3]) == 2\n"
        "def test_three(): assert mean([2, 4, 6]) == 4\ndef test_one(): assert mean([5]) == 5\n"
    )
    answer = repair(*project(code, tests))
    patch = answer.best.candidate
    namespace: dict = {}
    exec(patch.after, namespace)
    assert namespace["mean"]([]) == 0
    assert namespace["mean"]([2]) == 2


def test_a_guard_raises_what_the_test_expects_with_its_message(project) -> None:
    code = "def cut(text, size):\n    return [text[i:i + size] for i in range(0, len(text), size or 1)]\n"
    tests = (
        "import pytest\n"
        "def test_cut(): assert cut('abcd', 2) == ['ab', 'cd']\n"
        "def test_one(): assert cut('ab', 1) == ['a', 'b']\n"
        "def test_wrong():\n"
        "    with pytest.raises(ValueError, match=r'size \\(0\\) is too small'):\n"
        "        cut('abcd', 0)\n"
    )
    answer = repair(*project(code, tests))
    assert answer.status is Status.ANSWERED, answer.reason
    assert "raise ValueError('size (0) is too small')" in answer.best.candidate.after


def test_a_variable_that_nobody_reads_is_tried_first() -> None:
    code = "def f(a, b):\n    made = a + b\n    return a\n"
    edits = [one for one in candidates(code) if one.line == 3 and "in place of `a`" in one.what]
    assert min(edits, key=lambda one: one.cost).text == "made"


def test_a_change_that_breaks_another_test_is_no_repair(project) -> None:
    code = "def f(n):\n    return n * 2\n"
    tests = "def test_one(): assert f(1) == 7\ndef test_two(): assert f(2) == 4\ndef test_0(): assert f(0) == 0\n"
    answer = repair(*project(code, tests), plan=Plan(seconds=30))
    assert answer.status is Status.ABSTAINED
    assert "no change helped" in answer.reason


def test_nothing_is_mended_where_nothing_fails(project) -> None:
    answer = repair(*project("def f():\n    return 1\n", "def test_f(): assert f() == 1\n"))
    assert (answer.status, answer.reason) == (
        Status.ABSTAINED,
        "nothing to mend: all 1 tests pass",
    )


def test_a_change_that_never_ends_is_given_up(project) -> None:
    code = "def count(n):\n    total = 0\n    while n > 0:\n        total += 2\n        n -= 1\n    return total\n"
    answer = repair(
        *project(code, "def test_count(): assert count(5) == 5\n"), plan=Plan(seconds=90)
    )
    assert answer.status is Status.ANSWERED
    assert "total += 1" in answer.best.candidate.after


def test_wrong_files_are_refused(project, tmp_path: Path) -> None:
    where, _files = project("def f():\n    return 1\n", "")
    with pytest.raises(InputError, match="no such file"):
        repair(where, [tmp_path / "nowhere.py"])
    with pytest.raises(InputError, match="no tests"):
        repair(where, [])


def test_every_candidate_is_one_small_edit() -> None:
    source = 'def f(a, b):\n    """Doc."""\n    if a < b and b:\n        return range(a)[1:]\n    return "ä" + b\n'
    texts = {one.apply(source.encode()) for one in candidates(source)}
    assert source.replace("a < b", "a <= b") in texts
    assert source.replace("a < b and b", "a < b or b") in texts
    assert source.replace("range(a)", "range(a + 1)") in texts
    assert source.replace('"ä" + b', '"ä" + a') in texts
    assert all('"""Doc."""' in text for text in texts)


def test_where_no_small_edit_helps_the_models_function_is_tried(project) -> None:
    code = "def slug(text):\n    return text\n"
    tests = (
        "def test_slug(): assert slug('A b') == 'a-b'\ndef test_one(): assert slug('X') == 'x'\n"
    )
    wrong = "def slug(text):\n    return text.lower()\n"
    right = "def slug(text):\n    return text.lower().replace(' ', '-')\n"
    model = Scripted([f"```python\n{wrong}```", "I cannot.", f"```python\n{right}```"])
    where, files = project(code, tests)

    answer = repair(where, files, plan=Plan(seconds=60, most=60), model=model)

    assert answer.status is Status.ANSWERED
    assert answer.best.candidate.after == right
    assert answer.best.candidate.what == "`slug` by the model"
    assert "return text" in str(model.calls[0].prompt)
    assert where.file.read_text() == code


def test_a_change_that_breaks_a_test_is_refuted_and_one_that_breaks_none_is_not(project) -> None:
    code = "def double(x):\n    return x + x\n"
    where, files = project(
        code, "def test_two(): assert double(2) == 4\ndef test_bad(): assert 0\n"
    )

    def told(after: str):
        change = Patch(path=str(where.file), before=code, after=after, what="", line=1, tried=1)
        return StillPass(where, files).check(change)

    kept = told(code.replace("x + x", "2 * x"))
    assert kept.verdict is Verdict.PROVED
    assert kept.detail == "all 1 tests that passed before still do; 1 others failed before"
    lost = told(code.replace("x + x", "x * x * x"))
    assert lost.verdict is Verdict.REFUTED
    assert "test_two" in lost.detail
    renamed = told(code.replace("double", "twice"))
    assert renamed.verdict is Verdict.REFUTED
