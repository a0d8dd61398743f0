"""Where a Python syntax error is told: where the cause is, as far as the layout shows it.

CPython tells a bracket that is never closed where it opens, a bracket too many where the parser
runs out of open ones, a missing comma as the two expressions around it, and a missing word as an
unexpected indentation below. People lay brackets out: what closes one stands below the line that
opens it, or behind its last line. Where the layout contradicts the pairs of brackets, the bracket
at which they part is the one that was forgotten, or is too many.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from .python_syntax import PythonError
from .source import Source

_TOKEN = re.compile(
    r"(?P<text>[rRbBuUfF]{0,2}(?:\"\"\"(?:\\.|[^\\])*?(?:\"\"\"|\Z)|'''(?:\\.|[^\\])*?(?:'''|\Z)"
    r"|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?))|(?P<comment>#[^\n]*)"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<word>\w+)|(?P<other>[^\s\w])",
    re.DOTALL,
)
_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_OPENERS = {closer: opener for opener, closer in _CLOSERS.items()}
_BRACKETS = re.compile(r"was never closed|^unmatched|does not match opening")
_BLOCK = re.compile(r"^expected an indented block after .* on line (\d+)$")
_GOES_ON = re.compile(r"[,(\[{+\-*/%|&^=<>.]\s*(?:#.*)?$|\b(?:and|or|not|in|is|if|else)\s*$")
_BARE = re.compile(r"\s*(?:(?!(?:else|finally|try)\b)\w+|[^\w\s@#\"')\]}]),?\s*")
_HEADER = re.compile(r"\s*(?:async|class|def|elif|for|if|while|with)\b")
_CLOSING = re.compile(r"\s*[)\]}][)\]}\s]*(?:$|[^\w\s]|(?:and|as|else|for|from|if|in|is|not|or)\b)")
_STATEMENT = re.compile(
    r"\s*(?:@|(?:async|def|class|return|if|for|while|with|try|import|from|raise|assert|del|pass"
    r"|break|continue|global|nonlocal)\b|\w[\w.]*(?:\[[^\]]*\])?(?:\s*:[^=]*)?\s[-+*/|&]?=\s)"
)
_NO_OPERAND = frozenset(
    "and or not in is if else for while return yield lambda await async import from as with assert "
    "del raise elif print".split()
)
_STATEMENT_WORDS = frozenset({"pass", "break", "continue", "return", "raise", "yield"})
_FURTHEST = 300
"""Tokens of an expression among which a comma may be missing."""
_SHOWN = 20
"""Characters of a token that a message quotes."""
_LONGEST = 400
"""Lines above an error among which the statement's beginning is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bracket:
    """An opened bracket: where, on what line, how far that is indented, and if its line ends."""

    at: int
    mark: str
    line: int
    indent: int
    hanging: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parting:
    """Where the layout contradicts the pairs: a bracket never closed, or one that closes early."""

    opened: _Bracket
    closed_at: int = -1


def located(source: Source, error: PythonError) -> PythonError:
    """Return an error with the place of its cause, where that can be told; else as it is."""
    message = error.message
    if _BRACKETS.search(message):
        return _bracket(source, error)
    header = _BLOCK.match(message)
    if header is not None:
        return _missing_block(source, error, int(header.group(1)) - 1)
    if message == "unexpected indent":
        return _indented(source, error)
    if message.startswith("unindent does not match"):
        return _first_of_block(source, error)
    if message.startswith("positional argument follows"):
        return _positional(source, error)
    if "forgot a comma" in message:
        return _comma(source, error)
    if "instead of '='" in message:
        return _nameless_call(source, error)
    return _named(source, _line_above(source, error)) if message == "invalid syntax" else error


def _named(source: Source, error: PythonError) -> PythonError:
    """Return CPython's barest message with the token that it is about."""
    if error.message != "invalid syntax":
        return error
    token = _TOKEN.match(source.text, error.start)
    found = token.group().split("\n")[0].strip()[:_SHOWN] if token is not None else ""
    ends = source.text[error.start : error.start + 1] in {"", "\r", "\n"}
    where = "the end of the line" if ends else f"'{found}'"
    return replace(error, message=f"invalid syntax at {where}") if found or ends else error


