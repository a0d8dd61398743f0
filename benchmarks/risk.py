"""How well does the transaction score find fraud from 500 labels, and how quickly?

    python benchmarks/risk.py

The simulator of `sql_agent/risk/transactions.py` (5,000 cards, 10,000 terminals and the daily
compromises of the Fraud Detection Handbook at scale 1; cards, terminals and compromises in
proportion at smaller scales). Days up to 40 only fill histories; 500 labels are chosen from days 40
to 69 and nothing else is labelled for training; features use all labels that are 7 days old; test
days are 77 and later, so no feedback of the training days is missing. *Without feedback*: neither
features nor calibration from labels that came back. *Ceiling*: an oracle that knows every fraud but
those at a terminal in its first 7 days, which nothing in the stream tells from others.
"""

import argparse
import time
from collections.abc import Mapping
from statistics import median, quantiles
from typing import Any

import numpy as np
from _record import record

from sql_agent.risk.features import FeatureState, replay
from sql_agent.risk.measures import area_under_curve, average_precision, calibration_error
from sql_agent.risk.scoring import RiskModel, Training, train
from sql_agent.risk.transactions import DAY, Floats, Transactions, World, simulate

DELAY, FIRST, LAST = 7, 40, 70


def options(parser: argparse.ArgumentParser) -> None:
    """Add the benchmark's own arguments."""
    parser.add_argument("--scale", type=float, default=0.5)
    parser.add_argument("--days", type=int, default=100)
    parser.add_argument("--labels", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Simulate, train, score."""
    scale = 0.1 if arguments.quick else arguments.scale
    world = World(
        cards=round(5000 * scale),
        terminals=round(10_000 * scale),
        days=arguments.days,
        radius=5 / scale**0.5,
        compromised_a_day=max(1, round(2 * scale)),
        leaked_a_day=max(1, round(3 * scale)),
    )
    stream = simulate(world, seed=arguments.seed)
    began = time.process_time()
    rows = replay(FeatureState(DELAY), stream)
    features = (time.process_time() - began) / len(stream)
    frauds = stream.label == 1
    results: dict[str, Any] = {
        "transactions": len(stream),
        "fraud_percent": round(100 * float(frauds.mean()), 3),
        "frauds_by_scenario": [int((stream.scenario[frauds] == k).sum()) for k in (1, 2, 3)],
        "features_us_processor": round(1e6 * features, 1),
    }
    model = _model(rows, stream, arguments, feedback=True)
    results["with_feedback"] = _figures(model, rows, stream)
    bare = _model(rows, stream, arguments, feedback=False)
    results["without_feedback"] = _figures(bare, rows, stream)
    results["ceiling"] = _ceiling(stream)
    results["one_by_one"] = _speed(model, stream)
    return results


def _model(
    rows: Floats, stream: Transactions, arguments: argparse.Namespace, *, feedback: bool
) -> RiskModel:
    day = stream.day
    pool = np.flatnonzero((day >= FIRST) & (day < LAST))
    late = np.flatnonzero((day >= LAST - 7) & (day < LAST))
    return train(
        rows[pool],
        lambda places: stream.label[pool][places],
        calibration=(rows[late], stream.label[late]),
        settings=Training(labels=arguments.labels, feedback=feedback, seed=arguments.seed),
        delay=DELAY,
    )


def _figures(model: RiskModel, rows: Floats, stream: Transactions) -> dict[str, Any]:
    test = stream.day >= LAST + DELAY
    labels, chances = stream.label[test], model.chances(rows[test])
    scenario = stream.scenario[test]
    by_kind = [
        round(area_under_curve(labels[kept], chances[kept]), 4)
        for k in (1, 2, 3)
        if (kept := (scenario == k) | (labels == 0)).any()
    ]
    return {
        "tested": int(test.sum()),
        "area_under_curve": round(area_under_curve(labels, chances), 4),
        "average_precision": round(average_precision(labels, chances), 4),
        "calibration_error": round(calibration_error(labels, chances), 5),
        "area_by_scenario": by_kind,
    }


def _ceiling(stream: Transactions) -> dict[str, float]:
    """Score by the truth, but for frauds at terminals that nobody can know of yet."""
    known: dict[int, float] = {}
    scores = np.zeros(len(stream))
    for i, (time_, merchant, kind, label) in enumerate(
        zip(stream.time, stream.merchant, stream.scenario, stream.label, strict=True)
    ):
        if label and kind == 2:
            first = known.get(int(merchant))
            if first is None or time_ - first > 28 * DAY:
                known[int(merchant)] = first = float(time_)
            scores[i] = float(time_ // DAY - first // DAY >= DELAY)
        else:
            scores[i] = float(label)
    test = stream.day >= LAST + DELAY
    return {
        "area_under_curve": round(area_under_curve(stream.label[test], scores[test]), 4),
        "average_precision": round(average_precision(stream.label[test], scores[test]), 4),
    }


def _speed(model: RiskModel, stream: Transactions, count: int = 2000) -> dict[str, float]:
    """Score one by one, features and reasons included, behind a filled history."""
    state = FeatureState(DELAY)
    columns = (stream.time, stream.card, stream.merchant, stream.amount, stream.label)
    lists = [column[-20_000:].tolist() for column in columns]
    spent: list[float] = []
    for i, (when, card, merchant, amount, label) in enumerate(zip(*lists, strict=True)):
        if i >= len(lists[0]) - count:
            began = time.process_time()
            model.explain(np.array(state.row(when, card, merchant, amount)))
            state.happened(when, card, merchant, amount, label)
            spent.append(time.process_time() - began)
        else:
            state.happened(when, card, merchant, amount, label)
    return {
        "p50_ms_processor": round(1000 * median(spent), 3),
        "p99_ms_processor": round(1000 * quantiles(spent, n=100)[-1], 3),
        "a_second": round(len(spent) / sum(spent)),
    }


if __name__ == "__main__":
    record("risk", measure, options=options)
