"""Problems about numbers: `one number is 4 more than twice another; their sum is 25`.

First what kinds of numbers there are (one, two, three, consecutive ones, the digits of a number),
then every sentence through the phrases of `phrases`. Where the same numbers go by different names
(`one` and `the larger`), each way to match the names is tried, and the solution must bear it out.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from math_solver.reading import Question

from .clauses import Said, understood
from .draft import MAX_WORDS, Draft, plain_words, plan_text
from .phrases import Phrases, Scope, scope_of

NOUN = (
    r"(?:numbers?|integers?|ones?|terms?|values?|numerals?|parts?|multiples?|evens?|odds?"
    r"|(?:page |house )?numbers)"
)
KIND = (
    r"(?:(?:positive|negative|whole|natural|real|unknown|even|odd|certain|given"
    r"|counting|original) )*"
)
OF_THEM = (
    rf"(?: of (?:the |these |those |its |all )?(?:N\d+ )?(?:consecutive "
    rf")?{KIND}(?:{NOUN}|N\d+|them)"
    r"|)"
)
LARGER = r"(?:larger|greater|bigger|largest|greatest|biggest|highest|higher|maximum)"
SMALLER = r"(?:smaller|lesser|least|smallest|lowest|lower|littlest|minimum|less)"
ORDINALS = ("first|1st", "second|2nd", "third|3rd", "fourth|4th", "fifth|5th", "sixth|6th")
LETTERS = "xyz"
_COUNT = re.compile(rf"\b(N\d+) (?:different |distinct )?{KIND}(?:consecutive {KIND})?{NOUN}\b")
_CONSECUTIVE = re.compile(
    rf"\b(?:(N\d+) )?(?:{KIND})(consecutive|successive) ({KIND})({NOUN}|multiples of N\d+)"
    r"|\bconsecutive (even|odd)? ?(?:numbers|integers)"
)
_APART = re.compile(
    r"\bdifference (?:between|of) (?:the |these |those )?(?:two |N\d+ )?(?:numbers|integers)\b"
    r"|\b(?:the|their) difference\b(?! (?:of|between))"
)
"""A difference of two numbers that no order is told of: it is never below zero."""
_NOT_SIMPLE = re.compile(
    r"\b(?:remainder|lcm|gcf|gcd|digits?|permutations|how many|numerator|denominator|fraction|root"
    r"|sequence|average|prime|factors?|probability|common|ways|series|progression|at least|at most"
    r"|greater than or|less than or|maximum|minimum|difference of the squares|complex)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """One way to name the numbers: the scope, the unknowns and what is known of them."""

    scope: Scope
    unknowns: Mapping[str, str]
    everything: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    equations: tuple[tuple[str, str], ...] = ()
    counted: frozenset[str] = frozenset()


def by_numbers(question: Question) -> Iterator[Draft]:
    """Yield drafts of a problem about numbers, the plainest naming first."""
    text = plain_words(question)
    if len(text.split()) > MAX_WORDS or question.formulas:
        return
    for cast in _casts(text, question):
        phrases = Phrases(text=text, scope=cast.scope, numbers=question.numbers)
        questioned = text.endswith("?")
        found = [
            draft
            for said in understood(phrases)
            for draft in drafts_of(said, cast, questioned=questioned)
        ]
        yield from found[:4]


def drafts_of(said: Said, cast: Cast, *, questioned: bool = False) -> Iterator[Draft]:
    """Yield the draft of what was said; none where nothing is asked for or nothing is known.

    `questioned` says that a statement ends in a question mark: then everything is asked for.
    """
    equations = (*cast.equations, *said.equations)
    if not equations or not (said.asked or questioned):
        return
    asked: dict[str, None] = {}
    for target in said.asked:
        asked.update(dict.fromkeys(target))
    if len(asked) > 1 and len(said.asked) > 1 and said.asked[0] == cast.everything:
        asked = dict.fromkeys(said.asked[0])
    asked = asked or dict.fromkeys(cast.everything)
    source = plan_text(cast.unknowns, equations, tuple(asked)[:6], cast.conditions)
    yield Draft(source=source, counted=cast.counted, signed=True)


def _casts(text: str, question: Question) -> Iterator[Cast]:
    if _NOT_SIMPLE.search(text):
        if re.search(r"\bN\d+ digit|\bdigits? ", text):
            yield from _digits(text, question)
        return
    run = _CONSECUTIVE.search(text)
    if run is not None:
        yield from _consecutive(text, question, run)
        return
    count = _how_many(text, question)
    counted = _counting(text)
    if count == 1:
        yield _single(text, counted)
    elif count in {2, 3}:
        yield from _several(text, count, counted)


def _counting(text: str) -> frozenset[str]:
    found = [m[1] for m in _COUNT.finditer(text)]
    found += re.findall(
        r"\b(?:other|first|last|remaining|these|those|the|all|larger|smaller) "
        r"(N\d+)\b(?! (?:more"
        r"|less|times))",
        text,
    )
    return frozenset(found)


def _how_many(text: str, question: Question) -> int:
    if found := _COUNT.search(text):
        value = question.numbers[int(found[1][1:])]
        return int(value) if value.denominator == 1 else 0
    if re.search(r"\bthird (?:number|integer)\b", text):
        return 3
    if re.search(
        rf"\b(?:another|the other|second|other number|{SMALLER} number|{LARGER} number"
        rf"|the {LARGER}|the {SMALLER})\b",
        text,
    ):
        return 2
    return int(bool(re.search(r"\b(?:number|integer|it|itself|quantity|value)\b", text)))


def _conditions(text: str, names: Sequence[str], *, whole: bool) -> tuple[str, ...]:
    conditions = [f"{name} whole" for name in names if whole]
    if re.search(r"\b(?:positive|natural|counting)\b", text):
        conditions += [f"{name} > 0" for name in names]
    if re.search(r"\bnegative (?:\w+ )?(?:number|integer)s?\b", text):
        conditions += [f"0 > {name}" for name in names]
    return tuple(conditions)


def _single(text: str, counted: frozenset[str]) -> Cast:
    atoms = {
        rf"(?:a|an|the|some|that|this|what|which|my|same|certain|one)(?: same| certain)? {KIND}"
        r"(?:number|integer|value|quantity)s?(?: itself)?": "x",
        rf"{KIND}(?:number|integer)": "x",
        r"it|itself|that same number|x|n": "x",
        r"its (?:square|own square)": "x^2",
        r"its cube": "x^3",
        r"its (?:reciprocal|multiplicative inverse)": "(1 / x)",
        r"its (?:opposite|additive inverse|negative)": "(-x)",
    }
    conditions = _conditions(text, ("x",), whole="integer" in text or "whole number" in text)
    return Cast(
        scope=scope_of({f"(?:{p})": e for p, e in atoms.items()}),
        unknowns={"x": "the number"},
        everything=("x",),
        conditions=conditions,
        counted=counted,
    )


def _groups(parts: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Words for all the numbers together."""
    several = (
        rf"(?:the |these |those |both |all |each |of |both of |all of |each of )*(?:the "
        rf"|these )?(?:such |same )?(?:N\d+ )?(?:consecutive |different |distinct "
        rf")*{KIND}(?:consecutive )?{KIND}"
    )
    return {
        rf"{several}(?:numbers|integers|evens|odds)(?: themselves)?": parts,
        r"(?:both|all|each) of (?:them|the N\d+)|them|both|they|each(?: number| integer)?"
        r"|all (?:N\d+)|these N\d+|the N\d+"
        r"|each of the(?: N\d+)? (?:numbers|integers)|all N\d+": parts,
    }


