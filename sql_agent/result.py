"""The candidate answer of the SQL agent: a query, its rows, and how both are to be read."""

from collections.abc import Mapping
from dataclasses import dataclass

from assistants.answer import Json

_SHOWN_ROWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryResult:
    """A query and its result.

    `explanation` says in one sentence what was understood; `assumptions` what was decided where
    the question left a choice; `chart` is a Vega-Lite specification as data.
    """

    sql: str
    dialect: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Json, ...], ...]
    tables: tuple[str, ...] = ()
    truncated: bool = False
    explanation: str = ""
    assumptions: tuple[str, ...] = ()
    chart: Mapping[str, Json] | None = None

    def text(self) -> str:
        """Return one value as it is, and more of them as a small table."""
        if not self.rows:
            return "(no rows)"
        if len(self.rows) == 1 and len(self.columns) == 1:
            return show(self.rows[0][0])
        lines = [" | ".join(self.columns)]
        lines += [" | ".join(show(value) for value in row) for row in self.rows[:_SHOWN_ROWS]]
        if len(self.rows) > _SHOWN_ROWS:
            more = "more than " if self.truncated else ""
            lines.append(f"… {more}{len(self.rows)} rows")
        return "\n".join(lines)

    def details(self) -> Mapping[str, Json]:
        """Return the row fields of `ask` and `query`."""
        return {
            "sql": self.sql,
            "dialect": self.dialect,
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
            "truncated": self.truncated,
            "chart": self.chart,
            "explanation": self.explanation,
            "tables": list(self.tables),
            "assumptions": list(self.assumptions),
        }


def show(value: Json) -> str:
    """Return a value as people read it."""
    if value is None:
        return "–"
    return str(value).lower() if isinstance(value, bool) else str(value)
