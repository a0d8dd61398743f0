"""Names of undescribed databases as people say them, and questions over such a database."""

import duckdb
import pytest

from assistants.answer import Status
from sql_agent import ask
from sql_agent.spoken import abbreviates, column_names, table_names


def test_prefixes_of_tables_are_left_off_and_abbreviations_written_out() -> None:
    found = table_names(["tbl_cust", "tbl_pymt", "dim_branch"])
    assert found["tbl_cust"] == ("customer",)
    assert found["tbl_pymt"] == ("payment",)
    assert found["dim_branch"] == ("branch",)


def test_a_prefix_is_shared_by_all_tables() -> None:
    found = table_names(["sbCustomer", "sbTicker", "sbTransaction"])
    assert found == {
        "sbCustomer": ("customer",),
        "sbTicker": ("ticker",),
        "sbTransaction": ("transaction",),
    }


def test_columns_are_called_after_what_their_names_are_short_for() -> None:
    names = ["brw_id", "brw_nm", "dob", "annual_inc", "st_cd", "issue_dt"]
    found = column_names(("tbl_borrower", "borrower"), names, frozenset(("dob", "issue_dt")))
    assert "borrower name" in found["brw_nm"]
    assert found["dob"][0] == "date of birth"
    assert "annual income" in found["annual_inc"]
    assert {"state code", "state"} <= set(found["st_cd"])
    assert {"issue date", "issued"} <= set(found["issue_dt"])


def test_what_most_columns_begin_with_says_nothing() -> None:
    names = ["sbTxId", "sbTxType", "sbTxAmount", "sbTxDateTime"]
    found = column_names(("sbTransaction", "transaction"), names, frozenset())
    assert "type" in found["sbTxType"]
    assert "amount" in found["sbTxAmount"]


@pytest.mark.parametrize(
    ("short", "word", "is_one"),
    [
        ("brw", "borrower", True),
        ("cust", "customer", True),
        ("loan", "loan", False),
        ("b", "borrower", False),
        ("rate", "borrower", False),
        ("bwx", "borrower", False),
    ],
)
def test_an_abbreviation_has_the_letters_of_its_word_in_order(
    short: str, word: str, *, is_one: bool
) -> None:
    assert abbreviates(short, word) is is_one


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("lender") / "lender.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE tbl_brw(brw_id INTEGER PRIMARY KEY, brw_nm VARCHAR, sex VARCHAR);"
            "CREATE TABLE tbl_loan(ln_id INTEGER PRIMARY KEY, brw_id INTEGER REFERENCES"
            " tbl_brw(brw_id), grade VARCHAR, ln_amt DOUBLE, int_rate DOUBLE, issue_dt DATE);"
            "INSERT INTO tbl_brw VALUES (1,'Ada Abel','F'),(2,'Ben Born','M'),(3,'Ada Abel','F');"
            "INSERT INTO tbl_loan VALUES (1,1,'A',100,5.0,'2023-02-01'),(2,1,'B',200,7.5,"
            "'2023-03-01'),(3,2,'A',400,6.0,'2024-01-05');"
        )
    return str(path)


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("How many borrowers are there?", [(3,)]),
        ("What is the average loan amount?", [(700 / 3,)]),
        ("How many loans were issued in 2023?", [(2,)]),
        ("What is the highest interest rate on a grade A loan?", [(6.0,)]),
        ("How many women are there?", [(2,)]),
        ("How many borrowers have no loan?", [(1,)]),
    ],
)
def test_a_database_of_abbreviations_answers(
    lender: str, question: str, rows: list[tuple[object, ...]]
) -> None:
    answer = ask(lender, question)
    assert answer.status is Status.ANSWERED, answer.reason
    assert answer.best is not None
    assert list(answer.best.candidate.rows) == [
        tuple(pytest.approx(v) if isinstance(v, float) else v for v in row) for row in rows
    ]


def test_people_of_one_name_are_told_apart(lender: str) -> None:
    answer = ask(lender, "Which borrowers are female?")
    assert answer.best is not None
    assert len(answer.best.candidate.rows) == 2
