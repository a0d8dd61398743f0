"""Where transactions come from: a CSV file, a database with a table of them, or the simulator.

A CSV file has the columns `transaction_id`, `occurred_at` (ISO), `card_id`, `merchant_id`, `amount`
and, where known, `is_fraud`. A database has them in a table `transactions`; without a card the
account pays. `simulated:DAYS` is the simulator at a tenth of its size.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from assistants.deadline import call
from assistants.errors import InputError
from sql_agent.catalog_reader import read
from sql_agent.connect import Limits, open_reader
from sql_agent.database import Target, resolve

from .transactions import UNKNOWN, Transactions, World, simulate

_COLUMNS = ("transaction_id", "occurred_at", "card_id", "merchant_id", "amount", "is_fraud")
_SIMULATED = "simulated:"
_SECONDS = 120.0
_MOST = 5_000_000
_SCALE = 10
_TRUE = frozenset(("1", "true", "t", "yes"))
_FALSE = frozenset(("0", "false", "f", "no"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Transactions with the moment of their first day, and the database that they came from."""

    stream: Transactions
    first: datetime
    target: Target | None = None


def load_source(source: str, *, seed: int = 0) -> Source:
    """Return the transactions of a source in order of time.

    Raises:
        InputError: it has no transactions that can be read; the message names column and line.
        DatabaseError: the database cannot be opened.
    """
    if source.startswith(_SIMULATED):
        return _simulated(source.removeprefix(_SIMULATED), seed)
    path = Path(source).expanduser()
    if path.suffix.lower() == ".csv":
        return _source(_csv_rows(path), None)
    target = resolve(source)
    return _source(_database_rows(target), target)


def _simulated(days: str, seed: int) -> Source:
    if not days.isdecimal() or not 30 <= int(days) <= 730:
        raise InputError("simulated:DAYS takes 30 to 730 days", hint="simulated:100")
    world = World(
        cards=5000 // _SCALE,
        terminals=10_000 // _SCALE,
        days=int(days),
        radius=5.0 * _SCALE**0.5,
        compromised_a_day=1,
        leaked_a_day=1,
    )
    return Source(stream=simulate(world, seed=seed), first=datetime(2025, 1, 6))  # noqa: DTZ001


def _csv_rows(path: Path) -> list[Sequence[Any]]:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [c for c in _COLUMNS[:5] if c not in (reader.fieldnames or ())]
            if missing:
                raise InputError(f"{path}: missing {', '.join(missing)}", hint=", ".join(_COLUMNS))
            return [tuple(row.get(name) for name in _COLUMNS) for row in reader]
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8", hint="save as UTF-8") from error


def _database_rows(target: Target) -> list[Sequence[Any]]:
    table = read(target).by_name.get("transactions")
    names = table.by_name if table is not None else {}
    wanted = [name for name in _COLUMNS if name not in {"card_id", "is_fraud"}]
    missing = [name for name in wanted if name not in names]
    card = next((name for name in ("card_id", "account_id") if name in names), None)
    if missing or card is None:
        raise InputError(
            f"{target.shown} has no table transactions with {', '.join(wanted)} and card_id",
            hint="give a CSV file with these columns",
        )
    payer = "COALESCE(card_id, -account_id)" if {"card_id", "account_id"} <= set(names) else card
    label = "is_fraud" if "is_fraud" in names else "NULL"
    sql = (
        f"SELECT transaction_id, occurred_at, {payer}, merchant_id, amount, {label} "  # noqa: S608
        f"FROM transactions LIMIT {_MOST}"
    )
    return call(_rows, target, sql, seconds=_SECONDS, memory_mb=4096)


def _rows(target: Target, sql: str) -> list[Sequence[Any]]:
    with open_reader(target, Limits(seconds=_SECONDS)) as reader:
        return [tuple(row) for row in reader.select(sql).fetchmany(_MOST)]


def _source(rows: Iterable[Sequence[Any]], target: Target | None) -> Source:
    columns: list[tuple[int, datetime, int, int, float, int]] = []
    for number, row in enumerate(rows, 1):
        try:
            columns.append(_parsed(row))
        except (TypeError, ValueError) as error:
            raise InputError(f"transaction {number}: {error}", hint=", ".join(_COLUMNS)) from error
    if not columns:
        raise InputError("there are no transactions")
    columns.sort(key=lambda row: row[1])
    start = columns[0][1]
    first = datetime(start.year, start.month, start.day)  # noqa: DTZ001  (bank time, as stored)
    count = len(columns)
    stream = Transactions(
        key=np.array([row[0] for row in columns], np.int64),
        time=np.array([(row[1] - first).total_seconds() for row in columns]),
        card=np.array([row[2] for row in columns], np.int64),
        merchant=np.array([row[3] for row in columns], np.int64),
        amount=np.array([row[4] for row in columns]),
        label=np.array([row[5] for row in columns], np.int64),
        scenario=np.zeros(count, np.int64),
    )
    return Source(stream=stream, first=first, target=target)


def _parsed(row: Sequence[Any]) -> tuple[int, datetime, int, int, float, int]:
    key, when, card, merchant, amount, label = row
    moment = when if isinstance(when, datetime) else datetime.fromisoformat(str(when))
    return (
        int(key),
        moment.replace(tzinfo=None),
        int(card),
        int(merchant) if merchant not in (None, "") else 0,
        float(amount),
        _label(label),
    )


def _label(value: object) -> int:
    if value is None or value == "":
        return UNKNOWN
    word = str(value).lower()
    if word in _TRUE:
        return 1
    if word in _FALSE:
        return 0
    raise ValueError(f"'{word[:20]}' is no label: 1, 0 or nothing")
