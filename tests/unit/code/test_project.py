"""Tests of what a single completion reads of the project around its file."""

from pathlib import Path

import pytest

from code_assist import Source, complete, read_project
from code_assist import project as project_module

UNUSUAL = "    return sorted(entries, key=str.casefold, reverse=True)\n"


def lay(root: Path, *files: str) -> None:
    (root / "pyproject.toml").write_text("")
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"def {path.stem}(entries):\n{UNUSUAL}" * 20)


def nearest(root: Path, name: str) -> list[str]:
    read = project_module._nearest(root / name)  # pyright: ignore[reportPrivateUsage]
    return [str(Path(one).relative_to(root)) for one in read]


def test_the_own_folder_is_read_first_and_then_what_is_farther(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, "a/far/one.py", "shop/cart.py", "shop/tax.py", "shop/parts/item.py", "z.py")
    assert nearest(tmp_path, "shop/cart.py") == [
        "shop/cart.py", "shop/tax.py", "z.py", "shop/parts/item.py", "a/far/one.py"
    ]  # fmt: skip
    size = len((tmp_path / "z.py").read_text())
    monkeypatch.setattr(project_module, "_NEAREST", 2 * size + 150)
    assert nearest(tmp_path, "shop/cart.py") == ["shop/cart.py", "shop/tax.py"]


def test_what_a_neighbour_repeats_is_proposed(tmp_path: Path) -> None:
    lay(tmp_path, "shop/tax.py")
    file = tmp_path / "shop" / "cart.py"
    file.write_text("def total(entries):\n    return sorted(entries, ")
    source = Source.read(file)
    project = read_project(file)
    end = len(source.text)

    memory = project.memory(source, end)

    with_it = complete(source, source.position(end), model=project.ngram, memory=memory)
    without = complete(source, source.position(end), model=project.ngram)

    assert with_it.best is not None, with_it.reason
    assert with_it.best.candidate.new_text == "key=str.casefold, reverse=True)"
    assert without.best is None
