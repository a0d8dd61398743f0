"""The whole numbers that a sentence describes, tried one by one: how many, their sum, an extreme.

`the largest three-digit multiple of 9 whose digits sum to 18`: a noun with its adjectives, then
conditions; every word must be understood. The search itself is the proof.
"""

import re
from collections.abc import Callable

import sympy as sp

from math_solver.reading.spoken import number_of
from math_solver.reading.statements import Ask
from math_solver.solution import Work
from math_solver.topics.scope import Facts, NotCovered

from .goals import done
from .number_conditions import N, Search, condition, divisible, is_palindrome, is_power

_FIND = r"(?:what is|what's|find|determine|compute|calculate|name|give)"
_WANTED = (
    (r"(?:for )?how many (?:different |distinct |of the )?", "count"),
    (rf"{_FIND} the (?:total )?number of (?:different |distinct )?", "count"),
    (rf"{_FIND} the sum of (?:all )?(?:of )?(?:the )?", "sum"),
    (rf"{_FIND} (?:the )?second[- ](?:smallest|least) (?:possible )?", "second"),
    (rf"{_FIND}(?: the)? (?:smallest|least|lowest) (?:possible )?", "least"),
    (rf"{_FIND}(?: the)? (?:largest|greatest|biggest|highest) (?:possible )?", "greatest"),
    (r"(?:what|which) ", "only"),
)


def search(ask: Ask, _facts: Facts) -> Work:
    """Answer a question about the whole numbers of a description."""
    text = re.sub(r"\s+", " ", ask.source.strip().lower()).rstrip(".? ")
    text = text.replace("\\%", "%")
    heads = ((re.match(pattern, text), wanted) for pattern, wanted in _WANTED)
    head = next(((found, wanted) for found, wanted in heads if found is not None), None)
    if head is None:
        raise NotCovered("what is looked for is not understood")
    found, wanted = head
    looked = Search()
    rest = _noun(text[found.end() :], looked, wanted)
    while rest.strip(" ,."):
        rest = condition(rest.strip(" ,."), looked)
    return _answer(ask, looked, wanted)


def _answer(ask: Ask, looked: Search, wanted: str) -> Work:
    match wanted:
        case "least" | "second":
            order = 1 if wanted == "least" else 2
            found = list(looked.found(first=order))
            if len(found) < order:
                raise NotCovered("none was found")
            answer, shown = found[-1], f"the numbers before {found[-1]} do not fit"
        case "greatest":
            found = list(looked.found(downwards=True, first=1))
            if not found:
                raise NotCovered("none was found")
            answer, shown = found[0], f"the numbers after {found[0]} do not fit"
        case _:
            found = list(looked.found())
            if wanted == "only" and len(found) != 1:
                raise NotCovered(f"{len(found)} numbers fit")
            answer = {"count": len(found), "sum": sum(found)}.get(wanted, found[0] if found else 0)
            shown = ", ".join(map(str, found[:8])) + (", …" if len(found) > 8 else "")
    return done("search", ask.source, str(answer), f"one by one: {shown or 'none'}")


# --- the noun

_NOUN = re.compile(
    rf"(?P<multiples>(?:common )?multiples? of {N}(?: and {N})?)"
    rf"|(?P<divisors>(?:integer |natural[- ]number )?(?:divisors?|factors?) of {N})"
    r"|(?P<squares>(?:perfect )?squares?)\b|(?P<cubes>(?:perfect )?cubes?)\b"
    r"|(?P<primes>primes?(?: numbers?)?)\b|(?P<palindromes>palindromes?)\b"
    r"|(?P<numbers>(?:whole |natural |counting |positive )?(?:integers?|numbers?))\b"
)


_ADJECTIVES: tuple[tuple[str, Callable[[Search], None]], ...] = (
    ("positive", lambda s: s.at_least(1)),
    ("negative", lambda s: s.at_most(-1)),
    ("non-?negative", lambda s: s.at_least(0)),
    ("even", lambda s: s.tests.append(lambda n: n % 2 == 0)),
    ("odd", lambda s: s.tests.append(lambda n: n % 2 == 1)),
    ("prime", lambda s: s.tests.append(lambda n: bool(sp.isprime(n)))),
    ("composite", lambda s: s.tests.append(lambda n: n > 3 and not sp.isprime(n))),
    ("palindromic|palindrome", lambda s: s.tests.append(is_palindrome)),
)


def _noun(text: str, looked: Search, wanted: str) -> str:
    """Read the adjectives and the noun; return what follows."""
    while True:
        digits = re.match(r"(one|two|three|four|five|six|[1-6])[- ]digit ", text)
        if digits:
            count = int(number_of(digits[1]))
            looked.at_least(10 ** (count - 1) if count > 1 else 0)
            looked.at_most(10**count - 1)
            text = text[digits.end() :]
            continue
        for pattern, apply in _ADJECTIVES:
            found = re.match(rf"(?:{pattern}),? (?!numbers? of)", text)
            if found and re.match(r"[a-z0-9-]", text[found.end() :]):
                apply(looked)
                text = text[found.end() :]
                break
        else:
            break
    found = _NOUN.match(text)
    if found is None:
        raise NotCovered("what is looked for is not understood")
    kind = found.lastgroup or ""
    _of_kind(found, looked)
    if wanted != "greatest" and kind != "divisors":
        natural = re.match(r"natural|counting|positive", found.group())
        looked.at_least(1 if natural or kind in {"primes", "palindromes"} else 0) if (
            natural or kind in {"primes", "palindromes", "squares"}) else None  # fmt: skip
    return text[found.end() :]


def _of_kind(found: re.Match[str], looked: Search) -> None:
    if found["multiples"]:
        for factor in re.findall(r"\d+", found["multiples"].replace(",", "")):
            divisible(looked, int(factor))
    elif found["divisors"]:
        number = int(number_of(re.sub(r".* of ", "", found["divisors"])))
        if not 1 <= number <= 10**12:
            raise NotCovered("divisors of numbers up to 10^12 are listed")
        looked.among = [int(d) for d in sp.divisors(number)]
    elif found["squares"]:
        looked.tests.append(lambda n: is_power(n, 2))
    elif found["cubes"]:
        looked.tests.append(lambda n: is_power(n, 3))
    elif found["primes"]:
        looked.tests.append(lambda n: bool(sp.isprime(n)))
    elif found["palindromes"]:
        looked.tests.append(is_palindrome)
