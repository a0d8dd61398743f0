"""The audit log: what stands in it, and that no change of it goes unseen."""

import json
import multiprocessing
from pathlib import Path

import pytest

from assistants.answer import Status, Verdict
from assistants.errors import InputError, OutputError, QueryRefused
from sql_agent.catalog_reader import read
from sql_agent.database import resolve
from sql_agent.governance import Access, AuditLog, Head, ask_as, default_log, query_as
from sql_agent.governance.audit_log import canonical, hash_of
from sql_agent.guard import admit
from sql_agent.lineage import lineage


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    made = AuditLog(tmp_path / "audit.ndjson", tmp_path / "elsewhere" / "head")
    for number in range(8):
        made.append({"who": "ada", "question": f"question {number}", "rows": number})
    return made


def verdicts(log: AuditLog, *anchors: Head) -> list[Verdict]:
    return [check.verdict for check in log.verify(*anchors)]


def test_an_untouched_log_is_proved(log: AuditLog) -> None:
    assert verdicts(log) == [Verdict.PROVED, Verdict.PROVED]


def _changed(lines: list[str]) -> list[str]:
    return [*lines[:3], lines[3].replace("question 3", "question 4"), *lines[4:]]


@pytest.mark.parametrize(
    "tamper",
    [
        _changed,
        lambda lines: [*lines[:3], *lines[4:]],
        lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]],
        lambda lines: [*lines[:3], lines[2], *lines[3:]],
        lambda lines: lines[:-1],
        lambda lines: [],
        lambda lines: [*lines[:-1], lines[-1][:-4]],
        lambda lines: [lines[0].replace('{"', '{ "', 1), *lines[1:]],
    ],
)
def test_every_tampering_is_found(log: AuditLog, tamper) -> None:
    lines = log.path.read_text(encoding="utf-8").splitlines()
    text = "\n".join(tamper(lines))
    log.path.write_text(text + "\n" if text else "", encoding="utf-8")
    assert Verdict.REFUTED in verdicts(log)


def test_a_whole_new_chain_is_only_found_by_an_anchor(log: AuditLog) -> None:
    noted = Head.parse(log.anchor.read_text(encoding="ascii"))
    rows = [json.loads(line) for line in log.path.read_text(encoding="utf-8").splitlines()]
    rows[2]["question"] = "another"
    for before, row in zip([None, *rows], rows, strict=False):
        row["previous"] = before["hash"] if before else "0" * 64
        row["hash"] = hash_of(row)
    log.path.write_text("".join(canonical(row) + "\n" for row in rows), encoding="utf-8")
    log.anchor.unlink()
    assert verdicts(log) == [Verdict.PROVED, Verdict.UNKNOWN]
    assert Verdict.REFUTED in verdicts(log, noted)


def test_a_line_after_the_anchor_is_no_fault(log: AuditLog) -> None:
    noted = Head.parse(log.anchor.read_text(encoding="ascii"))
    log.append({"who": "ada"})
    assert Verdict.REFUTED not in verdicts(log, noted)


def test_nothing_is_added_to_a_cut_line(log: AuditLog) -> None:
    data = log.path.read_bytes()
    log.path.write_bytes(data[:-10])
    with pytest.raises(OutputError):
        log.append({"who": "ada"})


def test_an_anchor_is_a_number_and_a_hash() -> None:
    for text in ("", "12", "x:" + "0" * 64, "1:abc"):
        with pytest.raises(InputError):
            Head.parse(text)


def _write(path: str, anchor: str, who: int) -> None:
    log = AuditLog(Path(path), Path(anchor))
    for number in range(20):
        log.append({"who": who, "number": number})


def test_writers_beside_each_other_make_one_chain(tmp_path: Path) -> None:
    path, anchor = str(tmp_path / "log"), str(tmp_path / "head")
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(path, anchor, i)) for i in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    log = AuditLog(Path(path), Path(anchor))
    assert verdicts(log) == [Verdict.PROVED, Verdict.PROVED]
    assert len(list(log.entries())) == 60


def test_an_answer_is_logged_with_what_it_rests_on(clinic: str) -> None:
    access = Access(who="eve", role="counter", purpose="quality")
    answer = ask_as(clinic, "total cost by site", access=access)
    assert answer.status is Status.ANSWERED, answer.reason
    row = next(iter(default_log().entries()))
    assert (row["who"], row["role"], row["purpose"]) == ("eve", "counter", "quality")
    assert row["question"] == "total cost by site"
    assert row["rows"] == 2
    assert len(row["result"]) == 64
    assert {"visits.site", "visits.cost"} <= {c for refs in row["columns"].values() for c in refs}
    assert row["semantic_model"].startswith("1:")


def test_refusals_are_logged(clinic: str) -> None:
    access = Access(who="eve", role="desk", purpose="care")
    with pytest.raises(QueryRefused):
        query_as(clinic, "SELECT site FROM visits", access=access)
    member = Access(who="ada", role="desk", purpose="care")
    assert query_as(clinic, "SELECT ssn FROM people", access=member).status is Status.REFUSED
    assert [row["status"] for row in default_log().entries()] == ["refused", "refused"]
    assert Verdict.REFUTED not in verdicts(default_log())


def test_lineage_goes_through_subqueries(clinic: str) -> None:
    catalog = read(resolve(clinic))
    sql = (
        "SELECT t.site AS place, total / 2 AS half FROM (SELECT site, sum(cost) AS total "
        "FROM visits WHERE urgent GROUP BY site) t"
    )
    found = lineage(admit(sql, catalog).tree, catalog)
    assert found["place"] == ("visits.site",)
    assert found["half"] == ("visits.cost",)
    assert found[""] == ("visits.urgent",)
    counted = lineage(admit("SELECT count(*) AS n FROM people", catalog).tree, catalog)
    assert counted["n"] == ("people.*",)
