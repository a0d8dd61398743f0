"""Two amounts, one compared with the other: together they are so much, or one of them is known.

`Jill has 6 more dolls than Jane; together they have 32`, `a 69 inch board is cut into two pieces,
one twice as long as the other`, `girls and boys in the ratio 5 to 3, 24 in all`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from math_solver.reading import Question

from .doubts import beyond_patterns, new_words
from .draft import MAX_WORDS, Draft, plain_words, plan_text
from .mentions import stems, told_apart

_KIND = (
    r"(?:types?|kinds?|pieces?|parts?|numbers?|sections?|companies|towns?|people"
    r"|friends?|sisters?|brothers?|lengths|boxes|items|amounts|angles|teams|candidates"
    r"|classes)"
)
_ER = (
    r"(?:more|fewer|less|longer|shorter|taller|heavier|lighter|larger|smaller|greater"
    r"|bigger|wider|cheaper|higher|lower|older|younger|farther)"
)
_DOWN = frozenset("fewer less shorter lighter smaller cheaper lower younger".split())
_NOUNS = r"(?: (?!than\b)[a-z]+){0,5}?"
_DIFFERENCE = re.compile(
    rf"(?P<left>[^.;?!]*?)\b(?P<step>N\d+)(?: (?:dollars?|cents?|inch(?:es)?|feet|foot"
    rf"|ft|meters?|pounds?|points?|years?|hours?|km|miles?|cm|m))? "
    rf"(?P<way>{_ER})(?P<mid>{_NOUNS}) (?:than|then) "
    r"(?P<right>[^.;?!]*)"
)
_FACTOR = r"(?:(?P<times>N\d+) times|(?P<word>twice|thrice|double|triple)|(?P<part>N\d+)(?: of)?)"
_PRODUCT = re.compile(
    rf"(?P<left>[^.;?!]*?)\b{_FACTOR}(?: as (?:many|much|long|large|big|tall|old|far"
    rf"|high|heavy|wide|expensive|great)(?P<mid>(?: (?!as\b)[a-z]+){{0,4}}?) as"
    r"|(?= (?:the|that of|of the)\b)) (?P<right>[^.;?!]*)"
)
_SCALE = re.compile(
    r"^(?:(?P<t>N\d+) times|(?P<w>twice|thrice|double|triple)|(?P<p>N\d+)(?: of)?"
    r") (?:as (?:many|much|long)(?: \w+)? as )?(?P<rest>.*)"
)
_RATIO = re.compile(
    r"ratio of (?:the )?(?:number of )?(?P<left>[\w ]+?) to (?:the )?(?:number of "
    r")?(?P<right>[\w ]+?)(?: \w+)? (?:is|was|are|of) (?P<a>N\d+) ?(?:to|:) ?(?P<b>N\d+)"
)
_TOTAL = re.compile(
    r"\b(?:totals?|altogether|together|combined|sum|in all|both|there (?:are|were|is)"
    r"|cut|split|divided|separated|between"
    r"|made up of|consists? of|contains?|enrolled|class|won a total|add up)\b"
)
_SUM = re.compile(r"\b(?:total|totals|altogether|together|combined|sum|in all|add up)\b")
_COMPARING = re.compile(
    r"\b(?:than|then the|twice|thrice|N\d+ times|double|triple|half|N\d+ of the)\b"
)
_WORDS = {"twice": "2", "double": "2", "thrice": "3", "triple": "3"}
_TIMES = stems(
    " yesterday today monday tuesday wednesday thursday friday saturday sunday last week month day"
)
_SMALL = re.compile(r"\b(?:shorter|smaller|shortest|smallest|lesser|younger|cheaper|lighter)\b")
_LARGE = re.compile(
    r"\b(?:longer|larger|longest|largest|bigger|greater|older|heavier|taller|more expensive)\b"
)
_ASKED = re.compile(
    r"(?:how (?:many|much|long|tall|old|far|big|high|heavy)|what (?:is|are|was|were)"
    r"|find|determine|calculate)\b([^?.]*)"
)
_BEYOND = re.compile(
    r"\b(?:ago|per|each of|rate|speed|hour|mph|average|%|interest|mixture|solution"
    r"|perimeter|area|rectangle|triangle|width"
    r"|consecutive|every|if (?:he|she|they)|would have|would be|gave|gives|give|after"
    r"|left|spent|profit|remaining|first day|times more|square|remainder|years? from"
    r"|nickels?|dimes?|quarters|pennies|was as old|last year|next year|next week|lost"
    r"|loses?|equally|equal|right now|share the|upstream|digits?|numbers?)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two amounts and how the first follows from the second."""

    left: frozenset[str]
    right: frozenset[str]
    equation: tuple[str, str]
    used: frozenset[str]
    span: tuple[int, int]
    one: bool
    larger: str
    subject: bool = False


