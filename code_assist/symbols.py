"""The names that a file itself defines, by tree-sitter: a small symbol index for both languages.

It needs no environment, survives broken files, and is all that static analysis has for Java. It
knows this one file: types of libraries are unknown to it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import tree_sitter

from . import languages
from .parsing import parse
from .source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """A name, what it is, its declared type if the file says it, and where it is defined."""

    name: str
    kind: str
    type: str = ""
    offset: int = 0


_DEFINING: dict[str, dict[str, tuple[str, str]]] = {
    # node type: (field that holds the name, kind)
    "python": {
        "function_definition": ("name", "function"),
        "class_definition": ("name", "class"),
        "assignment": ("left", "variable"),
        "for_statement": ("left", "variable"),
        "for_in_clause": ("left", "variable"),
        "named_expression": ("name", "variable"),
        "default_parameter": ("name", "parameter"),
        "typed_default_parameter": ("name", "parameter"),
        "aliased_import": ("alias", "module"),
    },
    "java": {
        "class_declaration": ("name", "class"),
        "interface_declaration": ("name", "interface"),
        "enum_declaration": ("name", "enum"),
        "record_declaration": ("name", "class"),
        "annotation_type_declaration": ("name", "interface"),
        "method_declaration": ("name", "function"),
        "enum_constant": ("name", "constant"),
        "variable_declarator": ("name", "variable"),
        "formal_parameter": ("name", "parameter"),
        "catch_formal_parameter": ("name", "parameter"),
        "enhanced_for_statement": ("name", "variable"),
        "resource": ("name", "variable"),
        "instanceof_expression": ("name", "variable"),
        "type_parameter": ("", "class"),
        "import_declaration": ("", "class"),
    },
}
_HOLDERS = frozenset({"parameters", "lambda_parameters", "inferred_parameters"})
_PLAIN = frozenset({"identifier", "type_identifier"})
_TYPE_NODES = frozenset(
    {"class_declaration", "interface_declaration", "enum_declaration", "record_declaration"}
    | {"annotation_type_declaration"}
)


def in_scope(source: Source, offset: int) -> tuple[Symbol, ...]:
    """Return what is defined in the scopes around an offset, innermost definitions last."""
    byte = source.offset_to_byte(offset)
    found: dict[str, Symbol] = {}
    for node in _visible(parse(source).root_node, source.language, byte):
        for symbol in _defined(node, source):
            found.pop(symbol.name, None)
            found[symbol.name] = symbol
    return tuple(found.values())


def members(source: Source, type_name: str) -> tuple[Symbol, ...]:
    """Return the fields and methods of a Java type that this file declares."""
    for node in type_nodes(source):
        if _text(node.child_by_field_name("name")) == type_name:
            return members_of(node, source)
    return ()


def members_of(node: tree_sitter.Node, source: Source) -> tuple[Symbol, ...]:
    """Return the fields and methods that the declaration of a Java type has itself."""
    body = node.child_by_field_name("body")
    return tuple(_direct(body, source)) if body is not None else ()


def type_nodes(source: Source) -> list[tree_sitter.Node]:
    """Return the declarations of Java types in a file, nested and local ones too, in order."""
    found = tree_sitter.QueryCursor(_types()).captures(parse(source).root_node)
    return sorted(found.get("type", ()), key=lambda node: node.start_byte)


@cache
def _types() -> tree_sitter.Query:
    kinds = " ".join(f"({kind})" for kind in sorted(_TYPE_NODES))
    return tree_sitter.Query(languages.grammar("java"), f"[{kinds}] @type")


def members_seen(source: Source, receiver: str) -> tuple[Symbol, ...]:
    """Return the names that follow `receiver.` anywhere in the file, on the dot's line."""
    pattern = re.compile(rf"(?<![\w.]){re.escape(receiver)}\s*\.[^\S\n]*([^\W\d]\w*)(\s*\()?")
    found: dict[str, Symbol] = {}
    for match in pattern.finditer(source.text):
        kind = "function" if match.group(2) else "variable"
        found.setdefault(match.group(1), Symbol(name=match.group(1), kind=kind))
    return tuple(found.values())


