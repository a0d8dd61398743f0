"""The file that a batch writes: NDJSON that is whole after every row, whatever happens.

The first row is a header: `{"schema": 1, "header": {…}}` with what the results depend on. Then one
row an id, in the order in which they were finished. At every moment each id has at most one row:
a row is appended in one go and cut off again where it did not fit, and failed rows that are to be
tried again are taken out first, by replacing the file as a whole. A row that a crash left torn at
the end is cut when the file is opened next. One process at a time: the lock is `.NAME.lock`.
"""

import contextlib
import glob
import hashlib
import json
import logging
import os
import time
from collections import Counter
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import filelock

from .answer import SCHEMA, Json
from .atomic import replace_file
from .errors import InputError, OutputError, SettingsError

_log = logging.getLogger(__name__)

_SYNC_SECONDS = 1.0
"""Rows are on the disk itself (fsync) at most so long after they were written."""


def encode(row: Mapping[str, Json]) -> bytes:
    """Return one line of NDJSON. Raises ValueError or TypeError for what is not JSON."""
    text = json.dumps(row, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace") + b"\n"  # lone surrogates: \udXXX, as in JSON


def digest(identity: Json) -> bytes:
    """Return what stands for an id in memory: 16 bytes of its hash."""
    return hashlib.blake2b(json.dumps(identity).encode(), digest_size=16).digest()


@dataclass(slots=True, kw_only=True)
class Contents:
    """What a result file holds: the ids by their digests, and how its rows ended."""

    header: Mapping[str, Json] | None = None
    ids: set[bytes] = field(default_factory=set[bytes])
    by_status: Counter[str] = field(default_factory=Counter[str])
    by_verdict: Counter[str] = field(default_factory=Counter[str])
    end: int = 0
    """Where the last whole line ends, in bytes."""

    def add(self, row: Mapping[str, Json]) -> None:
        """Count a row in."""
        self.ids.add(digest(row["id"]))
        self.by_status[str(row["status"])] += 1
        self.by_verdict[str(row["verdict"])] += 1


class ResultFile:
    """An open result file; made by `open_results`."""

    def __init__(self, path: Path, contents: Contents) -> None:
        self.contents = contents
        self._path = path
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        self._size = contents.end
        self._synced = time.monotonic()

    def append(self, row: Mapping[str, Json], line: bytes) -> None:
        """Write one row as a whole, or nothing of it.

        Raises `OutputError` where there is no room for it.
        """
        self.append_line(line)
        self.contents.add(row)

    def append_line(self, line: bytes) -> None:
        """Write one line as a whole, or nothing of it."""
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
            if time.monotonic() - self._synced >= _SYNC_SECONDS:
                self.sync()
        except OSError as error:
            with contextlib.suppress(OSError):  # where even this fails, the next opening cuts it
                os.ftruncate(self._descriptor, self._size)
            raise _unwritable(self._path, error) from error
        self._size += len(line)

    def sync(self) -> None:
        """Wait until all rows are on the disk itself."""
        os.fsync(self._descriptor)
        self._synced = time.monotonic()

    def close(self) -> None:
        """Put the rows on the disk and close the file."""
        try:
            self.sync()
        except OSError as error:
            raise _unwritable(self._path, error) from error
        finally:
            os.close(self._descriptor)


@contextlib.contextmanager
def open_results(
    path: Path, header: Mapping[str, Json], *, retry_failed: bool = False, force: bool = False
) -> Generator[ResultFile]:
    """Open a result file for writing, new or to be continued, with its lock held.

    Args:
        path: The file; a new one is made where there is none.
        header: What the results depend on; plain data.
        retry_failed: Take failed rows out, so that they are answered again.
        force: Continue under another header, which is then noted in the file.

    Raises:
        InputError: The file is in use, or is something else than a result file.
        SettingsError: Its rows were made under another header.
        OutputError: It cannot be written.
    """
    path = path.resolve()
    header = cast("Mapping[str, Json]", json.loads(json.dumps(header)))
    with _locked(path):
        file = _open(path, header, retry_failed=retry_failed, force=force)
        try:
            yield file
        finally:
            file.close()


def _open(path: Path, header: Mapping[str, Json], *, retry_failed: bool, force: bool) -> ResultFile:
    try:
        contents = _prepare(path, header, force=force)
        if retry_failed and contents.by_status["failed"]:
            contents = _without_failed(path)
        file = ResultFile(path, contents)
    except OSError as error:
        raise _unwritable(path, error) from error
    if contents.header != header:
        file.append_line(encode({"schema": SCHEMA, "header": header}))
    return file


@contextlib.contextmanager
def _locked(path: Path) -> Generator[None]:
    if not path.parent.is_dir():  # the lock would make it
        raise OutputError(f"there is no folder {path.parent}", hint="make it, or name another -o")
    lock = filelock.FileLock(path.with_name(f".{path.name}.lock"), timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise InputError(
            f"{path} is being written by another plumb batch",
            hint="wait until that one ends, or give this one another -o",
        ) from None
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        yield
    finally:
        Path(lock.lock_file).unlink(missing_ok=True)  # still locked: the library sees to the race
        lock.release()


def _prepare(path: Path, header: Mapping[str, Json], *, force: bool) -> Contents:
    """Return what the file holds, made, checked and without a torn end."""
    for part in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        part.unlink()  # left by a run that was killed
    if path.exists() and not path.is_file():
        raise InputError(f"{path} is not a file", hint="give -o the name of a file")
    if not path.exists() or path.stat().st_size == 0:
        replace_file(
            path, lambda part: part.write_bytes(encode({"schema": SCHEMA, "header": header}))
        )
    contents = scan(path)
    if contents.header != header and not force:
        raise SettingsError(
            f"{path} was made under other settings: {_difference(contents.header or {}, header)}",
            hint="--force continues it all the same; another -o begins a new file",
        )
    if contents.end < path.stat().st_size:
        _log.warning("cutting a torn row off the end of %s", path)
        os.truncate(path, contents.end)
    return contents


def scan(path: Path) -> Contents:
    """Read a result file to its last whole row.

    Raises `InputError` for a file that is something else.
    """
    contents = Contents()
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            whole = line.endswith(b"\n")
            if not whole and number > 1:
                break
            row = _row(line) if whole else None
            if row is None or (number == 1 and "header" not in row):
                raise InputError(
                    f"{path}, line {number}, is not a row of plumb batch",
                    hint="give -o another name, or move that file away",
                )
            if isinstance(header := row.get("header"), Mapping):
                contents.header = header
            else:
                contents.add(row)
            contents.end += len(line)
    return contents


def _row(line: bytes) -> Mapping[str, Json] | None:
    """Return a line as a header or a result row; None where it is neither."""
    try:
        row: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or row.get("schema") != SCHEMA:
        return None
    known = isinstance(row.get("header"), dict) or row.keys() >= {"id", "status", "verdict"}
    return cast("Mapping[str, Json]", row) if known else None


def _without_failed(path: Path) -> Contents:
    """Take the failed rows out of the file."""

    def write(part: Path) -> None:
        with path.open("rb") as old, part.open("wb") as new:
            new.writelines(line for line in old if (_row(line) or {}).get("status") != "failed")

    replace_file(path, write)
    return scan(path)


def _difference(old: Mapping[str, Json], new: Mapping[str, Json]) -> str:
    for key in (*new, *old):
        if old.get(key) != new.get(key):
            return f"{key} was {json.dumps(old.get(key))}, now {json.dumps(new.get(key))}"
    return "the header differs"


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{path} cannot be written: {error.strerror or error}",
        hint="make room or choose another -o, then run this again: it goes on from here",
    )