def _bracket(source: Source, error: PythonError) -> PythonError:
    """Return where the layout and the pairs of brackets part."""
    stop = source.position(error.start).line
    never = "never closed" in error.message
    first = _statement(source, stop)
    last = _end_of_block(source, stop) if never else stop
    parting = _parting(source, first, min(last + 1, source.line_count - 1))
    if parting is not None and parting.closed_at >= 0:
        return _too_early(source, parting)
    if parting is not None:
        return _never_closed(source, parting.opened)
    at = error.start
    if never:
        opened = next((one for one in _opened(source, stop, stop) if one.at == at), None)
        return _never_closed(source, opened) if opened is not None else error
    return _never_opened(source, error) if error.message.startswith("unmatched") else error


def _too_early(source: Source, parting: _Parting) -> PythonError:
    mark = source.text[parting.closed_at]
    opened = parting.opened
    message = f"'{mark}' closes the '{opened.mark}' of line {opened.line + 1} too early"
    return PythonError(message=message, start=parting.closed_at, end=parting.closed_at + 1)


def _never_closed(source: Source, opened: _Bracket) -> PythonError:
    """Return the error, placed behind the last line that is laid out as if inside."""
    last = _end_of_block(source, opened.line)
    behind = source.line(opened.line)[opened.at + 1 - source.line_start(opened.line) :]
    extra = (behind.strip() and not behind.strip(" \t([{")) or _follows_a_name(source, opened)
    if last == opened.line or extra:
        words = f"'{opened.mark}' was never closed"
        return PythonError(message=words, start=opened.at, end=opened.at + 1)
    end = _code_end(source, last)
    below = last + 1
    if below < source.line_count and _stands_bare(source, below, opened.indent):
        end = source.line_start(below) + len(source.line(below).rstrip())
    closer = _CLOSERS[opened.mark]
    words = f"'{closer}' expected: the '{opened.mark}' of line {opened.line + 1} was never closed"
    return PythonError(message=words, start=end, end=end)


def _follows_a_name(source: Source, opened: _Bracket) -> bool:
    """Whether a bracket stands where none can: `{` behind a name."""
    before = re.search(r"\w+\Z", source.text[max(opened.at - 40, 0) : opened.at])
    return opened.mark == "{" and before is not None and before.group() not in _NO_OPERAND


def _stands_bare(source: Source, line: int, indent: int) -> bool:
    """Whether a line is one on which only a closing bracket may have stood."""
    text = source.line(line)
    if text.strip():
        return _BARE.fullmatch(text) is not None
    above = source.line(line - 1).lstrip()[:1]
    return len(text.expandtabs(4)) == indent and (indent > 0 or above not in _OPENERS)


def _never_opened(source: Source, error: PythonError) -> PythonError:
    """Return the end of the line that the layout says should have opened a bracket."""
    line = source.position(error.start).line
    text = source.line(line)
    if not _CLOSING.match(text) or text[: source.position(error.start).column].strip():
        return error
    above = line - 1
    while above > max(line - _LONGEST, 0) and (
        not source.line(above).strip() or _indent(source.line(above)) > _indent(text)
    ):
        above -= 1
    inside = any(source.line(one).strip() for one in range(above + 1, line))
    header = source.line(above)
    if not inside or _indent(header) != _indent(text) or header.rstrip().endswith(":"):
        return error
    end = _code_end(source, above)
    mark = source.text[error.start]
    words = f"'{_OPENERS[mark]}' expected: the '{mark}' of line {line + 1} closes nothing"
    return PythonError(message=words, start=end, end=end)


def _missing_block(source: Source, error: PythonError, header: int) -> PythonError:
    """Return the empty line where a block should begin, else the header that wants one."""
    below = header + 1
    width = _indent(source.line(header))
    if below < source.line_count:
        line = source.line(below)
        if not line.strip() and len(line.expandtabs(4)) > width:
            end = source.line_start(below) + len(line)
            return PythonError(message=error.message, start=end, end=end)
    start = source.line_start(header) + len(source.line(header)) - len(source.line(header).lstrip())
    return PythonError(message=error.message, start=start, end=_code_end(source, header))


def _indented(source: Source, error: PythonError) -> PythonError:
    """Return what the line above lacks, where a line is indented because of that."""
    line = source.position(error.start).line
    above = line - 1
    while above > 0 and not source.line(above).strip():
        above -= 1
    first = _statement(source, above)
    parting = _parting(source, first, above, closing=True)
    if parting is not None:
        return _too_early(source, parting)
    words = source.line(above).strip()
    below = min(_deeper(source, above) + 1, source.line_count - 1)
    name = re.fullmatch(r"[\w.]+", words) and words not in _STATEMENT_WORDS
    if name or _closes_more(source, line, below):
        end = _code_end(source, above)
        return PythonError(message="the lines below do not belong to this one", start=end, end=end)
    return error


