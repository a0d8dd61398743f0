"""How often is the SQL agent right, and how often does it rightly say no?

    python benchmarks/sql.py --model none             rules alone
    python benchmarks/sql.py --model bundled          with the bundled model beside them

Questions with gold SQL over the two bundled databases. `dev` and `dev2` were looked at while the
rules were written, and `held` from the evening of 2026-11-22 on; of `unseen` and `blind` only
totals were ever seen. `dev2` and `unseen` are the two halves, split by query, of 298 answerable and
228 unanswerable questions that were written before any rule was changed for them; `dev3` and
`blind` are those of 261 more questions, written before `sql_agent.reading` was. `dates` are 60
about dates, ages and flags, and 30 over two made-up databases that nobody described
(`_made_databases`): looked at, their first sight stands in the lab notes, as does that of `fresh`:
80 more over the bundled databases and 75 over three in other people's naming
(`_strange_databases`), written before anything was asked. `analyst` and `analyst_blind` are the two
halves of 160 an analyst would type, 40 on each of the bundled databases and of two in unfamiliar
trades (`_trade_databases`), written the same way; the blind half was opened after its row of
2026-11-23, 13:26. `desk` and `desk_blind` are the halves of 100 more, over the bundled databases
and two desks (`_desk_databases`), written before they were asked; of the blind half only totals
are seen. `terse` are 60 over the bundled databases in few words, with slips and turned round,
written before they were asked and opened after their first row. `counter_blind` are 40, over the
bundled databases and two that nobody described (`_counter_databases`), written before they were
asked; only totals are seen. An answer counts as right if its
rows hold the gold rows (`sql_compare`); a bare noun phrase ("cards that are not active") whose gold
counts rows may be answered by the list of these rows. *Accuracy* is right answers among all
answerable questions, *coverage* answered ones among them, *precision* right ones among all that
were answered, with the unanswerable ones; *refused* is the part of unanswerable questions that were
not answered, *false refusals* the part of answerable
ones. The guard has its own benchmark (`sql_guard.py`).
"""

import argparse
import itertools
import json
import re
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from _counter_databases import COUNTERS
from _desk_databases import DESKS
from _made_databases import MADE
from _record import HERE, record
from _strange_databases import STRANGE
from _trade_databases import TRADES
from sql_compare import same

from assistants import registry
from assistants.answer import Answer, Status
from assistants.model import Model
from sql_agent import QueryResult, ask, query

DATABASES = ("finance", "medical")
SPLITS = (
    *("dev", "held", "dev2", "unseen", "dev3", "blind", "dates", "fresh"),
    *("analyst", "analyst_blind", "desk", "desk_blind", "terse", "counter_blind"),
)
_HIDDEN = frozenset({"unseen", "blind", "analyst_blind", "desk_blind", "counter_blind"})
_QUICK = 400
_COUNTED = re.compile(r"SELECT COUNT\([^()]*\) FROM", re.IGNORECASE)
_COUNTS = re.compile(r"\b(?:how many|number|count)\b", re.IGNORECASE)


def options(parser: argparse.ArgumentParser) -> None:
    """Add the benchmark's own arguments."""
    parser.add_argument("--model", default="none", help="a model's name, or none for rules alone")
    parser.add_argument("--split", choices=(*SPLITS, "all"), default="all")
    parser.add_argument("--wrong", action="store_true", help="print what went wrong, dev only")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Ask every question."""
    model = registry.load(arguments.model)
    splits = SPLITS if arguments.split == "all" else (arguments.split,)
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        for split, (database, address) in itertools.product(splits, _addresses(Path(name))):
            rows = [row for row in _questions(database) if row["split"] == split]
            rows = rows[:_QUICK] if arguments.quick else rows
            show = arguments.wrong and split not in _HIDDEN
            if rows:
                results[f"{split}_{database}"] = _scores(address, rows, model, show=show)
    return results


def _addresses(folder: Path) -> list[tuple[str, str]]:
    """Return the databases with where they are; those that are made up are written first."""
    for name, write in MADE.items():
        write(folder / f"{name}.sqlite")
    made = [(name, str(folder / f"{name}.sqlite")) for name in MADE]
    others = {**STRANGE, **TRADES, **DESKS, **COUNTERS}
    for name, (write, ending) in others.items():
        write(folder / f"{name}{ending}")
    strange = [(name, str(folder / f"{name}{ending}")) for name, (_, ending) in others.items()]
    return [*((name, name) for name in DATABASES), *made, *strange]


def _questions(database: str) -> list[dict[str, Any]]:
    path = HERE / "data" / f"questions_{database if database in DATABASES else 'made'}.ndjson"
    lines = path.read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["database"] == database]


def _scores(
    database: str, rows: Sequence[Mapping[str, Any]], model: Model | None, *, show: bool
) -> dict[str, Any]:
    right = answered = answerable = false_answers = by_model = 0
    seconds: list[float] = []
    ask(database, "how many rows", model=None)  # opens the database once, outside of the timing
    for row in rows:
        began = time.perf_counter()
        answer = ask(database, row["question"], model=model)
        seconds.append(time.perf_counter() - began)
        said = answer.status is Status.ANSWERED
        answerable += row["sql"] is not None
        answered += said and row["sql"] is not None
        false_answers += said and row["sql"] is None
        by_model += said and bool(answer.usage.model)
        good = said and row["sql"] is not None and _agrees(database, row, answer)
        right += good
        if show and (said or row["sql"] is not None) and not good:
            print(f"{row['question']}\n    {answer.reason or answer.to_dict().get('sql')}")
    unanswerable = len(rows) - answerable
    return {
        "questions": len(rows),
        "accuracy": _part(right, answerable),
        "coverage": _part(answered, answerable),
        "precision": _part(right, answered + false_answers),
        "unanswerable": unanswerable,
        "refused": _part(unanswerable - false_answers, unanswerable),
        "false_refusals": _part(answerable - answered, answerable),
        "answered_by_model": by_model,
        "seconds_p50": statistics.median(seconds),
        "seconds_p95": statistics.quantiles(seconds, n=20)[-1],
    }


def _agrees(database: str, row: Mapping[str, Any], answer: Answer[QueryResult]) -> bool:
    gold = query(database, row["sql"])
    if gold.best is None or answer.best is None:
        raise RuntimeError(f"the gold query does not run: {gold.reason}: {row['sql']}")
    year = "('year'" in row["sql"] or "(year" in row["sql"].lower()
    wanted, found = gold.best.candidate, answer.best.candidate
    if same(wanted.rows, found.rows, year=year):
        return True
    if len(wanted.rows) != 1 or not _COUNTED.match(row["sql"]) or _COUNTS.search(row["question"]):
        return False
    count, listed = wanted.rows[0][0], "COUNT(" not in found.sql and "GROUP BY" not in found.sql
    shown = len(found.rows)
    return (
        listed
        and isinstance(count, int)
        and (shown == count or (found.truncated and shown < count))
    )


def _part(count: int, whole: int) -> float | None:
    return count / whole if whole else None


if __name__ == "__main__":
    record("sql", measure, options=options)
