"""What a line of a conversation asks about the problem before it; nothing is solved here.

Each wording must fit the whole line, and formulas in it must be readable as what they stand for,
so that a new problem is never taken for a remark about the old one.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from assistants.errors import InputError

from .lines import read_line
from .reading.mask import FUNCTION_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Restrict:
    """The same problem under one more condition: `x > 0`."""

    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrestrict:
    """The same problem without the conditions that were added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The same problem with something else in one place; `old` may be left open."""

    new: str
    old: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """The same solution by a named method."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The reason of a step, or of an option; of the last step where none is named."""

    step: int | None = None
    option: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """The same answer with more, or with less, of the way to it."""

    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A result of the person's own, to be checked against the problem."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Complete:
    """Whether there are any other solutions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Another task for the same formula, or for the result: `differentiate it`."""

    verb: str
    result: bool = False
    at: str = ""
    bounds: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sure:
    """Whether the answer is certain, and what that rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """The same question about another measure: `and the area?`."""

    noun: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A picture of the problem."""


FollowUp: TypeAlias = (
    Restrict
    | Unrestrict
    | Exchange
    | Method
    | Why
    | Detail
    | Claim
    | Complete
    | Sure
    | Other
    | Task
    | Draw
)

_LEAD = re.compile(
    r"^(?:(?:ok(?:ay)?|thanks|thank you|hm+|well|and|but|so|now|then|please|also|great|good|yes|no"
    r"|can you|could you|would you|will you)\b[,:!. ]*)+",
    re.IGNORECASE,
)
_NUMERALS = {
    word: number
    for number, words in enumerate(
        ("one first", "two second", "three third", "four fourth", "five fifth", "sixth"), start=1
    )
    for word in words.split()
}
_SIMPLE: Mapping[str, FollowUp] = {
    "more": Detail(more=True),
    "less": Detail(more=False),
    "complete": Complete(),
    "sure": Sure(),
    "unrestrict": Unrestrict(),
    "draw": Draw(),
    "why": Why(),
}


@cache
def _tables() -> Mapping[str, Sequence[tuple[str, re.Pattern[str]]]]:
    """Return the wordings by kind, each with the name that it has in its table, if any."""
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    phrases = data.pop("phrases")
    methods: Mapping[str, str] = data["methods"]
    phrases["methods"] = "|".join(methods.values())
    found: dict[str, Sequence[tuple[str, re.Pattern[str]]]] = {}
    for kind, table in data.items():
        rows = table.items() if isinstance(table, dict) else (("", source) for source in table)
        found[kind] = tuple((name, _compiled(source, phrases)) for name, source in rows)
    return found


def _compiled(source: str, phrases: Mapping[str, str]) -> re.Pattern[str]:
    for name, phrase in phrases.items():
        source = source.replace(f"{{{name}}}", phrase)
    return re.compile(source, re.IGNORECASE)


def _matches(kind: str, text: str) -> Iterator[re.Match[str]]:
    for _, pattern in _tables()[kind]:
        if found := pattern.fullmatch(text):
            yield found


def read_follow_up(line: str) -> FollowUp | None:
    """Return what a line asks about the problem before; None where it may be a new problem."""
    said = re.sub(r"\s+", " ", line).strip().rstrip("?!. ")
    bare = _LEAD.sub("", said).strip()
    if not bare:
        return None
    for kind, follow in _SIMPLE.items():
        if any(_matches(kind, bare)):
            return follow
    for reader in (_step, _method, _claim, _exchange, _restriction, _task):
        found = reader(bare)
        if found is not None:
            return found
    if found := next(_matches("noun", bare), None):
        return Other(noun=found["noun"].lower())
    return _same_kind(bare) if bare != said else None


def _step(bare: str) -> FollowUp | None:
    for found in _matches("step", bare):
        word = (found["n"] or found["n1"]).lower()
        return Why(step=None if word == "last" else _NUMERALS.get(word) or int(word))
    for found in _matches("option", bare):
        return Why(option=found["x"] or found["x1"])
    return None