def _closes_more(source: Source, first: int, last: int) -> bool:
    """Whether some lines close a bracket that they do not open."""
    depth = 0
    for one in _brackets(source, first, last):
        depth += 1 if one.mark in _CLOSERS else -1
        if depth < 0:
            return True
    return False


def _first_of_block(source: Source, error: PythonError) -> PythonError:
    """Return the line above where that began a block, deeper than the lines that follow it."""
    line = source.position(error.start).line
    above = line - 1
    header = next((n for n in range(above - 1, -1, -1) if source.line(n).strip()), None)
    later = next((n for n in range(line + 1, source.line_count) if source.line(n).strip()), line)
    alike = later > line and _indent(source.line(later)) == _indent(source.line(line))
    if header is None or not alike or not source.line(header).rstrip().endswith(":"):
        return error
    start = source.line_start(above)
    lead = len(source.line(above)) - len(source.line(above).lstrip())
    words = "the lines below are indented otherwise"
    return PythonError(message=words, start=start, end=start + lead)


def _comma(source: Source, error: PythonError) -> PythonError:
    """Return the place between two expressions that nothing joins."""
    depth, last = 0, None
    for token in islice(_TOKEN.finditer(source.text, error.start), _FURTHEST):
        if token.lastgroup == "comment":
            continue
        depth -= token.lastgroup == "close"
        if depth < 0:
            break
        if last is not None and depth == 0 and _is_operand(token) and _is_operand(last, end=True):
            both = last.lastgroup == "text" == token.lastgroup
            if not both and token.lastgroup != "open":
                return _between(source, error.message, last, token)
        depth += token.lastgroup == "open"
        last = token
    return error


def _between(
    source: Source, message: str, last: re.Match[str], token: re.Match[str]
) -> PythonError:
    """Return the second of two tokens, or the end of the first where a line ends with it."""
    if "\n" in source.text[last.end() : token.start()]:
        return PythonError(message=message, start=last.end(), end=last.end())
    return PythonError(message=message, start=token.start(), end=token.end())


def _is_operand(token: re.Match[str], *, end: bool = False) -> bool:
    """Whether an expression can begin (or end) with a token."""
    if token.lastgroup == "word":
        return token.group() not in _NO_OPERAND
    return token.lastgroup in {"text", "close" if end else "open"}


def _nameless_call(source: Source, error: PythonError) -> PythonError:
    """Return the bracket before a keyword argument, where nothing stands that could be called."""
    first = _statement(source, source.position(error.start).line)
    start = source.line_start(first)
    tokens = [
        one for one in _TOKEN.finditer(source.text, start, error.start)
        if one.lastgroup != "comment"
    ]  # fmt: skip
    if not tokens or tokens[-1].group() != "(":
        return error
    if len(tokens) > 1 and _is_operand(tokens[-2], end=True):
        return error
    at = tokens[-1].start()
    words = "a name is missing before '(': keyword arguments belong to a call"
    return PythonError(message=words, start=at, end=at + 1)


def _positional(source: Source, error: PythonError) -> PythonError:
    """Return the argument that is given by position behind those that are given by name."""
    line = source.position(error.start).line
    start = source.line_start(_statement(source, line))
    opened = list(_TOKEN.finditer(source.text, start, error.start + 1))
    depth, arguments = 0, [list[re.Match[str]]()]
    for token in reversed(opened[:-1]):
        depth += (token.lastgroup == "close") - (token.lastgroup == "open")
        if depth < 0:
            break
        if token.group() == "," and not depth:
            arguments.append([])
        elif token.lastgroup != "comment":
            arguments[-1].append(token)
    named = False
    for words in reversed(arguments):
        by_name = len(words) > 1 and words[-1].lastgroup == "word" and words[-2].group() == "="
        if named and words and not by_name and words[-1].group() != "*":
            return PythonError(message=error.message, start=words[-1].start(), end=words[0].end())
        named = named or by_name
    return error


def _line_above(source: Source, error: PythonError) -> PythonError:
    """Return the end of the line above where the error is that a line follows without a comma."""
    line = source.position(error.start).line
    lead = source.line(line)[: source.position(error.start).column]
    if lead.strip() or not line:
        return error
    first = _statement(source, line - 1)
    start = source.line_start(first)
    tokens = [
        one for one in _TOKEN.finditer(source.text, start, error.start)
        if one.lastgroup != "comment"
    ]  # fmt: skip
    here = _TOKEN.match(source.text, error.start)
    depth = sum((one.lastgroup == "open") - (one.lastgroup == "close") for one in tokens)
    if here is None or not tokens or depth <= 0 or not _is_operand(here):
        return error
    if not _is_operand(tokens[-1], end=True):
        return error
    return _between(source, "invalid syntax. Perhaps you forgot a comma?", tokens[-1], here)