def by_amounts(question: Question) -> Iterator[Draft]:
    """Yield drafts of problems with one comparison of two amounts."""
    text = plain_words(question)
    if beyond_patterns(question) or new_words(question):
        return
    if len(text.split()) > MAX_WORDS // 2 or question.formulas or _BEYOND.search(text):
        return
    if re.search(r"\beach\b", re.split(r"\bhow\b|\bfind\b|\bwhat\b", text)[0]):
        return
    names = [m.group() for m in re.finditer(r"\bN\d+\b", text)]
    counted = _counting(text, question)
    values = {f"N{i}": n for i, n in enumerate(question.numbers)}
    found = (*_compared(text, values, _proper(question)), *_ratios(text))
    if len(_COMPARING.findall(text)) > 1 + any(
        "* y +" in c.equation[1] or "* y -" in c.equation[1] for c in found
    ):
        return
    for compared in found:
        rest = [n for n in names if n not in compared.used and n not in counted]
        if len(rest) == 1:
            yield from _drafts(text, compared, rest[0], counted)


def _proper(question: Question) -> frozenset[str]:
    """Return the stems of the names of people and places."""
    found = re.findall(
        (
            r"(?<![.?!] )(?<!^)\b[A-Z][a-z]+|\b[A-Z][a-z]+(?= (?:is|has|had|and|was|weighs"
            r"|owns|ate|bought|sold)\b)"
        ),
        question.masked,
    )
    return stems(
        " "
        + " ".join(
            word.lower()
            for word in found
            if not re.fullmatch(r"How|If|What|There|The|She|He|They|It|Who|In|Find", word)
        )
    )


def _counting(text: str, question: Question) -> frozenset[str]:
    found = set(re.findall(rf"\b(N\d+) (?:\w+ )?{_KIND}\b", text))
    found |= set(
        re.findall(
            r"\b(?:the|these|those|between the|of the|into|other) (N\d+)\b(?! \w+ (?:long|more))",
            text,
        )
    )
    return frozenset(n for n in found if question.numbers[int(n[1:])] == 2)


def _compared(
    text: str, values: Mapping[str, Fraction], names: frozenset[str]
) -> Iterator[Compared]:
    for found in _DIFFERENCE.finditer(text):
        right, factor, used = found["right"], "", {found["step"]}
        scaled = _SCALE.match(right)
        if scaled:
            factor = scaled["t"] or scaled["p"] or _WORDS[scaled["w"]]
            if scaled["p"] and values[scaled["p"]].denominator == 1:
                continue
            right = scaled["rest"]
            if re.search(r"\bas\b", right):
                continue  # `5 less than 9 times the hens as roosters`
            used |= {factor} & set(values)
        down = found["way"] in _DOWN
        base = f"{factor} * y" if factor else "y"
        yield _made(
            found,
            right,
            ("x", f"{base} {'-' if down else '+'} {found['step']}"),
            used,
            names,
            larger="y" if down and not factor else "x",
        )
    for found in _PRODUCT.finditer(text):
        factor = found["times"] or found["part"] or _WORDS[found["word"]]
        value = values.get(factor, Fraction(2))
        if found["part"] and value.denominator == 1:
            continue
        if re.search(
            r"\b(?:more|less|fewer) than\s*$",
            text[: found.start("times") if found["times"] else found.end("left")],
        ):
            continue
        yield _made(
            found,
            found["right"],
            ("x", f"{factor} * y"),
            {factor} & set(values),
            names,
            larger="x" if value > 1 else "y",
        )


_PRONOUN = re.compile(r"\b(?:he|she|it|they|this|that|each|every|which|who|there)\b")
_HEAD_ENDS = re.compile(
    r",|\b(?:and|if|how|signed|in|on|at|who|that|to|for|from|does|did|do|has|have|had"
    r"|is|are|was|were|will|with|as)\b"
)


def _made(
    found: re.Match[str],
    right: str,
    equation: tuple[str, str],
    used: set[str],
    names: frozenset[str],
    *,
    larger: str,
) -> Compared:
    left = re.split(r",|\band\b|\bif\b|\bthat\b|\bso\b", found["left"])[-1]
    head = _HEAD_ENDS.split(right)[0] or right
    subject = stems(f" {re.sub(r'N[0-9]+', ' ', left)}")
    if _PRONOUN.search(left):
        subject = frozenset()
    middle = stems(f" {found['mid'] or ''}")
    other = stems(f" {head}")
    if other <= _TIMES or (subject and subject <= _TIMES):
        middle = subject = frozenset()
    start = min(
        place for place in map(found.start, _PARTS & found.groupdict().keys()) if place >= 0
    )
    first, second = subject - middle or middle, other - middle if subject else other
    return Compared(
        left=first & names or first,
        right=stems(f" {right}") & names or second,
        equation=equation,
        used=frozenset(used),
        span=(start, found.start("right") + right.find(head) + len(head)),
        subject=bool(subject),
        one=bool(re.search(r"\bone\b", left) and re.search(r"\bother\b|\banother\b", right)),
        larger=larger,
    )