def enclosing_type(source: Source, offset: int) -> str:
    """Return the name of the innermost Java type around an offset, or nothing."""
    byte = source.offset_to_byte(offset)
    node: tree_sitter.Node | None = parse(source).root_node.descendant_for_byte_range(byte, byte)
    while node is not None and node.type not in _TYPE_NODES:
        node = node.parent
    return _text(node.child_by_field_name("name")) if node is not None else ""


def _visible(root: tree_sitter.Node, language: str, byte: int) -> Iterator[tree_sitter.Node]:
    """Yield all nodes but the insides of scopes that do not hold the byte."""
    scopes = languages.by_name(language).scopes
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        closed = node.type in scopes and not node.start_byte <= byte <= node.end_byte
        if not closed:
            stack.extend(reversed(node.children))


def _all(root: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.named_children))


def _direct(body: tree_sitter.Node, source: Source) -> Iterator[Symbol]:
    """Yield what the members of a type's body define, not what stands inside them."""
    for member in body.named_children:
        if member.type == "field_declaration":
            for child in member.named_children:
                yield from _defined(child, source)
        elif member.type == "enum_body_declarations":
            yield from _direct(member, source)
        else:
            yield from _defined(member, source)


def _defined(node: tree_sitter.Node, source: Source) -> Iterator[Symbol]:
    rule = _DEFINING[source.language].get(node.type)
    if rule is not None:
        field, kind = rule
        target = node.child_by_field_name(field) if field else _last_name(node)
        for name in _names(target):
            yield _symbol(name, kind, node, source)
    elif node.type in _HOLDERS:
        for child in node.named_children:
            name = child if child.type == "identifier" else _first_name(child)
            if name is not None:
                yield _symbol(name, "parameter", node, source)
    elif node.type in {"import_statement", "import_from_statement"}:
        for child in node.children_by_field_name("name"):
            if child.type == "dotted_name" and child.named_children:
                yield _symbol(child.named_children[0], "module", node, source)
    elif node.type in {"as_pattern_target", "lambda_expression"}:
        for name in _names(node.named_children[0] if node.named_children else None):
            yield _symbol(name, "variable", node, source)


def _symbol(name: tree_sitter.Node, kind: str, node: tree_sitter.Node, source: Source) -> Symbol:
    return Symbol(
        name=_text(name),
        kind=kind,
        type=_type_of(node),
        offset=source.byte_to_offset(name.start_byte),
    )


def _type_of(node: tree_sitter.Node) -> str:
    """Return the declared type of a Java variable, without its type arguments (`Map`, `int[]`)."""
    holder = node.parent if node.type == "variable_declarator" else node
    declared = _text(holder.child_by_field_name("type")) if holder is not None else ""
    plain = declared.partition("<")[0].rpartition(".")[2].removesuffix("[]")
    array = declared.endswith("]") or node.child_by_field_name("dimensions") is not None
    return f"{plain}[]" if plain and array else plain


def _names(target: tree_sitter.Node | None) -> Iterator[tree_sitter.Node]:
    """Yield the identifiers of an assignment target; attributes and subscripts define nothing."""
    if target is None:
        return
    if target.type in _PLAIN:
        yield target
    elif target.type in {"pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern"}:
        for child in target.named_children:
            yield from _names(child)


def _first_name(node: tree_sitter.Node) -> tree_sitter.Node | None:
    return next((child for child in node.named_children if child.type == "identifier"), None)


def _last_name(node: tree_sitter.Node) -> tree_sitter.Node | None:
    names = [child for child in _all(node) if child.type in _PLAIN]
    return names[-1] if names and node.type == "import_declaration" else next(iter(names), None)


def _text(node: tree_sitter.Node | None) -> str:
    return (node.text or b"").decode() if node is not None else ""
