"""A figure as it was read, and its text with the numbers set apart."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_LENGTH = (
    r"(?:mm|cm|dm|km|m|in|inch(?:es)?|feet|foot|ft|yards?|yd|miles?|met(?:er|re)s?"
    r"|centimet(?:er|re)s?|kilomet(?:er|re)s?|units?)"
)
UNIT = rf"(?:(?:square|cubic|sq\.?|cu\.?) ?{_LENGTH}|{_LENGTH}(?:\^?[23]|²|³)?|degrees?|°)"
_SAME = {
    "inches": "in", "inch": "in", "feet": "ft", "foot": "ft", "meters": "m", "meter": "m",
    "metres": "m", "metre": "m", "centimeters": "cm", "centimeter": "cm", "centimetres": "cm",
    "centimetre": "cm", "yards": "yd", "yard": "yd", "unit": "units", "mile": "miles",
}  # fmt: skip
_NUMBER = re.compile(
    r"(?P<root>(?:√|sqrt) ?\(?(?P<inside>\d+)\)?)"
    r"|(?P<plain>\d+(?:\.\d+)?(?: ?/ ?\d+)?)(?P<times> ?\*? ?(?:√|sqrt) ?\(?(?P<second>\d+)\)?)?"
    r"(?P<pi> ?\*? ?(?:π|pi\b))?"
)
_WORDS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "twelve": "12",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The measures of a figure by letters, the formulas between them, and the question.

    `letters` says what each letter is; `formulas` hold for every figure of this `name`, `facts`
    for this one; `asked` are letters. All measures are positive.
    """

    name: str
    letters: Mapping[str, str]
    formulas: tuple[str, ...]
    facts: tuple[str, ...]
    asked: tuple[str, ...]

    def lines(self, steps: Sequence[str] = ()) -> Iterator[str]:
        """Tell how the problem is read, with the letters that the steps use besides."""
        used = {
            letter
            for line in (*self.facts, *self.asked, *steps)
            for letter in re.findall(r"(?<![a-zA-Z])[A-Za-z](?![a-zA-Z])", line)
        }
        for letter, meaning in self.letters.items():
            if letter in used:
                yield f"let {letter} be the {meaning} of the {self.name}"
        yield from (f"where {fact}" for fact in self.facts)
        yield f"asked for: {', '.join(self.asked)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """A text in lower case without its units; number k stands as `#k`, its value in `values`."""

    text: str
    values: tuple[str, ...]


def masked(original: str) -> Masked | None:
    """Set the numbers apart and drop the units; None where two units of length are mixed."""
    text = re.sub(r"\s+", " ", original.strip().lower()).replace("’", "'")
    text = re.sub(r"\b(\d{1,3}),(\d{3})\b", r"\1\2", text)
    words = "|".join(_WORDS)
    text = re.sub(
        rf"\b({words})(?=[ -](?:times|{UNIT}|more|less|longer)\b)", lambda m: _WORDS[m[1]], text
    )
    values: list[str] = []

    def number(match: re.Match[str]) -> str:
        parts = [match["plain"] or ""]
        root = match["inside"] or match["second"]
        parts += [f"sqrt({root})" if root else "", "pi" if match["pi"] else ""]
        values.append("*".join(part.replace(" ", "") for part in parts if part))
        return f"#{len(values) - 1} "

    text = _NUMBER.sub(number, text)
    units = {_bare(found) for found in re.findall(rf"#\d+ +-?({UNIT})(?![a-z])", text)}
    if len(units - {"degree", "°"}) > 1:
        return None
    text = re.sub(rf"(#\d+) +-?{UNIT}(?![a-z])", r"\1", text)
    text = re.sub(
        r"\bin (?:cm|m|inches|feet|units|degrees|square \w+|cubic \w+)(?=[?.,]|$)", "", text
    )
    return Masked(text=re.sub(r"\s+", " ", text).strip(), values=tuple(values))


def _bare(unit: str) -> str:
    word = re.sub(r"^(?:square|cubic|sq\.?|cu\.?) ?|\^?[23]$|[²³]$", "", unit)
    return _SAME.get(word, word.removesuffix("s") if word.startswith("degree") else word)


ASK = re.compile(
    r"\b(?:find|calculate|determine|compute|give|work out|what(?:'s| is| are| was| would be)"
    r"|how (?:long|high|tall|wide|deep|far|many|big|large|much))\b"
)
