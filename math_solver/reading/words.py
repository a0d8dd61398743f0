"""Numbers in running text, in figures and in words: `1,250`, `2 1/2`, `twenty-five`, `a dozen`."""

import re
from fractions import Fraction

UNITS = {
    "zero": 0, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
PARTS = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6,
    "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "twelfth": 12, "twentieth": 20,
    "hundredth": 100,
}  # fmt: skip
COUNTS = {"one": 1, "a": 1, "an": 1, **UNITS}

_SMALL = "|".join(sorted(UNITS, key=len, reverse=True))
_TENS = "|".join(TENS)
_SCALE = "|".join(SCALES)
_PART = "|".join(f"{p}s?" for p in PARTS if p != "halves") + "|halves"
_COUNT = rf"(?:{_TENS})(?:[-\s](?:one|{_SMALL}))?|{_SMALL}"
_FIGURE = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"

_AFTER_SCALE = "(?:" + "|".join(f"(?<={scale})" for scale in SCALES) + ")"

NUMBER = re.compile(
    rf"""
    (?P<mixed>\b\d+\s+\d+\s?/\s?\d+\b(?!\s?/))
  | (?P<fraction>(?<![\w./])\d+\s?/\s?\d+\b(?![/.]\d|\s?/))
  | (?P<figure>(?<![\w.])(?:{_FIGURE})(?!\d)(?:\s(?:{_SCALE})\b)*)(?!(?:st|nd|rd|th)\b)
  | (?P<part>\b(?:one|{_SMALL})[-\s](?:{_PART})\b
      |\b(?:an?\s)?(?:half|(?:third|quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth)
        (?=\s(?:of|as)\b))\b)
  | (?P<words>\b(?:(?:an?\s|one\s)(?:{_SCALE})|(?:{_COUNT}))\b
      (?:(?:\s(?:{_SCALE}))|(?:{_AFTER_SCALE}\s(?:and\s)?(?:{_COUNT})\s(?:{_SCALE})\b))*
      (?:(?<=hundred)\s(?:and\s)?(?:{_COUNT})\b|(?<=thousand)\s(?:and\s)?(?:{_COUNT})\b)?)
  | (?P<dozen>\bdozen\b)
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""One number in running text; the group that matched says which kind it is."""


def value_of(match: re.Match[str]) -> Fraction:
    """Return the exact value of a match of `NUMBER`.

    Raises `ZeroDivisionError` for a fraction over zero.
    """
    found = match.group()
    match match.lastgroup:
        case "mixed":
            whole, part = found.split(maxsplit=1)
            return int(whole) + Fraction(re.sub(r"\s", "", part))
        case "fraction":
            return Fraction(re.sub(r"\s", "", found))
        case "figure":
            return _figure_value(found)
        case "part":
            return _part_value(found.lower())
        case "dozen":
            return Fraction(12)
        case _:
            return Fraction(_words_value(found.lower()))


def _figure_value(found: str) -> Fraction:
    digits, *scales = found.replace(",", "").split()
    value = Fraction(digits)
    for scale in scales:
        value *= SCALES[scale.lower()]
    return value


def _part_value(found: str) -> Fraction:
    words = re.split(r"[-\s]", found)
    part = words[-1] if words[-1] in PARTS else words[-1].removesuffix("s")
    count = COUNTS[words[0]] if len(words) > 1 else 1
    return Fraction(count, PARTS[part])


def _words_value(found: str) -> int:
    total, current = 0, 0
    for word in re.split(r"[-\s]+", found):
        if word in TENS:
            current += TENS[word]
        elif word in COUNTS:
            current += COUNTS[word]
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word in SCALES:
            total += max(current, 1) * SCALES[word]
            current = 0
    return total + current
