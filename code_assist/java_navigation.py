"""Java navigation by our own index: exact for local names, by name for members and types.

Types come from the file, its package, its imports and else the whole workspace; nothing is known
of libraries. Members are found by the receiver's declared type where the file says it, else by
name in every file that mentions the type.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import tree_sitter

from assistants.errors import InputError

from . import languages, symbols
from .brackets import marks
from .java_scopes import (
    Role,
    identifier_at,
    local_of,
    receiver,
    role,
    span_of,
    type_around,
    uses,
    uses_of_local,
)
from .outline import Definition, outline
from .parsing import parse, walk
from .places import Help, Place, Renaming, Signature
from .source import Position, Source, Span
from .verify import standing
from .workspace import Workspace

Read = Callable[[str], Source | None]
"""From a path to its text as it is shown now."""

_CALLED = re.compile(r"(\bnew\s+)?([^\W\d]\w*)\s*(?:<[^<>()]*>)?\s*\Z")
_PIECE = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|[<>()\[\]{},]')
_TYPE_KINDS = frozenset({"class", "interface", "enum"})


def definitions(source: Source, offset: int, workspace: Workspace) -> tuple[Place, ...]:
    """Return where the name at an offset is defined, the likeliest first."""
    node = identifier_at(source, offset)
    if node is None:
        return ()
    local = local_of(node)
    if local is not None:
        return (Place(source.path, span_of(source, local.name)),)
    found = _defined(source, node, workspace)
    return tuple(dict.fromkeys(Place(one.path, one.name_span) for one in found))


def references(source: Source, offset: int, workspace: Workspace, read: Read) -> tuple[Place, ...]:
    """Return the uses of the name at an offset, its definition among them."""
    node = identifier_at(source, offset)
    if node is None:
        return ()
    local = local_of(node)
    if local is not None:
        return tuple(Place(source.path, span_of(source, one)) for one in uses_of_local(local))
    found = next(iter(_defined(source, node, workspace)), None)
    if found is None:
        return ()
    return tuple(_uses_of(found, workspace, read, source))


def help_at(source: Source, offset: int, workspace: Workspace, read: Read) -> Help | None:
    """Return how the name at an offset is declared, with its documentation comment."""
    node = identifier_at(source, offset)
    if node is None:
        return None
    span = span_of(source, node)
    local = local_of(node)
    if local is not None:
        line = source.line(source.position(source.byte_to_offset(local.name.start_byte)).line)
        return Help(declaration=line.strip(), documentation="", span=span)
    for one in _defined(source, node, workspace):
        file = source if one.path == source.path else read(one.path)
        if file is not None:
            return Help(
                declaration=_header(file, one), documentation=_comment(file, one), span=span
            )
    return None


def signatures(
    source: Source, offset: int, workspace: Workspace, read: Read
) -> tuple[Signature, ...]:
    """Return the methods that the call around an offset may mean."""
    name, creates, current = _call_around(source, offset)
    if not name:
        return ()
    wanted = "constructor" if creates else "method"
    found: list[Signature] = []
    for one in _named(workspace, source, name):
        file = source if one.path == source.path else read(one.path)
        if one.kind == wanted and file is not None:
            label = _header(file, one)
            inside = label[label.find("(") + 1 : label.rfind(")")]
            parameters = tuple(part.strip() for part in _split(inside))
            if current < max(len(parameters), 1):
                found.append(
                    Signature(
                        label=label,
                        parameters=parameters,
                        current=current if parameters else None,
                        documentation=_comment(file, one),
                    )
                )
    return tuple(found[:10])


def rename(source: Source, offset: int, new_name: str) -> Renaming:
    """Return the edits that rename a local variable, a parameter, or a private member.

    Raises:
        InputError: there is no such name, it may be used from elsewhere, or the new name would
            change what something means.
    """
    if not new_name.isidentifier() or new_name in languages.by_name("java").keywords:
        raise InputError(f"{new_name!r} is no Java name", hint="use letters, digits and _")
    node = identifier_at(source, offset)
    if node is None:
        raise InputError("there is no name here", hint="put the cursor on a name")
    spans = _renamed(source, node)
    edited = source
    for one in sorted(spans, key=lambda one: one.start, reverse=True):
        edited = edited.replace(one, new_name)
    if not _means_the_same(source, edited, spans, new_name):
        raise InputError(
            f"{new_name!r} means something else where {_text(node)!r} is used",
            hint="choose a name that is not used there",
        )
    return Renaming(new_name=new_name, spans={source.path: spans})


def _renamed(source: Source, node: tree_sitter.Node) -> tuple[Span, ...]:
    local = local_of(node)
    if local is not None:
        return tuple(span_of(source, one) for one in uses_of_local(local))
    name = _text(node)
    declared = [one for one in outline(source) if one.name == name]
    if len(declared) != 1 or declared[0].kind not in {"method", "field"}:
        raise InputError(
            f"{name!r} is not declared exactly once in this file",
            hint="only local names and private members are renamed so far",
        )
    if "private" not in _header(source, declared[0]).split():
        raise InputError(
            f"{name!r} is not private: other files and libraries may use it",
            hint="only local names and private members are renamed so far",
        )
    return tuple(span_of(source, one) for one in _uses_of_member(source, name))


def _uses_of_member(source: Source, name: str) -> Iterator[tree_sitter.Node]:
    """Yield the uses of a private member; `InputError` where a receiver's type is not known."""
    top = {one.name for one in outline(source) if one.kind in _TYPE_KINDS}
    for node in uses(source, name):
        if role(node) not in {"plain", "member", "method"} or local_of(node) is not None:
            continue
        owner = receiver(node)
        if owner is not None and _text(owner) != "this" and _type_of(source, owner) not in top:
            line = span_of(source, node).start.line + 1
            raise InputError(
                f"in line {line} it is not known whose {name!r} is meant",
                hint="declare the receiver with its type, or rename by hand",
            )
        yield node


