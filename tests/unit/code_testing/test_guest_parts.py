"""The parts of the guest that need no sandbox: probes, mutants, recipes, expressions."""

import ast

import pytest

from code_assist.testing.expressions import names_in
from code_assist.testing.plumb_guest.codes import compile_definition, exchanged
from code_assist.testing.plumb_guest.faults import faults
from code_assist.testing.plumb_guest.mutants import mutants
from code_assist.testing.plumb_guest.probes import PROBE, Probe, instrument
from code_assist.testing.plumb_guest.recipes import from_source


def example(a, b):
    if a < b and b != 10:
        return [x for x in range(a) if x % 2]
    for _ in range(3):
        pass
    return None


def definition_of(source: str) -> ast.FunctionDef:
    (node,) = ast.parse(source).body
    assert isinstance(node, ast.FunctionDef)
    return node


EXAMPLE = """def example(a, b):
    if a < b and b != 10:
        return [x for x in range(a) if x % 2]
    for _ in range(3):
        pass
    return None
"""


def test_probes_change_no_result_and_tell_branches_with_their_distance() -> None:
    changed, goals = instrument(definition_of(EXAMPLE))
    code = compile_definition(changed, ["example"], example)
    assert code is not None
    probe = Probe()
    globals()[PROBE] = probe
    try:
        with exchanged(example, code):
            assert example(2, 10) is None
            seen = set(probe.hit)
            assert min(probe.near.values()) == 1.0  # b == 10: one step away
            probe.reset()
            assert example(4, 5) == [1, 3]
            seen |= probe.hit
            assert len(goals - seen) == 1  # a < b was never false
            assert example(5, 4) is None
            seen |= probe.hit
    finally:
        del globals()[PROBE]
    assert seen == goals
    assert example(4, 5) == [1, 3]


def test_every_mutant_differs_in_one_place_and_messages_are_left_alone() -> None:
    source = 'def f(a):\n    """Doc."""\n    if a > 1:\n        raise ValueError("text")\n    return a + 2\n'
    definition = definition_of(source)
    found = {one.what: ast.unparse(one.definition) for one in mutants(definition)}
    assert set(found) == {
        "condition negated",
        "branch dropped",
        "Gt → GtE",
        "Gt → LtE",
        "1 → 2",
        "result dropped",
        "Add → Sub",
        "2 → 3",
    }
    assert ast.unparse(definition) == ast.unparse(definition_of(source))
    assert "a > 2" in found["1 → 2"]
    assert "raise" not in found["branch dropped"]
    early = definition_of("def f(a):\n    if a:\n        return a\n    return 2\n")
    texts = [ast.unparse(one.definition) for one in mutants(early) if one.what == "return dropped"]
    assert texts == ["def f(a):\n    if a:\n        a\n    return 2"]


def test_faults_are_realistic_mistakes() -> None:
    source = "def f(items, n):\n    if n < 0:\n        return []\n    return items[:n]\n"
    found = {one.what: ast.unparse(one.definition) for one in faults(definition_of(source))}
    assert "items[:n + 1]" in found["slice off by one"]
    assert "return []" not in found["guard missing"]
    assert "n < 0 - 1" in found["boundary moved"]
    assert "n for items" in found


@pytest.mark.parametrize("source", ["[1, 2]", '{"a": (1,)}', "-3", "set()", "lambda x: x + 1"])
def test_recipes_are_read_and_written(source: str) -> None:
    recipe = from_source(source, set())
    assert recipe is not None
    assert recipe.source() == source


def test_a_recipe_may_not_use_what_is_risky_or_unknown() -> None:
    assert from_source("open('x')", set()) is None
    assert from_source("somebody", set()) is None
    assert from_source("somebody", {"somebody"}) is not None


@pytest.mark.parametrize(
    "source",
    [
        "__import__('os')",
        "eval('1')",
        "().__class__",
        "open('/etc/passwd')",
        "(x := 1)",
        "a; b",
        "f'{x}'",
        "[i async for i in x]",
        "getattr(x, 'y')",
    ],
)
def test_foreign_words_that_do_something_are_no_expressions(source: str) -> None:
    assert names_in(source) is None


def test_foreign_words_of_values_are_let_through_with_the_names_they_need() -> None:
    assert names_in("Point(x=1, y=[2.5, None])") == {"Point"}
    assert names_in("lambda n: n % 2 == base") == {"base"}
    assert names_in("sorted({1, 2})") == frozenset()
