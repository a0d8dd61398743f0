"""The generators: small builds for what holds at any size, one full build for the promises."""

import hashlib
import importlib
from pathlib import Path

import duckdb
import pytest

NAMES = ("finance", "medical")
FIRST_TABLES = {"finance": "branches", "medical": "patients"}


def build(name, path, **options):
    importlib.import_module(f"sql_agent.{name}.generate").build(path, **options)
    return duckdb.connect(str(path), read_only=True)


def tables(connection):
    rows = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    return sorted(name for (name,) in rows)


def digest(connection):
    total = hashlib.sha256()
    for table in tables(connection):
        rows = connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
        total.update(repr((table, rows)).encode())
    return total.hexdigest()


def one(connection, sql):
    return connection.execute(sql).fetchone()[0]


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_same_contents_other_seed_others(name, tmp_path):
    first = digest(build(name, tmp_path / "a.duckdb", seed=5, scale=0.02))
    again = digest(build(name, tmp_path / "b.duckdb", seed=5, scale=0.02))
    other = digest(build(name, tmp_path / "c.duckdb", seed=6, scale=0.02))
    assert first == again
    assert first != other


@pytest.mark.parametrize("name", NAMES)
def test_at_least_a_hundred_thousand_rows(full, name):
    connection = full[name]
    counts = [one(connection, f"SELECT count(*) FROM {t}") for t in tables(connection)]
    assert sum(counts) >= 100_000
    assert min(counts) > 0


@pytest.mark.parametrize("name", NAMES)
def test_every_key_column_points_at_a_row(full, name):
    connection = full[name]
    owners = {f"{t}": t for t in tables(connection)}
    keys = {
        one(
            connection,
            f"SELECT column_name FROM duckdb_columns() WHERE table_name = '{t}'"
            " AND column_index = 1",
        ): t
        for t in owners
    }
    checked = 0
    for table in owners:
        columns = connection.execute(
            f"SELECT column_name FROM duckdb_columns() WHERE table_name = '{table}'"
        ).fetchall()
        for (column,) in columns:
            target = keys.get(column)
            if target in (None, table):
                continue
            orphans = one(
                connection,
                f"SELECT count(*) FROM {table} a WHERE {column} IS NOT NULL AND NOT EXISTS "
                f"(SELECT 1 FROM {target} b WHERE b.{column} = a.{column})",
            )
            assert orphans == 0, (table, column)
            checked += 1
    assert checked >= 8


@pytest.mark.parametrize("name", NAMES)
def test_nothing_lies_after_the_last_day(full, name):
    connection = full[name]
    future_is_fine = {"expires_on"}
    columns = connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND data_type IN ('DATE', 'TIMESTAMP')"
    ).fetchall()
    checked = [c for c in columns if c[1] not in future_is_fine]
    assert len(checked) >= 8
    for table, column in checked:
        late = one(connection, f"SELECT count(*) FROM {table} WHERE {column}::DATE > '2025-12-31'")
        # a drug may be planned to end later only if it is still taken, which is NULL
        assert late == 0, (table, column)


@pytest.mark.parametrize(
    ("name", "place", "low", "high"),
    [
        ("finance", "customers.annual_income", 0.06, 0.10),
        ("finance", "customers.email", 0.04, 0.08),
        ("finance", "transactions.is_fraud", 0.20, 0.45),
        ("finance", "payments.paid_on", 0.002, 0.02),
        ("medical", "patients.smoking_status", 0.08, 0.14),
        ("medical", "lab_results.value", 0.02, 0.05),
        ("medical", "encounters.length_of_stay", 0.75, 0.95),
        ("medical", "patients.died_on", 0.95, 0.999),
    ],
)
def test_null_shares(full, name, place, low, high):
    table, column = place.split(".")
    share = one(full[name], f"SELECT avg(({column} IS NULL)::INT) FROM {table}")
    assert low < share < high


