import csv
import io
import json

import pytest

import math_solver
import sql_agent
from assistants.answer import Answer, Check, Clarification, Status, Verdict
from cli.app import run

STEPS = [
    {
        "rule": "factor",
        "before": "x^2 = 4",
        "after": "(x - 2)*(x + 2) = 0",
        "reason": "a difference of squares",
        "verdict": "proved",
    },
    {
        "rule": "zero product",
        "before": "(x - 2)*(x + 2) = 0",
        "after": "x = 2 or x = -2",
        "verdict": "unknown",
    },
]
TABLE = {
    "columns": ["region", "total"],
    "rows": [["North [red]", "12.50"], ["\x1b[31mSouth", "3"], [None, "-4"]],
    "sql": "SELECT region, sum(x) AS total FROM t GROUP BY 1",
    "explanation": "Understood as: total by region",
}


def solve_gives(monkeypatch: pytest.MonkeyPatch, answer: Answer):
    monkeypatch.setitem(vars(math_solver), "solve", lambda *_a, **_k: answer)


def ask_gives(monkeypatch: pytest.MonkeyPatch, answer: Answer):
    monkeypatch.setitem(vars(sql_agent), "ask", lambda *_a, **_k: answer)


def solve(*flags: str) -> int:
    return run(["solve", "x^2 = 4", "--model", "none", *flags])


def ask(*flags: str) -> int:
    return run(["ask", "finance", "total", "--model", "none", *flags])


def test_text_is_answer_then_steps_then_evidence(monkeypatch, capsys, proved):
    solve_gives(monkeypatch, proved("x = 2 or x = -2", steps=STEPS))
    assert solve() == 0
    assert capsys.readouterr().out == (
        "x = 2 or x = -2\n"
        "\n"
        "  1. x^2 = 4  →  (x - 2)*(x + 2) = 0  ✓ factor: a difference of squares\n"
        "  2. x = 2 or x = -2                  ? zero product\n"
        "\n"
        "proved · substituted\n"
    )


def test_an_unproved_answer_says_so_and_lists_what_was_checked(monkeypatch, capsys, answered):
    parses = Check(by="parser", verdict=Verdict.PROVED, detail="it parses")
    solve_gives(monkeypatch, answered("7", parses))
    assert solve() == 0
    assert capsys.readouterr().out == (
        "7\n\nunknown · not proved; what was checked:\n  ✓ parser: it parses\n"
    )


@pytest.mark.parametrize(
    ("status", "code"),
    [(Status.ABSTAINED, 1), (Status.FAILED, 1), (Status.REFUSED, 4)],
)
def test_no_answer_tells_why_and_has_its_code(status: Status, code: int, monkeypatch, capsys):
    solve_gives(monkeypatch, Answer(status=status, reason="the reason"))
    assert solve() == code
    assert capsys.readouterr().out == f"{status.value} · the reason\n"


def test_a_failed_query_is_a_database_error(monkeypatch):
    ask_gives(monkeypatch, Answer(status=Status.FAILED, reason="no such column"))
    assert ask() == 4


def test_a_refuted_answer_has_code_1(monkeypatch, capsys, answered):
    found = Check(by="counterexample", verdict=Verdict.REFUTED, detail="at x = 1: 0 and 2")
    monkeypatch.setitem(vars(math_solver), "verify", lambda *_a, **_k: answered("not equal", found))
    assert run(["verify", "x - 1", "x + 1"]) == 1
    assert "refuted · at x = 1: 0 and 2" in capsys.readouterr().out


def test_a_clarification_shows_its_choices(monkeypatch, capsys):
    question = Clarification(question="Which amount?", choices=("balance", "[b]limit"))
    ask_gives(monkeypatch, Answer(status=Status.NEEDS_CLARIFICATION, clarification=question))
    assert ask() == 1
    out = capsys.readouterr().out
    assert out.startswith("Which amount?\n  1. balance\n  2. [b]limit\n")


def test_a_table_shows_values_as_they_are_and_never_acts_on_them(monkeypatch, capsys, proved):
    ask_gives(monkeypatch, proved("3 rows", **TABLE))
    assert ask() == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    lines = [line.split() for line in out.splitlines()]
    assert lines[0] == ["region", "total"]
    assert ["North", "[red]", "12.50"] in lines
    assert ["\\x1b[31mSouth", "3"] in lines
    assert ["∅", "-4"] in lines
    assert "\n\nUnderstood as: total by region\n" in out
    assert "  SELECT region, sum(x) AS total FROM t GROUP BY 1" in out


