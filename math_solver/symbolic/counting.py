"""Requests about counting and chance: choices, arrangements, dice, coins, bags."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations
from math import comb, factorial, perm, prod

from assistants.errors import InputError
from math_solver.reading.statements import Ask
from math_solver.solution import Work
from math_solver.topics.scope import Facts, NotCovered

from .goals import Goal, done

MAX_COUNT = 2_000
MAX_DICE = 60
ENUMERATED = 200_000
"""Up to so many cases a count is confirmed by listing them all."""


def _counts(ask: Ask) -> list[int]:
    values = [int(number) for number in ask.numbers]
    if any(number.denominator != 1 for number in ask.numbers) or max(values) > MAX_COUNT:
        raise InputError(f"whole numbers up to {MAX_COUNT} are counted with here")
    return values


def binomial(ask: Ask, _facts: Facts) -> Work:
    """Count the choices of k among n, where order does not matter."""
    whole, chosen = _counts(ask)
    if ask.source.lower().find("how many") >= 0 and chosen > whole:
        whole, chosen = chosen, whole
    answer = comb(whole, chosen)
    formula = f"{whole}!/({chosen}!*{whole - chosen}!)" if chosen <= whole else "none"
    listed = answer <= ENUMERATED and answer == sum(1 for _ in combinations(range(whole), chosen))
    detail = formula + (", and as many when listed" if listed else "")
    return done("choices without order", ask.source, str(answer), detail)


def permutations(ask: Ask, _facts: Facts) -> Work:
    """Count the orders of k among n."""
    values = sorted(_counts(ask), reverse=True)
    answer = perm(*values)
    return done(
        "choices in order", ask.source, str(answer), f"{values[0]}!/{values[0] - values[1]}!"
    )


def arrangements(ask: Ask, _facts: Facts) -> Work:
    """Count the orders of n different things in a row."""
    (count,) = _counts(ask)
    return done("orders", ask.source, str(factorial(count)), f"{count}!")


def circular(ask: Ask, _facts: Facts) -> Work:
    """Count the orders round a table, turned ones being the same."""
    (count,) = _counts(ask)
    detail = f"{count}!/{count}: turning the table changes nothing"
    return done("orders in a circle", ask.source, str(factorial(count) // count), detail)


def word_arrangements(ask: Ask, _facts: Facts) -> Work:
    """Count the orders of the letters of a word."""
    letters = Counter(ask.words[0].upper())
    total = sum(letters.values())
    answer = factorial(total) // prod(factorial(n) for n in letters.values())
    repeated = "*".join(f"{n}!" for n in letters.values() if n > 1)
    detail = f"{total}!" + (f"/({repeated})" if repeated else "")
    return done("orders of letters", ask.source, str(answer), detail)


def subsets(ask: Ask, _facts: Facts) -> Work:
    """Count the subsets of a set."""
    (count,) = _counts(ask)
    return done("subsets", ask.source, str(2**count), f"each of {count} elements is in or not")


def dice(ask: Ask, _facts: Facts) -> Work:
    """Probability of a total with several dice, by counting all falls."""
    if ask.words:
        total, count = int(ask.words[0]), 2
    else:
        total, count = _counts(ask)
    if not 1 <= count <= MAX_DICE:
        raise InputError(f"from 1 to {MAX_DICE} dice are counted")
    ways = Counter({0: 1})
    for _ in range(count):
        ways = Counter({
            s: sum(ways[s - face] for face in range(1, 7)) for s in range(6 * count + 1)
        })  # fmt: skip
    answer = Fraction(ways[total], 6**count)
    detail = f"{ways[total]} of {6**count} equally likely falls"
    return done("equally likely cases", ask.source, str(answer), detail)


def coins(ask: Ask, _facts: Facts) -> Work:
    """Probability of a number of heads or tails."""
    wanted, count = _counts(ask)
    sizes = {
        "exactly": range(wanted, wanted + 1),
        "at least": range(wanted, count + 1),
        "at most": range(wanted + 1),
    }[ask.words[0].lower() if len(ask.words) > 1 else "exactly"]
    ways = sum(comb(count, size) for size in sizes)
    detail = f"{ways} of 2^{count} equally likely falls"
    return done("equally likely cases", ask.source, str(Fraction(ways, 2**count)), detail)


def bag(ask: Ask, _facts: Facts) -> Work:
    """Probability that all things drawn without replacement are of one kind."""
    first, second, drawn = _counts(ask)
    kinds = [ask.words[0].lower(), ask.words[1].lower()]
    if ask.words[2].lower() not in kinds or kinds[0] == kinds[1]:
        raise NotCovered("which kind is asked for is not clear")
    favourable = (first, second)[kinds.index(ask.words[2].lower())]
    total = first + second
    if drawn > total:
        raise InputError(f"{drawn} cannot be drawn from {total}")
    answer = Fraction(comb(favourable, drawn), comb(total, drawn))
    detail = f"{comb(favourable, drawn)} of {comb(total, drawn)} equally likely choices"
    return done("equally likely cases", ask.source, str(answer), detail)


GOALS: Mapping[str, Goal] = {
    "binomial": binomial,
    "permutations": permutations,
    "arrangements": arrangements,
    "circular": circular,
    "word arrangements": word_arrangements,
    "subsets": subsets,
    "dice": dice,
    "coins": coins,
    "bag": bag,
}