def test_bank_is_skewed_seasonal_and_growing(full):
    bank = full["finance"]
    top = (
        "SELECT count(*) AS n FROM transactions WHERE merchant_id IS NOT NULL GROUP BY merchant_id"
    )
    shares = one(
        bank,
        f"WITH m AS ({top}), r AS (SELECT n, row_number() OVER (ORDER BY n DESC) AS k FROM m)"
        " SELECT sum(n) FILTER (k <= 246) / sum(n) FROM r",
    )
    assert shares > 0.4  # a tenth of the merchants has far more than a tenth of the purchases
    month = "SELECT count(*) FROM transactions WHERE month(occurred_at) = "
    assert one(bank, month + "12") > 1.2 * one(bank, month + "2")
    year = "SELECT count(*) FROM transactions WHERE year(occurred_at) = "
    assert one(bank, year + "2025") > 1.1 * one(bank, year + "2024")
    mean, median = bank.execute(
        "SELECT avg(annual_income), median(annual_income) FROM customers"
    ).fetchone()
    assert float(mean) > 1.15 * float(median)


def test_fraud_is_rare_late_and_likelier_online(full):
    bank = full["finance"]
    assert 0.003 < one(bank, "SELECT avg(is_fraud::INT) FROM transactions") < 0.01
    rate = "SELECT avg(is_fraud::INT) FROM transactions WHERE channel = "
    assert one(bank, rate + "'online'") > 3 * one(bank, rate + "'in_store'")
    labelled = "SELECT avg((is_fraud IS NOT NULL)::INT) FROM transactions WHERE transaction_type = 'purchase' AND "
    assert one(bank, labelled + "occurred_at < '2025-11-01'") == 1
    assert one(bank, labelled + "occurred_at >= '2025-12-01'") < 0.3


def test_loans_and_payments_tell_one_story(full):
    bank = full["finance"]
    assert (
        one(
            bank,
            "SELECT count(*) FROM loans WHERE (status = 'paid_off') <> (outstanding_balance = 0)",
        )
        == 0
    )
    assert (
        one(bank, "SELECT count(*) FROM loans WHERE (status = 'delinquent') AND days_past_due = 0")
        == 0
    )
    missed = "SELECT count(*) FROM payments p JOIN loans l USING (loan_id) WHERE p.paid_on IS NULL AND l.status IN "
    assert one(bank, missed + "('current', 'paid_off')") == 0
    score = "SELECT avg(c.credit_score) FROM loans l JOIN customers c USING (customer_id) WHERE l.status = "
    assert one(bank, score + "'charged_off'") < one(bank, score + "'current'") - 15


def test_no_card_pays_before_it_is_issued(full):
    early = "SELECT count(*) FROM transactions t JOIN cards c USING (card_id) WHERE t.occurred_at < c.issued_on"
    assert one(full["finance"], early) == 0
    closed = "SELECT count(*) FROM transactions t JOIN accounts a USING (account_id) WHERE t.occurred_at < a.opened_on"
    assert one(full["finance"], closed) == 0


def test_disease_shows_in_values_seasons_and_costs(full):
    hospital = full["medical"]
    value = (
        "SELECT avg(l.value) FROM lab_results l JOIN diagnoses d USING (encounter_id)"
        " WHERE l.test_code = 'A1C' AND d.is_primary AND "
    )
    assert (
        one(hospital, value + "d.code LIKE 'E11%'")
        > one(hospital, value + "d.code NOT LIKE 'E11%'") + 0.8
    )
    flu = "SELECT count(*) FROM diagnoses WHERE code = 'J10.1' AND month(diagnosed_on) IN "
    assert one(hospital, flu + "(12, 1, 2)") > 2 * one(hospital, flu + "(6, 7, 8)")
    men = "SELECT count(*) FROM diagnoses JOIN patients USING (patient_id) WHERE code = 'O80' AND sex = 'male'"
    assert one(hospital, men) == 0
    billed = "SELECT avg(billed_amount) FROM claims JOIN encounters USING (encounter_id) WHERE encounter_type = "
    assert one(hospital, billed + "'inpatient'") > 5 * one(hospital, billed + "'outpatient'")


