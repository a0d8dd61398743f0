"""Sums and products with an ellipsis: `1 + 2 + 3 + … + 100`, `2·12·22·…·92`, `1! + 2! + … + 9!`.

The terms before the dots and the one behind them must have one shape in which every number either
stays or goes up by equal steps; then all terms are written down and the exact value takes the
place of the whole. What does not fit is left as it is.
"""

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import comb, factorial

from assistants.errors import InputError

from .parser import parse
from .tree import Binary, Call, Negate, Number, Tree

MAX_TERMS = 5_000
MAX_DIGITS = 300
_DOTS = r"(?:\\[lc]?dots[bmcio]?(?![A-Za-z])|\.{3}|…)"
_NUMBERS = (
    r"(?:\\(?:frac|dfrac|tfrac|binom|dbinom|left|right|times|cdot|sqrt)(?![A-Za-z])"
    r"|[-\d+*/^!(){}.,·× ])+?"
)
_END = r"(?!\.\d)(?=$|[^-\d+*/^!(){}·× \\])"
_SUM = re.compile(rf"(?P<head>{_NUMBERS}[-+] ?)(?P<dots>{_DOTS})(?P<tail> ?[-+]{_NUMBERS}){_END}")
_TIMES = r"(?:\\times|\\cdot|\*|·|×)"
_PRODUCT = re.compile(
    rf"(?P<head>(?:\d+ ?{_TIMES} ?){{2,}})(?P<dots>{_DOTS}) ?(?P<tail>(?:{_TIMES} ?\d+ ?)+)"
)


def without_ellipsis(text: str, told: list[str]) -> str:
    """Return a text with the sums and products that are given by their first and last terms."""
    if not re.search(_DOTS, text):
        return text
    for pattern, value in ((_PRODUCT, _product), (_SUM, _sum)):
        for found in pattern.finditer(text):
            try:
                result = value(found["head"], found["tail"])
            except (InputError, ValueError, ZeroDivisionError, OverflowError):
                continue
            if result is None or len(str(result[0])) > MAX_DIGITS:
                continue
            told.append(f"{found.group().strip()} has {result[1]} terms")
            shown = str(result[0]) if result[0].denominator == 1 else f"({result[0]})"
            return without_ellipsis(_put(text, found, shown), told)
    return text


def _put(text: str, found: re.Match[str], shown: str) -> str:
    """Put a value in the place of a match, with the white space round it as it was."""
    before = " " if found.group()[:1].isspace() else ""
    after = " " if found.group()[-1:].isspace() else ""
    joined = f"{text[: found.start()]}{before}{shown}{after}{text[found.end() :]}"
    return re.sub(r"\$\s*(-?\d+)\s*([.,]?)\s*\$", r"$\1$\2", joined)


def _product(head: str, tail: str) -> tuple[Fraction, int] | None:
    factors = [Fraction(n) for n in re.findall(r"\d+", head)]
    last = [Fraction(n) for n in re.findall(r"\d+", tail)]
    listed = _continued(factors, last)
    if listed is None:
        return None
    total = Fraction(1)
    for factor in listed:
        total *= factor
        if len(str(total)) > MAX_DIGITS:
            return None
    return total, len(listed)


def _continued(head: Sequence[Fraction], tail: Sequence[Fraction]) -> list[Fraction] | None:
    """Return an arithmetic progression from its first terms to its last ones."""
    if len(head) < 2:
        return None
    step = head[1] - head[0]
    if not step:
        return None
    count = (tail[-1] - head[0]) / step + 1
    if count.denominator != 1 or not len(head) + len(tail) <= count <= MAX_TERMS:
        return None
    listed = [head[0] + step * i for i in range(int(count))]
    fits = listed[: len(head)] == list(head) and listed[-len(tail) :] == list(tail)
    return listed if fits else None


def _sum(head: str, tail: str) -> tuple[Fraction, int] | None:
    first, last = _terms(head.rstrip("+- ") or "0"), _terms(tail)
    if head.rstrip().endswith("-") and not tail.strip().startswith(("-", "+")):
        return None
    if len(first) < 2 or not last:
        return None
    geometric = _geometric(first, last)
    if geometric is not None:
        return geometric
    signs = [sign for sign, _ in first]
    period = 1 if len(set(signs)) == 1 else 2
    if period == 2 and any(a == b for a, b in pairwise(signs)):
        return None
    shapes = [_shape(tree) for _, tree in (*first, *last)]
    if any(shape[0] != shapes[0][0] for shape in shapes):
        return None
    leaves = [shape[1] for shape in shapes]
    count = _count(leaves[: len(first)], leaves[-1])
    if count is None or not len(first) < count <= MAX_TERMS:
        return None
    steps = [b - a for a, b in zip(leaves[0], leaves[1], strict=True)]
    expected = [[a + s * i for a, s in zip(leaves[0], steps, strict=True)]
                for i in (*range(len(first)), *range(count - len(last), count))]  # fmt: skip
    if expected != leaves:
        return None
    told = [*signs, *(sign for sign, _ in last)]
    places = (*range(len(first)), *range(count - len(last), count))
    if [signs[i % period] for i in places] != told:
        return None
    total = Fraction(0)
    for i in range(count):
        values = [a + s * i for a, s in zip(leaves[0], steps, strict=True)]
        total += signs[i % period] * _value(first[0][1], iter_of(values))
        if len(str(total)) > 2 * MAX_DIGITS:
            return None
    return total, count


