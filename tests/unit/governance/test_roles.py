"""Roles on a database of their own: what they see, what is masked, what is withheld."""

from pathlib import Path

import duckdb
import pytest

from assistants.answer import Status
from assistants.errors import InputError, QueryRefused
from sql_agent.database import resolve
from sql_agent.governance import Access, ask_as, query_as
from sql_agent.governance.gate import open_gate
from sql_agent.governance.policy_file import load_policy
from sql_agent.semantic_model import loads

COUNTER = Access(who="eve", role="counter", purpose="quality")
NORTH = Access(who="eve", role="north", purpose="care")


def rows(database: str, sql: str, access: Access) -> list[list[object]]:
    answer = query_as(database, sql, access=access)
    assert answer.status is Status.ANSWERED, answer.reason
    return [list(row) for row in answer.best.candidate.rows]


def test_the_role_s_file_holds_nothing_else(clinic: str) -> None:
    gate = open_gate(resolve(clinic), NORTH)
    with duckdb.connect(gate.target.location, read_only=True) as own:
        tables = {row[0] for row in own.execute("SHOW TABLES").fetchall()}
        assert tables == {"people", "visits"}
        columns = {row[0] for row in own.execute("DESCRIBE people").fetchall()}
        assert columns == {"person_id", "zip", "born_on", "sex", "ward"}
        assert own.execute("SELECT DISTINCT site FROM visits").fetchall() == [("north",)]
        assert own.execute("SELECT DISTINCT zip FROM people ORDER BY 1").fetchall() == [
            ("000",),  # 036 has fewer than 20,001 people
            ("021",),
        ]
        days = own.execute("SELECT DISTINCT strftime(born_on, '%m-%d') FROM people").fetchall()
        assert days == [("01-01",)]
        oldest = own.execute("SELECT min(born_on)::VARCHAR FROM people").fetchone()
        assert oldest == ("1934-01-01",)  # 1901 would say an age over 89 in 2024
        assert own.execute("SELECT count(*) FROM people WHERE person_id <= 1000").fetchone() == (0,)
        meet = "SELECT count(*) FROM visits JOIN people USING (person_id)"
        assert own.execute(meet).fetchone() == (100,)
    assert Path(gate.target.location).stat().st_mode & 0o077 == 0


def test_row_rules_hold_for_any_query(clinic: str) -> None:
    assert rows(clinic, "SELECT site, count(*) FROM visits GROUP BY site", NORTH) == [
        ["north", 100]
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM people",
        "SELECT ssn FROM people WHERE sex = 'f'",
        "SELECT count(*) FROM people WHERE name = 'Name7'",
        "SELECT sex FROM people ORDER BY ssn",
        "SELECT person_id FROM people",
        "SELECT count(*) FROM people WHERE person_id = 7",
        "SELECT urgent FROM visits",
        "SELECT t.p FROM (SELECT DISTINCT person_id AS p FROM visits) t",
        "SELECT max(t.p) FROM (SELECT person_id AS p FROM visits GROUP BY person_id) t",
        "SELECT count(*) FROM visits WHERE seen_at >= '2024-03-15' AND seen_at < '2025-01-01'",
        "SELECT EXTRACT(DAY FROM born_on) FROM people",
        "SELECT born_on + INTERVAL 1 DAY FROM people",
    ],
)
def test_what_a_role_may_not_say(clinic: str, sql: str) -> None:
    answer = query_as(clinic, sql, access=NORTH)
    assert answer.status is Status.REFUSED, answer


def test_keys_may_group_rows_out_of_sight(clinic: str) -> None:
    sql = (
        "SELECT avg(t.n) FROM (SELECT person_id AS p, count(*) AS n FROM visits "
        "GROUP BY person_id) t"
    )
    assert rows(clinic, sql, NORTH) == [[1.0]]


def test_years_may_be_compared_and_shown(clinic: str) -> None:
    sql = "SELECT count(*) FROM visits WHERE seen_at >= '2024-01-01' AND seen_at < '2025-01-01'"
    assert rows(clinic, sql, NORTH) == [[100]]


def test_a_small_group_and_what_would_tell_it_are_withheld(clinic: str) -> None:
    total = rows(clinic, "SELECT count(*) FROM people", COUNTER)
    assert total == [[100]]
    found = rows(clinic, "SELECT ward, count(*) AS n FROM people GROUP BY ward", COUNTER)
    assert dict(found) == {"west": 60}  # "rare" has 3 people, and "east" would tell them


def test_the_total_is_withheld_after_the_groups(clinic: str) -> None:
    found = rows(clinic, "SELECT ward, count(*) AS n FROM people GROUP BY ward", COUNTER)
    assert dict(found) == {"west": 60, "east": 37}
    assert rows(clinic, "SELECT count(*) FROM people", COUNTER) == [["withheld"]]
    counted = "SELECT count(DISTINCT people.person_id) FROM people"
    assert rows(clinic, counted, COUNTER) == [["withheld"]]
    both = "SELECT count(*) FROM people WHERE sex IN ('f', 'm')"
    assert rows(clinic, both, COUNTER) == [["withheld"]]


def test_group_names_are_nobody_s_record(clinic: str) -> None:
    sql = "SELECT sex, ward, zip, born_on, count(*) FROM people GROUP BY sex, ward, zip, born_on"
    assert all(row[-1] >= 11 for row in rows(clinic, sql, COUNTER))


def test_another_person_has_another_ledger(clinic: str) -> None:
    rows(clinic, "SELECT ward, count(*) AS n FROM people GROUP BY ward", COUNTER)
    other = Access(who="ada", role="counter", purpose="quality")
    assert rows(clinic, "SELECT count(*) FROM people", other) == [[100]]


