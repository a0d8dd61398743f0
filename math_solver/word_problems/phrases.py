"""Phrases that name a quantity: `4 less than twice the sum of a number and 5`.

A recursive-descent parser with memory over the words of a problem. It yields every reading of a
phrase, so that whoever asks can demand that a whole clause is read and nothing is left over. What
the nouns stand for is the scope's affair: numbers, ages, sides, amounts.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

Pattern: TypeAlias = re.Pattern[str]
Found: TypeAlias = tuple[str, int]
"""An expression of the plan language, and where its words end."""
MAX_READINGS = 40
Many: TypeAlias = tuple[tuple[str, ...], int]

UNIT = (
    r"(?:years?(?: old)?|dollars?|cents?|feet|foot|ft|inch(?:es)?|in|meters?|m|cm|centimeters?"
    r"|yards?|miles?|km|kilometers?|hours?|pounds?|lbs?|units?|degrees?|points?)"
)
_MORE = (
    r"(?:more|greater|larger|bigger|higher|older|longer|taller|wider|heavier|farther|faster)"
    r"(?: in (?:age|length|value))? (?:than|then)"
)
_FEWER = (
    r"(?:less|fewer|smaller|lower|younger|shorter|lighter|slower|lesser|narrower)"
    r"(?: in (?:age|length|value))? (?:than|then)"
)
_AS = (
    r"as (?:large|big|great|old|long|much|many|wide|tall|far|high|heavy|fast|expensive)(?: \w+)? as"
)
_BE = r"(?:is|are|was|were|be|being) (?:then )?"


def _links(*pairs: tuple[str, str]) -> tuple[tuple[Pattern, str], ...]:
    return tuple(
        (
            re.compile(
                rf"{source if source.startswith((',', chr(92))) else chr(92) + 's+' + source}\b"
            ),
            form,
        )
        for source, form in pairs
    )


_PRODUCTS = _links(
    (r"(?:multiplied by|times)", "({a} * {b})"),
    (r"divided by", "({a} / {b})"),
)
_SUMS = _links(
    (r"(?:increased by|plus|raised by)", "({a} + {b})"),
    (r"(?:decreased by|diminished by|reduced by|lessened by|minus|less(?! than))", "({a} - {b})"),
)
_WIDE = _links(
    (r"added to", "({b} + {a})"),
    (r"(?:subtracted|taken(?: away)?|deducted) from", "({b} - {a})"),
)
_PASSIVE = _links(
    (rf",?(?:\s+and)?(?:\s+then)?\s+(?:{_BE})?(?:increased|raised) by", "({a} + {b})"),
    (
        rf",?(?:\s+and)?(?:\s+then)?\s+(?:{_BE})?(?:decreased|diminished|reduced|lessened) by",
        "({a} - {b})",
    ),
    (rf",?(?:\s+and)?(?:\s+then)?\s+(?:{_BE})?multiplied by", "({a} * {b})"),
    (rf",?(?:\s+and)?(?:\s+then)?\s+(?:{_BE})?divided by", "({a} / {b})"),
    (r",\s+(?:plus|increased by)", "({a} + {b})"),
    (r",\s+(?:minus|decreased by)", "({a} - {b})"),
    (rf"\s+(?:{_BE})added to", "({b} + {a})"),
    (rf"\s+(?:{_BE})(?:subtracted|taken(?: away)?|deducted) from", "({b} - {a})"),
)
_ADDED = re.compile(r"\s+are added(?: together)?\b|\s+added together\b")
_OFFSETS: tuple[tuple[Pattern, str], ...] = tuple(
    (re.compile(rf"\s+{source}\b"), form)
    for source, form in (
        (rf"(?:{_MORE}|above|in excess of)", "({b} + {a})"),
        (rf"(?:{_FEWER}|below)", "({b} - {a})"),
        (rf"times (?:{_AS}|(?:greater|larger|older|bigger) than)", "({a} * {b})"),
        (rf"{_AS}", "({a} * {b})"),
    )
)
_SQUARES = re.compile(r"\s+(squared|cubed)\b")
_CHANGED = re.compile(r"\s+(?:is |are )(squared|cubed|doubled|tripled)\b")
_PERCENT = re.compile(r"\s*%(?: \w+)??\s+(of|more than|greater than|less than|larger than)\s+")
_FUNCTION = re.compile(
    r"(?:the )?(square|cube|reciprocal|opposite|negative|additive inverse|double|triple"
    r"|value|length"
    r"|measure|size|age|half)(?: value)? of\s+"
)
_ACTION = re.compile(r"(?:by )?(adding|subtracting|multiplying|dividing|doubling|tripling)\s+")
_LINKS = {
    "adding": ("to", "+"),
    "subtracting": ("from", "-"),
    "multiplying": ("by", "*"),
    "dividing": ("by", "/"),
}
_TOGETHER = re.compile(
    r"(?:the |a |their )?(sum|total|product|difference|quotient)(?: of| between|s of)\s+"
)
_TWICE = re.compile(r"(twice|double|thrice|triple|quadruple|tripling|doubling)\s+")
_TWICE_AS = re.compile(
    rf"(twice|thrice|double|triple|quadruple)\s+(?:{_AS}|that of|the (?:age|number|amount) of)\s+"
)
_TIMES = re.compile(r"\s+times\s+(?:of\s+)?|\s+of\s+|\s+")
_NUMBER = re.compile(rf"(?:about |exactly )?\$?\s?(N\d+)(?:\s{UNIT}\b(?! of))?")
_ONE = re.compile(
    rf"one(?=\s(?:{UNIT}\s)?(?:more|less|greater|larger|smaller|fewer)\b|\s*[.,?!]|$)"
)
_MAPPED = re.compile(r"(?:the |their )?(squares|cubes|reciprocals|opposites)(?: of)?\s*")
_FACTORS = {
    "twice": "2",
    "double": "2",
    "doubling": "2",
    "thrice": "3",
    "triple": "3",
    "tripling": "3",
    "quadruple": "4",
}
_FORMS = {
    "square": "({a})^2",
    "cube": "({a})^3",
    "reciprocal": "(1 / {a})",
    "opposite": "(-{a})",
    "negative": "(-{a})",
    "additive inverse": "(-{a})",
    "double": "(2 * {a})",
    "triple": "(3 * {a})",
    "value": "{a}",
    "length": "{a}",
    "measure": "{a}",
    "size": "{a}",
    "age": "{a}",
    "half": "({a} / 2)",
    "squared": "({a})^2",
    "cubed": "({a})^3",
    "doubled": "(2 * {a})",
    "tripled": "(3 * {a})",
}
_JOINS = {"sum": " + ", "total": " + ", "product": " * ", "difference": " - ", "quotient": " / "}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the nouns of a problem stand for.

    `atoms` are patterns of single quantities with their expressions, `groups` of several.
    """

    atoms: tuple[tuple[Pattern, str], ...]
    groups: tuple[tuple[Pattern, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """The words of one problem, and how their phrases read in a scope."""

    text: str
    scope: Scope
    numbers: tuple[Fraction, ...]
    _seen: dict[tuple[str, int], list[Found]] = field(
        default_factory=dict[tuple[str, int], list[Found]], compare=False
    )

    def whole(self, start: int, end: int) -> list[str]:
        """Return the readings of the words between two places as one quantity."""
        found = [e for e, stop in self._clause(start) if self._at_end(stop, end)]
        return list(dict.fromkeys(found))

    def several(self, start: int, end: int) -> list[tuple[str, ...]]:
        """Return the readings of the words between two places as quantities side by side."""
        found = (g for g, stop in self.listing(start) if self._at_end(stop, end))
        return list(dict.fromkeys(found))

    def _at_end(self, stop: int, end: int) -> bool:
        return not self.text[stop:end].strip(" ,.?!:;") and stop <= end

    def _clause(self, start: int) -> Iterator[Found]:
        """Yield quantities with what is done to them: `4 is added to a number and doubled`."""
        pending = list(self.quantity(start))
        for parts, stop in self.listing(start):
            if added := _ADDED.match(self.text, stop):
                pending.append((f"({' + '.join(parts)})", added.end()))
        for _ in range(MAX_READINGS):
            if not pending:
                return
            left, stop = pending.pop(0)
            yield left, stop
            if changed := _CHANGED.match(self.text, stop):
                pending.append((_FORMS[changed[1]].format(a=left), changed.end()))
            pending += self._linked(left, stop, _PASSIVE, wide=True)

    def _linked(
        self, left: str, stop: int, links: tuple[tuple[Pattern, str], ...], *, wide: bool
    ) -> Iterator[Found]:
        for pattern, form in links:
            if link := pattern.match(self.text, stop):
                after = self._skip(link.end())
                for right, end in self.quantity(after) if wide else self._unary(after):
                    yield form.format(a=left, b=right), end

    def quantity(self, start: int) -> list[Found]:
        """Return every quantity that begins at a place, shortest first."""
        key = ("quantity", start)
        if key not in self._seen:
            self._seen[key] = []  # a phrase does not begin with itself
            found = list(dict.fromkeys(self._sums(start)))
            self._seen[key] = sorted(found, key=lambda pair: pair[1])[:MAX_READINGS]
        return self._seen[key]

    def _sums(self, start: int) -> Iterator[Found]:
        pending = list(self._unary(start))
        for _ in range(MAX_READINGS):
            if not pending:
                return
            left, stop = pending.pop(0)
            yield left, stop
            yield from self._linked(left, stop, _WIDE, wide=True)
            pending += self._linked(left, stop, _SUMS, wide=False)

    def _unary(self, start: int) -> list[Found]:
        """Return products, and what is so much more or less than something."""
        key = ("unary", start)
        if key not in self._seen:
            self._seen[key] = []
            self._seen[key] = list(dict.fromkeys(self._offsets(start)))[:MAX_READINGS]
        return self._seen[key]

    def _offsets(self, start: int) -> Iterator[Found]:
        for left, stop in self._products(start):
            found = list(self._linked(left, stop, _OFFSETS, wide=True))
            if not (found and re.fullmatch(r"N\d+|1", left)):
                yield left, stop
            yield from found

    def _products(self, start: int) -> Iterator[Found]:
        for left, stop in self._simple(start):
            yield left, stop
            if squared := _SQUARES.match(self.text, stop):
                yield _FORMS[squared[1]].format(a=left), squared.end()
            for pattern, form in _PRODUCTS:
                if " + " in left or " - " in left:
                    continue  # `the sum of a and 3 times b` is no product
                if link := pattern.match(self.text, stop):
                    for right, end in self._simple(self._skip(link.end())):
                        yield form.format(a=left, b=right), end

    def _simple(self, start: int) -> list[Found]:
        key = ("simple", start)
        if key not in self._seen:
            self._seen[key] = []
            self._seen[key] = list(dict.fromkeys(self._simple_readings(start)))[:MAX_READINGS]
        return self._seen[key]

    def _simple_readings(self, start: int) -> Iterator[Found]:
        yield from self._number(start)
        yield from self._factor(start)
        yield from self._function(start)
        yield from self._action(start)
        for pattern, expression in self.scope.atoms:
            if found := pattern.match(self.text, start):
                yield expression, found.end()

    def _skip(self, position: int) -> int:
        while position < len(self.text) and self.text[position] == " ":
            position += 1
        return position

    def _number(self, start: int) -> Iterator[Found]:
        if found := _ONE.match(self.text, start):
            yield "1", found.end()
        found = _NUMBER.match(self.text, start)
        if found is None:
            return
        name, stop = found[1], found.end()
        yield name, stop
        if share := _PERCENT.match(self.text, found.end(1)):
            forms = {"of": "({n} / 100 * {a})", "less than": "({a} - {n} / 100 * {a})"}
            form = forms.get(share[1], "({a} + {n} / 100 * {a})")
            for right, end in self._simple(share.end()):
                yield form.format(n=name, a=right), end
            return
        link = _TIMES.match(self.text, found.end(1))
        if link is None:
            return
        part = self.numbers[int(name[1:])].denominator != 1
        if link.group().strip().startswith("times") or part:
            for right, end in self._simple(link.end()):
                yield f"({name} * {right})", end

    def _factor(self, start: int) -> Iterator[Found]:
        if found := _TWICE_AS.match(self.text, start):
            for right, end in self.quantity(found.end()):
                yield f"({_FACTORS[found[1]]} * {right})", end
        elif found := _TWICE.match(self.text, start):
            for right, end in self._simple(found.end()):
                yield f"({_FACTORS[found[1]]} * {right})", end

    def _function(self, start: int) -> Iterator[Found]:
        if found := _FUNCTION.match(self.text, start):
            for inner, end in self._unary(found.end()):
                yield _FORMS[found[1]].format(a=inner), end
        if found := _TOGETHER.match(self.text, start):
            for parts, end in self.listing(found.end()):
                if len(parts) == 2 or (len(parts) > 2 and found[1] in {"sum", "total", "product"}):
                    yield f"({_JOINS[found[1]].join(parts)})", end

    def _action(self, start: int) -> Iterator[Found]:
        found = _ACTION.match(self.text, start)
        if found is None:
            return
        for first, middle in self._unary(found.end()):
            if found[1] in _FACTORS:
                yield f"({_FACTORS[found[1]]} * {first})", middle
                continue
            word, sign = _LINKS[found[1]]
            link = re.compile(rf"\s+{word}\s+").match(self.text, middle)
            if link is None:
                continue
            for second, end in self._unary(link.end()):
                pair = (second, first) if word == "from" else (first, second)
                yield f"({pair[0]} {sign} {pair[1]})", end

    def listing(self, start: int) -> Iterator[Many]:
        """Yield lists of quantities that begin at a place: `a, b and c`, `the squares of both`."""
        for pattern, parts in self.scope.groups:
            if found := pattern.match(self.text, start):
                yield parts, found.end()
        if found := _MAPPED.match(self.text, start):
            form = _FORMS[found[1].removesuffix("s")]
            inner = self.listing(found.end()) if found.group().rstrip().endswith("of") else ()
            for parts, end in inner:
                yield tuple(form.format(a=part) for part in parts), end
        yield from self._joined(start, 4)

    def _joined(self, start: int, most: int) -> Iterator[Many]:
        for first, stop in self.quantity(start):
            last = re.compile(r",?\s+and\s+").match(self.text, stop)
            if last is not None:
                for second, end in self.quantity(last.end()):
                    yield (first, second), end
            comma = re.compile(r",\s+").match(self.text, stop)
            if comma is not None and most > 2:
                for rest, end in self._joined(comma.end(), most - 1):
                    yield (first, *rest), end


def scope_of(
    atoms: Mapping[str, str], groups: Mapping[str, tuple[str, ...]] | None = None
) -> Scope:
    """Compile a scope from the sources of its patterns; each must end at a word's end."""
    return Scope(
        atoms=tuple((re.compile(rf"{p}(?!\w)"), e) for p, e in atoms.items()),
        groups=tuple((re.compile(rf"{p}(?!\w)"), e) for p, e in (groups or {}).items()),
    )
