"""Who may import whom, and what starting up must not load."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = [
    "torch",
    "transformers",
    "onnxruntime",
    "llguidance",
    "tokenizers",
    "numpy",
    "httpx",
    "flint",
    "sympy",
    "mpmath",
    "sqlglot",
    "duckdb",
    "sqlalchemy",
    "psycopg",
    "pygls",
    "lsprotocol",
    "jedi",
    "tree_sitter",
    "plotext",
    "yaml",
]


def python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_import_contracts_hold() -> None:
    """The storeys, and the one home of each library, as pyproject.toml states them."""
    from importlinter.cli import lint_imports

    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None) == 0


@pytest.mark.parametrize("package", ["assistants", "cli.app"])
def test_starting_up_loads_nothing_heavy(package: str) -> None:
    loaded = python(f"import sys, {package}; print(*sys.modules)").split()
    assert package in loaded
    assert [name for name in HEAVY if name in loaded] == []


@pytest.mark.parametrize("module", ["deadline", "batch", "settings", "conversation", "scripted"])
def test_the_floor_needs_no_model_library(module: str) -> None:
    loaded = python(f"import sys, assistants.{module}; print(*sys.modules)").split()
    assert [name for name in HEAVY if name in loaded] == []


def test_nothing_is_printed_or_logged_by_importing() -> None:
    code = (
        "import logging; logging.basicConfig(level=0)\n"
        "import assistants, code_assist, math_solver, sql_agent, lsp, cli.app"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_public_names_resolve() -> None:
    import assistants

    missing = [name for name in assistants.__all__ if not hasattr(assistants, name)]
    assert missing == []
    assert sorted(assistants.__all__) == sorted(set(assistants.__all__))
    with pytest.raises(AttributeError, match="no attribute 'anything_else'"):
        _ = assistants.anything_else
