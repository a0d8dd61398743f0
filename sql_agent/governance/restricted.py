"""The engine's side of a role: a database that holds only what the role may see.

It is built in a worker process from the original, opened read-only: listed columns alone, masked,
and the rows that the role's rules leave. Questions and queries of the role run against this file,
so what the role may not see is not there, whatever a query says. The file lies in the cache folder,
readable by its owner only, under a name that changes with the data, the policy and the key.

A PostgreSQL server is not copied: there each table of a query becomes the SELECT of what the role
may see of it (`sql_agent.views`), which the server computes in a read-only transaction. Whoever can
connect to the server past plumb is held by the server's own grants alone. Nor is a folder of Spark:
there the session has views of these SELECTs and no table (`sql_agent.spark`); whoever can read the
files is held by the file system alone.
"""

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import platformdirs
import sqlglot
from sqlglot import exp

from assistants import settings
from assistants.deadline import call
from assistants.errors import DatabaseError, InputError, OutputError, PlumbError, QueryFailed
from sql_agent.catalog import Catalog
from sql_agent.catalog_reader import fingerprint
from sql_agent.connect import one_line
from sql_agent.database import Target
from sql_agent.joins import JoinGraph
from sql_agent.semantic_file import dump
from sql_agent.semantic_model import ColumnRef, SemanticModel, Table
from sql_agent.views import View
from sql_agent.workspace import Workspace

from .masks import Masks
from .policy import SOURCE, Policy, Role
from .policy_file import parse_rule

VERSION = 2
_SECONDS = 300.0
_MEMORY_MB = 4096


@dataclass(frozen=True, slots=True)
class Secured:
    """A role's data as SELECTs over the original tables, and the model that describes them."""

    masks: Masks
    graph: JoinGraph

    def selects(self) -> Mapping[str, exp.Select]:
        """Return for each table that the role sees what its rows are."""
        tables = (self.masks.model.table(name) for name in self.masks.role.columns)
        return {table.name: self.select(table) for table in tables if table is not None}

    def select(self, table: Table) -> exp.Select:
        """Return the rows and columns of one table."""
        listed = {*self.masks.role.columns[table.name], *self.masks.keys(table)}
        shown = [
            exp.alias_(self.masks.expression(table, column), column.name, quoted=True)
            for column in table.columns
            if column.name in listed
        ]
        select = exp.select(*shown).from_(self._source(table.name))
        rule = self._rule(table.name, ())
        return select.where(rule, copy=False) if rule is not None else select

    def _source(self, table: str) -> exp.Table:
        return exp.Table(
            this=exp.to_identifier(table, quoted=True),
            db=exp.to_identifier(SOURCE, quoted=True),
            alias=exp.TableAlias(this=exp.to_identifier(table, quoted=True)),
        )

    def _rule(self, table: str, seen: tuple[str, ...]) -> exp.Expr | None:
        rule = self.masks.role.rule(table)
        if rule is None:
            return None
        if rule.where:
            return _qualified(parse_rule(rule.where), table)
        if table in seen:
            raise InputError(f"the row rules of {table} go in a circle")
        path = self.graph.path(table, rule.through)
        if path is None or len(path.edges) != 1 or not path.to_one:
            raise InputError(f"a row of {table} has no one row of {rule.through}")
        meets = [
            exp.EQ(this=_column(left), expression=_column(right))
            for left, right in path.edges[0].on
        ]
        inner = exp.select(exp.Literal.number(1)).from_(self._source(rule.through)).where(*meets)
        above = self._rule(rule.through, (*seen, table))
        if above is not None:
            inner = inner.where(above, copy=False)
        return exp.Exists(this=inner)


def _column(ref: ColumnRef) -> exp.Column:
    return exp.column(
        exp.to_identifier(ref.column, quoted=True), exp.to_identifier(ref.table, quoted=True)
    )


def _qualified(tree: exp.Expr, table: str) -> exp.Expr:
    def replaced(node: exp.Expr) -> exp.Expr:
        return _column(ColumnRef(table, node.name)) if isinstance(node, exp.Column) else node

    return exp.paren(tree.transform(replaced))


