"""The semantic model: what the tables of a database mean, as a versioned YAML file.

    version: 1
    name: finance
    description: A retail bank.
    default_date: transactions.booked_at          # the column that "last month" is about
    tables:
      - name: accounts
        description: Current and savings accounts.
        synonyms: [bank account]
        primary_key: [account_id]
        columns:
          - name: type
            type: text                 # text integer decimal float boolean date timestamp
            role: dimension                       # key dimension measure time text
            synonyms: [kind of account]
            values:                               # code: label | [label, synonym, ...]
              SAV: [savings, savings account]
              CUR: current
          - {name: balance, type: decimal, role: measure, unit: EUR}
    joins:
      - {left: accounts, right: customers,
         on: accounts.customer_id = customers.customer_id, cardinality: many_to_one}
    metrics:
      - name: fraud_rate
        synonyms: [share of fraud]
        expression: avg(case when transactions.is_fraud then 1.0 else 0.0 end)
        format: percent                           # number percent currency
    verified_queries:
      - {question: "How many accounts are there?", sql: SELECT COUNT(*) FROM accounts}

`pii: true` marks a column with personal data; who may see what stands under `governance`, which
`sql_agent.governance` reads. Loading is strict: an unknown key, a join or a metric
over a column that is not there, or a doubled name is an `InputError` with file, line and key. The
model says nothing about a live database; `sql_agent.catalog` compares the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, cast, get_args

from assistants.errors import InputError

from .metric import metric_columns
from .yaml_fields import Field, near, parse, read

VERSION = 1
ColumnType = Literal["text", "integer", "decimal", "float", "boolean", "date", "timestamp"]
Role = Literal["key", "dimension", "measure", "time", "text"]
Cardinality = Literal["many_to_one", "one_to_many", "one_to_one", "many_to_many"]
Format = Literal["number", "percent", "currency"]
TYPES, ROLES = get_args(ColumnType), get_args(Role)
CARDINALITIES, FORMATS = get_args(Cardinality), get_args(Format)
NUMERIC: frozenset[str] = frozenset({"integer", "decimal", "float"})
TEMPORAL: frozenset[str] = frozenset({"date", "timestamp"})


@dataclass(frozen=True, slots=True, order=True)
class ColumnRef:
    """A column by table and name, as the database spells them."""

    table: str
    column: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueLabel:
    """What a stored code means: its label and other words for it."""

    code: str
    label: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column and its meaning."""

    name: str
    type: ColumnType
    role: Role
    description: str = ""
    synonyms: tuple[str, ...] = ()
    values: tuple[ValueLabel, ...] = ()
    unit: str = ""
    pii: bool = False
    reasons: str = ""
    """Of a score: the text column of the same table that says what raised it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table and its meaning; one row is one `name` in the singular."""

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    description: str = ""
    synonyms: tuple[str, ...] = ()

    def column(self, name: str) -> Column | None:
        """Return a column by its exact name."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """How two tables meet: pairs of equal columns, and how many rows of one meet the other.

    `cardinality` reads from left to right: accounts to customers is `many_to_one`.
    """

    left: str
    right: str
    on: tuple[tuple[ColumnRef, ColumnRef], ...]
    cardinality: Cardinality


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A named aggregate, in SQL over `table.column` (`sql_agent.metric` says what is allowed)."""

    name: str
    expression: str
    columns: tuple[ColumnRef, ...]
    description: str = ""
    synonyms: tuple[str, ...] = ()
    format: Format = "number"
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedQuery:
    """A question whose SQL a person has confirmed."""

    question: str
    sql: str


@dataclass(frozen=True, kw_only=True)
class SemanticModel:
    """Everything that the agent knows about the meaning of one database."""

    name: str
    tables: tuple[Table, ...]
    version: int = VERSION
    description: str = ""
    joins: tuple[Join, ...] = ()
    metrics: tuple[Metric, ...] = ()
    default_date: ColumnRef | None = None
    verified_queries: tuple[VerifiedQuery, ...] = ()
    drafted: bool = field(default=False)
    """Whether it was guessed from a catalog, not written by a person."""

    @cached_property
    def by_name(self) -> Mapping[str, Table]:
        """The tables by name."""
        return {table.name: table for table in self.tables}

    def table(self, name: str) -> Table | None:
        """Return a table by its exact name."""
        return self.by_name.get(name)

    def column(self, ref: ColumnRef) -> Column | None:
        """Return the column behind a reference."""
        table = self.by_name.get(ref.table)
        return table.column(ref.column) if table is not None else None

    def metric(self, name: str) -> Metric | None:
        """Return a metric by its exact name."""
        return next((metric for metric in self.metrics if metric.name == name), None)


def load(path: Path) -> SemanticModel:
    """Read a semantic model from a file; raises `InputError` naming file, line and key."""
    return _model(read(path))


def loads(text: str, *, file: str = "<text>") -> SemanticModel:
    """Read a semantic model from a text."""
    return _model(parse(text, file=file))


def _model(root: Field) -> SemanticModel:
    top = root.record(
        required=("version", "name", "tables"),
        optional=(
            *("description", "default_date", "joins", "metrics", "verified_queries"),
            "governance",  # read by sql_agent.governance
        ),
    )
    if top["version"].integer() != VERSION:
        raise top["version"].error(
            f"version {top['version'].text()} is not supported", hint=f"this plumb reads {VERSION}"
        )
    tables = tuple(_table(item) for item in top["tables"].items())
    if not tables:
        raise top["tables"].error("a semantic model needs a table")
    _unique(top["tables"], [table.name for table in tables])
    scope = _Scope({table.name: table for table in tables})
    metrics = tuple(_metric(item, scope) for item in _items(top, "metrics"))
    if metrics:
        _unique(top["metrics"], [metric.name for metric in metrics])
    return SemanticModel(
        name=top["name"].text(),
        description=_text(top, "description"),
        tables=tables,
        joins=tuple(_join(item, scope) for item in _items(top, "joins")),
        metrics=metrics,
        default_date=_default_date(top, scope),
        verified_queries=tuple(_verified(item) for item in _items(top, "verified_queries")),
    )