def _method(bare: str) -> FollowUp | None:
    if re.search(r"[=<>^\d]", bare):
        return None
    for found in _matches("method", bare):
        for name, pattern in _tables()["methods"]:
            if pattern.fullmatch(found["m"]):
                return Method(name=name)
    return None


def _claim(bare: str) -> FollowUp | None:
    for found in _matches("claim", bare):
        if _reads(found["c"]):
            return Claim(text=found["c"].strip())
    return None


def _exchange(bare: str) -> FollowUp | None:
    for found in _matches("exchange", bare):
        groups = found.groupdict()
        new = (groups.get("new") or groups.get("new1") or "").strip()
        old = (groups.get("old") or "").strip()
        if not _part(new) or (old and not _part(old)):
            continue
        condition = None if old else _condition(new)
        return Exchange(new=new, old=old) if condition is None else Restrict(condition=condition)
    return None


def _part(text: str) -> bool:
    return text.lower() in FUNCTION_WORDS or _reads(text)


def _same_kind(bare: str) -> FollowUp | None:
    """`and x^2 = 16?`: a formula alone, after a word that goes on."""
    return Exchange(new=bare) if _reads(bare) and re.search(r"[A-Za-z=]", bare) else None


def _task(bare: str) -> FollowUp | None:
    for found in _matches("at", bare):
        if _reads(found["at"]):
            return Task(verb="evaluate", at=found["at"])
    for found in _matches("bounds", bare):
        if _reads(found["a"]) and _reads(found["b"]):
            return Task(verb="integrate", bounds=(found["a"], found["b"]))
    for verb, pattern in _tables()["task"]:
        found = pattern.fullmatch(bare)
        if found is None:
            continue
        said, again = found["o"] or "", found["again"]
        if verb in {"zero", "second derivative of"}:
            return Task(verb=verb)
        if said or (again and verb != "solve") or re.search(r"\b(?:its|the)\b", bare):
            return Task(verb=verb, result=bool(again) or "result" in said or "answer" in said)
    return None


# --- conditions


_SIGNED = re.compile(
    r"(?P<sign>positive|negative|non-?negative|nonzero|non-zero) (?P<v>[a-z])|"
    r"(?P<v1>[a-z]) (?:is|must be|has to be) (?P<sign1>positive|negative|non-?negative)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"(?P<v>[a-z]) (?:is )?between (?P<a>\S+) and (?P<b>\S+)", re.IGNORECASE)
_SIGNS = {
    "positive": ">",
    "negative": "<",
    "nonnegative": ">=",
    "non-negative": ">=",
    "nonzero": "!=",
    "non-zero": "!=",
}


def _restriction(bare: str) -> FollowUp | None:
    for found in _matches("condition", bare):
        condition = _condition(found["c"])
        if condition is not None:
            return Restrict(condition=condition)
    return None


def _condition(text: str) -> str | None:
    """Return a condition as relations; None where the text is none."""
    plain = re.sub(r"^(?:only )?(?:the )?", "", text.strip(), flags=re.IGNORECASE)
    if signed := _SIGNED.fullmatch(plain):
        sign = (signed["sign"] or signed["sign1"]).lower()
        return f"{signed['v'] or signed['v1']} {_SIGNS[sign]} 0"
    if between := _BETWEEN.fullmatch(plain):
        plain = f"{between['a']} <= {between['v']} <= {between['b']}"
    try:
        line = read_line(plain)
    except InputError:
        return None
    relations = [relation for case in line.cases for relation in case]
    orders = {"<", ">", "<=", ">=", "!="}
    if len(line.cases) != 1 or not relations or any(r.operator not in orders for r in relations):
        return None
    return plain


_KNOWN = re.compile(rf"\b(?:{'|'.join(FUNCTION_WORDS)}|or|and|pi)\b")


def _reads(text: str) -> bool:
    """Whether a text is mathematics: signs, figures and single letters, no words."""
    if re.search(r"[A-Za-z]{3,}", _KNOWN.sub("", text)):
        return False
    try:
        read_line(text)
    except InputError:
        return False
    return True
