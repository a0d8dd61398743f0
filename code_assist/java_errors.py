"""Syntax errors of Java files, one per root cause, with the place where parsing stopped.

tree-sitter's ERROR nodes begin where its recovery chose to begin; the token at which its parser
found no way on is in its log. Errors are counted once per member of a class. Where curly brackets
do not balance, everything after is an echo, and only the first error is told.
"""

import re
from collections.abc import Iterator

import tree_sitter

from assistants.masking import first_error

from . import brackets, languages
from .java_syntax import JavaError, over_accepted
from .parsing import Fault, faults, parse
from .source import Source

BODIES = frozenset(
    {"class_body", "interface_body", "enum_body", "enum_body_declarations", "record_body"}
    | {"annotation_type_body"}
)
_BARE = re.compile(r"\s*[^\w\s@{}(]?\s*")
_PROCESS = re.compile(r"process .*row:(\d+), col:(\d+)")
_TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"?|\w+|[^\w\s]')


def errors(source: Source) -> tuple[JavaError, ...]:
    """Return one error per root cause, in the order of the text."""
    found = faults(source)
    if not found:
        return over_accepted(source)
    unbalanced = _unbalanced(source)
    first = _described(source, found[0])
    if unbalanced is not None:
        same = found[0].missing == "}"
        return (unbalanced if same else min(unbalanced, first, key=lambda error: error.start),)
    by_member: dict[int, JavaError] = {}
    for fault in found:
        member = _member(source, fault.start)
        start = member.start_byte if member is not None else -1
        if start not in by_member:
            by_member[start] = _described(source, fault)
    return tuple(sorted(by_member.values(), key=lambda error: error.start))


def balanced(source: Source) -> bool:
    """Whether every curly bracket has a partner."""
    return _unbalanced(source) is None


def _described(source: Source, fault: Fault) -> JavaError:
    if fault.missing:
        what = {"identifier": "a name"}.get(fault.missing, f"'{fault.missing}'")
        at = fault.start
        if fault.missing != "}":
            at = len(source.text[:at].rstrip())  # behind the token before it, as javac tells it
        return JavaError(message=f"{what} expected", start=at, end=at)
    token = _TOKEN.search(source.text, _stop(source, fault))
    if token is None:
        end = len(source.text)
        return JavaError(message="the file ends too early", start=end, end=end)
    return JavaError(
        message=f"unexpected '{token.group()[:40]}'", start=token.start(), end=token.end()
    )


def _stop(source: Source, fault: Fault) -> int:
    """Return the end of the last token that fitted before a fault, as far as that can be told.

    A member of a class is parsed again by itself, because the log of a whole file takes long.
    Outside of any, the automaton of viable prefixes tells the first error of the file.
    """
    member = _member(source, fault.start)
    if member is not None and member.parent is not None:
        opening = _OPENINGS.get(member.parent.type, b"class A{")
        base = member.start_byte - len(opening)
        data = opening + (member.text or b"") + b"}"
        stops = [source.byte_to_offset(max(base + at, 0)) for at in _stops(data)]
        inside = [stop for stop in stops if fault.start <= stop <= fault.end]
        return min(inside, default=fault.start)
    first = first_error(source.language, source.text)
    if first is None or not fault.start <= first <= fault.end:
        return fault.start
    while first > fault.start and source.text[first - 1 : first + 1].isidentifier():
        first -= 1
    return first


_OPENINGS = {
    "enum_body": b"enum A{",
    "interface_body": b"interface A{",
    "annotation_type_body": b"@interface A{",
}


def _stops(data: bytes) -> list[int]:
    """Return the bytes behind which tree-sitter's parser gave up on all its parses at once.

    One parse that dies says nothing while another goes on; `resume` in the log says that none did.
    """
    places: list[tuple[int, int]] = []
    last, pending = (0, 0), (0, 0)

    def listen(_kind: tree_sitter.LogType, message: str) -> None:
        nonlocal last, pending
        if message.startswith("process"):
            match = _PROCESS.match(message)
            last = (int(match.group(1)), int(match.group(2))) if match else last
        elif message.startswith("detect_error"):
            pending = last
        elif message.startswith("resume"):
            places.append(pending)

    tree_sitter.Parser(languages.grammar("java"), logger=listen).parse(data)
    rows = [0, *(match.end() for match in re.finditer(b"\n", data))]
    return [rows[row] + column for row, column in places]


def _member(source: Source, at: int) -> tree_sitter.Node | None:
    """Return the innermost member of a class around an offset."""
    byte = source.offset_to_byte(at)
    node: tree_sitter.Node | None = parse(source).root_node.descendant_for_byte_range(byte, byte)
    while node is not None:
        if node.parent is not None and node.parent.type in BODIES:
            return node
        node = node.parent
    return None


def _unbalanced(source: Source) -> JavaError | None:
    """Return the curly bracket that has no partner, judged by indentation; None if all have."""
    opened: list[tuple[int, int]] = []
    missing: JavaError | None = None
    extra: JavaError | None = None
    for at, indent in _braces(source):
        if indent is not None:
            opened.append((at, indent))
            continue
        if not opened:
            return extra or _alone(at, "'}' closes nothing")
        start, expected = opened.pop()
        if source.position(start).line == source.position(at).line:
            continue
        lead = _indent(source, at) - expected
        if lead < 0 and missing is None and _first_on_line(source, at):
            missing = _never_closed(source, start, expected, at)
        if lead > 0 and extra is None:
            extra = _alone(at, "'}' closes nothing")
    if opened:
        return missing or _never_closed(source, *opened[-1], len(source.text))
    return None


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
        end = source.line_start(place + 1)
    message = f"'}}' expected: the '{{' of line {first + 1} is never closed"
    return JavaError(message=message, start=end, end=end)


def _alone(at: int, message: str) -> JavaError:
    return JavaError(message=message, start=at, end=at + 1)


def _indent(source: Source, at: int) -> int:
    line = source.line(source.position(at).line).expandtabs(4)
    return len(line) - len(line.lstrip())


def _first_on_line(source: Source, at: int) -> bool:
    place = source.position(at)
    return not source.line(place.line)[: place.column].strip()
