"""The two streams of the command line: results on stdout, everything else on stderr."""

import os
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

from assistants.answer import Json

from .options import Color, Format
from .safe_text import one_line, printable, to_json

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_PIPE_WIDTH = 10_000  # a pipe has no width: nothing is cut or wrapped on its way to a file


def wants_color(choice: Color, stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether `stream` gets colour: the flag, then NO_COLOR, FORCE_COLOR, TERM and the terminal."""
    if choice is not Color.AUTO:
        return choice is Color.ALWAYS
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in {"", "0"}:
        return True
    return environ.get("TERM") != "dumb" and stream.isatty()


def make_console(stream: TextIO, *, color: Color) -> "Console":
    """Return a rich console on `stream` that parses no markup and colours nothing by itself."""
    from rich.console import Console

    colored = wants_color(color, stream, os.environ)
    columns = os.environ.get("COLUMNS", "")
    width = int(columns) if columns.isdigit() and int(columns) > 0 else None
    return Console(
        file=stream,
        color_system=("auto" if stream.isatty() else "standard") if colored else None,
        force_terminal=True if colored else stream.isatty(),
        width=width if stream.isatty() or width else _PIPE_WIDTH,
        markup=False,
        highlight=False,
        emoji=False,
    )


def use_utf8() -> None:
    """Write UTF-8 to pipes and files, and never fail over a letter that a terminal lacks."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            if stream.isatty():
                reconfigure(errors="replace")
            else:
                reconfigure(encoding="utf-8", errors="backslashreplace")


class Output:
    """Where one command writes. Safe against what it is given: see `safe_text`."""

    def __init__(
        self,
        *,
        form: Format = Format.TEXT,
        color: Color = Color.AUTO,
        quiet: bool = False,
        verbose: int = 0,
    ) -> None:
        self.form = form
        self.color = color
        self.quiet = quiet
        self.verbose = verbose

    @cached_property
    def out(self) -> "Console":
        """The console for results."""
        return make_console(sys.stdout, color=self.color)

    @cached_property
    def err(self) -> "Console":
        """The console for progress, notes and errors."""
        return make_console(sys.stderr, color=self.color)

    @property
    def interactive(self) -> bool:
        """Whether a person sees stdout."""
        return sys.stdout.isatty()

    def show(self, item: "RenderableType" = "") -> None:
        """Write a rich renderable, or text that is already printable, to stdout."""
        self.out.print(item, soft_wrap=isinstance(item, str))

    def raw(self, text: str) -> None:
        """Write text to stdout as it is, with a line end; escaped where a person sees it."""
        sys.stdout.write((printable(text) if self.interactive else text).rstrip("\n") + "\n")
        sys.stdout.flush()

    def piece(self, text: str) -> None:
        """Write a piece of a stream to stdout at once, with no line end of its own."""
        sys.stdout.write(printable(text))
        sys.stdout.flush()

    def json(self, value: Json) -> None:
        """Write a value as JSON: indented for `json`, on one line for `ndjson`."""
        indent = None if self.form is Format.NDJSON else 2
        sys.stdout.write(to_json(value, indent=indent) + "\n")
        sys.stdout.flush()

    def note(self, text: str) -> None:
        """Write one dim line to stderr, unless asked to be quiet."""
        if not self.quiet:
            self.err.print(printable(text), style="dim", soft_wrap=True)

    def error(self, message: str, hint: str = "") -> None:
        """Write one line that says what is wrong, and one that says what to do."""
        from rich.text import Text

        line = Text.assemble(("error: ", "bold red"), one_line(message))
        self.err.print(line, soft_wrap=True)
        if hint:
            self.err.print(Text.assemble(("  try: ", "bold"), one_line(hint)), soft_wrap=True)

    @contextmanager
    def busy(self, text: str) -> Generator[None]:
        """Show a spinner on stderr while something takes its time and a person watches."""
        if self.quiet or self.verbose or not (sys.stderr.isatty() and self.err.color_system):
            yield
            return
        with self.err.status(one_line(text), spinner="dots"):
            yield
