"""What a selection of lines stands for in a Java file."""

from collections.abc import Iterator

import tree_sitter

from assistants.errors import InputError
from code_assist.parsing import parse, walk
from code_assist.source import Source

_METHODS = frozenset({"method_declaration", "constructor_declaration"})


def method_at(source: Source, first: int, last: int) -> tree_sitter.Node | None:
    """Return the smallest method that holds lines `first` to `last` (from 1), or begins in them.

    Raises `InputError` where the file lacks the lines.
    """
    if not 1 <= first <= last <= source.line_count:
        raise InputError(
            f"there are no lines {first} to {last}: the file has {source.line_count}",
            hint="lines count from 1",
        )
    found = [one for one in walk(parse(source).root_node) if one.type in _METHODS]
    around = [one for one in found if _first(one) <= first and last <= one.end_point[0] + 1]
    inside = [one for one in found if first <= _first(one) <= last]
    return max(around, key=_first) if around else inside[0] if inside else None


def parameters(method: tree_sitter.Node) -> Iterator[tuple[str, str]]:
    """Yield the names and types of a method's parameters."""
    holder = method.child_by_field_name("parameters")
    for one in holder.named_children if holder is not None else ():
        if one.type == "formal_parameter":
            brackets = text_of(one.child_by_field_name("dimensions"))
            yield (
                text_of(one.child_by_field_name("name")),
                text_of(one.child_by_field_name("type")) + brackets,
            )
        elif one.type == "spread_parameter":
            named = next(c for c in one.named_children if c.type == "variable_declarator")
            kind = next(c for c in one.named_children if c.type not in {"modifiers", named.type})
            yield text_of(named.child_by_field_name("name")), f"{text_of(kind)}..."


def own(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """Yield the nodes below one, without those of lambdas and inner classes."""
    for child in node.named_children:
        if child.type not in {"lambda_expression", "class_body"}:
            yield child
            yield from own(child)


def javadoc(method: tree_sitter.Node) -> str | None:
    """Return the text of a method's Javadoc comment."""
    before = method.prev_named_sibling
    text = text_of(before) if before is not None and before.type == "block_comment" else ""
    if not text.startswith("/**"):
        return None
    lines = [one.strip().lstrip("*").strip() for one in text[3:-2].splitlines()]
    return "\n".join(lines).strip()


def text_of(node: tree_sitter.Node | None) -> str:
    """Return a node's source; nothing for none."""
    return (node.text or b"").decode() if node is not None else ""


def _first(node: tree_sitter.Node) -> int:
    return node.start_point[0] + 1