def test_a_rate_that_tells_a_small_number_is_withheld(clinic: str) -> None:
    share = "SELECT avg(CASE WHEN urgent THEN 1.0 ELSE 0.0 END) FROM visits"
    assert rows(clinic, share, COUNTER) == [["withheld"]]  # 5 urgent visits of 5 people


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT sex, ward FROM people",
        "SELECT max(cost) FROM visits",
        "SELECT median(cost) FROM visits",
        "SELECT ward, count(*) FROM people GROUP BY ward HAVING count(*) < 11",
        "SELECT ward, rank() OVER (ORDER BY count(*)) FROM people GROUP BY ward",
        "SELECT count(*) FROM (SELECT ward, count(*) FROM people GROUP BY ward) t",
        "SELECT count(*) FROM people GROUP BY ward",
        "SELECT count(DISTINCT ward) FROM people",
        "SELECT 1 FROM people UNION ALL SELECT count(*) FROM people",
        "SELECT count(*) FROM people JOIN visits ON people.person_id = visits.person_id",
        "SELECT DISTINCT ward FROM people",
        "WITH p AS (SELECT * FROM people) SELECT count(*) FROM p",
        "SELECT first(ward) FROM people",
        "SELECT string_agg(zip) FROM people",
        "SELECT sum(CASE WHEN ward = 'rare' THEN 2 ELSE 1 END) FROM people",
        "SELECT sum(CASE WHEN urgent THEN cost ELSE 1 END) FROM visits",
        "SELECT sum(length(ward)) FROM people",
        "SELECT avg(urgent) FROM visits",
        "SELECT sum(cost * cost) FROM visits",
        "SELECT count(*) FROM people WHERE (SELECT count(*) FROM people WHERE ward = 'rare') = 3",
        "SELECT count(*) FROM people WHERE EXISTS (SELECT 1 FROM visits WHERE cost > 308)",
        "SELECT count(*) FROM visits WHERE cost > (SELECT avg(cost) FROM visits)",
        "SELECT count(*) FROM people a WHERE EXISTS (SELECT 1 FROM people b WHERE b.ward = a.ward)",
        "SELECT count(*) FROM people a JOIN people b ON b.ward = 'rare' AND b.sex = 'f'",
        "SELECT count(*) FROM people CROSS JOIN visits",
    ],
)
def test_figures_about_few_cannot_be_asked_for(clinic: str, sql: str) -> None:
    assert query_as(clinic, sql, access=COUNTER).status is Status.REFUSED


def test_conditions_about_one_s_own_rows_are_fine(clinic: str) -> None:
    sql = (
        "SELECT count(*) FROM people WHERE EXISTS (SELECT 1 FROM visits "
        "WHERE visits.person_id = people.person_id AND visits.site = 'north')"
    )
    assert rows(clinic, sql, COUNTER) == [[100]]
    joined = "SELECT sum(v.cost) FROM visits v JOIN people p ON v.person_id = p.person_id"
    assert rows(clinic, f"{joined} WHERE p.sex = 'f'", COUNTER) == [
        ["24000.00"]
    ]  # 150 visits: 1500 and the odd numbers up to 299


def test_questions_go_the_same_way(clinic: str) -> None:
    answer = ask_as(clinic, "number of patients by ward", access=COUNTER)
    assert answer.status is Status.ANSWERED, answer.reason
    assert sorted(answer.best.candidate.rows) == [("east", 37), ("west", 60)]
    assert "rare" not in str(answer.to_dict()["rows"])
    refused = ask_as(clinic, "list the patients of the ward rare", access=COUNTER)
    assert refused.status in {Status.REFUSED, Status.ABSTAINED}
    unknown = ask_as(clinic, "how many visits has Name7?", access=COUNTER)
    assert unknown.status is not Status.ANSWERED


def test_roles_purposes_and_members_are_checked(clinic: str) -> None:
    target = resolve(clinic)
    with pytest.raises(InputError, match="no role"):
        open_gate(target, Access(who="eve", role="nobody", purpose="quality"))
    with pytest.raises(InputError, match="purpose"):
        open_gate(target, Access(who="eve", role="counter", purpose=" "))
    with pytest.raises(QueryRefused, match="no purpose of counter"):
        open_gate(target, Access(who="eve", role="counter", purpose="curiosity"))
    with pytest.raises(QueryRefused, match="not in the role"):
        open_gate(target, Access(who="eve", role="desk", purpose="care"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    names: [people.name]\n", "", "in no class"),
        ("people: [sex, ward, zip, born_on]", "people: [sex, ssn]", "no role may see"),
        ("dates: [people.born_on, visits.seen_at]", "dates: [people.born_on]", "not in the class"),
        ("site = 'north'", "site = (SELECT 1)", "not allowed in a row rule"),
        ("  person: people.person_id", "  person: people.nothing", "no column"),
        ("      rows_shown: true", "      rows_shown: true\n      dates: day", "year of a date"),
        ("  threshold: 11", "  threshold: 1", "at least 2"),
        (
            "        people: [sex, ward, zip, born_on]\n        visits: [site, seen_at, cost, urgent]",
            "        visits: [site, seen_at, cost, urgent]",
            "persons', and not people.person_id",
        ),
    ],
)
def test_a_wrong_policy_is_refused(clinic: str, old: str, new: str, message: str) -> None:
    path = Path(clinic).with_suffix(".yaml")
    text = path.read_text(encoding="utf-8")
    assert old in text
    model = loads(text)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_policy(path, model)
