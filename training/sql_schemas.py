"""Schemas to train the query language on: made-up ones without end, and the two bundled ones.

A schema is a `SemanticModel` as the agent knows it, with what people call its parts and with
values of its open texts. Names are styled at random, so that the model learns to point at items by
the words that link them, not by their spelling.
"""

import functools
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import sql_agent
from sql_agent.catalog import Catalog, CatalogColumn, CatalogTable
from sql_agent.database import Target
from sql_agent.joins import JoinGraph
from sql_agent.lexicon import build
from sql_agent.linking import label_of
from sql_agent.medical.clinic import DRUGS
from sql_agent.semantic_model import (
    Column,
    ColumnRef,
    ColumnType,
    Join,
    Metric,
    Role,
    SemanticModel,
    Table,
    ValueLabel,
    load,
)
from sql_agent.workspace import Workspace
from training.sql_words import DOMAINS, METRICS, VALUES

LATEST = datetime(2025, 12, 31, 23, 59)  # noqa: DTZ001  (dates in the data have no time zone)
"""The last moment of the made-up data, from which relative dates are reckoned."""
_MARKS = "~=#$%!@?"
_TYPES: Mapping[str, ColumnType] = {
    "~": "text",
    "=": "text",
    "#": "integer",
    "$": "decimal",
    "%": "float",
    "!": "date",
    "@": "timestamp",
    "?": "boolean",
}
_ROLES: Mapping[str, Role] = {
    "~": "text",
    "#": "measure",
    "$": "measure",
    "%": "measure",
    "!": "time",
    "@": "time",
}
_IRREGULAR = {
    "person": "people",
    "man": "men",
    "woman": "women",
    "staff": "staff",
    "species": "species",
    "movie": "movies",
    "faculty": "faculty",
}
_BUNDLED_SAMPLES = {
    "city": VALUES["city"].split("|"),
    "state": ["Texas", "TX", "NY", "Ohio", "California", "CO", "Florida"],
    "name": VALUES["place"].split("|"),
    "network": ["Visa", "Mastercard", "Discover"],
    "facility": ["Harbor General", "Northside Hospital", "Lakeview Medical Center"],
    "department": ["Cardiology", "Neurology", "Emergency", "Oncology", "Psychiatry"],
    "physician": ["Dr. Adler", "Dr. Cho", "Dr. Mercer", "Dr. Novak"],
    "language": ["Spanish", "English", "Chinese", "Vietnamese"],
    "drug": [drug.name for drug in DRUGS],
    "test_code": ["GLU", "A1C", "NA", "CREA", "WBC"],
}


def plural(phrase: str) -> str:
    """Return the plural of a singular phrase (its last word)."""
    start, _, word = phrase.rpartition(" ")
    if word in _IRREGULAR:
        word = _IRREGULAR[word]
    elif re.search(r"[^aeiou]y$", word):
        word = word[:-1] + "ies"
    elif re.search(r"(s|x|ch|sh)$", word):
        word += "es"
    else:
        word += "s"
    return f"{start} {word}".strip()


def singular(phrase: str) -> str:
    """Return the singular of a plural phrase (its last word)."""
    start, _, word = phrase.rpartition(" ")
    back = {many: one for one, many in _IRREGULAR.items()}
    if word in back:
        word = back[word]
    elif word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif re.search(r"(ss|x|ch|sh)es$", word):
        word = word[:-2]
    elif word.endswith("noses"):
        word = word[:-2] + "is"
    elif word.endswith("s") and not word.endswith(("ss", "sis")):
        word = word[:-1]
    return f"{start} {word}".strip()


