"""A test file from tests: imports, fixtures, the tests; or an existing one extended."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .writing import Written

_CLOCK = '''@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Time stands still."""
    for name in ("time", "monotonic", "perf_counter"):
        monkeypatch.setattr(time, name, lambda: 1_700_000_000.0)'''
_LOTS = '''@pytest.fixture(autouse=True)
def lots():
    """The same random numbers for each test."""
    random.seed(0)'''
_WRITTEN = '''def written(path, text):
    """Return the path of a file with this text."""
    path.write_text(text)
    return path'''
_COLLECTED = '''def collected(items):
    """Return what an asynchronous generator yields."""

    async def collect():
        return [one async for one in items]

    return asyncio.run(collect())'''
_KNOWN = {"io": "", "islice": "itertools:islice", "Path": "pathlib:Path",
          "SimpleNamespace": "types:SimpleNamespace"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What surrounds tests: the module, where foreign names live, fixtures, an existing file."""

    module: str
    homes: Mapping[str, str]
    imports: Mapping[str, str]
    frozen: bool = False
    seeded: bool = False
    existing: str | None = None


def assemble(tests: Sequence[Written], frame: Frame) -> str:
    """Return the whole file; an existing one keeps every line that it has."""
    code = "\n".join(one.code for one in tests)
    names = set[str]().union(*(one.names for one in tests))
    names = {one for one in names if re.search(rf"\b{one}\b", code)}
    modules = set[str]().union(*(one.modules for one in tests))
    fixtures: list[str] = []
    for wanted, text, needed in (
        (frame.frozen, _CLOCK, {"time", "pytest"}),
        (frame.seeded, _LOTS, {"random", "pytest"}),
    ):
        if wanted and not (frame.existing and text.split("\n")[1] in frame.existing):
            fixtures.append(text)
            modules |= needed
    for helper, text, needed in (("written", _WRITTEN, ""), ("collected", _COLLECTED, "asyncio")):
        if helper in names:
            names.remove(helper)
            modules |= {needed} - {""}
            if f"def {helper}(" not in (frame.existing or ""):
                fixtures.append(text)
    wanted_imports = _imports(names, modules, frame)
    blocks = [*fixtures, *(one.code for one in tests)]
    if frame.existing is None:
        head = f'"""Tests of {frame.module}."""\n\n' + _written_imports(wanted_imports)
        return head + "\n\n\n" + "\n\n\n".join(blocks) + "\n"
    return _extended(frame.existing, wanted_imports, blocks)


def _imports(names: set[str], modules: set[str], frame: Frame) -> list[tuple[str, str]]:
    """Return what to import as (module, name), with an empty name for a module itself."""
    wanted = {(one, "") for one in modules}
    for name in names:
        own = name in frame.imports or name in frame.homes
        home = frame.homes.get(name, None if own else _KNOWN.get(name))
        if home is None or (home == frame.module and name in frame.imports):
            home = frame.imports.get(name, f"{frame.module}:{name}")
        if home == "":
            wanted.add((name, ""))
        elif ":" in home:
            module, _, original = home.partition(":")
            wanted.add((module, original))
        else:
            wanted.add((home, name))
    return sorted(wanted)


def _written_imports(wanted: Sequence[tuple[str, str]]) -> str:
    plain = [module for module, name in wanted if not name]
    standard = sorted(one for one in plain if one != "pytest")
    lines = [f"import {one}" for one in standard]
    by_module: dict[str, list[str]] = {}
    for module, name in wanted:
        if name:
            by_module.setdefault(module, []).append(name)
    std = {
        "itertools",
        "pathlib",
        "types",
        "datetime",
        "decimal",
        "fractions",
        "collections",
        "uuid",
    }
    lines += [f"from {m} import {', '.join(sorted(n))}" for m, n in by_module.items() if m in std]
    groups = ["\n".join(lines)] if lines else []
    if "pytest" in plain:
        groups.append("import pytest")
    own = [_from(m, sorted(n)) for m, n in by_module.items() if m not in std]
    return "\n\n".join([*groups, *(["\n".join(own)] if own else [])])


def _from(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= 88:
        return line
    return f"from {module} import (\n" + "".join(f"    {one},\n" for one in names) + ")"


def _extended(text: str, wanted: Sequence[tuple[str, str]], blocks: Sequence[str]) -> str:
    tree = ast.parse(text)
    present = set[tuple[str, str]]()
    last = 0
    for node in tree.body:
        if isinstance(node, ast.Import):
            present |= {(one.name, "") for one in node.names if one.asname is None}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            present |= {(node.module or "", one.name) for one in node.names if one.asname is None}
        else:
            continue
        last = node.end_lineno or node.lineno
    missing = [one for one in wanted if one not in present]
    lines = text.splitlines()
    if missing:
        if last == 0 and ast.get_docstring(tree) is not None:
            last = tree.body[0].end_lineno or 1
        new = _written_imports(missing).split("\n")
        lines[last:last] = [one for one in new if one] if last else [*new, ""]
    return "\n".join(lines).rstrip() + "\n\n\n" + "\n\n\n".join(blocks) + "\n"


def defined_names(text: str) -> frozenset[str]:
    """Return the names that a test file defines at its top."""
    return frozenset(
        node.name
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )


def imports_of(tree: ast.Module) -> dict[str, str]:
    """Return where the names that a module imports from elsewhere come from (`module:name`)."""
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            for one in node.names:
                found[one.asname or one.name] = f"{node.module}:{one.name}"
        elif isinstance(node, ast.Import):
            for one in node.names:
                if one.asname is None and "." not in one.name:
                    found[one.name] = ""
    return found
