"""Answer a file of questions, one JSON object a line, into a file of answers that can be resumed.

Rows are matched by `id` (by default a hash of the row). What was answered stays answered: running
the same command again goes on where the last run was stopped, killed or out of disk space. Rows
are written in the order in which they are finished, with one job in the order of the input. Input
is read as it is needed; of earlier rows only a hash of each id is kept.

A line that is no usable row becomes a failed row named `line:NUMBER`, and the run goes on.
"""

import hashlib
import itertools
import json
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn, TypeAlias, cast

from .answer import SCHEMA, Json, Status, Usage, Verdict
from .errors import Cancelled, InputError, PlumbError
from .model import Cancel
from .result_file import Contents, digest, encode, open_results

_log = logging.getLogger(__name__)

Row: TypeAlias = Mapping[str, Json]

LONGEST_LINE = 4 * 2**20
"""Bytes that one input line may have."""

_TEMPLATE: Row = {
    "schema": SCHEMA,
    "status": Status.FAILED.value,
    "verdict": Verdict.UNKNOWN.value,
    "answer": None,
    "steps": [],
    "evidence": [],
    "clarification": None,
    "usage": Usage().to_dict(),
    "error": None,
}
"""The fields that every result row has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSummary:
    """What a batch file holds after a run, and what the run did.

    `rows`, `by_status` and `by_verdict` count the whole result file; `written`, `skipped` (already
    there), `seconds` and `tokens` (prompt and completion) count this run.
    """

    rows: int
    written: int
    skipped: int
    by_status: Mapping[str, int]
    by_verdict: Mapping[str, int]
    seconds: float
    tokens: int
    cancelled: bool


def run(
    rows_in: Path,
    out: Path,
    answer: Callable[[Row], Row],
    *,
    header: Row,
    jobs: int = 1,
    retry_failed: bool = False,
    force: bool = False,
    limit: int | None = None,
    cancel: Cancel | None = None,
    on_row: Callable[[Row], None] | None = None,
) -> BatchSummary:
    """Answer every row of `rows_in` that has no row in `out` yet.

    Args:
        rows_in: The questions, NDJSON.
        out: The answers, NDJSON behind a header row; made, or continued.
        answer: From a row to its answer, as `Answer.to_dict` gives it; called by `jobs` threads.
            What it raises becomes a failed row, except `Cancelled`, which ends the run.
        header: What the answers depend on: model, settings, versions.
        jobs: How many rows are answered at a time.
        retry_failed: Answer rows again that failed in an earlier run.
        force: Continue a file that was made under another header.
        limit: Look at this many rows of the input only.
        cancel: Once raised, rows in work are finished and no more are begun.
        on_row: Called with each result row after it was written.

    Raises:
        InputError: `rows_in` cannot be read, or `out` is in use or not a result file.
        SettingsError: `out` was made under another header.
        OutputError: `out` cannot be written; what it holds is whole.
    """
    cancel = cancel or Cancel()
    tally = _Tally(began=time.monotonic())
    with (
        _open_input(rows_in, out) as source,
        open_results(out, header, retry_failed=retry_failed, force=force) as results,
    ):
        todo = _unanswered(source, results.contents.ids, limit, tally)
        for result in _answers(todo, answer, jobs, cancel):
            results.append(result.row, result.line)
            tally.count(result.row)
            if on_row is not None:
                on_row(result.row)
    return tally.summary(results.contents, cancelled=cancel.cancelled)


@dataclass(slots=True)
class _Tally:
    """What this run did so far."""

    began: float
    written: int = 0
    skipped: int = 0
    tokens: int = 0

    def count(self, row: Row) -> None:
        self.written += 1
        usage = row["usage"]
        if isinstance(usage, Mapping):
            counts = (usage.get("prompt_tokens"), usage.get("completion_tokens"))
            self.tokens += sum(count for count in counts if isinstance(count, int))

    def summary(self, contents: Contents, *, cancelled: bool) -> BatchSummary:
        return BatchSummary(
            rows=len(contents.ids),
            written=self.written,
            skipped=self.skipped,
            by_status=dict(contents.by_status),
            by_verdict=dict(contents.by_verdict),
            seconds=time.monotonic() - self.began,
            tokens=self.tokens,
            cancelled=cancelled,
        )


@dataclass(frozen=True, slots=True)
class _Entry:
    """An input row with its id, or what is wrong with the line."""

    identity: str | int
    content: Row | InputError


@dataclass(frozen=True, slots=True)
class _Result:
    """A result row and its bytes."""

    row: Row
    line: bytes


def _open_input(path: Path, out: Path) -> BinaryIO:
    hint = "name a file with one JSON object a line"
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", hint=hint) from error
    if out.exists() and out.samefile(path):
        file.close()
        raise InputError(f"{path} is both input and output", hint="give -o another name")
    return file


def _unanswered(
    file: BinaryIO, answered: set[bytes], limit: int | None, tally: _Tally
) -> Iterator[_Entry]:
    """Yield the entries that have no result yet; the second one of an id is an error of its line.

    `answered` grows while this runs, so an id of this run is looked for in `seen` first.
    """
    seen: set[bytes] = set()
    for number, entry in itertools.islice(_entries(file), limit):
        if digest(entry.identity) in seen:
            problem = InputError(
                f"a row before line {number} has the id {json.dumps(entry.identity)} too",
                hint="give each row an id of its own",
            )
            entry = _Entry(_line_id(number), problem)  # noqa: PLW2901
        key = digest(entry.identity)
        if key in answered:
            tally.skipped += 1
        else:
            yield entry
        seen.add(key)


def _entries(file: BinaryIO) -> Iterator[tuple[int, _Entry]]:
    """Yield every line that is not blank, with its number from 1."""
    for number, line in enumerate(_lines(file), start=1):
        if line is not None and not line.strip():
            continue
        try:
            yield number, _entry(line, number)
        except InputError as problem:
            yield number, _Entry(_line_id(number), problem)


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Yield lines, and None for one that is too long, of which little is kept in memory."""
    while line := file.readline(LONGEST_LINE + 1):
        too_long = len(line) > LONGEST_LINE
        while too_long and line and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE)
        yield None if too_long else line


