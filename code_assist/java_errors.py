"""Syntax errors of Java files, one per root cause, with the place of the cause.

tree-sitter's ERROR nodes begin where its recovery chose to begin, and one slip may leave several.
The automaton of viable prefixes tells the first token at which no program goes on. The statement,
or the block, around it that takes most of the faults along is left out, and what is still broken
then has a cause of its own. Where curly brackets do not balance, everything after is an echo, and
only the first error is told.
"""

import re
from collections.abc import Iterator
from itertools import accumulate, islice

from assistants.constraint import Program
from assistants.masking import begins_program, first_error

from . import brackets, languages
from .java_syntax import JavaError, over_accepted
from .parsing import faults, is_broken
from .source import Source

BODIES = frozenset(
    {"class_body", "interface_body", "enum_body", "enum_body_declarations", "record_body"}
    | {"annotation_type_body"}
)
_MOST = 12
_WIDEST = 3
"""Blocks around an error that are tried."""
_BARE = re.compile(r"\s*(?:(?!(?:do|else|finally|static|try)\b)\w+|[^\w\s@{}(])?\s*|\s*\(\s*")
_TOKEN = re.compile(
    r"(?P<blank>\s+|//[^\n]*|/\*.*?(?:\*/|\Z))"
    r'|""\"(?:\\.|(?!""").)*(?:"""|\Z)|"(?:\\.|[^"\\\n])*"?|\'(?:\\.|[^\'\\\n])*\'?|\w+|[^\w\s]',
    re.DOTALL,
)
_ENDS = frozenset(";{}")
_EXPECTED = (";", ")", ",", "]", "{")
_CALLED = re.compile(r"(?<![@\w.])\w+(?=\s*\()")
_ANNOTATION = re.compile(r"\s*@\w+\s*")
_TYPE = re.compile(r"(?<!\.)\b(?:class|enum|interface|record)\s+\w+[^;{}()=]*\Z")
_WORDS = languages.by_name("java").keywords


def errors(source: Source) -> tuple[JavaError, ...]:
    """Return one error per root cause, in the order of the text."""
    if not is_broken(source):
        return tuple(_unfinished_name(source, one) for one in over_accepted(source))
    stuck = first_error(source.language, source.text)
    unbalanced = _unbalanced(source)
    if stuck is not None and unbalanced is None:
        first = _told(source, stuck)
        if any(not is_broken(left) for left in _without(source, first.start)):
            return (first,)
    found = faults(source)
    if not found:
        return ()
    first = _told(source, found[0].start if stuck is None else stuck)
    if unbalanced is not None:
        same = found[0].missing == "}"
        same = same or source.position(unbalanced.start).line <= source.position(first.start).line
        return (unbalanced if same else first,)
    return _several(source, first, len(found))


def _several(source: Source, first: JavaError, count: int) -> tuple[JavaError, ...]:
    """Return the first error, and those that are left when the piece around it is left out."""
    told, current = [first], source
    while count > 1 and len(told) < _MOST:
        tried = [(len(faults(left)), left) for left in _without(current, told[-1].start)]
        fewest, current = min(tried, key=lambda one: one[0], default=(count, current))
        if not 0 < fewest < count:
            break
        count = fewest
        stuck = first_error(current.language, current.text)
        told.append(_told(current, faults(current)[0].start if stuck is None else stuck))
    return tuple(sorted(told, key=lambda error: error.start))


def balanced(source: Source) -> bool:
    """Whether every curly bracket has a partner."""
    depths = _depths(source.text)
    return not depths or (min(depths) >= 0 and not depths[-1])


def _told(source: Source, at: int) -> JavaError:
    """Return the error of a text that no program goes on with at a place, told there or before."""
    while at and source.text[at - 1 : at + 1].isidentifier():
        at -= 1
    before, token = _tokens_around(source, at)
    if token is None:
        end = before.end() if before is not None else 0
        return JavaError(message="the file ends too early", start=end, end=end)
    before, token = _behind_words(source, before, token)
    expected = _expected(source, before, token)
    if before is not None and _belongs_before(source, before, token, expected):
        message = f"{expected} expected" if expected else f"unexpected '{token.group()[:40]}' below"
        return JavaError(message=message, start=before.end(), end=before.end())
    message = f"{expected} expected" if expected else f"unexpected '{token.group()[:40]}'"
    return JavaError(message=message, start=token.start(), end=token.end())


def _tokens_around(source: Source, at: int) -> "tuple[re.Match[str] | None, re.Match[str] | None]":
    """Return the last token that ends before an offset, and the first that ends behind it."""
    before: re.Match[str] | None = None
    number = source.position(at).line
    while number > 0 and before is None:
        number = max(number - 40, 0)
        start = source.line_start(number)
        comment = source.text.rfind("/*", 0, start)
        start = comment if comment > source.text.rfind("*/", 0, start) else start
        for token in _TOKEN.finditer(source.text, start):
            if token.lastgroup == "blank":
                continue
            if token.end() > at:
                return before, token
            before = token
    for token in _TOKEN.finditer(source.text, at):
        if token.lastgroup != "blank":
            return before, token
    return before, None


