"""Tests that are written: they pass, they notice, and what is unsafe is named."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistants.answer import Status, Verdict
from assistants.errors import InputError, SandboxUnavailable
from code_assist.sandbox import protection
from code_assist.testing import Plan, Project, write_tests

MODULE = '''
"""A module under test."""
import random
import subprocess
import time
from datetime import date


def grade(points: int) -> str:
    if points < 0:
        raise ValueError("points are not negative")
    if points >= 90:
        return "A"
    if points == 77:
        return "lucky"
    return "B" if points >= 60 else "C"


class Stack:
    def __init__(self, limit: int = 3) -> None:
        self.items: list[int] = []
        self.limit = limit

    def push(self, item: int) -> None:
        if len(self.items) >= self.limit:
            raise OverflowError("full")
        self.items.append(item)

    def __len__(self) -> int:
        return len(self.items)


def save(path, text: str) -> int:
    with open(path, "w") as file:
        return file.write(text)


def stamp(name: str) -> str:
    return f"{name}@{time.time()}"


def roll() -> float:
    return random.random()


def wipe(folder: str) -> None:
    subprocess.run(["rm", "-rf", folder])


def forever(n: int) -> None:
    while True:
        n += 1


def nonce() -> int:
    return time.time_ns()


def age(born: int) -> int:
    return _this_year() - born


def _this_year() -> int:
    return date.today().year
'''


@pytest.fixture(autouse=True)
def _needs_a_layer() -> None:
    try:
        protection()
    except SandboxUnavailable as error:
        pytest.skip(f"no sandbox here: {error}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    path = tmp_path / "shop.py"
    path.write_text(MODULE)
    tmp_path.chmod(0o755)
    return path


def generate(file: Path, name: str, seconds: float = 5.0):
    return write_tests(Project.of(file), name, plan=Plan(seconds=seconds, runs=2))


def suite_of(answer):
    assert answer.status is Status.ANSWERED, answer.reason
    return answer.best.candidate


def pytest_fails(file: Path, tests: str) -> bool:
    (file.parent / "test_out.py").write_text(tests)
    done = subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_out.py"],
        cwd=file.parent,
        capture_output=True,
        check=False,
    )
    return done.returncode != 0


def test_every_branch_is_found_with_its_constants_and_a_wrong_version_is_noticed(
    file: Path,
) -> None:
    answer = generate(file, "grade")
    suite = suite_of(answer)
    (measured,) = suite.measured
    assert measured.covered == measured.branches
    assert measured.killed == measured.mutants
    assert "def test_grade(points, expected):" in suite.code
    assert '(77, "lucky"),' in suite.code
    assert 'pytest.raises(ValueError, match="points are not negative")' in suite.code
    assert not pytest_fails(file, suite.code)
    file.write_text(MODULE.replace("points >= 60", "points > 60"))
    assert pytest_fails(file, suite.code)


def test_the_answer_is_evidence_and_not_a_proof(file: Path) -> None:
    answer = generate(file, "grade")
    assert answer.verdict is Verdict.UNKNOWN
    assert {check.by for check in answer.evidence} == {
        "pytest",
        "branch coverage",
        "mutation score",
        "sandbox",
    }
    row = answer.to_dict()
    assert row["mutation_score"] == 1.0
    assert row["untested"] == []


def test_tests_have_telling_names_arrange_act_and_assert(file: Path) -> None:
    suite = suite_of(generate(file, "Stack"))
    tree = ast.parse(suite.code)
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert len(names) == len(set(names))
    assert "test_stack_push_raises_overflow_error" in names
    assert "stack = Stack(" in suite.code
    assert "assert stack.items == [" in suite.code
    assert "len(stack)" in suite.code


def test_files_are_written_below_tmp_path_and_their_text_is_checked(file: Path) -> None:
    suite = suite_of(generate(file, "save"))
    assert "(tmp_path): " in suite.code.replace("(tmp_path):", "(tmp_path): ")
    assert ".read_text() == " in suite.code
    assert {one.name for one in file.parent.iterdir()} == {"pyproject.toml", "shop.py"}


def test_time_stands_still_and_chance_is_seeded(file: Path) -> None:
    assert "monkeypatch.setattr(time" in suite_of(generate(file, "stamp")).code
    assert "random.seed(0)" in suite_of(generate(file, "roll")).code


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("wipe", "it starts programs (subprocess)"),
        ("forever", "it does not end in time"),
        ("nonce", "its outcome changes from call to call"),
        ("age", "it reads the date of the day, so that a test of it would hold today only"),
    ],
)
def test_what_cannot_be_tested_safely_is_named_with_the_reason(
    file: Path, name: str, reason: str
) -> None:
    answer = generate(file, name, seconds=2.0)
    assert answer.status is Status.ABSTAINED
    assert answer.reason == f"{name}: {reason}"


def test_existing_tests_are_kept_and_what_they_reach_is_left_to_them(file: Path) -> None:
    mine = (
        '"""Mine."""\nfrom shop import grade\n\n\ndef test_grade():\n    assert grade(95) == "A"\n'
    )
    (file.parent / "tests").mkdir()
    (file.parent / "tests" / "test_shop.py").write_text(mine)
    suite = suite_of(generate(file, "grade"))
    assert suite.existing
    assert suite.path == str(file.parent / "tests" / "test_shop.py")
    assert suite.code.startswith('"""Mine."""\nfrom shop import grade\n')
    assert 'def test_grade():\n    assert grade(95) == "A"\n' in suite.code
    assert suite.code.count("from shop import grade") == 1
    (measured,) = suite.measured
    assert measured.covered == measured.branches


def test_a_name_that_is_not_there_and_a_file_that_does_not_parse_are_refused(file: Path) -> None:
    with pytest.raises(InputError, match="no function or class 'nothing'"):
        generate(file, "nothing")
    file.write_text("def f(:\n")
    with pytest.raises(InputError, match="does not parse"):
        generate(file, "f")


def test_a_module_that_cannot_be_imported_says_why(file: Path) -> None:
    file.write_text("import nowhere_to_be_found\ndef f(x):\n    return x\n")
    with pytest.raises(InputError, match="nowhere_to_be_found"):
        generate(file, "f")


def test_what_the_code_under_test_says_is_never_written_unjudged(file: Path) -> None:
    file.write_text(
        "class Evil(int):\n"
        "    def __repr__(self):\n"
        '        return \'__import__("os").system("true")\'\n'
        "    def __eq__(self, other):\n"
        "        return True\n"
        "    __hash__ = int.__hash__\n"
        "def f(n: int):\n"
        "    return Evil(n)\n"
    )
    answer = generate(file, "f", seconds=2.0)
    written = ast.parse(answer.best.candidate.code if answer.best else "")
    # as a quoted text it is only compared with
    assert not [one for one in ast.walk(written) if getattr(one, "attr", "") == "system"]


def test_coroutines_and_generators_are_run_to_their_end(file: Path) -> None:
    file.write_text(
        "import itertools\n"
        "async def double(n: int) -> int:\n    return n * 2\n"
        "def count(start: int):\n"
        "    for number in itertools.count(start):\n        yield number\n"
    )
    assert "asyncio.run(double(" in suite_of(generate(file, "double", 2.0)).code
    assert "list(islice(count(" in suite_of(generate(file, "count", 2.0)).code


def test_a_package_is_imported_by_its_full_name(tmp_path: Path) -> None:
    (tmp_path / "pack" / "inner").mkdir(parents=True)
    for folder in ("pack", "pack/inner"):
        (tmp_path / folder / "__init__.py").write_text("")
    file = tmp_path / "pack" / "inner" / "module.py"
    file.write_text("def f(n: int) -> int:\n    return n + 1\n")
    project = Project.of(file)
    assert (project.module, project.root) == ("pack.inner.module", tmp_path)
    shutil.rmtree(tmp_path / "pack")
    with pytest.raises(InputError, match="no such file"):
        Project.of(file)


PEN = '''"""A pen."""
from contextlib import contextmanager


class Pen:
    def __init__(self, step: int = 2) -> None:
        self.margin = 0
        self.step = step

    @contextmanager
    def indented(self, by: int):
        if by < 1:
            raise ValueError("by must be positive")
        self.margin += self.step * by
        try:
            yield
        finally:
            self.margin -= self.step * by
'''


def test_a_context_manager_is_entered_and_left(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "pen.py").write_text(PEN)
    text = suite_of(generate(tmp_path / "pen.py", "Pen.indented")).code

    assert "with pen.indented(" in text
    assert 'with pytest.raises(ValueError, match="by must be positive"), pen.indented(' in text
    inside, _, after = text.partition("with pen.indented(")[2].partition("\n\n")
    assert "        assert pen.margin == " in inside
    assert after.startswith("    assert pen.margin == 0")  # what alone shows that it is undone
    assert not pytest_fails(tmp_path / "pen.py", text)
    (tmp_path / "pen.py").write_text(
        PEN.replace("            self.margin -= self.step * by", "            pass")
    )
    assert pytest_fails(tmp_path / "pen.py", text)


COIN = '''"""Money."""


class Coin:
    """
    >>> Coin("12 cent").cents()
    12
    """

    def __init__(self, text: str) -> None:
        number, _, unit = text.partition(" ")
        if unit != "cent":
            raise ValueError(text)
        self._cents = int(number)

    def cents(self) -> int:
        return self._cents
'''


def test_documentation_shows_how_objects_are_made_and_methods_called(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "coin.py").write_text(COIN)
    text = suite_of(generate(tmp_path / "coin.py", "Coin.cents", 0.5)).code
    shown = re.search(r'Coin\("(\d+) cent"\)', text)
    assert shown is not None
    assert f"result == {shown[1]}" in text


BAG = '''"""A bag."""


class Bag:
    def __init__(self, items: list[int]) -> None:
        self._items = items

    def __iter__(self):
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bag) and self._items == other._items

    def find(self, item: int) -> int:
        return self._items.index(item)

    def doubled(self) -> "Bag":
        return Bag([2 * one for one in self._items])
'''


def test_sequences_are_told_by_their_items_and_arranging_never_counts_as_the_call(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "bag.py").write_text(BAG)
    answer = generate(tmp_path / "bag.py", "Bag.doubled")

    assert "list(bag.doubled())" in suite_of(answer).code
    assert "raises" not in suite_of(answer).code  # `find` may fail before it, which is no test
    assert answer.reason == ""
    (tmp_path / "bag.py").write_text(BAG.replace("2 * one", "one"))
    assert pytest_fails(tmp_path / "bag.py", suite_of(answer).code)


SPREADING = """from itertools import chain, count, repeat


def spread(items: list[int], times: int) -> list[int]:
    if times > 50:
        return []
    endless = chain.from_iterable(map(repeat, count(), repeat(times)))
    return [next(endless) + one for one in items]
"""


def test_a_function_that_for_some_inputs_never_ends_in_c_is_tested_where_it_ends(
    file: Path,
) -> None:
    file.write_text(SPREADING)

    suite = suite_of(generate(file, "spread", seconds=3.0))

    (measured,) = suite.measured
    assert measured.covered == measured.branches
    assert measured.killed
