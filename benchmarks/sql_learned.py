"""How reliable is what the agent learns from confirmed pairs of question and query?

    python benchmarks/sql_learned.py --shared FOLDER

EHRSQL-2024, learned on train and asked `valid`: the reliability score RS(10) (a right answer or a
rightful "no answer" counts 1, abstaining from an answerable question 0, anything else -10), with
the one threshold that was chosen on held-out training pairs. Its databases do not exist here: three
random ones stand in, filled with the schema's tables and the literals of the gold SQL, and their
texts and patients are what the agent knows as the contents of the database. A query is right if it
is written like the gold query, or gives the same rows on all three with rows on at least one.

The same through `ask` (`ehrsql_2024_by_ask`): the pairs of train, as they are, taught to the first
of those databases, and every question of the other split asked of it, rules and all. A gold query
and an answer are compared as the guard writes them, else by their rows.

MIMICSQL, natural wording, five folds of dev: queries written like the gold query, whatever the
order of their conditions; without databases and without a threshold.
"""

import argparse
import json
import os
import random
import re
import sqlite3
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _record import record

from assistants.answer import Status
from assistants.errors import QueryRefused
from sql_agent import ask, resolve, teach
from sql_agent.catalog import Catalog
from sql_agent.catalog_reader import read
from sql_agent.guard import admit
from sql_agent.learned import learn, right

_NOW = "2100-12-31 23:59:00"
_PAIR = re.compile(r"d_items\.label = ('(?:[^']|'')*') AND d_items\.linksto = '(\w+)'")
_FOLDED = re.compile(r"d_items\.label_of_(\w+) = ('(?:[^']|'')*')")
_LISTED = re.compile(r"([a-z_0-9]+\.[a-z_]+) IN ?\(\s*('(?:[^']|'')*'(?:\s*,\s*'(?:[^']|'')*')*)")
_KINDS = frozenset(("cost.event_type", "d_items.linksto"))
_ROWS = 400
Pair = tuple[str, str]


def options(parser: argparse.ArgumentParser) -> None:
    """Add the benchmark's own arguments."""
    parser.add_argument("--shared", type=Path, required=True, help="the folder of shared data sets")
    parser.add_argument("--split", default="valid", help="the split of EHRSQL-2024 that is asked")
    parser.add_argument("--skip-mimicsql", action="store_true")
    parts = parser.add_mutually_exclusive_group()
    parts.add_argument("--only-ask", action="store_true", help="only what `ask` makes of the pairs")
    parts.add_argument("--skip-ask", action="store_true", help="all but what `ask` makes of them")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Learn on train and ask the other split."""
    folder = arguments.shared / "sql"
    results: dict[str, Any] = {}
    if not arguments.skip_ask:
        results["ehrsql_2024_by_ask"] = _by_ask(folder / "ehrsql-2024", arguments)
    if arguments.only_ask:
        return results
    results["ehrsql_2024"] = _ehrsql(folder / "ehrsql-2024", arguments)
    if not arguments.skip_mimicsql:
        results["mimicsql"] = _mimicsql(folder / "mimicsql" / "dev.json", quick=arguments.quick)
    return results


# --- EHRSQL-2024 ----------------------------------------------------------------------------------


def _ehrsql(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    train, asked = _pairs(folder / "train"), _pairs(folder / arguments.split)
    asked = asked[:200] if arguments.quick else asked
    stored = _literals([*train, *asked])
    keys = frozenset(re.findall(r"subject_id = (\d+)", " ".join(sql for _, sql in train + asked)))
    values = {text.lower(): columns for text, columns in stored.items()}
    began = time.process_time()
    memory = learn(train, values, keys)
    learned = time.process_time() - began
    databases = [_database(folder / "mimic_iv.sql", stored, keys, seed) for seed in range(3)]
    counts = Counter[str]()
    began = time.process_time()
    answers = [memory.answer(question) for question, _ in asked]
    spent = time.process_time() - began
    for answer, (_, gold) in zip(answers, asked, strict=True):
        counts[_outcome(answer, gold, databases)] += 1
    score = counts["right"] + counts["rightly declined"] - 10 * counts["wrong"]
    score -= 10 * counts["answered the unanswerable"]
    return {
        "questions": len(asked),
        "rs_10": 100 * score / len(asked),
        "abstain_always": 100 * sum(not gold for _, gold in asked) / len(asked),
        "threshold": memory.threshold,
        "templates": len(memory.templates),
        "ended": dict(counts),
        "processor_seconds_learning": learned,
        "processor_ms_per_question": 1000 * spent / len(asked),
    }


def _by_ask(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    train, asked = _raw(folder / "train"), _raw(folder / arguments.split)
    stored = _literals([(question, _folded(sql)) for question, sql in train + asked])
    keys = frozenset(re.findall(r"subject_id = (\d+)", " ".join(sql for _, sql in train + asked)))
    asked = asked[:200] if arguments.quick else asked
    memories = [_database(folder / "mimic_iv.sql", stored, keys, seed) for seed in range(3)]
    with tempfile.TemporaryDirectory() as name:
        os.environ["PLUMB_CACHE_DIR"] = str(Path(name) / "cache")
        path, pairs = Path(name) / "mimic.sqlite", Path(name) / "train.ndjson"
        _written(memories[0], path)
        lines = (json.dumps({"question": q, "sql": sql or None}) for q, sql in train)
        pairs.write_text("\n".join(lines), encoding="utf-8")
        began = time.process_time()
        lesson = teach(str(path), pairs)
        learned = time.process_time() - began
        catalog = read(resolve(str(path)))
        counts = Counter[str]()
        spent: list[float] = []
        for question, sql in asked:
            began = time.process_time()
            answer = ask(str(path), question)
            spent.append(time.process_time() - began)
            said = answer.status is Status.ANSWERED and answer.best is not None
            guess = answer.best.candidate.sql if said and answer.best is not None else ""
            counts[_outcome(guess, _admitted(sql, catalog), memories)] += 1
    score = counts["right"] + counts["rightly declined"]
    score -= 10 * (counts["wrong"] + counts["answered the unanswerable"])
    return {
        "questions": len(asked),
        "rs_10": 100 * score / len(asked),
        "pairs": lesson.pairs,
        "left_out": len(lesson.left_out),
        "templates": lesson.templates,
        "threshold": lesson.threshold,
        "rules_tried": {
            "asked": lesson.reading.asked,
            "answered": lesson.reading.answered,
            "right": lesson.reading.right,
            "trusted": lesson.reading.trusted,
        },
        "ended": dict(counts),
        "processor_seconds_teaching": learned,
        "processor_ms_per_question_p50": 1000 * statistics.median(spent),
    }


def _admitted(sql: str, catalog: Catalog) -> str:
    """Return a gold query as the guard writes it; a few have a hole instead of a number."""
    try:
        return admit(sql.replace("current_time", f"'{_NOW}'"), catalog).sql if sql else ""
    except QueryRefused:
        return sql


def _raw(folder: Path) -> list[Pair]:
    """Return a split's pairs as they are; an unanswerable question has no query."""
    questions = json.loads((folder / "data.json").read_text(encoding="utf-8"))["data"]
    labels = json.loads((folder / "label.json").read_text(encoding="utf-8"))
    return [
        (q["question"], "" if labels[q["id"]] == "null" else labels[q["id"]]) for q in questions
    ]


