"""What javac says of a Java file beyond its syntax: types, arity, missing returns.

javac runs as a process of its own with a deadline, on a copy of the text, without annotation
processors and plugins: it reads the project and runs none of it. What other libraries the project
has is not known here. Where an import leads to none of the files at hand, what javac says of names
and types may come from that alone, and only its findings on the flow of control are kept.
"""

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from assistants.model import Cancel

from . import jdk
from .alike import common_prefix, common_suffix
from .diagnose import Diagnostic, Severity, diagnose
from .source import Source

SECONDS = 15.0
"""What one run may take; with one core to itself it takes about half of one."""

_OPTIONS = (
    # One small compilation: starting the compiler costs more than the compiling.
    "-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", "-J-Xmx512m", "-J-Duser.language=en",
    "-encoding", "UTF-8", "-proc:none", "-implicit:none", "-nowarn", "-Xmaxerrs", "100",
    # Look at the flow of control in spite of errors, and never get as far as writing classes.
    "-XDshould-stop.ifError=FLOW", "-XDshould-stop.ifNoError=FLOW",
    # javac's own formatter: start and place in UTF-16 units, file, kind, message.
    "-XDdiags.layout=@%s %o@%f@%p%m|@- -@-@%p%m|@- -@-@%p%m", "-XDdiags.formatterOptions=-source",
)  # fmt: skip
_LINE = re.compile(r"@(\d+) (\d+)@(.*?)@error: (.*)")
_PLACE = re.compile(r"\.?\s*(?P<token>[\w$]+|.)")
_PACKAGE = re.compile(r"^[ \t]*package\s+([\w.]+)\s*;", re.MULTILINE)
_UNKNOWN = re.compile(r"package \S+ does not exist|cannot access |module not found|static import")
_CERTAIN = re.compile(
    r"missing return statement|unreachable statement|variable \S+ (might|is already defined)"
    r"|incompatible types: (String|boolean|byte|char|short|int|long|float|double) cannot be"
    r" converted to (String|boolean|byte|char|short|int|long|float|double)$"
    r"|incompatible types: possible lossy conversion"
)
"""What needs no other file to be seen."""
_NOT_OURS = re.compile(r"class \S+ is public, should be declared|duplicate class")
"""What comes from the copy's name."""
_OTHER_RELEASE = re.compile(
    r".* expected$|illegal start of |not a statement|.*not supported in -source|.*preview feature"
)
"""The file parses, by the newest grammar; this JDK is older and says nothing of use about it."""

_running: set["subprocess.Popen[bytes]"] = set()


@dataclass(frozen=True, slots=True)
class Compiled:
    """What javac found in a text."""

    source: Source
    found: tuple[Diagnostic, ...]

    def carried(self, now: Source) -> tuple[Diagnostic, ...]:
        """Return the findings where they stand in an edited text; none for what was edited."""
        before = self.source
        if before.text == now.text:
            return self.found
        head = common_prefix(before.text, now.text)
        shorter = min(len(before.text), len(now.text))
        tail = min(common_suffix(before.text, now.text), shorter - head)
        moved = len(now.text) - len(before.text)
        kept: list[Diagnostic] = []
        for one in self.found:
            start, end = before.offset(one.span.start), before.offset(one.span.end)
            if end < head:
                kept.append(one)
            elif start > len(before.text) - tail:
                kept.append(replace(one, span=now.span(start + moved, end + moved)))
        return tuple(kept)


@dataclass(frozen=True, slots=True)
class _Said:
    """One message of javac: where, in UTF-16 units, about which file, and its lines."""

    at: int
    file: str
    lines: tuple[str, ...]


def check(source: Source, *, cancel: Cancel | None = None) -> tuple[Diagnostic, ...]:
    """Return javac's errors in a file; none without a JDK or where javac takes too long.

    Raises:
        Cancelled: the flag was raised; javac is stopped.
    """
    javac = program()
    if javac is None or source.language != "java":
        return ()
    name = Path(source.path).name or "Main.java"
    with tempfile.TemporaryDirectory(prefix="plumb-javac-") as folder:
        copy = Path(folder, "copy", name)
        copy.parent.mkdir()
        copy.write_bytes(source.text.encode())
        roots = _roots(source)
        command = [
            str(javac), *_OPTIONS, "-d", folder, "-classpath", folder,
            "-sourcepath", ":".join(map(str, roots)) or folder, str(copy),
        ]  # fmt: skip
        said = tuple(_messages(_output(command, folder, cancel)))
    of_copy = [one for one in said if one.file == str(copy)]
    if any(_OTHER_RELEASE.match(one.lines[0]) for one in of_copy):
        return ()
    known = bool(roots) and all(
        one.file == str(copy) and not _UNKNOWN.match(one.lines[0]) for one in said
    )
    found = _diagnostics(source, of_copy, known=known)
    return tuple(sorted(found, key=lambda one: one.span.start))


