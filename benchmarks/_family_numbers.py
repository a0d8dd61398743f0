"""Families of measurement, whole numbers, polynomials, probability; see `_family_questions`."""

from collections import Counter
from fractions import Fraction
from math import ceil, comb, gcd, lcm, log10, perm

from _family_chains import Chain, Hidden, Number
from _family_questions import GIVE, Level, Pair, based, parts, told
from _family_values import (
    Coefficients,
    Draw,
    composed,
    decimal_text,
    polynomial_text,
)

# --- measurement

UNITS = (
    {"meter m": 1, "kilometer km": 1000, "centimeter cm": Fraction(1, 100),
     "millimeter mm": Fraction(1, 1000), "micrometer um": Fraction(1, 10**6),
     "nanometer nm": Fraction(1, 10**9)},
    {"second s": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800,
     "millisecond ms": Fraction(1, 1000), "microsecond us": Fraction(1, 10**6),
     "nanosecond ns": Fraction(1, 10**9)},
    {"year": 1, "decade": 10, "century": 100, "millennium": 1000, "month": Fraction(1, 12)},
    {"kilogram kg": 1, "tonne t": 1000, "gram g": Fraction(1, 1000),
     "milligram mg": Fraction(1, 10**6), "microgram ug": Fraction(1, 10**9),
     "nanogram ng": Fraction(1, 10**12)},
    {"litre l": 1, "millilitre ml": Fraction(1, 1000)},
)  # fmt: skip
LOW = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteeen "
       "fifteen sixteen seventeen eighteen nineteen").split()  # fmt: skip
MIDDLE = ". . twenty thirty fourty fifty sixty seventy eighty ninety".split()
PARTS = (". . half third quarter fifth sixth seventh eighth ninth tenth eleventh twelth thirteenth "
         "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth "
         "twentieth").split()  # fmt: skip