def _written(database: sqlite3.Connection, path: Path) -> None:
    """Write a database as a file, with one admission at the moment that is now."""
    database.execute("UPDATE admissions SET admittime = ? WHERE rowid = 1", (_NOW,))
    database.commit()
    with sqlite3.connect(path) as file:
        database.backup(file)


def _outcome(answer: str, gold: str, databases: Sequence[sqlite3.Connection]) -> str:
    if not gold:
        return "answered the unanswerable" if answer else "rightly declined"
    if not answer:
        return "abstained"
    if right(answer, gold):
        return "right"
    return "right" if _same_rows(_unfolded(answer), _unfolded(gold), databases) else "wrong"


def _pairs(folder: Path) -> list[Pair]:
    questions = json.loads((folder / "data.json").read_text(encoding="utf-8"))["data"]
    labels = json.loads((folder / "label.json").read_text(encoding="utf-8"))
    return [(q["question"], _folded(labels[q["id"]])) for q in questions]


def _folded(sql: str) -> str:
    """Write an item with its kind as one condition; an unanswerable question has no query."""
    return "" if sql == "null" else _PAIR.sub(r"d_items.label_of_\2 = \1", sql)


def _unfolded(sql: str) -> str:
    return _FOLDED.sub(r"d_items.label = \2 AND d_items.linksto = '\1'", sql)


def _literals(pairs: Iterable[Pair]) -> dict[str, tuple[str, ...]]:
    """Return the texts that gold queries compare columns with, by column."""
    found: dict[str, set[str]] = defaultdict(set)
    for _, sql in pairs:
        for column, text in re.findall(r"([a-z_0-9]+\.[a-z_]+) ?= ?'((?:[^']|'')*)'", sql):
            if column not in _KINDS and len(text) > 1 and not re.fullmatch(r"[\d\-: ]*", text):
                found[text.replace("''", "'")].add(column)
        for column, texts in _LISTED.findall(sql):
            for text in re.findall(r"'((?:[^']|'')*)'", texts):
                found[text.replace("''", "'")].add(column)
    return {text: tuple(sorted(columns)) for text, columns in found.items()}


def _same_rows(answer: str, gold: str, databases: Sequence[sqlite3.Connection]) -> bool:
    some = False
    for database in databases:
        try:
            wanted, found = _run(database, gold), _run(database, answer)
        except sqlite3.Error:
            return False
        if wanted != found:
            return False
        some = some or any(value is not None for row in wanted for value in row)
    return some


def _run(database: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]]:
    text = sql.replace("current_time", f"'{_NOW}'")
    return sorted(database.execute(text).fetchmany(2000), key=repr)


