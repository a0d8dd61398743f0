"""The brackets of a Java text, with strings and comments skipped."""

import re
from collections.abc import Iterator
from functools import lru_cache

_MARKS = frozenset("()[]{}")
_WHOLE_PIECES = frozenset("_)]}\"';,:")
"""What may stand last in an unfinished line, beside letters and digits: no operator."""

_SKIPPED = (
    r'""\"(?:\\.|(?!""").)*(?:"""|\Z)|"(?:\\.|[^"\\\n])*(?:"|$)|\'(?:\\.|[^\'\\\n])*(?:\'|$)'
    r"|//[^\n]*|/\*.*?(?:\*/|\Z)"
)
# All alternatives begin with a literal: then `re` looks for their first characters only.
_LEXEME = re.compile(rf"{_SKIPPED}|\(|\)|\[|\]|\{{|\}}", re.DOTALL | re.MULTILINE)
_LIMIT = re.compile(rf"{_SKIPPED}|;|\{{|\}}", re.DOTALL | re.MULTILINE)


def marks(text: str) -> Iterator[tuple[str, int]]:
    """Yield the brackets of a text with their offsets."""
    for match in _LEXEME.finditer(text):
        if match.group() in _MARKS:
            yield match.group(), match.start()


@lru_cache(maxsize=4)
def limits(text: str) -> tuple[tuple[str, int], ...]:
    """Return the curly brackets and semicolons of a text with their offsets."""
    found = _LIMIT.finditer(text)
    return tuple((one.group(), one.start()) for one in found if one.end() == one.start() + 1)


def is_whole(text: str) -> bool:
    """Whether a text ends with a whole piece, and opens nothing that it does not close."""
    depth = [1 if mark in "([{" else -1 for mark, _ in marks(text)]
    ends_well = text[-1:].isalnum() or text[-1:] in _WHOLE_PIECES
    return ends_well and not any(sum(depth[at:]) > 0 for at in range(len(depth)))
