"""Tables seen through SELECTs: what a role may see of a server, put in place of each table.

Every table of a query becomes a subquery that the server itself computes, in the same read-only
transaction: only some of the rows and columns, the rest masked. The rule is strict on purpose: a
name is a view, or a common table expression that was written before it at the top of the query;
anything else is refused, so that no table is read as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from assistants.errors import QueryRefused


@dataclass(frozen=True, slots=True)
class View:
    """A table of the catalog and the SELECT over the server's tables that takes its place."""

    name: str
    schema: str
    relation: str
    sql: str


def through_views(tree: exp.Query, views: Sequence[View], dialect: str) -> exp.Query:
    """Return a query in which each table is its view.

    Raises:
        QueryRefused: it names something that is none, or could be mistaken for one.
    """
    made = tree.copy()
    by_place = {(view.schema.lower(), view.relation.lower()): view for view in views}
    by_place |= {("public", r): view for (schema, r), view in by_place.items() if not schema}
    names = {view.relation.lower() for view in views}
    common = _common(made, names)
    for table in list(made.find_all(exp.Table)):
        view = by_place.get((table.db.lower(), table.name.lower()))
        if view is None:
            if table.db or table.name.lower() not in _before(table, common):
                raise QueryRefused(f"there is no table '{table.sql()}' for this role")
            continue
        select = sqlglot.parse_one(view.sql, dialect=dialect)
        alias = table.args.get("alias") or exp.TableAlias(this=table.this.copy())
        joins = table.args.get("joins")
        table.replace(exp.Subquery(this=select, alias=alias, joins=joins))
    for column in made.find_all(exp.Column):
        column.set("db", None)
    return made


def _common(tree: exp.Query, names: set[str]) -> list[exp.CTE]:
    """Return the common table expressions at the top of a query, in the order they are written."""
    found = list(tree.find_all(exp.CTE))
    withs = list(tree.find_all(exp.With))
    if any(one.parent is not tree or one.args.get("recursive") for one in withs):
        raise QueryRefused("WITH may stand at the top only, and not be recursive, for a role")
    if any(cte.alias.lower() in names for cte in found):
        raise QueryRefused("a common table expression may not be called as a table")
    return list(withs[0].expressions) if withs else []


def _before(table: exp.Table, common: Sequence[exp.CTE]) -> set[str]:
    """Return the names of the common table expressions that a table may stand for."""
    inside = table.find_ancestor(exp.CTE)
    while inside is not None and not any(inside is cte for cte in common):
        inside = inside.find_ancestor(exp.CTE)
    until = next((i for i, cte in enumerate(common) if cte is inside), len(common))
    return {cte.alias.lower() for cte in common[:until]}