def test_readmitted_says_what_the_encounters_say(full):
    counted = one(
        full["medical"],
        """
        SELECT count(*) FROM encounters e
        WHERE encounter_type = 'inpatient' AND readmitted IS NOT NULL AND readmitted <> coalesce((
            SELECT min(f.admitted_at) <= e.discharged_at + INTERVAL 30 DAY FROM encounters f
            WHERE f.patient_id = e.patient_id AND f.encounter_type = 'inpatient'
              AND f.admitted_at > e.admitted_at AND f.admitted_at >= e.discharged_at), FALSE)
        """,
    )
    total = one(full["medical"], "SELECT count(readmitted) FROM encounters")
    assert counted <= 0.005 * total  # stays that overlap are read differently here


def test_the_dead_stay_away(full):
    after = "SELECT count(*) FROM encounters JOIN patients USING (patient_id) WHERE admitted_at::DATE > died_on"
    assert one(full["medical"], after) == 0


def test_claims_have_what_their_status_means(full):
    hospital = full["medical"]
    odd = (
        "SELECT count(*) FROM claims WHERE (status = 'paid') <> (paid_amount IS NOT NULL)"
        " OR (status = 'denied') <> (denial_reason IS NOT NULL)"
        " OR (status = 'pending') <> (decided_on IS NULL)"
    )
    assert one(hospital, odd) == 0
    uninsured = (
        "SELECT count(*) FROM claims JOIN patients USING (patient_id) WHERE insurance = 'self_pay'"
    )
    assert one(hospital, uninsured) == 0


def test_codes_are_those_of_icd_10_cm(full):
    """Codes and descriptions by heart, as the 2026 edition lists them."""
    rows = dict(
        full["medical"].execute("SELECT DISTINCT code, description FROM diagnoses").fetchall()
    )
    assert len(rows) >= 60
    assert rows["I10"] == "Essential (primary) hypertension"
    assert rows["E11.9"] == "Type 2 diabetes mellitus without complications"
    assert rows["J18.9"] == "Pneumonia, unspecified organism"
    assert rows["A41.9"] == "Sepsis, unspecified organism"
    assert rows["F32.A"] == "Depression, unspecified"


def test_names_are_paired_at_random_not_people(full):
    """No pair of names is much more frequent than chance makes it."""
    most = "SELECT max(n) FROM (SELECT count(*) AS n FROM customers GROUP BY first_name, last_name)"
    assert one(full["finance"], most) < 25


def test_the_file_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    from assistants.errors import DatabaseError, DatabaseNotFound
    from sql_agent import bundled
    from sql_agent.finance import generate

    monkeypatch.setenv("PLUMB_CACHE_DIR", str(tmp_path / "cache"))
    real = generate.build

    def fails(path, **_):
        Path(path).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(generate, "build", fails)
    with pytest.raises(DatabaseError, match="No space left on device") as caught:
        bundled.locate("finance")
    assert "PLUMB_CACHE_DIR" in caught.value.hint
    assert not list((tmp_path / "cache").glob("*.duckdb"))
    assert not list((tmp_path / "cache").glob("*.building*"))

    monkeypatch.setattr(generate, "build", lambda path: real(path, scale=0.02))
    found = bundled.locate("finance")
    assert found.path.name == f"finance-{generate.VERSION}.duckdb"
    assert found.semantic_model.is_file()

    monkeypatch.setattr(generate, "build", fails)
    assert bundled.locate("finance") == found  # built once

    with pytest.raises(DatabaseNotFound, match="sales"):
        bundled.locate("sales")


def test_two_processes_build_once(tmp_path, monkeypatch):
    """Threads that wait for the lock find the file and do not build again."""
    import threading

    from sql_agent import bundled
    from sql_agent.medical import generate

    monkeypatch.setenv("PLUMB_CACHE_DIR", str(tmp_path))
    real, built = generate.build, []

    def counting(path):
        built.append(path)
        real(path, scale=0.02)

    monkeypatch.setattr(generate, "build", counting)
    threads = [threading.Thread(target=bundled.locate, args=("medical",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1
    assert (tmp_path / f"medical-{generate.VERSION}.duckdb").is_file()
