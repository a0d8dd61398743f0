"""What may run: exactly one SELECT over known tables and columns, with allowed functions.

An allow-list over sqlglot's tree, because deny-lists fail: `WITH d AS (DELETE …) SELECT`, `SELECT …
INTO`, `FOR UPDATE`, `read_csv()`, `query('…')` and a file name in FROM are all a `Select`. Every
node must be of a class listed here, every table in the catalog or a common table expression, every
function in `sql_agent.functions`. What runs afterwards is the SQL rendered again from the checked
tree, never the text that came in, so that a trick of comments or quoting ends here.

Not covered: how much a permitted query costs (`sql_agent.cost`, limits in `sql_agent.execute`), and
who may see what (privacy is a matter of its own).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope

from assistants.errors import QueryRefused

from .bound import all_bound
from .catalog import Catalog, CatalogTable
from .functions import NAMES, NODES

_MAX_CHARACTERS = 50_000
_MAX_NODES = 20_000
_STARTS: Final = frozenset(("SELECT", "WITH", "FROM", "("))

_STRUCTURE_NAMES: Final = """
Select Union Except Intersect Subquery From Join Where Group Having Qualify Order Ordered Limit
Offset Fetch With CTE Table TableAlias Alias Aliases Column Identifier Star Literal Boolean Null
Var Paren Tuple Distinct Values Lateral Rollup Cube GroupingSets Window WindowSpec WithinGroup
Filter IgnoreNulls RespectNulls Interval IntervalSpan DataType DataTypeParam Any All Escape
Between In Is Like ILike Glob SimilarTo EQ NEQ LT LTE GT GTE NullSafeEQ NullSafeNEQ Add Sub Mul
Div IntDiv Neg DPipe BitwiseAnd BitwiseOr BitwiseXor AtTimeZone Collate PropertyEQ Kwarg
HavingMax"""
_TYPE_NAMES: Final = """
TINYINT SMALLINT INT BIGINT INT128 UTINYINT USMALLINT UINT UBIGINT FLOAT DOUBLE DECIMAL
BIGDECIMAL BOOLEAN CHAR NCHAR VARCHAR NVARCHAR TEXT DATE DATETIME TIMESTAMP TIMESTAMPTZ
TIMESTAMPNTZ TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS TIME TIMETZ INTERVAL UUID"""
_STRUCTURE: Final[frozenset[type[exp.Expr]]] = frozenset(
    getattr(exp, name) for name in _STRUCTURE_NAMES.split() if hasattr(exp, name)
)
_TYPES: Final[frozenset[exp.DType]] = frozenset(
    getattr(exp.DataType.Type, name)
    for name in _TYPE_NAMES.split()
    if hasattr(exp.DataType.Type, name)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A query that may run: its SQL, the tables that it reads, and how many rows these have.

    `sizes` has the rows of each table by its name and by the alias that the query gives it.
    """

    sql: str
    tree: exp.Query
    tables: tuple[str, ...]
    sizes: Mapping[str, int]


def admit(sql: str, catalog: Catalog) -> Admitted:
    """Return what may run of a text.

    Raises:
        QueryRefused: it is no single SELECT over the catalog; the message names the part.
    """
    if len(sql) > _MAX_CHARACTERS:
        raise QueryRefused(f"a query of more than {_MAX_CHARACTERS} characters")
    if "\x00" in sql:
        raise QueryRefused("a query with a null character")
    try:
        _check_start(sql, catalog.dialect)
        parsed = sqlglot.parse(sql, dialect=catalog.dialect)
        trees = [t for t in parsed if t is not None and not isinstance(t, exp.Semicolon)]
    except (SqlglotError, RecursionError, ValueError) as error:
        first = str(error).partition("\n")[0]
        raise QueryRefused(
            f"not a query that can be read: {first}", hint="write one SELECT"
        ) from error
    if len(trees) != 1:
        raise QueryRefused(f"{len(trees)} statements in one query", hint="write one SELECT")
    return admit_tree(trees[0], catalog)


def _check_start(sql: str, dialect: str) -> None:
    tokens = sqlglot.tokenize(sql, dialect=dialect)
    first = tokens[0].text.upper() if tokens else ""
    if first not in _STARTS:
        what = f"{first[:20]} is not a SELECT" if first else "an empty query"
        raise QueryRefused(what, hint="only reading is possible: write one SELECT")


