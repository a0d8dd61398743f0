"""Shared parts of the generators of the bundled databases: draws, names, places, writing.

Everything is synthetic: names are paired at random from the lists below, places are real cities
with made-up branches and people. NumPy draws whole columns; DuckDB checks the keys on insert.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]

TODAY = np.datetime64("2025-12-31", "D")
"""The day on which both databases end."""

_FIRST_NAMES = """
Ada Adam Aisha Alan Alba Amir Ana Andre Anika Anna Arjun Asha Ben Bianca Bruno Carla Carlos Cara
Chen Chloe Clara Cole Dana Daniel David Diego Dina Eda Eli Elena Emil Emma Erik Esther Eva Farah
Felix Fiona Gael Grace Greta Hana Hassan Helen Hugo Ida Igor Ines Iris Ivan Jack Jada James Jana
Jin Joan Jonas Jose Julia Kai Kara Karim Kate Kenji Kofi Lara Laila Leo Lena Liam Lin Louis
Lucia Luis Maja Marco Maria Mark Marta Mei Mia Milan Mina Mohan Nadia Naomi Nils Nina Noah Nora
Olga Omar Oscar Pablo Paul Petra Priya Rafael Rana Rania Ravi Rosa Ruth Sam Sara Sasha Selma
Simon Sofia Stefan Tara Theo Tom Uma Vera Victor Wei Yara Yusuf Zoe
"""
FIRST_NAMES = tuple(_FIRST_NAMES.split())
_LAST_NAMES = """
Abara Adler Ahn Albright Alder Amara Arden Asher Bakshi Barlow Basu Becker Bellamy Berg Birch
Blum Bose Brandt Brook Calder Castell Chandra Cho Clay Corbin Cruz Dahl Dara Delmar Dietz Dorsey
Drake Duarte Eklund Ellery Engel Espino Farrow Fenn Ferro Finch Fontaine Frost Gallo Garber
Ghosh Gilroy Grant Greer Haas Hale Hartley Heath Hollis Holm Ibarra Idris Imai Ito Jansen Jarvis
Kaplan Kato Keller Kerr Khan Kim Klein Kovac Kruger Lam Lang Larkin Lehmann Lindt Lowell Lund
Mace Malik Marin Marsh Mendel Mercer Mori Nair Nash Nolan Novak Oakes Okoye Olsen Orton Park
Patel Peck Pell Petrov Quill Rahman Ramos Reyes Ridge Rossi Roth Rowan Sato Sauer Shah Silva
Sloan Sorel Stone Strand Sung Tamm Tanaka Thorne Torres Vale Varga Vega Voss Ward Weiss Wilder
Winter Wren Yamada York Zeller Zhou Ziegler
"""
LAST_NAMES = tuple(_LAST_NAMES.split())
CITIES: tuple[tuple[str, str, str], ...] = (
    ("Boston", "MA", "Northeast"),
    ("Springfield", "MA", "Northeast"),
    ("New York", "NY", "Northeast"),
    ("Buffalo", "NY", "Northeast"),
    ("Philadelphia", "PA", "Northeast"),
    ("Pittsburgh", "PA", "Northeast"),
    ("Chicago", "IL", "Midwest"),
    ("Columbus", "OH", "Midwest"),
    ("Cleveland", "OH", "Midwest"),
    ("Detroit", "MI", "Midwest"),
    ("Minneapolis", "MN", "Midwest"),
    ("Atlanta", "GA", "South"),
    ("Miami", "FL", "South"),
    ("Tampa", "FL", "South"),
    ("Houston", "TX", "South"),
    ("Austin", "TX", "South"),
    ("Dallas", "TX", "South"),
    ("Denver", "CO", "West"),
    ("Phoenix", "AZ", "West"),
    ("Seattle", "WA", "West"),
    ("Portland", "OR", "West"),
    ("San Diego", "CA", "West"),
    ("Oakland", "CA", "West"),
    ("Sacramento", "CA", "West"),
)
"""City, state and region, most populous market first within a region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: its columns in order, each with its SQL definition, and its data."""

    name: str
    definitions: Mapping[str, str]
    columns: Mapping[str, Array]


def zipf_weights(count: int, exponent: float) -> Array:
    """Return weights of ranks 1..count under Zipf's law, summing to one."""
    weights = 1.0 / np.arange(1, count + 1, dtype=np.float64) ** exponent
    return weights / weights.sum()


def choose(
    rng: np.random.Generator, count: int, options: int, weights: Sequence[float] | Array
) -> Array:
    """Draw `count` indexes below `options`; the weights need not sum to one."""
    chances = np.asarray(weights, dtype=np.float64)
    return rng.choice(options, size=count, p=chances / chances.sum())


def label(labels: Sequence[str], index: Array, missing: Array | None = None) -> Array:
    """Turn indexes into texts, None where `missing`."""
    texts = np.array(labels, dtype=object)[index]
    if missing is not None:
        texts[missing] = None
    return texts


def hide(values: Array, missing: Array) -> Array:
    """Make the values NULL where `missing`."""
    return np.ma.masked_array(values, mask=missing)


def money(values: Array) -> Array:
    """Round to cents."""
    return np.round(values, 2)


def moments(days: Array, seconds: Array) -> Array:
    """Return timestamps (microseconds) from days and seconds of the day."""
    return days.astype("datetime64[us]") + seconds.astype("timedelta64[s]")


def day_seconds(rng: np.random.Generator, count: int, hours: Sequence[float]) -> Array:
    """Draw seconds of the day from 24 hourly weights."""
    return choose(rng, count, 24, hours) * 3600 + rng.integers(0, 3600, count)


def growing_days(
    rng: np.random.Generator,
    count: int,
    first: np.datetime64,
    *,
    growth: float,
    months: Sequence[float],
    weekdays: Sequence[float] = (1.0,) * 7,
) -> Array:
    """Draw `count` days from `first` to today, sorted.

    The chance of a day grows by `growth` a year and follows twelve monthly and seven weekday
    weights (Monday first).
    """
    days = np.arange(first, TODAY + np.timedelta64(1, "D"))
    month = days.astype("datetime64[M]").astype(np.int64) % 12
    weekday = (days.astype(np.int64) + 3) % 7
    years = (days - first).astype(np.int64) / 365.25
    weights = (1 + growth) ** years * np.asarray(months)[month] * np.asarray(weekdays)[weekday]
    return days[np.sort(choose(rng, count, len(days), weights))]


def write(path: Path, tables: Sequence[Table]) -> None:
    """Write a new DuckDB file; a broken key raises DuckDB's own error."""
    import duckdb

    with duckdb.connect(str(path), config={"threads": 2}) as connection:
        connection.execute("SET enable_progress_bar=false")
        for table in tables:
            body = ", ".join(f"{name} {kind}" for name, kind in table.definitions.items())
            connection.execute(f"CREATE TABLE {table.name} ({body})")
            data = {name: _loadable(values) for name, values in table.columns.items()}
            connection.register("loading", data)
            names = ", ".join(table.definitions)
            connection.execute(f"INSERT INTO {table.name} SELECT {names} FROM loading")  # noqa: S608
            connection.unregister("loading")


def _loadable(values: Array) -> Array:
    if values.dtype.kind == "M":
        return values.astype("datetime64[us]")
    return values