def diagnose_too(source: Source, *, cancel: Cancel | None = None) -> tuple[Diagnostic, ...]:
    """Return what `diagnose` finds, and in a Java file without syntax errors what javac does."""
    found = diagnose(source)
    if any(one.code == "syntax-error" for one in found):
        return found
    return (*found, *check(source, cancel=cancel))


def stop() -> None:
    """Kill the compilers that run: whoever leaves in haste must not leave them behind."""
    for process in tuple(_running):
        process.kill()


@cache
def program() -> Path | None:
    """Return the javac of the newest JDK, or of the PATH."""
    found = (home / "bin" / "javac" for home in jdk.homes())
    named = shutil.which("javac")
    return next((file for file in found if file.is_file()), Path(named) if named else None)


def _roots(source: Source) -> tuple[Path, ...]:
    """Return where the packages of a file's project begin; none where its folder says otherwise."""
    if not source.path:
        return ()
    folder = Path(source.path).absolute().parent
    match = _PACKAGE.search(source.text)
    for part in reversed(match.group(1).split(".") if match else []):
        if folder.name != part:
            return ()
        folder = folder.parent
    if folder.parts[-3:] == ("src", "test", "java"):
        return folder, folder.parents[1] / "main" / "java"
    return (folder,)


def _output(command: list[str], folder: str, cancel: Cancel | None) -> str:
    """Return what the process writes, or nothing where it had to be stopped."""
    until = time.monotonic() + SECONDS
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said
        )
        _running.add(process)
        try:
            while process.poll() is None:
                if cancel is not None:
                    cancel.raise_if_cancelled()
                if time.monotonic() > until:
                    return ""
                time.sleep(0.02)
        finally:
            process.kill()
            process.wait()
            _running.discard(process)
        said.seek(0)
        return said.read().decode("utf-8", "replace")


def _messages(output: str) -> Iterator[_Said]:
    current: _Said | None = None
    for line in output.splitlines():
        match = _LINE.match(line)
        if current is not None and line.startswith("  "):
            current = _Said(current.at, current.file, (*current.lines, line.strip()))
            continue
        if current is not None:
            yield current
        current = _Said(int(match[2]), match[3], (match[4],)) if match else None
    if current is not None:
        yield current


def _diagnostics(source: Source, said: list[_Said], *, known: bool) -> Iterator[Diagnostic]:
    """Yield findings, each cause once: an unknown name is told where it first stands."""
    told: set[tuple[str, ...]] = set()
    for one in said:
        unsure = not known and not _CERTAIN.match(one.lines[0])
        again = one.lines in told and one.lines[0].startswith("cannot find symbol")
        if unsure or again or _NOT_OURS.match(one.lines[0]):
            continue
        told.add(one.lines)
        start, end = _token(source.text, one.at)
        yield Diagnostic(
            span=source.span(start, end), severity=Severity.ERROR, code="javac",
            message=_sentence(one.lines),
        )  # fmt: skip


def _token(text: str, at: int) -> tuple[int, int]:
    """Return the offsets of the token that javac means; behind a dot it is the name there."""
    if not text.isascii():
        at = len(text.encode("utf-16-le")[: 2 * at].decode("utf-16-le", "ignore"))
    match = _PLACE.match(text, at)
    return match.span("token") if match else (min(at, len(text)), min(at, len(text)))


def _sentence(lines: tuple[str, ...]) -> str:
    """Return javac's lines as one: `cannot find symbol: method f() in class A`."""
    head, *rest = (re.sub(r"\s+", " ", line) for line in lines)
    parts = [
        re.sub(r"^symbol ?: |^location ?: ", "", line)
        for line in rest
        if not line.startswith("reason:")
    ]
    joined = (" in " if head == "cannot find symbol" else ", ").join(parts)
    return f"{head.rstrip(';')}: {joined}" if joined else head
