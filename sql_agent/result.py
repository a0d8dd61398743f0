"""The candidate answer of the SQL agent: a query, its rows, and how both are to be read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from assistants.answer import Json

_SHOWN_ROWS = 20
_MANY_DECIMALS = re.compile(r"-?\d+(\.\d{5,}|(\.\d+)?[eE][-+]?\d+)$")
_LONGEST_NUMBER = 60


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
    tree: str = ""
    """The query tree as text (`sql_agent.query_text`); empty for SQL that somebody wrote."""
    used: tuple[str, ...] = ()
    """The columns that the tree names, those behind its metrics too."""
    lineage: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """The stored columns behind each output; those that only decide under the empty name."""
    links: tuple[str, ...] = ()
    """What each phrase of the question was linked to."""

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
            "query": self.tree,
            "used": list(self.used),
            "links": list(self.links),
            "lineage": {name: list(refs) for name, refs in self.lineage.items()},
        }


def show(value: Json) -> str:
    """Return a value as people read it."""
    if value is None:
        return "–"
    return str(value).lower() if isinstance(value, bool) else str(rounded(value))


def rounded(value: Json) -> Json:
    """Return a number with more decimals than people read as text with few; others unchanged.

    At least two decimals stay, and four significant digits: 4.0632476 is 4.063, 0.01234567 is
    0.01235, 1234.5678 is 1234.57. What is exact (whole numbers, amounts) stays as it is.
    """
    if isinstance(value, bool) or not isinstance(value, float | str):
        return value
    text = repr(value) if isinstance(value, float) else value
    if len(text) > _LONGEST_NUMBER or not _MANY_DECIMALS.match(text):
        return value
    number = Decimal(text)
    if not number:
        return "0"
    decimals = max(2, 3 - number.adjusted())
    short = format(round(number, decimals), "f")
    return short.rstrip("0").rstrip(".") if isinstance(value, float) else short
