"""The wordings of statements and requests, as patterns over whole sentences.

In a pattern `{x}` is an expression (`{x1}`, `{x2}` further ones), `{l}` a list of expressions,
`{q}` equations, `{v}` a letter; what else matters is in groups named `w…`. The first wording
whose formulas can be read wins, so the particular stands before the general.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .units import UNITS

_MATRIX = (
    r"\[ ?\[.+?\] ?\]|\\begin\{[pbv]?matrix\}.+?\\end\{[pbv]?matrix\}|\[[^\[\];]+(?:;[^\[\];]+)+\]"
)
_POINT = r"[(\[<⟨][^()\[\]<>;,]+(?:,[^()\[\]<>;,]+)+[)\]>⟩]"
_COUNT = r"\d[\d,]*|[a-z]+(?:[- ][a-z]+)?"

_SLOTS = {
    "{v}": r"(?P<v>[A-Za-z])",
    "{q}": r"(?P<q>.+=.+)",
    "{r}": r"(?P<r>.+(?:<|>|≤|≥|\\[lg]eq?\b).+?)",
    "{l}": r"(?P<l>.+?(?:,| and ).+?)",
    **{f"{{m{i}}}": rf"(?P<m{i}>{_MATRIX})" for i in ("", 1)},
    **{f"{{p{i}}}": rf"(?P<p{i}>{_POINT}|{_MATRIX})" for i in ("", 1)},
    **{f"{{k{i}}}": rf"(?P<k{i}>{_COUNT})" for i in ("", 1, 2)},
    "{place}": r"(?P<w>[a-z]+(?: [a-z]+)?)",
    "<verb>": "(?:what is|what's|find|calculate|compute|determine|give|work out|evaluate)",
    "<wrt>": "(?:wrt|with respect to|w\\.r\\.t\\.|for|by)",
}

ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "twelth": 12,
    "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
    "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "square": 2, "cube": 3,
}  # fmt: skip
_NTH = "|".join(ORDINALS)


@dataclass(frozen=True, slots=True)
class Wording:
    """A pattern for a whole sentence, and the kind of statement or request that it is."""

    pattern: re.Pattern[str]
    kind: str
    choices: bool = False


def ordinal(word: str) -> int:
    """Return the number of `first`, `second`, …, or of figures such as `3rd`."""
    plain = word.strip().lower()
    return ORDINALS.get(plain) or int(re.sub(r"\D", "", plain) or 0)


def _wording(source: str, kind: str, *, choices: bool = False) -> Wording:
    for slot, regex in _SLOTS.items():
        source = source.replace(slot, regex)
    source = source.replace("{n}", rf"(?P<n>{_NTH}|\d+(?:st|nd|rd|th))")
    source = re.sub(r"\{(x\d?)\}", r"(?P<\1>.+?)", source)
    return Wording(re.compile(source, re.IGNORECASE | re.DOTALL), kind, choices)


_HEAD = r"(?:let|define|suppose|given|and let|if) "

STATEMENTS = tuple(
    _wording(source, kind)
    for source, kind in (
        (
            _HEAD + r"(?P<f>[A-Za-z])\((?P<p>[A-Za-z](?:, ?[A-Za-z])*)\) be the "
            r"(?:{n} )?derivative of {x}(?: wrt [A-Za-z])?",
            "derivative",
        ),
        (_HEAD + r"(?P<f>[A-Za-z])\((?P<p>[A-Za-z](?:, ?[A-Za-z])*)\) ?(?:=|be) ?{x}", "function"),
        (_HEAD + r"(?P<f>[A-Za-z]) be {x}", "value"),
        (_HEAD + r"(?P<f>[A-Za-z]) ?= ?(?P<x>[^=]+)", "value"),
        (r"(?:let|suppose(?: that)?|given(?: that)?|assume(?: that)?) {q}", "facts"),
    )
)

_NUMBER = r"-?[\d,]*\.?\d+(?:/\d+)?"
_TIME = r"\d{1,2}:\d\d ?[AaPp]\.?[Mm]\.?"
_DIGITS = r"[-−]?[0-9a-zA-Z]+"
_UNITS = "|".join(sorted(UNITS, key=len, reverse=True))
_AMOUNT = r"[\d,]*\.?\d+(?: ?/ ?\d+)? ?|[a-z]+(?:[ -][a-z]+)*? "
_BAG = r"(?P<w2>\{[^{}]+\}|[a-z]+)"
_MORE = "bigger|greater|larger|higher"
_MOST = "biggest|greatest|largest|highest"
_LESS = "smaller|less|lower|lesser"
_LEAST = "smallest|least|lowest"

_COMPARED = (
    (r"is {x} (?:<|less than|smaller than) {x1}", "<"),
    (r"is {x} (?:<=|≤|less than or equal to|at most as big as|at most|no more than) {x1}", "<="),
    (r"is {x} (?:>|greater than|bigger than|larger than|more than) {x1}", ">"),
    (r"is {x} (?:>=|≥|greater than or equal to|at least as big as|at least) {x1}", ">="),
    (r"is {x} (?:!=|≠|not equal to|different from) {x1}", "!="),
    (r"(?:is|does) {x} (?:=|equal to|equal|the same as) {x1}", "="),
    (r"are {x} and {x1} equal", "="),
    (r"do {x} and {x1} have the same value", "="),
    (r"are {x} and {x1} (?:unequal|nonequal|non-equal|different)", "!="),
    (r"do {x} and {x1} have different values", "!="),
)

_TEXTUAL = (
    (rf"<verb> (?P<w>\d+) (?P<w1>minutes|hours) (?P<w2>before|after) (?P<w3>{_TIME})", "clock"),
    (
        (
            r"how many (?P<w>minutes|hours|seconds) (?:are there |are )?between "
            rf"(?P<w1>{_TIME}) and (?P<w2>{_TIME})"
        ),
        "between",
    ),
    (
        (
            rf"how many (?P<w>{_UNITS}) (?:are there |are )?in (?P<w1>{_AMOUNT})(?:of an? )?"
            rf"(?P<w2>{_UNITS})"
        ),
        "convert",
    ),
    (
        (
            rf"(?:what is|convert|express) (?P<w1>{_AMOUNT})(?:of an? )?(?P<w2>{_UNITS}) "
            rf"(?:in|to|into|as) (?P<w>{_UNITS})"
        ),
        "convert",
    ),
    (
        (
            rf"in base (?P<w>\d+),? (?:what is|calculate|find) (?P<w1>{_DIGITS}) ?(?P<w2>[-+*]) ?"
            rf"(?P<w3>{_DIGITS})"
        ),
        "base sum",
    ),
    (
        (
            rf"(?:(?:convert|what is|write|express) )?(?P<w>{_DIGITS}) \(?(?:in )?base "
            r"(?P<w1>\d+)\)? "
            r"(?:to|in|into) base (?P<w2>\d+)"
        ),
        "base",
    ),
    (
        (
            r"(?:what is|give|calculate|find) (?:the )?prob(?:ability)? of "
            r"(?:sequence (?P<w>[a-z]+)|"
            r"picking (?P<w1>.+?)) "
            rf"when (?P<w3>[a-z]+|\d+) letters? (?:are |is )?picked without replacement from {_BAG}"
        ),
        "letters",
    ),
    (
        (
            rf"(?P<w3>[a-z]+|\d+) letters? (?:are |is )?picked without replacement from {_BAG}\. "
            r"(?:what is|give|calculate|find) (?:the )?prob(?:ability)? of "
            r"(?:sequence (?P<w>[a-z]+)|picking (?P<w1>.+))"
        ),
        "letters",
    ),
)
"""Times, units, bases and drawn letters: read as text, not as formulas."""

_FORMAL = (
    # sequences
    (r"(?:what is next in|what comes next:|what is the next term in) {l}", "next"),
    (r"(?:what is|find|give) the {v}'?th term of {l}", "nth"),
    # digits and rounding
    (r"(?:what is|find|give) the {place} digit of {x}", "digit"),
    (
        (
            r"(?:round|what is) {x}(?: rounded)? to (?:the nearest (?P<w>[a-z\d, ]+)|"
            r"(?P<w1>[a-z\d]+) (?:decimal places?|decimals?|dps?|d\.p\.))"
        ),
        "round",
    ),
    (
        r"<verb> {x} to the power of 1/(?P<w>\d+),? to the nearest integer",
        "nearest root",
    ),
    (r"<verb> the {n} root of {x},? to the nearest integer", "nearest root"),
    # order
    (r"which is (?P<w>" + f"{_MORE}|{_LESS}" + r"):? {x} or {x1}", "pair"),
    (rf"(?:what|which) is the (?:{{n}} )?(?P<w>{_MOST}|{_LEAST}) value in {{l}}", "kth"),
    (r"(?:what|which) is the (?:closest|nearest) to {x} (?:in|of|among) {l}", "closest"),
    (
        (
            r"(?:sort|put|arrange|order) {l}"
            r"(?: in (?P<w>ascending|increasing|descending|decreasing) "
            r"order)?"
        ),
        "sort",
    ),
    # whole numbers
    (r"is {x} (?:a )?(?P<w>prime|composite)(?: number)?", "prime"),
    (r"is {x} (?P<w>even|odd)", "parity"),
    (r"is {x} a (?:factor|divisor) of {x1}", "divides"),
    (r"is {x1} (?:a multiple of|divisible by) {x}", "divides"),
    (r"does {x} divide {x1}", "divides"),
    (
        r"(?:<verb>|list|what are)(?: all)?(?: the)? prime factors of {x}",
        "prime factors",
    ),
    (
        r"<verb> the (?:greatest|highest|largest) common (?:divisor|factor) of {x} and {x1}",
        "gcd",
    ),
    (r"<verb> the (?:least|lowest|smallest) common multiple of {x} and {x1}", "lcm"),
    (r"<verb> the (?:lowest |least )?common denominator of {x} and {x1}", "denominator"),
    (r"<verb> the remainder (?:when|if) {x} is divided by {x1}", "remainder"),
    # arithmetic in words
    (r"<verb> (?:the )?(?:distance|difference) between {x} and {x1}", "distance"),
    (r"(?:add together|add|put together|sum|total of|<verb> the sum of) {x} and {x1}", "sum"),
    (r"(?:<verb> )?{x} plus {x1}", "sum"),
    (r"(?:<verb> )?{x} (?:minus|take away) {x1}", "minus"),
    (r"(?:<verb> )?{x1} less than {x}", "minus"),
    (r"subtract {x1} from {x}", "minus"),
    (r"(?:multiply|(?:<verb> (?:the )?)?product of) {x} (?:and|by) {x1}", "times"),
    (r"(?:<verb> )?{x} times {x1}", "times"),
    (r"(?:divide {x} by {x1})", "over"),
    (r"(?:<verb> )?{x} divided by {x1}", "over"),
    # algebra and calculus
    (
        (
            r"(?:integrate|<verb> (?:the )?(?:definite |indefinite )?"
            r"(?:integral|antiderivative) of|∫) ?"
            r"{x} ?d(?P<v>[a-z])(?:,? (?:from|between) (?:[a-z] ?= ?)?(?P<w>[^ ]+) "
            r"(?:to|and) (?P<w1>[^ ]+))?"
        ),
        "integral",
    ),
    (
        (
            r"(?:integrate|(?:<verb> )?(?:the )?(?:definite |indefinite )?"
            r"(?:integral|antiderivative) of)"
            r" {x}(?: <wrt> {v})?(?:,? (?:from|between) (?:[a-z] ?= ?)?(?P<w>[^ ]+) "
            r"(?:to|and) (?P<w1>[^ ]+))?(?: d[a-z])?"
        ),
        "integral",
    ),
    (
        (
            r"(?:<verb> )?(?:the )?limit of {x} (?:as|when|for) {v} ?"
            r"(?:approaches|goes to|tends to|->|→|\\to) ?(?P<w>[^ ]+)"
        ),
        "limit",
    ),
    (
        (
            r"(?:<verb> )?(?:the )?lim(?:it)? ?(?:as )?{v} ?(?:->|→|approaches) ?(?P<w>[^ ]+) "
            r"(?:of )?{x}"
        ),
        "limit",
    ),
    (r"<verb> the {n} derivative of {x} <wrt> {v}", "derivative"),
    (r"<verb> the derivative of {x} <wrt> {v}", "derivative"),
    (r"differentiate {x} <wrt> {v}", "derivative"),
    (r"<verb> the (?:{n} )?derivative of {x}", "derivative"),
    (r"differentiate {x}", "derivative"),
    (
        (
            r"(?:express|rearrange|write) {x} (?:as|in the form|to the form|to) {x1} and "
            r"(?:give|find) {v}"
        ),
        "coefficient",
    ),
    (r"factor(?:ise|ize)? {x}", "factor"),
    (r"(?:expand|collect the terms in|multiply out) {x}", "expand"),
    (r"simplify {x} assuming {v} is positive", "power"),
    (r"simplify {x}", "simplify"),
    (r"solve {q} for {v}", "solve"),
    (r"solve {q}", "solve"),
    (r"(?:what is|find) {v} in {q}", "solve"),
    (r"(?:find|determine|calculate) {v},? (?:such that|so that|given that|given|if) {q}", "solve"),
    (r"(?:<verb>(?: the value of)?) {x}", "value"),
    (r"{x}", "value"),
)

_WITH_CHOICES = (
    (rf"which is the (?:{{n}} )?(?P<w>{_MOST}|{_LEAST}) value", "kth"),
    (r"which is the (?:closest|nearest) to {x}", "closest"),
)


def _topics() -> Iterator[Wording]:
    table = tomllib.loads(Path(__file__).with_name("topics.toml").read_text(encoding="utf-8"))
    for kind, sources in table["requests"].items():
        for source in sources:
            for phrase in ("find", "ways", "drawn", "people"):
                source = source.replace(f"<{phrase}>", table[phrase])  # noqa: PLW2901
            yield _wording(source, kind)


TOPICS = tuple(_topics())
"""Requests by topic, from the table beside this module."""

ASKS = (
    *(_wording(source, kind) for source, kind in _TEXTUAL),
    *TOPICS,
    *(_wording(source, f"compare {sign}") for source, sign in _COMPARED),
    *(_wording(source, kind) for source, kind in _FORMAL),
    *(_wording(source, kind, choices=True) for source, kind in _WITH_CHOICES),
)
"""All requests; the textual ones first, because their words could be letters of a formula."""
