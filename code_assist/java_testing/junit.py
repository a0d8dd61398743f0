"""Where JUnit's archives lie: a project's own, Debian's, or Maven's store with many releases."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistants.errors import InputError

_JUPITER = ("junit-jupiter-api", "junit-jupiter-engine", "junit-jupiter-params")
_PLATFORM = ("junit-platform-commons", "junit-platform-engine", "junit-platform-launcher")
_BESIDE = ("opentest4j", "apiguardian-api")  # one of any version fits every JUnit
_MAVEN = Path(".m2") / "repository" / "org"
_VERSIONED = re.compile(r"(.+?)-(\d+(?:\.\d+)*)\.jar")

Version = tuple[int, ...]


def find_junit(libraries: Sequence[Path]) -> tuple[Path, ...]:
    """Return the eight archives that compile and run JUnit tests, all of one release.

    `libraries` are the project's own folders, which come first. Raises `InputError` where no place
    has them all.
    """
    for folder in (*libraries, Path("/usr/share/java")):
        found = _of_one_release(folder.glob("*.jar"))
        if found:
            return found
    store = Path.home() / _MAVEN
    found = _of_one_release(
        jar
        for name in ("junit", "opentest4j", "apiguardian")
        for jar in store.glob(f"{name}/**/*.jar")
    )
    if found:
        return found
    raise InputError("tests of Java code need JUnit 5", hint="apt install junit5")


def _of_one_release(jars: Iterator[Path]) -> tuple[Path, ...]:
    """Return the archives of the newest release that is complete, with 5 before 6."""
    known: dict[str, dict[Version, Path]] = defaultdict(dict)
    for jar in jars:
        versioned = _VERSIONED.fullmatch(jar.name)
        if versioned:
            known[versioned[1]][tuple(map(int, versioned[2].split(".")))] = jar
        else:  # Debian's links carry no version: there is one
            known[jar.stem][()] = jar
    beside = [known[name][max(known[name])] for name in _BESIDE if known[name]]
    if len(beside) < len(_BESIDE):
        return ()
    for version in sorted(known[_JUPITER[0]], key=lambda one: (one[:1] != (6,), one), reverse=True):
        platform = (1, *version[1:]) if version[:1] == (5,) else version
        parts = [known[name].get(version) for name in _JUPITER]
        parts += [known[name].get(platform) for name in _PLATFORM]
        archives = [one.resolve() for one in parts if one is not None]
        if len(archives) == len(parts):
            return (*archives, *beside)
    return ()