_PARTS = frozenset({"step", "times", "word", "part"})


def _ratios(text: str) -> Iterator[Compared]:
    for found in _RATIO.finditer(text):
        left, right, a, b = found["left"], found["right"], found["a"], found["b"]
        yield Compared(
            left=stems(f" {left}"),
            right=stems(f" {right}"),
            equation=(f"{b} * x", f"{a} * y"),
            used=frozenset({a, b}),
            span=found.span(),
            one=False,
            larger="",
        )


def _drafts(text: str, compared: Compared, total: str, counted: frozenset[str]) -> Iterator[Draft]:
    first, second = told_apart(compared.left, compared.right)
    if not compared.one and not (first and second):
        return
    if not compared.one:
        heads = [
            stems(f" {m[1]}")
            for m in re.finditer(
                (
                    r"\bhow (?:many|much) ((?!is|are|was|were|did|do|does|will|would|has|have|of"
                    r"|each|can)\w+(?: \w+)?)"
                ),
                text,
            )
        ]
        generic = frozenset(word for head in heads for word in head)
        first, second = first - generic or first, second - generic or second
    known = _known(text, compared, total, first, second)
    asked = _wanted(text, compared, first, second, both=known == "x + y")
    if known is None or asked is None or known in asked:
        return
    shown = (
        ("one", "the other")
        if compared.one
        else (" ".join(sorted(first)), " ".join(sorted(second)))
    )
    unknowns = {"x": f"the amount of {shown[0]}", "y": f"the amount of {shown[1]}"}
    source = plan_text(unknowns, [compared.equation, (known, total)], asked, ["x >= 0", "y >= 0"])
    yield Draft(source=source, counted=counted)


def _known(
    text: str, compared: Compared, total: str, first: frozenset[str], second: frozenset[str]
) -> str | None:
    """Return what the other number is: both together, or one of the two; None where unclear."""
    clause = _clause_of(text, total, compared.span)
    words = stems(f" {clause}")
    has_first, has_second = bool(words & first), bool(words & second)
    if _SUM.search(clause):
        return "x + y"
    if has_first and has_second:
        joined = _TOTAL.search(clause) or re.search(r"\b(?:and|plus|with)\b", clause)
        return "x + y" if joined and (compared.larger or _TOTAL.search(clause)) else None
    if has_first != has_second:
        return "x" if has_first else "y"
    if _TOTAL.search(clause):
        return "x + y"
    return "x + y" if compared.one and re.search(r"\b(?:into|pieces?|parts?)\b", text) else None


def _clause_of(text: str, number: str, span: tuple[int, int]) -> str:
    """Return the clause round a number, without the comparison and without what is asked."""
    place = re.search(rf"\b{number}\b", text)
    assert place is not None  # noqa: S101 - the name was found in this text
    cuts = [
        0,
        len(text),
        *(m.start() for m in re.finditer(r"[.,;?!](?=\s|$)|\bhow\b|\bfind\b|\bwhat\b", text)),
    ]
    if not span[0] <= place.start() < span[1]:
        cuts += span
    start = max(cut for cut in cuts if cut <= place.start())
    stop = min(cut for cut in cuts if cut >= place.end())
    return text[start:stop]


def _wanted(
    text: str, compared: Compared, first: frozenset[str], second: frozenset[str], *, both: bool
) -> tuple[str, ...] | None:
    wanted: list[str] = []
    for found in _ASKED.finditer(text):
        tail = found[1]
        words = stems(f" {tail}")
        in_first, in_second = bool(words & first), bool(words & second)
        smaller = {"x": "y", "y": "x"}.get(compared.larger, "")
        if re.search(r"\b(?:total|altogether|together|in all|combined|sum)\b", tail):
            wanted.append("x + y")
        elif re.search(r"\b(?:more|fewer|less|difference|longer|taller)\b", tail):
            return None
        elif re.search(r"\b(?:each|both|they|them|their|lengths|pieces)\b", tail) or (
            in_first and in_second
        ):
            if not both:
                return None
            wanted += ["x", "y"]
        elif compared.one and smaller and _SMALL.search(tail) and not _LARGE.search(tail):
            wanted.append(smaller)
        elif compared.one and smaller and _LARGE.search(tail) and not _SMALL.search(tail):
            wanted.append(compared.larger)
        elif in_first != in_second:
            wanted.append("x" if in_first else "y")
        else:
            return None
    return tuple(dict.fromkeys(wanted)) or None
