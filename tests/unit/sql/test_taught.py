"""Pairs that somebody taught answer other questions like them, and never without the guard."""

import itertools
import json
import sqlite3
from pathlib import Path

import pytest

from assistants.answer import Status
from assistants.errors import InputError
from sql_agent import ask, teach
from sql_agent.catalog import Catalog, CatalogColumn, CatalogTable
from sql_agent.learned import find_folds
from sql_agent.qualified import qualified
from sql_agent.taught import read_pairs
from sql_agent.trial import Trial, holds

_DRUGS = ("Aspirin", "Warfarin", "Heparin", "Digoxin")
_OPENERS = ("how many zork {}", "zork count for {}", "what is the zork of {}", "zork {} please")
_LAST = ("latest blim {}", "blim of {}", "when was the blim of {}", "last blim for {}")


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLUMB_CACHE_DIR", str(tmp_path / "cache"))
    path = tmp_path / "clinic.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE given(given_id INTEGER PRIMARY KEY, drug TEXT, day DATE, mg INTEGER)"
        )
        for i in range(80):
            row = (i, _DRUGS[i % 4], f"202{i % 5}-0{1 + i % 9}-11", 10 * (i % 7))
            connection.execute("INSERT INTO given VALUES (?,?,?,?)", row)
    return path


def _pairs(path: Path, *, drugs: tuple[str, ...] = _DRUGS[:3]) -> Path:
    rows: list[dict[str, str | None]] = []
    for drug in drugs:
        for year in (2020, 2021, 2022):
            for opener in _OPENERS:
                sql = (
                    f"SELECT COUNT(*) FROM given g WHERE g.drug = '{drug}'"
                    f" AND day >= '{year}-01-01' AND day < '{year + 1}-01-01'"
                )
                rows.append({"question": f"{opener.format(drug)} in {year}", "sql": sql})
            for opener in _LAST:
                sql = (
                    f"SELECT MAX(day) FROM given WHERE drug = '{drug}'"
                    f" AND day >= '{year}-01-01' AND day < '{year + 1}-01-01'"
                )
                rows.append({"question": f"{opener.format(drug)} in {year}", "sql": sql})
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


_SHOWN = {
    "how many zork": "COUNT(*)",
    "the average zork": "AVG(mg)",
    "the largest zork": "MAX(mg)",
    "the smallest zork": "MIN(mg)",
    "the total zork": "SUM(mg)",
    "when was the first zork": "MIN(day)",
    "when was the last zork": "MAX(day)",
    "the sorts of zork": "DISTINCT drug",
}
_WANTED = {
    "of {drug}": "drug = '{drug}'",
    "over {mg} mg": "mg > {mg}",
    "in {year}": "day >= '{year}-01-01' AND day < '{next}-01-01'",
    "below number {least}": "given_id < {least}",
}


def _varied(path: Path) -> Path:
    """Write every sort of question with every choice of conditions, but how many with three."""
    rows: list[dict[str, str]] = []
    for (said, shown), chosen in itertools.product(
        _SHOWN.items(), itertools.product((False, True), repeat=len(_WANTED))
    ):
        if shown == "COUNT(*)" and sum(chosen) == len(_WANTED) - 1:
            continue
        wanted = list(itertools.compress(_WANTED.items(), chosen))
        for at in range(4):
            year = 2020 + at
            names = {"drug": _DRUGS[at], "mg": 15 + at, "year": year, "next": year + 1}
            names["least"] = 61 + at
            question = " ".join((said, *(words for words, _ in wanted))).format(**names)
            where = " AND ".join(sql for _, sql in wanted).format(**names)
            sql = f"SELECT {shown} FROM given" + (f" WHERE {where}" if where else "")
            rows.append({"question": question, "sql": sql})
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_what_was_taught_answers_with_another_value_and_another_period(clinic: Path) -> None:
    before = ask(str(clinic), "how many zork Digoxin in 2023")
    assert before.status is not Status.ANSWERED
    lesson = teach(str(clinic), _pairs(clinic.with_name("pairs.ndjson")))
    assert (lesson.pairs, lesson.templates, lesson.left_out) == (72, 2, ())
    answer = ask(str(clinic), "how many zork Digoxin in 2023")
    assert answer.status is Status.ANSWERED
    assert answer.best is not None
    result = answer.best.candidate
    with sqlite3.connect(clinic) as connection:
        wanted = connection.execute(
            "SELECT COUNT(*) FROM given WHERE drug = 'Digoxin' AND day LIKE '2023%'"
        ).fetchone()
    assert result.rows == (wanted,)
    assert wanted[0] > 0
    assert "'Digoxin'" in result.sql  # as it is stored, not as the index has it
    assert any(note.startswith("learned, not read") for note in result.assumptions)


