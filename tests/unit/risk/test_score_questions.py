"""Questions about a scored database: the riskiest, why, and what a role is told of the reasons."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from assistants.answer import Answer, Status
from assistants.errors import InputError
from sql_agent.asking import ask
from sql_agent.database import resolve
from sql_agent.governance import Access, ask_as, query_as
from sql_agent.governance.gate import open_gate
from sql_agent.governance.policy_file import load_policy
from sql_agent.result import QueryResult
from sql_agent.risk import Score, write_database
from sql_agent.risk.features import BASES, NAMES, SPEAK_OF
from sql_agent.risk.scoring import Reason
from sql_agent.risk.sources import Source
from sql_agent.risk.transactions import World, simulate
from sql_agent.semantic_model import loads
from sql_agent.workspace import open_workspace

MODEL = """
version: 1
name: bank
default_date: transactions.occurred_at
tables:
  - name: accounts
    primary_key: [account_id]
    columns:
      - {name: account_id, type: integer, role: key}
      - {name: owner, type: text, role: text, pii: true}
  - name: transactions
    primary_key: [transaction_id]
    columns:
      - {name: transaction_id, type: integer, role: key}
      - {name: account_id, type: integer, role: key}
      - {name: occurred_at, type: timestamp, pii: true}
      - name: kind
        type: text
        values: {transfer: [transfer, transfers], purchase: [purchase, purchases]}
      - {name: channel, type: text}
      - {name: amount, type: decimal, unit: USD}
joins:
  - {left: transactions, right: accounts, on: transactions.account_id = accounts.account_id,
     cardinality: many_to_one}
governance:
  version: 1
  person: accounts.account_id
  safe_harbor: false
  identifiers:
    names: [accounts.owner]
    dates: [transactions.occurred_at]
  roles:
    - name: investigator
      rows_shown: true
      dates: day
      columns: {transactions: [occurred_at, kind, channel, amount], accounts: []}
    - name: desk
      rows_shown: true
      dates: day
      columns: {transactions: [occurred_at, kind, channel, amount]}
      rows: [{table: transactions, where: "channel <> 'branch'"}]
    - name: clerk
      rows_shown: true
      columns: {transactions: [kind, channel]}
    - name: analyst
      columns: {transactions: [kind, channel, amount], accounts: []}
"""
ROWS = """
CREATE TABLE accounts AS SELECT i AS account_id, 'Owner ' || i AS owner FROM range(1, 31) t(i);
CREATE TABLE transactions AS SELECT i AS transaction_id, 1 + i % 30 AS account_id,
  TIMESTAMP '2025-12-01 03:00:00' + INTERVAL (i) HOUR AS occurred_at,
  CASE WHEN i % 2 = 0 THEN 'transfer' ELSE 'purchase' END AS kind,
  CASE WHEN i % 7 = 0 THEN 'branch' ELSE 'online' END AS channel,
  CAST(i AS DECIMAL(10, 2)) AS amount FROM range(1, 601) t(i);
