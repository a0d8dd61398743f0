"""Whether every column of a query is one of its sources: a quick yes, or no opinion.

The common shapes are settled here in a fraction of a millisecond; whatever is unusual (USING,
recursion, columns named by an alias list, names that two sources have) is left to sqlglot's
`qualify`, which takes ten times as long and has the better complaints.
"""

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from .catalog import CatalogTable


def all_bound(tree: exp.Expr, scopes: Sequence[Scope], tables: dict[int, CatalogTable]) -> bool:
    """Return whether every column surely is a column of the catalog or of a subquery.

    Args:
        tree: The whole query.
        scopes: Its scopes, inner ones first.
        tables: The catalog's table behind each `Table` node, by the node's identity.
    """
    outputs: dict[int, frozenset[str]] = {}
    bound: set[int] = set()
    for scope in scopes:
        sources = _sources(scope, tables, outputs)
        if sources is None:
            return False
        aliases = _aliases(scope.expression)
        for column in scope.columns:
            if id(column) not in bound and _is_bound(column, sources, aliases):
                bound.add(id(column))
        named = _output(scope, sources, outputs)
        if named is None:
            return False
        outputs[id(scope)] = named
    stars = exp.Star
    return all(
        id(column) in bound or isinstance(column.this, stars) or _names_output(column, scopes)
        for column in tree.find_all(exp.Column)
    )


def _sources(
    scope: Scope, tables: dict[int, CatalogTable], outputs: dict[int, frozenset[str]]
) -> dict[str, frozenset[str]] | None:
    """Return the columns of each source by its name; None for a source of another kind."""
    found: dict[str, frozenset[str]] = {}
    for name, source in scope.sources.items():
        if isinstance(source, exp.Table):
            table = tables.get(id(source))
            columns = frozenset(c.name.lower() for c in table.columns) if table else None
        else:
            columns = outputs.get(id(source))
        if columns is None:
            return None
        found[name.lower()] = columns
    return found


def _aliases(expression: exp.Expr) -> frozenset[str]:
    """Return the names that a SELECT gives to what it shows: ORDER BY and others may use them."""
    if not isinstance(expression, exp.Select):
        return frozenset()
    shown = expression.expressions
    return frozenset(e.alias.lower() for e in shown if isinstance(e, exp.Alias))


def _is_bound(
    column: exp.Column, sources: dict[str, frozenset[str]], aliases: frozenset[str]
) -> bool:
    name, table = column.name.lower(), column.table.lower()
    if column.args.get("db") is not None:
        return False
    if table:
        return name in sources.get(table, frozenset())
    holders = sum(name in columns for columns in sources.values())
    return holders == 1 or (holders == 0 and name in aliases)


def _output(
    scope: Scope, sources: dict[str, frozenset[str]], outputs: dict[int, frozenset[str]]
) -> frozenset[str] | None:
    """Return the names of what a scope shows; None where they are not plain to see."""
    expression = scope.expression
    if isinstance(expression, exp.SetOperation):
        parts = scope.set_operation_scopes
        return outputs.get(id(parts[0])) if parts else None
    if not isinstance(expression, exp.Select) or _renamed(expression):
        return None
    found: set[str] = set()
    for shown in expression.expressions:
        if isinstance(shown, exp.Star) or (
            isinstance(shown, exp.Column) and isinstance(shown.this, exp.Star)
        ):
            picked = [shown.table.lower()] if isinstance(shown, exp.Column) else list(sources)
            found.update(*(sources.get(name, frozenset()) for name in picked))
        else:
            found.add(shown.alias_or_name.lower())
    return frozenset(found)


def _renamed(expression: exp.Select) -> bool:
    """Whether the columns of a subquery get their names from its alias: `AS t(a, b)`."""
    parent = expression.parent
    alias = parent.args.get("alias") if parent is not None else None
    return isinstance(alias, exp.TableAlias) and bool(alias.args.get("columns"))


def _names_output(column: exp.Column, scopes: Sequence[Scope]) -> bool:
    """Whether an unqualified name in ORDER BY is one that its own SELECT gives."""
    owner = column.find_ancestor(exp.Select, exp.SetOperation)
    ordered = column.find_ancestor(exp.Order, exp.Having, exp.Qualify)
    if column.table or owner is None or ordered is None or ordered.parent is not owner:
        return False
    names = {
        name.lower()
        for scope in scopes
        if scope.expression is owner
        for name in owner.named_selects
    }
    return column.name.lower() in names
