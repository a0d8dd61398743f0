"""Where names lead: definition, uses, help, signatures, renaming; both languages, one front.

Python by jedi, Java by our own index of the workspace. Only edits that were verified are handed
out; what cannot be verified is refused with the reason.
"""

from collections.abc import Callable

from . import java_navigation, languages, python_navigation
from .parsing import enclosing
from .places import Help, Place, Renaming, Signature
from .source import Position, Source, Span
from .workspace import Workspace

Read = Callable[[str], Source | None]
"""From a path to its text as it is shown now, or None."""


def definitions(source: Source, position: Position, workspace: Workspace) -> tuple[Place, ...]:
    """Return where the name at a position is defined, the likeliest first."""
    if source.language == "python":
        return python_navigation.definitions(source, position)
    return java_navigation.definitions(source, source.offset(position), workspace)


def references(
    source: Source, position: Position, workspace: Workspace, read: Read
) -> tuple[Place, ...]:
    """Return the uses of the name at a position, its definition among them."""
    if source.language == "python":
        return python_navigation.references(source, position)
    return java_navigation.references(source, source.offset(position), workspace, read)


def help_at(source: Source, position: Position, workspace: Workspace, read: Read) -> Help | None:
    """Return what the name at a position means."""
    if source.language == "python":
        return python_navigation.help_at(source, position)
    return java_navigation.help_at(source, source.offset(position), workspace, read)


def signatures(
    source: Source, position: Position, workspace: Workspace, read: Read
) -> tuple[Signature, ...]:
    """Return the signatures of the call that is being written at a position."""
    if source.language == "python":
        return python_navigation.signatures(source, position)
    return java_navigation.signatures(source, source.offset(position), workspace, read)


def name_at(source: Source, position: Position) -> Span | None:
    """Return the name around a position that may be renamed; none in texts, comments, keywords."""
    offset = source.offset(position)
    node = next(
        (
            one
            for at in (offset, max(offset - 1, 0))
            for one in reversed(enclosing(source, at))
            if one.type in {"identifier", "type_identifier"}
        ),
        None,
    )
    if node is None:
        return None
    start, end = source.byte_to_offset(node.start_byte), source.byte_to_offset(node.end_byte)
    named = source.text[start:end] not in languages.by_name(source.language).keywords
    return source.span(start, end) if named and start <= offset <= end else None


def rename(source: Source, position: Position, new_name: str, read: Read) -> Renaming:
    """Return verified edits that rename what stands at a position; `InputError` where none are."""
    if source.language == "python":
        return python_navigation.rename(source, position, new_name, read)
    return java_navigation.rename(source, source.offset(position), new_name)
