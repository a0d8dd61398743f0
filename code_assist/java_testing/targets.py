"""Which methods of a Java file are to be tested, and what speaks against it; nothing is run."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import tree_sitter

from assistants.errors import InputError
from code_assist.parsing import parse, walk
from code_assist.source import Source

_TYPES = frozenset(
    {"class_declaration", "enum_declaration", "record_declaration", "interface_declaration"}
)
_METHODS = frozenset({"method_declaration", "constructor_declaration"})
_GENERIC = re.compile(r"<[^<>]*>")
_ANNOTATION = re.compile(r"@[\w.]+(\([^()]*\))?\s*|\bfinal\s+")
_UNSAFE = tuple(
    (re.compile(pattern, re.VERBOSE | re.DOTALL), why)
    for pattern, why in (
        (r"\bSystem\.exit\b | \bRuntime\.getRuntime\b | \bProcessBuilder\b",
         "it starts or ends programs"),
        (r"\b(Socket|ServerSocket|URL|URI|HttpClient|InetAddress)\s*[(.]", "it uses the network"),
        (r"\b(Files\.|FileOutputStream|FileWriter|FileInputStream|FileReader|RandomAccessFile)",
         "it uses files"),
        ((r"\b(Local(Date|Time|DateTime)|ZonedDateTime|OffsetDateTime|Instant|Year)\.now\b"
         r"| \bnew\s+Date\(\) | \bcurrentTimeMillis\b | \bnanoTime\b"
         r"| \bCalendar\.getInstance\b(?!.*\.(setTime|setTimeInMillis|clear)\()"),
         "it reads the clock, so that a test of it would hold now only"),
        ((r"\bMath\.random\b | \bnew\s+Random\(\) | \bUUID\.randomUUID\b | \bThreadLocalRandom\b"
         r"| \bSecureRandom\b"), "it draws lots that no test can fix"),
        (r"\bSystem\.(getenv|getProperty)\b", "it reads the machine's settings"),
        (r"\bThread\.sleep\b | \bnew\s+Thread\( | \.wait\(\) | \bExecutors?\b",
         "it waits or starts threads"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method or constructor: its classes and name, and its parameters with erased types."""

    path: tuple[str, ...]
    node: tree_sitter.Node
    parameters: tuple[str, ...]
    types: tuple[str, ...]
    is_static: bool
    is_constructor: bool
    unfit: str = ""

    @property
    def name(self) -> str:
        """The path with dots, and the types of the parameters."""
        return f"{'.'.join(self.path)}({', '.join(self.types)})"

    @property
    def member(self) -> str:
        """The name of the member as the class file has it."""
        return "<init>" if self.is_constructor else self.path[-1]


def package_of(source: Source) -> str:
    """Return the package of a file; nothing for the unnamed one."""
    for node in parse(source).root_node.named_children:
        if node.type == "package_declaration":
            return _text(node.named_children[-1])
    return ""


def methods(source: Source, name: str | None) -> tuple[Method, ...]:
    """Return what a name stands for (a class, a method), or all that is not private.

    Raises `InputError` for a name that the file does not define.
    """
    everything = list(_all(source))
    if name is None:
        return tuple(one for one in everything if "private" not in one.unfit)
    wanted = tuple(name.replace("::", ".").split("."))
    found = tuple(one for one in everything if _fits(one.path, wanted))
    exact = tuple(one for one in found if one.path[-1] == wanted[-1] and not one.is_constructor)
    if not exact:
        found = tuple(one for one in found if "private" not in one.unfit) or found
    if not found:
        near = ", ".join(dict.fromkeys(".".join(one.path) for one in everything[:5]))
        raise InputError(f"there is no method or class {name!r}", hint=f"there are: {near}")
    return exact or found


def at_line(text: str, line: int) -> str | None:
    """Return the name of the method at a line (from 1); None where there is none."""
    found: str | None = None
    for one in _all(Source(text=text, language="java", path="")):
        if one.node.start_point[0] < line <= one.node.end_point[0] + 1:
            found = ".".join(one.path)
    return found


def _fits(path: tuple[str, ...], wanted: Sequence[str]) -> bool:
    """Whether a path holds some names in a row: a method, or all members of a class."""
    size = len(wanted)
    return any(path[at : at + size] == tuple(wanted) for at in range(len(path) - size + 1))


def _all(source: Source) -> Iterator[Method]:
    root = parse(source).root_node
    bodies = {
        _text(one.child_by_field_name("name")): _text(one)
        for one in walk(root)
        if one.type in _METHODS
    }
    for node in walk(root):
        if node.type in _METHODS and node.child_by_field_name("body") is not None:
            owners = _owners(node)
            if owners is not None:
                yield _method(node, owners, bodies)


