"""Which columns of which tables an answer rests on, by sqlglot's lineage."""

from collections.abc import Mapping

import sqlglot.lineage
from sqlglot import exp
from sqlglot.errors import SqlglotError

from assistants.errors import QueryRefused
from sql_agent.catalog import Catalog
from sql_agent.guard import schema_of

from .tree_checks import qualified, sources


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