"""
ALL = ("investigator", "desk", "clerk", "analyst")


def reasons(key: int) -> tuple[Reason, ...]:
    return (
        Reason(text=f"an amount of {key}", feature="amount"),
        Reason(text="the time of day", feature="night"),
        Reason(text=f"{key} payments of the card today", feature="card_count_1"),
        Reason(text="9 known frauds of the card", feature="card_known_frauds"),
    )


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    folder = tmp_path_factory.mktemp("bank")
    path = folder / "bank.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(ROWS)
    path.with_suffix(".yaml").write_text(MODEL, encoding="utf-8")
    few = simulate(World(cards=5, terminals=5, days=2, radius=200.0), seed=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLUMB_STATE_DIR", str(folder / "state"))
        patch.setenv("PLUMB_CACHE_DIR", str(folder / "cache"))
        yield Source(stream=few, first=datetime(2025, 1, 1), target=resolve(str(path)))  # noqa: DTZ001


@pytest.fixture(scope="module")
def scored(original: Source, tmp_path_factory: pytest.TempPathFactory) -> str:
    """600 transactions of which the later ones are riskier; 1000 - i thousandths below the top."""
    scores = [Score(key=i, chance=i / 1000, reasons=reasons(i)) for i in range(1, 601)]
    path = tmp_path_factory.mktemp("scored") / "scored.duckdb"
    write_database(original, scores, path, roles=ALL)
    return str(path)


def result(answer: Answer[QueryResult]) -> QueryResult:
    assert answer.status is Status.ANSWERED, answer.reason
    assert answer.best is not None
    return answer.best.candidate


@pytest.mark.parametrize(
    "question",
    [
        "the riskiest three transfers yesterday and why",
        "the three riskiest transfers yesterday and the reasons",
        "three riskiest transfers yesterday with their risk reasons",
        "explain the three riskiest transfers yesterday",
        "why are the three riskiest transfers yesterday risky?",
        "Top three most suspicious transfers yesterday, and tell me why they are risky",
    ],
)
def test_the_riskiest_and_why(question: str, scored: str) -> None:
    found = result(ask(scored, question))
    assert found.columns == ("transaction_id", "risk_score", "risk_reasons")
    # the data end on 26 December at 03:00; 25 December has the hours 573 to 596
    assert [row[0] for row in found.rows] == [596, 594, 592]
    assert str(found.rows[0][2]).startswith("an amount of 596; the time of day; ")
    assert "transactions.risk_reasons" in found.lineage["risk_reasons"]


def test_without_why_there_are_no_reasons(scored: str) -> None:
    found = result(ask(scored, "the riskiest transaction yesterday"))
    assert found.columns == ("transaction_id", "risk_score")
    assert found.rows == ((596, 0.596),)


def test_a_group_is_as_risky_as_its_riskiest_row_and_has_its_reasons(scored: str) -> None:
    found = result(ask(scored, "the two riskiest accounts and why"))
    assert [row[:2] for row in found.rows] == [(1, 0.6), (30, 0.599)]
    assert str(found.rows[0][2]).startswith("an amount of 600; ")
    one = result(ask(scored, "why is account 30 risky?"))
    assert [row[:2] for row in one.rows] == [(30, 0.599)]
    assert str(one.rows[0][2]).startswith("an amount of 599; ")


@pytest.mark.parametrize(
    "question",
    ["why is transfer 44 risky?", "explain the score of transaction 44", "how risky is transfer #44?",
     "Why does transaction number 44 have such a high risk score", "reasons for transaction 44"],
)  # fmt: skip
def test_one_row_by_its_number(question: str, scored: str) -> None:
    found = result(ask(scored, question))
    assert found.rows[0][:2] == (44, 0.044)
    assert str(found.rows[0][2]).startswith("an amount of 44; ")


def test_a_number_of_another_kind_is_no_row(scored: str) -> None:
    assert result(ask(scored, "why is transfer 45 risky?")).rows == ()


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("the largest transfers yesterday and why", "why"),
        ("average risk score by channel and why", "why"),
        ("risky transfers yesterday", "is no number"),
        ("high-risk transactions yesterday", "is no number"),
        ("why did transfers rise last week?", "no forecast, reason or advice"),
        ("why is transfer 44 of account 7 risky?", "no forecast, reason or advice"),
    ],
)
def test_what_nobody_knows_the_reasons_of(question: str, reason: str, scored: str) -> None:
    answer = ask(scored, question)
    assert answer.status in {Status.REFUSED, Status.ABSTAINED}
    assert reason in answer.reason


def test_a_database_without_scores_knows_no_riskiest(original: Source) -> None:
    assert original.target is not None
    place = original.target.location
    for question in ("the riskiest transaction yesterday", "the largest transfer and why"):
        assert ask(place, question).status in {Status.REFUSED, Status.ABSTAINED}


def test_scores_are_numbers_in_other_questions(scored: str) -> None:
    mean = result(ask(scored, "average risk score by kind"))
    assert {row[0]: round(float(str(row[1])), 4) for row in mean.rows} == {
        "purchase": 0.3,
        "transfer": 0.301,
    }
    above = result(ask(scored, "number of transactions with a risk above 59.5%"))
    assert above.rows == ((5,),)
    larger = result(ask(scored, "the two riskiest transfers below 500 dollars and why"))
    assert [row[0] for row in larger.rows] == [498, 496]
    among = result(ask(scored, "which transfer was the riskiest in December 2025"))
    assert [row[0] for row in among.rows] == [600]


# --- in a role ----------------------------------------------------------------------------------


def told(scored: str, role: str, question: str) -> QueryResult:
    return result(ask_as(scored, question, access=Access(who="eve", role=role, purpose="fraud")))


def test_an_investigator_sees_all_but_the_clock_and_labels(scored: str) -> None:
    found = told(scored, "investigator", "the riskiest two transfers yesterday and why")
    assert found.columns[-2:] == ("risk_score", "risk_reasons")
    assert not {"transaction_id", "account_id"} & set(found.columns)
    assert [row[-1] for row in found.rows] == [
        "an amount of 596; 596 payments of the card today",
        "an amount of 594; 594 payments of the card today",
    ]


def test_reasons_made_from_rows_that_a_role_may_not_see_are_not_there(scored: str) -> None:
    found = told(scored, "desk", "the riskiest two transfers yesterday and why")
    assert [row[-1] for row in found.rows] == ["an amount of 596", "an amount of 594"]


def test_reasons_about_columns_that_a_role_does_not_see_are_not_there(scored: str) -> None:
    found = told(scored, "clerk", "the riskiest two transfers and why")
    assert [row[-1] for row in found.rows] == [None, None]
    gate = open_gate(resolve(scored), Access(who="eve", role="clerk", purpose="fraud"))
    with duckdb.connect(gate.target.location, read_only=True) as own:
        assert own.execute("SHOW TABLES").fetchall() == [("transactions",)]
        kept = own.execute("SELECT DISTINCT risk_reasons FROM transactions").fetchall()
    assert kept == [(None,)]


def test_the_parts_of_reasons_are_in_no_role_s_data(scored: str) -> None:
    access = Access(who="eve", role="investigator", purpose="fraud")
    answer = query_as(scored, "SELECT reason FROM risk_reasons_parts", access=access)
    assert answer.status is Status.REFUSED


def test_who_sees_figures_only_gets_scores_in_groups_and_no_reasons(scored: str) -> None:
    found = told(scored, "analyst", "average risk score by channel")
    assert {str(row[0]) for row in found.rows} == {"branch", "online"}
    access = Access(who="eve", role="analyst", purpose="fraud")
    assert ask_as(scored, "the riskiest transfers and why", access=access).status is Status.REFUSED
    assert query_as(scored, "SELECT risk_score FROM transactions", access=access).status is (
        Status.REFUSED
    )


def test_a_role_by_its_number_is_refused(scored: str) -> None:
    access = Access(who="eve", role="investigator", purpose="fraud")
    assert ask_as(scored, "why is transaction 44 risky?", access=access).status is Status.REFUSED


def test_a_role_that_was_not_named_sees_no_scores(original: Source, tmp_path: Path) -> None:
    path = tmp_path / "other.duckdb"
    write_database(original, [Score(key=1, chance=0.5, reasons=())], path, roles=["desk"])
    model = open_workspace(resolve(str(path))).model
    policy = load_policy(path.with_suffix(".yaml"), model)
    seen = {role.name: "risk_score" in role.columns["transactions"] for role in policy.roles}
    assert seen == {"investigator": False, "desk": True, "clerk": False, "analyst": False}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[kind, channel, amount, risk_score]", "[kind, risk_score, risk_reasons]", "shown none"),
        ("  reasons:\n    column", "  ledger: person\n  reazons:\n    column", "unknown key"),
        ("rows of transactions", "rows of nothing", "no table"),
        ("day of transactions.occurred_at", "day of transactions.amount", "no date"),
    ],
)
def test_a_policy_that_would_say_too_much_is_refused(
    old: str, new: str, message: str, scored: str, tmp_path: Path
) -> None:
    path = tmp_path / "scored.yaml"
    text = Path(scored).with_suffix(".yaml").read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_policy(path, loads(text))


def test_every_feature_says_what_it_speaks_of() -> None:
    assert set(BASES) == set(NAMES)
    assert set(BASES.values()) == set(SPEAK_OF)
    assert all("transactions.is_fraud" in SPEAK_OF[BASES[n]] for n in NAMES if "fraud" in n)
    assert all("rows of transactions" in SPEAK_OF[BASES[n]] for n in NAMES if "_count_" in n)
