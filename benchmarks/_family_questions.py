"""One question of each of DeepMind's 56 + 15 families, with its answer, from a seed.

Wordings follow the samples and the paper (arXiv 1904.01557); the program here is our own. Answers
are computed while a question is made, never by the solver.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from _family_chains import ORDINALS, Chain, Hidden, Number
from _family_values import (
    Coefficients,
    Draw,
    decimal_text,
    derivative,
    polynomial_text,
    product,
    scaled,
    sum_text,
    term_text,
    value_at,
)

GIVE = ("What is {}?", "Calculate {}.", "Give {}.", "Determine {}.")
Pair = tuple[str, str]
"""A question and its answer."""


@dataclass(frozen=True, slots=True)
class Level:
    """How hard: entropy of interpolation or of extrapolation, and whether statements come first."""

    entropy: float = 8.0
    composed: bool = False
    more: int = 0

    def modules(self, draw: Draw) -> int:
        return draw.random.randint(1, 3) if self.composed else 0


def told(before: Sequence[str], question: str) -> str:
    """Sentences joined."""
    return " ".join([*before, question])


def parts(chain: Chain, hidden: Sequence[Hidden]) -> list[str]:
    """The sentences of hidden values, in random order of the values."""
    return Chain.shuffled(chain.draw, hidden)


# --- algebra


def linear(size: int) -> Callable[[Draw, Level], Pair]:
    def make(draw: Draw, level: Level) -> Pair:
        chain = Chain(draw)
        names = [chain.letter() for _ in range(size)]
        modules = level.modules(draw)
        spent = modules + 1 if modules else 0
        texts, before, value = chain.equations(names, None, spent, level.entropy)
        return told(before, f"Solve {', '.join(texts)} for {names[0]}."), str(value)

    return make


def roots(draw: Draw, level: Level) -> Pair:
    count = draw.random.randint(2, 5)
    distinct = max(1, count - sum(draw.random.random() < 0.2 for _ in range(count - 1)))
    shares = draw.shares(level.entropy - 1, [1] * distinct)
    found = [
        draw.fraction(share) if draw.random.random() < 0.1 else Fraction(draw.integer(share))
        for share in shares
    ]
    found += [draw.random.choice(found) for _ in range(count - distinct)]
    values: Coefficients = [Fraction(1)]
    for root in found:
        values = product(values, [-root, Fraction(1)])
    scale = Fraction(lcm(*(v.denominator for v in values)))
    scale *= draw.whole_or_fraction(1) or 1
    values = scaled(values, scale)
    chain = Chain(draw)
    (hidden,) = chain.hide([values], level.modules(draw), level.entropy / 2)
    letter, text = chain.function_text(hidden)
    before = parts(chain, [hidden])
    if draw.coin():
        return told(before, f"Factor {text}."), polynomial_text(values, letter)
    template = draw.random.choice((
        "Let {0} = 0. What is {1}?", "Let {0} = 0. Calculate {1}.", "Suppose {0} = 0. What is {1}?",
        "Suppose {0} = 0. Calculate {1}.", "What is {1} in {0} = 0?", "Solve {0} = 0 for {1}.",
        "Find {1} such that {0} = 0.", "Find {1}, given that {0} = 0.",
        "Determine {1} so that {0} = 0.", "Determine {1}, given that {0} = 0.", "Solve {0} = 0.",
    ))  # fmt: skip
    return told(before, template.format(text, letter)), ", ".join(map(str, sorted(set(found))))


def _sequence(draw: Draw, level: Level) -> tuple[Coefficients, list[Fraction]]:
    degree = draw.random.randint(1, 3)
    shares = draw.shares(level.entropy, [1] * (degree + 1))
    values = [
        Fraction(draw.integer(share + 0.3 * (degree - 2 * p), least=int(p == degree)))
        for p, share in enumerate(shares)
    ]
    count = degree + 2 + draw.random.randint(0, 3)
    return values, [value_at(values, Fraction(n)) for n in range(1, count + 2)]


def next_term(draw: Draw, level: Level) -> Pair:
    _, terms = _sequence(draw, level)
    shown = ", ".join(map(str, terms[:-1]))
    template = draw.random.choice(
        ("What is next in {}?", "What comes next: {}?", "What is the next term in {}?")
    )
    return template.format(shown), str(terms[-1])


def nth_term(draw: Draw, level: Level) -> Pair:
    values, terms = _sequence(draw, level)
    letter = Chain(draw).letter()
    shown = ", ".join(map(str, terms[:-1]))
    return f"What is the {letter}'th term of {shown}?", polynomial_text(values, letter)


# --- arithmetic


def add_or_sub(draw: Draw, level: Level) -> Pair:
    one, two = draw.pair(level.entropy + 4)
    p, q = draw.whole_or_decimal(one), draw.whole_or_decimal(two)
    left, right = decimal_text(p), decimal_text(q)
    if draw.coin():
        template = draw.random.choice((
            "{} + {}", "{}+{}", "Work out {} + {}.", "Add {} and {}.", "Put together {} and {}.",
            "Sum {} and {}.", "Total of {} and {}.", "Add together {} and {}.",
            "What is {} plus {}?", "Calculate {} + {}.", "What is {} + {}?",
        ))  # fmt: skip
        return template.format(left, right), decimal_text(p + q)
    templates = [
        "{0} - {1}", "Work out {0} - {1}.", "What is {0} minus {1}?",
        "What is {0} take away {1}?", "What is {1} less than {0}?", "Subtract {1} from {0}.",
        "Calculate {0} - {1}.", "What is {0} - {1}?",
    ]  # fmt: skip
    if p >= q:
        for word in ("distance", "difference"):
            templates += [f"What is the {word} between {pair}?" for pair in
                          ("{0} and {1}", "{1} and {0}")]  # fmt: skip
    return draw.random.choice(templates).format(left, right), decimal_text(p - q)


def based(value: int, base: int) -> str:
    """A whole number in a base."""
    digits, rest = "", abs(value)
    while rest or not digits:
        rest, digit = divmod(rest, base)
        digits = "0123456789abcdef"[digit] + digits
    return f"-{digits}" if value < 0 else digits


def in_base(draw: Draw, level: Level) -> Pair:
    one, two = draw.pair(level.entropy)
    p, q, base = draw.integer(one), draw.integer(two), draw.random.randint(2, 16)
    sign = draw.random.choice("+-")
    value = p + q if sign == "+" else p - q
    text = f"In base {base}, what is {based(p, base)} {sign} {based(q, base)}?"
    return text, based(value, base)


def multiply(draw: Draw, level: Level) -> Pair:
    one, two = draw.pair(level.entropy)
    p, q = draw.whole_or_decimal(one), draw.whole_or_decimal(two)
    template = draw.random.choice((
        "{}*{}", "{} * {}", "Calculate {}*{}.", "Work out {} * {}.", "Multiply {} and {}.",
        "Product of {} and {}.", "What is the product of {} and {}?", "{} times {}",
        "What is {} times {}?",
    ))  # fmt: skip
    return template.format(decimal_text(p), decimal_text(q)), decimal_text(p * q)


def divide(draw: Draw, level: Level) -> Pair:
    one, two = draw.pair(level.entropy)
    q = draw.integer(two, least=1)
    p = draw.integer(one) * (q if draw.coin() else 1)
    template = draw.random.choice(
        ("Divide {} by {}.", "{} divided by {}", "What is {} divided by {}?",
         "Calculate {} divided by {}.")
    )  # fmt: skip
    return template.format(p, q), str(Fraction(p, q))


def expression(ops: str) -> Callable[[Draw, Level], Pair]:
    def make(draw: Draw, level: Level) -> Pair:
        value = draw.whole_or_fraction(2) if "/" in ops else Fraction(draw.integer(2))
        count = draw.random.randint(8, 10) if level.more else draw.random.randint(3, 7)
        text = draw.arithmetic(value, count, level.entropy, ops).text
        template = draw.random.choice(
            ("{}", "What is {}?", "Evaluate {}.", "Calculate {}.", "What is the value of {}?")
        )
        return template.format(text), str(value)

    return make


def nearest_root(draw: Draw, level: Level) -> Pair:
    degree = draw.random.randint(2, 3) if draw.coin() else draw.random.randint(2, 10)
    value = draw.integer(level.entropy, signed=False)
    answer = 0
    while (2 * answer + 1) ** degree < value * 2**degree:
        answer += 1
    names = {2: ["square"], 3: ["cube", "third"]}.get(degree, [ORDINALS[degree]])
    templates = ["What is {0} to the power of 1/{1}, to the nearest integer?"]
    templates += [f"What is the {name} root of {{0}} to the nearest integer?" for name in names]
    return draw.random.choice(templates).format(value, degree), str(answer)


Root = tuple[str, Fraction, Fraction, int]
"""Text, a, b and rank of an expression that is a + b√base."""


def surd(draw: Draw, level: Level) -> Pair:
    base = draw.random.choice((2, 3, 5, 7, 11, 13, 17, 19))
    text, a, b, _ = _surd(draw, base, base, level.entropy - 1, squared=True, multiple=False)
    terms = sorted(
        t for t in ((float(a), str(a)), (float(b) * base**0.5, _root_term(b, base))) if t[0]
    )
    return f"Simplify {text}.", sum_text([term for _, term in terms])


def _root_term(factor: Fraction, base: int) -> str:
    return term_text(factor, f"sqrt({base})", 1)


def _surd(
    draw: Draw, radicand: int, base: int, entropy: float, *, squared: bool, multiple: bool
) -> Root:
    """An expression around √radicand, told in terms of √base (radicand = k²·base here)."""
    if entropy <= 0:
        factor = Fraction(_square_part(radicand // base))
        return f"sqrt({radicand})", Fraction(0), factor, 4
    choices = ["sum", "times"] + ([] if multiple else ["plus"])
    choices += ["square"] if squared and not multiple else []
    choices += ["inside", "ratio"] if radicand < 64 else []
    kind = draw.random.choice(choices)
    small, rest = min(1, entropy), max(0, entropy - 1)

    def inner(left: float, *, square: bool = squared, bare: bool = multiple) -> Root:
        return _surd(draw, radicand, base, left, squared=square, multiple=bare)

    if kind == "sum":
        half = entropy / 2 if entropy >= 2 else 0
        (s, a, b, r), (t, c, d, q) = inner(half), inner(entropy - half)
        sign = draw.random.choice((1, -1))
        right = t if q > 1 or sign > 0 else f"({t})"
        text = f"{s} {'+' if sign > 0 else '-'} {right if not right.startswith('-') else f'({t})'}"
        return text, a + sign * c, b + sign * d, 1
    if kind in {"times", "plus"}:
        k = draw.integer(small, least=1)
        s, a, b, r = inner(rest)
        if kind == "plus":
            return f"{k} + {s}" if not s.startswith("-") else f"{k} + ({s})", a + k, b, 1
        factor = f"({k})" if k < 0 else str(k)
        held = s if r > 1 and not s.startswith("-") else f"({s})"
        text = f"{k}*{held}" if draw.coin() else f"{held}*{factor if k >= 0 else k}"
        return text, a * k, b * k, 2
    if kind == "square":
        s, a, b, r = inner(entropy, square=False)
        held = s if r > 3 else f"({s})"
        return f"{held}**2", a * a + b * b * base, 2 * a * b, 3
    k = draw.integer(small, signed=False, least=2)
    if kind == "inside":
        return _surd(draw, k * k * radicand, base, rest, squared=squared, multiple=multiple)
    above, below = f"sqrt({k * radicand})", f"sqrt({k})"
    return f"{above}/{below}", Fraction(0), Fraction(_square_part(radicand // base)), 2


def _square_part(value: int) -> int:
    return round(value**0.5)


# --- calculus


def differentiate(draw: Draw, level: Level) -> Pair:
    """In up to four letters, without statements; in one letter with them."""
    chain = Chain(draw)
    order = draw.random.randint(1, 3)
    if level.composed:
        values = draw.polynomial(draw.random.randint(1, 3) + order - 1, level.entropy / 2)
        (hidden,) = chain.hide([values], level.modules(draw), level.entropy / 2)
        letter, text = chain.function_text(hidden)
        for _ in range(order):
            values = derivative(values)
        answer = polynomial_text(values, letter)
        return told(parts(chain, [hidden]), _nth(draw, order, text, letter, named=True)), answer
    names = sorted(chain.letter() for _ in range(draw.random.randint(1, 4)))
    terms: dict[tuple[int, ...], int] = {}
    for _ in range(draw.random.randint(1, 3 + 2 * len(names))):
        powers = tuple(draw.random.randint(0, 3) for _ in names)
        terms[powers] = draw.integer(level.entropy / 3, least=1)
    axis = draw.random.randrange(len(names))
    found = dict(terms)
    for _ in range(order):
        found = {
            (*p[:axis], p[axis] - 1, *p[axis + 1 :]): c * p[axis]
            for p, c in found.items() if p[axis]
        }  # fmt: skip
    text, answer = _several(terms, names), _several(found, names)
    return _nth(draw, order, text, names[axis], named=len(names) > 1 or draw.coin()), answer


def _nth(draw: Draw, order: int, text: str, letter: str, *, named: bool) -> str:
    templates = ["Find the {n} derivative of {e}{w}.", "What is the {n} derivative of {e}{w}?"]
    if order == 1:
        templates += ["Differentiate {e}{w}.", "What is the derivative of {e}{w}?"]
    by = draw.random.choice((" wrt ", " with respect to " if order == 1 else " wrt "))
    tail = f"{by}{letter}" if named else ""
    return draw.random.choice(templates).format(n=ORDINALS[order], e=text, w=tail)


def _several(terms: Mapping[tuple[int, ...], int], names: Sequence[str]) -> str:
    """A polynomial in several letters as sympy writes it."""
    text = ""
    for powers in sorted(terms, reverse=True):
        held = [n if p == 1 else f"{n}**{p}" for n, p in zip(names, powers, strict=True) if p]
        size = abs(terms[powers])
        shown = "*".join([str(size), *held] if size != 1 or not held else held)
        sign = "-" if terms[powers] < 0 else "+"
        text += f" {sign} {shown}" if text else ("-" if sign == "-" else "") + shown
    return text or "0"


# --- comparison


def _mixed(draw: Draw, entropy: float) -> Number:
    if draw.coin():
        return Number(draw.whole_or_decimal(entropy), decimal=True)
    return Number(draw.whole_or_fraction(entropy))


COMPARED: Mapping[str, tuple[Callable[[Fraction, Fraction], bool], tuple[str, ...]]] = {
    "<": (lambda a, b: a < b, ("Is {} < {}?", "Is {} less than {}?", "Is {} smaller than {}?")),
    "<=": (lambda a, b: a <= b, ("Is {} <= {}?", "Is {} less than or equal to {}?",
                                 "Is {} at most {}?", "Is {} at most as big as {}?")),
    ">": (lambda a, b: a > b, ("Is {} > {}?", "Is {} greater than {}?", "Is {} bigger than {}?")),
    ">=": (lambda a, b: a >= b, ("Is {} >= {}?", "Is {} greater than or equal to {}?",
                                 "Is {} at least {}?", "Is {} at least as big as {}?")),
    "=": (lambda a, b: a == b, ("Does {} = {}?", "Are {} and {} equal?", "Is {} equal to {}?",
                                "Do {} and {} have the same value?")),
    "!=": (lambda a, b: a != b, ("Is {} != {}?", "Is {} not equal to {}?", "Are {} and {} unequal?",
                                 "Are {} and {} nonequal?", "Are {} and {} non-equal?",
                                 "Do {} and {} have different values?")),
}  # fmt: skip


def compare_two(draw: Draw, level: Level) -> Pair:
    kind = draw.random.randrange(3)
    if kind == 0:
        base = draw.integer(level.entropy * 0.75)
        values = [Number(Fraction(base)), Number(Fraction(base + draw.integer(level.entropy / 4)))]
    elif kind == 1:
        first = draw.fraction(level.entropy)
        values = [Number(first), Number(Fraction(round(first) + draw.random.randint(-1, 1)))]
    else:
        values = [_mixed(draw, share) for share in draw.shares(level.entropy, [1, 1])]
    draw.random.shuffle(values)
    chain = Chain(draw)
    hidden = chain.hide(values, level.modules(draw), level.entropy)
    left, right = (part.handle for part in hidden)
    a, b = (value.value for value in values)
    before = parts(chain, hidden)
    if draw.coin() and a != b:
        word = draw.random.choice(("bigger", "greater", "smaller"))
        answer = left if (a > b) == (word != "smaller") else right
        return told(before, f"Which is {word}: {left} or {right}?"), answer
    method, templates = COMPARED[draw.random.choice(list(COMPARED))]
    return told(before, draw.random.choice(templates).format(left, right)), str(method(a, b))


def _distinct(draw: Draw, level: Level, count: int, *, whole: bool = False) -> list[Number]:
    while True:
        shares = [max(1.0, share) for share in draw.shares(level.entropy, [1] * count)]
        values = [Number(Fraction(draw.integer(s))) if whole else _mixed(draw, s) for s in shares]
        if len({value.value for value in values}) == count:
            return values


def _choices(chain: Chain, count: int) -> None:
    """The letters of multiple choice are no names of anything else."""
    chain.free = [c for c in chain.free if c not in "abcdefghijklmnopqrstuvwxyz"[:count]]


def _listed(labels: Sequence[str], *, choose: bool) -> str:
    if not choose:
        return ", ".join(labels)
    return "".join(f"  ({chr(97 + i)}) {label}" for i, label in enumerate(labels))


def kth(draw: Draw, level: Level) -> Pair:
    count = draw.random.randint(3, 7) if not level.more else 8 + draw.random.randint(1, 2)
    values, choose, chain = _distinct(draw, level, count), draw.coin(), Chain(draw)
    if choose:
        _choices(chain, count)
    hidden = chain.hide(values, level.modules(draw), level.entropy)
    place, biggest = draw.random.randint(1, count), draw.coin()
    order = sorted(range(count), key=lambda i: values[i].value, reverse=biggest)
    word = f"{ORDINALS[place]} " * (place > 1) + ("biggest" if biggest else "smallest")
    shown = _listed([part.handle for part in hidden], choose=choose)
    text = (
        f"Which is the {word} value?{shown}" if choose else f"What is the {word} value in {shown}?"
    )
    index = order[place - 1]
    return told(parts(chain, hidden), text), chr(97 + index) if choose else hidden[index].handle


def closest(draw: Draw, level: Level) -> Pair:
    count = draw.random.randint(3, 5) if not level.more else 6 + draw.random.randint(1, 2)
    while True:
        target, *values = [_mixed(draw, max(1.0, s)) for s in
                           draw.shares(level.entropy, [1] * (count + 1))]  # fmt: skip
        distances = [abs(value.value - target.value) for value in values]
        if len(set(distances)) == count:
            break
    chain, choose = Chain(draw), draw.coin()
    if choose:
        _choices(chain, count)
    hidden = chain.hide([target, *values], level.modules(draw), level.entropy)
    index = distances.index(min(distances))
    word = draw.random.choice(("closest", "nearest"))
    shown = _listed([part.handle for part in hidden[1:]], choose=choose)
    aim = hidden[0].handle
    text = f"Which is the {word} to {aim}?{shown}" if choose else \
        f"What is the {word} to {aim} in {shown}?"  # fmt: skip
    answer = chr(97 + index) if choose else hidden[index + 1].handle
    return told(parts(chain, hidden), text), answer


def sort(draw: Draw, level: Level) -> Pair:
    count = draw.random.randint(3, 7) if not level.more else 8 + draw.random.randint(1, 2)
    values = _distinct(draw, level, count, whole=draw.coin())
    chain = Chain(draw)
    hidden = chain.hide(values, level.modules(draw), level.entropy)
    up = draw.coin()
    word = draw.random.choice(("ascending", "increasing") if up else ("descending", "decreasing"))
    templates = ["Sort {} in {} order.", "Put {} in {} order."] + (["Sort {}."] if up else [])
    order = sorted(range(count), key=lambda i: values[i].value, reverse=not up)
    shown = ", ".join(part.handle for part in hidden)
    text = draw.random.choice(templates).format(shown, word)
    return told(parts(chain, hidden), text), ", ".join(hidden[i].handle for i in order)