@dataclass(frozen=True, slots=True)
class _Scope:
    tables: Mapping[str, Table]

    def reference(self, place: Field, text: str) -> ColumnRef:
        table, dot, column = text.strip().partition(".")
        if not dot or table not in self.tables:
            raise place.error(
                f"'{text}' names no table of this model", hint=near(table, list(self.tables))
            )
        if self.tables[table].column(column) is None:
            names = [known.name for known in self.tables[table].columns]
            raise place.error(f"{table} has no column '{column}'", hint=near(column, names))
        return ColumnRef(table, column)


def _table(item: Field) -> Table:
    row = item.record(
        required=("name", "columns"), optional=("description", "synonyms", "primary_key")
    )
    columns = tuple(_column(column) for column in row["columns"].items())
    _unique(row["columns"], [column.name for column in columns])
    table = Table(
        name=row["name"].text(),
        columns=columns,
        description=_text(row, "description"),
        synonyms=_texts(row, "synonyms"),
        primary_key=_texts(row, "primary_key"),
    )
    for name in table.primary_key:
        if table.column(name) is None:
            raise row["primary_key"].error(f"{table.name} has no column '{name}'")
    for column in columns:
        said = table.column(column.reasons)
        if column.reasons and (said is None or said.type != "text" or column.role != "measure"):
            raise row["columns"].error(f"'{column.reasons}' says nothing about {column.name}")
    return table


def _column(item: Field) -> Column:
    row = item.record(
        required=("name", "type"),
        optional=("description", "synonyms", "values", "role", "unit", "pii", "reasons"),
    )
    kind = cast("ColumnType", row["type"].one_of(TYPES))
    role = cast("Role", row["role"].one_of(ROLES)) if "role" in row else default_role(kind)
    if role == "measure" and kind not in NUMERIC:
        raise row["role"].error(f"a measure is a number; this column is {kind}")
    if role == "time" and kind not in TEMPORAL:
        raise row["role"].error(f"the role time needs a date or timestamp; this column is {kind}")
    return Column(
        name=row["name"].text(),
        type=kind,
        role=role,
        description=_text(row, "description"),
        synonyms=_texts(row, "synonyms"),
        values=tuple(_labels(row["values"])) if "values" in row else (),
        unit=_text(row, "unit"),
        pii=row["pii"].boolean() if "pii" in row else False,
        reasons=_text(row, "reasons"),
    )


def default_role(kind: ColumnType) -> Role:
    """Return the role of a column that states none."""
    if kind in TEMPORAL:
        return "time"
    return "measure" if kind in {"decimal", "float"} else "dimension"


def _labels(place: Field) -> list[ValueLabel]:
    labels: list[ValueLabel] = []
    for code, meaning in place.entries().items():
        words = meaning.texts() or (code,)
        labels.append(ValueLabel(code=code, label=words[0], synonyms=words[1:]))
    return labels


def _join(item: Field, scope: _Scope) -> Join:
    row = item.record(required=("left", "right", "on", "cardinality"), optional=())
    left, right = row["left"].text(), row["right"].text()
    pairs: list[tuple[ColumnRef, ColumnRef]] = []
    for condition in row["on"].text().split(" and "):
        first, equals, second = condition.partition("=")
        if not equals:
            raise row["on"].error("expected left_table.column = right_table.column")
        pair = (scope.reference(row["on"], first), scope.reference(row["on"], second))
        if (pair[0].table, pair[1].table) != (left, right):
            raise row["on"].error(f"expected {left}.column = {right}.column")
        pairs.append(pair)
    cardinality = cast("Cardinality", row["cardinality"].one_of(CARDINALITIES))
    return Join(left=left, right=right, on=tuple(pairs), cardinality=cardinality)


def _metric(item: Field, scope: _Scope) -> Metric:
    row = item.record(
        required=("name", "expression"), optional=("description", "synonyms", "format", "unit")
    )
    expression = row["expression"].text()
    try:
        names = metric_columns(expression)
    except InputError as error:
        raise row["expression"].error(str(error), hint=error.hint) from error
    return Metric(
        name=row["name"].text(),
        expression=expression,
        columns=tuple(scope.reference(row["expression"], ".".join(name)) for name in names),
        description=_text(row, "description"),
        synonyms=_texts(row, "synonyms"),
        format=cast("Format", row["format"].one_of(FORMATS)) if "format" in row else "number",
        unit=_text(row, "unit"),
    )


def _default_date(top: Mapping[str, Field], scope: _Scope) -> ColumnRef | None:
    if "default_date" not in top:
        return None
    place = top["default_date"]
    ref = scope.reference(place, place.text())
    column = scope.tables[ref.table].column(ref.column)
    if column is None or column.type not in TEMPORAL:
        raise place.error(f"{ref} is no date or timestamp")
    return ref


def _verified(item: Field) -> VerifiedQuery:
    row = item.record(required=("question", "sql"), optional=())
    return VerifiedQuery(question=row["question"].text(), sql=row["sql"].text())


def _items(row: Mapping[str, Field], key: str) -> list[Field]:
    return list(row[key].items()) if key in row else []


def _text(row: Mapping[str, Field], key: str) -> str:
    return row[key].text() if key in row else ""


def _texts(row: Mapping[str, Field], key: str) -> tuple[str, ...]:
    return row[key].texts() if key in row else ()


def _unique(place: Field, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise place.error(f"the name '{name}' stands here twice")
