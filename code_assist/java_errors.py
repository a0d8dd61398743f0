"""Syntax errors of Java files, one per root cause, with the place where parsing stopped.

tree-sitter's ERROR nodes begin where its recovery chose to begin; the token at which its parser
found no way on is in its log. Errors are counted once per member of a class. Where curly brackets
do not balance, everything after is an echo, and only the first error is told.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import tree_sitter

from . import brackets, languages
from .java_syntax import JavaError, over_accepted
from .parsing import Fault, faults, parse
from .source import Source

BODIES = frozenset(
    {"class_body", "interface_body", "enum_body", "enum_body_declarations", "record_body"}
    | {"annotation_type_body"}
)
_PROCESS = re.compile(r"process .*row:(\d+), col:(\d+)")
_TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"?|\w+|[^\w\s]')


def errors(source: Source) -> tuple[JavaError, ...]:
    """Return one error per root cause, in the order of the text."""
    found = faults(source)
    if not found:
        return over_accepted(source)
    unbalanced = _unbalanced(source)
    stops = _stops(source)
    first = _described(source, found[0], stops)
    if unbalanced is not None:
        return (min(unbalanced, first, key=lambda error: error.start),)
    by_member: dict[int, JavaError] = {}
    for fault in found:
        member = _member_start(source, fault.start)
        by_member.setdefault(member, _described(source, fault, stops))
    return tuple(sorted(by_member.values(), key=lambda error: error.start))


def balanced(source: Source) -> bool:
    """Whether every curly bracket has a partner."""
    return _unbalanced(source) is None


def stops_early(source: Source) -> bool:
    """Whether the parser finds no way on at a token, and not only at the end of the text."""
    stops = _stops(source) if faults(source) else []
    return bool(stops) and stops[0].symbol != "end"


def _described(source: Source, fault: Fault, stops: "list[_Stop]") -> JavaError:
    if fault.missing:
        what = {"identifier": "a name"}.get(fault.missing, f"'{fault.missing}'")
        return JavaError(message=f"{what} expected", start=fault.start, end=fault.start)
    inside = (stop.after for stop in stops if fault.start <= stop.after <= fault.end)
    at = min(inside, default=fault.start)
    token = _TOKEN.search(source.text, at)
    if token is None:
        end = len(source.text)
        return JavaError(message="the file ends too early", start=end, end=end)
    return JavaError(
        message=f"unexpected '{token.group()[:40]}'", start=token.start(), end=token.end()
    )


@dataclass(frozen=True, slots=True)
class _Stop:
    """The end of the token after which no parse went on, and the token that fitted none."""

    after: int
    symbol: str


def _stops(source: Source) -> list[_Stop]:
    """Return where tree-sitter's parser gave up on all its parses at once, in that order.

    One parse that dies says nothing while another goes on; `resume` in the log says that none did.
    """
    places: list[tuple[int, int, str]] = []
    last, pending = (0, 0), (0, 0, "")

    def listen(_kind: tree_sitter.LogType, message: str) -> None:
        nonlocal last, pending
        if message.startswith("process"):
            match = _PROCESS.match(message)
            last = (int(match.group(1)), int(match.group(2))) if match else last
        elif message.startswith("detect_error"):
            pending = (*last, message.partition("lookahead:")[2])
        elif message.startswith("resume"):
            places.append(pending)

    data = source.text.encode()
    tree_sitter.Parser(languages.grammar("java"), logger=listen).parse(data)
    rows = [0, *(match.end() for match in re.finditer(b"\n", data))]
    return [
        _Stop(source.byte_to_offset(rows[row] + column), symbol) for row, column, symbol in places
    ]


def _member_start(source: Source, at: int) -> int:
    """Return where the outermost member of a class around an offset begins; -1 outside of any."""
    byte = source.offset_to_byte(at)
    node: tree_sitter.Node | None = parse(source).root_node.descendant_for_byte_range(byte, byte)
    start = -1
    while node is not None:
        if node.parent is not None and node.parent.type in BODIES:
            start = node.start_byte
            break
        node = node.parent
    return start


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
