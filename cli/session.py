"""What a command needs from the line it was called with: output, settings, the model."""

import logging
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

from assistants.errors import InputError

from .options import Color, Format
from .output import Output
from .safe_text import printable

if TYPE_CHECKING:
    from assistants.model import Model
    from assistants.settings import Settings

MAX_INPUT = 1_000_000
"""Characters that one question, expression or query may have."""


@dataclass(slots=True, kw_only=True)
class Session:
    """One call of plumb: its global flags, and where its command writes (known to errors too)."""

    color: Color = Color.AUTO
    verbose: int = 0
    quiet: bool = False
    debug: bool = False
    out: Output = field(default_factory=Output)

    def output(self, form: Format = Format.TEXT, *, json: bool = False) -> Output:
        """Return where this command writes, from here on also for the errors of this call."""
        self.out = Output(
            form=Format.JSON if json and form is not Format.NDJSON else form,
            color=self.color,
            quiet=self.quiet,
            verbose=self.verbose,
        )
        return self.out

    def settings(self, **flags: object) -> "Settings":
        """Return the settings under the flags of this line, and follow them from here on."""
        from assistants import settings

        given = {name: value for name, value in flags.items() if value is not None}
        if self.color is not Color.AUTO:
            given["color"] = self.color.value
        if self.verbose or self.quiet:
            given["log_level"] = _level(self.verbose, quiet=self.quiet)
        loaded = settings.load(given)
        self.color = self.out.color = Color(loaded.color)
        logging.getLogger().setLevel(loaded.log_level.upper())
        return loaded


def session_of(ctx: typer.Context) -> Session:
    """Return the session that `main` made for this call."""
    session = ctx.find_root().obj
    assert isinstance(session, Session)  # noqa: S101 - main passes no other
    return session


def load_model(out: Output, name: str) -> "Model | None":
    """Load a model by name; None is `none`, the model switched off."""
    from assistants import registry

    with out.busy(f"loading the model {name}"):
        return registry.load(name)


def read_text(argument: str, *, what: str, example: str) -> str:
    """Return an argument, or standard input where it is `-`; refuse nothing and too much.

    Raises `InputError` for empty text, text over `MAX_INPUT` characters and bytes not in UTF-8.
    """
    text = _read_stdin(what) if argument == "-" else argument
    if not text.strip():
        raise InputError(f"the {what} is empty", hint=example)
    if len(text) > MAX_INPUT:
        raise InputError(
            f"the {what} has more than the {MAX_INPUT:,} characters that are allowed",
            hint=f"plumb takes one {what} at a time; for many, see `plumb batch --help`",
        )
    return text.strip()


def _read_stdin(what: str) -> str:
    if sys.stdin is None or sys.stdin.isatty():
        raise InputError(
            f"`-` reads the {what} from standard input, and nothing is piped into it",
            hint="echo '…' | plumb …",
        )
    # One character more than is allowed tells too much from just enough, without reading it all.
    data = sys.stdin.buffer.read(4 * MAX_INPUT + 4)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"standard input is not UTF-8 (byte {error.start})",
            hint="iconv -f latin1 -t utf-8 FILE | plumb …",
        ) from error


def configure_logging(verbose: int, *, quiet: bool) -> None:
    """Send the libraries' log to stderr: warnings, `-v` information, `-vv` everything."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LogLine(tracebacks=verbose > 0))
    level = _level(verbose, quiet=quiet).upper()
    logging.basicConfig(level=level, handlers=[handler], force=True)


class LogLine(logging.Formatter):
    """Log lines that cannot act on a terminal; tracebacks only where they were asked for."""

    def __init__(self, *, tracebacks: bool) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._tracebacks = tracebacks

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as text."""
        if record.exc_info and not self._tracebacks:
            plain = {**record.__dict__, "exc_info": None, "exc_text": None}
            return f"{printable(super().format(logging.makeLogRecord(plain)))} (-v shows where)"
        return printable(super().format(record))


def _level(verbose: int, *, quiet: bool) -> str:
    return "error" if quiet else {0: "warning", 1: "info"}.get(verbose, "debug")
