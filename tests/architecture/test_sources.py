"""What holds for every source file of the product."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("assistants", "code_assist", "math_solver", "sql_agent", "lsp", "cli")
LONGEST_FILE = 600


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def test_no_file_is_longer_than_the_limit() -> None:
    folders = (*PACKAGES, "training", "benchmarks", "tests")
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources(*folders)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_every_package_and_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sources(*PACKAGES, "training")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_of_sources_is_a_package(package: str) -> None:
    folders = {path.parent for path in sources(package)}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_untrusted_text_is_never_evaluated() -> None:
    """No call of `eval`, `exec`, `sympify` or `parse_expr` anywhere in the product.

    But for what runs inside the sandbox alone, where running foreign code is the task.
    """
    forbidden = {"eval", "exec", "sympify", "parse_expr"}
    calls = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources(*PACKAGES)
        if path.parent.name != "plumb_guest"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in forbidden)
            or (
                isinstance(node.func, ast.Attribute) and node.func.attr in {"sympify", "parse_expr"}
            )
        )
    ]
    assert calls == []


def test_only_the_command_line_prints() -> None:
    printing = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources(*(name for name in PACKAGES if name != "cli"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert printing == []


def test_committed_text_files_name_no_path_of_a_machine() -> None:
    """What is committed must mean the same on every machine."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    needles = ("/" + "work/", "/" + "root/")  # in two parts: this file is committed as well
    found: list[str] = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".txt", ".yaml", ".json", ""} and path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            found += [f"{name}: {needle}" for needle in needles if needle in text]
    assert found == []