def _parting(source: Source, first: int, last: int, *, closing: bool = False) -> _Parting | None:
    """Return where layout and pairs of brackets part in some lines; None where they agree.

    `closing`: only a bracket that closes too early is looked for, and no contradiction needed.
    """
    opened: list[_Bracket] = []
    early: _Parting | None = None
    for one in _brackets(source, first, last):
        if one.mark in _CLOSERS:
            opened.append(one)
            continue
        leads = not source.text[source.line_start(one.line) : one.at].strip()
        laid = [each for each in opened if leads and each.hanging and each.indent == one.indent]
        if laid and laid[-1].mark == _OPENERS[one.mark] and laid[-1] is not opened[-1]:
            return _Parting(opened=opened[opened.index(laid[-1]) + 1])
        laid_out = leads and early is not None and early.opened.indent == one.indent
        if not opened:
            return early if laid_out else None
        top = opened[-1]
        if top.mark != _OPENERS[one.mark]:
            return early if laid_out else _of_mismatch(opened, one, leads=leads)
        if top.hanging and one.line > top.line and one.indent > top.indent:
            early = early or _Parting(opened=top, closed_at=one.at)
        opened.pop()
    return early if closing else None


def _of_mismatch(opened: list[_Bracket], one: _Bracket, *, leads: bool) -> _Parting | None:
    """Return the bracket that was forgotten, where one further out is meant to be closed."""
    top = opened[-1]
    outer = any(each.mark == _OPENERS[one.mark] for each in opened[:-1])
    misfit = leads and top.hanging and top.indent == one.indent
    return _Parting(opened=top) if outer and not misfit and top.line != one.line else None


def _opened(source: Source, first: int, last: int) -> list[_Bracket]:
    return [one for one in _brackets(source, first, last) if one.mark in _CLOSERS]


def _brackets(source: Source, first: int, last: int) -> Iterator[_Bracket]:
    """Yield the brackets of some lines, outside of literals and comments."""
    start = source.line_start(first)
    stop = source.line_start(last + 1) if last + 1 < source.line_count else len(source.text)
    for token in _TOKEN.finditer(source.text, start, stop):
        if token.lastgroup in {"open", "close"}:
            line = source.position(token.start()).line
            text = source.line(line)
            rest = text[token.end() - source.line_start(line) :].strip()
            yield _Bracket(
                at=token.start(), mark=token.group(), line=line, indent=_indent(text),
                hanging=not rest or rest.startswith("#"),
            )  # fmt: skip


def _statement(source: Source, line: int) -> int:
    """Return the line on which the statement around a line seems to begin."""
    first, indent = line, _indent(source.line(line))
    if _STATEMENT.match(source.line(line)) and not source.line(line).rstrip().endswith(","):
        return line
    for above in range(line - 1, max(line - _LONGEST, -1), -1):
        text = source.line(above)
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        width = _indent(text)
        if width > indent:
            continue
        goes_on = _GOES_ON.search(text) is not None
        if width < indent and not goes_on:
            break
        closes = text.lstrip()[:1] in _OPENERS
        if width == indent and not goes_on and not closes and not _GOES_ON.search(text):
            break
        first, indent = above, width
        if _STATEMENT.match(text) and not text.rstrip().endswith(","):
            break
    return first


def _end_of_block(source: Source, line: int) -> int:
    """Return the last line below a line that is indented deeper and goes on with it."""
    if not _GOES_ON.search(source.line(line)):
        return line
    return _deeper(source, line)


def _deeper(source: Source, line: int) -> int:
    """Return the last of the lines below a line that are indented deeper."""
    indent, last = _indent(source.line(line)), line
    heads = _HEADER.match(source.line(line)) is not None
    for below in range(line + 1, source.line_count):
        text = source.line(below)
        if text.strip() and _indent(text) <= indent:
            break
        last = below if text.strip() else last
        if heads and text.rstrip().endswith(":"):
            break
    return last


def _code_end(source: Source, line: int) -> int:
    """Return the offset behind the last token of a line that is no comment."""
    start = source.line_start(line)
    end = start
    for token in _TOKEN.finditer(source.text, start, start + len(source.line(line))):
        end = end if token.lastgroup == "comment" else token.end()
    return end


def _indent(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())
