"""What failing tests say that the code should raise."""

import ast
import builtins
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_MISSED = "DID NOT RAISE"
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception by its name, and the message that a test matches it with (or none)."""

    kind: str
    message: str


def expected(tests: Sequence[Path], failing: Sequence[str], said: str) -> tuple[Raised, ...]:
    """Return what failing tests (by their pytest names) expect to be raised and is not."""
    if _MISSED not in said:
        return ()
    names = {one.rpartition("::")[2].partition("[")[0] for one in failing}
    found: list[Raised] = []
    files = [f for one in tests for f in ([one] if one.is_file() else one.rglob("test_*.py"))]
    for path in files:
        try:
            tree = ast.parse(path.read_text(encoding="utf-8-sig"))
        except (OSError, SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in names:
                found += _in(node)
    return tuple(dict.fromkeys(one for one in found if one.kind in said))


def _in(test: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Raised]:
    for node in ast.walk(test):
        match node:
            case ast.Call(func=ast.Attribute(attr="raises"), args=[ast.Name(id=kind), *_]):
                shown = [one.value for one in node.keywords if one.arg == "match"]
                text = re.sub(r"\\(.)", r"\1", _text(shown))
                if hasattr(builtins, kind) and len(text) <= _LONGEST:
                    yield Raised(kind, text)
            case _:
                pass


def _text(shown: Sequence[ast.expr]) -> str:
    match [*shown]:
        case [ast.Constant(value=str() as text)]:
            return text
        case _:
            return ""
