"""`plumb batch`: a file of questions in, a file of answers out, resumable."""

import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from assistants.answer import Json
from assistants.errors import Cancelled
from assistants.model import Cancel

from .batch_rows import answerer, answerer_of
from .options import ModelOption, SecondsOption
from .output import Output
from .rows import Row, text_of
from .session import load_model, session_of
from .version import version

if TYPE_CHECKING:
    from assistants.batch import BatchSummary
    from assistants.settings import Settings

_EVERY = 10.0  # seconds between two lines of progress where no terminal shows a bar
_WITHOUT_MODEL = ("verify", "query", "check")


class Engine(StrEnum):
    """Where rows are answered."""

    LOCAL = "local"
    RAY = "ray"


class Verb(StrEnum):
    """What is done with each row."""

    SOLVE = "solve"
    VERIFY = "verify"
    ASK = "ask"
    QUERY = "query"
    COMPLETE = "complete"
    CHECK = "check"


def batch(
    ctx: typer.Context,
    *,
    verb: Annotated[
        Verb,
        typer.Argument(
            metavar="VERB",
            help="What to do with each row: solve, verify, ask, query, complete or check.",
            show_default=False,
        ),
    ],
    rows: Annotated[
        Path,
        typer.Argument(metavar="IN", help="Questions, one JSON object a line.", show_default=False),
    ],
    out_file: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="OUT",
            help="Answers; continued if it is there.",
            show_default=False,
        ),
    ],
    model: ModelOption = None,
    seconds: SecondsOption = None,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", metavar="N", min=1, help="Rows at a time.")
    ] = 1,
    engine: Annotated[
        Engine, typer.Option("--engine", help="In this process, or on a Ray cluster.")
    ] = Engine.LOCAL,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", metavar="N", min=1, help="Look at the first N rows only.", show_default=False
        ),
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Answer failed rows again.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Continue a file made under other settings.")
    ] = False,
) -> None:
    """Answer a file of rows; run it again to go on where it stopped."""
    session = session_of(ctx)
    out = session.output()
    settings = session.settings(model=model, seconds=seconds)
    from assistants import batch as floor

    with (
        answering(out, verb, settings, engine, jobs) as answer,
        stop_gently(out) as cancel,
        progress(out, rows, limit) as on_row,
    ):
        summary = floor.run(
            rows,
            out_file,
            answer,
            header=header_of(verb, settings),
            jobs=jobs,
            retry_failed=retry_failed,
            force=force,
            limit=limit,
            cancel=cancel,
            on_row=on_row,
        )
    conclude(out, summary, out_file)
    if summary.cancelled:
        raise Cancelled("stopped; the same command goes on from here")
    raise typer.Exit(1 if summary.by_status.get("failed") else 0)


@contextmanager
def answering(
    out: Output, verb: Verb, settings: "Settings", engine: Engine, jobs: int
) -> Generator[Callable[[Row], Row]]:
    """Give the function that answers a row, here or on the cluster."""
    if engine is Engine.LOCAL:
        chosen = None if verb in _WITHOUT_MODEL else load_model(out, settings.model)
        yield answerer(verb, model=chosen, settings=settings)
        return
    from assistants.ray_batch import on_ray

    name = "none" if verb in _WITHOUT_MODEL else settings.model
    with on_ray(partial(answerer_of, verb.value, name, settings), jobs=jobs) as answer:
        yield answer


def header_of(verb: Verb, settings: "Settings") -> dict[str, Json]:
    """Return what the answers depend on; a file made under another header is not mixed."""
    header: dict[str, Json] = {
        "verb": verb.value,
        "plumb": version(),
        "seconds": settings.seconds,
    }
    if verb.value not in _WITHOUT_MODEL:
        header["model"] = settings.model
    if verb in {Verb.ASK, Verb.QUERY}:
        header["row_limit"] = settings.row_limit
    return header


@contextmanager
def stop_gently(out: Output) -> Generator[Cancel]:
    """Let the first Ctrl-C finish the rows in work, and the second one stop at once."""
    cancel = Cancel()

    def stop(_number: int, _frame: FrameType | None) -> None:
        if cancel.cancelled:
            raise KeyboardInterrupt
        cancel.cancel()
        out.note("finishing the rows in work; Ctrl-C again stops at once")

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress(out: Output, rows: Path, limit: int | None) -> Generator[Callable[[Row], None]]:
    """Show what is done on stderr: a bar in a terminal, else a line now and then."""
    if out.quiet:
        yield lambda _row: None
    elif sys.stderr.isatty():
        with _bar(out, _count(rows, limit)) as on_row:
            yield on_row
    else:
        yield _Lines(out)


class _Lines:
    """Writes a line of progress every few seconds."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._counts: Counter[str] = Counter()
        self._said = time.monotonic()

    def __call__(self, row: Row) -> None:
        self._counts[text_of(row.get("status"))] += 1
        if time.monotonic() - self._said >= _EVERY:
            self._said = time.monotonic()
            self._out.note(f"{rows_of(self._counts.total())}: {counted(self._counts)}")


@contextmanager
def _bar(out: Output, total: int | None) -> Generator[Callable[[Row], None]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    columns = (BarColumn(), MofNCompleteColumn(), Remaining(), TextColumn("{task.description}"))
    counts: Counter[str] = Counter()
    with Progress(*columns, console=out.err, transient=True) as bar:
        task = bar.add_task("", total=total)

        def on_row(row: Row) -> None:
            counts[text_of(row.get("status"))] += 1
            bar.update(task, advance=1, description=counted(counts))

        yield on_row


def _count(rows: Path, limit: int | None) -> int | None:
    """Return how many lines a regular file has, and None for a pipe, which is read once."""
    if not rows.is_file():
        return limit
    with rows.open("rb") as file:
        lines = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
    return min(lines, limit) if limit else lines


def counted(counts: "Counter[str]") -> str:
    """Return counts as `12 answered, 1 abstained`."""
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.most_common())


def rows_of(count: int) -> str:
    """Return a count of rows in words."""
    return f"{count:,} row{'' if count == 1 else 's'}"


def conclude(out: Output, summary: "BatchSummary", out_file: Path) -> None:
    """Write what the file holds now, and what this run did."""
    spent = f", {summary.tokens:,} tokens" if summary.tokens else ""
    out.note(
        f"{out_file}: {rows_of(summary.rows)} ({counted(Counter(summary.by_status)) or 'none'}; "
        f"{counted(Counter(summary.by_verdict)) or 'no verdicts'})"
    )
    out.note(
        f"this run: {summary.written} written, {summary.skipped} there before, "
        f"{summary.seconds:.1f} s{spent}"
    )
    if failed := summary.by_status.get("failed"):
        out.note(f"{failed} failed; --retry-failed answers them again")
