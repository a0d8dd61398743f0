"""Brackets that are open at the end of a text, with strings and comments skipped."""

import re
from collections.abc import Iterator

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_MARKS = frozenset("()[]{}")

_LEXEME = {
    "python": re.compile(
        r"""(?:[rRbBuUfF]{0,2})("{3}|'{3})(?:\\.|(?!\1).)*(?:\1|\Z)"""
        r"""|"(?:\\.|[^"\\\n])*(?:"|$)|'(?:\\.|[^'\\\n])*(?:'|$)|\#[^\n]*|[()\[\]{}]""",
        re.DOTALL | re.MULTILINE,
    ),
    "java": re.compile(
        r'''""\"(?:\\.|(?!""").)*(?:"""|\Z)|"(?:\\.|[^"\\\n])*(?:"|$)|'(?:\\.|[^'\\\n])*(?:'|$)'''
        r"""|//[^\n]*|/\*.*?(?:\*/|\Z)|[()\[\]{}]""",
        re.DOTALL | re.MULTILINE,
    ),
}


def marks(text: str, language: str) -> Iterator[tuple[str, int]]:
    """Yield the brackets of a text with their offsets."""
    for match in _LEXEME[language].finditer(text):
        if match.group() in _MARKS:
            yield match.group(), match.start()


def closers(text: str, language: str) -> str:
    """Return what closes, in order, the round and square brackets open at a text's end.

    In Java curly brackets are blocks, which the text after the cursor closes; there only those
    inside the innermost block count.
    """
    stack: list[str] = []
    for mark, _ in marks(text, language):
        if mark in _PAIRS:
            stack.append(mark)
        elif stack and _PAIRS[stack[-1]] == mark:
            stack.pop()
    closing = ""
    for mark in reversed(stack):
        if language == "java" and mark == "{":
            break
        closing += _PAIRS[mark]
    return closing
