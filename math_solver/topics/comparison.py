"""Order among exact numbers: which is larger, the k-th, the closest, sorted."""

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction

from assistants.errors import InputError
from math_solver.reading.statements import Ask

from .scope import Facts

RELATIONS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "=": operator.eq, "!=": operator.ne,
}  # fmt: skip
LARGE = frozenset({"biggest", "greatest", "largest", "highest", "bigger", "greater", "larger",
                   "higher"})  # fmt: skip


def told(ask: Ask, values: list[Fraction]) -> tuple[str, ...]:
    """Tell the values of letters and expressions among the labels."""
    pairs = zip(ask.labels, values, strict=True)
    return tuple(f"{label} = {value}" for label, value in pairs if any(map(str.isalpha, label)))


def compare(ask: Ask, facts: Facts) -> tuple[str, str]:
    """Return whether a relation between two numbers holds."""
    left, right = facts.numbers(ask)
    sign = ask.kind.removeprefix("compare ")
    holds = RELATIONS[sign](left, right)
    order = "<" if left < right else ">" if left > right else "="
    return str(holds), f"{left} {order} {right}"


def pair(ask: Ask, facts: Facts) -> tuple[str, str]:
    """Return the larger or the smaller of two, by its label."""
    left, right = facts.numbers(ask)
    if left == right:
        raise InputError("the two are equal")
    first = (left > right) == (ask.words[0].lower() in LARGE)
    order = "<" if left < right else ">"
    return ask.labels[0 if first else 1], f"{left} {order} {right}"


def kth(ask: Ask, facts: Facts) -> tuple[str, str]:
    """Return the k-th largest or smallest by its label, or by its letter of multiple choice."""
    values = facts.numbers(ask)
    place = max(ask.order, 1)
    if place > len(values) or len(set(values)) != len(values):
        raise InputError("there is no such value, or two are equal")
    order = sorted(range(len(values)), key=values.__getitem__)
    if ask.words[0].lower() in LARGE:
        order.reverse()
    shown = ", ".join(str(values[i]) for i in order)
    return _chosen(ask, order[place - 1]), f"in order: {shown}"


def _chosen(ask: Ask, index: int) -> str:
    return ask.choices[index] if ask.choices else ask.labels[-(len(_options(ask))) :][index]


def _options(ask: Ask) -> tuple[str, ...]:
    """The labels to choose from: all but the target of `closest`."""
    return ask.labels[1:] if ask.kind == "closest" else ask.labels


def closest(ask: Ask, facts: Facts) -> tuple[str, str]:
    """Return the number that is closest to the first, by its label."""
    target, *values = facts.numbers(ask)
    distances = [abs(value - target) for value in values]
    least = min(distances)
    if distances.count(least) != 1:
        raise InputError("two of them are equally close")
    shown = ", ".join(str(distance) for distance in distances)
    return _chosen(ask, distances.index(least)), f"the distances are {shown}"


DOWN = frozenset({"descending", "decreasing", "greatest", "largest", "highest", "biggest"})


def sort(ask: Ask, facts: Facts) -> tuple[str, str]:
    """Return the labels in ascending or descending order."""
    values = facts.numbers(ask)
    down = bool(ask.words) and ask.words[0].lower() in DOWN
    order = sorted(range(len(values)), key=values.__getitem__, reverse=down)
    return ", ".join(ask.labels[i] for i in order), "neighbours compared exactly"
