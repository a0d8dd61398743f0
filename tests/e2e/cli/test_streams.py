"""stdout, stderr, exit codes, colour and pipes, as a shell sees them."""

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

QUERY = ("query", "finance", "SELECT region, count(*) AS n FROM branches GROUP BY 1 ORDER BY 1")


def test_results_go_to_stdout_and_nothing_else_does(plumb):
    done = plumb(*QUERY, "-vv")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0].split() == ["region", "n"]
    assert "SELECT region" in done.stdout


def test_no_escape_sequence_without_a_terminal(plumb):
    assert "\x1b" not in plumb(*QUERY).stdout


@pytest.mark.parametrize(
    ("env", "flags", "colored"),
    [
        ({"FORCE_COLOR": "1"}, (), True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False),
        ({"FORCE_COLOR": "0"}, (), False),
        ({"NO_COLOR": "1"}, ("--color", "always"), True),
        ({"FORCE_COLOR": "1"}, ("--color", "never"), False),
        ({"PLUMB_COLOR": "always"}, (), True),
    ],
)
def test_who_decides_about_colour(plumb, env, flags, colored):
    assert ("\x1b[" in plumb(*QUERY, *flags, env=env).stdout) is colored


def test_json_has_the_documented_fields(plumb):
    row = json.loads(plumb(*QUERY, "--json").stdout)
    assert row["schema"] == 1
    assert row["status"] == "answered"
    assert row["verdict"] == "unknown"  # that a query ran does not prove it
    assert row["columns"] == ["region", "n"]
    assert set(row) >= {
        "answer", "steps", "evidence", "clarification", "usage", "error", "sql", "rows",
    }  # fmt: skip


def test_csv_is_read_back_whole(plumb):
    lines = plumb(*QUERY, "-f", "csv").stdout.splitlines()
    assert lines[0] == "region,n"
    assert sum(int(line.split(",")[1]) for line in lines[1:]) > 0


def test_what_would_write_is_refused_with_code_4(plumb):
    done = plumb("query", "finance", "DELETE FROM branches")
    assert done.returncode == 4
    assert done.stdout.startswith("refused · ")


def test_a_missing_database_is_code_4_and_one_line(plumb):
    done = plumb("query", "nowhere.duckdb", "SELECT 1")
    assert done.returncode == 4
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_a_closed_pipe_is_silent(plumb):
    for verb in ("query", "doctor"):
        args = QUERY if verb == "query" else ("doctor",)
        process = plumb.start(args)
        process.stdout.close()
        complaint = process.stderr.read()
        process.stderr.close()
        process.wait(timeout=300)
        assert complaint == b"", verb
        assert process.returncode in {0, 1}, verb


def test_a_full_disk_is_an_output_error(plumb):
    with Path("/dev/full").open("wb") as full:
        process = plumb.start(QUERY, stdout=full)
        _, err = process.communicate(timeout=300)
    assert process.returncode == 1
    assert b"could not be written" in err
    assert b"Traceback" not in err


def test_ctrl_c_is_one_line_and_code_130(plumb):
    process = plumb.start(("verify", "-"), stdin=subprocess.PIPE)
    time.sleep(2)  # it waits for its input
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == b""
    assert err.decode().strip() == "stopped"


def test_standard_input_that_is_not_utf8_is_told(plumb):
    done = plumb("solve", "-", stdin=b"solve x = \xff")
    assert done.returncode == 2
    assert "not UTF-8" in done.stderr


def test_a_line_of_five_megabytes_is_refused(plumb):
    done = plumb("solve", "-", stdin=b"x" * 5_000_000)
    assert done.returncode == 2
    assert len(done.stderr) < 400


def test_a_terminal_without_utf8_still_gets_its_answer(plumb):
    done = plumb(*QUERY, env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert done.returncode == 0
    assert "unknown" in done.stdout


def test_an_unknown_model_is_code_3(plumb):
    done = plumb("ask", "finance", "total", "--model", "gpt-17")
    assert done.returncode == 3
    assert "gpt-17" in done.stderr


def test_a_missing_database_is_told_before_an_unknown_model(plumb):
    done = plumb("ask", "FINANCE_X", "total", "--model", "gpt-17")
    assert done.returncode == 4
    assert "FINANCE_X" in done.stderr