def _database(
    schema: Path, stored: Mapping[str, tuple[str, ...]], keys: frozenset[str], seed: int
) -> sqlite3.Connection:
    """Return a random database: every stored text once, events at random over few patients."""
    chance = random.Random(seed)
    connection = sqlite3.connect(":memory:")
    connection.executescript(schema.read_text(encoding="utf-8").replace(" UNIQUE", ""))
    texts: dict[str, list[str]] = defaultdict(list)
    for text, columns in stored.items():
        for column in columns:
            texts[column].append(text)
    some = chance.sample(sorted(keys), min(30, len(keys)))
    filler = _Filler(sorted(keys), some, texts, chance)
    tables = [
        row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    ]
    for table in tables:
        columns = [(r[1], r[2]) for r in connection.execute(f"PRAGMA table_info({table})")]
        known = [len(filler.texts.get(f"{table}.{name}", ())) for name, _ in columns]
        kinds = [len(filler.texts.get(f"d_items.label_of_{kind}", ())) for kind in _EVENTS]
        size = max(_ROWS, *known, *(3 * n for n in kinds if table == "d_items"))
        rows = [
            tuple(filler.cell(table, name, kind, at) for name, kind in columns)
            for at in range(size)
        ]
        marks = ",".join("?" * len(columns))
        connection.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", rows)
    return connection


@dataclass(frozen=True, slots=True)
class _Filler:
    """Random values for the columns of one database."""

    everyone: Sequence[str]
    people: Sequence[str]
    """Those of them that something happens to."""
    texts: Mapping[str, Sequence[str]]
    chance: random.Random

    def cell(self, table: str, name: str, kind: str, at: int) -> str | float | None:
        """Return the value of a column in the row number `at`."""
        known = self.texts.get(f"{table}.{name}", ())
        dictionary = table.startswith("d_")
        if name == "row_id":
            return at
        if name == "subject_id":
            return int(
                self.everyone[at % len(self.everyone)]
                if table == "patients"
                else self.chance.choice(self.people)
            )
        if name in {"itemid", "icd_code"}:
            return at if dictionary else self.chance.randrange(60)
        if name in {"hadm_id", "stay_id", "event_id"}:
            return at if (table, name) in _OWNERS else self.chance.randrange(80)
        if table == "d_items" and name in {"label", "linksto"}:
            group = _EVENTS[at % 3]
            own = self.texts.get(f"d_items.label_of_{group}", ("x",))
            return group if name == "linksto" else own[(at // 3) % len(own)]
        if known:
            every = dictionary or at < len(known)
            return known[at % len(known)] if every else self.chance.choice(known)
        if "TIMESTAMP" in kind.upper():
            day = f"{self.chance.choice((2099, 2100, 2100)):04}-{self.chance.randint(1, 12):02}"
            stamp = f"{day}-{self.chance.randint(1, 28):02} {self.chance.randint(0, 23):02}:00:00"
            return (
                None
                if name in {"dischtime", "outtime", "dod"} and self.chance.random() < 0.2
                else stamp
            )
        if "CHAR" in kind.upper():
            return self.chance.choice(("a", "b", "c"))
        return round(self.chance.uniform(1, 90), 1)


_EVENTS = ("chartevents", "inputevents", "outputevents")
_OWNERS = frozenset((("admissions", "hadm_id"), ("icustays", "stay_id")))


# --- MIMICSQL -------------------------------------------------------------------------------------


def _mimicsql(path: Path, *, quick: bool) -> dict[str, Any]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    pairs = [(row["question_refine"], _plain(row["sql"])) for row in rows]
    values: dict[str, set[str]] = defaultdict(set)
    for _, sql in pairs:
        for column, text in re.findall(r"(\w+\.\w+) (?:=|<|>|<=|>=) '((?:[^']|'')*)'", sql):
            if not re.fullmatch(r"[\d.]+", text):
                values[text.lower().replace("''", "'")].add(column)
    stored = {text: tuple(sorted(columns)) for text, columns in values.items() if len(text) > 1}
    good = asked = 0
    for fold in range(1 if quick else 5):
        train = [pair for i, pair in enumerate(pairs) if i % 5 != fold]
        memory = learn(train, stored, periods=False)
        for question, sql in pairs[fold::5]:
            asked += 1
            good += _same_conditions(memory.guess(question).sql, sql)
    return {"questions": asked, "written_like_gold": good / asked}


def _plain(sql: str) -> str:
    """Write a query with plain names, and values in single quotes."""
    text = re.sub(r'(\w+)\."(\w+)"', r"\1.\2", sql)
    text = re.sub(r'"([\d.]+)"', r"\1", text.replace("'", "''"))
    return re.sub(r'"([^"]*)"', r"'\1'", text)


def _same_conditions(guess: str, gold: str) -> bool:
    return _parts(guess) == _parts(gold)


def _parts(sql: str) -> tuple[str, tuple[str, ...]]:
    head, _, conditions = re.sub(r"\s+", " ", sql).partition(" WHERE ")
    plain = re.sub(r"\s", "", head).lower()
    return plain, tuple(sorted(re.sub(r"\s", "", c).lower() for c in conditions.split(" AND ")))


if __name__ == "__main__":
    record("sql_learned", measure, options=options)
