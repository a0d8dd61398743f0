"""Small wrong versions of Java code, as texts to stand in place of a node.

`MUTANT` are the usual operators (DeMillo, Lipton and Sayward, 1978): comparison, arithmetic and
logic exchanged, constants moved, conditions negated, results and calls dropped; and Mothra's
replacement of one variable by another (King and Offutt, 1991). `FAULT` are what people get wrong
(after ManySStuBs4J's classes): exchanged arguments or operands, a missing guard, a bound that is
off by one, a variable that no mutant puts there. The search knows both. `UNKNOWN` are mistakes
that it does not know, to measure by: a forgotten part of a condition, a forgotten call, the method
beside the right one, an index or the last argument off by one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import tree_sitter

from code_assist.parsing import walk

Kind = Literal["mutant", "fault", "unknown"]

_OTHER = {
    "<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"),
    "==": ("!=",), "!=": ("==",), "&&": ("||",), "||": ("&&",),
    "+": ("-",), "-": ("+",), "*": ("/",), "/": ("*",), "%": ("*",),
    "&": ("|",), "|": ("&",), "^": ("&",), "<<": (">>",), ">>": ("<<",), ">>>": ("<<",),
}  # fmt: skip
_PLACES = frozenset({"throw_statement", "annotation", "marker_annotation", "switch_label"})
_ORDER = frozenset({"<", "<=", ">", ">="})
_TWINS = (
    "indexOf lastIndexOf", "startsWith endsWith", "min max", "toLowerCase toUpperCase",
    "floor ceil", "isEmpty isBlank", "append appendCodePoint", "first last",
    "isLetter isDigit", "isUpperCase isLowerCase", "remove get", "add remove", "keySet values",
)  # fmt: skip
_OTHERS = {a: b for pair in _TWINS for a, b in (pair.split(), pair.split()[::-1])}
_PLACED = frozenset({"substring", "charAt", "subSequence", "get", "copyOfRange", "arraycopy"})
_ZERO = {"boolean": None, "void": None, "char": "'\\0'", "byte": "(byte) 0", "short": "(short) 0",
         "int": "0", "long": "0L", "float": "0f", "double": "0d"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Alternative:
    """A text to stand in place of an expression, and what it is in words."""

    text: str
    what: str
    kind: Kind = "mutant"


def has_pattern(node: tree_sitter.Node) -> bool:
    """Whether an expression binds names (`o instanceof Shop shop`), which nothing may wrap."""
    return any(one.type == "instanceof_expression" and binds(one) for one in walk(node))


def binds(node: tree_sitter.Node) -> bool:
    """Whether an instanceof binds names."""
    return (
        node.child_by_field_name("name") is not None
        or node.child_by_field_name("pattern") is not None
    )


def is_exempt(node: tree_sitter.Node) -> bool:
    """Whether nothing below a node is changed: messages of errors, annotations, labels."""
    return node.type in _PLACES


def of_expression(
    node: tree_sitter.Node, names: Mapping[str, Sequence[str]]
) -> Iterator[Alternative]:
    """Yield the wrong versions of one expression; `names` are variables and those of their type."""
    text = _text(node)
    match node.type:
        case "binary_expression":
            yield from _binary(node)
            yield from _forgotten(node)
        case "array_access":
            array, index = node.child_by_field_name("array"), node.child_by_field_name("index")
            yield Alternative(f"{_text(array)}[{_text(index)} + 1]", "index off by one", "unknown")
        case "decimal_integer_literal":
            digits = text.rstrip("lL").replace("_", "")
            suffix = "L" if text[-1] in "lL" else ""
            if digits.isdigit() and (suffix or int(digits) < 2**31 - 1):
                yield Alternative(f"{int(digits) + 1}{suffix}", f"{text} → {int(digits) + 1}")
        case "decimal_floating_point_literal":
            yield Alternative(f"({text} + 1)", f"{text} → {text} + 1")
        case "string_literal" if not text.startswith('"""'):
            yield Alternative(f'{text[:-1]}XX"', f"{text} → longer")
        case "true" | "false":
            other = "false" if text == "true" else "true"
            yield Alternative(other, f"{text} → {other}")
        case "unary_expression" if text.startswith("-"):
            yield Alternative(_text(node.child_by_field_name("operand")), "sign dropped")
        case "method_invocation" | "object_creation_expression":
            yield from _call(node)
            yield from _miscalled(node)
        case "identifier" if len(alike := names.get(text, ())) > 1:
            at = alike.index(text)
            yield Alternative(alike[at - 1], f"{text} → {alike[at - 1]}")
            if len(alike) > 2:
                other = alike[(at + 1) % len(alike)]
                yield Alternative(other, f"{other} for {text}", "fault")
        case _:
            return


