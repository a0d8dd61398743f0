"""How does the agent do on a database that nobody has described, by rules alone?

    python benchmarks/sql_unseen.py --shared FOLDER

Geography (GeoQuery as packaged by text2sql-data), query split: its `dev` queries with every
wording, asked of the SQLite database as it is, without a semantic model. Gold SQL runs on the same
file; an answer is right if its different rows hold the different gold rows (`sql_compare`; the gold
of a list says a river once for each state). Questions whose gold does
not run there are left out and counted. The `train` queries may be looked at (`--wrong`), the `dev`
ones not.
"""

import argparse
import gzip
import json
import random
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from _record import record
from sql_compare import same

from assistants.answer import Status
from sql_agent import ask


def options(parser: argparse.ArgumentParser) -> None:
    """Add the benchmark's own arguments."""
    parser.add_argument("--shared", type=Path, required=True, help="the folder of shared data sets")
    parser.add_argument("--split", choices=("train", "dev"), default="dev")
    parser.add_argument("--sample", type=int, default=0, help="so many questions, 0 for all")
    parser.add_argument("--seed", type=int, default=0, help="which ones the sample takes")
    parser.add_argument("--wrong", action="store_true", help="print what went wrong, train only")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Ask every wording of every query."""
    folder = arguments.shared / "sql" / "text2sql"
    questions = list(_questions(folder / "geography.jsonl.gz", arguments.split))
    questions = questions[:40] if arguments.quick else questions
    if 0 < arguments.sample < len(questions):
        questions = random.Random(arguments.seed).sample(questions, arguments.sample)
    counts = Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "geography.sqlite"
        shutil.copy(folder / "geography.sqlite", path)
        with sqlite3.connect(path) as connection:
            for question, sql in questions:
                try:
                    gold = connection.execute(sql).fetchall()
                except sqlite3.OperationalError:
                    counts["gold does not run"] += 1
                    continue
                answer = ask(str(path), question)
                found = (
                    answer.best.candidate
                    if answer.status is Status.ANSWERED and answer.best
                    else None
                )
                right = found is not None and same(
                    list(dict.fromkeys(gold)), list(dict.fromkeys(found.rows)), year=False
                )
                counts[
                    "right" if right else "wrong" if found is not None else str(answer.status)
                ] += 1
                if arguments.wrong and arguments.split == "train" and not right:
                    print(f"{question}\n   {found.sql if found is not None else answer.reason}")
    answered = counts["right"] + counts["wrong"]
    asked = len(questions) - counts["gold does not run"]
    return {
        "questions": asked,
        "accuracy": counts["right"] / asked,
        "coverage": answered / asked,
        "precision": counts["right"] / answered if answered else None,
        "ended": dict(counts),
    }


def _questions(path: Path, split: str) -> Iterator[tuple[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            if row["query-split"] != split:
                continue
            for sentence in row["sentences"]:
                question, sql = sentence["text"], row["sql"][0]
                for name, value in sentence["variables"].items():
                    question, sql = question.replace(name, value), sql.replace(name, value)
                yield question, sql


if __name__ == "__main__":
    record("sql_unseen", measure, options=options)