def restricted(workspace: Workspace, policy: Policy, role: Role) -> Target:
    """Return the database of a role, built first where it is not there yet.

    Raises:
        DatabaseError: the original is another server than these, or cannot be read.
        OutputError: the cache folder cannot be written.
    """
    target = workspace.target
    if target.engine == "server" and target.dialect != "postgres":
        raise DatabaseError(
            f"roles are not enforced on {target.dialect}",
            hint="let the server's own row-level security do it, and connect as that user",
        )
    masks = Masks(policy, role, workspace.model, target.dialect, workspace.latest.year)
    secured = Secured(masks, workspace.graph)
    if target.engine in {"server", "spark"}:
        return _seen_through_views(target, workspace.catalog, secured)
    statements = {
        name: select.sql(dialect=target.dialect) for name, select in secured.selects().items()
    }
    described = dump(masks.restricted())
    key = installation_key()
    stamp = repr((VERSION, target.location, fingerprint(target), statements, described, key.hex()))
    name = hashlib.sha256(stamp.encode()).hexdigest()[:24]
    folder = settings.load().cache_dir / "governed"
    path = folder / f"{name}.{target.engine}"
    model = path.with_suffix(".yaml")
    if not (path.is_file() and model.is_file()):
        _make(target, path, statements, described, key)
    return replace(target, location=str(path), semantic_model=str(model))


def _seen_through_views(target: Target, catalog: Catalog, secured: Secured) -> Target:
    """Return a server or folder of which each table is what the role may see of it.

    Nothing is copied: the engine computes the SELECTs.
    """
    views: list[View] = []
    key = _own_key(target)
    for name, select in secured.selects().items():
        stored = catalog.by_name[name]
        placed = select.transform(_placed, catalog, target.dialect)
        placed = placed.transform(_digest, key, target.dialect)
        sql = placed.sql(dialect=target.dialect)
        views.append(View(name, stored.schema, stored.relation, sql))
    described = dump(secured.masks.restricted())
    name = hashlib.sha256(repr((VERSION, target.shown, described)).encode()).hexdigest()[:24]
    model = settings.load().cache_dir / "governed" / f"{name}.yaml"
    try:
        model.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not model.is_file():
            model.write_text(described, encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"{model.parent} cannot be written: {error.strerror or error}",
            hint="set PLUMB_CACHE_DIR",
        ) from error
    return replace(target, semantic_model=str(model), views=tuple(views))


def _placed(node: exp.Expr, catalog: Catalog, dialect: str) -> exp.Expr:
    """Give a table of the original its schema and name on the server."""
    if not isinstance(node, exp.Table) or node.db != SOURCE:
        return node
    stored = catalog.by_name[node.name]
    schema = stored.schema or ("public" if dialect == "postgres" else "")
    return exp.Table(
        this=exp.to_identifier(stored.relation or stored.name, quoted=True),
        db=exp.to_identifier(schema, quoted=True) if schema else None,
        alias=node.args.get("alias"),
    )


_DIGITS = {
    "postgres": "CAST(CAST(CONCAT('x', {hex}) AS BIT(60)) AS BIGINT)",
    "spark": "CAST(CONV({hex}, 16, 10) AS BIGINT)",
}


def _digest(node: exp.Expr, key: str, dialect: str) -> exp.Expr:
    """Write a pseudonym as the engine can make it: 60 bits of a keyed MD5 as a number."""
    if not isinstance(node, exp.Anonymous) or node.name != "plumb_pseudonym":
        return node
    column = node.expressions[0].sql(dialect=dialect)
    text = "STRING" if dialect == "spark" else "TEXT"
    half = f"SUBSTRING(MD5(CONCAT('{key}', CAST({column} AS {text}), '{key}')), 1, 15)"
    number = _DIGITS[dialect].format(hex=half)
    return sqlglot.parse_one(
        f"CASE WHEN {column} IS NULL THEN NULL ELSE {number} END", dialect=dialect
    )


