"""What the pieces of a Python file say together about its names."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from .python_facts import At, Class, Facts, Signature, facts
from .python_pieces import Piece
from .source import Source


class Module:
    """The pieces of one version of a file, with what each of them says."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.parts: tuple[tuple[Piece, Facts], ...] = tuple(
            (one, facts(one.text)) for one in pieces
        )

    @cached_property
    def bound(self) -> frozenset[str]:
        """The names that are bound at module level."""
        return frozenset[str]().union(*(each.bound for _, each in self.parts))

    @cached_property
    def own(self) -> Mapping[int, frozenset[str]]:
        """The names that the members of a class that was taken apart bind, by its group."""
        found: dict[int, frozenset[str]] = {}
        for piece, each in self.parts:
            if piece.group >= 0:
                found[piece.group] = found.get(piece.group, frozenset()) | each.own
        return found

    @cached_property
    def used(self) -> frozenset[str]:
        """All names that are read anywhere, and those that short texts hold."""
        reads = (each.used | each.quoted for _, each in self.parts)
        return frozenset[str]().union(*reads)

    @property
    def open_ended(self) -> bool:
        """Whether names may be bound that no piece shows."""
        return any(each.wildcard or each.binds_by_text for _, each in self.parts)

    @property
    def reads_by_text(self) -> bool:
        """Whether names may be read in ways that no piece shows."""
        return any(each.reads_by_text for _, each in self.parts)

    @cached_property
    def functions(self) -> Mapping[str, tuple[Signature, ...]]:
        """The functions and methods that are defined at any depth, by name."""
        found: dict[str, tuple[Signature, ...]] = {}
        for _, each in self.parts:
            for name, signatures in each.functions.items():
                found[name] = (*found.get(name, ()), *signatures)
        return found

    @cached_property
    def classes(self) -> Mapping[str, Class]:
        """All classes by name, the last of a name."""
        found: dict[str, Class] = {}
        for piece, each in self.parts:
            for number, one in enumerate(each.classes):
                owner = self.owner(piece) if number == 0 and piece.text.member else ""
                if owner and owner in found:
                    found[owner] = _joined(found[owner], one)
                elif not owner:
                    found[one.name] = one
        return found

    @cached_property
    def owners(self) -> Mapping[int, str]:
        """The names of the classes that were taken apart, by their groups."""
        found: dict[int, str] = {}
        for piece, each in self.parts:
            if piece.group >= 0 and not piece.text.member and each.classes:
                found[piece.group] = each.classes[0].name
        return found

    def real_name(self, piece: Piece, name: str) -> str:
        """Return the name of a class as the file has it: a member knows its own as `_`."""
        return self.owner(piece) if piece.text.member and name == "_" else name

    def owner(self, piece: Piece) -> str:
        """Return the class that a member belongs to."""
        return self.owners.get(piece.group, "")


def _joined(one: Class, member: Class) -> Class:
    methods = dict(one.methods)
    for name, signatures in member.methods.items():
        methods[name] = (*methods.get(name, ()), *signatures)
    quoted = one.quoted | member.quoted
    attributes = one.attributes | (member.attributes - {"_"})
    return replace(
        one, own=one.own | member.own, attributes=attributes, quoted=quoted, methods=methods
    )


def offsets(source: Source, piece: Piece, at: At) -> tuple[int, int]:
    """Return the code-point offsets of a place in a piece."""
    return (
        _offset(source, piece.line + at.line, at.column),
        _offset(source, piece.line + at.end_line, at.end_column),
    )


def _offset(source: Source, line: int, column: int) -> int:
    start = source.line_start(line)
    return source.byte_to_offset(source.offset_to_byte(start) + column)
