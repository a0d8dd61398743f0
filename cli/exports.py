"""A row as Markdown and as CSV."""

import csv
import io
from collections.abc import Mapping, Sequence

from assistants.answer import Json

from .rows import Line, Row, evidence_of, lines_of, list_of, remarks_of, text_of


def to_csv(row: Row) -> str:
    """Return the table of an answer as CSV; without one, its status, verdict and text."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    columns = list_of(row.get("columns"))
    if columns:
        writer.writerow([text_of(name) for name in columns])
        writer.writerows([text_of(v) for v in list_of(line)] for line in list_of(row.get("rows")))
    else:
        names = ("status", "verdict", "answer", "error")
        writer.writerow(names)
        writer.writerow([text_of(row.get(name)) for name in names])
    return stream.getvalue()


def to_markdown(row: Row) -> str:
    """Return an answer as Markdown: answer, steps, table, SQL, evidence."""
    parts: list[str] = []
    columns = list_of(row.get("columns"))
    if row.get("status", "answered") != "answered":
        return _markdown_no_answer(row)
    if (answer := text_of(row.get("answer"))) and not columns:
        parts.append(f"**{_markdown(answer)}**")
    if lines := lines_of(row):
        parts.append("\n".join(map(_markdown_line, lines)))
    if columns:
        parts.append(_markdown_table(columns, list_of(row.get("rows"))))
    if remarks := remarks_of(row):
        parts.append(
            "\n".join(f"- {f'{word} {_markdown(text)}'.strip()}" for word, text in remarks)
        )
    if sql := text_of(row.get("sql")):
        parts.append(f"```sql\n{sql.rstrip()}\n```")
    if not row.get("verdict"):
        return "\n\n".join(parts)
    detail, others = evidence_of(row)
    parts.append(f"*{text_of(row.get('verdict'))}* · {_markdown(detail)}")
    if others:
        parts.append("\n".join(_markdown_check(check) for check in others))
    return "\n\n".join(parts)


def _markdown_no_answer(row: Row) -> str:
    clarification = row.get("clarification")
    if isinstance(clarification, Mapping):
        question = _markdown(text_of(clarification.get("question")))
        choices = [f"- {_markdown(text_of(c))}" for c in list_of(clarification.get("choices"))]
        return "\n".join([f"**{question}**", "", *choices])
    return f"*{text_of(row.get('status'))}* · {_markdown(text_of(row.get('error')))}"


def _markdown_line(line: Line) -> str:
    expression = line.expression.replace("`", "'").replace("\n", " ")
    return f"{line.number}. `{expression}` ({line.verdict}, {_markdown(line.why)})"


def _markdown_check(check: Row) -> str:
    detail = text_of(check.get("detail"))
    tail = f": {_markdown(detail)}" if detail else ""
    return f"- {text_of(check.get('verdict'))} · {_markdown(text_of(check.get('by')))}{tail}"


def _markdown_table(columns: Sequence[Json], data: Sequence[Json]) -> str:
    rows = [_markdown_row(list_of(line)) for line in data]
    return "\n".join([_markdown_row(columns), "| --- " * len(columns) + "|", *rows])


def _markdown_row(cells: Sequence[Json]) -> str:
    return "| " + " | ".join(_markdown(text_of(value)) for value in cells) + " |"


def _markdown(text: str) -> str:
    """Escape what Markdown and HTML would act on, and keep it on one line."""
    escaped = "".join(f"\\{sign}" if sign in "\\`*_[]<>|~#" else sign for sign in text)
    return escaped.replace("\n", " ")
