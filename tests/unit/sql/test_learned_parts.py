"""Queries put together from parts: taking queries apart, texts in other letters, new combinations."""

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest

from sql_agent.learned import form_of, learn, load, right, save
from sql_agent.learned.clauses import same_query, take_apart
from sql_agent.learned.composer import Composer, learn_parts
from sql_agent.learned.heads import Head, learn_heads
from sql_agent.learned.likeness import Likeness

_DRUGS = ("aspirin", "warfarin", "heparin", "insulin", "codeine", "morphine")
_CITIES = ("leeds", "york", "derby", "hull", "bath", "ely", "ripon", "truro")
VALUES = {
    **dict.fromkeys(_DRUGS, ("drugs.name",)),
    **dict.fromkeys(_CITIES, ("patients.city",)),
    **dict.fromkeys(("east wing", "west wing", "north wing"), ("stays.ward",)),
}
_COUNTED = "SELECT COUNT(*) FROM patients JOIN drugs ON drugs.patient_id = patients.id "


def test_a_query_is_taken_apart_with_table_names_for_aliases() -> None:
    sql = (
        "SELECT c.name, SUM(l.amount) FROM customers c JOIN loans AS l ON l.customer_id = c.id "
        "WHERE c.city = 'c.x AND y' AND l.amount BETWEEN 1 AND 2 GROUP BY c.name LIMIT 3"
    )
    parts = take_apart(sql)
    assert parts is not None
    assert parts.shown == ("customers.name", "SUM(loans.amount)")
    assert parts.source == "customers JOIN loans ON loans.customer_id = customers.id"
    assert parts.conditions == ("customers.city = 'c.x AND y'", "loans.amount BETWEEN 1 AND 2")
    assert parts.rest == "GROUP BY customers.name LIMIT 3"
    assert parts.tables == {"customers", "loans"}
    assert take_apart(str(parts)) == parts


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t WHERE b IN (SELECT c FROM u)",
        "SELECT a FROM t UNION SELECT b FROM u",
        "SELECT x.a FROM t AS x JOIN t AS y ON x.a = y.b",
        "WITH u AS (SELECT 1) SELECT a FROM u",
        "SELECT 1",
        "SELECT 'a",
        "",
    ],
)
def test_what_is_not_one_plain_select_has_no_parts(sql: str) -> None:
    assert take_apart(sql) is None


def test_an_or_is_one_condition() -> None:
    parts = take_apart("SELECT a FROM t WHERE b = 1 OR c = 2 AND d = 3")
    assert parts is not None
    assert parts.conditions == ("b = 1 OR c = 2 AND d = 3",)


def test_the_order_of_conditions_is_no_difference_and_a_value_is() -> None:
    assert same_query(
        "SELECT a FROM t WHERE b = 1 AND c = 2", "SELECT a FROM t WHERE c = 2 AND b = 1"
    )
    assert not same_query("SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = 2")
    assert right("SELECT a FROM t WHERE b = 1 AND c = 2", "select a from t where c=2 and b=1")


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("who had urine creatinine measured", "creatinine, urine"),
        ("patients with heart valve replacement nec", "heart valve replac nec"),
        ("with seroma complicating a procedure", "seroma complicating proc"),
        ("whose disease is mesentric ischemia", "mesenteric ischemia"),
        ("diagnosed with unspecified asthma", "asthma, unspecified type, unspecified"),
    ],
)
def test_a_stored_text_is_found_in_other_letters(question: str, value: str) -> None:
    values = ["creatinine, urine", "heart valve replac nec", "seroma complicating proc"]
    values += ["mesenteric ischemia", "asthma, unspecified type, unspecified"]
    spans = Likeness(dict.fromkeys(values, ("t.c",))).spans(question)
    assert (spans[0].value if spans else None) == value


@pytest.mark.parametrize("question", ["patients with ischemia", "heart rate", "the procedure"])
def test_a_part_of_a_stored_text_is_not_the_text(question: str) -> None:
    values = {"mesenteric ischemia": ("t.c",), "heart valve replac nec": ("t.c",)}
    assert Likeness(values).spans(question) == []