def _entry(line: bytes | None, number: int) -> _Entry:
    """Read one line. Raises `InputError` with what is wrong with it."""
    if line is None:
        raise InputError(
            f"line {number} is longer than {LONGEST_LINE // 2**20} MiB", hint="split it into rows"
        )
    hint = 'a row is a JSON object: {"id": "1", …}'
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        row: object = json.loads(text, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        problem = f"line {number} is not UTF-8 (byte {error.start})"
        raise InputError(problem, hint="iconv -f latin1 -t utf-8 FILE") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"line {number} is not JSON: {error}", hint=hint) from None
    if not isinstance(row, dict):
        raise InputError(f"line {number} is not a JSON object", hint=hint)
    known = cast("dict[str, Json]", row)
    return _Entry(_identity(known, number), known)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _identity(row: Row, number: int) -> str | int:
    """Return the row's id, by default a hash of what the row says."""
    identity = row.get("id")
    if identity is None:
        text = json.dumps(row, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]
    if isinstance(identity, bool) or not isinstance(identity, str | int) or identity == "":
        raise InputError(
            f"line {number} has the id {json.dumps(identity)[:80]}",
            hint="an id is a text or a whole number",
        )
    if isinstance(identity, str) and identity.startswith("line:"):
        raise InputError(
            f"line {number} has the id {json.dumps(identity)[:80]}",
            hint="ids of that form name lines that cannot be read; choose another",
        )
    return identity


def _line_id(number: int) -> str:
    return f"line:{number}"


def _answers(
    entries: Iterator[_Entry], answer: Callable[[Row], Row], jobs: int, cancel: Cancel
) -> Iterator[_Result]:
    """Yield results as they are finished, at most `jobs` in work; on cancel finish those."""
    tasks: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
    results: queue.SimpleQueue[_Result | BaseException] = queue.SimpleQueue()
    jobs = max(1, jobs)
    for _ in range(jobs):
        threading.Thread(target=_work, args=(tasks, results, answer), daemon=True).start()
    in_work = 0
    try:
        for entry in entries:
            if cancel.cancelled:
                break
            tasks.put(entry)
            in_work += 1
            if in_work == jobs:
                in_work -= 1
                yield from _collect(results, cancel)
        for _ in range(in_work):
            yield from _collect(results, cancel)
    finally:
        for _ in range(jobs):
            tasks.put(None)


def _collect(
    results: "queue.SimpleQueue[_Result | BaseException]", cancel: Cancel
) -> Iterator[_Result]:
    """Yield the next result, or nothing where its row was cancelled: it is answered next time."""
    result = results.get()
    if isinstance(result, Cancelled):
        cancel.cancel()
    elif isinstance(result, BaseException):
        raise result
    else:
        yield result


def _work(
    tasks: "queue.SimpleQueue[_Entry | None]",
    results: "queue.SimpleQueue[_Result | BaseException]",
    answer: Callable[[Row], Row],
) -> None:
    while (entry := tasks.get()) is not None:
        try:
            results.put(_finish(entry, answer))
        except BaseException as error:  # noqa: BLE001  (the reader raises it, in its own thread)
            results.put(error)


def _finish(entry: _Entry, answer: Callable[[Row], Row]) -> _Result:
    """Answer one entry; what goes wrong becomes a failed row."""
    if isinstance(entry.content, InputError):
        return _failed(entry, entry.content)
    try:
        row = {"id": entry.identity, **_TEMPLATE, **answer(entry.content)}
        row["id"] = entry.identity
        return _Result(row, encode(row))
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001  (one row's defect must not cost the others)
        return _failed(entry, error)


def _failed(entry: _Entry, error: Exception) -> _Result:
    if isinstance(error, PlumbError):
        problem = f"{error} ({error.hint})" if error.hint else str(error)
    else:
        _log.error("row %s: a defect of plumb", json.dumps(entry.identity), exc_info=error)
        problem = f"a defect of plumb: {type(error).__name__}: {error}; its traceback is in the log"
    row = {"id": entry.identity, **_TEMPLATE, "error": " ".join(problem.split())}
    return _Result(row, encode(row))
