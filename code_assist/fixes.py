"""Quick-fixes: small edits that take a finding away. Each one is tried before it is offered.

An edit is offered only if the finding is gone with it and no other one has come. For syntax errors
one token is put in, taken out or exchanged near the place where parsing stopped, or a line is
indented otherwise; the smallest edits come first.
"""

import difflib
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice, pairwise

from assistants.model import Model

from . import languages
from .diagnose import Diagnostic, diagnose
from .imports import modules
from .model_fixes import line_by_model
from .parsing import is_broken
from .python_resolver import resolver_at
from .source import Source, Span
from .verify import standing
from .workspace import Workspace

_TRIED = 250
"""Edits that are tried for one syntax error, and for how many seconds."""
_SECONDS = 1.5
_OFFERED = 3
_ALIKE = 0.75
_TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"?|\'(?:\\.|[^\'\\\n])*\'?|\w+|[^\w\s]')
_CLOSERS = (")", "]", "}")
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_WANTED = re.compile(r"^'(\S)' expected|expected '(\S)'")
_PUT_IN = {
    "python": (*_CLOSERS, ":", ",", "(", "=", "[", "{", "'", '"', "in", " pass", "x", ".", '"""'),
    "java": (*_CLOSERS, ";", ",", "(", "{", "=", '"', "'", "[", ".", "x", ":", "int ", ">"),
}
_EXCHANGED = {
    "=": ("==", ":"), "==": ("=",), ")": ("]", "}", "):"), "]": (")", "}"), "}": (")", "]"),
    "(": ("[", "{"), "[": ("(", "{"), "{": ("(", "["), ";": (":", ","), ":": ("=", ";", ","),
    ",": (".", ":", ")"), ".": (",",), "else": ("elif",), "elif": ("else",),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """An edit and what it is called; `preferred` where it is the only likely one."""

    title: str
    span: Span
    new_text: str
    preferred: bool = False


def fixes(
    source: Source,
    finding: Diagnostic,
    *,
    model: Model | None = None,
    workspace: Workspace | None = None,
) -> tuple[Fix, ...]:
    """Return verified edits for a finding of `diagnose`, the likeliest first.

    A model that was trained to repair is asked for the line of a syntax error, after the edits that
    need none. A name that the workspace defines elsewhere may be imported.
    """
    makers = {
        "syntax-error": _syntax,
        "undefined-name": partial(_undefined, workspace=workspace),
        "unused-import": _unused,
        "unknown-attribute": _attribute,
        "swapped-arguments": _swapped,
    }
    maker = makers.get(finding.code)
    if maker is None:
        return ()
    judge = _Judge(source, finding)
    found: list[Fix] = []
    until = time.monotonic() + _SECONDS
    for fix in maker(source, finding):
        found += [fix] if judge.mends(fix) else []
        if len(found) == _OFFERED or time.monotonic() > until:
            break
    if model is not None and len(found) < _OFFERED and finding.code == "syntax-error":
        known = {source.replace(fix.span, fix.new_text).text for fix in found}
        found += [
            fix
            for fix in _by_model(source, finding, model)
            if judge.mends(fix) and source.replace(fix.span, fix.new_text).text not in known
        ]
    return tuple(found)


def _by_model(source: Source, finding: Diagnostic, model: Model) -> Iterator[Fix]:
    """Yield the line of a finding as a model writes it."""
    number = finding.span.start.line
    start = source.line_start(number)
    for line in line_by_model(source, number, finding.message, model):
        span = source.span(start, start + len(source.line(number).rstrip()))
        yield Fix(title=f"Write {line.strip()[:60]!r}", span=span, new_text=line)


class _Judge:
    """Tells whether an edit takes one finding away and brings no other."""

    def __init__(self, source: Source, finding: Diagnostic) -> None:
        self._source, self._finding = source, finding
        self._errors = _errors(source)
        self._before = _counted(diagnose(source)) if finding.code != "syntax-error" else {}

    def mends(self, fix: Fix) -> bool:
        """Whether the edit helps."""
        edited = self._source.replace(fix.span, fix.new_text)
        if self._finding.code == "syntax-error":
            if self._errors == 1 and _is_broken(edited):  # most are: that is known quickly
                return False
            return _errors(edited) < self._errors
        now = _counted(diagnose(edited))
        fewer = now.get(self._key, 0) < self._before.get(self._key, 0)
        return fewer and all(count <= self._before.get(key, 0) for key, count in now.items())

    @property
    def _key(self) -> tuple[str, str]:
        return self._finding.code, self._finding.message


def _is_broken(source: Source) -> bool:
    return is_broken(source) if source.language == "java" else not standing(source).parses


def _errors(source: Source) -> int:
    return sum(one.code == "syntax-error" for one in diagnose(source))


def _counted(found: Sequence[Diagnostic]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for one in found:
        counts[one.code, one.message] = counts.get((one.code, one.message), 0) + 1
    return counts


def _syntax(source: Source, finding: Diagnostic) -> Iterator[Fix]:
    seen: set[tuple[int, int, str]] = set()
    at = source.offset(finding.span.start)
    for start, end, new in islice(chain(_told(source, finding), _edits(source, at)), _TRIED):
        if (start, end, new) not in seen and source.text[start:end] != new:
            seen.add((start, end, new))
            old = source.text[start:end].strip()
            title = f"Put in {new.strip()!r}" if not old else f"Replace {old!r} by {new.strip()!r}"
            title = f"Remove {old[:40]!r}" if not new.strip() and old else title
            title = "Indent the line otherwise" if not new.strip() and not old else title
            yield Fix(title=title, span=source.span(start, end), new_text=new)


def _told(source: Source, finding: Diagnostic) -> Iterator[tuple[int, int, str]]:
    """Yield what the message itself asks for."""
    message = finding.message
    start, end = source.offset(finding.span.start), source.offset(finding.span.end)
    line = source.line(finding.span.start.line)
    first = source.line_start(finding.span.start.line)
    code_end = first + len(_without_comment(line, source.language))
    wanted = _WANTED.search(message)
    if wanted is not None:
        for place in dict.fromkeys((start, code_end)):
            yield place, place, wanted.group(1) or wanted.group(2)
    if source.text[start : start + 1] in _CLOSING and "never closed" in message:
        closer = _CLOSING[source.text[start]]
        for place in (code_end, code_end - line.rstrip().endswith((":", ";", ","))):
            yield place, place, closer
    if any(words in message for words in ("closes nothing", "too early", "unmatched", "twice")):
        yield start, end, ""


def _edits(source: Source, at: int) -> Iterator[tuple[int, int, str]]:
    """Yield the offsets of a text and what may stand there instead, likely ones first."""
    number = source.position(at).line
    line, start = source.line(number), source.line_start(number)
    tokens = [(start + one.start(), start + one.end()) for one in _TOKEN.finditer(line)]
    before = [one for one in tokens if one[1] <= at][-2:]
    here = [one for one in tokens if one[0] <= at < one[1]] or tokens[:0]
    around = [*here, *reversed(before), *[one for one in tokens if one[0] > at][:2]]
    code_end = start + len(_without_comment(line, source.language))
    put_in = _PUT_IN[source.language]
    yield from _indented(source, number)
    for first, last in around:
        for new in _EXCHANGED.get(source.text[first:last], ()):
            yield first, last, new
    for new in put_in[:5]:
        yield code_end, code_end, new
    for place in dict.fromkeys((at, *(edge for pair in around for edge in pair))):
        for new in put_in[:6]:
            yield place, place, new
    for first, last in here:
        for new in put_in[:4]:
            yield first, last, new
    for first, last in around:
        yield first, last, ""
    for below in range(number + 1, min(number + 13, source.line_count)):
        end = source.line_start(below) + len(source.line(below).rstrip())
        for new in _CLOSERS:
            yield end, end, new
    for one, two in pairwise(around):
        yield min(one[0], two[0]), max(one[1], two[1]), ""
    above = _code_above(source, number)
    for new in put_in:
        yield above, above, new
    for place in dict.fromkeys((code_end, at, *(edge for pair in around for edge in pair))):
        for new in put_in[5:]:
            yield place, place, new
    yield start, source.line_start(number + 1), ""


def _without_comment(line: str, language: str) -> str:
    mark = languages.by_name(language).line_comment
    pieces = [one for one in re.split(rf"({re.escape(mark)})", line, maxsplit=1) if one]
    quoted = line.count('"') + line.count("'")
    return (line if quoted or len(pieces) < 2 else pieces[0]).rstrip()


def _code_above(source: Source, number: int) -> int:
    """Return the end of the last line above that holds text."""
    for above in range(number - 1, -1, -1):
        line = source.line(above).rstrip()
        if line:
            return source.line_start(above) + len(line)
    return 0


def _indented(source: Source, number: int) -> Iterator[tuple[int, int, str]]:
    """Yield other indentations of a line, and a body for the header above it."""
    if source.language != "python":
        return
    line, start = source.line(number), source.line_start(number)
    width = len(line) - len(line.lstrip())
    above = [source.line(one) for one in range(number - 1, max(number - 60, -1), -1)]
    widths = [one[: len(one) - len(one.lstrip())] for one in above if one.strip()]
    header = next((one for one in above if one.strip()), "")
    if header.rstrip().endswith(":"):
        deeper = widths[0] + "    "
        yield start, start + width, deeper
        end = _code_above(source, number)
        yield end, end, f"\n{deeper}pass"
    if line.strip():
        for indent in dict.fromkeys(widths[:12]):
            yield start, start + width, indent
    if line.rstrip().endswith(":"):
        below = source.line(number + 1) if number + 1 < source.line_count else ""
        if below.strip():
            first = source.line_start(number + 1)
            yield first, first + len(below) - len(below.lstrip()), line[:width] + "    "
        end = start + len(line.rstrip())
        yield end, end, f"\n{line[:width]}    pass"


def _undefined(
    source: Source, finding: Diagnostic, *, workspace: Workspace | None
) -> Iterator[Fix]:
    offset = source.offset(finding.span.start)
    resolver = resolver_at(source, offset)
    known = sorted(resolver.visible() or ())
    for name in difflib.get_close_matches(finding.name, known, 3, _ALIKE):
        yield Fix(title=f"Change to {name!r}", span=finding.span, new_text=name)
    name = finding.name
    wanted: list[tuple[str, str]] = []
    if name in sys.stdlib_module_names:
        wanted.append((f"Import {name!r}", f"import {name}"))
    found = modules(source, name, workspace) if workspace is not None else ()
    wanted += [(f"Import {name!r} from {one}", f"from {one} import {name}") for one in found]
    at = _import_place(source)
    end = "\r\n" if "\r\n" in source.text else "\n"
    for title, statement in wanted:
        yield Fix(title=title, span=source.span(at, at), new_text=statement + end)


def _import_place(source: Source) -> int:
    """Return where an import may be put in: before the first one, else behind the docstring."""
    found = re.search(r"(?m)^(?:import|from(?![ \t]+__future__))\b", source.text)
    if found is not None:
        return found.start()
    docstring = re.match(
        r"(?:\s*#[^\n]*\n)*\s*(?:\"\"\".*?\"\"\"|'''.*?''')[^\n]*\n", source.text, re.DOTALL
    )
    return docstring.end() if docstring is not None else 0


def _unused(source: Source, finding: Diagnostic) -> Iterator[Fix]:
    """Take an import out: the whole statement, or its part between commas."""
    start, end = source.offset(finding.span.start), source.offset(finding.span.end)
    line = finding.span.start.line
    first, last = source.line_start(line), source.line_start(line + 1)
    title = f"Remove the import of {source.text[start:end]!r}"
    yield Fix(title=title, span=source.span(first, last), new_text="", preferred=True)
    behind = re.compile(r"\s*,[ \t]*").match(source.text, end)
    if behind is not None:
        yield Fix(title=title, span=source.span(start, behind.end()), new_text="", preferred=True)
    before = re.compile(r",\s*\Z").search(source.text, max(0, start - 200), start)
    if before is not None:
        yield Fix(title=title, span=source.span(before.start(), end), new_text="", preferred=True)


def _attribute(_source: Source, finding: Diagnostic) -> Iterator[Fix]:
    yield Fix(
        title=f"Change to {finding.name!r}", span=finding.span, new_text=finding.name,
        preferred=True,
    )  # fmt: skip


def _swapped(source: Source, finding: Diagnostic) -> Iterator[Fix]:
    one, two = re.findall(r"'(\w+)'", finding.message)[:2]
    start, end = source.offset(finding.span.start), source.offset(finding.span.end)
    exchanged = {one: two, two: one}
    words = re.compile(rf"(?<![\w.]){one}(?!\w|\s*=)|(?<![\w.]){two}(?!\w|\s*=)")
    new = words.sub(lambda found: exchanged[found.group()], source.text[start:end])
    yield Fix(title="Exchange the arguments", span=finding.span, new_text=new, preferred=True)
