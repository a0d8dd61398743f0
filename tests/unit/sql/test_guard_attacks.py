"""The guard: every named bypass of the engines is refused, honest queries are admitted."""

from pathlib import Path

import pytest

from assistants.errors import QueryRefused
from sql_agent.catalog import Catalog, CatalogColumn, CatalogTable
from sql_agent.catalog_reader import read
from sql_agent.database import resolve
from sql_agent.guard import admit

GOLDEN = Path(__file__).parents[2] / "golden" / "sql"


def _lines(name: str) -> list[str]:
    text = (GOLDEN / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


ATTACKS = [line.split("\t", 1) for line in _lines("attacks.txt")]
UNPRINTABLE = [
    "",
    "SELECT * FROM accounts\x00; DROP TABLE accounts",
    "SELECT " + "(" * 400 + "1" + ")" * 400,
    "SELECT * FROM accounts\r\n;DROP TABLE accounts",
]
DIALECTS = ("duckdb", "sqlite", "postgres")


def _as(catalog: Catalog, dialect: str) -> Catalog:
    return Catalog(dialect=dialect, tables=catalog.tables)


@pytest.fixture(scope="session")
def catalog(bank_duckdb: Path) -> Catalog:
    return read(resolve(str(bank_duckdb)))


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        *((d, sql) for place, sql in ATTACKS for d in (DIALECTS if place == "all" else (place,))),
        *((d, sql) for sql in UNPRINTABLE for d in DIALECTS),
    ],
)
def test_attacks_are_refused(catalog: Catalog, dialect: str, sql: str) -> None:
    with pytest.raises(QueryRefused) as caught:
        admit(sql, _as(catalog, dialect))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("sql", _lines("honest.txt"))
def test_honest_queries_are_admitted(catalog: Catalog, dialect: str, sql: str) -> None:
    assert admit(sql, _as(catalog, dialect)).sql


def test_comments_do_not_survive(catalog: Catalog) -> None:
    admitted = admit("SELECT kind /* secret */ FROM accounts -- more", catalog)
    assert admitted.sql == "SELECT kind FROM accounts"
    assert admitted.tables == ("accounts",)


def test_a_common_table_hides_no_real_one(catalog: Catalog) -> None:
    """A name with a schema is never a common table expression."""
    with pytest.raises(QueryRefused):
        admit("WITH hidden AS (SELECT 1 AS a) SELECT * FROM other.hidden", catalog)
    with pytest.raises(QueryRefused):
        admit(
            "SELECT * FROM (WITH hidden AS (SELECT 1 AS a) SELECT * FROM hidden) x, hidden", catalog
        )


def test_the_refusal_names_the_part(catalog: Catalog) -> None:
    with pytest.raises(QueryRefused, match=r"read_text\(\)"):
        admit("SELECT * FROM read_text('x')", catalog)
    with pytest.raises(QueryRefused, match="no table 'accnts'") as caught:
        admit("SELECT * FROM accnts", catalog)
    assert "accounts" in caught.value.hint


def test_tables_of_other_schemas_are_told_apart() -> None:
    column = CatalogColumn(name="a", type="integer", native="integer")
    table = CatalogTable(name="hr.staff", schema="hr", relation="staff", columns=(column,))
    catalog = Catalog(dialect="postgres", tables=(table,))
    assert admit("SELECT a FROM hr.staff", catalog).tables == ("hr.staff",)
    with pytest.raises(QueryRefused):
        admit("SELECT a FROM public.staff", catalog)
