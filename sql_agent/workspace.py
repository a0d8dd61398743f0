"""Everything that answering questions about one database needs, opened once and kept."""

import functools
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from assistants.errors import InputError

from .catalog import Catalog
from .catalog_reader import fingerprint, read
from .database import Target
from .draft import draft
from .joins import JoinGraph
from .lexicon import Lexicon, build
from .semantic_model import SemanticModel, load


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """A database with its meaning; `latest` is the last date in its data."""

    target: Target
    catalog: Catalog
    model: SemanticModel
    lexicon: Lexicon
    graph: JoinGraph
    latest: datetime


def open_workspace(target: Target) -> Workspace:
    """Return the workspace of a database.

    Raises:
        DatabaseError: it cannot be opened.
        InputError: its semantic model is wrong, or speaks of what the database does not have.
    """
    model = target.semantic_model
    stamp = os.stat(model).st_mtime_ns if model else 0  # noqa: PTH116  (a plain string)
    return _opened(target, fingerprint(target), stamp)


@functools.lru_cache(maxsize=8)
def _opened(target: Target, _fingerprint: tuple[int, ...], _stamp: int) -> Workspace:
    catalog = read(target)
    if target.semantic_model:
        model = load(Path(target.semantic_model))
        _compare(model, catalog, target.semantic_model)
    else:
        model = draft(catalog, name=Path(target.shown).stem)
    return Workspace(
        target=target,
        catalog=catalog,
        model=model,
        lexicon=build(model, catalog),
        graph=JoinGraph(model),
        latest=_latest(model, catalog),
    )


def _compare(model: SemanticModel, catalog: Catalog, file: str) -> None:
    for table in model.tables:
        known = catalog.by_name.get(table.name)
        if known is None:
            raise InputError(
                f"{file}: the database has no table '{table.name}'",
                hint=f"its tables: {', '.join(catalog.by_name)}",
            )
        for column in table.columns:
            if column.name not in known.by_name:
                raise InputError(
                    f"{file}: {table.name} has no column '{column.name}' in the database",
                    hint=f"its columns: {', '.join(known.by_name)}",
                )


def _latest(model: SemanticModel, catalog: Catalog) -> datetime:
    """Return the last moment of the default date, else the last of any date that has passed."""
    now = datetime.now()  # noqa: DTZ005  (dates in the data have no time zone)
    if model.default_date is not None:
        column = catalog.column(model.default_date)
        found = _moment(column.high) if column is not None else None
        if found is not None:
            return found
    moments = [
        moment
        for table in catalog.tables
        for column in table.columns
        if (moment := _moment(column.high)) is not None
        and (moment <= now or _shifted(column.low, now))
    ]
    return max(moments, default=now)


def _shifted(low: str, now: datetime) -> bool:
    """Whether all dates of a column are yet to come: those of patients, moved by decades."""
    first = _moment(low)
    return first is not None and first > now + _DECADE


_DECADE = timedelta(days=3653)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