def _together(parts: tuple[str, ...]) -> dict[str, str]:
    """`their sum`, `the sum`, `the sum of their squares` as single quantities."""
    squares = tuple(f"({part})^2" for part in parts)
    inverse = tuple(f"(1 / {part})" for part in parts)
    after = r"(?! (?:of|between))"
    atoms = {
        rf"(?:the|their) (?:sum|total){after}": _join(" + ", parts),
        rf"(?:the|their) product{after}": _join(" * ", parts),
        r"(?:the )?sum of their squares": _join(" + ", squares),
        r"(?:the )?sum of their reciprocals": _join(" + ", inverse),
        r"(?:the )?sum of all(?: of)?(?: the)? (?:three|N\d+)": _join(" + ", parts),
    }
    if len(parts) == 2:
        atoms |= {
            rf"(?:the|their) difference{after}": _join(" - ", parts),
            rf"(?:the|their) quotient{after}": _join(" / ", parts),
            r"(?:the )?difference of their squares": _join(" - ", squares),
            r"(?:the )?difference of their reciprocals": _join(" - ", inverse),
        }
    return atoms


def _join(sign: str, parts: tuple[str, ...]) -> str:
    return f"({sign.join(parts)})"


def _names(kind: str, expression: str) -> dict[str, str]:
    return {rf"(?:the )?(?:{kind})(?: {KIND}{NOUN})?{OF_THEM}": expression}


# --- consecutive numbers


