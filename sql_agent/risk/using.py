"""Training and scoring whole sources, and a database whose questions may speak of the risk."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistants.deadline import call
from assistants.errors import InputError, OutputError

from .features import FeatureState, replay
from .measures import area_under_curve, average_precision, calibration_error
from .scoring import RiskModel, Training, train
from .sources import Source
from .transactions import UNKNOWN

_WARM_UP = 28
_MOST_REASONS = 3
_EXPLAINED = 0.01

_KEY = re.compile(r"^( +)- \{name: transaction_id, type: integer, role: key\}$", re.MULTILINE)
COLUMNS = (
    (
        "- {name: risk_score, type: float, role: measure, description: Chance of fraud from 0 to 1,"
        " synonyms: [risk score, risk, fraud risk, fraud score]}"
    ),
    (
        "- {name: risk_reasons, type: text, role: text, description: What raised the score, "
        "synonyms: [reason, reasons, risk reason, explanation]}"
    ),
)
"""What the semantic model of a scored database says about its transactions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A model, and how it did on the labelled days after its training; nan without labels."""

    model: RiskModel
    labels: int
    tested: int
    area: float
    precision: float
    calibration: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The score of one transaction."""

    key: int
    chance: float
    reasons: tuple[str, ...]


def train_source(source: Source, settings: Training = Training(), *, delay: int = 7) -> Trained:
    """Train on the first part of a source and test on the days after it.

    Labels are chosen from the middle of the days; as many days as the delay lie between training
    and test, so that nothing is used before it would have been known.

    Raises:
        InputError: there are too few days or labels.
    """
    stream = source.stream
    days = int(stream.day.max()) + 1
    start = min(_WARM_UP, days // 3)
    end = start + max(7, (days - start - delay) // 2)
    if days < 3 * delay or end + delay >= days:
        raise InputError(f"{days} days are too few", hint=f"give {3 * delay + 7} days or more")
    rows = replay(FeatureState(delay), stream)
    day, label = stream.day, stream.label
    known = label != UNKNOWN
    pool = np.flatnonzero(known & (day >= start) & (day < end))
    late = np.flatnonzero(known & (day >= end - 7) & (day < end))
    model = train(
        rows[pool],
        lambda places: label[pool][places],
        calibration=(rows[late], label[late]),
        settings=settings,
        delay=delay,
    )
    test = np.flatnonzero(known & (day >= end + delay))
    chances = model.chances(rows[test])
    mixed = len(set(label[test].tolist())) == 2
    nan = float("nan")
    return Trained(
        model=model,
        labels=model.chosen,
        tested=len(test),
        area=area_under_curve(label[test], chances) if mixed else nan,
        precision=average_precision(label[test], chances) if mixed else nan,
        calibration=calibration_error(label[test], chances) if mixed else nan,
    )


def score_source(model: RiskModel, source: Source) -> tuple[list[Score], dict[str, float]]:
    """Return the scores of all transactions in order of time, and which features have drifted.

    Labels in the source count as feedback after the model's delay, never for their own rows.
    """
    rows = replay(FeatureState(model.delay), source.stream)
    chances = model.chances(rows)
    scores = [
        Score(
            key=int(key),
            chance=float(chance),
            reasons=model.explain(row, most=_MOST_REASONS).reasons if chance > _EXPLAINED else (),
        )
        for key, chance, row in zip(source.stream.key, chances, rows, strict=True)
    ]
    half = len(rows) // 2
    return scores, model.drift(rows[half:]) if len(rows) >= 1000 else {}


def write_database(source: Source, scores: Sequence[Score], path: Path) -> Path:
    """Write a copy of the source's DuckDB database with scored transactions; return its model.

    Raises:
        InputError: the source is no DuckDB database with a semantic model.
        OutputError: the files cannot be written.
    """
    target = source.target
    if target is None or target.engine != "duckdb" or not target.semantic_model:
        raise InputError(
            "only a DuckDB database with a semantic model can hold scores for questions",
            hint="write a .csv file instead",
        )
    model = path.with_suffix(".yaml")
    described = Path(target.semantic_model).read_text(encoding="utf-8")
    key = _KEY.search(described)
    if key is None:
        raise InputError("the semantic model has no transactions to add to")
    try:
        if path.exists():
            raise OutputError(f"{path} is there already", hint="choose another name")
        shutil.copyfile(target.location, path)
        lines = "".join(f"\n{key[1]}{column}" for column in COLUMNS)
        text = described[: key.end()] + lines + described[key.end() :]
        model.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error
    rows = [(score.key, score.chance, "; ".join(score.reasons)) for score in scores]
    call(insert, str(path), rows, seconds=300.0, memory_mb=4096)
    return model


def insert(path: str, rows: list[tuple[int, float, str]]) -> None:
    """Put scores into a database; for a worker process."""
    import duckdb

    with duckdb.connect(path) as connection:
        connection.execute("SET enable_progress_bar=false")
        connection.execute(
            "CREATE TEMP TABLE scores (transaction_id BIGINT PRIMARY KEY, risk_score DOUBLE, "
            "risk_reasons VARCHAR)"
        )
        keys, chances, reasons = (list(column) for column in zip(*rows, strict=True))
        connection.execute(
            "INSERT INTO scores SELECT unnest(?::BIGINT[]), unnest(?::DOUBLE[]), "
            "unnest(?::VARCHAR[])",
            [keys, chances, reasons],
        )
        connection.execute("ALTER TABLE transactions ADD COLUMN risk_score DOUBLE")
        connection.execute("ALTER TABLE transactions ADD COLUMN risk_reasons VARCHAR")
        connection.execute(
            "UPDATE transactions SET risk_score = scores.risk_score, "
            "risk_reasons = scores.risk_reasons FROM scores "
            "WHERE scores.transaction_id = transactions.transaction_id"
        )
