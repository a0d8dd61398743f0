"""Risk scores: features without a look ahead, measures from hand, trees, files, questions."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistants.errors import InputError
from sql_agent.risk import RiskModel, Training, load, load_source, save, score_source, train_source
from sql_agent.risk.boosting import Boosting, fit
from sql_agent.risk.features import NAMES, FeatureState, replay
from sql_agent.risk.measures import area_under_curve, average_precision, stability
from sql_agent.risk.transactions import DAY, UNKNOWN, World, simulate

SMALL = World(cards=60, terminals=40, days=45, radius=40.0, compromised_a_day=1, leaked_a_day=1)


def at(name: str) -> int:
    return NAMES.index(name)


def test_the_simulator_is_seeded_and_has_three_kinds_of_fraud() -> None:
    first, second = simulate(SMALL, seed=3), simulate(SMALL, seed=3)
    assert np.array_equal(first.amount, second.amount)
    assert not np.array_equal(first.amount[:50], simulate(SMALL, seed=4).amount[:50])
    assert set(first.scenario[first.label == 1]) >= {2, 3}
    assert (first.label[first.scenario == 0] == 0).all()
    assert (np.diff(first.time) >= 0).all()


def test_windows_count_days_up_to_today() -> None:
    state = FeatureState(delay=7)
    for day, amount in ((0, 10.0), (3, 20.0), (8, 30.0), (9, 40.0)):
        state.happened(day * DAY + 100, 1, 5, amount)
    row = state.row(9 * DAY + 200, 1, 5, 120.0)
    assert [row[at(f"card_count_{w}")] for w in (1, 7, 30)] == [1, 3, 4]
    assert row[at("card_mean_7")] == pytest.approx(30.0)
    assert row[at("card_mean_30")] == pytest.approx(25.0)
    assert row[at("amount_ratio")] == pytest.approx(120 / 25)
    assert row[at("merchant_count_7")] == 3
    assert row[at("hours_since_last")] == pytest.approx(100 / 3600)
    later = state.row(45 * DAY, 1, 5, 10.0)
    assert later[at("card_count_30")] == 0


def test_how_far_above_usual_the_last_payments_were() -> None:
    state = FeatureState(delay=7)
    for day, amount in ((0, 10.0), (1, 10.0), (2, 35.0), (3, 20.0), (16, 400.0)):
        state.happened(day * DAY, 1, 5, amount)
    row = state.row(16 * DAY + 1, 1, 5, 10.0)
    # the usual amount is 10, then 10, then (10, 10, 35) 10, then (10, 10, 20, 35) 20;
    # day 2 is no longer among the last 14 days: twice the usual on day 3, and 20 times on day 16
    assert row[at("card_top_14")] == 12.0  # more says no more
    assert row[at("card_excess_14")] == pytest.approx((2 - 1.5) + (12 - 1.5))
    assert row[at("card_excess_mean_14")] == pytest.approx(11.0 / 3)
    assert state.row(16 * DAY, 2, 5, 10.0)[at("card_top_14")] == 0.0


def test_labels_count_only_after_the_delay() -> None:
    state = FeatureState(delay=7)
    state.happened(2 * DAY, 1, 5, 10.0, label=1)
    assert state.row(8 * DAY, 2, 5, 10.0)[at("merchant_known_frauds")] == 0
    known = state.row(9 * DAY, 2, 5, 10.0)
    assert known[at("merchant_known_frauds")] == 1
    assert known[at("merchant_risk_7")] == pytest.approx(0.5)
    assert known[at("merchant_days_since_fraud")] == 7
    assert state.row(9 * DAY, 1, 6, 10.0)[at("card_known_frauds")] == 1


def test_one_s_own_label_changes_nothing() -> None:
    stream = simulate(SMALL, seed=1)
    half = len(stream) // 2
    flipped = stream.label.copy()
    flipped[half] = 1 - flipped[half]
    before = replay(FeatureState(), stream)
    after = replay(FeatureState(), replace(stream, label=flipped))
    same_week = stream.time < stream.time[half] + 6 * DAY
    assert np.array_equal(before[same_week], after[same_week])


def test_measures_by_hand() -> None:
    labels, scores = np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1])
    assert area_under_curve(labels, scores) == pytest.approx(3 / 4)
    assert average_precision(labels, scores) == pytest.approx((1 + 2 / 3) / 2)
    assert area_under_curve(labels, np.zeros(4)) == pytest.approx(0.5)
    assert average_precision(labels, np.zeros(4)) == pytest.approx(0.5)
    spread = np.arange(1000.0)
    assert stability(spread, spread) < 0.01
    assert stability(spread, spread + 600) > 0.25


def test_trees_learn_an_interaction_and_say_why() -> None:
    random = np.random.default_rng(0)
    rows = random.random((800, 4))
    labels = ((rows[:, 0] > 0.5) ^ (rows[:, 1] > 0.5)).astype(np.int64)
    trees = fit(rows, labels, settings=Boosting(trees=80, columns=1.0))
    assert area_under_curve(labels, trees.score(rows)) > 0.97
    total, shares = trees.explained_one(rows[7])
    assert total == pytest.approx(float(trees.score(rows[7:8])[0]))
    assert np.abs(shares[:2]).sum() > np.abs(shares[2:]).sum()
    many, every = trees.explained(rows[:20])
    assert np.allclose(many, trees.score(rows[:20]))
    assert np.allclose(every[7], shares)


@pytest.fixture(scope="module")
def trained() -> RiskModel:
    source = load_source("simulated:60", seed=2)
    found = train_source(source, Training(labels=200, boosting=Boosting(trees=30)))
    assert found.labels == 200
    assert found.area > 0.75
    return found.model


def test_a_model_is_read_as_it_was_written(trained: RiskModel, tmp_path: Path) -> None:
    save(trained, tmp_path / "m.npz")
    again = load(tmp_path / "m.npz")
    rows = np.random.default_rng(1).random((20, len(NAMES))) * 50
    assert np.array_equal(trained.chances(rows), again.chances(rows))
    (tmp_path / "bad.npz").write_bytes(b"no model")
    with pytest.raises(InputError):
        load(tmp_path / "bad.npz")


def test_a_csv_is_scored_with_reasons(trained: RiskModel, tmp_path: Path) -> None:
    lines = ["transaction_id,occurred_at,card_id,merchant_id,amount,is_fraud"]
    lines += [f"{i},2025-03-{1 + i // 4:02} 12:0{i % 4}:00,1,{1 + i % 3},20.5,0" for i in range(40)]
    lines.append("99,2025-03-11 03:00:00,1,2,900,")
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    scores, _ = score_source(trained, load_source(str(path)))
    riskiest = max(scores, key=lambda one: one.chance)
    assert riskiest.key == 99
    assert any("amount" in reason.text for reason in riskiest.reasons)
    path.write_text(lines[0] + "\n1,yesterday,1,1,5,0\n", encoding="utf-8")
    with pytest.raises(InputError, match="transaction 1"):
        load_source(str(path))


def test_unknown_labels_stay_unknown(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "transaction_id,occurred_at,card_id,merchant_id,amount\n1,2025-01-01,1,,5\n",
        encoding="utf-8",
    )
    stream = load_source(str(path)).stream
    assert stream.label.tolist() == [UNKNOWN]
    assert stream.merchant.tolist() == [0]