def _geometric(
    first: Sequence[tuple[int, Tree]], last: Sequence[tuple[int, Tree]]
) -> tuple[Fraction, int] | None:
    """Add plain numbers with a constant ratio, three of them shown or more."""
    plain = [sign * tree.value for sign, tree in first if isinstance(tree, Number)]
    ends = [sign * tree.value for sign, tree in last if isinstance(tree, Number)]
    if len(plain) != len(first) or len(ends) != len(last) or len(plain) < 3 or not all(plain):
        return None
    ratio = plain[1] / plain[0]
    if abs(ratio) <= 1 or any(b / a != ratio for a, b in pairwise(plain)):
        return None
    listed = [plain[0]]
    while abs(listed[-1]) < abs(ends[-1]) and len(listed) < MAX_TERMS:
        listed.append(listed[-1] * ratio)
    if listed[-len(ends) :] != ends or listed[: len(plain)] != plain:
        return None
    return sum(listed, Fraction(0)), len(listed)


def _terms(text: str) -> list[tuple[int, Tree]]:
    """Split a sum at its outer signs. Raises `InputError` for what is no formula."""
    found: list[tuple[int, Tree]] = []
    depth = start = 0
    sign = 1
    padded = f"{text.strip()}+"
    for index, mark in enumerate(padded):
        depth += (mark in "({") - (mark in ")}")
        if depth == 0 and mark in "+-":
            part = padded[start:index].strip()
            if part:
                found.append((sign, parse(part)))
                sign = 1
            sign = sign if mark == "+" else -sign if not part else -1
            start = index + 1
    return found


def _shape(tree: Tree) -> tuple[str, list[Fraction]]:
    """Return a tree's form with its numbers left out, and the numbers."""
    match tree:
        case Number():
            return "#", [tree.value]
        case Negate():
            inner, numbers = _shape(tree.operand)
            return f"-({inner})", numbers
        case Binary():
            left, right = _shape(tree.left), _shape(tree.right)
            return f"({left[0]}{tree.operator}{right[0]})", left[1] + right[1]
        case Call() if tree.function in {"factorial", "binomial"}:
            parts = [_shape(part) for part in tree.arguments]
            return f"{tree.function}({','.join(p[0] for p in parts)})", [
                n for p in parts for n in p[1]
            ]
        case _:
            raise ValueError("a term with letters")


def _count(first: Sequence[Sequence[Fraction]], last: Sequence[Fraction]) -> int | None:
    """Return how many terms there are, by a number that changes."""
    for a, b, end in zip(first[0], first[1], last, strict=True):
        if a != b:
            count = (end - a) / (b - a) + 1
            return int(count) if count.denominator == 1 else None
    return None


def iter_of(values: Sequence[Fraction]) -> Callable[[], Fraction]:
    """Return a function that gives one value after the other."""
    rest = list(reversed(values))
    return rest.pop


def _value(tree: Tree, following: Callable[[], Fraction]) -> Fraction:
    """Evaluate a tree with other numbers in its leaves. Raises `ValueError` where it is too big."""
    match tree:
        case Number():
            return following()
        case Negate():
            return -_value(tree.operand, following)
        case Binary():
            left, right = _value(tree.left, following), _value(tree.right, following)
            return _combined(tree.operator, left, right)
        case Call():
            numbers = [_value(part, following) for part in tree.arguments]
            if any(n.denominator != 1 or not 0 <= n <= 200 for n in numbers):
                raise ValueError("too large a factorial")
            whole = [int(n) for n in numbers]
            return Fraction(factorial(whole[0]) if len(whole) == 1 else comb(*whole))
        case _:
            raise ValueError("a term with letters")


def _combined(operator: str, left: Fraction, right: Fraction) -> Fraction:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
        case _:
            if right.denominator != 1 or abs(right) > 2_000:
                raise ValueError("an exponent that is no small whole number")
            return left ** int(right)
