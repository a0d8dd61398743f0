"""A first semantic model from a catalog alone, for a database that nobody has described.

Roles are guessed from types, keys and values; joins are the declared foreign keys, and where there
are none, columns that are named like another table's key; abbreviations are written out as
synonyms. The result says that it is a draft.
"""

from collections.abc import Sequence

from .catalog import Catalog, CatalogColumn, CatalogTable
from .semantic_model import (
    NUMERIC,
    TEMPORAL,
    Column,
    ColumnRef,
    Join,
    Role,
    SemanticModel,
    Table,
)
from .spoken import column_names, table_names
from .words import stems

_MOST_CATEGORIES = 60


def draft(catalog: Catalog, *, name: str) -> SemanticModel:
    """Return a drafted semantic model of a catalog."""
    joins = tuple(_declared(catalog))
    if not joins:
        joins = tuple(_guessed(catalog))
        joins += tuple(_by_values(catalog, {join.on[0][0] for join in joins}))
    keys = {ref for join in joins for pair in join.on for ref in pair}
    called = table_names([table.name for table in catalog.tables])
    return SemanticModel(
        name=name,
        tables=tuple(_table(table, keys, called[table.name]) for table in catalog.tables),
        joins=joins,
        drafted=True,
    )


def _table(table: CatalogTable, keys: set[ColumnRef], called: tuple[str, ...]) -> Table:
    dates = frozenset(column.name for column in table.columns if column.type in TEMPORAL)
    names = [column.name for column in table.columns]
    columns = column_names((table.name, *called), names, dates)
    return Table(
        name=table.name,
        synonyms=called,
        primary_key=_key(table),
        columns=tuple(
            Column(
                name=column.name,
                type=column.type,
                role=_role(table, column, is_key=ColumnRef(table.name, column.name) in keys),
                unit=_unit(column, columns[column.name]),
                synonyms=columns[column.name],
            )
            for column in table.columns
        ),
    )


def _key(table: CatalogTable) -> tuple[str, ...]:
    """Return the primary key; without one, a column `id`, or a name that no two rows share."""
    if table.primary_key:
        return table.primary_key
    named = (*stems(table.name), "name")
    for column in table.columns:
        different = column.complete and len(column.values) == table.rows > 0
        if column.name.lower() == "id" or (stems(column.name) == named and different):
            return (column.name,)
    return ()


def _role(table: CatalogTable, column: CatalogColumn, *, is_key: bool) -> Role:
    words = stems(column.name)
    spoken = column.type == "text" and bool(words) and words[-1] == "name"  # a key that people say
    if not spoken and (is_key or column.name in table.primary_key or words[-1:] == ("id",)):
        return "key"
    if column.type in TEMPORAL:
        return "time"
    if column.type in NUMERIC:
        return "dimension" if column.type == "integer" and _is_level(words) else "measure"
    few = column.complete and 0 < len(column.values) <= _MOST_CATEGORIES
    return "text" if column.type == "text" and not few else "dimension"


def _is_level(words: tuple[str, ...]) -> bool:
    """Whether a whole number only tells places apart, and never adds up: `grade_level`, `floor`.

    The level at which something is ordered again is an amount.
    """
    kind = words[-1] == "level" and (len(words) == 1 or words[-2] in _LEVELLED)
    return kind or words[-1] in _PLACES


_PLACES = frozenset("floor room tier zone aisle gate platform".split())
_LEVELLED = frozenset("grade school class skill education risk priority difficulty care".split())


def _unit(column: CatalogColumn, called: tuple[str, ...]) -> str:
    """Return the unit that a number's name ends in: `duration_minutes`."""
    for words in map(stems, (column.name, *called)):
        last = words[-1] if len(words) > 1 and column.type in NUMERIC else ""
        if last in _UNITS or last in _SYMBOLS:
            return f"{last}s" if last in _UNITS else last
    return ""


_SYMBOLS = frozenset(
    "kg g mg t lb km m cm mm mi l ml m2 km2 sqm sqft kwh usd eur gbp mb gb ms min hrs".split()
)
_UNITS = frozenset(("second", "minute", "hour", "day", "week", "month", "year"))


def _declared(catalog: Catalog) -> list[Join]:
    found: list[Join] = []
    for table in catalog.tables:
        for key in table.foreign_keys:
            if key.table not in catalog.by_name or len(key.columns) != len(key.references):
                continue
            unique = {table.primary_key, *table.unique}
            found.append(_join(table.name, key.columns, key.table, key.references, unique))
    return found


def _guessed(catalog: Catalog) -> list[Join]:
    """Join a column `customer_id` (or `customer`) to the table `customers` with one key column."""
    found: list[Join] = []
    for table in catalog.tables:
        for column in table.columns:
            for other in catalog.tables:
                if other.name != table.name and _points_at(column, other):
                    unique = {table.primary_key, *table.unique}
                    key = _key(other) or _same_name(column, other)
                    found.append(_join(table.name, (column.name,), other.name, key, unique))
    return found


def _by_values(catalog: Catalog, known: set[ColumnRef]) -> list[Join]:
    """Join a text column whose values nearly all are names of another table's rows.

    So `river.traverse` meets `state.state_name`, whatever the two are called. Where the names are
    those of several tables, the one with the fewest others counts.
    """
    names = [(t, key[0], set(t.by_name[key[0]].values)) for t in catalog.tables if (key := _key(t))]
    names = [(t, key, values) for t, key, values in names if len(values) >= _FEWEST_NAMES]
    found: list[Join] = []
    for table in catalog.tables:
        for column in table.columns:
            held = set(column.values)
            if ColumnRef(table.name, column.name) in known or len(held) < _FEWEST_NAMES:
                continue
            fits = [
                (len(values), other, key)
                for other, key, values in names
                if other.name != table.name and _names_of(held, values)
            ]
            if fits:
                _, other, key = min(fits, key=lambda fit: fit[0])
                unique = {table.primary_key, *table.unique}
                found.append(_join(table.name, (column.name,), other.name, (key,), unique))
    return found


def _names_of(held: set[str], names: set[str]) -> bool:
    """Whether values are names: nearly all of many, all of few."""
    part = _MOST_NAMES if len(held) >= _MANY_NAMES else 1.0
    return len(held & names) >= part * len(held)


_FEWEST_NAMES = 3
_MANY_NAMES = 10
_MOST_NAMES = 0.9


def _points_at(column: CatalogColumn, other: CatalogTable) -> bool:
    key = _key(other)
    own, noun = stems(column.name), stems(other.name)
    if len(key) != 1:
        return False
    if column.name.lower() == key[0].lower() and key[0].lower() != "id":
        return stems(key[0])[: len(noun)] == noun
    return own in {(*noun, "id"), (*noun, "no"), (*noun, "code"), (*noun, "number")}


def _same_name(column: CatalogColumn, other: CatalogTable) -> tuple[str, ...]:
    return tuple(c.name for c in other.columns if c.name.lower() == column.name.lower())


def _join(
    left: str,
    columns: Sequence[str],
    right: str,
    references: Sequence[str],
    unique: set[tuple[str, ...]],
) -> Join:
    pairs = zip(columns, references, strict=True)
    return Join(
        left=left,
        right=right,
        on=tuple((ColumnRef(left, a), ColumnRef(right, b)) for a, b in pairs),
        cardinality="one_to_one" if tuple(columns) in unique else "many_to_one",
    )
