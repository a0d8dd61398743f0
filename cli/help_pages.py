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

## What JSON holds

The same row everywhere: here, in batch files, in the server's and the editor's answers. A field is
never taken away or given another meaning without a new number in `schema`.

| field | value |
| --- | --- |
| `schema` | 1 |
| `status` | `answered`, `needs_clarification`, `abstained`, `refused` or `failed` |
| `verdict` | `proved`, `refuted` or `unknown`: what checking established |
| `answer` | the answer as text; null where there is none |
| `steps` | a solution's steps (`rule`, `before`, `after`, `reason`, `verdict`), else the attempts |
| `evidence` | the checks: `by`, `verdict`, `detail`, sometimes `certificate` |
| `clarification` | null, or `question` and `choices` |
| `usage` | `model`, `prompt_tokens`, `cached_tokens`, `completion_tokens`, `seconds` |
| `error` | why there is no answer; null where there is one |
| `note` | what to know about the answer; only where there is something |

`ask` and `query` add `sql`, `columns`, `rows`, `truncated`, `tables`, `explanation`,
`assumptions` and `chart` (a Vega-Lite specification or null); `complete` adds `completion` and
`range` (counted from 0); `check` has `diagnostics` (counted from 1); batch rows begin with `id`.
Exact numbers are texts, never rounded.
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
