"""Tests of files as people have them: generators, operators, properties, dates, stand-ins, mains."""

import ast

import pytest

from assistants.errors import SandboxUnavailable
from code_assist.sandbox import protection
from code_assist.testing import Plan, Project, TestSuite, write_tests
from code_assist.testing.plumb_guest.kinds import from_use, stub
from code_assist.testing.plumb_guest.mining import constants
from code_assist.testing.plumb_guest.widening import widened

MODULE = '''
"""What people write."""
import argparse
import re
import sys
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol


class Notifier(Protocol):
    def send(self, text: str) -> bool: ...


def announce(notifier: Notifier, names: list[str]) -> int:
    return sum(1 for name in names if notifier.send(name))


class Point(NamedTuple):
    x: int
    y: int

    def distance(self, other: "Point") -> int:
        return abs(self.x - other.x) + abs(self.y - other.y)


def windows(items, size):
    if size < 1:
        raise ValueError("size must be positive")
    for i in range(len(items) - size + 1):
        yield items[i:i + size]


async def ticks(n: int):
    for i in range(n):
        yield i


class Degrees:
    def __init__(self, value: float = 0.5):
        self.value = value

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, value):
        if value < 0:
            raise ValueError("below zero")
        self._value = value

    def __eq__(self, other):
        if not isinstance(other, Degrees):
            return NotImplemented
        return self._value == other._value


class HTTPQueue:
    def __init__(self, limit: int):
        self._items = []
        self._limit = limit

    def put(self, item: str) -> None:
        if len(self._items) < self._limit:
            self._items.append(item)

    def __len__(self):
        return len(self._items)


def workday(day: datetime) -> datetime:
    return day + timedelta(days=3 if day.weekday() == 4 else 1)


def ratio(a: float, b: float) -> float:
    return float("nan") if b == 0 else a / b


def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("word")
    parser.add_argument("--twice", action="store_true")
    args = parser.parse_args(argv)
    print(args.word * (2 if args.twice else 1))
    return 0
'''


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory):
    try:
        protection()
    except SandboxUnavailable as error:
        pytest.skip(f"no sandbox here: {error}")
    folder = tmp_path_factory.mktemp("people")
    folder.chmod(0o755)
    (folder / "pyproject.toml").write_text("")
    (folder / "people.py").write_text(MODULE)
    answer = write_tests(Project.of(folder / "people.py"), plan=Plan(seconds=8.0, runs=2))
    assert answer.best is not None, answer.reason
    return answer.best.candidate


@pytest.mark.parametrize(
    "shown",
    [
        "list(windows(",  # what a generator raises comes when it is read
        'pytest.raises(ValueError, match="size must be positive")',
        "collected(ticks(",
        "degrees == Degrees(",
        "assert len(http_queue) ==",
        "datetime(2024",
        "point.distance(Point(",
        "SimpleNamespace(send=lambda *_: ",
        "assert math.isnan(",
        "def test_main",
        "assert len(result) == 0",
        "degrees.value",
    ],
)
def test_it_is_tested_as_a_person_would(suite: TestSuite, shown: str) -> None:
    assert shown in suite.code


def test_what_is_only_described_has_no_test_and_nothing_needless_is_imported(
    suite: TestSuite,
) -> None:
    assert "notifier.send(" not in suite.code
    reasons = {one.name: one.reason for one in suite.untested}
    assert reasons["Notifier.send"].startswith("it is only described")
    (imported,) = (
        one
        for one in ast.parse(suite.code).body
        if isinstance(one, ast.ImportFrom) and one.module == "people"
    )
    assert "Notifier" not in {one.name for one in imported.names}


def _function(text: str) -> ast.FunctionDef:
    (node,) = ast.parse(text).body
    assert isinstance(node, ast.FunctionDef)
    return node


def test_a_constructor_takes_what_its_methods_use() -> None:
    (owner,) = ast.parse(
        "class Timer:\n"
        "    def __init__(self, clock):\n"
        "        self.clock = clock\n"
        "    def start(self, clock=2):\n"
        "        clock.strip()\n"
        "        return self.clock()\n"
    ).body
    assert isinstance(owner, ast.ClassDef)
    init = owner.body[0]
    assert isinstance(init, ast.FunctionDef)
    assert from_use("clock", init) == ([], False)
    kinds, _ = from_use("clock", widened(init, owner))
    assert set(kinds) == {("callable", 1)}


def test_a_plain_object_stands_in_for_what_is_asked_for_attributes() -> None:
    shown = stub(
        "user", _function("def f(user, text):\n    return user.greet(user.name, text.strip())")
    )
    assert shown is not None
    assert [(one[0], one[1]) for one in shown[1:] if isinstance(one, tuple)] == [
        ("greet", True),
        ("name", False),
    ]
    assert stub("text", _function("def f(text):\n    return text.strip()")) is None
    assert stub("user", _function("def f(user):\n    user.name = 1")) is None


def test_constants_are_what_is_compared_with_and_not_what_is_said() -> None:
    tree = ast.parse(
        'def f(text):\n    """Words of f."""\n    if text == "yes":\n'
        '        raise ValueError("wrong")\n    return g(re.sub("[a-z]+", "-", text))\n'
        'def g(text):\n    return text.split(";")\n'
    )
    (first, _) = tree.body
    assert constants(tree, first, {}) == ["yes", "-", ";"]
