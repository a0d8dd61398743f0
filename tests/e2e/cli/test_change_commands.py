"""`plumb test`, `fix`, `edit` and `explain` on real files."""

import json

import pytest

from assistants.errors import SandboxUnavailable
from code_assist.sandbox import protection

CODE = "def grown(age):\n    return age > 18\n"


@pytest.fixture
def sandboxed(plumb):
    try:
        protection()
    except SandboxUnavailable as error:
        pytest.skip(f"no sandbox here: {error}")
    plumb.folder.chmod(0o755)
    plumb.folder.parent.chmod(0o755)


def test_an_edit_is_a_diff_and_changes_the_file_only_when_asked(plumb, write):
    write("people.py", CODE)
    ask = ("edit", "people.py:1", "guard against negative age", "--model", "none")
    done = plumb(*ask)
    assert done.returncode == 0
    assert "+    if age < 0:" in done.stdout
    assert (plumb.folder / "people.py").read_text() == CODE
    assert plumb(*ask, "--write").returncode == 0
    assert "if age < 0:" in (plumb.folder / "people.py").read_text()


def test_what_cannot_be_edited_is_code_1_with_the_reason(plumb, write):
    write("people.py", CODE)
    done = plumb("edit", "people.py:1", "make it rhyme", "--model", "none", "--json")
    assert done.returncode == 1
    row = json.loads(done.stdout)
    assert row["status"] == "abstained"
    assert "no model is set" in row["error"]
    assert plumb("edit", "people.py", "add a docstring").returncode == 2


def test_an_explanation_is_plain_lines_in_a_pipe(plumb, write):
    write("people.py", CODE)
    done = plumb("explain", "people.py:1-2", "--model", "none")
    assert done.stdout.splitlines() == [
        "Function grown(age).",
        "Line 2: returns `age > 18`.",
    ]


@pytest.mark.usefixtures("sandboxed")
def test_tests_go_to_stdout_and_with_write_into_their_file(plumb, write):
    write("people.py", CODE)
    done = plumb("test", "people.py", "--seconds", "1")
    assert done.returncode == 0, done.stderr
    assert "from people import grown" in done.stdout
    assert not (plumb.folder / "test_people.py").exists()
    done = plumb("test", "people.py::grown", "--seconds", "1", "--write", "--json")
    row = json.loads(done.stdout)
    assert (row["mutation_score"], row["untested"]) == (1.0, [])
    assert (plumb.folder / "test_people.py").read_text() == row["answer"]


@pytest.mark.usefixtures("sandboxed")
def test_a_repair_makes_the_failing_test_pass(plumb, write):
    write("people.py", CODE)
    tests = "from people import grown\ndef test_a(): assert grown(18)\ndef test_b(): assert not grown(17)\n"
    write("test_people.py", tests)
    done = plumb("fix", "people.py", "--tests", "test_people.py", "--write", "--json")
    row = json.loads(done.stdout)
    assert row["status"] == "answered", row
    assert (plumb.folder / "people.py").read_text() == CODE.replace(">", ">=")