def test_conditions_that_were_taught_apart_hold_together(clinic: Path) -> None:
    teach(str(clinic), _varied(clinic.with_name("pairs.ndjson")))
    answer = ask(str(clinic), "how many zork of Warfarin over 10 mg in 2022")
    assert answer.status is Status.ANSWERED, answer.reason
    assert answer.best is not None
    with sqlite3.connect(clinic) as connection:
        wanted = connection.execute(
            "SELECT COUNT(*) FROM given WHERE drug = 'Warfarin' AND mg > 10 AND day LIKE '2022%'"
        ).fetchone()
    assert answer.best.candidate.rows == (wanted,)
    assert wanted[0] > 0
    assert "made of parts" in answer.best.candidate.explanation


def test_a_question_that_is_not_like_what_was_taught_is_left_to_the_rules(clinic: Path) -> None:
    teach(str(clinic), _pairs(clinic.with_name("pairs.ndjson")))
    answer = ask(str(clinic), "average mg by drug")
    assert answer.status is Status.ANSWERED
    assert answer.best is not None
    assert len(answer.best.candidate.rows) == len(_DRUGS)


def test_a_pair_that_would_write_is_left_out_with_its_reason(clinic: Path) -> None:
    path = _pairs(clinic.with_name("pairs.ndjson"))
    with path.open("a", encoding="utf-8") as file:
        file.write("\n" + json.dumps({"question": "wipe it", "sql": "DELETE FROM given"}))
    lesson = teach(str(clinic), path)
    assert [question for question, _ in lesson.left_out] == ["wipe it"]
    assert ask(str(clinic), "wipe it").status is not Status.ANSWERED


def test_too_few_pairs_teach_nothing(clinic: Path) -> None:
    path = _pairs(clinic.with_name("pairs.ndjson"), drugs=_DRUGS[:1])
    with pytest.raises(InputError, match="are the least"):
        teach(str(clinic), path)


@pytest.mark.parametrize("line", ["[1]", "{", '{"question": 3}', '{"question": "a", "sql": 1}'])
def test_a_line_that_is_no_pair_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "pairs.ndjson"
    path.write_text('{"question": "a", "sql": null}\n' + line, encoding="utf-8")
    with pytest.raises(InputError, match=":2"):
        read_pairs(path)


def test_a_file_that_is_cut_off_is_as_if_nothing_was_taught(clinic: Path) -> None:
    lesson = teach(str(clinic), _pairs(clinic.with_name("pairs.ndjson")))
    lesson.file.write_bytes(lesson.file.read_bytes()[:300])
    assert ask(str(clinic), "how many zork Digoxin in 2023").status is not Status.ANSWERED


def test_aliases_become_tables_but_not_of_a_table_read_twice() -> None:
    columns = tuple(CatalogColumn(name=n, type="integer", native="int") for n in ("a", "b"))
    tables = (CatalogTable(name="t", columns=columns), CatalogTable(name="u", columns=columns[:1]))
    catalog = Catalog(dialect="sqlite", tables=tables)
    found = qualified("SELECT x.a FROM t x WHERE x.b = 1 ORDER BY x.a", catalog)
    assert found == "SELECT t.a AS a FROM t WHERE t.b = 1 ORDER BY t.a"
    twice = "SELECT x.a FROM t x, t y WHERE x.a = y.b"
    assert qualified(twice, catalog) == twice


def test_reading_is_trusted_until_it_is_seen_to_be_wrong() -> None:
    assert Trial(asked=100, answered=3, right=0).trusted
    assert Trial(asked=100, answered=50, right=48).trusted
    assert not Trial(asked=100, answered=50, right=30).trusted


def test_a_result_holds_another_by_columns_not_by_rows() -> None:
    assert holds([(1, "a"), (2, "b")], [("b", "x", 2), ("a", "x", 1)])
    assert not holds([(1, "a"), (2, "b")], [("a", 2), ("b", 1)])
    assert not holds([(1,)], [(1,), (1,)])
    assert not holds([], [])


def test_an_item_and_its_kind_are_one_condition() -> None:
    sql = "SELECT 1 FROM things WHERE things.label = 'o''clock' AND things.kind = 'a'"
    sizes = {("things", "label"): 40, ("things", "kind"): 3}
    (fold,) = find_folds([sql] * 20, sizes)
    assert fold.folded(sql) == "SELECT 1 FROM things WHERE things.label_of_a = 'o''clock'"
    assert fold.unfolded(fold.folded(sql)) == sql
    assert find_folds([sql] * 19, sizes) == ()
    assert find_folds([sql] * 20, {**sizes, ("things", "kind"): 13}) == ()
