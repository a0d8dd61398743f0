"""The review queue: what was extracted waits until somebody accepts, corrects or rejects it.

One SQLite file holds notes' findings with their evidence, and every decision (who, when, what),
which is added and never changed; the latest decision about a finding counts. `facts` writes a
database for questions with accepted and corrected findings alone: what nobody has reviewed, or what
was denied, is not in it.
"""

import hashlib
import json
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from assistants.deadline import call
from assistants.errors import InputError, OutputError
from sql_agent.governance.restricted import state_folder

from .context import Status
from .findings import Finding
from .terms import drugs, icd_codes

Decision = Literal["accept", "correct", "reject"]
_TABLES = """
CREATE TABLE IF NOT EXISTS findings (finding_id INTEGER PRIMARY KEY, note TEXT NOT NULL,
  kind TEXT NOT NULL, code TEXT NOT NULL, evidence TEXT NOT NULL, context TEXT NOT NULL,
  start INTEGER NOT NULL, stop INTEGER NOT NULL, status TEXT NOT NULL, details TEXT NOT NULL,
  UNIQUE (note, kind, start, stop, code));
CREATE TABLE IF NOT EXISTS decisions (decision_id INTEGER PRIMARY KEY, finding_id INTEGER NOT NULL
  REFERENCES findings, who TEXT NOT NULL, decided_at TEXT NOT NULL, decision TEXT NOT NULL,
  code TEXT NOT NULL);
"""
_LATEST = """
SELECT f.*, d.who, d.decided_at, d.decision, d.code AS decided_code FROM findings f
LEFT JOIN decisions d ON d.decision_id = (SELECT max(decision_id) FROM decisions x
  WHERE x.finding_id = f.finding_id) ORDER BY f.finding_id"""
_AROUND = 60
FACTS_MODEL = """version: 1
name: reviewed_findings
description: Findings of clinical notes that a clinician has accepted or corrected.
tables:
  - name: findings
    description: Reviewed findings of notes.
    synonyms: [finding, diagnosis, diagnoses, reviewed finding]
    primary_key: [finding_id]
    columns:
      - {name: finding_id, type: integer, role: key}
      - {name: note, type: text, description: The note that says it, synonyms: [document]}
      - {name: kind, type: text, description: "diagnosis, drug, laboratory or name"}
      - {name: code, type: text, description: "ICD-10-CM code, drug or test", synonyms: [term]}
      - {name: evidence, type: text, role: text, description: The words of the note}
      - {name: value, type: float, role: measure, description: Dose or laboratory value}
      - {name: unit, type: text}
      - {name: reviewer, type: text, description: Who accepted it, synonyms: [reviewed by]}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One finding in the queue, and what was last decided about it (empty: not reviewed)."""

    number: int
    note: str
    kind: str
    code: str
    evidence: str
    context: str
    status: Status
    details: dict[str, str]
    decision: str
    who: str

    @property
    def is_fact(self) -> bool:
        """Whether a question may count it: reviewed, and of this patient, now or earlier."""
        said = self.status in {Status.PRESENT, Status.HISTORICAL}
        return self.decision in {"accept", "correct"} and (said or self.decision == "correct")


