"""A row of `Answer.to_dict` shown to a person.

Rows are plain data, so that one renderer serves a fresh answer and one read from a batch file.
Every text in them is foreign: it is escaped before it meets a terminal, and never parsed as markup.
"""

import textwrap
from collections.abc import Mapping, Sequence

from assistants.answer import Json

from .exports import to_csv, to_markdown
from .options import Format
from .output import Output
from .rows import Line, Row, evidence_of, lines_of, list_of, remarks_of, rows_of, text_of
from .safe_text import one_line, printable
from .tables import show_table

ASK_AGAIN = "Ask again with one of these in the question."
_MARKS = {"proved": ("✓", "green"), "refuted": ("✗", "red"), "unknown": ("?", "yellow")}
_WIDEST_EXPRESSION = 60
_NARROWEST_REASON = 24


def emit(out: Output, row: Row, *, chart: bool | None = None, choose: str = ASK_AGAIN) -> None:
    """Write one answer to stdout in the format that was asked for.

    `chart` is by default drawn for a person only; `choose` says how to answer a question back.
    """
    if out.verbose:
        note_trail(out, row)
    match out.form:
        case Format.JSON | Format.NDJSON:
            out.json(row)
        case Format.CSV:
            out.raw(to_csv(row))
        case Format.MARKDOWN:
            out.raw(to_markdown(row))
        case Format.TEXT:
            drawn = out.interactive if chart is None else chart
            show_answer(out, row, chart=drawn, choose=choose)


def note_trail(out: Output, row: Row) -> None:
    """Write every attempt with its checks, and what it all cost, to stderr."""
    for number, step in enumerate(rows_of(row.get("steps")), 1):
        if "candidate" not in step:
            continue
        candidate = one_line(text_of(step.get("candidate")))
        out.note(f"attempt {number}, {text_of(step.get('verdict'))}: {candidate}")
        for check in rows_of(step.get("checks")):
            said = (text_of(check.get(key)) for key in ("verdict", "by", "detail"))
            out.note("  " + " · ".join(part for part in said if part))
    if isinstance(usage := row.get("usage"), Mapping):
        cost = ", ".join(f"{text_of(value)} {key}" for key, value in usage.items() if value)
        out.note(f"cost: {cost or 'nothing'}".replace("_", " "))


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


def show_answer(out: Output, row: Row, *, chart: bool = False, choose: str = ASK_AGAIN) -> None:
    """Write the answer, what it rests on, and its evidence."""
    if row.get("status") != "answered":
        show_no_answer(out, row, choose)
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
    spec = row.get("chart") if chart else None
    if columns:
        show_table(out, columns, data, with_chart=spec is not None)
    if isinstance(spec, Mapping):
        from .charts import show_chart

        show_chart(out, spec, columns, data)
    show_lines(out, lines_of(row))
    show_remarks(out, row)
    if sql := text_of(row.get("sql")):
        show_code(out, sql, "sql")


def show_remarks(out: Output, row: Row) -> None:
    """Write what to know about an answer."""
    from rich.text import Text

    remarks = remarks_of(row)
    if remarks:
        out.show()
    for word, text in remarks:
        out.show(Text.assemble((f"{word} " if word else "", "dim"), printable(text)))


def show_no_answer(out: Output, row: Row, choose: str = ASK_AGAIN) -> None:
    """Write why there is no answer, and the choices that would lead to one."""
    from rich.text import Text

    clarification = row.get("clarification")
    if isinstance(clarification, Mapping):
        out.show(Text(printable(text_of(clarification.get("question"))), style="bold"))
        for number, choice in enumerate(list_of(clarification.get("choices")), 1):
            out.show(Text(f"  {number}. {printable(text_of(choice))}"))
        out.show(Text(f"\n{choose}", style="dim"))
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
        start = Text.assemble(
            (f"{line.number:>3}. ", "dim"), f"{expression.ljust(widest)}  ", (mark, style), " "
        )
        first, *rest = _wrapped(one_line(line.why), out.out.width - start.cell_len)
        out.show(Text.assemble(start, (first, "dim")))
        for part in rest:
            out.show(Text(" " * start.cell_len + part, style="dim"))


def _wrapped(text: str, room: int) -> list[str]:
    """Return a text in lines of `room` columns; in one line where there is too little room."""
    if len(text) <= room or room < _NARROWEST_REASON:
        return [text]
    return textwrap.wrap(text, room) or [""]


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
    text.no_wrap = False
    out.show(Padding(text, (0, 0, 0, 2)))
