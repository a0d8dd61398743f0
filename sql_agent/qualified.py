"""A query with each column written by its table's name, as far as that says the same."""

from collections import Counter

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify

from .catalog import Catalog
from .guard import schema_of


def qualified(sql: str, catalog: Catalog) -> str:
    """Return a query without aliases of tables, each column with its table.

    A query that reads a table twice, or that cannot be read, is returned as it is.
    """
    try:
        tree = qualify(
            sqlglot.parse_one(sql, dialect=catalog.dialect),
            schema=schema_of(catalog),
            dialect=catalog.dialect,
            quote_identifiers=False,
            identify=False,
            expand_stars=False,
            validate_qualify_columns=False,
        )
    except (SqlglotError, RecursionError, KeyError, AttributeError, TypeError, ValueError):
        return sql
    common = {cte.alias for cte in tree.find_all(exp.CTE)}
    tables = [table for table in tree.find_all(exp.Table) if table.name not in common]
    times = Counter(table.name for table in tables)
    aliases = Counter(table.alias for table in tables)
    if any(count > 1 for count in (*times.values(), *aliases.values())):
        return sql
    names = {table.alias: table.name for table in tables if table.alias}
    for column in tree.find_all(exp.Column):
        if column.table in names:
            column.set("table", exp.to_identifier(names[column.table]))
    for table in tables:
        table.set("alias", None)
        table.set("db", None)
        table.set("catalog", None)
    said = {column.name for column in tree.find_all(exp.Column)}
    for alias in list(tree.find_all(exp.Alias)):
        if alias.alias.startswith("_col_") and alias.alias not in said:  # sqlglot's own
            alias.replace(alias.this)
    return tree.sql(dialect=catalog.dialect)
