"""How does the agent do on questions that other people asked of databases it has never seen?

    python benchmarks/sql_foreign.py --shared FOLDER --set wikisql --split dev --sample 400

Rules alone, no semantic model. The databases do not exist here: three random stand-ins for each
question (`_foreign_sets`), the first of which is asked as a file; the answer's query must give the
gold rows on all three, where the gold query has rows on at least one. Different rows are compared,
columns may stand beside the gold ones (`sql_compare`). WikiSQL's `train` and academic may be looked
at (`--wrong`); of WikiSQL's `dev`, imdb and yelp only totals are seen.
"""

import argparse
import random
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from _foreign_sets import ForeignQuestion, several_tables, single_tables, stand_in
from _record import record
from sql_compare import same

from assistants import registry
from assistants.answer import Status
from assistants.model import Model
from sql_agent import ask

SETS = ("wikisql", "academic", "imdb", "yelp")
_READ = frozenset((("wikisql", "train"), ("academic", "dev")))
_STAND_INS = 3


def options(parser: argparse.ArgumentParser) -> None:
    """Add the benchmark's own arguments."""
    parser.add_argument("--shared", type=Path, required=True, help="the folder of shared data sets")
    parser.add_argument("--set", choices=(*SETS, "all"), default="all")
    parser.add_argument("--split", choices=("train", "dev"), default="dev", help="of WikiSQL")
    parser.add_argument("--sample", type=int, default=400, help="so many questions of a set")
    parser.add_argument("--seed", type=int, default=0, help="which ones the sample takes")
    parser.add_argument("--model", default="none", help="a model's name, or none for rules alone")
    parser.add_argument(
        "--wrong", action="store_true", help="print what is not right, if it may be read"
    )


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Ask a sample of each set."""
    model = registry.load(arguments.model)
    sets = SETS if arguments.set == "all" else (arguments.set,)
    return {name: _measured(name, arguments, model) for name in sets}


def _measured(name: str, arguments: argparse.Namespace, model: Model | None) -> dict[str, Any]:
    folder = arguments.shared / "sql" / "text2sql"
    if name == "wikisql":
        questions = list(single_tables(folder / "wikisql.json.bz2", arguments.split))
    else:
        questions = list(several_tables(folder, name))
    random.Random(arguments.seed).shuffle(questions)
    show = arguments.wrong and (name, arguments.split) in _READ
    counts = Counter[str]()
    for question in questions[: 25 if arguments.quick else arguments.sample]:
        ended, told = _asked(question, model)
        counts[ended] += 1
        if show and ended not in {"right", "gold has no rows", "gold does not run"}:
            print(f"{ended}: {question.text}\n   gold {question.sql}\n   {told}", flush=True)
    asked = counts.total() - counts["gold has no rows"] - counts["gold does not run"]
    answered = counts["right"] + counts["wrong"]
    return {
        "questions": asked,
        "accuracy": counts["right"] / asked,
        "coverage": answered / asked,
        "precision": counts["right"] / answered if answered else None,
        "ended": dict(counts),
    }


def _asked(question: ForeignQuestion, model: Model | None) -> tuple[str, str]:
    """Return how a question ended, and the query or the reason."""
    made = [stand_in(question, seed) for seed in range(_STAND_INS)]
    try:
        golds = [one.execute(question.sql).fetchall() for one in made]
    except sqlite3.Error as error:
        return "gold does not run", str(error)
    if not any(value is not None for rows in golds for row in rows for value in row):
        return "gold has no rows", ""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "asked.sqlite"
        with sqlite3.connect(path) as file:
            made[0].backup(file)
        answer = ask(str(path), question.text, model=model)
    if answer.status is not Status.ANSWERED or answer.best is None:
        return str(answer.status), answer.reason or ""
    sql = answer.best.candidate.sql
    return ("right" if _agrees(made, golds, sql) else "wrong"), sql


def _agrees(
    made: Sequence[sqlite3.Connection], golds: Sequence[Sequence[tuple[Any, ...]]], sql: str
) -> bool:
    for database, gold in zip(made, golds, strict=True):
        try:
            found = database.execute(sql).fetchmany(5_000)
        except sqlite3.Error:
            return False
        if not same(list(dict.fromkeys(gold)), list(dict.fromkeys(found)), year=False):
            return False
    return True


if __name__ == "__main__":
    record("sql_foreign", measure, options=options)
