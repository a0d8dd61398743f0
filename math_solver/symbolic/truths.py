"""Whether relations hold at a point: certainly, certainly not, or undecided."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from assistants.answer import Verdict
from assistants.errors import InputError
from math_solver.lines import Case, Line
from math_solver.reading import Binary, Call, Negate, Number, Relation, Tree, letters
from math_solver.reading.tree import substituted

from .enclosure import Box, Evaluator, Undecided
from .equivalence import compare_expressions

DIGITS = 40
FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def number(value: Fraction) -> Tree:
    """Return an exact rational as a tree."""
    return Number(value=value)


def constant_truth(relation: Relation) -> Verdict:
    """Return whether a relation between constants holds, by balls that do not meet.

    A side that is not real makes it false.
    """
    sides: list[Box] = []
    try:
        for side in (relation.left, relation.right):
            evaluator = Evaluator({}, DIGITS)
            sides.append(evaluator.box(side))
            if evaluator.left_reals or not sides[-1].is_real:
                return Verdict.REFUTED
    except Undecided:
        return Verdict.UNKNOWN
    left, right = sides
    match relation.operator:
        case "=":
            yes, no = False, left.disjoint(right)
        case "!=":
            yes, no = left.disjoint(right), False
        case "<":
            yes, no = left.re < right.re, left.re >= right.re
        case "<=":
            yes, no = left.re <= right.re, left.re > right.re
        case ">":
            yes, no = left.re > right.re, left.re <= right.re
        case _:
            yes, no = left.re >= right.re, left.re < right.re
    return Verdict.PROVED if yes else Verdict.REFUTED if no else Verdict.UNKNOWN


def relation_truth(relation: Relation, values: Mapping[str, Tree]) -> Verdict:
    """Return whether a relation holds where letters stand for given expressions."""
    left, right = substituted(relation.left, values), substituted(relation.right, values)
    if not letters(left) and not letters(right):
        quick = constant_truth(Relation(operator=relation.operator, left=left, right=right))
        if quick is not Verdict.UNKNOWN:
            return quick
    if relation.operator in {"<", ">"}:
        return Verdict.UNKNOWN
    try:
        finding = compare_expressions(left, right)
    except InputError:
        return Verdict.UNKNOWN
    if relation.operator == "=":
        return finding.verdict
    if finding.verdict is not Verdict.PROVED:
        return Verdict.UNKNOWN
    return Verdict.REFUTED if relation.operator == "!=" else Verdict.PROVED


def holds(cases: Sequence[Case], values: Mapping[str, Tree]) -> Verdict:
    """Return whether one of the cases holds."""
    found = Verdict.REFUTED
    for case in cases:
        verdicts = [relation_truth(relation, values) for relation in case]
        if all(v is Verdict.PROVED for v in verdicts):
            return Verdict.PROVED
        if Verdict.REFUTED not in verdicts:
            found = Verdict.UNKNOWN
    return found


def holds_always(line: Line) -> bool:
    """Whether one case holds for all values: equations between equal expressions."""
    return any(all(_is_identity(relation) for relation in case) for case in line.cases)


def _is_identity(relation: Relation) -> bool:
    if relation.operator != "=":
        return False
    try:
        found = compare_expressions(relation.left, relation.right)
    except InputError:
        return False
    return found.verdict is Verdict.PROVED and not found.conditions


# --- absolute values


def without_absolute(line: Line, most: int = 3) -> Line:
    """Replace |u| by u where u ≥ 0 and by -u elsewhere, in cases; at most a few of them."""
    cases = list(line.cases)
    for _ in range(most):
        found = [_split_absolute(case) for case in cases]
        if all(len(split) == 1 for split in found):
            break
        cases = [case for split in found for case in split]
    return replace(line, cases=tuple(cases))


def _split_absolute(case: Case) -> list[Case]:
    inner = next((c for r in case for c in _absolutes(r)), None)
    if inner is None:
        return [case]
    zero = Number(value=Fraction(0))
    inside = inner.arguments[0]
    split: list[Case] = []
    for operator, value in ((">=", inside), ("<", Negate(operand=inside))):
        branch = tuple(_exchanged(r, inner, value) for r in case)
        relations = tuple(r for r in branch if isinstance(r, Relation))
        split.append((*relations, Relation(operator=operator, left=inside, right=zero)))
    return split


def _absolutes(tree: Tree) -> list[Call]:
    """Absolute values without another one inside."""
    match tree:
        case Negate():
            return _absolutes(tree.operand)
        case Binary() | Relation():
            return _absolutes(tree.left) + _absolutes(tree.right)
        case Call():
            inner = [c for argument in tree.arguments for c in _absolutes(argument)]
            return inner or ([tree] if tree.function == "abs" else [])
        case _:
            return []


def _exchanged(tree: Tree, old: Tree, new: Tree) -> Tree:
    if tree == old:
        return new
    match tree:
        case Negate():
            return replace(tree, operand=_exchanged(tree.operand, old, new))
        case Binary() | Relation():
            left, right = _exchanged(tree.left, old, new), _exchanged(tree.right, old, new)
            return replace(tree, left=left, right=right)
        case Call():
            inner = tuple(_exchanged(argument, old, new) for argument in tree.arguments)
            return replace(tree, arguments=inner)
        case _:
            return tree
