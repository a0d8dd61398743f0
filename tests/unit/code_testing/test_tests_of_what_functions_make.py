"""Functions that functions return, and objects that show nothing but their items or their words."""

import ast
from pathlib import Path

import pytest

from assistants.answer import Status
from assistants.errors import SandboxUnavailable
from code_assist.sandbox import protection
from code_assist.testing import Plan, Project, TestSuite, write_tests
from code_assist.testing.plumb_guest.faults import faults
from code_assist.testing.plumb_guest.mining import constants
from code_assist.testing.plumb_guest.unknown_faults import unknown_faults

KEPT = '''import itertools
from enum import Enum
from pathlib import Path

WORDS = {"amber": 3, "teal": 5}


def once(func):
    found = []

    def wrapper():
        if not found:
            found.append(func())
        return found[0]

    return wrapper


def shade(name: str) -> int:
    if name in WORDS:
        return WORDS[name]
    return 0


class Queue:
    """A queue."""

    def __init__(self, place: Path, items: list[int]) -> None:
        self._place, self._items = place, list(items)

    def __iter__(self):
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def take(self) -> int:
        if not self._items:
            raise LookupError("nothing is left")
        return self._items.pop(0)


class Label:
    """A text that only says what it is."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return f"Label({self._text!r})"

    def louder(self) -> "Label":
        return Label(self._text.upper())


class Size(Enum):
    SMALL = 1
    LARGE = 2

    def other(self) -> "Size":
        return Size.LARGE if self is Size.SMALL else Size.SMALL


class Row(list):
    """A list that can turn."""

    def turn(self, by: int) -> None:
        self[:] = self[by:] + self[:by]


class Band:
    """Sixty equal numbers."""

    def __init__(self, first: int) -> None:
        self._items = [first] * 60

    def __iter__(self):
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def shift(self, by: int) -> None:
        self._items = [item + by for item in self._items]


class Ticks:
    """Numbers without an end."""

    def __init__(self, first: int) -> None:
        self._source = itertools.count(first)

    def __iter__(self):
        return self._source

    def skip(self, many: int) -> None:
        for _ in range(many):
            next(self._source)
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    try:
        protection()
    except SandboxUnavailable as error:
        pytest.skip(f"no sandbox here: {error}")
    path = tmp_path / "kept.py"
    path.write_text(KEPT)
    tmp_path.chmod(0o755)
    return path


def suite_of(file: Path, name: str) -> TestSuite:
    answer = write_tests(Project.of(file), name, plan=Plan(seconds=4.0, runs=2, seed=3))
    assert answer.status is Status.ANSWERED, answer.reason
    assert answer.best is not None
    return answer.best.candidate


def test_a_function_that_is_returned_is_called_twice_where_that_tells_something(
    file: Path,
) -> None:
    suite = suite_of(file, "once")

    (measured,) = suite.measured
    assert measured.covered == measured.branches
    assert "[made(), made()]" in suite.code  # a version that keeps nothing gives two values


def test_keys_of_a_table_of_the_module_are_inputs(file: Path) -> None:
    assert {"amber", "teal"} <= {
        *constants(ast.parse(KEPT), _shade(), {"WORDS": {"amber": 3, "teal": 5}})
    }

    (measured,) = suite_of(file, "shade").measured
    assert measured.covered == measured.branches


def test_items_that_a_method_leaves_are_looked_at_and_paths_make_objects(file: Path) -> None:
    suite = suite_of(file, "Queue.take")

    assert not suite.untested
    assert "assert list(queue) == " in suite.code
    assert "nothing is left" in suite.code


def test_what_an_object_says_of_itself_is_asserted_where_it_shows_nothing_else(
    file: Path,
) -> None:
    suite = suite_of(file, "Label.louder")

    assert "assert repr(result) == " in suite.code


def test_an_heir_of_a_list_is_made_of_items(file: Path) -> None:
    suite = suite_of(file, "Row.turn")

    assert "row = Row([" in suite.code
    (measured,) = suite.measured
    assert measured.killed == measured.mutants


def test_items_without_an_end_are_told_by_the_first(file: Path) -> None:
    suite = suite_of(file, "Ticks.skip")

    assert "assert next(iter(ticks)) == " in suite.code
    assert "list(ticks)" not in suite.code


def test_of_very_many_items_the_first_is_told(file: Path) -> None:
    suite = suite_of(file, "Band.shift")

    assert "assert next(iter(band)) == " in suite.code
    assert "list(band)" not in suite.code
    (measured,) = suite.measured
    assert measured.killed == measured.mutants


def test_the_members_of_an_enumeration_are_its_objects(file: Path) -> None:
    suite = suite_of(file, "Size.other")

    (measured,) = suite.measured
    assert measured.covered == measured.branches


def test_unknown_faults_are_of_other_classes_than_those_that_the_search_knows() -> None:
    source = (
        "def pick(items, most=3, strict=False):\n"
        "    if strict and most > 1:\n        return min(items)\n"
        "    return sorted(items)[most]\n"
    )
    (definition,) = ast.parse(source).body
    assert isinstance(definition, ast.FunctionDef)

    found = {one.what for one in unknown_faults(definition)}

    assert {"another default", "part of the condition forgotten", "max for min"} <= found
    assert {"index off by one", "call forgotten"} <= found
    assert not found & {one.what for one in faults(definition)}
    assert len({ast.unparse(one.definition) for one in unknown_faults(definition)}) >= len(found)


def _shade() -> ast.AST:
    return next(one for one in ast.parse(KEPT).body if getattr(one, "name", "") == "shade")