def _means_the_same(source: Source, edited: Source, spans: tuple[Span, ...], new_name: str) -> bool:
    """Whether the renamed places, and no others, mean one thing after the edit, and it parses."""
    if standing(source).parses and not standing(edited).parses:
        return False
    moved: list[tuple[int, int]] = []
    for one in sorted(spans, key=lambda one: one.start):
        before = sum(
            len(new_name) - (other.end.column - other.start.column)
            for other in spans
            if other.start.line == one.start.line and other.start < one.start
        )
        moved.append((one.start.line, one.start.column + before))
    node = identifier_at(edited, edited.offset(Position(*moved[0])))
    if node is None:
        return False
    try:
        after = _renamed(edited, node)
    except InputError:
        return False
    return sorted((one.start.line, one.start.column) for one in after) == moved


def _defined(source: Source, node: tree_sitter.Node, workspace: Workspace) -> Iterator[Definition]:
    """Yield the definitions that a name that is not local may mean."""
    name, kind = _text(node), role(node)
    if kind == "label":
        return
    found = _named(workspace, source, name)
    if kind == "type":
        yield from (one for one in found if one.kind in _TYPE_KINDS)
        return
    owner = receiver(node)
    wanted = {"method"} if kind == "method" else {"field", "constant"}
    members = [one for one in found if one.kind in wanted]
    owners = _owners(source, node, owner)
    own = [one for one in members if one.within and one.within[-1] in owners]
    yield from own or members
    if kind == "plain" and owner is None:
        yield from (one for one in found if one.kind in _TYPE_KINDS)


def _owners(
    source: Source, node: tree_sitter.Node, owner: tree_sitter.Node | None
) -> frozenset[str]:
    """Return the types that may declare a member, as far as the file says."""
    if owner is not None and _text(owner) not in {"this", "super"}:
        return frozenset({_type_of(source, owner)})
    names: set[str] = set()
    around = type_around(node)
    while around is not None:
        name = around.child_by_field_name("name")
        names.add(_text(name) if name is not None else "")
        for clause in ("superclass", "interfaces"):
            above = around.child_by_field_name(clause)
            nodes = walk(above) if above is not None else ()
            names |= {_text(one) for one in nodes if one.type == "type_identifier"}
        around = type_around(around)
    return frozenset(names)