@dataclass(frozen=True, kw_only=True)
class Schema:
    """A semantic model and how people speak of it.

    `words` holds for a table its singular names and for a column its phrases; `samples` values of
    texts that the model lists no codes for.
    """

    model: SemanticModel
    words: Mapping[str | ColumnRef, tuple[str, ...]]
    samples: Mapping[ColumnRef, tuple[str, ...]]

    @cached_property
    def workspace(self) -> Workspace:
        """What the agent would have opened, were there a database with these values."""
        tables = tuple(
            CatalogTable(
                name=table.name,
                columns=tuple(
                    CatalogColumn(
                        name=column.name,
                        type=column.type,
                        native=column.type,
                        values=self.samples.get(ColumnRef(table.name, column.name), ()),
                    )
                    for column in table.columns
                ),
            )
            for table in self.model.tables
        )
        catalog = Catalog(dialect="duckdb", tables=tables)
        return Workspace(
            target=Target(dialect="duckdb", location="", engine="duckdb"),
            catalog=catalog,
            model=self.model,
            lexicon=build(self.model, catalog),
            graph=JoinGraph(self.model),
            latest=LATEST,
        )

    @cached_property
    def parents(self) -> Mapping[str, tuple[str, ...]]:
        """For each table the tables that one of its rows belongs to."""
        found: dict[str, list[str]] = {table.name: [] for table in self.model.tables}
        for join in self.model.joins:
            if join.cardinality in {"many_to_one", "one_to_one"}:
                found[join.left].append(join.right)
        return {name: tuple(parents) for name, parents in found.items()}

    @cached_property
    def ancestors(self) -> Mapping[str, tuple[str, ...]]:
        """For each table itself and all that it belongs to, nearest first."""
        return {table.name: tuple(self._climb(table.name)) for table in self.model.tables}

    def _climb(self, name: str) -> list[str]:
        found = [name]
        for table in found:
            found += [parent for parent in self.parents[table] if parent not in found]
        return found

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """For each table the tables whose rows belong directly to it."""
        return {
            name: tuple(other for other, parents in self.parents.items() if name in parents)
            for name in self.parents
        }

    @cached_property
    def columns(self) -> Mapping[ColumnRef, Column]:
        """All columns by reference."""
        return {
            ColumnRef(table.name, column.name): column
            for table in self.model.tables
            for column in table.columns
        }

    @cached_property
    def by_table(self) -> Mapping[str, tuple[ColumnRef, ...]]:
        """The columns of each table that are no keys."""
        return {
            table.name: tuple(
                ColumnRef(table.name, column.name)
                for column in table.columns
                if column.role != "key"
            )
            for table in self.model.tables
        }

    @cached_property
    def typed(self) -> Mapping[str, tuple[tuple[ColumnRef, ColumnType], ...]]:
        """The columns of each table that are no keys, with their types."""
        return {
            table: tuple((ref, self.columns[ref].type) for ref in refs)
            for table, refs in self.by_table.items()
        }

    @cached_property
    def spoken(self) -> tuple[tuple[str, ColumnRef], ...]:
        """Every phrase for a column in lower case, with its column."""
        return tuple((w.lower(), r) for r in self.columns for w in self.words.get(r, ()))

    @cached_property
    def metric_words(self) -> tuple[tuple[str, str], ...]:
        """Every phrase for a metric in lower case, with the metric's name."""
        return tuple((w.lower(), m.name) for m in self.model.metrics for w in m.synonyms)

    @cached_property
    def refs(self) -> tuple[ColumnRef, ...]:
        """All columns."""
        return tuple(self.columns)

    @cached_property
    def holders(self) -> Mapping[str, tuple[tuple[ColumnRef, tuple[str, ...]], ...]]:
        """For the words of each value, in lower case, the columns and codes that they may mean."""
        found: dict[str, dict[ColumnRef, list[str]]] = {}
        for ref, column in self.columns.items():
            for value in column.values:
                for phrase in {value.label.lower(), *(s.lower() for s in value.synonyms)}:
                    found.setdefault(phrase, {}).setdefault(ref, []).append(value.code)
            for sample in self.samples.get(ref, ()):
                found.setdefault(sample.lower(), {}).setdefault(ref, []).append(sample)
        return {
            phrase: tuple((ref, tuple(codes)) for ref, codes in options.items())
            for phrase, options in found.items()
        }

    def identity(self, table: str) -> ColumnRef:
        """Return the column that names a table's rows: a name, or else the key."""
        return label_of(table, self.model)


