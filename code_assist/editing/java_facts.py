"""What a selection of a Java file does, as its tree shows it."""

from collections.abc import Iterator

import tree_sitter

from code_assist.parsing import parse, walk
from code_assist.source import Source

from .java_selection import javadoc, method_at, parameters, text_of

_CALLS = {"method_invocation", "object_creation_expression"}


def java_facts(source: Source, first: int, last: int) -> Iterator[str]:
    """Yield sentences about lines `first` to `last` (from 1) that are certain.

    Raises `InputError` where the file lacks the lines.
    """
    method = method_at(source, first, last)
    top: tree_sitter.Node = parse(source).root_node
    if method is not None and method.start_point[0] + 1 >= first:
        yield from _of_method(method)
        nodes = list(walk(method))
    else:
        lines = range(first - 1, last)
        nodes = [one for one in walk(top) if one.start_point[0] in lines]
    for node in sorted(nodes, key=lambda one: one.start_byte):
        fact = _of_node(node)
        if fact is not None:
            yield f"Line {node.start_point[0] + 1}: {fact}."
    calls = [_called(one) for one in nodes if one.type in _CALLS]
    if calls:
        yield f"Calls {', '.join(dict.fromkeys(calls))}."
    written = [
        text_of(one.child_by_field_name("left"))
        for one in nodes
        if one.type == "assignment_expression"
    ]
    if written:
        yield f"Assigns {', '.join(dict.fromkeys(written))}."


def _of_method(method: tree_sitter.Node) -> Iterator[str]:
    kind = "Constructor" if method.type == "constructor_declaration" else "Method"
    given = ", ".join(f"{kind} {name}" for name, kind in parameters(method))
    result = text_of(method.child_by_field_name("type"))
    arrow = f" → {result}" if result and result != "void" else ""
    yield f"{kind} {text_of(method.child_by_field_name('name'))}({given}){arrow}."
    if said := javadoc(method):
        yield f"Its Javadoc says: {said.splitlines()[0]}"


def _of_node(node: tree_sitter.Node) -> str | None:
    def part(name: str) -> str:
        return " ".join(text_of(node.child_by_field_name(name)).split())

    match node.type:
        case "if_statement":
            return f"decides by `{part('condition')[1:-1]}`"
        case "ternary_expression":
            return f"decides by `{part('condition')}`"
        case "enhanced_for_statement":
            return f"goes through `{part('value')}`, each as `{part('name')}`"
        case "for_statement" if part("condition"):
            return f"repeats while `{part('condition')}`"
        case "while_statement" | "do_statement":
            return f"repeats while `{part('condition')[1:-1]}`"
        case "return_statement" if node.named_children:
            return f"returns `{' '.join(text_of(node.named_children[0]).split())}`"
        case "throw_statement":
            return f"throws `{' '.join(text_of(node.named_children[0]).split())}`"
        case "switch_expression":
            return f"chooses by `{part('condition')[1:-1]}`"
        case "try_statement" | "try_with_resources_statement":
            kinds = [text_of(one) for one in walk(node) if one.type == "catch_type"]
            return "tries something" + (f", catching {', '.join(kinds)}" if kinds else "")
        case _:
            return None


def _called(node: tree_sitter.Node) -> str:
    if node.type == "object_creation_expression":
        return f"new {text_of(node.child_by_field_name('type'))}"
    return text_of(node.child_by_field_name("name"))
