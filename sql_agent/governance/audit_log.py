"""The audit log: one line an answer, each with the hash of the line before it.

A line is a JSON object in canonical form; its `hash` is the SHA-256 of that form without the hash.
Lines are appended under a lock and are on the disk (fsync) before the answer is shown. After each,
the head (number and hash of the last line) is written to an anchor, a small file of its own that
may lie elsewhere (`PLUMB_AUDIT_ANCHOR`).

What `verify` finds: from the log alone, every changed, removed, inserted or exchanged line, unless
all hashes after it were computed anew, and never that lines are missing at the end. With an anchor
that the forger could not write, all of these too: the anchored line must be there with its hash.
"""

import hashlib
import json
import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistants.answer import Check, Json, Verdict
from assistants.errors import InputError, OutputError

from .restricted import state_folder

START = "0" * 64
_FIELDS = frozenset(("seq", "time", "previous", "hash"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The number of lines (or of a line) and the hash of the last."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Return the head that a text says; raises `InputError` for anything else."""
        number, _, digest = text.strip().partition(":")
        if not number.isdecimal() or len(digest) != len(START):
            raise InputError(f"'{text[:80]}' is no anchor", hint="an anchor looks like 12:9f2c…")
        return cls(seq=int(number), hash=digest)


@dataclass(frozen=True, slots=True)
class AuditLog:
    """A log file and its anchor."""

    path: Path
    anchor: Path

    def append(self, entry: Mapping[str, Json]) -> Head:
        """Add an entry, and return the new head once both files are on the disk.

        Raises:
            OutputError: it could not be written; then nothing may be answered.
        """
        if _FIELDS & set(entry):
            raise ValueError("an entry that names the log's own fields")
        with self._locked():
            head = self._last()
            row = {
                "seq": head.seq + 1,
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                **entry,
                "previous": head.hash,
            }
            digest = hash_of(row)
            line = canonical({**row, "hash": digest}) + "\n"
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "ab") as stream:
                stream.write(line.encode())
                stream.flush()
                os.fsync(stream.fileno())
            new = Head(seq=head.seq + 1, hash=digest)
            self._write_anchor(new)
            return new

    def entries(self) -> Iterator[Mapping[str, Json]]:
        """Yield the entries in order; a line that is none is left out."""
        for line in self._lines():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict):
                yield row

    def verify(self, *anchors: Head) -> tuple[Check, ...]:
        """Return what is found: the chain, then the anchor file, then each further anchor."""
        lines = self._lines()
        chain, hashes = _chain(lines)
        known = [("anchor file", self._anchored())] if self.anchor.is_file() else []
        known += [(f"anchor {head.seq}", head) for head in anchors]
        checks = [chain, *(_against(name, head, hashes, len(lines)) for name, head in known)]
        if not known:
            checks.append(
                Check(
                    by="anchor",
                    verdict=Verdict.UNKNOWN,
                    detail="there is no anchor: lines missing at the end would not be seen",
                )
            )
        return tuple(checks)

    def _lines(self) -> list[bytes]:
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise InputError(f"{self.path} cannot be read: {error.strerror}") from error
        return data.split(b"\n")[:-1] if data.endswith(b"\n") else data.split(b"\n")

    def _anchored(self) -> Head | None:
        try:
            return Head.parse(self.anchor.read_text(encoding="ascii"))
        except (InputError, OSError, UnicodeDecodeError):
            return None

    def _last(self) -> Head:
        """Return the head of the file as it stands, from its last line alone."""
        if not self.path.is_file() or not self.path.stat().st_size:
            return Head(seq=0, hash=START)
        with self.path.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            block = 4096
            while True:
                start = max(0, size - block)
                stream.seek(start)
                tail = stream.read(size - start)
                if start == 0 or tail[:-1].count(b"\n"):
                    break
                block *= 4
        try:
            row = json.loads(tail[:-1].rpartition(b"\n")[2])
            head = Head(seq=int(row["seq"]), hash=str(row["hash"]))
        except (ValueError, KeyError, TypeError) as error:
            raise OutputError(
                f"the audit log {self.path} is damaged at its end", hint="plumb audit verify"
            ) from error
        if not tail.endswith(b"\n"):
            raise OutputError(f"the last line of {self.path} is cut", hint="plumb audit verify")
        return head

    def _write_anchor(self, head: Head) -> None:
        temporary = self.anchor.with_name(self.anchor.name + ".new")
        with temporary.open("w", encoding="ascii") as stream:
            stream.write(f"{head}\n")
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(self.anchor)

    @contextmanager
    def _locked(self) -> Generator[None]:
        import filelock

        try:
            for folder in (self.path.parent, self.anchor.parent):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with filelock.FileLock(self.path.with_name(self.path.name + ".lock")):
                yield
        except OSError as error:
            raise OutputError(
                f"the audit log {self.path} cannot be written: {error.strerror or error}",
                hint="without a log there is no answer; check the folder",
            ) from error


def default_log() -> AuditLog:
    """Return the log of this installation: `PLUMB_STATE_DIR`, anchored at `PLUMB_AUDIT_ANCHOR`."""
    folder = state_folder()
    anchor = os.environ.get("PLUMB_AUDIT_ANCHOR")
    return AuditLog(folder / "audit.ndjson", Path(anchor) if anchor else folder / "audit.head")


def canonical(row: Mapping[str, Json]) -> str:
    """Return the one JSON text of a row: sorted keys, no spaces, ASCII."""
    return json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def hash_of(row: Mapping[str, Json]) -> str:
    """Return the hash of a row without its hash."""
    kept = {name: value for name, value in row.items() if name != "hash"}
    return hashlib.sha256(canonical(kept).encode()).hexdigest()


def _chain(lines: list[bytes]) -> tuple[Check, list[str]]:
    """Follow the chain; return what is found and the hashes up to the first fault."""
    hashes: list[str] = [START]
    for number, line in enumerate(lines, 1):
        fault = _fault(line, number, hashes[-1])
        if fault:
            return _said("chain", Verdict.REFUTED, f"line {number}: {fault}"), hashes
        hashes.append(str(json.loads(line)["hash"]))
    return _said("chain", Verdict.PROVED, f"{len(lines)} lines, each with its hash"), hashes


def _fault(line: bytes, number: int, previous: str) -> str:
    try:
        row = json.loads(line)
    except ValueError:
        return "is no JSON"
    if not isinstance(row, dict) or canonical(row).encode() != line:
        return "is not written as the log writes it"
    if row.get("previous") != previous:
        return "does not follow the line before it"
    if row.get("seq") != number:
        return f"has the number {row.get('seq')}"
    if row.get("hash") != hash_of(row):
        return "was changed: its hash is another"
    return ""


def _against(name: str, head: Head | None, hashes: list[str], lines: int) -> Check:
    if head is None:
        return _said(name, Verdict.REFUTED, "is no anchor any more")
    if head.seq >= len(hashes):
        if lines < head.seq:
            detail = f"line {head.seq} was anchored, and the log has {lines}"
        else:
            detail = f"the chain breaks at line {len(hashes)}, before line {head.seq}"
        return _said(name, Verdict.REFUTED, detail)
    if hashes[head.seq] != head.hash:
        return _said(name, Verdict.REFUTED, f"line {head.seq} has another hash than was anchored")
    return _said(name, Verdict.PROVED, f"line {head.seq} is as it was anchored")


def _said(by: str, verdict: Verdict, detail: str) -> Check:
    return Check(by=by, verdict=verdict, detail=detail)
