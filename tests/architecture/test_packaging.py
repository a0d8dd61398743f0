"""The wheel holds the product and nothing else, and a workspace cannot shadow it."""

import contextlib
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {"assistants", "code_assist", "math_solver", "sql_agent", "lsp", "cli", "training"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the pinned build backend without a network."""
    from hatchling.build import build_wheel

    folder = tmp_path_factory.mktemp("wheel")
    with contextlib.chdir(ROOT):
        return folder / build_wheel(str(folder))


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_wheel_has_exactly_the_expected_top_level_names(unpacked: Path) -> None:
    names = {entry.name for entry in unpacked.iterdir()}
    (metadata,) = [name for name in names if name.endswith(".dist-info")]
    assert metadata.startswith("plumb-")
    assert names - {metadata} == PACKAGES | {"plumb_launcher.py"}


def test_wheel_holds_every_tracked_file_of_the_packages_and_no_test(unpacked: Path) -> None:
    shipped = {
        str(path.relative_to(unpacked))
        for name in PACKAGES
        for path in (unpacked / name).rglob("*")
    }
    tracked = {
        str(path.relative_to(ROOT)) for name in PACKAGES for path in (ROOT / name).rglob("*.py")
    }
    assert tracked <= shipped
    assert [name for name in shipped if "test" in Path(name).name and name.endswith(".py")] == [
        name for name in tracked if "test" in Path(name).name
    ]
    assert [name for name in shipped if name.endswith((".pyc", ".tmp"))] == []


def test_console_script_starts_through_the_launcher(unpacked: Path) -> None:
    (entry_points,) = unpacked.glob("plumb-*.dist-info/entry_points.txt")
    assert "plumb = plumb_launcher:main" in entry_points.read_text()


def test_every_requirement_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [name for extra in project["optional-dependencies"].values() for name in extra]
    assert [name for name in (*project["dependencies"], *extras) if "==" not in name] == []


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A workspace with folders of our names, as other people's projects have them."""
    workspace = tmp_path / "workspace"
    for name in (*PACKAGES, "tests", "typer", "numpy"):
        (workspace / name).mkdir(parents=True)
        (workspace / name / "__init__.py").write_text("raise SystemExit('shadowed')\n")
    shutil.copytree(workspace / "cli", workspace / "plumb_launcher")
    return workspace


@pytest.mark.parametrize("python_path", [None, ".", "{workspace}", "{workspace}:."])
def test_plumb_runs_in_a_workspace_with_folders_of_our_names(
    python_path: str | None, hostile: Path, unpacked: Path, tmp_path: Path
) -> None:
    """The unpacked wheel stands for site-packages; a console script adds no working folder."""
    script = tmp_path / "bin" / "plumb"
    script.parent.mkdir()
    script.write_text(
        f"import sys; sys.path.insert(1, {str(unpacked)!r})\n"
        "sys.path[:] = [entry for entry in sys.path if not entry.endswith('bin')]\n"
        f"from importlib.util import spec_from_file_location, module_from_spec\n"
        f"spec = spec_from_file_location('launch', {str(unpacked / 'plumb_launcher.py')!r})\n"
        "launch = module_from_spec(spec); spec.loader.exec_module(launch); launch.main()\n"
    )
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    if python_path is not None:
        environment["PYTHONPATH"] = python_path.format(workspace=hostile)
    done = subprocess.run(
        [sys.executable, str(script), "--version"],
        cwd=hostile,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("plumb 0.1.0")
