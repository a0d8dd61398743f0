"""Edits of Java that rules make: Javadoc, a guard, a local name or private member renamed."""

import re
from collections.abc import Callable, Iterator

import tree_sitter

from assistants.errors import InputError
from code_assist.java_navigation import rename
from code_assist.java_scopes import local_of
from code_assist.parsing import walk
from code_assist.source import Source

from .java_selection import javadoc, method_at, own, parameters, text_of
from .mechanical import NAME, Edited

_PRIMITIVE = frozenset("boolean byte char short int long float double".split())
_Words = dict[str, str | None]


def java_mechanical(source: Source, first: int, last: int, instruction: str) -> Edited | None:
    """Return what a rule makes of an instruction; None where no rule understands it.

    Raises `InputError` where the file lacks the lines.
    """
    method = method_at(source, first, last)
    for pattern, edit in _RULES:
        match = re.fullmatch(pattern, " ".join(instruction.split()).rstrip(" .!"))
        if match is not None:
            if method is None:
                return Edited(reason="the selection holds no method")
            return edit(source, method, match.groupdict())
    return None


def _javadoc(source: Source, method: tree_sitter.Node, _: _Words) -> Edited:
    name = text_of(method.child_by_field_name("name"))
    if javadoc(method) is not None:
        return Edited(reason=f"{name} has Javadoc already")
    words = " ".join(re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)).lower() or name
    made = method.type == "constructor_declaration"
    head = f"Makes a {words}." if made else f"{words[0].upper()}{words[1:]}."
    tags = [f"@param {one} the {_spaced(one)}" for one, _ in parameters(method)]
    result = text_of(method.child_by_field_name("type"))
    tags += ["@return the result"] if result not in {"", "void"} else []
    tags += [f"@throws {kind} {why}" for kind, why in dict(_thrown(method)).items()]
    at = source.line_start(method.start_point[0])
    margin = _margin(source, method.start_point[0])
    lines = ["/**", f" * {head}", *([" *"] if tags else []), *(f" * {one}" for one in tags), " */"]
    text = "".join(f"{margin}{line}\n" for line in lines)
    return _put(source, at, text, f"Javadoc for {name}")


def _thrown(method: tree_sitter.Node) -> Iterator[tuple[str, str]]:
    for node in own(method):
        made = node.named_children[0] if node.type == "throw_statement" else None
        if made is not None and made.type == "object_creation_expression":
            given = made.child_by_field_name("arguments")
            said = text_of(given.named_children[0]) if given and given.named_children else ""
            plain = re.fullmatch(r'"([^"\\*@]+)"', said)
            yield text_of(made.child_by_field_name("type")), plain[1] if plain else "see the code"


def _guard(source: Source, method: tree_sitter.Node, words: _Words) -> Edited:
    name = words.get("name")
    known = dict(parameters(method))
    if name is None and len(known) == 1:
        name = next(iter(known))
    if name is None or name not in known:
        return Edited(reason=f"say which parameter of {list(known)}")
    what, kind = (words.get("what") or "null").lower().replace("none", "null"), known[name]
    test = _test(name, kind, what)
    if test is None:
        return Edited(reason=f"{name} is of type {kind}, which is never {what}")
    body = method.child_by_field_name("body")
    if body is None or body.start_point[0] == body.end_point[0]:
        return Edited(reason="the method has no body of several lines")
    inner = body.named_children
    calls = bool(inner) and inner[0].type == "explicit_constructor_invocation"
    after = inner[0].end_point[0] if calls else body.start_point[0]
    margin = _margin(source, method.start_point[0])
    step = "\t" if "\t" in margin else "    "
    if inner and inner[0].start_point[0] > body.start_point[0]:
        step = _margin(source, inner[0].start_point[0]).removeprefix(margin) or step
    text = (
        f"{margin}{step}if ({test}) {{\n"
        f'{margin}{step}{step}throw new IllegalArgumentException("{name} is {what}");\n'
        f"{margin}{step}}}\n"
    )
    return _put(source, source.line_start(after + 1), text, f"a guard: {name} is {what}")


def _test(name: str, kind: str, what: str) -> str | None:
    """Return the condition; None where a value of that type cannot be so."""
    primitive, array = kind in _PRIMITIVE, kind.endswith(("[]", "..."))
    match what:
        case "null":
            return None if primitive else f"{name} == null"
        case "empty" if array:
            return f"{name}.length == 0"
        case "empty":
            return None if primitive else f"{name}.isEmpty()"
        case _:
            numeric = primitive and kind not in {"boolean", "char"}
            return (f"{name} < 0" if what == "negative" else f"{name} == 0") if numeric else None


def _rename(source: Source, method: tree_sitter.Node, words: _Words) -> Edited:
    old, new = str(words["old"]), str(words["new"])
    used = [one for one in walk(method) if one.type == "identifier" and text_of(one) == old]
    if not used:
        return Edited(reason=f"{old!r} is not used there")
    node = next((one for one in used if local_of(one) is not None), used[0])
    try:
        found = rename(source, source.byte_to_offset(node.start_byte), new)
    except InputError as error:
        return Edited(reason=str(error))
    edited = source
    (spans,) = found.spans.values()
    for one in sorted(spans, key=lambda one: one.start, reverse=True):
        edited = edited.replace(one, new)
    return Edited(text=edited.text, what=f"{old} is called {new}")


def _put(source: Source, at: int, new: str, what: str) -> Edited:
    return Edited(text=source.text[:at] + new + source.text[at:], what=what)


def _margin(source: Source, line: int) -> str:
    text = source.line(line)
    return text[: len(text) - len(text.lstrip())]


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()


_RULES: tuple[tuple[str, Callable[[Source, tree_sitter.Node, _Words], Edited]], ...] = (
    (r"(?i:(add|write)( an?| the)? (missing )?(javadoc|docstring|doc comment)s?)", _javadoc),
    (
        (
            rf"(?i:(?:add (?:a )?guard|guard)(?: against| for)?)"
            rf"(?: (?P<what>(?i:null|none|empty|negative|zero)))?(?: {NAME.format('name')})?"
        ),
        _guard,
    ),
    (rf"(?i:rename) {NAME.format('old')} (?i:to|as) {NAME.format('new')}", _rename),
)