@functools.lru_cache
def bundled(name: str) -> Schema:
    """Return one of the two schemas that plumb ships."""
    model = load(Path(sql_agent.__file__).parent / name / "model.yaml")
    words: dict[str | ColumnRef, tuple[str, ...]] = {}
    samples: dict[ColumnRef, tuple[str, ...]] = {}
    for table in model.tables:
        words[table.name] = (singular(table.name.replace("_", " ")), *table.synonyms)
        for column in table.columns:
            ref = ColumnRef(table.name, column.name)
            words[ref] = (_spoken(column.name), *column.synonyms)
            if column.type == "text" and not column.values and column.name in _BUNDLED_SAMPLES:
                samples[ref] = tuple(_BUNDLED_SAMPLES[column.name])
    return Schema(model=model, words=words, samples=samples)


def _spoken(name: str) -> str:
    """Return a column's name as a person would say it."""
    words = name.replace("_", " ")
    words = re.sub(r"^is ", "", words)
    return re.sub(r" (on|at|id)$", " date" if not words.endswith("id") else "", words)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entity:
    """A line of the vocabulary."""

    many: str
    names: tuple[str, ...]
    parents: tuple[str, ...]
    columns: tuple[tuple[str, str, str, tuple[str, ...]], ...]
    """Name, mark, what follows the mark, other words."""


def _entities(text: str) -> dict[str, _Entity]:
    found: dict[str, _Entity] = {}
    for line in text.strip().splitlines():
        head, body = line.split(" | ", 1)
        names, _, parents = head.partition(" >")
        many, one, others = _names(names)
        columns: list[tuple[str, str, str, tuple[str, ...]]] = []
        for part in body.split(";"):
            match = re.match(rf"\s*(\w+)([{re.escape(_MARKS)}])(.*)", part)
            if match is None:
                raise ValueError(f"not a column: {part!r}")
            name, mark, rest = match.groups()
            first, *other = [word.strip() for word in rest.split(",")]
            if mark in "~=":
                columns.append((name, mark, first, tuple(other)))
            else:
                columns.append((name, mark, "", tuple(w for w in (first, *other) if w)))
        ancestors = tuple(p.strip() for p in parents.split(",") if p.strip())
        found[many] = _Entity(
            many=many, names=(one, *others), parents=ancestors, columns=tuple(columns)
        )
    return found


def _names(head: str) -> tuple[str, str, tuple[str, ...]]:
    many, one, *rest = head.split(maxsplit=2)
    others = rest[0].split(",") if rest else []
    return many, one, tuple(singular(word.strip()) for word in others)


_DOMAINS = {name: _entities(text) for name, text in DOMAINS.items()}


def made_up(rng: random.Random) -> Schema:
    """Return a new schema of two to six tables from one domain, named in a style of its own."""
    domain = _DOMAINS[rng.choice(list(_DOMAINS))]
    chosen = _choose(rng, domain)
    style = _Style(rng)
    tables: list[Table] = []
    joins: list[Join] = []
    words: dict[str | ColumnRef, tuple[str, ...]] = {}
    samples: dict[ColumnRef, tuple[str, ...]] = {}
    names = {many: style.table(domain[many]) for many in chosen}
    keys = {many: style.column("id", domain[many].names[0]) for many in chosen}
    for many in chosen:
        entity, table = domain[many], names[many]
        words[table] = entity.names
        columns = [Column(name=keys[many], type="integer", role="key")]
        for parent in entity.parents:
            if parent in names:
                link = style.column(f"{domain[parent].names[0]}_id", "")
                columns.append(Column(name=link, type="integer", role="key"))
                pair = (ColumnRef(table, link), ColumnRef(names[parent], keys[parent]))
                joins.append(
                    Join(left=table, right=names[parent], on=(pair,), cardinality="many_to_one")
                )
        kept = [c for c in entity.columns if rng.random() < 0.85] or list(entity.columns)
        for name, mark, kind, others in kept:
            column = style.column(name, entity.names[0])
            if any(known.name == column for known in columns):
                continue
            ref = ColumnRef(table, column)
            words[ref] = (_spoken(name), *others)
            columns.append(_column(rng, column, mark, kind, words[ref]))
            if mark == "~":
                samples[ref] = tuple(VALUES[kind].split("|"))
        known = tuple(word for word in entity.names if rng.random() < 0.8)
        tables.append(
            Table(name=table, columns=tuple(columns), primary_key=(keys[many],), synonyms=known)
        )
    model = SemanticModel(
        name="schema", tables=tuple(tables), joins=tuple(joins), metrics=_metrics(rng, tables)
    )
    for metric in model.metrics:
        words["metric " + metric.name] = metric.synonyms
    return Schema(model=model, words=words, samples=samples)