def test_colour_is_only_where_it_is_asked_for(monkeypatch, capsys, proved):
    ask_gives(monkeypatch, proved("3 rows", **TABLE))
    ask("--color", "always")
    out = capsys.readouterr().out
    assert "\x1b[1m" in out
    assert "\x1b[31mSouth" not in out  # the database's own escape stays text


def test_json_is_the_answers_row(monkeypatch, capsys, proved):
    answer = proved("3 rows", **TABLE)
    ask_gives(monkeypatch, answer)
    ask("--json")
    row = json.loads(capsys.readouterr().out)
    assert row == json.loads(json.dumps(answer.to_dict()))


def test_ndjson_is_one_line(monkeypatch, capsys, proved):
    ask_gives(monkeypatch, proved("3 rows", **TABLE))
    ask("--format", "ndjson")
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out)["rows"][2] == [None, "-4"]


def test_csv_is_the_table_and_exact(monkeypatch, capsys, proved):
    ask_gives(monkeypatch, proved("1 row", columns=["a,b", "c"], rows=[['say "hi"\nthere', "7/2"]]))
    ask("-f", "csv")
    out = capsys.readouterr().out
    assert list(csv.reader(io.StringIO(out))) == [["a,b", "c"], ['say "hi"\nthere', "7/2"]]


def test_csv_without_a_table_is_the_answer(monkeypatch, capsys, proved):
    solve_gives(monkeypatch, proved("x = 2", steps=STEPS))
    solve("-f", "csv")
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows == [["status", "verdict", "answer", "error"], ["answered", "proved", "x = 2", ""]]


def test_markdown_escapes_what_it_would_act_on(monkeypatch, capsys, proved):
    ask_gives(monkeypatch, proved("1 row", columns=["a"], rows=[["x | y <b>*z*</b>\nnext"]]))
    ask("-f", "markdown")
    out = capsys.readouterr().out
    assert out.splitlines()[:3] == ["| a |", "| --- |", r"| x \| y \<b\>\*z\*\</b\> next |"]


def test_a_database_name_stands_for_its_address(monkeypatch, tmp_path, proved):
    (tmp_path / "config.toml").write_text("")
    seen: list[str] = []

    def asked(database: str, *_args: object, **_kwargs: object):
        seen.append(database)
        return proved("1")

    monkeypatch.setitem(vars(sql_agent), "ask", asked)
    monkeypatch.setitem(vars(sql_agent), "resolve", seen.append)
    monkeypatch.setenv("PLUMB_DATABASES", '{"shop": "/data/shop.duckdb"}')
    run(["ask", "shop", "total", "--model", "none"])
    run(["ask", "finance", "total", "--model", "none"])
    assert seen == ["/data/shop.duckdb"] * 2 + ["finance"] * 2  # looked for, then asked


def test_a_chain_is_numbered_as_its_lines_are(monkeypatch, capsys, answered):
    found = Check(by="chain", verdict=Verdict.REFUTED, detail="line 2 does not follow")
    lines = [{"line": "x = 5", "verdict": "refuted", "detail": "at x = 4"}]
    answer = answered("line 2 does not follow", found, lines=lines)
    monkeypatch.setitem(vars(math_solver), "verify_chain", lambda *_a, **_k: answer)
    monkeypatch.setattr("cli.verify.read_text", lambda *_a, **_k: "x + 1 = 5\nx = 5")
    assert run(["verify"]) == 1
    assert "  2. x = 5  ✗ at x = 4" in capsys.readouterr().out


def test_what_was_assumed_is_said(monkeypatch, capsys, proved):
    solve_gives(
        monkeypatch,
        proved("x", reading=["Read as: lg"], conditions=["x > 0"], assumptions=["real"]),
    )
    solve()
    out = capsys.readouterr().out
    assert "Read as: lg\nWhere x > 0\nAssumed real\n" in out


def test_lines_of_a_table_do_not_end_in_spaces(monkeypatch, capsys, proved):
    rows = [["a", "a long text"], ["b", "short"]]
    ask_gives(monkeypatch, proved("2 rows", columns=["k", "v"], rows=rows))
    ask()
    assert [line for line in capsys.readouterr().out.splitlines() if line.endswith(" ")] == []
