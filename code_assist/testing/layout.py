"""Long lines of a test, broken at their brackets."""

import io
import textwrap
import tokenize
from itertools import pairwise

WIDTH = 88
_SHORT = 20  # parts of a list no longer than that share lines
_OPEN, _CLOSE = "([{", ")]}"


def lines_of(text: str, margin: int) -> list[str]:
    """Return a line with a margin; where it is too long, broken in the bracket that ends it."""
    whole = " " * margin + text
    if len(whole) <= WIDTH:
        return [whole]
    comma = "," if text.endswith(",") else ""
    found = _last_bracket(text.removesuffix(","))
    if found is None:
        return [whole]
    start, end, cuts = found
    edges = [start, *cuts, end]
    parts = [text[a + 1 : b].strip() for a, b in pairwise(edges)]
    parts = [one for one in parts if one]
    inner = " " * (margin + 4)
    if len(parts) > 1 and (
        len(inner + ", ".join(parts)) <= WIDTH or max(map(len, parts)) <= _SHORT
    ):
        middle = textwrap.wrap(
            ", ".join(parts), WIDTH, initial_indent=inner, subsequent_indent=inner
        )
    else:
        last = "," if len(parts) > 1 else ""  # a lone part may be a generator, which takes no comma
        middle = [line for one in parts for line in lines_of(one + last, margin + 4)]
    return [" " * margin + text[: start + 1], *middle, " " * margin + text[end : end + 1] + comma]


def _last_bracket(text: str) -> tuple[int, int, list[int]] | None:
    """Return where the bracket that ends a text opens and closes, and the commas right in it."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return None
    if any(one.start[0] > 1 for one in tokens if one.string.strip()):
        return None
    stack: list[tuple[int, list[int]]] = []
    found: tuple[int, int, list[int]] | None = None
    for one in tokens:
        if one.type == tokenize.OP and one.string in _OPEN:
            stack.append((one.start[1], []))
        elif one.type == tokenize.OP and one.string in _CLOSE and stack:
            start, cuts = stack.pop()
            if not stack:
                found = (start, one.start[1], cuts)
        elif one.type == tokenize.OP and one.string == "," and stack:
            stack[-1][1].append(one.start[1])
    return found if found is not None and found[1] == len(text) - 1 else None
