"""A row of `Answer.to_dict` shown to a person.

Rows are plain data, so that one renderer serves a fresh answer and one read from a batch file.
Every text in them is foreign: it is escaped before it meets a terminal, and never parsed as markup.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from assistants.answer import Json

from .exports import to_csv, to_markdown
from .options import Format
from .output import Output
from .rows import Line, Row, evidence_of, lines_of, list_of, remarks_of, text_of
from .safe_text import one_line, printable

if TYPE_CHECKING:
    from rich.table import Table

_MARKS = {"proved": ("✓", "green"), "refuted": ("✗", "red"), "unknown": ("?", "yellow")}
_WIDEST_EXPRESSION = 60
_ROOM_BESIDE_TABLE = 12  # lines that a table leaves for the question, the SQL and the evidence


def emit(out: Output, row: Row, *, chart: bool | None = None) -> None:
    """Write one answer to stdout in the format that was asked for."""
    match out.form:
        case Format.JSON | Format.NDJSON:
            out.json(row)
        case Format.CSV:
            out.raw(to_csv(row))
        case Format.MARKDOWN:
            out.raw(to_markdown(row))
        case Format.TEXT:
            show_answer(out, row, chart=out.interactive if chart is None else chart)


def emit_table(
    out: Output, columns: Sequence[Json], data: Sequence[Sequence[Json]], value: Row
) -> None:
    """Write a table that is no answer; `value` is the same as one JSON object."""
    table: dict[str, Json] = {"columns": columns, "rows": data}
    match out.form:
        case Format.JSON | Format.NDJSON:
            out.json(value)
        case Format.CSV:
            out.raw(to_csv(table))
        case Format.MARKDOWN:
            out.raw(to_markdown(table))
        case Format.TEXT:
            show_table(out, columns, data)


def show_answer(out: Output, row: Row, *, chart: bool = False) -> None:
    """Write the answer, what it rests on, and its evidence."""
    if row.get("status") != "answered":
        show_no_answer(out, row)
        return
    show_body(out, row, chart=chart)
    show_evidence(out, row)


def show_body(out: Output, row: Row, *, chart: bool) -> None:
    """Write the answer itself: text, solution steps, table, chart, SQL."""
    from rich.text import Text

    columns, data = list_of(row.get("columns")), list_of(row.get("rows"))
    answer = printable(text_of(row.get("answer")))
    if answer and not columns:
        out.show(Text(answer, style="bold"))
    if columns:
        show_table(out, columns, data)
    spec = row.get("chart")
    if chart and isinstance(spec, Mapping):
        from .charts import show_chart

        show_chart(out, spec, columns, data)
    show_lines(out, lines_of(row))
    if remarks := remarks_of(row):
        out.show()
        for word, text in remarks:
            out.show(Text.assemble((f"{word} ", "dim"), printable(text)))
    if sql := text_of(row.get("sql")):
        show_code(out, sql, "sql")


def show_no_answer(out: Output, row: Row) -> None:
    """Write why there is no answer, and the choices that would lead to one."""
    from rich.text import Text

    clarification = row.get("clarification")
    if isinstance(clarification, Mapping):
        out.show(Text(printable(text_of(clarification.get("question"))), style="bold"))
        for number, choice in enumerate(list_of(clarification.get("choices")), 1):
            out.show(Text(f"  {number}. {printable(text_of(choice))}"))
        out.show(Text("\nAsk again with one of these in the question.", style="dim"))
        return
    status = text_of(row.get("status"))
    reason = printable(text_of(row.get("error"))) or "no reason was given"
    out.show(Text.assemble((status, "bold yellow"), f" · {reason}"))


def show_lines(out: Output, lines: Sequence[Line]) -> None:
    """Write a derivation: number, expression, verdict, and why it holds."""
    if not lines:
        return
    from rich.text import Text

    out.show()
    expressions = [one_line(line.expression) for line in lines]
    widest = min(_WIDEST_EXPRESSION, max(map(len, expressions)))
    for line, expression in zip(lines, expressions, strict=True):
        mark, style = mark_of(out, line.verdict)
        out.show(
            Text.assemble(
                (f"{line.number:>3}. ", "dim"),
                f"{expression.ljust(widest)}  ",
                (mark, style),
                (f" {one_line(line.why)}", "dim"),
            )
        )


def mark_of(out: Output, verdict: str) -> tuple[str, str]:
    """Return the sign and the colour of a verdict; letters where the stream lacks the sign."""
    mark, style = _MARKS.get(verdict, ("·", "dim"))
    try:
        mark.encode(out.out.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        mark = {"proved": "ok", "refuted": "no"}.get(verdict, "?")
    return mark, style


def show_evidence(out: Output, row: Row) -> None:
    """Write the verdict with what it rests on, then the other checks."""
    from rich.text import Text

    verdict = text_of(row.get("verdict"))
    detail, others = evidence_of(row)
    _, style = _MARKS.get(verdict, ("", "dim"))
    out.show(Text.assemble("\n", (verdict, f"bold {style}"), f" · {printable(detail)}"))
    for check in others:
        mark, style = mark_of(out, text_of(check.get("verdict")))
        by, detail = one_line(text_of(check.get("by"))), one_line(text_of(check.get("detail")))
        tail = f": {detail}" if detail else ""
        out.show(Text.assemble("  ", (mark, style), (f" {by}{tail}", "dim")))


def show_code(out: Output, code: str, language: str) -> None:
    """Write code, highlighted where there is colour."""
    from rich.padding import Padding
    from rich.text import Text

    out.show()
    if out.out.color_system is None:
        out.show("\n".join(f"  {line}" for line in printable(code).splitlines()))
        return
    from rich.syntax import Syntax

    text: Text = Syntax("", language, theme="ansi_dark", background_color="default").highlight(
        printable(code).rstrip("\n")
    )
    text.rstrip()
    out.show(Padding(text, (0, 0, 0, 2)))


def cell(value: Json) -> str:
    """Return a value as a table's cell."""
    return "∅" if value is None else one_line(str(value))


def show_table(out: Output, columns: Sequence[Json], data: Sequence[Json]) -> None:
    """Write a table: cut to the screen for a person, whole for a pipe."""
    from rich.text import Text

    room = max(5, out.out.height - _ROOM_BESIDE_TABLE) if out.interactive else len(data)
    out.show(make_table(columns, data[:room]))
    if len(data) > room:
        more = len(data) - room
        out.show(Text(f"… {more:,} more row{'s' if more > 1 else ''} (--format csv)", style="dim"))


def make_table(columns: Sequence[Json], data: Sequence[Json]) -> "Table":
    """Return a rich table; numbers stand to the right."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    rows = [list_of(line) for line in data]
    for index, name in enumerate(columns):
        values = [line[index] for line in rows if index < len(line) and line[index] is not None]
        right = bool(values) and all(is_number(value) for value in values)
        table.add_column(
            Text(one_line(text_of(name))),
            justify="right" if right else "left",
            overflow="ellipsis",
            no_wrap=True,
        )
    for line in rows:
        table.add_row(
            *(Text(cell(value), style="" if value is not None else "dim") for value in line)
        )
    return table


def is_number(value: Json) -> bool:
    """Whether a cell is a number, also one written exactly, as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    try:
        float(value)
    except ValueError:
        return False
    return True