def _binary(node: tree_sitter.Node) -> Iterator[Alternative]:
    operator = _text(node.child_by_field_name("operator"))
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if has_pattern(node):
        return
    for other in _OTHER.get(operator, ()):
        yield Alternative(f"({_text(left)} {other} {_text(right)})", f"{operator} → {other}")
    if operator in _ORDER:
        moved = f"({_text(left)} {operator} {_text(right)} - 1)"
        yield Alternative(moved, "boundary moved", "fault")
    if operator in {"-", "/", "%"}:
        swapped = f"({_text(right)} {operator} {_text(left)})"
        yield Alternative(swapped, "operands exchanged", "fault")


def _call(node: tree_sitter.Node) -> Iterator[Alternative]:
    holder = node.child_by_field_name("arguments")
    given = holder.named_children if holder is not None else []
    if holder is None or len(given) < 2 or _text(given[0]) == _text(given[1]):
        return
    start, base = node.start_byte, node.text or b""
    first, second = given[0], given[1]
    swapped = (
        base[: first.start_byte - start]
        + (second.text or b"")
        + base[first.end_byte - start : second.start_byte - start]
        + (first.text or b"")
        + base[second.end_byte - start :]
    )
    yield Alternative(swapped.decode(), "arguments exchanged", "fault")


def _forgotten(node: tree_sitter.Node) -> Iterator[Alternative]:
    if _text(node.child_by_field_name("operator")) in {"&&", "||"} and not has_pattern(node):
        for side in ("left", "right"):
            half = _text(node.child_by_field_name(side))
            yield Alternative(f"({half})", "part of the condition forgotten", "unknown")


def _miscalled(node: tree_sitter.Node) -> Iterator[Alternative]:
    holder, named = node.child_by_field_name("arguments"), node.child_by_field_name("name")
    given = holder.named_children if holder is not None else []
    start, base = node.start_byte, node.text or b""
    if named is not None and (other := _OTHERS.get(_text(named))):
        text = base[: named.start_byte - start] + other.encode() + base[named.end_byte - start :]
        yield Alternative(text.decode(), f"{other} for {_text(named)}", "unknown")
    if given and _text(named) in _PLACED:
        at = given[-1].end_byte - start
        text = base[:at] + b" + 1" + base[at:]
        yield Alternative(text.decode(), "last argument off by one", "unknown")
    if len(given) == 1 and named is not None:
        yield Alternative(f"({_text(given[0])})", "call forgotten", "unknown")


def of_result(node: tree_sitter.Node, declared: str) -> Alternative | None:
    """Return the result dropped: nothing, zero, or the opposite."""
    text = _text(node)
    if declared == "boolean":
        plain = node.type in {"true", "false"} or has_pattern(node)
        return None if plain else Alternative(f"!({text})", "result negated")
    zero = _ZERO.get(declared, "null")
    if zero is None or text in {zero, "null", "0"}:
        return None
    return Alternative(zero, "result dropped")


def _text(node: tree_sitter.Node | None) -> str:
    return (node.text or b"").decode() if node is not None else ""