class ReviewQueue:
    """A queue in one file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, note: str, text: str, findings: Sequence[Finding]) -> int:
        """Put the findings of a note into the queue; return how many are new.

        A note is told apart by its name and its text: two notes from a pipe are two.
        """
        note = f"{note} ({hashlib.sha256(text.encode()).hexdigest()[:8]})"
        with self._open() as connection:
            before = connection.total_changes
            for one in findings:
                details = {"value": one.value, "unit": one.unit, "route": one.route}
                details["frequency"] = one.frequency
                connection.execute(
                    "INSERT OR IGNORE INTO findings (note, kind, code, evidence, context, start, "
                    "stop, status, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        note,
                        one.kind,
                        one.code,
                        one.text,
                        _context(text, one.start, one.end),
                        one.start,
                        one.end,
                        one.status.value,
                        json.dumps(details),
                    ),
                )
            return connection.total_changes - before

    def items(self, *, waiting: bool = False) -> tuple[Item, ...]:
        """Return the findings in order; with `waiting` those that nobody has reviewed."""
        with self._open() as connection:
            rows = connection.execute(_LATEST).fetchall()
        found = tuple(_item(row) for row in rows)
        return tuple(one for one in found if not one.decision) if waiting else found

    def decide(self, number: int, decision: Decision, *, who: str, code: str = "") -> Item:
        """Write a decision about a finding; a correction says the right code.

        Raises:
            InputError: there is no such finding, or the code of a diagnosis does not exist.
        """
        item = next((one for one in self.items() if one.number == number), None)
        if item is None:
            raise InputError(f"there is no finding {number}", hint="plumb review list")
        if (decision == "correct") != bool(code):
            raise InputError("a correction, and nothing else, says a code", hint="--code I10")
        if decision == "accept" and not item.code:
            raise InputError(
                f"finding {number} has no code that could be accepted",
                hint=f"plumb review correct {number} --code CODE",
            )
        if decision == "correct" and not _is_code(item.kind, code):
            raise InputError(f"'{code}' is no ICD-10-CM code that is not divided further")
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._open() as connection:
            connection.execute(
                "INSERT INTO decisions (finding_id, who, decided_at, decision, code) "
                "VALUES (?, ?, ?, ?, ?)",
                (number, who, now, decision, code),
            )
        return next(one for one in self.items() if one.number == number)

    def facts(self, path: Path) -> int:
        """Write a database for questions with what counts as fact; return how many there are.

        Raises:
            OutputError: it is there already, or cannot be written.
        """
        kept = [one for one in self.items() if one.is_fact]
        if path.exists():
            raise OutputError(f"{path} is there already", hint="choose another name")
        rows = [
            (
                one.number,
                one.note,
                one.kind,
                one.code,
                one.evidence,
                _number(one.details.get("value", "")),
                one.details.get("unit", ""),
                one.who,
            )
            for one in kept
        ]
        call(write_facts, str(path), rows, seconds=60.0, memory_mb=2048)
        path.with_suffix(".yaml").write_text(FACTS_MODEL, encoding="utf-8")
        return len(kept)

    @contextmanager
    def _open(self) -> Generator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            connection = sqlite3.connect(self.path, timeout=30.0)
            try:
                connection.row_factory = sqlite3.Row
                connection.execute("PRAGMA synchronous=FULL")
                connection.executescript(_TABLES)
                with connection:
                    yield connection
            finally:
                connection.close()
        except (OSError, sqlite3.Error) as error:
            raise OutputError(
                f"the review queue {self.path} cannot be used: {error}", hint="check the folder"
            ) from error


def default_queue() -> ReviewQueue:
    """Return the queue of this installation."""
    return ReviewQueue(state_folder() / "review.sqlite")


def write_facts(path: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Write the database of facts; for a worker process."""
    import duckdb

    with duckdb.connect(path) as connection:
        connection.execute(
            "CREATE TABLE findings (finding_id BIGINT PRIMARY KEY, note VARCHAR, kind VARCHAR, "
            "code VARCHAR, evidence VARCHAR, value DOUBLE, unit VARCHAR, reviewer VARCHAR)"
        )
        if rows:
            connection.executemany("INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _context(text: str, start: int, end: int) -> str:
    """Return a finding with the whole words around it."""
    left = text[max(0, start - _AROUND) : start]
    right = text[end : end + _AROUND]
    if start > _AROUND:
        left = f"… {left.partition(' ')[2]}"
    if end + _AROUND < len(text):
        right = f"{right.rpartition(' ')[0]} …"
    return " ".join(f"{left}{text[start:end]}{right}".split())


def _is_code(kind: str, code: str) -> bool:
    """Return whether a code may be given to a finding; a name may turn out to be a drug."""
    if kind == "name":
        return code in icd_codes() or code.lower() in drugs().meaning
    return kind != "diagnosis" or code in icd_codes()


def _item(row: sqlite3.Row) -> Item:
    corrected = row["decision"] == "correct"
    return Item(
        number=row["finding_id"],
        note=row["note"],
        kind=row["kind"],
        code=row["decided_code"] if corrected else row["code"],
        evidence=row["evidence"],
        context=row["context"],
        status=Status(row["status"]),
        details=json.loads(row["details"]),
        decision=row["decision"] or "",
        who=row["who"] or "",
    )


def _number(text: str) -> float | None:
    try:
        return float(text.lstrip("<>"))
    except ValueError:
        return None
