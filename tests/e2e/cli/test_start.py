"""How plumb starts: light, and from wherever it is called."""

import json
import subprocess
import sys

import pytest

HEAVY = [
    "torch",
    "transformers",
    "sympy",
    "sqlglot",
    "duckdb",
    "pygls",
    "lsprotocol",
    "onnxruntime",
    "numpy",
    "rich",
    "jedi",
    "llguidance",
    "httpx",
    "plotext",
    "tree_sitter",
    "sqlalchemy",
    "tokenizers",
]


def test_the_command_tree_loads_nothing_heavy(plumb):
    code = (
        f"import sys; sys.path.insert(0, {str(plumb.command[1]).removesuffix('plumb_launcher.py')!r});"
        "from cli.app import run; run(['--help']); run(['solve', '-h']); run(['--version']);"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=plumb.folder, check=True
    )
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("in_path", [False, True])
def test_a_folder_with_packages_of_the_same_names_changes_nothing(plumb, write, in_path):
    """Also with the folder in PYTHONPATH, as editors set it; also in worker processes."""
    for name in (
        "assistants", "cli", "lsp", "code_assist", "math_solver", "sql_agent", "typer", "sympy",
        "duckdb", "json", "logging",
    ):  # fmt: skip
        write(f"{name}/__init__.py", "raise SystemExit('theirs')")
    env = {"PYTHONPATH": str(plumb.folder)} if in_path else {}
    assert plumb("--version", env=env).stdout.startswith("plumb ")
    asked = plumb("query", "finance", "SELECT 40 + 2 AS n", "--json", env=env)
    assert json.loads(asked.stdout)["rows"] == [[42]], asked.stderr
    assert plumb("verify", "2x", "x + x", env=env).stdout.startswith("equal")


def test_settings_of_a_strangers_project_cannot_choose_the_model(plumb, write):
    write("plumb.toml", 'model = "http://evil.example/v1#steal"\n')
    done = plumb("config", "show", env={"PLUMB_MODEL": ""})
    assert done.returncode == 2
    assert "plumb.toml" in done.stderr


def test_config_tells_where_a_value_came_from(plumb):
    done = plumb("config", "show", "--sources", "--json")
    told = json.loads(done.stdout)["settings"]
    assert told["model"] == {"value": "none", "source": "environment PLUMB_MODEL"}
    assert told["seconds"]["source"] == "default"


def test_config_path_is_one_line(plumb):
    assert plumb("config", "path").stdout.strip().endswith("config.toml")


def test_models_list_names_the_ways_to_name_a_model(plumb):
    names = {
        item["name"] for item in json.loads(plumb("models", "list", "--json").stdout)["models"]
    }
    assert names >= {"none", "bundled"}


def test_models_show_of_a_script(plumb, write):
    write("script.txt", "one reply")
    shown = json.loads(plumb("models", "show", "scripted:script.txt", "--json").stdout)
    assert shown["loaded"] is True
    assert shown["chat"] is True


def test_corrupt_weights_are_code_3_in_one_line(plumb, write):
    write("broken.onnx", "not weights")
    done = plumb("models", "show", "onnx:broken.onnx")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 2
