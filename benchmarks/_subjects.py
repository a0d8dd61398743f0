"""Functions and classes for test generation and repair: those of held-out packages.

All public functions and classes of some modules that are pure enough to be tested by value, with a
body of some lines; which ones are tried is drawn by seed. The packages are those that
`training/corpus.toml` holds out: attrs and click are installed with plumb's own dependencies;
more-itertools and toolz come from a folder (`pip download --no-deps`, unpacked), if one is given.
"""

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

MODULES = (
    "more_itertools.more",
    "more_itertools.recipes",
    "toolz.itertoolz",
    "toolz.dicttoolz",
    "toolz.functoolz",
    "toolz.recipes",
    "click.formatting",
    "click._utils",
    "click.utils",
    "click.parser",
    "attr.filters",
    "attr._cmp",
    "attr._version_info",
)
SHORTEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One function or class: its file and its name there."""

    module: str
    file: Path
    name: str


def subjects(folder: Path | None, count: int, seed: int, skip: int = 0) -> list[Subject]:
    """Return subjects in an order drawn by seed, without the first `skip`: samples are disjoint."""
    everything = [one for module in MODULES for one in _of(module, folder)]
    random.Random(seed).shuffle(everything)
    return everything[skip : skip + count]


def _of(module: str, folder: Path | None) -> Iterator[Subject]:
    file = _file(module, folder)
    if file is None:
        return
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        statements = sum(isinstance(one, ast.stmt) for one in ast.walk(node)) - 1
        if statements >= SHORTEST + 1 and not _is_abstract(node):
            yield Subject(module=module, file=file, name=node.name)


def _is_abstract(node: ast.FunctionDef | ast.ClassDef) -> bool:
    bases = {ast.unparse(one) for one in getattr(node, "bases", [])}
    return bool(bases & {"Exception", "ValueError", "TypeError", "Protocol"})


def _file(module: str, folder: Path | None) -> Path | None:
    parts = module.split(".")
    if folder is not None:
        file = folder.joinpath(*parts).with_suffix(".py")
        return file if file.exists() else None
    spec = find_spec(parts[0])
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent.joinpath(*parts[1:]).with_suffix(".py")
    return file if file.exists() else None