def _taught() -> list[tuple[str, str]]:
    """Pairs that never join a city with a drug, nor show a number beside a city."""
    found: list[tuple[str, str]] = []
    for name, said in itertools.product(_DRUGS, ("were given", "got", "received")):
        sql = _COUNTED + f"WHERE drugs.name = '{name}'"
        found.append((f"how many patients {said} {name}?", sql))
    for city, said in itertools.product(_CITIES, ("live in", "come from", "are from")):
        sql = f"SELECT COUNT(*) FROM patients WHERE patients.city = '{city}'"
        found.append((f"how many patients {said} {city}?", sql))
        for column, word in (("name", "names"), ("age", "ages")):
            sql = f"SELECT patients.{column} FROM patients WHERE patients.city = '{city}'"
            found.append((f"show the {word} of patients who {said} {city}", sql))
    for years, said in itertools.product((40, 50, 65), ("older than", "over")):
        for drug in _DRUGS:
            sql = _COUNTED + f"WHERE drugs.name = '{drug}'"
            question = f"how many patients {said} {years} years got {drug}?"
            found.append((question, f"{sql} AND patients.age > {years}"))
    for city, said in itertools.product(_CITIES, ("live in", "come from", "are from")):
        sql = f"SELECT COUNT(*) FROM patients WHERE patients.city = '{city}' AND patients.died = 1"
        found.append((f"how many patients who died {said} {city}?", sql))
    return found


def _composer(pairs: Sequence[tuple[str, str]]) -> Composer:
    composer = learn_parts([(form_of(q, VALUES, periods=False), sql) for q, sql in pairs])
    assert composer is not None
    return composer


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        (
            "how many patients come from york and got insulin?",
            _COUNTED + "WHERE patients.city = 'york' AND drugs.name = 'insulin'",
        ),
        (
            "how many patients over 50 years died?",
            "SELECT COUNT(*) FROM patients WHERE patients.age > 50 AND patients.died = 1",
        ),
        (
            "show the ages of patients older than 40 years",
            "SELECT patients.age FROM patients WHERE patients.age > 40",
        ),
    ],
)
def test_parts_that_were_never_together_make_a_query(question: str, sql: str) -> None:
    pairs = _taught()
    assert all(not right(sql, taught) for _, taught in pairs)
    made = _composer(pairs).compose(form_of(question, VALUES, periods=False))
    assert made is not None
    assert same_query(made.sql, sql), made.sql


def test_a_value_of_a_column_that_no_pair_asked_for_stays_unjoined() -> None:
    """The wards are in a table that no taught query joins: there is no FROM for them."""
    form = form_of("how many patients live in east wing?", VALUES, periods=False)
    made = _composer(_taught()).compose(form)
    assert made is None or "stays.ward" not in made.sql


def test_few_plain_pairs_teach_no_parts() -> None:
    pairs = [(form_of(q, VALUES, periods=False), sql) for q, sql in _taught()[:10]]
    assert learn_parts(pairs) is None


def test_columns_that_were_shown_apart_are_shown_together() -> None:
    rows, heads = [], []
    for one, other in itertools.permutations(("name", "age", "city", "ward"), 2):
        if {one, other} != {"age", "ward"}:
            rows.append(["show", "the", one, "and", other])
            heads.append(Head(tuple(f"t.{name}" for name in sorted((one, other))), ""))
    for one in ("name", "age", "city", "ward"):
        rows.append(["show", "the", one])
        heads.append(Head((f"t.{one}",), ""))
        rows.append(["the", "highest", one])
        heads.append(Head((f"MAX(t.{one})",), ""))
    learned = learn_heads(rows, heads, epochs=40)
    chosen, _ = learned.choose(["show", "the", "age", "and", "ward"])
    assert set(chosen.shown) == {"t.age", "t.ward"}
    assert learned.choose(["the", "highest", "ward"])[0] == Head(("MAX(t.ward)",), "")


def test_a_memory_composes_what_it_does_not_know_and_keeps_it_in_its_file(tmp_path: Path) -> None:
    memory = learn(_taught(), VALUES, periods=False)
    guess = memory.guess("how many patients come from york and got insulin?")
    assert guess.composed
    assert "patients.city = 'york'" in guess.sql
    assert "drugs.name = 'insulin'" in guess.sql
    assert not memory.guess("how many patients live in hull?").composed
    file = tmp_path / "memory.npz"
    save(memory, file, VALUES, [])
    again = load(file, lambda _: VALUES, lambda _: frozenset()).memory
    assert again.guess("how many patients come from york and got insulin?").sql == guess.sql
