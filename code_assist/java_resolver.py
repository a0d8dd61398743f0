"""What is known about the names that may be used at one place of a Java file."""

import re
from collections.abc import Collection
from functools import cached_property, lru_cache

import tree_sitter

from . import symbols
from .java_types import Types
from .name_rule import statement_start
from .parsing import enclosing
from .source import Source
from .symbols import Symbol

_TYPES = frozenset(
    {"class_declaration", "interface_declaration", "enum_declaration", "record_declaration"}
    | {"annotation_type_declaration"}
)
_ENUM_HEADER = re.compile(r"\benum\s+[\w$]+[^{};]*\{\Z")


class JavaResolver:
    """Names at one offset of one file; the unfinished statement there is left out."""

    def __init__(self, source: Source, at: int) -> None:
        """Take a source without the statement at the place; nothing is read before a question."""
        self._source, self._at = source, at
        self._members: dict[str, Collection[str] | None] = {}

    @property
    def where(self) -> str:
        """The innermost brace: `enum` among an enumeration's constants, else `block`."""
        return self._where

    @cached_property
    def _where(self) -> str:
        before = self._source.text[: self._at].rstrip()
        if not before.endswith("{"):
            return "block"
        start = max(before.rfind(mark, 0, -1) for mark in "{};")
        return "enum" if _ENUM_HEADER.search(before, start + 1) else "block"

    def types(self) -> Collection[str] | None:
        """Return the types that may be named without their package."""
        found = self._types.names()
        if found is None:
            return None
        return found | {one.name for one in self._visible if one.kind in {"class", "interface"}}

    def values(self) -> Collection[str] | None:
        """Return variables, fields and methods that may be used without a receiver."""
        if not self._types.all_static_known:
            return None
        found = {one.name for one in self._visible} | self._types.static_names
        found |= self._types.package_roots()
        for owner in self._owners:
            known = self._types.members(owner)
            if known is None:
                return None
            found |= known
        return found

    def members(self, receiver: str) -> Collection[str] | None:
        """Return what may follow `receiver.`; None where its type is not known for certain."""
        if receiver not in self._members:
            known = self._types.members(self._type(receiver)) if receiver else None
            seen = {one.name for one in symbols.members_seen(self._source, receiver)}
            self._members[receiver] = None if known is None else known | seen
        return self._members[receiver]

    def _type(self, receiver: str) -> str:
        """Return the type of a dotted name, or a name that no type has."""
        if receiver == '""':
            return "java.lang.String"
        first, *rest = receiver.split(".")
        found = self._type_of_first(first)
        for name in rest:
            found = self._types.field(found, name)
        return found

    def _type_of_first(self, name: str) -> str:
        if name in {"this", "super"}:
            return self._owners[0] if self._owners else ""
        declared = {
            one.type for one in self._visible if one.name == name and one.kind != "function"
        }
        if len(declared) == 1:
            (found,) = declared
            return found if found != "var" else ""
        if declared:
            return ""
        for owner in self._owners:
            found = self._types.field(owner, name)
            if found:
                return found
        return name if name[:1].isupper() else ""

    @cached_property
    def _types(self) -> Types:
        return Types(self._source)

    @cached_property
    def _visible(self) -> tuple[Symbol, ...]:
        return symbols.in_scope(self._source, self._at)

    @cached_property
    def _around(self) -> tuple[tree_sitter.Node, ...]:
        return enclosing(self._source, self._at)

    @cached_property
    def _owners(self) -> tuple[str, ...]:
        """The types around the place, innermost first; a class without a name by its supertype."""
        found: list[str] = []
        for node in reversed(self._around):
            name = node.child_by_field_name("name")
            if node.type in _TYPES and name is not None:
                found.append((name.text or b"").decode())
            elif node.type == "object_creation_expression" and _has_body(
                node, self._source.offset_to_byte(self._at)
            ):
                made = node.child_by_field_name("type")
                text = (made.text or b"").decode() if made is not None else ""
                found.append(text.partition("<")[0])
        return tuple(found)


def _has_body(node: tree_sitter.Node, at: int) -> bool:
    bodies = (one for one in node.named_children if one.type == "class_body")
    return any(one.start_byte < at <= one.end_byte for one in bodies)


def resolver_at(source: Source, offset: int) -> JavaResolver:
    """Return the resolver of a place, the same as long as only the statement there changes."""
    return _resolver(*_without_statement(source, offset))


@lru_cache(maxsize=8)
def _resolver(source: Source, at: int) -> JavaResolver:
    return JavaResolver(source, at)


def _without_statement(source: Source, offset: int) -> tuple[Source, int]:
    """Return the source with `;` for the cursor's statement and the rest of its line.

    Braces stay, so that what encloses the place does not change.
    """
    text = source.text
    start = statement_start(text[:offset], "java")
    end = text.find("\n", offset)
    end = end if end >= 0 else len(text)
    braces = "".join(char for char in text[start:end] if char in "{}")
    return source.insert(start, end, f";{braces}"), start
