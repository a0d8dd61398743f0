"""The classes of an installed JDK: names by package, and what each one offers.

Read from `lib/ct.sym`, the archive of class signatures of earlier releases that `javac --release`
uses (JEP 247); no Java program is run. Members of all releases in it are put together.
Class files: The Java Virtual Machine Specification, chapter 4.
"""

import os
import struct
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PLACES = ("/usr/lib/jvm/*", "/Library/Java/JavaVirtualMachines/*/Contents/Home", "/opt/java/*")
_SIZES = {3: 4, 4: 4, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}
"""Bytes of the constants that are skipped, by their tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JavaClass:
    """One class: names of members, types of fields, and the classes that it inherits from."""

    members: frozenset[str]
    fields: Mapping[str, str]
    supers: tuple[str, ...]


def packages() -> Mapping[str, frozenset[str]]:
    """Return the simple names of the top-level classes of each package; none without a JDK."""
    return _index()[0]


@cache
def members(qualified: str) -> JavaClass | None:
    """Return a class by its qualified name (`java.util.Map.Entry`), or None if there is none."""
    entries = _index()[1]
    package, _, name = qualified.rpartition(".")
    while package:
        path = f"{package.replace('.', '/')}/{name}"
        if path in entries:
            return _merged(entries[path])
        package, _, outer = package.rpartition(".")
        name = f"{outer}${name}"
    return None


def homes() -> tuple[Path, ...]:
    """Return the folders of installed JDKs: JAVA_HOME first, then the newest."""
    found = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    for place in _PLACES:
        root, _, pattern = place[1:].partition("*")
        found += sorted(Path("/", root).glob(f"*{pattern}"), key=_version, reverse=True)
    return tuple(found)


@cache
def _index() -> tuple[Mapping[str, frozenset[str]], Mapping[str, tuple[str, ...]]]:
    """Return classes by package, and the entries of each class in the archive."""
    archive = _archive()
    entries: dict[str, list[str]] = defaultdict(list)
    for name in archive.namelist() if archive is not None else ():
        _, _, path = name.partition("/")
        if name.endswith(".sig"):
            module, _, rest = path.partition("/")
            entries[(rest if "." in module else path).removesuffix(".sig")].append(name)
    found: dict[str, set[str]] = defaultdict(set)
    for path in entries:
        package, _, name = path.rpartition("/")
        if "$" not in name:
            found[package.replace("/", ".")].add(name)
    by_package = {package: frozenset(names) for package, names in found.items()}
    return by_package, {path: tuple(names) for path, names in entries.items()}


@cache
def _archive() -> zipfile.ZipFile | None:
    """Open the newest archive and keep it open: reading its directory takes 0.2 s."""
    files = (home / "lib" / "ct.sym" for home in homes())
    found = next((file for file in files if file.is_file()), None)
    try:
        return zipfile.ZipFile(found) if found is not None else None
    except (OSError, zipfile.BadZipFile):
        return None


def _version(home: Path) -> tuple[int, ...]:
    return tuple(
        int(part) for part in "".join(c if c.isdigit() else " " for c in home.name).split()
    )


def _merged(names: tuple[str, ...]) -> JavaClass | None:
    archive = _archive()
    assert archive is not None  # noqa: S101 - the names come out of it
    found: set[str] = set()
    fields: dict[str, str] = {}
    supers: dict[str, None] = {}
    for name in names:
        try:
            one = parse_class(archive.read(name))
        except (struct.error, KeyError, OSError, zipfile.BadZipFile):
            return None
        found |= one.members
        fields.update(one.fields)
        supers.update(dict.fromkeys(one.supers))
    return JavaClass(members=frozenset(found), fields=fields, supers=tuple(supers))


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, layout: str) -> int:
        (value,) = struct.unpack_from(f">{layout}", self._data, self._at)
        self._at += struct.calcsize(layout)
        return int(value)

    def text(self, size: int) -> str:
        self._at += size
        return self._data[self._at - size : self._at].decode("utf-8", "replace")

    def skip(self, size: int) -> None:
        self._at += size


def parse_class(data: bytes) -> JavaClass:
    """Return what a class file declares; raises `struct.error` or `KeyError` for any other file."""
    reader = _Reader(data)
    if reader.take("I") != 0xCAFEBABE:
        raise KeyError("no class file")
    reader.skip(4)
    texts, classes = _constants(reader)
    reader.skip(4)
    inherited = [reader.take("H")]
    inherited += [reader.take("H") for _ in range(reader.take("H"))]
    found: dict[str, str] = {}
    fields: dict[str, str] = {}
    for kind in (fields, found):
        for _ in range(reader.take("H")):
            reader.skip(2)
            name, described = texts[reader.take("H")], texts[reader.take("H")]
            kind[name] = _type(described)
            for _ in range(reader.take("H")):
                reader.skip(2)
                reader.skip(reader.take("I"))
    supers = tuple(
        texts[classes[one]].replace("/", ".").replace("$", ".") for one in inherited if one
    )
    return JavaClass(members=frozenset(found) | frozenset(fields), fields=fields, supers=supers)


def _constants(reader: _Reader) -> tuple[dict[int, str], dict[int, int]]:
    """Return the texts of the constant pool, and which of them names each class."""
    texts: dict[int, str] = {}
    classes: dict[int, int] = {}
    number, count = 1, reader.take("H")
    while number < count:
        tag = reader.take("B")
        if tag == 1:
            texts[number] = reader.text(reader.take("H"))
        elif tag == 7:
            classes[number] = reader.take("H")
        elif tag in (5, 6):
            reader.skip(8)
            number += 1
        else:
            reader.skip(_SIZES[tag])
        number += 1
    return texts, classes


def _type(described: str) -> str:
    """Return the class of a field's descriptor, or nothing for other types."""
    if described.startswith("L"):
        return described[1:-1].replace("/", ".").replace("$", ".")
    return ""