def admit_tree(tree: exp.Expr, catalog: Catalog) -> Admitted:
    """Return what may run of a parsed query; raises `QueryRefused` as `admit` does."""
    if not isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery):
        raise QueryRefused(f"{_name(tree)} is not a SELECT", hint="only reading is possible")
    for count, node in enumerate(tree.walk()):
        if count > _MAX_NODES:
            raise QueryRefused("a query that is too large")
        _check_node(node)
    scopes = _scopes(tree)
    tables = _check_tables(tree, scopes, catalog)
    if not all_bound(tree, scopes, tables):
        _check_columns(tree, catalog)
    sql = tree.sql(dialect=catalog.dialect, comments=False)
    names = tuple(dict.fromkeys(table.name for table in tables.values()))
    sizes: dict[str, int] = {}
    for node in tree.find_all(exp.Table):
        if id(node) in tables:
            sizes[node.alias_or_name] = max(tables[id(node)].rows, sizes.get(node.alias_or_name, 0))
    return Admitted(sql=sql, tree=tree, tables=names, sizes=sizes)


def _name(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return f"the function {node.name}()"
    if isinstance(node, exp.Func):
        return f"the function {node.sql_name().lower()}()"
    return {"Command": "a command"}.get(type(node).__name__, type(node).__name__.upper())


def _check_node(node: exp.Expr) -> None:
    kind = type(node)
    if kind is exp.Anonymous:
        if node.name.lower() not in NAMES or isinstance(node.this, exp.Expr):
            raise QueryRefused(f"{_name(node)} is not allowed")
        return
    if kind not in _STRUCTURE and kind not in NODES:
        raise QueryRefused(f"{_name(node)} is not allowed")
    if kind is exp.DataType:
        _check_type(node)
    if kind is exp.Lateral and not isinstance(node.this, exp.Subquery):
        raise QueryRefused("LATERAL over something that is no subquery")
    if kind is exp.Select and (node.args.get("into") or node.args.get("locks")):
        raise QueryRefused("SELECT INTO and FOR UPDATE are not allowed")


def _check_type(node: exp.Expr) -> None:
    if node.this not in _TYPES:
        raise QueryRefused(f"the type {node.sql()} is not allowed")


def _scopes(tree: exp.Expr) -> list[Scope]:
    try:
        return traverse_scope(tree)
    except (SqlglotError, RecursionError) as error:
        raise QueryRefused(f"the query cannot be read: {str(error).splitlines()[0]}") from error


def _check_tables(
    tree: exp.Expr, scopes: Sequence[Scope], catalog: Catalog
) -> dict[int, CatalogTable]:
    """Return the catalog's table behind each source; every source must be one of them."""
    known = {_key(table): table for table in catalog.tables}
    found: dict[int, CatalogTable] = {}
    common: set[int] = set()
    for scope in scopes:
        for name, source in scope.sources.items():
            if isinstance(source, exp.Table):
                found[id(source)] = _known(source, known)
            else:
                common.update(id(t) for t in scope.tables if t.alias_or_name == name)
    for table in tree.find_all(exp.Table):
        if id(table) not in common and id(table) not in found:
            found[id(table)] = _known(table, known)
    return found


def _key(table: CatalogTable) -> tuple[str, str]:
    return (table.schema.lower(), (table.relation or table.name).lower())


def _known(table: exp.Table, known: dict[tuple[str, str], CatalogTable]) -> CatalogTable:
    if not isinstance(table.this, exp.Identifier):
        raise QueryRefused(f"the table function {table.this.sql()} is not allowed")
    for key in table.args:
        if table.args[key] and key not in {"this", "alias", "db", "joins"}:
            raise QueryRefused(f"{key} of the table {table.name} is not allowed")
    schema = table.db.lower()
    match = known.get((schema, table.name.lower()))
    if match is None and schema in {"main", "public"}:
        match = known.get(("", table.name.lower()))
    if match is None:
        shown = f"{table.db}.{table.name}" if table.db else table.name
        raise QueryRefused(
            f"there is no table '{shown}'",
            hint="tables: " + ", ".join(sorted(t.name for t in known.values())[:20]),
        )
    return match


def _check_columns(tree: exp.Expr, catalog: Catalog) -> None:
    try:
        qualify(
            tree.copy(),
            schema=schema_of(catalog),
            dialect=catalog.dialect,
            validate_qualify_columns=True,
            quote_identifiers=False,
        )
    except SqlglotError as error:
        message = str(error).splitlines()[0]
        raise QueryRefused(message, hint="check the names of the columns") from error
    except (RecursionError, KeyError, AttributeError, TypeError, ValueError) as error:
        raise QueryRefused(f"the query cannot be checked ({type(error).__name__})") from error


def schema_of(catalog: Catalog) -> dict[str, object]:
    """Return the catalog as sqlglot's nested mapping (schema → table → column → type)."""
    default = {"postgres": "public"}.get(catalog.dialect, "main")
    found: dict[str, dict[str, dict[str, str]]] = {}
    for table in catalog.tables:
        columns = {column.name: column.type for column in table.columns}
        found.setdefault(table.schema or default, {})[table.relation or table.name] = columns
    return dict(found)
