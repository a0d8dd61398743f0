"""Which columns of which tables an answer rests on, by sqlglot's lineage."""

from collections.abc import Iterator, Mapping

import sqlglot.lineage
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope

from assistants.errors import QueryRefused

from .catalog import Catalog
from .guard import schema_of
from .semantic_model import ColumnRef


def lineage(tree: exp.Query, catalog: Catalog) -> Mapping[str, tuple[str, ...]]:
    """Return for each column of a query's result the stored columns that it is made of.

    An output that needs no column (`COUNT(*)`) has the tables that it counts, as `table.*`. What
    decides about rows without being shown (WHERE, joins, groups) stands under the empty name.

    Raises:
        QueryRefused: a column cannot be told.
    """
    whole = qualified(tree, catalog)
    found: dict[str, tuple[str, ...]] = {}
    try:
        nodes = sqlglot.lineage.lineage(
            None, whole, schema_of(catalog), dialect=catalog.dialect, copy=True
        )
    except SqlglotError:
        nodes = {}
    for name, top in nodes.items():
        refs = [
            f"{node.source.name}.{node.name.rpartition('.')[2].strip(chr(34))}"
            for node in top.walk()
            if isinstance(node.source, exp.Table) and not node.downstream
        ]
        found[name] = tuple(dict.fromkeys(refs)) or _counted(whole)
    shown = {ref for refs in found.values() for ref in refs}
    every = dict.fromkeys(str(ref) for _, ref in sources(whole))
    found[""] = tuple(ref for ref in every if ref not in shown)
    return found


def lineage_of(tree: exp.Query, catalog: Catalog) -> Mapping[str, tuple[str, ...]]:
    """Return the lineage of a query, or nothing where a column cannot be told."""
    try:
        return lineage(tree, catalog)
    except QueryRefused:
        return {}


def _counted(tree: exp.Expr) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{table.name}.*" for table in tree.find_all(exp.Table)))


def qualified(tree: exp.Query, catalog: Catalog) -> exp.Query:
    """Return a query in which every column says its table.

    Raises:
        QueryRefused: a column cannot be told.
    """
    try:
        made = qualify(
            tree.copy(),
            schema=schema_of(catalog),
            dialect=catalog.dialect,
            validate_qualify_columns=True,
            quote_identifiers=True,
            expand_alias_refs=False,
        )
    except SqlglotError as error:
        raise QueryRefused(str(error).splitlines()[0], hint="name columns with tables") from error
    return made


def sources(tree: exp.Expr) -> Iterator[tuple[exp.Column, ColumnRef]]:
    """Yield the columns of a qualified query that are columns of tables."""
    for scope in traverse_scope(tree):
        for column in scope.columns:
            table = _table(scope, column.table)
            if table is not None:
                yield column, ColumnRef(table.name, column.name)


def _table(scope: Scope | None, name: str) -> exp.Table | None:
    while scope is not None:
        source = scope.sources.get(name)
        if source is not None:
            return source if isinstance(source, exp.Table) else None
        scope = scope.parent
    return None
