"""What a query is estimated to cost, by the engine's own plan, before it runs.

The unit is one row that is read, joined or grouped. DuckDB: the estimated rows of all operators,
where a join without an equality is the product of its sides. PostgreSQL: the planner's total cost
in tuples, of which one costs `cpu_tuple_cost`, 0.01 by default. SQLite plans without numbers: each
SCAN multiplies by the rows of its table, each SEARCH by what an index usually leaves. Spark plans
without numbers too: a scan has the rows that its table had when the catalog was read, a join by a
key those of its larger side, one without a key the product. Estimates are off by some factor; they
tell a cartesian product from a report, no more. Other engines have none.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from assistants.answer import Check, Verdict
from assistants.errors import QueryRefused

WORK = 500_000_000
"""Rows of work that a query may be estimated at, unless the caller says otherwise."""
EXPLAIN_SPARK: Final = "EXPLAIN FORMATTED "
_EXPLAIN: Final = {
    "duckdb": "EXPLAIN (FORMAT JSON) ",
    "postgres": "EXPLAIN (FORMAT JSON) ",
    "sqlite": "EXPLAIN QUERY PLAN ",
    "spark": EXPLAIN_SPARK,
}
_PRODUCTS: Final = frozenset(
    "CROSS_PRODUCT NESTED_LOOP_JOIN BLOCKWISE_NL_JOIN PIECEWISE_MERGE_JOIN IE_JOIN".split()
)
_TUPLES_A_COST: Final = 100
_BY_INDEX: Final = 10
_UNKNOWN: Final = 1000
_STEP = re.compile(r"(SCAN|SEARCH) (?:TABLE )?(\S+)(.*)")
_MATERIALIZED = re.compile(r"(?:MATERIALIZE|CO-ROUTINE) (\S+)")


class TooCostly(QueryRefused):
    """A query that is estimated to cost more than the caller allows; nothing of it ran."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """An estimate: `work` in rows, and the part of the plan that most of it is for."""

    work: int
    mostly: str


def explaining(dialect: str, sql: str) -> str:
    """Return the statement that gives a query's plan; empty where an engine has no estimate."""
    prefix = _EXPLAIN.get(dialect, "")
    return prefix + sql if prefix else ""


def cost_of(dialect: str, plan: Sequence[Sequence[Any]], sizes: Mapping[str, int]) -> Cost:
    """Return the estimate of a plan; `sizes` are the rows of tables by name and alias."""
    if dialect == "sqlite":
        return _sqlite(plan, sizes)
    if dialect == "spark":
        return _spark(str(plan[0][0]) if plan else "", sizes)
    found = plan[0][-1] if plan else "[]"
    nodes = cast("list[dict[str, Any]]", json.loads(found) if isinstance(found, str) else found)
    if dialect == "postgres":
        top = cast("dict[str, Any]", nodes[0]["Plan"])
        return Cost(work=round(top["Total Cost"] * _TUPLES_A_COST), mostly=_heaviest(top))
    parts: list[tuple[float, str]] = []
    work = sum(_duckdb(node, parts)[1] for node in nodes)
    return Cost(work=round(work), mostly=max(parts, default=(0.0, ""))[1])


def judged(cost: Cost | None, limit: int | None) -> Check:
    """Return the check that says what a query was estimated to cost.

    Raises:
        TooCostly: it is more than the limit.
    """
    if cost is None:
        return Check(by="cost", verdict=Verdict.UNKNOWN, detail="this engine gives no estimate")
    said = f"estimated at {cost.work:,} rows of work"
    if limit is None:
        return Check(by="cost", verdict=Verdict.UNKNOWN, detail=f"{said}, no limit set")
    if cost.work > limit:
        mostly = f", mostly {cost.mostly}" if cost.mostly else ""
        raise TooCostly(
            f"{said}{mostly}; the limit is {limit:,}",
            hint="ask for less (one period, one group), or raise the limit: --cost-limit",
        )
    return Check(by="cost", verdict=Verdict.PROVED, detail=f"{said}, below {limit:,}")


# --- DuckDB -------------------------------------------------------------------------------------


def _duckdb(node: Mapping[str, Any], parts: list[tuple[float, str]]) -> tuple[float, float]:
    """Return the rows that a node gives, and the work of it and all below."""
    below = [_duckdb(child, parts) for child in node.get("children", ())]
    info = cast("Mapping[str, Any]", node.get("extra_info") or {})
    name = str(node.get("name", "")).strip()
    estimate = str(info.get("Estimated Cardinality", "")).lstrip("~")
    rows = float(estimate) if estimate.isdigit() else max((r for r, _ in below), default=0.0)
    if name in _PRODUCTS:
        rows = 1.0
        for each, _ in below:
            rows *= max(each, 1.0)
    work = sum(spent for _, spent in below)
    limit = str(info.get("Limit", ""))
    if name == "STREAMING_LIMIT" and limit.isdigit() and below:
        rows = float(limit)
        return rows, rows + work * min(1.0, rows / max(below[0][0], 1.0))
    what = f"{name.lower().replace('_', ' ')} {_table(info)}".strip()
    parts.append((rows, what))
    return rows, work + rows


