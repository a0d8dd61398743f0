"""Repeated runs of a test file: what one test does to its process is no fault of the others."""

from pathlib import Path

import pytest

from assistants.errors import SandboxUnavailable
from code_assist.sandbox import protection
from code_assist.testing import Project
from code_assist.testing.verifying import run_tests

_FILE = """
import os, signal

def test_fine():
    assert True

def test_ends_the_process():
    os.kill(os.getpid(), signal.SIGKILL)

def test_wrong():
    assert False

def test_has_no_end():
    while True:
        pass

def test_fine_too():
    assert True
"""


@pytest.mark.parametrize("runs", [1, 6])
def test_a_test_that_ends_its_process_or_never_ends_fails_alone(tmp_path: Path, runs: int) -> None:
    try:
        protection()
    except SandboxUnavailable as error:
        pytest.skip(f"no sandbox here: {error}")
    tmp_path.chmod(0o755)
    file = tmp_path / "shop.py"
    file.write_text("def total(): return 0\n", encoding="utf-8")
    found = run_tests(Project.of(file), _FILE, runs=runs, seconds=15.0)
    assert found.passed == {"test_fine", "test_fine_too"}
    assert found.failed == {"test_wrong", "test_ends_the_process", "test_has_no_end"}