def _owners(node: tree_sitter.Node) -> list[tree_sitter.Node] | None:
    """Return the types around a member, outermost first; None inside of a method or lambda."""
    found: list[tree_sitter.Node] = []
    above = node.parent
    while above is not None and above.type != "program":
        if above.type in _TYPES:
            found.insert(0, above)
        elif above.type not in {
            "class_body",
            "enum_body",
            "enum_body_declarations",
            "interface_body",
        }:
            return None
        above = above.parent
    return found or None


def _method(
    node: tree_sitter.Node, owners: list[tree_sitter.Node], bodies: dict[str, str]
) -> Method:
    names = [_text(one.child_by_field_name("name")) for one in owners]
    constructor = node.type == "constructor_declaration"
    parameters, types = _parameters(node, _variables((*owners, node)))
    words = _modifiers(node)
    return Method(
        path=(*names, _text(node.child_by_field_name("name"))),
        node=node,
        parameters=tuple(parameters),
        types=tuple(types),
        is_static="static" in words,
        is_constructor=constructor,
        unfit=_unfit(node, owners, words, bodies),
    )


def _unfit(
    node: tree_sitter.Node, owners: list[tree_sitter.Node], words: set[str], bodies: dict[str, str]
) -> str:
    """Return why a method is not tested; nothing where nothing speaks against it."""
    if "private" in words or any("private" in _modifiers(one) for one in owners):
        return "it is private: tests of what calls it reach it"
    inner = any(
        one.type == "class_declaration" and "static" not in _modifiers(one) for one in owners[1:]
    )
    if inner and "static" not in words:
        return "its class lives inside of an object of another"
    last = owners[-1]
    if last.type == "interface_declaration" and "static" not in words:
        return "it belongs to an interface: test a class that has it"
    if node.type == "constructor_declaration" and (
        "abstract" in _modifiers(last) or last.type == "enum_declaration"
    ):
        return "nothing can be made with it from outside"
    reached = _text(node) + "".join(bodies.get(one, "") for one in _called(node))
    return next((why for pattern, why in _UNSAFE if pattern.search(reached)), "")


def _called(node: tree_sitter.Node) -> set[str]:
    found: set[str] = set()
    for one in walk(node):
        if one.type == "method_invocation" and one.child_by_field_name("object") is None:
            found.add(_text(one.child_by_field_name("name")))
    return found


def _variables(nodes: Sequence[tree_sitter.Node]) -> dict[str, str]:
    """Return the type variables of nested declarations with what the class file has for them."""
    found: dict[str, str] = {}
    for node in nodes:
        holder = node.child_by_field_name("type_parameters")
        for one in holder.named_children if holder is not None else ():
            name = next(_text(c) for c in one.named_children if "identifier" in c.type)
            bound = next((c for c in one.named_children if c.type == "type_bound"), None)
            first = _erased(_text(bound.named_children[0])) if bound is not None else "Object"
            found[name] = found.get(first, first)
    return found


def _parameters(
    node: tree_sitter.Node, variables: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    def plain(text: str) -> str:
        erased = _erased(text)
        bare = erased.rstrip("[]")
        return variables.get(bare, bare) + erased[len(bare) :]

    names: list[str] = []
    types: list[str] = []
    holder = node.child_by_field_name("parameters")
    for one in holder.named_children if holder is not None else ():
        if one.type == "formal_parameter":
            dimensions = _text(one.child_by_field_name("dimensions")).replace(" ", "")
            names.append(_text(one.child_by_field_name("name")))
            types.append(plain(_text(one.child_by_field_name("type"))) + dimensions)
        elif one.type == "spread_parameter":
            kind = next(c for c in one.named_children if c.type != "modifiers")
            named = next(c for c in one.named_children if c.type == "variable_declarator")
            names.append(_text(named.child_by_field_name("name")))
            types.append(plain(_text(kind)) + "[]")
    return names, types


def _erased(text: str) -> str:
    """Return the simple name of a type without its arguments and annotations."""
    text = _ANNOTATION.sub("", text)
    while "<" in text:
        shorter = _GENERIC.sub("", text)
        if shorter == text:
            break
        text = shorter
    return text.replace(" ", "").rpartition(".")[2]


def _modifiers(node: tree_sitter.Node) -> set[str]:
    holder = next((one for one in node.children if one.type == "modifiers"), None)
    return {one.type for one in holder.children} if holder is not None else set()


def _text(node: tree_sitter.Node | None) -> str:
    return (node.text or b"").decode() if node is not None else ""
