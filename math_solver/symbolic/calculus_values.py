"""Definite integrals and limits inside an expression, replaced by their proved values."""

from dataclasses import replace

from assistants.answer import Verdict
from math_solver.reading import Binary, Call, Name, Negate, Relation, Tree
from math_solver.reading.parser import parse
from math_solver.solution import Work

from .integrals import integrate_between
from .limits import limit


def with_values(tree: Tree) -> Tree:
    """Replace what is proved; what is not stays, and leaves the comparison undecided."""
    match tree:
        case Negate():
            return replace(tree, operand=with_values(tree.operand))
        case Binary() | Relation():
            return replace(tree, left=with_values(tree.left), right=with_values(tree.right))
        case Call():
            inner = replace(tree, arguments=tuple(map(with_values, tree.arguments)))
            return _value(inner) or inner
        case _:
            return tree


def _value(call: Call) -> Tree | None:
    match call.function, call.arguments:
        case "integrate", (body, Name(name=letter), low, high):
            return _proved(integrate_between(body, letter, low, high))
        case "limit", (body, Name(name=letter), target):
            return _proved(limit(body, letter, target))
        case _:
            return None


def _proved(work: Work) -> Tree | None:
    proved = work.answer and all(check.verdict is Verdict.PROVED for check in work.checks)
    return parse(work.answer) if proved and work.checks else None
