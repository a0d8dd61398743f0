"""Java types by name, as far as the file, its folder and an installed JDK show them.

A type whose supertypes are not all known has unknown members: an inherited name cannot be told
from a wrong one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import tree_sitter

from . import jdk
from .parsing import parse
from .source import MAX_BYTES, Source
from .symbols import members_of, type_nodes

_OF_ENUMS = frozenset({"values", "valueOf", "name", "ordinal", "compareTo", "describeConstable"})
_OF_OBJECTS = frozenset(
    "clone equals finalize getClass hashCode notify notifyAll toString wait".split()
)
_OF_ARRAYS = _OF_OBJECTS | {"length"}
_NAME = re.compile(r"[^\W\d][\w$]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class JavaType:
    """What a type declares itself: members, types of fields, names of its supertypes."""

    members: frozenset[str]
    fields: Mapping[str, str]
    supers: tuple[str, ...]


def declared(source: Source) -> Mapping[str, JavaType]:
    """Return the types that a file declares, nested ones too, by simple name."""
    return dict(_declared(source))


def _declared(source: Source) -> Iterator[tuple[str, JavaType]]:
    for node in type_nodes(source):
        name = node.child_by_field_name("name")
        if name is not None:
            own = members_of(node, source)
            yield (
                _text(name),
                JavaType(
                    members=frozenset(one.name for one in own) | _given(node),
                    fields={one.name: one.type for one in own if one.kind == "variable"},
                    supers=tuple(_supers(node)),
                ),
            )


def _given(node: tree_sitter.Node) -> frozenset[str]:
    """Return the members that the language gives a type: of enumerations and records."""
    if node.type == "enum_declaration":
        return _OF_ENUMS
    parameters = node.child_by_field_name("parameters")
    if node.type == "record_declaration" and parameters is not None:
        names = (one.child_by_field_name("name") for one in parameters.named_children)
        return frozenset(_text(one) for one in names if one is not None)
    return frozenset()


def _supers(node: tree_sitter.Node) -> Iterator[str]:
    for child in node.named_children:
        if child.type in {"superclass", "super_interfaces", "extends_interfaces"}:
            listed = child.named_children
            if listed and listed[0].type == "type_list":
                listed = listed[0].named_children
            for one in listed:
                yield _text(one).partition("<")[0].strip()


@lru_cache(maxsize=256)
def _of_file(path: Path, changed: int) -> Mapping[str, JavaType]:
    del changed  # part of the key
    try:
        source = Source(text=path.read_text("utf-8"), language="java", path=str(path))
    except (OSError, UnicodeDecodeError):
        return {}
    return declared(source)


class Types:
    """The types that a file can name."""

    def __init__(self, source: Source) -> None:
        """Read the file's imports; other files only when they are asked for."""
        self._own = declared(source)
        self._folder = Path(source.path).parent if Path(source.path).is_file() else None
        self._root: Path | None = None
        self._imports: dict[str, str] = {}
        self._packages = ["java.lang"]
        self.static_names: set[str] = set()
        self.all_static_known = True
        for node in parse(source).root_node.named_children:
            if node.type == "import_declaration":
                self._import(_text(node))
            elif node.type == "package_declaration" and self._folder is not None:
                self._root = _source_root(self._folder, _NAME.findall(_text(node))[1:])

    def _import(self, text: str) -> None:
        static = re.match(r"import\s+static\b", text) is not None
        names = _NAME.findall(text)[2 if static else 1 :]
        wildcard = text.rstrip(" ;\n").endswith("*")
        if static and not wildcard:
            self.static_names.add(names[-1])
        elif static:
            found = jdk.members(".".join(names))
            self.all_static_known = self.all_static_known and found is not None
            self.static_names |= found.members if found is not None else set()
        elif wildcard:
            self._packages.append(".".join(names))
        else:
            self._imports[names[-1]] = ".".join(names)

    def names(self) -> frozenset[str] | None:
        """Return all types that need no package; None where some package cannot be listed."""
        packages = jdk.packages()
        if self._folder is None or any(one not in packages for one in self._packages):
            return None
        listed = (names for one in self._packages for names in packages[one])
        siblings = (file.stem for file in self._folder.glob("*.java"))
        return frozenset((*self._own, *self._imports, *listed, *siblings))

    def package_roots(self) -> frozenset[str]:
        """Return the first names of packages (`java`, `org`), for names written in full."""
        known = (*jdk.packages(), *self._imports.values(), *self._packages)
        return frozenset(package.partition(".")[0] for package in known)

    def members(self, name: str) -> frozenset[str] | None:
        """Return all members of a type, inherited ones too; None if they cannot be told."""
        if name.endswith("]"):
            return _OF_ARRAYS
        found = _OF_OBJECTS
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            seen.add(one)
            known = self.find(one)
            if known is None:
                return None
            found |= known.members
            waiting += known.supers
        return found

    def field(self, owner: str, name: str) -> str:
        """Return the type of a field that a type itself declares, or nothing."""
        known = self.find(owner)
        return known.fields.get(name, "") if known is not None else ""

    def find(self, name: str) -> JavaType | None:
        """Return a type by the name that the file uses, or by its qualified name."""
        if name in self._own:
            return self._own[name]
        known = self._in_project(name)
        if known is not None:
            return known
        candidates = [self._imports[name]] if name in self._imports else []
        candidates += [name] if "." in name else [f"{one}.{name}" for one in self._packages]
        first, _, rest = name.partition(".")
        if rest and first in self._imports:
            candidates.insert(0, f"{self._imports[first]}.{rest}")
        found = next((one for one in map(jdk.members, candidates) if one is not None), None)
        if found is None:
            return None
        return JavaType(members=found.members, fields=found.fields, supers=found.supers)

    def _in_project(self, name: str) -> JavaType | None:
        """Return a type of the same package, or an imported one below the same source folder."""
        file = self._folder / f"{name}.java" if self._folder is not None else None
        if name in self._imports:
            path = self._imports[name].replace(".", "/")
            file = self._root / f"{path}.java" if self._root is not None else None
        if file is None or not file.is_file():
            return None
        stat = file.stat()
        return _of_file(file, stat.st_mtime_ns).get(name) if stat.st_size <= MAX_BYTES else None


def _source_root(folder: Path, package: list[str]) -> Path | None:
    """Return the folder that holds a package's outermost folder, if files lie as they should."""
    parts = folder.parts
    fits = len(parts) > len(package) and list(parts[len(parts) - len(package) :]) == package
    return Path(*parts[: len(parts) - len(package)]) if fits else None


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode()
