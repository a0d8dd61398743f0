"""Problems of mawps-single's training part with the plans that their equations say.

The part is the one that `benchmarks/word_problems.py` calls development; the held part is never
opened here.
"""

import ast
import json
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

from assistants.errors import InputError
from math_solver.plan import parse_plan
from math_solver.quantities import carry_out
from math_solver.reading import Question, read_question

Term: TypeAlias = "Fraction | str | tuple[str, Term, Term]"
"""A number, the unknown, or an operation on two."""
_SIGNS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_UNDONE = {"+": "-", "-": "+", "*": "/", "/": "*"}
_CONSTANTS = frozenset({2, 3, 4, 7, 10, 12, 24, 52, 60, 100})
"""Numbers that words bring: a pair, a week, a dozen, an hour."""


def mawps_examples(data: Path) -> Iterator[tuple[Question, str, Fraction]]:
    """Yield each problem whose equation gives its key: question, plan, key."""
    path = data / "math/mawps-single/trainset.json"
    for row in json.loads(path.read_text(encoding="utf-8")):
        question = read_question(row["sQuestion"])
        plan = plan_of_equation(row["lEquations"][0], question)
        key = Fraction(str(row["lSolutions"][0]))
        if plan is None or question.formulas:
            continue
        value = _value(plan, question)
        if value is not None and abs(value - key) <= Fraction(1, 1000) * max(1, abs(key)):
            yield question, plan, value


def plan_of_equation(equation: str, question: Question) -> str | None:
    """Write `X = 27 - 6` or `x + 6 = 27` in the names of the question's numbers."""
    left, _, right = equation.lower().rpartition("=")
    try:
        sides = [_term(ast.parse(side.strip(), mode="eval").body) for side in (left or "x", right)]
        unknown, known = sorted(sides, key=lambda side: not _has_unknown(side))
        text = _named(_isolated(unknown, known), question, set())
    except (SyntaxError, ValueError):
        return None
    return f"answer {text[1:-1]}" if text.startswith("(") else None


def is_clear(question: Question, plan: str) -> bool:
    """Whether it is certain which numbers a plan means: no two that it uses alike are equal."""
    used = [question.numbers[int(i)] for i in re.findall(r"\bN(\d+)", plan)]
    symmetric = set(re.findall(r"[-+*/]", plan)) <= {"+"} and len(used) == len(question.numbers)
    return symmetric or all(question.numbers.count(number) == 1 for number in used)


def _term(node: ast.expr) -> Term:
    """Read a part of an equation. Raises `ValueError`."""
    match node:
        case ast.BinOp() if type(node.op) in _SIGNS:
            return (_SIGNS[type(node.op)], _term(node.left), _term(node.right))
        case ast.Constant():
            return Fraction(str(node.value))
        case ast.Name():
            return "x"
        case _:
            raise ValueError(ast.dump(node))


def _has_unknown(term: Term) -> bool:
    return term == "x" or (isinstance(term, tuple) and any(map(_has_unknown, term[1:])))


def _isolated(term: Term, value: Term) -> Term:
    """Return what the unknown is. Raises `ValueError` where it stands twice, or not at all."""
    while term != "x":
        if not isinstance(term, tuple) or _has_unknown(term[1]) == _has_unknown(term[2]):
            raise ValueError("the unknown stands twice, or not at all")
        sign, left, right = term
        if _has_unknown(left):
            term, value = left, (_UNDONE[sign], value, right)
        elif sign in "+*":
            term, value = right, (_UNDONE[sign], value, left)
        else:
            term, value = right, (sign, left, value)
    return value


def _named(term: Term, question: Question, used: set[int]) -> str:
    """Write a term; of equal numbers the first that is free. Raises `ValueError`."""
    if isinstance(term, tuple):
        sign, left, right = term
        return f"({_named(left, question, used)} {sign} {_named(right, question, used)})"
    places = [i for i, number in enumerate(question.numbers) if number == term]
    if places:
        place = next((i for i in places if i not in used), places[0])
        used.add(place)
        return f"N{place}"
    scaled = isinstance(term, Fraction) and {term * 100, term / 100} & {*question.numbers}
    if term in _CONSTANTS and not scaled:
        return str(term)
    raise ValueError(f"where {term} comes from")


def _value(plan: str, question: Question) -> Fraction | None:
    try:
        return carry_out(parse_plan(plan, question), question).answers[0]
    except InputError:
        return None