def _behind_words(
    source: Source, before: "re.Match[str] | None", token: "re.Match[str]"
) -> "tuple[re.Match[str] | None, re.Match[str]]":
    """Return the tokens around the line end at which modifiers or annotations were no such.

    The automaton takes reserved words for names where names may stand: `Override` above
    `public void f()` is a type, `public` its name, and `void` the first token that does not fit.
    """
    number = source.position(token.start()).line
    for _ in range(4):
        lead = source.line(number)[: token.start() - source.line_start(number)]
        words = set(re.findall(r"\w+", lead))
        noted = source.line(max(number - 1, 0)).lstrip().startswith("@")
        plain = words <= _WORDS or noted
        above, first = _tokens_around(source, source.line_start(number))
        if above is None or first is None or above.group() in _ENDS or not (lead.strip() and plain):
            break
        if above.group() != "@" and _may_declare(source, above.end()):
            break
        before, token = above, first
        line = source.position(above.start()).line
        if not _ANNOTATION.fullmatch(source.line(line)):
            break
        number = line
    return before, token


def _may_declare(source: Source, end: int) -> bool:
    """Whether a method or a class may follow a text: it ends with what stands before one."""
    head = source.text[:end]
    probes = (f"{head} void x()", f"{head} class x {{")
    return any(begins_program(Program(source.language, one)) for one in probes)


def _unfinished_name(source: Source, error: JavaError) -> JavaError:
    """Return the error behind the line above where a reserved word only follows that line."""
    before, token = _tokens_around(source, error.start)
    if "result type" in error.message:
        name = _CALLED.search(source.text, error.start, error.end)
        place = (
            error
            if name is None
            else JavaError(message=error.message, start=name.start(), end=name.end())
        )
        above = _tokens_around(source, place.start)[0]
        if above is None or above.group() != "@" or place is error:
            return place
        before, token = above, name
    elif "reserved word" not in error.message:
        return error
    if before is None or token is None:
        return error
    broken = "\n" in source.text[before.end() : token.start()] and before.group() not in _ENDS
    if not broken:
        return error
    return JavaError(message="a name expected", start=before.end(), end=before.end())


def _expected(source: Source, before: "re.Match[str] | None", token: "re.Match[str]") -> str:
    """Return the token that makes the text go on where it stopped, if one does."""
    if before is None:
        return ""
    head, tail = source.text[: before.end()], source.text[before.end() : token.end()]
    for one in _EXPECTED:
        if begins_program(Program(source.language, f"{head} {one}{tail}")):
            return f"'{one}'"
    return ""


def _belongs_before(
    source: Source, before: "re.Match[str]", token: "re.Match[str]", expected: str
) -> bool:
    """Whether an error is told behind the token before: there the line was left unfinished."""
    if "\n" not in source.text[before.end() : token.start()]:
        return bool(expected)
    first = token.group()[0]
    above = source.line(source.position(before.start()).line)
    if _ANNOTATION.match(above) and _may_declare(source, before.end()):
        return False
    return before.group() not in _ENDS and (first.isalnum() or first in "_}{@\"'")


def _without(source: Source, at: int) -> Iterator[Source]:
    """Yield the source without the statement, or the blocks, around a place, but with its types."""
    for start, end in islice(_pieces(source, at), _WIDEST):
        header = source.text[start:end].partition("{")[0]
        if _TYPE.search(header) is None:
            empty = re.sub(r"[^\r\n]", " ", source.text[start:end])
            yield source.insert(start, end, empty)


def _pieces(source: Source, at: int) -> Iterator[tuple[int, int]]:
    """Yield the offsets of the statement around a place, and of the blocks around that."""
    starts = [0]
    depth, statement = 0, True
    for mark, place in brackets.limits(source.text):
        end = place + 1
        if place < at:
            if mark == "{":
                starts[-1:] = [starts[-1], end]
            elif mark == "}" and len(starts) > 1:
                starts.pop()
                starts[-1] = end
            else:
                starts[-1] = end
        elif mark == "{":
            depth += 1
        elif depth:
            depth -= mark == "}"
            if statement and mark == "}" and not depth:
                statement = False
                yield starts[-1], end
        elif statement and mark == ";":
            statement = False
            yield starts[-1], end
        elif mark == "}" and len(starts) > 1:
            starts.pop()
            statement = False
            yield starts[-1], end