def _choose(rng: random.Random, domain: Mapping[str, _Entity]) -> list[str]:
    """Return names of entities that hang together as far as they can."""
    size = rng.choice((1, 2, 3, 3, 4, 4, 5, 6))
    chosen = [rng.choice(list(domain))]
    while len(chosen) < min(size, len(domain)):
        near = {p for c in chosen for p in domain[c].parents if p in domain}
        near |= {name for name, e in domain.items() if set(e.parents) & set(chosen)}
        options = sorted(near - set(chosen)) or sorted(set(domain) - set(chosen))
        chosen.append(rng.choice(options))
    return chosen


class _Style:
    """How one database spells its names."""

    def __init__(self, rng: random.Random) -> None:
        self._case = rng.choice(("snake", "snake", "snake", "camel", "pascal", "upper"))
        self._many = rng.random() < 0.6
        self._prefix = rng.choice(("",) * 7 + ("tbl_", "dim_", "t_"))
        self._owned = rng.random() < 0.15
        self._short = rng.random() < 0.12

    def table(self, entity: _Entity) -> str:
        word = entity.many if self._many else singular(entity.many.replace("_", " "))
        return self._write(self._prefix + word.replace(" ", "_"))

    def column(self, name: str, owner: str) -> str:
        if owner and (name == "id" or self._owned):
            name = f"{owner.replace(' ', '_')}_{name}"
        if self._short:
            name = "_".join(w[0] + re.sub(r"[aeiou]", "", w[1:]) for w in name.split("_") if w)
        return self._write(name.replace(" ", "_"))

    def _write(self, name: str) -> str:
        if self._case == "upper":
            return name.upper()
        if self._case == "snake":
            return name
        words = name.split("_")
        first = words[0] if self._case == "camel" else words[0].capitalize()
        return first + "".join(word.capitalize() for word in words[1:])


def _column(rng: random.Random, name: str, mark: str, kind: str, words: Sequence[str]) -> Column:
    known = tuple(word for word in words if rng.random() < 0.8)
    values = tuple(ValueLabel(code=_code(rng, v), label=v) for v in kind.split("/"))
    return Column(
        name=name,
        type=_TYPES[mark],
        role=_ROLES.get(mark, "dimension"),
        synonyms=known,
        values=values if mark == "=" else (),
    )


def _code(rng: random.Random, label: str) -> str:
    return label if rng.random() < 0.7 else label[:3].upper()


def _metrics(rng: random.Random, tables: Sequence[Table]) -> tuple[Metric, ...]:
    found: list[Metric] = []
    for kind, names in METRICS.items():
        for name in rng.sample(names.split("|"), rng.choice((0, 0, 1, 1, 2))):
            table = rng.choice(tables)
            column = ColumnRef(table.name, table.columns[0].name)
            found.append(
                Metric(
                    name=name.replace(" ", "_").replace("-", "_"),
                    expression=f"count({column})",
                    columns=(column,),
                    synonyms=(name,),
                    format="percent" if kind == "rate" else "number",
                )
            )
    return tuple(found)


def schemas(rng: random.Random) -> Iterator[Schema]:
    """Yield schemas without end: two in five are the bundled ones."""
    shipped = (bundled("finance"), bundled("medical"))
    pool = [made_up(rng) for _ in range(400)]
    while True:
        yield rng.choice(shipped) if rng.random() < 0.4 else rng.choice(pool)
