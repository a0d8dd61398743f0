"""The one place where an error becomes a line on stderr and an exit code."""

import errno
import os
import sys

from typer.exceptions import TyperException

from assistants.answer import SCHEMA, Json
from assistants.errors import Cancelled, OutputError, PlumbError, QueryRefused

from .options import Format
from .output import Output

BUG = 70
INTERRUPTED = 130


def report(error: BaseException, out: Output) -> int:
    """Tell the user about `error` and return the exit code. Never raises for a closed pipe."""
    match error:
        case BrokenPipeError():
            _silence_stdout()
            return 1
        case KeyboardInterrupt() | Cancelled():
            out.note(str(error) or "stopped")
            return INTERRUPTED
        case PlumbError():
            _report_json(error, out)
            out.error(str(error), error.hint)
            return error.exit_code
        case TyperException():
            out.error(*_usage(error))
            return 2
        case OSError() if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EIO}:
            _silence_stdout()  # what is still buffered would fail again at exit, with code 120
            return report(_output_error(error), out)
        case RecursionError():
            out.error("this is nested too deeply", "write it with fewer nested brackets")
            return 2
        case _:
            out.error(
                f"a bug in plumb ({type(error).__name__}: {error})",
                "the same command with --debug shows where; please report it",
            )
            return BUG


def _usage(error: TyperException) -> tuple[str, str]:
    """Return what is wrong with the command line, on one line, and what to do about it."""
    said = " ".join(error.format_message().replace("Value error, ", "").split())
    ctx = getattr(error, "ctx", None)
    path = ctx.command_path if ctx is not None else "plumb"
    if "unexpected extra argument" in said:
        return said, f"put text with spaces into quotes; {path} --help"
    return said, f"{path} --help"


def _output_error(error: OSError) -> OutputError:
    return OutputError(
        f"the result could not be written: {error.strerror}",
        hint="free some space or write elsewhere",
    )


def _report_json(error: PlumbError, out: Output) -> None:
    """Keep the promise that a machine format always gets its one object."""
    if out.form not in {Format.JSON, Format.NDJSON} or isinstance(error, OutputError):
        return
    row: dict[str, Json] = {
        "schema": SCHEMA,
        "status": "refused" if isinstance(error, QueryRefused) else "failed",
        "verdict": "unknown",
        "answer": None,
        "steps": [],
        "evidence": [],
        "clarification": None,
        "usage": None,
        "error": str(error),
        "hint": error.hint,
    }
    try:
        out.json(row)
    except BrokenPipeError:
        _silence_stdout()


def _silence_stdout() -> None:
    """Keep Python's own flush at exit from failing on a closed pipe or a full disk."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = None  # type: ignore[assignment]
