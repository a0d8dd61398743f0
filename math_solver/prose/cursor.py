"""Where the reader stands in a sentence, and what it may take there."""

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import TypeVar

from assistants.errors import InputError
from math_solver.reading import Name, Number, Tree
from math_solver.reading.spoken import number_of

from .formulas import Formula, Unread
from .nodes import Pick

T = TypeVar("T")

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SIMPLE = "|".join(sorted(f"{_UNITS} {_TENS}".split(), key=len, reverse=True))
NUMBER = (
    rf"(?:(?:{_TENS.replace(' ', '|')})-(?:{_UNITS.replace(' ', '|')})|(?:{_SIMPLE})(?: hundred)?"
    r"|(?:a |one )(?:hundred|thousand|million)|-?\d[\d,]*\d(?:\.\d+)?|-?\d+(?:\.\d+)?|-?\.\d+)"
)
WORD_NUMBERS = {"hundred": 100, "thousand": 1000, "million": 10**6}


@cache
def pattern_of(source: str) -> re.Pattern[str]:
    """Return a pattern that ends inside no word."""
    return re.compile(rf"(?:{source})(?:(?<!\w)|(?!\w))", re.IGNORECASE)


class Cursor:
    """A sentence with its formulas, read from left to right; places can be gone back to."""

    def __init__(self, formulas: Sequence[Formula | None]) -> None:
        self.formulas = formulas
        self.text = ""
        self.at = 0
        self.picks: dict[str, Pick] = {}

    def begin(self, sentence: str) -> None:
        """Start with a sentence."""
        self.text, self.at = sentence, 0

    def take(self, source: str) -> re.Match[str] | None:
        """Take what a pattern matches here, and the white space behind it."""
        found = pattern_of(source).match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        while self.at < len(self.text) and self.text[self.at] == " ":
            self.at += 1
        return found

    def need(self, source: str) -> re.Match[str]:
        """Take what must stand here. Raises `Unread`."""
        found = self.take(source)
        if found is None:
            raise Unread(f"not understood from {self.text[self.at : self.at + 40]!r}")
        return found

    def sees(self, source: str) -> bool:
        """Whether a pattern matches here."""
        return pattern_of(source).match(self.text, self.at) is not None

    def sign(self, signs: str) -> bool:
        """Take one of these signs."""
        if self.at < len(self.text) and self.text[self.at] in signs:
            self.at += 1
            while self.at < len(self.text) and self.text[self.at] == " ":
                self.at += 1
            return True
        return False

    @property
    def done(self) -> bool:
        """Whether the sentence is read to its end."""
        return not self.text[self.at :].strip(" .?!,;:")

    def attempt(self, read: Callable[[], T]) -> T | None:
        """Read, or go back to where it began."""
        start, picks = self.at, dict(self.picks)
        try:
            return read()
        except InputError:
            self.at, self.picks = start, picks
            return None

    def first(self, *reads: Callable[[], T]) -> T:
        """Return what the first of these reads. Raises `Unread`."""
        for read in reads:
            found = self.attempt(read)
            if found is not None:
                return found
        raise Unread(f"not understood from {self.text[self.at : self.at + 40]!r}")

    def formula(self) -> Formula:
        """Take a formula."""
        found = re.compile(r"«(\d+)»").match(self.text, self.at)
        one = self.formulas[int(found[1])] if found else None
        if found is None or one is None:
            raise Unread(f"not understood from {self.text[self.at : self.at + 40]!r}")
        self.at = found.end()
        while self.at < len(self.text) and self.text[self.at] == " ":
            self.at += 1
        return one

    def letter(self) -> str:
        """Take a formula that is one letter."""
        tree = self.formula().value
        if not isinstance(tree, Name) or tree.name in {"pi", "e", "infinity"}:
            raise Unread("a letter is needed")
        return tree.name

    def letters(self) -> tuple[str, ...]:
        """Take letters: `x`, `x, y`, `a and b`, `a, b, and c`."""
        found: list[str] = []
        while True:
            here = self.formula()
            trees = here.values or here.point or ((here.value,) if here.value else ())
            for tree in trees:
                if not isinstance(tree, Name) or tree.name in {"pi", "e", "infinity"}:
                    raise Unread("letters are needed")
                found.append(tree.name)
            place = self.at
            self.sign(",")
            self.take("and")
            if not re.compile("«").match(self.text, self.at):
                self.at = place
                return tuple(found)

    def number(self) -> Fraction:
        """Take a number in figures or words."""
        found = self.need(NUMBER)
        return spoken(found.group())

    def whole(self) -> int:
        """Take a whole number in figures, words or a formula."""
        read = self.attempt(self.number)
        if read is None:
            tree = self.formula().value
            read = tree.value if isinstance(tree, Number) else None
        if read is None or read.denominator != 1:
            raise Unread("a whole number is needed")
        return int(read)

    def named(self, pick: Pick) -> Tree:
        """Return a name for a pick."""
        name = f"p_{len(self.picks) + 1}"
        self.picks[name] = pick
        return Name(name=name)


def spoken(text: str) -> Fraction:
    """Return the value of a number in figures or words. Raises `InputError`."""
    plain = re.sub(r"^(?:a|one) (?=hundred|thousand|million)", "", text.strip().lower())
    if plain in WORD_NUMBERS:
        return Fraction(WORD_NUMBERS[plain])
    return number_of(plain)
