"""The brackets of a Java text, with strings and comments skipped."""

import re
from collections.abc import Iterator

_MARKS = frozenset("()[]{}")

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