def _table(info: Mapping[str, Any]) -> str:
    return str(info.get("Table", "")).rpartition(".")[2].strip('"')


# --- PostgreSQL ---------------------------------------------------------------------------------


def _heaviest(top: Mapping[str, Any]) -> str:
    """Return the lowest part of a plan that still has most of its cost."""
    node = top
    while True:
        children = cast("list[dict[str, Any]]", node.get("Plans") or [])
        heavy = [c for c in children if c["Total Cost"] > top["Total Cost"] / 2]
        if not heavy:
            break
        node = heavy[0]
    return f"{str(node['Node Type']).lower()} {node.get('Relation Name', '')}".strip()


# --- SQLite -------------------------------------------------------------------------------------


def _sqlite(plan: Sequence[Sequence[Any]], sizes: Mapping[str, int]) -> Cost:
    """Return the estimate of EXPLAIN QUERY PLAN: rows (id, parent, unused, detail), a tree."""
    children: dict[int, list[tuple[int, str]]] = {}
    for number, parent, _, detail in plan:
        children.setdefault(int(parent), []).append((int(number), str(detail)))
    known = dict(sizes)
    parts: list[tuple[float, str]] = []
    work = _level(0, children, known, parts)
    return Cost(work=round(work), mostly=max(parts, default=(0.0, ""))[1])


def _level(
    parent: int,
    children: Mapping[int, list[tuple[int, str]]],
    sizes: dict[str, int],
    parts: list[tuple[float, str]],
) -> float:
    """Return the work of nested loops: each step is done for every row of those before it."""
    rows, work = 1.0, 0.0
    names: list[str] = []
    for number, detail in children.get(parent, ()):
        step = _STEP.match(detail)
        below = _level(number, children, sizes, parts)
        if step is None:
            made = _MATERIALIZED.match(detail)
            if made is not None:
                sizes[made[1]] = max(1, round(below))
            work += below * (max(rows, 1.0) if "CORRELATED" in detail else 1.0)
            continue
        size = sizes.get(step[2], _UNKNOWN)
        if step[1] == "SCAN":
            rows *= max(size, 1)
        elif "PRIMARY KEY" not in step[3]:
            rows *= min(size, _BY_INDEX) or 1
            work += size if "AUTOMATIC" in step[3] else 0
        names.append(step[2])
        work += rows + below
        parts.append((rows, " with ".join(names)))
    return work


# --- Spark --------------------------------------------------------------------------------------

_PLACE = re.compile(r"(?P<deep>[ :+-]*)(?P<name>[A-Z]\w+).*\((?P<number>\d+)\)\s*$")
_DETAIL = re.compile(r"\((\d+)\) .*?(?=^\(\d+\) |\Z)", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^Location: .*/([^/\]]+)\.parquet", re.MULTILINE)
_KEPT = re.compile(r"^Arguments: (\d+)", re.MULTILINE)
_WITHOUT_KEY: Final = frozenset(("CartesianProduct", "BroadcastNestedLoopJoin"))
_FIRST: Final = frozenset(("CollectLimit", "TakeOrderedAndProject", "GlobalLimit", "LocalLimit"))


def _spark(plan: str, sizes: Mapping[str, int]) -> Cost:
    """Return the estimate of EXPLAIN FORMATTED: trees of numbered parts, then a text for each.

    Subqueries stand as trees of their own below the main one; their work is added.
    """
    details = {int(match[1]): match[0] for match in _DETAIL.finditer(plan)}
    parts: list[tuple[float, str]] = []
    work = 0.0
    waiting: list[tuple[int, float]] = []
    for line in reversed(plan.splitlines()):  # what a part reads stands below it, deeper
        place = _PLACE.fullmatch(line)
        if place is None or line.startswith("("):
            continue
        deep = len(place["deep"])
        below = [rows for depth, rows in waiting if depth > deep]
        waiting = [(depth, rows) for depth, rows in waiting if depth <= deep]
        rows, what = _spark_rows(place["name"], below, details.get(int(place["number"]), ""), sizes)
        waiting.append((deep, rows))
        work += rows
        parts.append((rows, what))
    return Cost(work=round(work), mostly=max(parts, default=(0.0, ""))[1])


def _spark_rows(
    name: str, below: Sequence[float], detail: str, sizes: Mapping[str, int]
) -> tuple[float, str]:
    """Return the rows that a part gives, and its name in words."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    if name in _WITHOUT_KEY:
        rows = 1.0
        for each in below:
            rows *= max(each, 1.0)
        return rows, words
    file = _FILE.search(detail)
    if file is not None:
        return float(sizes.get(file[1], _UNKNOWN)), f"{words} {file[1]}"
    kept = _KEPT.search(detail) if name in _FIRST else None
    rows = max(below, default=1.0)
    return (min(rows, float(kept[1])) if kept is not None else rows), words
