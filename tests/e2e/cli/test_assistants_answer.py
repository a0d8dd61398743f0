"""Every verb once with the real assistants, without a model: by rules alone."""

import json
import signal
import time

import pytest


def test_an_equation_is_solved_step_by_step_and_proved(plumb):
    done = plumb("solve", "solve x^2 - 5x + 6 = 0")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "x = 2 or x = 3"
    assert lines[2].startswith("  1. ")
    assert any(line.startswith("proved · ") for line in lines)


def test_exact_numbers_stay_exact_in_json(plumb):
    row = json.loads(plumb("solve", "solve 2x = 7", "--json").stdout)
    assert (row["status"], row["verdict"]) == ("answered", "proved")
    assert "7/2" in row["answer"]
    assert all(isinstance(step["after"], str) for step in row["steps"])


def test_a_question_comes_from_standard_input(plumb):
    done = plumb("solve", "-", stdin="solve 3x = 12\n")
    assert done.stdout.splitlines()[0] == "x = 4"


@pytest.mark.parametrize(
    ("left", "right", "code", "verdict"),
    [
        ("x^2 - 1", "(x-1)*(x+1)", 0, "proved"),
        ("(x+1)^2", "x^2 + 1", 1, "refuted"),
        ("-x", "-1*x", 0, "proved"),
    ],
)
def test_verify_has_three_verdicts_and_their_codes(plumb, left, right, code, verdict):
    done = plumb("verify", left, right, "--json")
    assert done.returncode == code
    assert json.loads(done.stdout)["verdict"] == verdict


def test_a_chain_names_the_line_that_does_not_follow(plumb):
    done = plumb("verify", stdin="2x + 4 = 10\n2x = 6\nx = 4\n")
    assert done.returncode == 1
    assert "line 3 does not follow" in done.stdout
    assert "  2. 2x = 6  ✓" in done.stdout


def test_nonsense_abstains_with_a_reason(plumb):
    done = plumb("solve", "colourless green ideas sleep furiously")
    assert done.returncode in {1, 2}
    assert "Traceback" not in done.stderr
    assert (done.stdout + done.stderr).strip()


def test_a_question_in_words_becomes_a_table_with_its_sql(plumb):
    done = plumb("ask", "finance", "number of customers", "--json")
    assert done.returncode == 0
    row = json.loads(done.stdout)
    counted = plumb("query", "finance", "SELECT count(*) AS n FROM customers", "--json")
    assert row["rows"] == json.loads(counted.stdout)["rows"]
    assert "SELECT" in row["sql"]
    assert row["verdict"] != "proved"


def test_a_chart_is_drawn_where_it_is_asked_for(plumb):
    question = ("ask", "finance", "number of branches by region")
    assert "█" in plumb(*question, "--chart").stdout
    assert "█" not in plumb(*question).stdout


def test_a_question_about_nothing_in_the_database_is_not_answered(plumb):
    done = plumb("ask", "medical", "how many spaceships landed on the moons of Jupiter")
    assert done.returncode == 1
    assert done.stdout.strip()


def test_markdown_of_an_answer_is_a_document(plumb):
    out = plumb("ask", "finance", "number of branches by region", "-f", "markdown").stdout
    assert "| --- |" in out
    assert "```sql" in out


def test_chat_remembers_the_question_before(plumb):
    done = plumb("chat", "math", stdin="solve 3x = 12\nsolve 2x = 7\n")
    assert done.returncode == 0
    assert "x = 4" in done.stdout
    assert "x = 7/2" in done.stdout


def test_chat_in_json_is_one_line_an_answer(plumb):
    done = plumb("chat", "math", "--json", stdin="solve 3x = 12\nsolve 2x = 7\n")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["question"] for row in rows] == ["solve 3x = 12", "solve 2x = 7"]


def test_ctrl_c_while_it_solves_is_one_line(plumb):
    process = plumb.start(
        ("solve", "integrate exp(sin(x))*x^7/(1+x^5) from 0 to 3", "--seconds", "60")
    )
    time.sleep(4)
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 130
        assert err.decode().strip() == "stopped"
    else:
        process.communicate()


def test_the_demo_shows_every_stop_and_what_to_do_next(plumb):
    done = plumb("demo")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n$ plumb ") == 7
    assert "of 7 answered in" in done.stdout
    assert done.stdout.count("plumb ask ") >= 4
