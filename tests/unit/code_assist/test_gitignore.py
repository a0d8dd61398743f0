"""`.gitignore` as git reads it: every case is checked with git itself where git is installed."""

import shutil
import subprocess

import pytest

from code_assist.gitignore import Rules, parse
from code_assist.project_files import is_indexed, walk

CASES = [
    ("*.py", "a.py", True),
    ("*.py", "sub/a.py", True),
    ("/a.py", "sub/a.py", False),
    ("/a.py", "a.py", True),
    ("sub/*.py", "sub/a.py", True),
    ("sub/*.py", "sub/deep/a.py", False),
    ("sub/**/a.py", "sub/deep/er/a.py", True),
    ("**/deep/a.py", "sub/deep/a.py", True),
    ("sub/**", "sub/deep/a.py", True),
    ("a.p?", "a.py", True),
    ("[ab].py", "a.py", True),
    ("[!ab].py", "a.py", False),
    ("[^b].py", "a.py", True),
    ("a.py/", "a.py", False),
    ("\\#a.py", "#a.py", True),
    ("#a.py", "#a.py", False),
    ("a.py   ", "a.py", True),
    ("*.py\n!a.py", "a.py", False),
    ("!a.py\n*.py", "a.py", True),
    ("a.*.py", "a.b.py", True),
    ("A.py", "a.py", False),
    ("x[1].py", "x1.py", True),
]


@pytest.mark.parametrize(("rules", "name", "ignored"), CASES)
def test_patterns(tmp_path, rules, name, ignored):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    (tmp_path / ".gitignore").write_text(rules)
    assert is_indexed(tmp_path, path) is not ignored
    if shutil.which("git"):
        subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
        said = subprocess.run(["git", "check-ignore", "-q", name], cwd=tmp_path, check=False)
        assert (said.returncode == 0) is ignored


def test_inner_files_add_rules_and_folders_are_ignored_with_all_that_is_in_them(tmp_path):
    for name in ("a.py", "gen/b.py", "gen/deep/c.py", "src/d.py", "src/keep.py", "src/E.java"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / ".gitignore").write_text("gen/\n")
    (tmp_path / "src" / ".gitignore").write_text("*.py\n!keep.py\n")
    found = [str(path.relative_to(tmp_path)) for path in walk(tmp_path)]
    assert found == ["a.py", "src/E.java", "src/keep.py"]
    for name in found:
        assert is_indexed(tmp_path, tmp_path / name)


def test_what_is_hidden_installed_or_built_is_not_walked(tmp_path):
    for folder in (".git", ".venv", "node_modules", "__pycache__", "build", "pkg"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.py").touch()
    (tmp_path / "pkg" / "notes.txt").touch()
    (tmp_path / "pkg" / "big.py").write_text("x = 1\n" * 100_000)
    (tmp_path / "pkg" / "link").symlink_to(tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in walk(tmp_path)] == ["pkg/a.py"]


def test_a_path_outside_is_not_indexed(tmp_path):
    assert not is_indexed(tmp_path / "inside", tmp_path / "a.py")


def test_a_pattern_that_is_no_class_matches_as_it_stands(tmp_path):
    assert parse(["[z-a].py"])[0].pattern.fullmatch("[z-a].py")
    assert Rules().ignores(tmp_path / "a.py", folder=False) is False
