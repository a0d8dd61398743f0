"""Training and scoring whole sources, and a database whose questions may speak of the risk."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistants.deadline import call
from assistants.errors import InputError, OutputError

from .describing import PARTS, REASONS, SCORE, described
from .features import FeatureState, replay
from .measures import area_under_curve, average_precision, calibration_error
from .scoring import Reason, RiskModel, Scored, Training, train
from .sources import Source
from .transactions import UNKNOWN

_WARM_UP = 28
_MOST_REASONS = 3


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
    reasons: tuple[Reason, ...]


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
    scored = model.explain_all(rows, most=_MOST_REASONS)
    scores = [
        Score(key=int(key), chance=one.chance, reasons=_reasons(one, merchant=bool(merchant)))
        for key, merchant, one in zip(
            source.stream.key, source.stream.merchant, scored, strict=True
        )
    ]
    half = len(rows) // 2
    return scores, model.drift(rows[half:]) if len(rows) >= 1000 else {}


def _reasons(scored: Scored, *, merchant: bool) -> tuple[Reason, ...]:
    """Return reasons without those about a merchant where there is none."""
    return tuple(r for r in scored.reasons if merchant or not r.feature.startswith("merchant"))


def write_database(
    source: Source, scores: Sequence[Score], path: Path, *, roles: Sequence[str] = ()
) -> Path:
    """Write a copy of the source's DuckDB database with scored transactions; return its model.

    Args:
        source: Where the transactions came from.
        scores: All of them, scored.
        path: The new database; its semantic model is written beside it.
        roles: Who may see the scores, and where rows are shown to them the reasons.

    Raises:
        InputError: the source is no DuckDB database with a semantic model, or has no such role.
        OutputError: the files cannot be written.
    """
    target = source.target
    if target is None or target.engine != "duckdb" or not target.semantic_model:
        raise InputError(
            "only a DuckDB database with a semantic model can hold scores for questions",
            hint="write a .csv file instead",
        )
    model = path.with_suffix(".yaml")
    text = described(Path(target.semantic_model), roles)
    try:
        if path.exists():
            raise OutputError(f"{path} is there already", hint="choose another name")
        shutil.copyfile(target.location, path)
        model.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error
    rows = [
        (score.key, score.chance, "; ".join(map(str, score.reasons)) or None) for score in scores
    ]
    parts = [
        (score.key, place, reason.basis, reason.text)
        for score in scores
        for place, reason in enumerate(score.reasons, 1)
    ]
    call(insert, str(path), rows, parts, seconds=300.0, memory_mb=4096)
    return model


_INSERTED = f"""
CREATE TEMP TABLE scores AS SELECT unnest(?::BIGINT[]) AS transaction_id,
  unnest(?::DOUBLE[]) AS {SCORE}, unnest(?::VARCHAR[]) AS {REASONS}"""
_ADDED = f"""
ALTER TABLE transactions ADD COLUMN {SCORE} DOUBLE;
ALTER TABLE transactions ADD COLUMN {REASONS} VARCHAR;
UPDATE transactions SET {SCORE} = scores.{SCORE}, {REASONS} = scores.{REASONS} FROM scores
  WHERE scores.transaction_id = transactions.transaction_id"""  # noqa: S608 - constants
_PARTS = f"""
CREATE TABLE {PARTS} AS SELECT unnest(?::BIGINT[]) AS transaction_id,
  unnest(?::INTEGER[]) AS place, unnest(?::VARCHAR[]) AS basis, unnest(?::VARCHAR[]) AS reason"""


def insert(
    path: str, rows: list[tuple[int, float, str | None]], parts: list[tuple[int, int, str, str]]
) -> None:
    """Put scores and the parts of their reasons into a database; for a worker process."""
    import duckdb

    with duckdb.connect(path) as connection:
        connection.execute("SET enable_progress_bar=false")
        connection.execute(_INSERTED, [list(column) for column in zip(*rows, strict=True)])
        connection.execute(_ADDED)
        columns = [list(column) for column in zip(*parts, strict=True)] or [[], [], [], []]
        connection.execute(_PARTS, columns)
