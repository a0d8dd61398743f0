"""Python navigation by jedi, in a worker that is killed when it takes too long."""

import keyword
import re
from collections.abc import Callable
from pathlib import Path

from assistants import deadline
from assistants.errors import DeadlineExceeded, InputError, WorkerCrashed

from . import jedi_navigation, project_files
from .diagnose import diagnose
from .jedi_navigation import Place as Row
from .places import Help, Place, Renaming, Signature
from .source import Position, Source, Span
from .verify import standing

Read = Callable[[str], Source | None]
_SECONDS = 20.0
"""Generous: a worker that is killed starts cold again, and would be too late again."""
_SECONDS_FOR_A_PROJECT = 30.0


def definitions(source: Source, position: Position) -> tuple[Place, ...]:
    """Return where the name at a position is defined; nothing where jedi does not know."""
    try:
        rows = deadline.call(
            jedi_navigation.definitions_at, *_at(source, position), seconds=_SECONDS
        )
    except (DeadlineExceeded, WorkerCrashed, ValueError):
        return ()
    return _places(rows, source)


def references(source: Source, position: Position) -> tuple[Place, ...]:
    """Return the uses of the name at a position in the project, its definition among them."""
    try:
        rows = _references(source, position, "project")
    except (DeadlineExceeded, WorkerCrashed, ValueError):
        return ()
    return _places(rows, source)


def help_at(source: Source, position: Position) -> Help | None:
    """Return how the name at a position is declared, with its documentation."""
    try:
        rows = deadline.call(jedi_navigation.help_at, *_at(source, position), seconds=_SECONDS)
    except (DeadlineExceeded, WorkerCrashed, ValueError):
        return None
    if not rows:
        return None
    declaration, documentation = rows[0]
    return Help(declaration=declaration, documentation=documentation, span=_word(source, position))


def signatures(source: Source, position: Position) -> tuple[Signature, ...]:
    """Return the signatures of the call that a position stands in."""
    try:
        rows = deadline.call(
            jedi_navigation.signatures_at, *_at(source, position), seconds=_SECONDS
        )
    except (DeadlineExceeded, WorkerCrashed, ValueError):
        return ()
    return tuple(
        Signature(
            label=label,
            parameters=tuple(parameters),
            current=current if current >= 0 else None,
            documentation=documentation,
        )
        for label, parameters, current, documentation in rows
    )


def rename(source: Source, position: Position, new_name: str, read: Read) -> Renaming:
    """Return verified edits that rename what stands at a position, in all files of the project.

    Raises:
        InputError: there is no such name, it is defined elsewhere, a file on disk is not the one
            that is shown, or the new name would change what something means.
    """
    if not new_name.isidentifier() or keyword.iskeyword(new_name):
        raise InputError(f"{new_name!r} is no Python name", hint="use letters, digits and _")
    try:
        rows = _references(source, position, "project")
        declared = deadline.call(
            jedi_navigation.definitions_at, *_at(source, position), seconds=_SECONDS
        )
    except (DeadlineExceeded, WorkerCrashed, ValueError) as error:
        raise InputError(f"the uses are not known: {error}", hint="try again") from error
    word = _word(source, position)
    old = source.line(position.line)[word.start.column : word.end.column]
    if not {path for path, *_ in declared} <= {path for path, *_ in rows} or not declared:
        raise InputError(
            f"{old!r} is defined outside of the project",
            hint="only names that the project itself defines are renamed",
        )
    files = _files(rows, source, read, old)
    edits = {path: tuple(_spans(path, rows)) for path in files}
    for path, file in files.items():
        _verify(file, edits[path], new_name, old)
    return Renaming(new_name=new_name, spans=edits)


def _references(source: Source, position: Position, scope: str) -> list[Row]:
    return deadline.call(
        jedi_navigation.references_at,
        *_at(source, position),
        scope,
        seconds=_SECONDS_FOR_A_PROJECT,
    )


def _files(rows: list[Row], source: Source, read: Read, old: str) -> dict[str, Source]:
    """Return the texts of the files that hold the uses, each as jedi has read it."""
    files: dict[str, Source] = {}
    root = project_files.root_of(Path(source.path)) if source.path else Path()
    for path, line, column, name in rows:
        same = path == str(Path(source.path).resolve()) or path == source.path
        file = source if same else read(path)
        inside = same or project_files.is_indexed(root, Path(path))
        if name != old or file is None or not inside:
            raise InputError(
                f"{old!r} is also {name!r} in {Path(path).name}, outside of what may be changed",
                hint="only names that the project itself defines are renamed",
            )
        found = file.line(line - 1)[column : column + len(old)] if line <= file.line_count else ""
        if found != old:
            raise InputError(
                f"{Path(path).name} on disk is not as it is shown", hint="save all files first"
            )
        files[source.path if same else path] = file
    if not files:
        raise InputError("there is no name here that is known", hint="put the cursor on a name")
    return files


def _verify(file: Source, spans: tuple[Span, ...], new_name: str, old: str) -> None:
    """Raise `InputError` where the new name collides, or the edited file has a new finding."""
    where = Path(file.path).name
    first = min(span.start.line for span in spans)
    last = max(span.end.line for span in spans)
    if _is_used(file, new_name, first, last):
        raise InputError(
            f"{new_name!r} is used in {where} where {old!r} is", hint="choose another name"
        )
    edited = file
    for span in sorted(spans, key=lambda one: one.start, reverse=True):
        edited = edited.replace(span, new_name)
    before = [(one.code, one.message) for one in diagnose(file)]
    after = [(one.code, one.message) for one in diagnose(edited)]
    if (standing(file).parses and not standing(edited).parses) or len(after) > len(before):
        raise InputError(
            f"{where} would have a new error: {after[-1][1]}", hint="choose another name"
        )


def _is_used(file: Source, name: str, first: int, last: int) -> bool:
    """Whether a name stands between two lines, or at module level outside of them."""
    word = re.compile(rf"(?<!\w){re.escape(name)}\b")
    for number in range(file.line_count):
        line = file.line(number)
        if word.search(line) and (first <= number <= last or not line[:1].isspace()):
            return True
    return False


def _spans(path: str, rows: list[Row]) -> list[Span]:
    return sorted(
        (
            _span(line, column, name)
            for where, line, column, name in rows
            if where in {path, str(Path(path).resolve())}
        ),
        key=lambda span: span.start,
    )


def _places(rows: list[Row], source: Source) -> tuple[Place, ...]:
    """Return places, the file that is shown under the path that it is shown by."""
    shown = str(Path(source.path).resolve()) if source.path else ""
    found = (
        Place(source.path if path == shown else path, _span(line, column, name))
        for path, line, column, name in rows
    )
    return tuple(dict.fromkeys(found))


def _span(line: int, column: int, name: str) -> Span:
    return Span(Position(line - 1, column), Position(line - 1, column + len(name)))


def _at(source: Source, position: Position) -> tuple[str, str, int, int]:
    return source.text, source.path, position.line + 1, position.column


def _word(source: Source, position: Position) -> Span:
    """Return the word around a position."""
    line = source.line(position.line)
    before = re.search(r"\w*\Z", line[: position.column])
    behind = re.match(r"\w*", line[position.column :])
    start = before.start() if before else position.column
    end = position.column + (behind.end() if behind else 0)
    return Span(Position(position.line, start), Position(position.line, end))
