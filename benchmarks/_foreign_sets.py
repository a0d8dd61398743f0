"""Questions that people asked of databases which do not exist here, with stand-ins for these.

From text2sql-data (Finegan-Dollak et al. 2018): WikiSQL (crowd-written, one table each), academic,
imdb and yelp (several tables). A stand-in is random: rows that satisfy the conditions of the gold
queries, among others drawn from the literals of the same columns; keys that gold queries join by
are declared. Several are made for each question, and an answer must be right on all.
"""

import csv
import gzip
import json
import random
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

import sqlglot
from sqlglot import exp

from training.wikisql import NUMBER, Split, StandIn, filled, stand_ins

Value: TypeAlias = str | int | float | None
Kind: TypeAlias = Literal["integer", "real", "text"]
_WORDS = "amber basalt cedar delta ember fjord garnet harbor indigo juniper kestrel lagoon".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignColumn:
    """A column of a stand-in; `refers` names the table and column that it is a key of."""

    name: str
    kind: Kind
    key: bool = False
    refers: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignSchema:
    """Tables of one database, and the literals that its gold queries compare columns with."""

    tables: Mapping[str, tuple[ForeignColumn, ...]]
    literals: Mapping[tuple[str, str], tuple[Value, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignQuestion:
    """A question with its gold query over a schema; `wanted` are the query's own literals."""

    text: str
    sql: str
    schema: ForeignSchema
    wanted: Mapping[tuple[str, str], tuple[Value, ...]] = field(default_factory=dict)
    rows: tuple[Mapping[str, Value], ...] = ()
    """Rows of a single table that conditions of its gold queries fit."""


# --- WikiSQL: one table each ----------------------------------------------------------------------


def single_tables(path: Path, split: Split) -> Iterator[ForeignQuestion]:
    """Yield the questions of WikiSQL over stand-ins for its tables (`training.wikisql`)."""
    for table in stand_ins(path, split):
        kinds: dict[str, Kind] = {name: _kind(table, name) for name in table.literals}
        columns = tuple(ForeignColumn(name=name, kind=kind) for name, kind in kinds.items())
        schema = ForeignSchema(
            tables={"data": columns},
            literals={
                ("data", name): tuple(typed(value, kinds[name]) for value in values)
                for name, values in table.literals.items()
            },
        )
        rows = tuple(
            {c.column: _fitting(c.sign, typed(c.value, kinds[c.column])) for c in one.conditions}
            for one in table.asked
        )
        for one in table.asked:
            tests = " AND ".join(
                f'"{c.column}" {c.sign} {quoted(typed(c.value, kinds[c.column]))}'
                for c in one.conditions
            )
            head = f'{one.head}("{one.column}")' if one.head else f'"{one.column}"'
            sql = f"SELECT {head} FROM data{f' WHERE {tests}' if tests else ''}"
            yield ForeignQuestion(text=one.text, sql=sql, schema=schema, rows=rows)


def _kind(table: StandIn, name: str) -> Kind:
    if name not in table.numeric:
        return "text"
    return "real" if any("." in value for value in table.literals[name]) else "integer"


def _fitting(sign: str, value: Value) -> Value:
    if sign == "=" or not isinstance(value, int | float):
        return value
    return value + 3 if sign == ">" else value - 3


def typed(value: str, kind: Kind) -> Value:
    """Return a literal as a value of a column of that kind."""
    if kind == "text" or not NUMBER.match(value):
        return value
    number = float(value.replace(",", ""))
    return number if kind == "real" else int(number)


def quoted(value: Value) -> str:
    """Write a literal in SQL."""
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


# --- academic, imdb, yelp: several tables ---------------------------------------------------------


def several_tables(folder: Path, name: str) -> Iterator[ForeignQuestion]:
    """Yield every wording of every query of a set of several tables, which has no test split."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        entries = [json.loads(line) for line in file]
    asked = [
        (
            filled(sentence["text"], sentence["variables"]),
            _query(entry["sql"][0], sentence["variables"]),
        )
        for entry in entries
        for sentence in entry["sentences"]
    ]
    columns = _columns(folder / f"{name}-schema.csv")
    joined: dict[tuple[str, str], tuple[str, str]] = {}
    wanted: list[dict[tuple[str, str], tuple[Value, ...]]] = []
    for _, tree in asked:
        owners = {t.alias_or_name: t.name for t in tree.find_all(exp.Table)}
        wanted.append(_compared(tree, owners, columns))
        joined.update(_joins(tree, owners, columns))
    literals: dict[tuple[str, str], list[Value]] = defaultdict(list)
    for one in wanted:
        for place, values in one.items():
            literals[place].extend(values)
    schema = ForeignSchema(
        tables={
            table: tuple(
                ForeignColumn(
                    name=c.name, kind=c.kind, key=c.key, refers=joined.get((table, c.name))
                )
                for c in own
            )
            for table, own in columns.items()
        },
        literals={place: tuple(dict.fromkeys(values)) for place, values in literals.items()},
    )
    for (text, tree), own in zip(asked, wanted, strict=True):
        yield ForeignQuestion(text=text, sql=tree.sql("sqlite"), schema=schema, wanted=own)


def _query(sql: str, variables: Mapping[str, str]) -> exp.Expr:
    for name in sorted(variables, key=len, reverse=True):
        sql = sql.replace(name, variables[name].replace('"', ""))
    tree = sqlglot.parse_one(sql.rstrip(" ;"), read="mysql")
    for node in tree.find_all(exp.Table, exp.Column, exp.Identifier):
        if isinstance(node, exp.Identifier):
            node.set("this", node.name.lower())
            node.set("quoted", True)  # noqa: FBT003  (the library's signature)
    return tree


def _columns(path: Path) -> dict[str, tuple[ForeignColumn, ...]]:
    tables: dict[str, list[ForeignColumn]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in list(csv.reader(file, skipinitialspace=True))[1:]:
            if len(row) < 5 or row[0] == "-":
                continue
            kind = row[4].strip().lower()
            integer, real = "int" in kind, "float" in kind or "decimal" in kind
            tables[row[0].strip().lower()].append(
                ForeignColumn(
                    name=row[1].strip().lower(),
                    kind="integer" if integer else "real" if real else "text",
                    key=row[2].strip().lower() == "y",
                )
            )
    return {table: tuple(columns) for table, columns in tables.items()}


_Columns: TypeAlias = Mapping[str, tuple[ForeignColumn, ...]]


def _compared(
    tree: exp.Expr, owners: Mapping[str, str], columns: _Columns
) -> dict[tuple[str, str], tuple[Value, ...]]:
    found: dict[tuple[str, str], list[Value]] = defaultdict(list)
    for node in tree.find_all(exp.EQ, exp.GT, exp.LT, exp.GTE, exp.LTE, exp.NEQ, exp.Like):
        column, literal = node.left, node.right
        if not isinstance(column, exp.Column) or not isinstance(literal, exp.Literal):
            continue
        place = (owners.get(column.table, ""), column.name)
        kinds: list[Kind] = [c.kind for c in columns.get(place[0], ()) if c.name == place[1]]
        if not kinds:
            continue
        value = typed(literal.name.strip("%"), kinds[0])
        if isinstance(node, exp.GT) and isinstance(value, int | float):
            value += 1
        if isinstance(node, exp.LT) and isinstance(value, int | float):
            value -= 1
        found[place].append(value)
    return {place: tuple(values) for place, values in found.items()}


def _joins(
    tree: exp.Expr, owners: Mapping[str, str], columns: _Columns
) -> dict[tuple[str, str], tuple[str, str]]:
    """Return which columns are compared with a key of another table, as foreign keys are."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for node in tree.find_all(exp.EQ):
        if not (isinstance(node.left, exp.Column) and isinstance(node.right, exp.Column)):
            continue
        ends = [(owners.get(c.table, ""), c.name) for c in (node.left, node.right)]
        for here, there in (ends, ends[::-1]):
            if here[0] != there[0] and _is_key(columns, *there) and not _is_key(columns, *here):
                found[here] = there  # noqa: PERF403  (two loops, and later ones win)
    return found


def _is_key(columns: _Columns, table: str, name: str) -> bool:
    """Whether a column is its table's key, or named like the key that another table refers to."""
    return any(
        c.name == name and (c.key or (name == f"{table}_id" and c.kind == "text"))
        for c in columns.get(table, ())
    )


# --- stand-ins ------------------------------------------------------------------------------------


def stand_in(question: ForeignQuestion, seed: int) -> sqlite3.Connection:
    """Return a random database for a question, in memory."""
    connection = sqlite3.connect(":memory:")
    filler = _Filler(question, random.Random(f"{seed} {question.sql}"))
    for table, columns in question.schema.tables.items():
        connection.execute(_definition(table, columns))
        rows = [
            tuple(filler.cell(table, column, at) for column in columns)
            for at in range(filler.rows(columns))
        ]
        marks = ",".join("?" * len(columns))
        connection.executemany(f'INSERT OR IGNORE INTO "{table}" VALUES ({marks})', rows)
    connection.commit()
    return connection


def _definition(table: str, columns: Sequence[ForeignColumn]) -> str:
    parts = [f'"{c.name}" {c.kind.upper()}{" PRIMARY KEY" if c.key else ""}' for c in columns]
    parts += [
        f'FOREIGN KEY ("{c.name}") REFERENCES "{c.refers[0]}"("{c.refers[1]}")'
        for c in columns
        if c.refers is not None
    ]
    return f'CREATE TABLE "{table}" ({", ".join(parts)})'


@dataclass(frozen=True, slots=True)
class _Filler:
    """Random values for one question's database."""

    question: ForeignQuestion
    chance: random.Random

    def rows(self, columns: Sequence[ForeignColumn]) -> int:
        """Return how many rows a table gets; one that only connects others gets more."""
        if len(self.question.schema.tables) == 1:
            return 2 * len(self.question.rows) + 6
        return _SIZE * (3 if sum(column.refers is not None for column in columns) > 1 else 1)

    def cell(self, table: str, column: ForeignColumn, at: int) -> Value:
        """Return the value of a column in row number `at`."""
        told = self.question.rows[at % len(self.question.rows)] if self.question.rows else {}
        first, second = at < len(self.question.rows), at < 2 * len(self.question.rows)
        if column.name in told and (first or (second and self.chance.random() < _AGAIN)):
            return told[column.name]
        is_key = _is_key(self.question.schema.tables, table, column.name)
        if is_key or column.refers is not None:
            number = at if is_key else self.chance.randrange(_SIZE)
            return f"k{number:03}" if column.kind == "text" else number
        wanted = self.question.wanted.get((table, column.name), ())
        if wanted and self.chance.random() < _WANTED:
            return self.chance.choice(wanted)
        return self._other(self.question.schema.literals.get((table, column.name), ()), column.kind)

    def _other(self, known: Sequence[Value], kind: Kind) -> Value:
        if kind == "text":
            word = f"{self.chance.choice(_WORDS)} {self.chance.choice(_WORDS)}"
            return self.chance.choice(known) if known and self.chance.random() < _KNOWN else word
        numbers = [value for value in known if isinstance(value, int | float)] or [5, 90]
        low = min(numbers)
        value = self.chance.uniform(low - 5 if low >= 5 else max(low, 0), max(numbers) + 5)
        return round(value, 1) if kind == "real" else int(value)


_SIZE = 40
_AGAIN, _WANTED, _KNOWN = 0.6, 0.5, 0.8
"""How often a value of a fitting row stands in another one, a gold literal, a literal at all."""
