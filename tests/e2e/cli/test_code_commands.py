"""`plumb check` and `plumb complete` on real files, and `plumb chat` through a pipe."""

import json

import pytest

BROKEN = "import os\n\n\ndef f(a):\n    return undefined_thing\n"


def test_check_reports_one_line_a_finding(plumb, write):
    write("broken.py", BROKEN)
    done = plumb("check", "broken.py")
    assert done.returncode == 1
    assert [line.split(" ")[0] for line in done.stdout.splitlines()] == [
        "broken.py:1:8",
        "broken.py:5:12",
    ]


def test_check_of_a_good_file_is_code_0_and_silent_on_stdout(plumb, write):
    write("Good.java", "class Good {\n    int one() {\n        return 1;\n    }\n}\n")
    done = plumb("check", "Good.java")
    assert (done.returncode, done.stdout) == (0, "")


def test_check_goes_on_after_a_file_that_cannot_be_read(plumb, write):
    write("broken.py", BROKEN)
    (plumb.folder / "latin.py").write_bytes(b"# caf\xe9\n")
    done = plumb("check", "latin.py", "missing.py", "broken.py", "--json")
    assert done.returncode == 2
    row = json.loads(done.stdout)
    assert (row["status"], row["error"].split(":")[0]) == ("failed", "missing.py")
    assert {item["path"] for item in row["diagnostics"]} == {"broken.py"}
    assert "latin.py: not UTF-8" in done.stderr
    assert "missing.py" in done.stderr


def test_a_file_cannot_write_to_the_terminal(plumb, write):
    write("evil.py", "def f():\n    return name_\x1b[31m_x\n")
    done = plumb("check", "evil.py")
    assert "\x1b" not in done.stdout


def test_complete_in_a_pipe_writes_the_code_alone(plumb, write):
    write("names.py", "favourite_colour = 1\nprint(favour)\n")
    done = plumb("complete", "names.py:2:13")
    assert done.returncode == 0, done.stderr
    assert "favourite_colour".endswith(done.stdout.strip())
    assert done.stdout.strip()


@pytest.mark.parametrize("place", ["names.py:9:1", "names.py:1:99", "names.py:0:1", "names.py"])
def test_a_place_that_is_not_there_is_code_2(plumb, write, place):
    write("names.py", "x = 1\n")
    done = plumb("complete", place)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")


def test_chat_through_a_pipe_answers_and_leaves(plumb, write):
    write("script.txt", "Use a loop:\n```python\nfor i in range(3):\n    print(i)\n```")
    done = plumb("chat", "code", "--model", "scripted:script.txt", stdin="how do I count?\n")
    assert done.returncode == 0
    assert "for i in range(3):" in done.stdout
    assert "✓ python block 1" in done.stdout or "python block 1" in done.stdout


def test_chat_tells_of_code_that_does_not_parse(plumb, write):
    write("script.txt", "Here:\n```python\nfor i in range(3:\n```")
    done = plumb("chat", "code", "--model", "scripted:script.txt", stdin="count\n")
    assert done.returncode == 1
    assert "refuted" in done.stdout


def test_chat_saves_undoes_and_loads(plumb, write):
    write("script.txt", "first\n\nsecond\n\nthird")
    model = ("--model", "scripted:script.txt")
    done = plumb("chat", "code", *model, stdin="one\ntwo\n/undo\n/save talk.json\n/quit\nnever\n")
    assert "forgotten: two" in done.stderr
    assert "third" not in done.stdout
    saved = json.loads((plumb.folder / "talk.json").read_text())
    assert [turn["question"] for turn in saved["turns"]] == ["one"]
    again = plumb("chat", "code", *model, "--load", "talk.json", stdin="/undo\n")
    assert "forgotten: one" in again.stderr
    other = plumb("chat", "math", "--load", "talk.json")
    assert other.returncode == 2
    assert "plumb chat code" in other.stderr


def test_chat_survives_an_error(plumb, write):
    write("script.txt", "only one reply")
    done = plumb("chat", "code", "--model", "scripted:script.txt", stdin="one\ntwo\n/undo\n")
    assert "has only 1 replies" in done.stderr
    assert "forgotten: one" in done.stderr


def test_check_of_a_folder_reads_what_is_ours(plumb, write):
    write("src/broken.py", BROKEN)
    write("src/inner/Good.java", "class Good {\n}\n")
    write("src/.venv/broken.py", BROKEN)
    write("src/node_modules/broken.py", BROKEN)
    write("src/notes.txt", "not code")
    found = json.loads(plumb("check", "src", "--json").stdout)["diagnostics"]
    assert {item["path"] for item in found} == {"src/broken.py"}