def _own_key(target: Target) -> str:
    """Return a key for one server, which sees it in our queries and so could undo no other's."""
    place = target.shown.encode()
    return hashlib.blake2b(place, key=installation_key(), digest_size=16).hexdigest()


def _make(
    target: Target, path: Path, statements: Mapping[str, str], described: str, key: bytes
) -> None:
    import filelock

    temporary = path.with_suffix(".building")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with filelock.FileLock(path.with_suffix(".lock")):
            if path.is_file():
                return
            temporary.unlink(missing_ok=True)
            call(
                build,
                target,
                str(temporary),
                dict(statements),
                key.hex(),
                seconds=_SECONDS,
                memory_mb=_MEMORY_MB,
            )
            temporary.chmod(0o600)
            path.with_suffix(".yaml").write_text(described, encoding="utf-8")
            temporary.replace(path)
    except OSError as error:
        raise OutputError(
            f"{path.parent} cannot be written: {error.strerror or error}",
            hint="set PLUMB_CACHE_DIR",
        ) from error


def build(target: Target, destination: str, statements: Mapping[str, str], key: str) -> None:
    """Write a role's database; for a worker process."""
    if target.engine == "sqlite":
        _build_sqlite(target, destination, statements, key)
    else:
        _build_duckdb(target, destination, statements, key)


def _build_duckdb(
    target: Target, destination: str, statements: Mapping[str, str], key: str
) -> None:
    import duckdb

    try:
        with duckdb.connect(destination) as connection:
            connection.execute("SET enable_progress_bar=false")
            place = target.location.replace("'", "''")
            connection.execute(f"ATTACH '{place}' AS {SOURCE} (READ_ONLY)")
            connection.execute(
                "CREATE TEMP MACRO plumb_pseudonym(x) AS CASE WHEN x IS NULL THEN NULL ELSE "
                f"CAST(md5_number_lower(concat('{key}', x::VARCHAR)) // 2 AS BIGINT) END"
            )
            for name, sql in statements.items():
                quoted = name.replace('"', '""')
                connection.execute(f'CREATE TABLE "{quoted}" AS {sql}')
            connection.execute(f"DETACH {SOURCE}")
    except duckdb.Error as error:
        raise _failed(error) from error


def _build_sqlite(
    target: Target, destination: str, statements: Mapping[str, str], key: str
) -> None:
    def pseudonym(value: object) -> int | None:
        if value is None:
            return None
        digest = hashlib.blake2b(str(value).encode(), key=bytes.fromhex(key), digest_size=8)
        return int.from_bytes(digest.digest(), "big") >> 1

    try:
        connection = sqlite3.connect(f"file:{quote(destination)}", uri=True)
        try:
            connection.create_function("plumb_pseudonym", 1, pseudonym, deterministic=True)
            connection.execute(f"ATTACH 'file:{quote(target.location)}?mode=ro' AS {SOURCE}")
            for name, sql in statements.items():
                quoted = name.replace('"', '""')
                connection.execute(f'CREATE TABLE "{quoted}" AS {sql}')
            connection.commit()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise _failed(error) from error


def _failed(error: Exception) -> PlumbError:
    return QueryFailed(
        f"the role's data cannot be made: {one_line(error)}", hint="check the row rules"
    )


def installation_key() -> bytes:
    """Return the secret of this installation from which pseudonyms are made, made at first use."""
    path = state_folder() / "pseudonyms.key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return bytes.fromhex(path.read_text(encoding="ascii"))
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(32))
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}", hint="set XDG_STATE_HOME"
        ) from error
    return bytes.fromhex(path.read_text(encoding="ascii"))


def state_folder() -> Path:
    """Return where ledgers, the audit log and the key are kept (never the cache)."""
    return Path(os.environ.get("PLUMB_STATE_DIR") or platformdirs.user_state_path("plumb"))


def restricted_model(workspace: Workspace, policy: Policy, role: Role) -> SemanticModel:
    """Return what a role knows of the semantic model."""
    return Masks(
        policy, role, workspace.model, workspace.target.dialect, workspace.latest.year
    ).restricted()
