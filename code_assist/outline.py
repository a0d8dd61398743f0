"""What a file defines, as a tree: classes with their members, functions, constants.

By tree-sitter's queries, so that it also works for a file that is being written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import tree_sitter

from . import languages
from .parsing import parse
from .source import Source, Span

_QUERIES = {
    "python": """
        (class_definition name: (identifier) @name) @class
        (function_definition name: (identifier) @name) @function
        (module (expression_statement (assignment left: (identifier) @name) @variable))
        (class_definition body: (block (expression_statement
            (assignment left: (identifier) @name) @field)))
    """,
    "java": """
        (class_declaration name: (identifier) @name) @class
        (record_declaration name: (identifier) @name) @class
        (interface_declaration name: (identifier) @name) @interface
        (annotation_type_declaration name: (identifier) @name) @interface
        (enum_declaration name: (identifier) @name) @enum
        (enum_constant name: (identifier) @name) @constant
        (method_declaration name: (identifier) @name) @method
        (constructor_declaration name: (identifier) @name) @constructor
        (field_declaration declarator: (variable_declarator name: (identifier) @name)) @field
        (constant_declaration declarator: (variable_declarator name: (identifier) @name)) @constant
    """,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A name that a file defines, where, and the names of what it stands in, outermost first.

    `span` is the whole definition, `name_span` its name.
    """

    name: str
    kind: str
    within: tuple[str, ...]
    span: Span
    name_span: Span
    path: str = ""


def outline(source: Source) -> tuple[Definition, ...]:
    """Return what a file defines, in the order of the text."""
    found = sorted(_found(source), key=lambda one: (one[0].start_byte, -one[0].end_byte))
    around: list[tuple[int, str]] = []
    definitions: list[Definition] = []
    known: set[tuple[tuple[str, ...], str]] = set()
    for node, kind, name in found:
        while around and around[-1][0] <= node.start_byte:
            around.pop()
        within = tuple(each for _, each in around)
        text = (name.text or b"").decode()
        if kind == "function" and around and _directly_in_class(node):
            kind = "method"  # noqa: PLW2901
        variable = kind in {"variable", "field"} and source.language == "python"
        if not (variable and (within, text) in known):  # a variable is defined where it is first
            definitions.append(_definition(source, node, name, kind, within))
        known.add((within, text))
        if node.child_by_field_name("body") is not None:
            around.append((node.end_byte, text))
    return tuple(definitions)


def _found(source: Source) -> Iterator[tuple[tree_sitter.Node, str, tree_sitter.Node]]:
    """Yield the nodes that define something, with the kind and the node of the name."""
    cursor = tree_sitter.QueryCursor(_query(source.language))
    for _, captures in cursor.matches(parse(source).root_node):
        names = captures.pop("name", [])
        for kind, nodes in captures.items():
            for name in names:
                yield nodes[0], kind, name


def _directly_in_class(node: tree_sitter.Node) -> bool:
    parent = node.parent
    if parent is not None and parent.type == "decorated_definition":
        parent = parent.parent
    holder = parent.parent if parent is not None else None
    return holder is not None and holder.type == "class_definition"


def _definition(
    source: Source,
    node: tree_sitter.Node,
    name: tree_sitter.Node,
    kind: str,
    within: tuple[str, ...],
) -> Definition:
    return Definition(
        name=(name.text or b"").decode(),
        kind=kind,
        within=within,
        span=_span(source, node),
        name_span=_span(source, name),
        path=source.path,
    )


def _span(source: Source, node: tree_sitter.Node) -> Span:
    return source.span(source.byte_to_offset(node.start_byte), source.byte_to_offset(node.end_byte))


@cache
def _query(language: str) -> tree_sitter.Query:
    return tree_sitter.Query(languages.grammar(language), _QUERIES[language])
