"""The guard: every named bypass of the engines is refused, honest queries are admitted."""

from pathlib import Path

import pytest

from assistants.errors import QueryRefused
from sql_agent.catalog import Catalog, CatalogColumn, CatalogTable, read
from sql_agent.database import resolve
from sql_agent.guard import admit

EVERYWHERE = [
    "DROP TABLE accounts",
    "DELETE FROM accounts",
    "UPDATE accounts SET balance = 0",
    "INSERT INTO accounts VALUES (9, 1, 1, 'SAV', 0, NULL)",
    "CREATE TABLE x AS SELECT * FROM accounts",
    "CREATE TEMP TABLE x (a INT)",
    "ALTER TABLE accounts ADD COLUMN x INT",
    "TRUNCATE accounts",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP TABLE accounts",
    "WITH d AS (DELETE FROM accounts RETURNING *) SELECT * FROM d",
    "WITH d AS (UPDATE accounts SET balance = 0 RETURNING *) SELECT * FROM d",
    "WITH d AS (INSERT INTO accounts SELECT * FROM accounts RETURNING *) SELECT * FROM d",
    "SELECT * INTO x FROM accounts",
    "SELECT * FROM accounts FOR UPDATE",
    "SELECT * FROM nothing",
    "SELECT nothing FROM accounts",
    "SELECT accounts.nothing FROM accounts",
    "SELECT * FROM 'accounts.csv'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT * FROM sqlite_master",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pg_catalog.pg_tables",
    "SELECT * FROM main.sqlite_schema",
    "EXPLAIN SELECT 1",
    "SET memory_limit = '1GB'",
    "BEGIN",
    "COMMIT",
    "VACUUM",
    "CALL pragma_version()",
    "GRANT ALL ON accounts TO public",
    "SELECT load_extension('x')",
    "SELECT unknown_function(1)",
    "SELECT * FROM accounts WHERE EXISTS (SELECT 1 FROM read_text('/etc/passwd'))",
    "SELECT (SELECT content FROM read_text('/etc/passwd'))",
    "SELECT * FROM accounts, LATERAL read_csv('x')",
    "SELECT * FROM generate_series(1, 1000000000)",
    "SELECT * FROM accounts TABLESAMPLE 10%",
    "SELECT * FROM (VALUES (1)) v(x) JOIN read_csv('x') ON true",
    "SELECT random()",
    "SELECT 'a'::regclass",
    "",
    ";",
    "-- nothing",
    "hello",
    "SELECT * FROM accounts\x00; DROP TABLE accounts",
    "SELECT " + "(" * 400 + "1" + ")" * 400,
]
DUCKDB = [
    "FROM query('SELECT 1')",
    "SELECT * FROM query('DROP TABLE accounts')",
    "SELECT * FROM query_table('accounts')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_csv_auto('/etc/passwd')",
    "SELECT * FROM read_parquet('x.parquet')",
    "SELECT * FROM read_json('x.json')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM 'https://example.com/x.parquet'",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_tables()",
    "SELECT current_setting('memory_limit')",
    "SELECT getenv('HOME')",
    "SELECT getvariable('x')",
    "COPY accounts TO 'out.csv'",
    "COPY (SELECT 1) TO 'out.csv'",
    "EXPORT DATABASE 'out'",
    "IMPORT DATABASE 'out'",
    "ATTACH 'other.duckdb' AS other",
    "DETACH other",
    "INSTALL httpfs",
    "LOAD httpfs",
    "CHECKPOINT",
    "SET lock_configuration = false",
    "RESET ALL",
    "PRAGMA database_list",
    "DESCRIBE accounts",
    "SUMMARIZE accounts",
    "SHOW TABLES",
    "SELECT * FROM (DESCRIBE accounts)",
    "SELECT * FROM (SHOW TABLES)",
    "PIVOT accounts ON kind USING sum(balance)",
    "SELECT COLUMNS('.*') FROM accounts",
    "SELECT * FROM range(10)",
    "SELECT * FROM unnest([1, 2])",
    "SELECT nextval('s')",
    "SELECT write_log('x')",
]
SQLITE = [
    "ATTACH 'other.db' AS other",
    "PRAGMA query_only = off",
    "PRAGMA writable_schema = on",
    "SELECT * FROM pragma_table_info('accounts')",
    "SELECT fts3_tokenizer('simple')",
    "SELECT writefile('x', 'y')",
    "SELECT readfile('/etc/passwd')",
    "SELECT edit('x')",
    "VACUUM INTO 'copy.db'",
    "REINDEX",
    "SELECT zeroblob(1000000000)",
    "SELECT randomblob(1000000000)",
    "SELECT * FROM dbstat",
    "SELECT * FROM json_each('[1]')",
    "SELECT sqlite_version()",
]
POSTGRES = [
    "SELECT pg_sleep(10)",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT set_config('statement_timeout', '0', false)",
    "SELECT current_setting('is_superuser')",
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_terminate_backend(1)",
    "SELECT pg_notify('x', 'y')",
    "SELECT query_to_xml('DROP TABLE accounts', true, true, '')",
    "SELECT * FROM dblink('', 'SELECT 1') AS t(a int)",
    "SELECT nextval('s')",
    "SELECT current_user",
    "SELECT version()",
    "LISTEN x",
    "NOTIFY x",
    "DO $$ BEGIN END $$",
    "PREPARE p AS SELECT 1",
    "COPY accounts TO PROGRAM 'cat'",
    "SET statement_timeout = 0",
    "LOCK TABLE accounts",
    "TABLE pg_shadow",
    "SELECT * FROM pg_stat_activity",
    "SELECT * FROM generate_series(1, 10)",
    "SELECT xmlparse(document '<a/>')",
    "SELECT U&'\\0041'::regproc",
    "SELECT ctid FROM accounts",
]
HONEST = [
    "SELECT * FROM accounts",
    "select kind, sum(balance) from accounts group by kind having count(*) > 1 order by 2 desc",
    "SELECT a.kind, c.city FROM accounts AS a JOIN customers c ON a.customer_id = c.customer_id",
    "WITH t AS (SELECT customer_id, SUM(balance) AS b FROM accounts GROUP BY 1) SELECT AVG(b) FROM t",
    "SELECT * FROM accounts WHERE balance > (SELECT AVG(balance) FROM accounts)",
    "SELECT name FROM customers WHERE EXISTS (SELECT 1 FROM accounts WHERE accounts.customer_id = customers.customer_id)",
    "SELECT COUNT(DISTINCT kind) FROM accounts WHERE balance BETWEEN 1 AND 100 OR kind IN ('SAV')",
    "SELECT CASE WHEN balance < 0 THEN 'minus' ELSE 'plus' END AS sign FROM accounts",
    "SELECT kind FROM accounts UNION ALL SELECT segment FROM customers",
    "SELECT ROW_NUMBER() OVER (PARTITION BY kind ORDER BY balance DESC) AS n, kind FROM accounts",
    "SELECT COALESCE(city, 'none'), LOWER(name), ROUND(income, 1) FROM customers LIMIT 3 OFFSET 1",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r",
    "SELECT CAST(balance AS INTEGER) FROM accounts; -- one statement and a comment",
    "(SELECT 1)",
]


def _as(catalog: Catalog, dialect: str) -> Catalog:
    return Catalog(dialect=dialect, tables=catalog.tables)


@pytest.fixture(scope="session")
def catalog(bank_duckdb: Path) -> Catalog:
    return read(resolve(str(bank_duckdb)))


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        *(("duckdb", sql) for sql in EVERYWHERE + DUCKDB),
        *(("sqlite", sql) for sql in EVERYWHERE + SQLITE),
        *(("postgres", sql) for sql in EVERYWHERE + POSTGRES),
    ],
)
def test_attacks_are_refused(catalog: Catalog, dialect: str, sql: str) -> None:
    with pytest.raises(QueryRefused) as caught:
        admit(sql, _as(catalog, dialect))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("dialect", ["duckdb", "sqlite", "postgres"])
@pytest.mark.parametrize("sql", HONEST)
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