def _unbalanced(source: Source) -> JavaError | None:
    """Return the curly bracket that has no partner, judged by indentation; None if all have."""
    if balanced(source):
        return None
    opened: list[tuple[int, int]] = []
    missing: JavaError | None = None
    extra: int | None = None
    for at, indent in _braces(source):
        if indent is not None:
            opened.append((at, indent))
            continue
        if not opened:
            return _never_opened(source, extra if extra is not None else at)
        start, expected = opened.pop()
        if source.position(start).line == source.position(at).line:
            continue
        lead = _indent(source, at) - expected
        if lead < 0 and missing is None and _first_on_line(source, at):
            missing = _never_closed(source, start, expected, at)
        if lead > 0 and extra is None:
            extra = at
        elif not lead and extra is not None and start < extra:
            extra = None  # it fits again what was opened before: that was only laid out oddly
    if opened:
        return missing or _never_closed(source, *opened[-1], len(source.text))
    return None


def _depths(text: str) -> list[int]:
    """Return how many curly brackets are open behind each of them."""
    return list(accumulate((mark == "{") - (mark == "}") for mark, _ in _curly(text)))


def _curly(text: str) -> Iterator[tuple[str, int]]:
    return (one for one in brackets.limits(text) if one[0] != ";")


def _braces(source: Source) -> Iterator[tuple[int, int | None]]:
    """Yield the curly brackets; an opening one with the indentation of its statement."""
    rounds: list[int] = []
    group: int | None = None  # where the last group of round brackets since a brace began
    for mark, at in brackets.marks(source.text):
        if mark == "(":
            rounds.append(at)
        elif mark == ")" and rounds:
            group = rounds.pop()
        elif mark == "{":
            indent = _indent(source, at)
            yield at, indent if group is None else min(indent, _indent(source, group))
            group = None
        elif mark == "}":
            yield at, None
            group = None


def _never_closed(source: Source, start: int, indent: int, stop: int) -> JavaError:
    """Return the error, placed after the last line that is indented as if inside."""
    first, last = source.position(start).line, source.position(stop).line
    place = first
    for number in range(first + 1, last + 1):
        line = source.line(number).expandtabs(4)
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        place = number if line.strip() else place
    end = source.line_start(place) + len(source.line(place).rstrip())
    if place < last and _BARE.fullmatch(source.line(place + 1)):  # its own line is still there
        end = source.line_start(_own_line(source, place + 1, indent))
    opened_twice = re.compile(r"\{\s*\{").match(source.text, start)
    if opened_twice is not None and "\n" not in opened_twice.group():
        return _alone(start, "'{' twice: the first one is never closed")
    message = f"'}}' expected: the '{{' of line {first + 1} is never closed"
    return JavaError(message=message, start=end, end=end)


def _never_opened(source: Source, at: int) -> JavaError:
    """Return the end of the line that the layout says should have opened a block."""
    line = source.position(at).line
    indent, above = _indent(source, at), line - 1
    if not _first_on_line(source, at):
        return _alone(at, "'}' closes nothing")
    while above > 0:
        text = source.line(above)
        if text.strip() and _indent(source, source.line_start(above)) <= indent:
            break
        above -= 1
    header = source.line(above)
    deeper = any(source.line(one).strip() for one in range(above + 1, line))
    begins = header.strip()[:1].isalpha() and header.rstrip()[-1:] not in _ENDS
    if deeper and begins and _indent(source, source.line_start(above)) == indent:
        end = source.line_start(above) + len(header.rstrip())
        below = source.line(above + 1)
        if _BARE.fullmatch(below) and len(below) - len(below.lstrip()) == indent:
            end = source.line_start(above + 1)  # it stood on a line of its own
        message = f"'{{' expected: the '}}' of line {line + 1} closes nothing"
        return JavaError(message=message, start=end, end=end)
    return _alone(at, "'}' closes nothing")


def _own_line(source: Source, line: int, indent: int) -> int:
    """Return the line on which a brace stood alone, of those that are bare below a block."""
    last = line
    while last + 1 < source.line_count and not source.line(last + 1).strip():
        last += 1
    below = source.line(last + 1) if last + 1 < source.line_count else ""
    if not source.line(line).strip() and below.strip() and _BARE.fullmatch(below):
        return last + 1 if len(below) - len(below.lstrip()) == indent else line
    if not indent and last + 1 >= source.line_count and last > line:
        return last - 1  # nothing follows: it stood last in the file
    blank = (n for n in range(line, last + 1) if len(source.line(n).expandtabs(4)) == indent)
    return next(blank, line) if indent and not source.line(line).strip() else line


def _alone(at: int, message: str) -> JavaError:
    return JavaError(message=message, start=at, end=at + 1)


def _indent(source: Source, at: int) -> int:
    line = source.line(source.position(at).line).expandtabs(4)
    return len(line) - len(line.lstrip())


def _first_on_line(source: Source, at: int) -> bool:
    place = source.position(at)
    return not source.line(place.line)[: place.column].strip()
