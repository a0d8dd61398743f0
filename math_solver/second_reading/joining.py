"""Joining quantities two at a time: what can be made of two, and what is then said of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from .quantities import Quantity

OPERATIONS = ("+", "-", "reversed -", "*", "/", "reversed /")
KEPT = ("none", "left", "right")
COLUMNS = len(OPERATIONS) * len(KEPT)
_LARGEST = Fraction(10**9)
_SCALES = frozenset({"percent", "part", "times", "constant"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """One step: which two (by index), how, and what remains to be used again."""

    left: int
    right: int
    operation: int
    kept: int

    @property
    def column(self) -> int:
        """Where the model keeps its weights for it."""
        return self.operation * len(KEPT) + self.kept


def column_of(column: int, left: int, right: int) -> Join:
    """Return the join of two quantities that a column stands for."""
    operation, kept = divmod(column, len(KEPT))
    return Join(left=left, right=right, operation=operation, kept=kept)


def joined(quantities: Sequence[Quantity], join: Join) -> tuple[Quantity, ...] | None:
    """Return the quantities after a join; None where it makes no possible amount."""
    left, right = quantities[join.left], quantities[join.right]
    made = made_of(left, right, join.operation)
    if made is None or any(q.text == made.text for q in quantities):
        return None
    dropped = {0: {join.left, join.right}, 1: {join.right}, 2: {join.left}}[join.kept]
    rest = [q for i, q in enumerate(quantities) if i not in dropped]
    return tuple(sorted([*rest, made], key=lambda q: (q.place, q.size)))


def possible(left: Quantity, right: Quantity) -> list[bool]:
    """Say for each operation whether it makes a possible amount: none below zero or endless."""
    return [
        True,
        left.value >= right.value,
        right.value >= left.value,
        True,
        right.value != 0,
        left.value != 0,
    ]


def made_of(left: Quantity, right: Quantity, operation: int) -> Quantity | None:
    """Return what an operation makes of two; None for a negative or an endless one."""
    name = OPERATIONS[operation]
    first, second = (right, left) if name.startswith("reversed") else (left, right)
    sign = name[-1]
    value = _value(first.value, second.value, sign)
    if value is None or not 0 <= value <= _LARGEST:
        return None
    unit, per, kind = _meaning(first, second, sign)
    late = left if left.place > right.place else right
    return replace(
        late,
        text=f"({first.text} {sign} {second.text})",
        value=value,
        kind=kind,
        unit=unit,
        per=per,
        owner=left.owner if left.owner == right.owner else late.owner,
        sentence=max(left.sentence, right.sentence),
        words=left.words & right.words if sign in "+-" else late.words,
        asked=left.asked or right.asked,
        made_by=name,
        size=left.size + right.size,
    )


def _value(first: Fraction, second: Fraction, sign: str) -> Fraction | None:
    match sign:
        case "+":
            return first + second
        case "-":
            return first - second
        case "*":
            return first * second
        case _:
            return first / second if second else None


def _meaning(first: Quantity, second: Quantity, sign: str) -> tuple[str, str, str]:
    """Return the unit, per what, and the kind of a result."""
    if sign in "+-":
        if first.kind in _SCALES and second.kind in _SCALES:
            return first.unit, first.per, first.kind
        amount = second if first.kind in _SCALES else first
        return amount.unit or second.unit, amount.per, amount.kind
    if second.kind in _SCALES:
        return first.unit, first.per, first.kind
    if sign == "*":
        if first.kind in _SCALES:
            return second.unit, second.per, second.kind
        rate = first if first.per and not second.per else second
        other = second if rate is first else first
        return rate.unit, "" if rate.per else other.per, rate.kind
    if first.unit and first.unit == second.unit:
        return second.per or "", "", "plain"
    if second.per and not first.per:
        return second.per, "", "plain"
    return first.unit, second.unit, first.kind


def choices(count: int) -> Iterator[tuple[int, int]]:
    """Yield every two of `count` quantities in their order."""
    return ((i, j) for i in range(count) for j in range(i + 1, count))


def steps_of(text: str) -> list[tuple[str, str]]:
    """Return the parts of a made expression in the order of their computing: name, expression.

    An expression that occurs twice is one part. Names are L0, L1, …; the last part is the whole.
    """
    parts: dict[str, str] = {}
    stack: list[list[str]] = [[]]
    for piece in text.replace("(", "( ").replace(")", " )").split():
        if piece == "(":
            stack.append([])
        elif piece == ")":
            inside = " ".join(stack.pop())
            name = f"({inside})" if inside.endswith("/ 100") and inside.startswith("N") else ""
            if not name:
                name = parts.setdefault(inside, f"L{len(parts)}")
            stack[-1].append(name)
        else:
            stack[-1].append(piece)
    return [(name, inside) for inside, name in parts.items()]