def _consecutive(text: str, question: Question, run: re.Match[str]) -> Iterator[Cast]:
    counted = _counting(text) | ({run[1]} if run[1] else set())
    size = next(
        (
            question.numbers[int(n[1:])]
            for n in sorted(counted)
            if re.search(rf"\b{n} (?:{KIND})(?:consecutive|successive)", text)
        ),
        None,
    )
    if size is None:
        pair = re.search(rf"\b(?:{LARGER.replace('largest|', '')}|{SMALLER}) of\b|\bother\b", text)
        size = 3 if re.search(r"\bthird\b|\bmiddle\b", text) else 2 if pair or not run[1] else None
    if size is None or size.denominator != 1 or not 2 <= size <= 6:
        return
    kind = run.group()
    parity = "even" if "even" in kind else "odd" if "odd" in kind else ""
    step = 2 if parity else 1
    multiple = re.search(r"multiples of (N\d+)", kind)
    if multiple:
        value = question.numbers[int(multiple[1][1:])]
        if value.denominator != 1:
            return
        step, counted = int(value), counted | {multiple[1]}
    parts = tuple(f"(x + {step * k})" if k else "x" for k in range(int(size)))
    conditions = [f"x {parity or 'whole'}"]
    if multiple:
        conditions.append(f"x / {multiple[1]} whole")
    if re.search(r"\bpositive\b|\bnatural\b|\bages?\b|\bold\b|\bpages?\b|\bsides?\b", text):
        conditions.append("x > 0")
    elif re.search(r"\bnegative\b", text):
        conditions.append("0 > x")
    yield Cast(
        scope=_run_scope(parts, question),
        unknowns={"x": f"the smallest of the {size} numbers"},
        everything=parts,
        conditions=tuple(conditions),
        counted=frozenset(counted),
    )


def _some_of(parts: tuple[str, ...], question: Question) -> dict[str, tuple[str, ...]]:
    """`the first two`, `the other two`, by the numbers that stand in the text."""
    groups: dict[str, tuple[str, ...]] = {}
    for count in range(2, len(parts)):
        names = "|".join(f"N{i}" for i, n in enumerate(question.numbers) if n == count)
        if not names:
            continue
        ends = rf" (?:{names})(?: {KIND}{NOUN})?{OF_THEM}"
        groups[rf"(?:the )?(?:first|{SMALLER}){ends}"] = parts[:count]
        groups[rf"(?:the )?(?:last|{LARGER}){ends}"] = parts[-count:]
        if count == len(parts) - 1:
            left_out = _spoken_of(plain_words(question), len(parts))
            rest = tuple(part for i, part in enumerate(parts) if i != left_out)
            groups[rf"(?:the )?(?:other|remaining){ends}"] = rest
    return groups


