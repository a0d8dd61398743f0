"""`plumb semantic`: drafts load again, and what the database contradicts is found."""

import shutil
from pathlib import Path

import pytest

from assistants.answer import Verdict
from assistants.errors import InputError
from sql_agent import ask, check_semantic_model, draft_semantic_model
from sql_agent.semantic_file import dump
from sql_agent.semantic_model import load, loads


@pytest.fixture
def bank_copy(bank_duckdb: Path, tmp_path: Path) -> Path:
    for name in ("bank.duckdb", "bank.yaml"):
        shutil.copy(bank_duckdb.parent / name, tmp_path / name)
    return tmp_path / "bank.duckdb"


def test_a_draft_is_a_model_that_answers(bank_copy: Path) -> None:
    text = draft_semantic_model(str(bank_copy))
    model = loads(text)
    assert {table.name for table in model.tables} == {
        "accounts",
        "branches",
        "customers",
        "transactions",
    }
    assert len(model.joins) == 3
    bank_copy.with_suffix(".yaml").write_text(text)
    assert ask(str(bank_copy), "number of accounts by kind").to_dict()["rows"] == [
        ["CUR", 2],
        ["SAV", 2],
    ]


def test_a_model_is_written_as_it_was_read(bank_copy: Path) -> None:
    model = load(bank_copy.with_suffix(".yaml"))
    assert loads(dump(model)) == model


def test_a_right_model_is_refuted_nowhere(bank_copy: Path) -> None:
    checks = check_semantic_model(str(bank_copy))
    assert {check.verdict for check in checks} == {Verdict.PROVED}
    assert {check.by.split(" ")[0] for check in checks} == {"table", "join", "metric", "verified"}


@pytest.mark.parametrize(
    ("old", "new", "part", "said"),
    [
        ("SAV: [savings", "SVG: [savings", "column accounts.kind", "never holds SVG"),
        (
            "{name: balance, type: decimal",
            "{name: balance, type: text, role: text",
            "column",
            "not",
        ),
        (
            "accounts.customer_id = customers.customer_id,\n     cardinality: many_to_one",
            "accounts.customer_id = customers.customer_id,\n     cardinality: one_to_one",
            "join accounts to customers",
            "same key",
        ),
        (
            "SELECT name FROM customers ORDER",
            "SELECT nome FROM customers ORDER",
            "verified",
            "nome",
        ),
    ],
)
def test_what_is_wrong_is_found(bank_copy: Path, old: str, new: str, part: str, said: str) -> None:
    file = bank_copy.with_suffix(".yaml")
    text = file.read_text().replace(
        ", unit: USD}\n      - {name: opened", "}\n      - {name: opened"
    )
    assert old in text
    file.write_text(text.replace(old, new))
    wrong = [c for c in check_semantic_model(str(bank_copy)) if c.verdict is Verdict.REFUTED]
    assert any(check.by.startswith(part) and said in check.detail for check in wrong)


def test_there_must_be_a_model(bank_copy: Path) -> None:
    bank_copy.with_suffix(".yaml").unlink()
    with pytest.raises(InputError, match="no semantic model"):
        check_semantic_model(str(bank_copy))
