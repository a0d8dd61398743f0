"""Every help page as one Markdown page: `python -m cli.help_pages > docs/cli.md`.

A test compares docs/cli.md with what this writes, so the page cannot fall behind the commands.
"""

import sys
from collections.abc import Iterator
from typing import Any

import typer

from .app import app

_INTRODUCTION = """# The command line

<!-- Written by `python -m cli.help_pages > docs/cli.md`; do not edit by hand. -->

Results go to stdout; progress, notes, logs and errors to stderr. `--format` takes `text`, `json`,
`ndjson`, `csv` and `markdown`; `--json` is short for `--format json`. The global flags (`-v`, `-q`,
`--color`, `--debug`) may stand anywhere on the line.

| exit code | meaning |
| --: | --- |
| 0 | answered |
| 1 | refuted, abstained, needs clarification, or rows that failed |
| 2 | wrong usage, input or settings |
| 3 | the model is not available |
| 4 | refused, or a database error |
| 70 | a bug in plumb |
| 130 | interrupted |
"""


def page() -> str:
    """Return the whole page."""
    parts = [f"## `{title}`\n\n```text\n{text}\n```\n" for title, text in help_pages()]
    return "\n".join([_INTRODUCTION, *parts])


def help_pages() -> Iterator[tuple[str, str]]:
    """Yield each command's name and its help, as it is in a window of 100 columns."""
    yield from _walk(typer.main.get_command(app), "plumb", None)


def _walk(command: Any, path: str, parent: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Walk down typer's tree, whose classes are private."""
    context = command.make_context(
        path.rpartition(" ")[2], [], parent=parent, resilient_parsing=True, terminal_width=100
    )
    text = command.get_help(context)
    yield path, "\n".join(line.rstrip() for line in text.splitlines())
    for name, child in getattr(command, "commands", {}).items():
        yield from _walk(child, f"{path} {name}", context)


if __name__ == "__main__":
    sys.stdout.write(page())
