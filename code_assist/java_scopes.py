"""What a name in a Java file means, by the scopes of the language (JLS 6.3 and 6.4).

Local variables and parameters are resolved exactly, but for pattern variables, which count in the
whole block around them. Members of types are found by name in the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import tree_sitter

from .parsing import parse, walk
from .source import Source, Span

Role = Literal["plain", "member", "method", "type", "label"]

TYPES = frozenset(
    {"class_declaration", "interface_declaration", "enum_declaration", "record_declaration"}
    | {"annotation_type_declaration"}
)
_BLOCKS = frozenset(
    {"block", "for_statement", "switch_block_statement_group", "switch_rule", "constructor_body"}
)
_CALLABLE = frozenset(
    {"method_declaration", "constructor_declaration", "lambda_expression"}
    | {"compact_constructor_declaration", "record_declaration"}
)
_HOLDER: dict[str, frozenset[str]] = {
    # a node that declares a local name: the nodes that its scope may be
    "variable_declarator": _BLOCKS,
    "formal_parameter": _CALLABLE,
    "spread_parameter": _CALLABLE,
    "inferred_parameters": frozenset({"lambda_expression"}),
    "catch_formal_parameter": frozenset({"catch_clause"}),
    "enhanced_for_statement": frozenset({"enhanced_for_statement"}),
    "resource": frozenset({"try_with_resources_statement"}),
    "instanceof_expression": _BLOCKS,
    "type_pattern": _BLOCKS,
    "record_pattern_component": _BLOCKS,
}


@dataclass(frozen=True, slots=True)
class Local:
    """A local variable or parameter: the node of its name, and the node that it is known in."""

    name: tree_sitter.Node
    scope: tree_sitter.Node

    def knows(self, node: tree_sitter.Node) -> bool:
        """Whether a node stands where this name is known."""
        scope = self.scope
        inside = scope.start_byte <= node.start_byte and node.end_byte <= scope.end_byte
        return inside and self.name.start_byte <= node.start_byte


def identifier_at(source: Source, offset: int) -> tree_sitter.Node | None:
    """Return the identifier at an offset, or the one that ends there."""
    root = parse(source).root_node
    for at in (offset, offset - 1):
        if at < 0:
            continue
        byte = source.offset_to_byte(at)
        node = root.descendant_for_byte_range(byte, byte)
        if node is not None and node.type in {"identifier", "type_identifier"}:
            return node
    return None


def role(node: tree_sitter.Node) -> Role:
    """Return what kind of name stands at an identifier, by the construct around it."""
    parent = node.parent
    if node.type == "type_identifier" or parent is None:
        return "type"
    if parent.type in {"method_invocation", "method_declaration"} and _is_field(
        parent, "name", node
    ):
        return "method"
    if parent.type == "method_reference" and parent.children[-1] == node:
        return "method"
    if parent.type == "field_access" and _is_field(parent, "field", node):
        return "member"
    if parent.type in {"scoped_identifier", *TYPES, "constructor_declaration"}:
        return "type"
    if parent.type in {"labeled_statement", "break_statement", "continue_statement"}:
        return "label"
    if parent.type in {"marker_annotation", "annotation"}:
        return "type"
    return "plain"


def local_of(node: tree_sitter.Node) -> Local | None:
    """Return the local variable or parameter that a plain name means, or None."""
    if role(node) != "plain":
        return None
    found = [one for one in _locals(_body_around(node), _text(node)) if one.knows(node)]
    found.sort(key=lambda one: (one.scope.end_byte - one.scope.start_byte, -one.name.start_byte))
    if not found or _redeclared(node, found[0]):
        return None
    return found[0]


def uses_of_local(local: Local) -> list[tree_sitter.Node]:
    """Return all identifiers that mean a local variable, its declaration first."""
    name = _text(local.name)
    return [
        node
        for node in walk(local.scope)
        if node.type == "identifier" and _text(node) == name and local_of(node) == local
    ]


def type_around(node: tree_sitter.Node) -> tree_sitter.Node | None:
    """Return the declaration of the innermost type around a node."""
    around = node.parent
    while around is not None and around.type not in TYPES:
        around = around.parent
    return around


def uses(source: Source, name: str) -> Iterator[tree_sitter.Node]:
    """Yield the identifiers of a file that are spelled so."""
    for node in walk(parse(source).root_node):
        if node.type in {"identifier", "type_identifier"} and _text(node) == name:
            yield node


def span_of(source: Source, node: tree_sitter.Node) -> Span:
    """Return where a node stands."""
    return source.span(source.byte_to_offset(node.start_byte), source.byte_to_offset(node.end_byte))


def receiver(node: tree_sitter.Node) -> tree_sitter.Node | None:
    """Return what stands before the dot of a member's name."""
    parent = node.parent
    if parent is None or role(node) not in {"method", "member"}:
        return None
    return parent.child_by_field_name("object")


def _locals(body: tree_sitter.Node, name: str) -> Iterator[Local]:
    for node in walk(body):
        if node.type != "identifier" or _text(node) != name or node.parent is None:
            continue
        declaring = node.parent
        kinds = _HOLDER.get(declaring.type)
        if declaring.type == "lambda_expression" and _is_field(declaring, "parameters", node):
            yield Local(node, declaring)
            continue
        if kinds is None or not _declares(declaring, node):
            continue
        scope = declaring if declaring.type in kinds else _nearest(declaring, kinds)
        if scope is not None:
            yield Local(node, scope)


def _declares(declaring: tree_sitter.Node, node: tree_sitter.Node) -> bool:
    if declaring.type == "variable_declarator":
        outer = declaring.parent
        local = outer is not None and outer.type == "local_variable_declaration"
        spread = outer is not None and outer.type == "spread_parameter"
        return (local or spread) and _is_field(declaring, "name", node)
    if declaring.type in {"inferred_parameters", "type_pattern", "record_pattern_component"}:
        return True
    return _is_field(declaring, "name", node)


def _nearest(node: tree_sitter.Node, kinds: frozenset[str]) -> tree_sitter.Node | None:
    around = node.parent
    if around is not None and around.type == "spread_parameter":
        kinds = _CALLABLE
    while around is not None and around.type not in kinds:
        around = around.parent
    return around


def _body_around(node: tree_sitter.Node) -> tree_sitter.Node:
    """Return the outermost member of a type around a node: locals are known within it."""
    member = node
    while member.parent is not None and not (
        member.parent.type.endswith("_body") and _is_top_type(member.parent.parent)
    ):
        member = member.parent
    return member


def _is_top_type(node: tree_sitter.Node | None) -> bool:
    return (
        node is not None
        and node.type in TYPES
        and node.parent is not None
        and node.parent.type == "program"
    )


def _redeclared(node: tree_sitter.Node, local: Local) -> bool:
    """Whether a class body between a name and a local variable declares a field of that name."""
    around = node.parent
    while around is not None and around != local.scope:
        if around.type == "class_body" and any(
            _text(one) == _text(node) for one in _fields(around)
        ):
            return True
        around = around.parent
    return False


def _fields(body: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    for member in body.named_children:
        if member.type == "field_declaration":
            for declarator in member.children_by_field_name("declarator"):
                name = declarator.child_by_field_name("name")
                if name is not None:
                    yield name


def _is_field(parent: tree_sitter.Node, field: str, node: tree_sitter.Node) -> bool:
    return parent.child_by_field_name(field) == node


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode()
