"""One whole text that is a number: figures, a fraction, or words such as `thirteen quarters`."""

import re
from fractions import Fraction

from assistants.errors import InputError

from .words import NUMBER, value_of

MISSPELT = {"fourty": "forty", "fourteeen": "fourteen", "twelth": "twelfth"}


def number_of(text: str) -> Fraction:
    """Return the number that figures or words say. Raises `InputError`."""
    plain = text.strip().replace("−", "-")
    if re.fullmatch(r"-?[\d,]*\.?\d+(?: ?/ ?\d+)?", plain):
        try:
            return Fraction(plain.replace(",", "").replace(" ", ""))
        except (ValueError, ZeroDivisionError) as error:
            raise InputError(f"{text!r} is no number", hint="check it") from error
    return _in_words(plain.lower())


def _in_words(text: str) -> Fraction:
    for wrong, right in MISSPELT.items():
        text = text.replace(wrong, right)
    fraction = re.fullmatch(r"(.+?)[ -]([a-z]+)", text)
    if fraction and fraction.group(2) in _PARTS:
        return _in_words(fraction.group(1)) / _PARTS[fraction.group(2)]
    simple = {"one": 1, "a": 1, "an": 1, "zero": 0, "ten thousand": 10_000}
    if text in simple:
        return Fraction(simple[text])
    spaced = text.replace("-", " ")
    found = NUMBER.fullmatch(spaced)
    if found is None:
        return Fraction(_counted(spaced.split()))
    return value_of(found)


def _counted(words: list[str]) -> int:
    """Add up `one hundred thousand`, `one hundred and five`. Raises `InputError`."""
    total, current = 0, 0
    if not set(words) - {"and"}:
        raise InputError("no number is written here", hint="write it in figures")
    for word in words:
        if word == "and":
            continue
        if word in _SCALES:
            scale = _SCALES[word]
            current = max(current, 1) * scale
            if scale >= 1000:
                total, current = total + current, 0
        elif word == "one" or NUMBER.fullmatch(word):
            found = NUMBER.fullmatch(word)
            current += 1 if found is None else int(value_of(found))
        else:
            raise InputError(f"{' '.join(words)!r} is no number", hint="write it in figures")
    return total + current


_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9,
           "trillion": 10**12}  # fmt: skip
_NAMES = (
    "half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip
_PARTS = {
    **{name: value for value, name in enumerate(_NAMES, start=2)},
    **{f"{name}s": value for value, name in enumerate(_NAMES, start=2)},
    "halves": 2, "fourth": 4, "fourths": 4, "hundredth": 100, "hundredths": 100,
}  # fmt: skip
