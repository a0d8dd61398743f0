"""Source files of permissively licensed packages: the standard library, wheels, Debian sources.

Every reader yields `SourceFile` values that carry the package, its version and its licence, so
that the manifest can say for each file where it came from and why it may be used.
"""

import re
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from importlib.metadata import Distribution, distributions
from pathlib import Path

PERMISSIVE = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|0BSD|Unlicense|HPND|Zlib|"
    r"public domain|MIT-CMU|Historical Permission)\b",
    re.IGNORECASE,
)
# Weak copyleft is dropped as well: a package under "MIT AND MPL-2.0" cannot be split by file here.
NOT_PERMISSIVE = re.compile(
    r"\b(A?L?GPL\w*|GNU|MPL\w*|Mozilla|EPL|CDDL|CeCILL|SSPL|EUPL|proprietary|commercial)\b",
    re.IGNORECASE,
)
SKIPPED_FOLDER = re.compile(
    r"(^|/)(_?tests?|testing|_vendor(ed)?|vendor(ed)?|third_?party|extern(als)?|_?examples?|"
    r"site-packages|idlelib|lib2to3|node_modules|test-\w+|it|jmh|"
    r"tomcat/dbcp|_click|tomcat/util/codec)/",  # the last line: copies of held-out packages
    re.IGNORECASE,
)
LANGUAGE_OF_SUFFIX = {".py": "python", ".java": "java"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One source file with its origin."""

    package: str
    version: str
    licence: str
    path: str
    language: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which packages the corpus is made of (`training/corpus.toml`)."""

    python_download: tuple[str, ...]
    python_installed: tuple[str, ...]
    java_download: tuple[str, ...]
    held_out: frozenset[str]

    @staticmethod
    def read(path: Path) -> "Selection":
        """Read the table of packages."""
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return Selection(
            python_download=tuple(table["python"]["download"]),
            python_installed=tuple(table["python"]["installed"]),
            java_download=tuple(table["java"]["download"]),
            held_out=frozenset(table["held_out"]["packages"]),
        )


def normalised(name: str) -> str:
    """Package name in the normal form of PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence_of_metadata(metadata: str) -> str | None:
    """The licence that a METADATA file declares, or None if it is unclear or not permissive."""
    headers = HeaderParser().parsestr(metadata)
    expression = headers.get("License-Expression")
    classifiers = [
        value.split("::")[-1].strip()
        for value in headers.get_all("Classifier", [])
        if value.startswith("License ::")
    ]
    free_text = (headers.get("License") or "").strip().splitlines()[:1]
    declared = [expression] if expression else classifiers or free_text
    licence = "; ".join(text for text in declared if text)
    if not licence or NOT_PERMISSIVE.search(licence) or not PERMISSIVE.search(licence):
        return None
    return licence


def standard_library() -> Iterator[SourceFile]:
    """The running interpreter's standard library, without its tests."""
    root = Path(sysconfig.get_path("stdlib"))
    version = ".".join(str(part) for part in sys.version_info[:3])
    for path in sorted(root.rglob("*.py")):
        relative = path.relative_to(root).as_posix()
        if not is_wanted(relative):
            continue
        text = decoded(path.read_bytes())
        if text is not None:
            yield SourceFile(
                package="python-stdlib",
                version=version,
                licence="PSF-2.0",
                path=relative,
                language="python",
                text=text,
            )


def is_wanted(path: str) -> bool:
    """Whether a path is a Python or Java source outside test and vendored folders."""
    name = path.rsplit("/", 1)[-1]
    if Path(name).suffix not in LANGUAGE_OF_SUFFIX or name.startswith("test_"):
        return False
    return not SKIPPED_FOLDER.search(path) and not name.endswith(("Test.java", "_test.py"))


def decoded(data: bytes) -> str | None:
    """UTF-8 text with Unix line ends, or None."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def installed(names: Iterable[str]) -> Iterator[SourceFile]:
    """Sources of packages installed beside the running interpreter."""
    wanted = {normalised(name) for name in names}
    for distribution in distributions():
        if normalised(distribution.name) in wanted:
            yield from _installed_files(distribution)


def _installed_files(distribution: Distribution) -> Iterator[SourceFile]:
    licence = licence_of_metadata(distribution.read_text("METADATA") or "")
    if licence is None:
        return
    for entry in distribution.files or ():
        path = entry.as_posix()
        if not is_wanted(path) or path.startswith(".."):
            continue
        text = decoded(Path(str(entry.locate())).read_bytes())
        if text is not None:
            yield SourceFile(
                package=normalised(distribution.name),
                version=distribution.version,
                licence=licence,
                path=path,
                language="python",
                text=text,
            )


def wheel(path: Path) -> Iterator[SourceFile]:
    """Python sources inside one wheel."""
    name, version = path.name.split("-")[:2]
    with zipfile.ZipFile(path) as archive:
        entries = archive.namelist()
        metadata = next(e for e in entries if e.endswith(".dist-info/METADATA"))
        licence = licence_of_metadata(archive.read(metadata).decode("utf-8"))
        if licence is None:
            return
        for entry in sorted(entries):
            text = decoded(archive.read(entry)) if is_wanted(entry) else None
            if text is not None:
                yield SourceFile(
                    package=normalised(name),
                    version=version,
                    licence=licence,
                    path=entry,
                    language="python",
                    text=text,
                )


def debian_source(path: Path) -> Iterator[SourceFile]:
    """Java sources inside one upstream tarball of a Debian source package.

    Only files whose own header names the Apache licence are taken: a tarball may mix licences.
    """
    name, version = path.name.split(".orig.tar")[0].rsplit("_", 1)
    with tarfile.open(path) as archive:
        for member in archive:
            inner = member.name.split("/", 1)[-1]
            if not member.isfile() or not inner.endswith(".java") or not is_wanted(inner):
                continue
            stream = archive.extractfile(member)
            text = decoded(stream.read()) if stream else None
            if text is not None and _has_apache_header(text):
                yield SourceFile(
                    package=name,
                    version=version,
                    licence="Apache-2.0",
                    path=inner,
                    language="java",
                    text=text,
                )


def _has_apache_header(text: str) -> bool:
    head = text[:3000]
    return "Apache" in head and "Licen" in head and not NOT_PERMISSIVE.search(head)
