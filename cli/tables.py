"""Tables in a terminal: cut to the screen for a person, whole for a pipe."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistants.answer import Json

from .output import Output
from .rows import list_of, text_of
from .safe_text import one_line

if TYPE_CHECKING:
    from rich.table import Table

_WIDEST_CELL = 48
_BETWEEN = 3  # columns of the screen between two columns of a table
_BESIDE = 12  # lines of the screen for the question, the SQL and the evidence
_CHART = 18  # lines of the screen for a chart
_FEWEST = 5
_MIDNIGHT = " 00:00:00"


def show_table(
    out: Output, columns: Sequence[Json], data: Sequence[Json], *, with_chart: bool = False
) -> None:
    """Write a table, and say what of it there was no room for."""
    from rich.text import Text

    names = [one_line(text_of(name)) for name in columns]
    cells = without_midnights([[cell(value) for value in list_of(line)] for line in data])
    rows, wide = len(cells), len(names)
    if out.interactive:
        rows = max(_FEWEST, out.out.height - _BESIDE - (_CHART if with_chart else 0))
        wide = fitting(names, cells[:rows], out.out.width)
    _write(out, make_table(names[:wide], [line[:wide] for line in cells[:rows]]))
    left = [
        f"{count:,} more {word}{'s' if count > 1 else ''}"
        for count, word in ((len(cells) - rows, "row"), (len(names) - wide, "column"))
        if count > 0
    ]
    if left:
        out.show(Text(f"… {' and '.join(left)} (--format csv shows all)", style="dim"))
    if not cells:
        out.show(Text("(no rows)", style="dim"))


def _write(out: Output, table: "Table") -> None:
    """Write a table, without the spaces that fill its last column up."""
    if out.out.color_system is not None:
        out.show(table)
        return
    with out.out.capture() as drawn:
        out.show(table)
    out.show("\n".join(line.rstrip() for line in drawn.get().rstrip("\n").split("\n")))


def cell(value: Json) -> str:
    """Return a value as a table's cell; long decimals are rounded, as they are for people."""
    from sql_agent import rounded

    return "∅" if value is None else one_line(str(rounded(value)))


def without_midnights(rows: list[list[str]]) -> list[list[str]]:
    """Drop the time of day from columns where every moment is the beginning of a day."""
    wide = max(map(len, rows), default=0)
    for index in range(wide):
        known = [line[index] for line in rows if index < len(line) and line[index] != "∅"]
        if known and all(text.endswith(_MIDNIGHT) for text in known):
            for line in rows:
                line[index] = line[index].removesuffix(_MIDNIGHT)
    return rows


def fitting(names: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> int:
    """Return how many columns fit beside each other, at least one."""
    from rich.cells import cell_len

    used = 0
    for index, name in enumerate(names):
        longest = max((cell_len(line[index]) for line in rows if index < len(line)), default=0)
        used += min(_WIDEST_CELL, max(cell_len(name), longest)) + (_BETWEEN if index else 0)
        if used > width:
            return max(1, index)
    return len(names)


def make_table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> "Table":
    """Return a rich table of printable texts; numbers stand to the right."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for index, name in enumerate(names):
        known = [line[index] for line in rows if index < len(line) and line[index] != "∅"]
        table.add_column(
            Text(name),
            justify="right" if known and all(map(is_number, known)) else "left",
            overflow="ellipsis",
            no_wrap=True,
        )
    for line in rows:
        table.add_row(*(Text(text, style="dim" if text == "∅" else "") for text in line))
    return table


def is_number(text: str) -> bool:
    """Whether a cell is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
