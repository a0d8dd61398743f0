"""`plumb demo`: a tour of the three assistants on bundled files, databases and model.

Nothing is scripted: every line is answered now, and where an assistant abstains, that is shown.
The tour goes through the same functions as the commands that it names.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from assistants.errors import PlumbError

from .complete import replaced_range
from .options import ModelOption
from .output import Output
from .render import show_answer, show_evidence, show_no_answer, show_remarks
from .rows import Row, text_of
from .safe_text import printable
from .session import load_model, session_of

if TYPE_CHECKING:
    from assistants.model import Model

EXAMPLES = Path(__file__).parent / "examples"
CUT = ("ledger.py", "            balances[entry.account] += entry.ce", "nts\n")
"""The file, the line that is cut there, and what is cut away before the assistant fills it in."""

PROBLEMS = (
    "solve x^2 - 5x + 6 = 0",
    "Tom has 12 apples. He buys 7 more and gives 5 to Ann. How many apples does he have now?",
)
QUESTIONS = (
    ("finance", "total account balance by branch region"),
    ("finance", "number of transactions by month in 2024"),
    ("medical", "top 5 diagnoses by number of patients"),
    ("medical", "average length of stay by department"),
)
_ABOVE = 4  # lines shown above the one that was cut
NEXT = (
    'plumb solve "integrate x*sin(x) from 0 to pi"',
    'plumb verify "sin(x)^2 + cos(x)^2" "1"',
    'plumb ask finance "…"       # or a .duckdb, .sqlite file of yours',
    "plumb complete FILE:LINE:COL",
    "plumb doctor",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One stop of the tour: the command that it stands for, and what it shows."""

    command: str
    answer: Callable[[], Row]
    show: Callable[[Row], None]


def demo(ctx: typer.Context, *, model: ModelOption = None) -> None:
    """Take the tour of all three assistants, in under a minute, offline."""
    session = session_of(ctx)
    out = session.output()
    settings = session.settings(model=model)
    begun = time.monotonic()
    chosen = load_model(out, settings.model)
    answered, failed, stops = 0, 0, tour(out, chosen, settings.seconds)
    for stop in stops:
        _announce(out, stop.command)
        try:
            with out.busy("working"):
                row = stop.answer()
        except PlumbError as error:
            out.error(str(error), error.hint)
            failed = failed or error.exit_code
            continue
        stop.show(row)
        answered += row.get("status") == "answered"
    _finish(out, answered, len(stops), time.monotonic() - begun)
    raise typer.Exit(failed)


def tour(out: Output, model: "Model | None", seconds: float) -> list[Stop]:
    """Return the stops of the tour in order."""
    return [
        _completion(out, model),
        *(_problem(out, model, seconds, text) for text in PROBLEMS),
        *(_question(out, model, database, text) for database, text in QUESTIONS),
    ]


def _completion(out: Output, model: "Model | None") -> Stop:
    from rich.text import Text

    import code_assist

    name, kept, removed = CUT
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    offset = text.index(kept + removed) + len(kept)
    cut = text[:offset] + text[offset + len(removed.rstrip("\n")) :]
    source = code_assist.Source(text=cut, language="python", path=name)
    position = source.position(offset)

    def show(row: Row) -> None:
        out.show(Text(f"(a copy of cli/examples/{name}, cut in this line)\n", style="dim"))
        if row.get("status") != "answered":
            _show_change(out, cut, offset, offset, "")
            out.show()
            show_no_answer(out, row)
            return
        kept_to = source.offset(replaced_range(position, row)[0])
        _show_change(out, cut, offset, kept_to, text_of(row.get("completion")))
        show_remarks(out, row)
        show_evidence(out, row)

    return Stop(
        command=f"plumb complete {name}:{position.line + 1}:{position.column + 1}",
        answer=lambda: code_assist.complete(source, position, model=model).to_dict(),
        show=show,
    )


def _show_change(out: Output, text: str, offset: int, kept_to: int, written: str) -> None:
    """Write the lines before the cut, the line as it was cut, and what it became."""
    from rich.text import Text

    start = text.rindex("\n", 0, offset) + 1
    above = "\n".join(text[:start].splitlines()[-_ABOVE:])
    out.show(Text("\n".join(f"  {part}" for part in above.splitlines()), style="dim"))
    out.show(Text(f"- {printable(text[start:offset])}▮", style="red"))
    if not written:
        return
    became = printable(text[start:kept_to] + written).splitlines()
    out.show(Text("\n".join(f"+ {part}" for part in became), style="green"))


def _problem(out: Output, model: "Model | None", seconds: float, text: str) -> Stop:
    import math_solver

    return Stop(
        command=f'plumb solve "{text}"',
        answer=lambda: math_solver.solve(text, model=model, seconds=seconds).to_dict(),
        show=lambda row: show_answer(out, row),
    )


def _question(out: Output, model: "Model | None", database: str, text: str) -> Stop:
    import sql_agent

    return Stop(
        command=f'plumb ask {database} "{text}"',
        answer=lambda: sql_agent.ask(database, text, model=model).to_dict(),
        show=lambda row: show_answer(out, row, chart=True),
    )


def _announce(out: Output, command: str) -> None:
    from rich.text import Text

    out.show(Text.assemble("\n", ("$ ", "dim"), (command, "bold cyan"), "\n"))


def _finish(out: Output, answered: int, stops: int, seconds: float) -> None:
    from rich.text import Text

    out.show(Text(f"\n{answered} of {stops} answered in {seconds:.0f} s. Next:", style="bold"))
    for command in NEXT:
        out.show(f"  {command}")