def words(value: int, joint: str = "-") -> str:
    """A whole number in words, spelled as the set spells it (fourty, fourteeen, twelth)."""
    if value < 20:
        return LOW[value]
    if value < 100:
        return MIDDLE[value // 10] + (f"{joint}{LOW[value % 10]}" if value % 10 else "")
    for size, name in ((10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if value >= size:
            head = f"{words(value // size, joint)}{joint}{name}"
            rest = value % size
            link = f"{joint}and{joint}" if rest < 100 else joint
            return head + (f"{link}{words(rest, joint)}" if rest else "")
    raise ValueError(value)


def plural(name: str) -> str:
    return {"century": "centuries", "millennium": "millennia"}.get(name, f"{name}s")


def conversion(draw: Draw, level: Level) -> Pair:
    table = draw.random.choice(UNITS)
    if not level.more and draw.coin():
        return _fraction_of_a_unit(draw, table)
    base, target = draw.random.sample(list(table), 2)
    scale = Fraction(table[base]) / Fraction(table[target])
    below = scale.denominator
    while below % 2 == 0:
        below //= 2
    while below % 5 == 0:
        below //= 5
    value = draw.decimal(9 if level.more else 7, signed=False) * below
    name, *symbol = base.split()
    written = [f"{decimal_text(value)} {plural(name)}"]
    written += [f"{decimal_text(value)}{symbol[0]}"] if symbol else []
    wanted = plural(target.split()[0])
    template = draw.random.choice(
        ("How many {1} are there in {0}?", "What is {0} in {1}?", "Convert {0} to {1}.")
    )
    return template.format(draw.random.choice(written), wanted), decimal_text(value * scale)


def _fraction_of_a_unit(draw: Draw, table: dict[str, Fraction | int]) -> Pair:
    while True:
        base, target = draw.random.sample(list(table), 2)
        value = draw.fraction(2, signed=False)
        answer = value * Fraction(table[base]) / Fraction(table[target])
        if answer.denominator == 1 and abs(answer) <= 100_000:
            break
    shown = str(value)
    if value.denominator <= 20 and draw.coin():
        part = PARTS[value.denominator]
        many = {"half": "halves"}.get(part, f"{part}s")
        shown = f"{words(value.numerator)} {part if value.numerator == 1 else many}"
    template = draw.random.choice(
        ("How many {1} are there in {0} of a {2}?", "What is {0} of a {2} in {1}?")
    )
    return template.format(shown, plural(target.split()[0]), base.split()[0]), str(answer)


def clock_text(minutes: int) -> str:
    hours, rest = divmod(minutes % 1440, 60)
    return f"{(hours - 1) % 12 + 1}:{rest:02} {'AM' if hours < 12 else 'PM'}"


def time(draw: Draw, _level: Level) -> Pair:
    start, length = draw.random.randint(1, 1439), draw.random.randint(1, 719)
    first, last = clock_text(start), clock_text(start + length)
    match draw.random.randrange(4):
        case 0:
            return f"What is {length} minutes before {last}?", first
        case 1:
            return f"What is {length} minutes after {first}?", last
        case _:
            return f"How many minutes are there between {first} and {last}?", str(length)


# --- whole numbers


def hidden_numbers(
    draw: Draw, level: Level, *values: int | Fraction
) -> tuple[list[str], list[str]]:
    """How numbers are written, by expressions where there are some; and the sentences before."""
    chain = Chain(draw)
    items = [Number(Fraction(value)) for value in values]
    hidden = chain.hide(items, level.modules(draw), level.entropy)
    texts = [part.used(expression=True) for part in hidden]
    return texts, parts(chain, hidden)


def base_conversion(draw: Draw, level: Level) -> Pair:
    old, new = draw.random.sample(range(2, 17), 2)
    value = draw.integer(level.entropy - 2.4)
    template = draw.random.choice((
        "{0} (base {1}) to base {2}", "Convert {0} (base {1}) to base {2}.",
        "What is {0} (base {1}) in base {2}?",
    ))  # fmt: skip
    return template.format(based(value, old), old, new), based(value, new)


def remainder(draw: Draw, level: Level) -> Pair:
    rest = draw.integer(1 + draw.random.uniform(0, level.entropy / 3), signed=False)
    one, two = draw.shares(level.entropy * 0.7, [1, 1])
    divisor = rest + draw.integer(two, signed=False, least=1)
    number = draw.integer(one, signed=False, least=1) * divisor + rest
    (p, q), before = hidden_numbers(draw, level, number, divisor)
    template = draw.random.choice(
        ("Calculate the remainder when {} is divided by {}.",
         "What is the remainder when {} is divided by {}?")
    )  # fmt: skip
    return told(before, template.format(p, q)), str(rest)


def common(draw: Draw, level: Level) -> tuple[int, int]:
    one, two, three = draw.shares(level.entropy, [1, 1, 1])
    factor = draw.integer(three, signed=False, least=1)
    return (draw.integer(max(1, one), signed=False, least=1) * factor,
            draw.integer(max(1, two), signed=False, least=1) * factor)  # fmt: skip


def greatest(draw: Draw, level: Level) -> Pair:
    a, b = common(draw, level)
    chain = Chain(draw)
    hidden = chain.hide([Number(Fraction(a)), Number(Fraction(b))], level.modules(draw), 8)
    word = f"{draw.random.choice(('greatest', 'highest'))} common " + draw.random.choice(
        ("divisor", "factor")
    )
    template = draw.random.choice(
        ("Calculate the {} of {} and {}.", "What is the {} of {} and {}?")
    )
    p, q = (part.handle for part in hidden)
    return told(parts(chain, hidden), template.format(word, p, q)), str(gcd(a, b))


def least(draw: Draw, level: Level) -> Pair:
    a, b = common(draw, level)
    if draw.coin():
        (p, q), before = hidden_numbers(draw, level, a, b)
        word = draw.random.choice(("least", "lowest", "smallest"))
        template = draw.random.choice(
            ("Calculate the {} common multiple of {} and {}.",
             "What is the {} common multiple of {} and {}?")
        )  # fmt: skip
        return told(before, template.format(word, p, q)), str(lcm(a, b))
    values = [Fraction(draw.integer(2, coprime=below), below) for below in (a, b)]
    (p, q), before = hidden_numbers(draw, level, *values)
    word = draw.random.choice(("What is", "Find", "Calculate"))
    end = "?" if word == "What is" else "."
    return told(before, f"{word} the common denominator of {p} and {q}{end}"), str(lcm(a, b))


def is_factor(draw: Draw, level: Level) -> Pair:
    factor = draw.integer(1 + draw.random.uniform(0, level.entropy / 3), signed=False, least=2)
    number = factor * draw.integer(level.entropy * 0.6, signed=False, least=1)
    if draw.coin():
        number += draw.random.randint(1, factor - 1)
    (shown,), before = hidden_numbers(draw, level, number)
    templates = ["Is {0} a factor of {1}?", "Is {1} a multiple of {0}?", "Does {0} divide {1}?"]
    templates += ["Is {1} even?"] if factor == 2 else []
    text = draw.random.choice(templates).format(factor, shown)
    return told(before, text), str(number % factor == 0)


def prime_factors_of(value: int) -> list[int]:
    """Distinct prime factors by trial division."""
    found, divisor = [], 2
    while divisor * divisor <= value:
        if value % divisor == 0:
            found.append(divisor)
            while value % divisor == 0:
                value //= divisor
        divisor += 1
    return found + ([value] if value > 1 else [])


def is_prime(draw: Draw, level: Level) -> Pair:
    one, two = draw.shares(level.entropy + log10(level.entropy * 2.3), [1, 1])
    number = 1
    for share in (one, two):
        factor = draw.integer(share, signed=False, least=2)
        while prime_factors_of(factor) != [factor]:
            factor += 1
        number *= factor
    if draw.coin():
        number = max(number - 3, 2)
        while prime_factors_of(number) != [number]:
            number += 1
    (shown,), before = hidden_numbers(draw, level, number)
    prime = prime_factors_of(number) == [number]
    word = draw.random.choice(("prime", "a prime number", "composite", "a composite number"))
    answer = prime == ("prime" in word)
    return told(before, f"Is {shown} {word}?"), str(answer)


def factors(draw: Draw, level: Level) -> Pair:
    number = draw.integer(level.entropy, signed=False, least=2)
    (shown,), before = hidden_numbers(draw, level, number)
    template = draw.random.choice(
        ("What are the prime factors of {}?", "List the prime factors of {}.")
    )
    return told(before, template.format(shown)), ", ".join(map(str, prime_factors_of(number)))


PLACES = ["units", "tens", "hundreds", *(
    first + second for second in ("thousands", "millions", "billions", "trillions", "quadrillions")
    for first in ("", "ten ", "hundred ")
)]  # fmt: skip


def place_value(draw: Draw, level: Level) -> Pair:
    number = draw.integer(level.entropy, signed=False, least=1)
    (shown,), before = hidden_numbers(draw, level, number)
    digits = str(number)[::-1]
    place = draw.random.randrange(len(digits))
    return told(before, f"What is the {PLACES[place]} digit of {shown}?"), digits[place]


def round_number(draw: Draw, level: Level) -> Pair:
    power = draw.random.randint(-7, 6)
    size = 1 + draw.random.uniform(0, level.entropy / 2)
    whole = draw.integer(size)
    divisor = 10 ** ceil(max(1, level.entropy - size))
    low, high = -divisor // 2 + (whole <= 0), divisor // 2 - (whole >= 0)
    unit = Fraction(10) ** power
    value = (whole + Fraction(draw.random.randint(low, high), divisor)) * unit
    chain = Chain(draw)
    item = Number(value, decimal=value.denominator != 1)
    (hidden,) = chain.hide([item], level.modules(draw), level.entropy)
    if power > 0:
        to = f"the nearest {words(10**power, ' ') if draw.coin() else 10**power}"
    elif power == 0 and draw.coin():
        to = "the nearest integer"
    else:
        count = words(-power) if draw.coin() else str(-power)
        to = f"{count} {draw.random.choice(('decimal place', 'dp'))}{'' if power == -1 else 's'}"
    template = draw.random.choice(("Round {} to {}.", "What is {} rounded to {}?"))
    return (told(parts(chain, [hidden]), template.format(hidden.handle, to)),
            decimal_text(whole * unit))  # fmt: skip


# --- polynomials


def add(draw: Draw, level: Level) -> Pair:
    values = draw.polynomial(draw.random.randint(1, 3), level.entropy / 2)
    chain = Chain(draw)
    letter = chain.letter()
    modules = draw.random.randint(0, 3)
    text, before = chain.combination(values, letter, modules + 1, level.entropy / 3)
    return told(before, draw.random.choice(GIVE).format(text)), polynomial_text(values, letter)


def coefficient(draw: Draw, level: Level) -> Pair:
    chain = Chain(draw)
    letter, degree = chain.letter(), draw.random.randint(1, 4)
    if draw.coin():
        values = draw.polynomial(degree, level.entropy / 2)
        text = draw.messy(letter, values, level.entropy / 2)
    else:
        length = 3 + draw.random.randint(0, 4)
        written, values = draw.with_brackets(letter, degree, level.entropy, length, forced=True)
        text = written.text
    values = [*values, *[Fraction(0)] * (degree + 1 - len(values))]
    names = [chain.letter() for _ in range(max(degree + 1, len(values)))]
    terms = [f"{name}*{letter}**{p}" if p > 1 else f"{name}*{letter}" if p else name
             for p, name in enumerate(names)]  # fmt: skip
    draw.random.shuffle(terms)
    powers = [p for p, c in enumerate(values) if c] if draw.random.random() > 0.2 else []
    power = draw.random.choice(powers or range(len(values)))
    template = draw.random.choice((
        "Express {} as {} and give {}.", "Rearrange {} to {} and give {}.",
        "Express {} in the form {} and give {}.", "Rearrange {} to the form {} and give {}.",
    ))  # fmt: skip
    return template.format(text, " + ".join(terms), names[power]), str(values[power])


def collect(draw: Draw, level: Level) -> Pair:
    values = draw.polynomial(draw.random.randint(1, 3), level.entropy / 2)
    letter = Chain(draw).letter()
    text = draw.messy(letter, values, level.entropy / 2)
    return f"Collect the terms in {text}.", polynomial_text(values, letter)


def expand(draw: Draw, level: Level) -> Pair:
    letter, length = Chain(draw).letter(), 3 + draw.random.randint(0, 4)
    degree = draw.random.randint(1, 5)
    text, values = draw.with_brackets(letter, degree, level.entropy, length, forced=True)
    return f"Expand {text.text}.", polynomial_text(values, letter)


def compose(draw: Draw, level: Level) -> Pair:
    outer, inner = (draw.polynomial(draw.random.randint(1, 2), level.entropy / 2) for _ in "fg")
    chain = Chain(draw)
    hidden: list[Hidden] = chain.hide([outer, inner], draw.random.randint(0, 3), level.entropy / 2)
    letter = chain.letter()
    text = f"{hidden[0].handle}({hidden[1].handle}({letter}))"
    values: Coefficients = composed(outer, inner)
    return (told(parts(chain, hidden), draw.random.choice(GIVE).format(text)),
            polynomial_text(values, letter))  # fmt: skip


def evaluate(draw: Draw, level: Level) -> Pair:
    chain = Chain(draw)
    value = Fraction(draw.integer(draw.random.uniform(1, 1 + level.entropy / 3)))
    modules = level.modules(draw)
    text, before = chain.application(value, modules + 1 if modules else 0, level.entropy)
    return told(before, draw.random.choice(GIVE).format(text)), str(value)


def simplify_power(draw: Draw, level: Level) -> Pair:
    letter = Chain(draw).letter()
    text, exponent, _ = _power(draw, letter, level.entropy)
    shown = f"{letter}**{exponent}" if exponent.denominator == 1 and exponent > 0 else (
        f"{letter}**({exponent})")  # fmt: skip
    special = {Fraction(0): "1", Fraction(1): letter, Fraction(-1): f"1/{letter}",
               Fraction(1, 2): f"sqrt({letter})", Fraction(-1, 2): f"1/sqrt({letter})"}  # fmt: skip
    return (f"Simplify {text} assuming {letter} is positive.",
            special.get(exponent, shown))  # fmt: skip


def _power(draw: Draw, letter: str, entropy: float) -> tuple[str, Fraction, int]:
    if entropy <= 0:
        return letter, Fraction(1), 3
    kind = draw.random.randrange(3)
    if kind == 0:
        own = min(2.0, entropy)
        exponent = draw.whole_or_fraction(own)
        text, power, rank = _power(draw, letter, entropy - own)
        held = text if rank == 3 else f"({text})"
        simple = exponent >= 0 and exponent.denominator == 1
        return f"{held}**{exponent if simple else f'({exponent})'}", power * exponent, 2
    half = entropy / 2 if entropy >= 2 else 0
    (a, p, _), (b, q, r) = _power(draw, letter, half), _power(draw, letter, entropy - half)
    if kind == 1:
        return f"{a}*{b}", p + q, 1
    return f"{a}/{b if r > 1 else f'({b})'}", p - q, 1


# --- probability


def drawn(draw: Draw, level: Level, *, sequence: bool) -> Pair:
    count = 5 if level.more else draw.random.randint(2, 4)
    distinct = draw.random.randint(1, 6)
    names = draw.random.sample("abcdefghijklmnopqrstuvwxyz", distinct)
    total = draw.random.randint(max(distinct, count), max(count, min(20, distinct * 10)))
    bag = Counter(names)
    bag.update(draw.random.choice(names) for _ in range(total - distinct))
    held = [name for name in bag for _ in range(bag[name])]
    draw.random.shuffle(held)
    shown = "".join(held) if draw.coin() else \
        "{" + ", ".join(f"{name}: {bag[name]}" for name in names) + "}"  # fmt: skip
    if sequence:
        event = [draw.random.choice(names) for _ in range(count)]
        ways = 1
        for name, number in Counter(event).items():
            ways *= perm(bag[name], number)
        chance = Fraction(ways, perm(total, count))
        asked = f"sequence {''.join(event)}"
    else:
        counts = Counter(draw.random.choice(names) for _ in range(count))
        ways = 1
        for name, number in counts.items():
            ways *= comb(bag[name], number)
        chance = Fraction(ways, comb(total, count))
        told_counts = [f"{number} {name}" for name, number in counts.items()]
        asked = "picking " + (f"{', '.join(told_counts[:-1])} and {told_counts[-1]}"
                              if len(told_counts) > 1 else told_counts[0])  # fmt: skip
    picked = f"{words(count)} letters picked without replacement from {shown}"
    template = draw.random.choice((
        "{1}. What is prob of {0}?", "{1}. Give prob of {0}.", "What is prob of {0} when {2}?",
        "Calculate prob of {0} when {2}.",
    ))  # fmt: skip
    return template.format(asked, picked.capitalize(), picked), str(chance)
