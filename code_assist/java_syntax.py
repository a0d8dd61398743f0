"""What tree-sitter's Java grammar lets through although no Java compiler's parser does.

Found by comparing it with javac's parser on one-edit mutants of the JDK's own sources: reserved
words as names, expressions that are no statement, statements outside a class, methods without a
result type, repeated modifiers, modifiers on parameters, and empty type arguments.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import tree_sitter

from . import languages
from .parsing import parse, walk
from .recent import Kept
from .source import Source

_RESERVED = languages.by_name("java").keywords
_NAMES = frozenset({"identifier", "type_identifier"})
_TYPES = frozenset({"class_declaration", "enum_declaration", "record_declaration"})
_MODIFIERS = frozenset(
    {"public", "protected", "private", "static", "final", "abstract", "native", "synchronized"}
    | {"transient", "volatile", "strictfp", "default", "sealed", "non-sealed"}
)
_STATEMENTS = frozenset(
    {
        "assignment_expression",
        "update_expression",
        "method_invocation",
        "object_creation_expression",
        "switch_expression",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JavaError:
    """One thing that javac's parser rejects, by code-point offsets."""

    message: str
    start: int
    end: int


def over_accepted(source: Source) -> tuple[JavaError, ...]:
    """Return what is wrong in a text whose tree shows no fault, in the order of the text."""
    return tuple(
        JavaError(
            message=message, start=source.byte_to_offset(start), end=source.byte_to_offset(end)
        )
        for message, start, end in sorted(_found(parse(source).root_node), key=lambda one: one[1:])
    )


Found = tuple[str, int, int]
"""A message and the bytes that it is about."""


def _found(root: tree_sitter.Node) -> Iterator[Found]:
    """Yield what is wrong below a node. What a member of a class says is kept for the next time."""
    stack = [root]
    while stack:
        node = stack.pop()
        rule = _RULES.get(node.type)
        if rule is not None and (message := rule(node)):
            yield message, node.start_byte, node.end_byte
        for child in reversed(node.children):
            if child.type in _MEMBERS and child.parent is not None:
                yield from _of_member(child)
            else:
                stack.append(child)


def _of_member(node: tree_sitter.Node) -> Iterator[Found]:
    key = (node.text or b"", _around(node))
    known = _members().get(key)
    if known is None:
        known = tuple(
            (message, inner.start_byte - node.start_byte, inner.end_byte - node.start_byte)
            for inner in walk(node)
            if (rule := _RULES.get(inner.type)) is not None and (message := rule(inner))
        )
        _members().put(key, known)
    for message, start, end in known:
        yield message, node.start_byte + start, node.start_byte + end


def _around(node: tree_sitter.Node) -> str:
    """Return the name of the type that a member belongs to, and what kind of a type it is."""
    owner = node.parent
    while owner is not None and owner.type not in _TYPES:
        owner = owner.parent
    body = node.parent.type if node.parent is not None else ""
    named = _text(owner.child_by_field_name("name")) if owner is not None else ""
    return f"{body} {owner.type if owner is not None else ''} {named}"


_MEMBERS = frozenset({"method_declaration", "constructor_declaration", "field_declaration"})


@cache
def _members() -> "Kept[tuple[bytes, str], tuple[Found, ...]]":
    return Kept(lambda key: len(key[0]) + 100, 2_000_000)


def _text(node: tree_sitter.Node | None) -> str:
    return (node.text or b"").decode() if node is not None else ""


def _name(node: tree_sitter.Node) -> str:
    word = _text(node)
    return f"{word!r} is a reserved word" if word in _RESERVED else ""


def _expression_statement(node: tree_sitter.Node) -> str:
    parent = node.parent.type if node.parent is not None else ""
    if parent == "program":
        return "a statement stands outside a class"
    inner = next((child for child in node.named_children if not child.is_extra), None)
    if inner is None or inner.type in _STATEMENTS or parent == "switch_rule":
        return ""
    return "not a statement"


def _constructor(node: tree_sitter.Node) -> str:
    body = node.parent
    owner = body.parent if body is not None else None
    if owner is not None and owner.type == "enum_declaration" and body is not None:
        owner = body.parent
    if owner is not None and owner.type == "enum_body":
        owner = owner.parent
    if owner is None or owner.type not in _TYPES:
        return "a method needs a result type"
    own = _text(node.child_by_field_name("name"))
    if own != _text(owner.child_by_field_name("name")):
        return "a method needs a result type"
    return ""


def _modifier(node: tree_sitter.Node) -> str:
    holder = node.parent
    if holder is None or holder.type != "modifiers":
        return ""
    before = node.prev_sibling
    while before is not None:
        if before.type == node.type:
            return f"the modifier {node.type!r} is repeated"
        before = before.prev_sibling
    owner = holder.parent
    if owner is not None and owner.type in _PARAMETERS and node.type != "final":
        return "a parameter takes no modifier but 'final'"
    return ""


_PARAMETERS = frozenset({"formal_parameter", "spread_parameter", "catch_formal_parameter"})


def _type_arguments(node: tree_sitter.Node) -> str:
    if node.named_child_count:
        return ""
    creation = node.parent
    while creation is not None and creation.type in {"generic_type", "scoped_type_identifier"}:
        creation = creation.parent
    if creation is not None and creation.type == "object_creation_expression":
        return ""
    return "type arguments are missing"


def _package(node: tree_sitter.Node) -> str:
    before = node.prev_sibling
    while before is not None and before.type.endswith("comment"):
        before = before.prev_sibling
    return "the package declaration comes first" if before is not None else ""


_RULES: dict[str, Callable[[tree_sitter.Node], str]] = {
    **dict.fromkeys(_NAMES, _name),
    "expression_statement": _expression_statement,
    "constructor_declaration": _constructor,
    **dict.fromkeys(_MODIFIERS, _modifier),
    "type_arguments": _type_arguments,
    "package_declaration": _package,
}
