"""The brackets of a Java text, with strings and comments skipped."""

import re
from collections.abc import Iterator

_MARKS = frozenset("()[]{}")
_WHOLE_PIECES = frozenset("_)]}\"';,:")
"""What may stand last in an unfinished line, beside letters and digits: no operator."""

_LEXEME = re.compile(
    r'''""\"(?:\\.|(?!""").)*(?:"""|\Z)|"(?:\\.|[^"\\\n])*(?:"|$)|'(?:\\.|[^'\\\n])*(?:'|$)'''
    r"""|//[^\n]*|/\*.*?(?:\*/|\Z)|[()\[\]{}]""",
    re.DOTALL | re.MULTILINE,
)


def marks(text: str) -> Iterator[tuple[str, int]]:
    """Yield the brackets of a text with their offsets."""
    for match in _LEXEME.finditer(text):
        if match.group() in _MARKS:
            yield match.group(), match.start()


def is_whole(text: str) -> bool:
    """Whether a text ends with a whole piece, and opens nothing that it does not close."""
    depth = [1 if mark in "([{" else -1 for mark, _ in marks(text)]
    ends_well = text[-1:].isalnum() or text[-1:] in _WHOLE_PIECES
    return ends_well and not any(sum(depth[at:]) > 0 for at in range(len(depth)))