def _type_of(source: Source, owner: tree_sitter.Node) -> str:
    """Return the declared type of a receiver that is a simple name; the name itself for a type."""
    name = _text(owner)
    if name == "this":
        around = type_around(owner)
        named = around.child_by_field_name("name") if around is not None else None
        return _text(named) if named is not None else ""
    if owner.type == "object_creation_expression":
        made = owner.child_by_field_name("type")
        return _text(made).partition("<")[0] if made is not None else ""
    visible = symbols.in_scope(source, source.byte_to_offset(owner.start_byte))
    return next((one.type for one in visible if one.name == name and one.type), "") or name


def _named(workspace: Workspace, source: Source, name: str) -> list[Definition]:
    """Return the definitions of a name: of this file, its package, its imports, then the rest."""
    here = [one for one in outline(source) if one.name == name]
    others = [
        one
        for path, each in workspace.definitions().items()
        if path.endswith(".java") and path != source.path
        for one in each
        if one.name == name
    ]
    imports = _imports(source)
    folder = Path(source.path).parent

    def distance(one: Definition) -> int:
        path = Path(one.path)
        if path.parent == folder:
            return 0
        return 1 if any(path.as_posix().endswith(each) for each in imports) else 2

    return [*here, *sorted(others, key=distance)]


def _imports(source: Source) -> list[str]:
    """Return the ends of the paths of what a file imports."""
    return [
        "/" + _text(child).replace(".", "/") + ".java"
        for node in parse(source).root_node.children
        if node.type == "import_declaration"
        for child in node.named_children
        if child.type == "scoped_identifier"
    ]


def _uses_of(one: Definition, workspace: Workspace, read: Read, source: Source) -> Iterator[Place]:
    """Yield uses of a member or type by name, in files that mention the type it belongs to."""
    owner = one.within[-1] if one.within else one.name
    wanted: set[Role] = {"method"} if one.kind == "method" else {"plain", "member"}
    if one.kind in _TYPE_KINDS:
        wanted = {"plain", "type"}
    paths = [source.path, *(path for path in workspace.definitions() if path != source.path)]
    for path in paths:
        if not path.endswith(".java"):
            continue
        file = source if path == source.path else read(path)
        if file is None or one.name not in file.text:
            continue
        if path != one.path and owner not in file.text:
            continue
        for node in uses(file, one.name):
            if role(node) in wanted and local_of(node) is None:
                yield Place(path, span_of(file, node))


def _header(source: Source, one: Definition) -> str:
    """Return a definition up to its body, on one line."""
    start = source.offset(one.span.start)
    text = source.text[start : source.offset(one.span.end)]
    first, last = source.offset_to_byte(start), source.offset_to_byte(start + len(text))
    node = parse(source).root_node.descendant_for_byte_range(first, last)
    body = node.child_by_field_name("body") if node is not None else None
    if body is not None:
        text = source.text[start : source.byte_to_offset(body.start_byte)]
    return " ".join(text.split()).removesuffix(";").strip()


def _comment(source: Source, one: Definition) -> str:
    """Return the documentation comment above a definition, without its stars."""
    before = source.text[: source.offset(one.span.start)].rstrip()
    if not before.endswith("*/"):
        return ""
    start = before.rfind("/**")
    if start < 0:
        return ""
    lines = (line.strip().removeprefix("*").strip() for line in before[start + 3 : -2].split("\n"))
    return "\n".join(lines).strip()


def _call_around(source: Source, offset: int) -> tuple[str, bool, int]:
    """Return what is called around an offset, whether it is `new`, and the argument's number."""
    before = source.text[:offset]
    opened: list[tuple[str, int]] = []
    for mark, at in marks(before):
        if mark in "([{":
            opened.append((mark, at))
        elif opened:
            opened.pop()
    if not opened or opened[-1][0] != "(":
        return "", False, 0
    start = opened[-1][1]
    called = _CALLED.search(before, max(0, start - 200), start)
    if called is None:
        return "", False, 0
    return called.group(2), bool(called.group(1)), len(list(_split(before[start + 1 :] + " "))) - 1


def _split(listed: str) -> Iterator[str]:
    """Yield what stands between commas that are in no brackets, type arguments or texts."""
    depth = start = 0
    for match in _PIECE.finditer(listed):
        piece = match.group()
        depth += (piece in "<([{") - (piece in ">)]}")
        if piece == "," and depth == 0:
            yield listed[start : match.start()]
            start = match.end()
    if listed[start:]:
        yield listed[start:]


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode()