def _spoken_of(text: str, count: int) -> int:
    """Return the place of the number that was named last before `the other two`."""
    before = re.split(r"\b(?:other|remaining) N\d", text)[0]
    places = {rf"\b(?:{ordinal})\b": place for place, ordinal in enumerate(ORDINALS[:count])}
    places |= {rf"\b(?:{LARGER}|last)\b(?! than)": count - 1, rf"\b{SMALLER}\b(?! than)": 0}
    places |= {r"\bmiddle\b": count // 2}
    found = [(m.start(), place) for p, place in places.items() for m in re.finditer(p, before)]
    return max(found, default=(0, 0))[1]


def _run_scope(parts: tuple[str, ...], question: Question) -> Scope:
    atoms = _together(parts)
    for ordinal, part in zip(ORDINALS, parts, strict=False):
        atoms |= _names(ordinal, part)
    atoms |= _names(rf"{LARGER}|last|final", parts[-1])
    atoms |= _names(SMALLER, parts[0])
    if len(parts) == 2:
        atoms |= _names("other|next|second", parts[1])
        atoms |= _names("one", parts[0])
    if len(parts) % 2:
        atoms |= _names("middle|median|next", parts[len(parts) // 2])
    groups = {
        **_groups(parts),
        **_some_of(parts, question),
    }
    return scope_of(atoms, groups)


# --- two or three numbers


def _several(text: str, count: int, counted: frozenset[str]) -> Iterator[Cast]:
    names = tuple(LETTERS[:count])
    whole = bool(re.search(r"\bintegers?\b|\bwhole numbers?\b|\bnatural\b", text))
    sized = bool(re.search(rf"\b(?:{LARGER}|{SMALLER})\b(?! than)", text))
    apart = count == 2 and _APART.search(text) is not None
    placed = bool(re.search(r"\b(?:first|second|third)\b", text))
    named = bool(re.search(r"\b(?:one|another|other)\b(?! (?:more|less))", text))
    conditions = _conditions(text, names, whole=whole)
    orders: list[tuple[str, ...]] = [names]
    if apart or (sized and (placed or named)):
        orders = [names, names[::-1]]
    for order in orders:
        atoms = _several_atoms(names, order)
        groups = _groups(order)
        if count == 3:
            groups |= {
                rf"(?:the )?(?:other|remaining|last|others) ?(?:N\d+)?(?: {NOUN})?": names[1:],
                rf"(?:the )?first N\d+(?: {NOUN})?": names[:2],
            }
        sizes = [f"{a} >= {b}" for a, b in itertools.pairwise(order)] if sized or apart else []
        meanings = _meanings(order, sized=sized, count=count)
        yield Cast(
            scope=scope_of(atoms, groups),
            unknowns=meanings,
            everything=names,
            conditions=(*conditions, *sizes),
            counted=counted,
        )


def _meanings(order: tuple[str, ...], *, sized: bool, count: int) -> dict[str, str]:
    words = ("larger", "smaller") if count == 2 else ("largest", "middle", "smallest")
    plain = ("first", "second", "third")
    by_size = dict(zip(order, words, strict=False))
    names = sorted(order)
    chosen = by_size if sized else dict(zip(names, plain, strict=False))
    return {name: f"the {chosen[name]} number" for name in names}


def _several_atoms(names: tuple[str, ...], order: tuple[str, ...]) -> dict[str, str]:
    """The names of the numbers: by place, as one and the other, and by size (in `order`)."""
    atoms = _together(order)
    for ordinal, name in zip(ORDINALS, names, strict=False):
        atoms |= _names(f"(?:a )?(?:{ordinal})", name)
    atoms |= _names(LARGER, order[0])
    atoms |= _names(SMALLER, order[-1])
    if len(names) == 3:
        atoms |= _names("middle", order[1])
        atoms |= _names("last", names[2])
    else:
        atoms |= _names("(?:the |an?)?(?:other|another|a different|latter)", names[1])
        atoms |= {rf"(?:a|an) other {NOUN}": names[1]}
        atoms |= _names(
            r"(?:the |a )?(?:one|former)(?! more| less|\s*[.,?!]|$)(?: of them)?", names[0]
        )
        atoms |= {rf"(?:a|the|that|this) {KIND}(?:number|integer)": names[0], r"it": names[0]}
    return atoms


# --- the digits of a number


def _digits(text: str, question: Question) -> Iterator[Cast]:
    """A number of two digits: its tens digit, its units digit, and the number reversed."""
    size = re.search(r"\b(N\d+) digits?\b|\bN\d+ digits\b|\bdigits\b", text)
    if size is None or re.search(r"\bhundreds?\b|\bhow many\b|\bremainder\b", text):
        return
    if size[1] and question.numbers[int(size[1][1:])] != 2:
        return
    number, turned = "(10 * x + y)", "(10 * y + x)"
    atoms = {
        r"(?:the |its |a )?(?:tens?|ten's|first) digits?(?: of the number)?": "x",
        r"(?:the |its |a )?(?:units?|ones?|one's|second|last) digits?(?: of the number)?": "y",
        (
            r"(?:the )?sum of (?:its|the)(?: N\d+)? digits(?: of (?:a|the) (?:N\d+ digit "
            r")?number)?"
        ): "(x + y)",
        r"(?:the )?product of (?:its|the)(?: N\d+)? digits": "(x * y)",
        r"(?:the )?(?:new|resulting|reversed|reverse) number(?: formed)?|the number "
        r"(?:with the digits reversed"
        r"|formed by reversing (?:its|the) digits|obtained by reversing (?:its|the) "
        r"digits)": turned,
        (
            rf"(?:the |a |an |that |this |of the )?(?:value of the )?(?:original |positive "
            rf"|certain )*(?:N\d+ digit )?(?:{KIND})?(?:number|integer)"
        ): number,
    }
    groups = {
        r"(?:its|the)(?: N\d+)? digits(?: of (?:a|the) (?:N\d+ digit )?number)?": ("x", "y"),
        r"(?:what is )?(?:the )?(?:original )?(?:N\d+ digit )?number": (number,),
    }
    found = re.findall(r"\b(N\d+) digits?\b", text)
    yield Cast(
        scope=scope_of({f"(?:{p})": e for p, e in atoms.items()}, groups),
        unknowns={"x": "the tens digit", "y": "the units digit"},
        everything=(number,),
        conditions=("x whole", "y whole", "x > 0", "y >= 0", "9 >= x", "9 >= y"),
        counted=frozenset(found),
    )
