"""Rows for `plumb batch`: `python benchmarks/data/batch_rows.py FOLDER`.

Writes `solve.ndjson`, `ask.ndjson` and `complete.ndjson`, 200 rows each, always the same:
mathematics of twelve kinds, the questions over the two bundled databases, and cut points in the
source of this Python's own standard library (which is why they are no files here).
"""

import argparse
import inspect
import io
import json
import random
import sys
import tokenize
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

ROWS = 200
MODULES = (
    *(
        "argparse",
        "bisect",
        "calendar",
        "colorsys",
        "configparser",
        "contextlib",
        "csv",
        "dataclasses",
    ),
    *(
        "difflib",
        "fnmatch",
        "fractions",
        "functools",
        "heapq",
        "json.decoder",
        "mimetypes",
        "queue",
    ),
    *("shlex", "statistics", "string", "tempfile", "textwrap", "timeit", "tokenize", "zipfile"),
)
MOST_SUFFIX = 2_000

Kind = Callable[[random.Random], str]


def _linear(rng: random.Random) -> str:
    a, x, b = rng.randint(2, 12), rng.randint(-9, 9), rng.randint(1, 40)
    return rng.choice(("solve {}x + {} = {}", "Find x if {}x + {} = {}.", "{}*x + {} = {}")).format(
        a, b, a * x + b
    )


def _quadratic(rng: random.Random) -> str:
    p, q = rng.randint(-9, 9), rng.randint(1, 9)
    return f"solve x^2 - {p + q}x + {p * q} = 0".replace("- -", "+ ").replace("+ -", "- ")


def _system(rng: random.Random) -> str:
    x, y, a = rng.randint(-8, 8), rng.randint(-8, 8), rng.randint(2, 5)
    return f"solve x + y = {x + y}, {a}x - y = {a * x - y}"


def _derivative(rng: random.Random) -> str:
    inner = rng.choice(
        ("sin(x)", "x^{0}", "e^({0}x)", "ln(x)", "x^{0}*cos(x)", "(x + {0})/(x - {0})")
    )
    return rng.choice(("differentiate {}", "What is the derivative of {}?", "d/dx of {}")).format(
        inner.format(rng.randint(2, 7))
    )


def _integral(rng: random.Random) -> str:
    a = rng.randint(2, 9)
    return (
        rng.choice(
            (f"integrate x^{a}", f"integral of sin({a}x) dx", f"integrate 1/(x^2 + {a * a})")
        )
        if rng.random() < 0.7
        else f"integrate x^2 from 0 to {a}"
    )


def _simplify(rng: random.Random) -> str:
    a = rng.randint(2, 9)
    return rng.choice(
        (
            f"simplify (x^2 - {a * a})/(x - {a})",
            f"expand (x + {a})^3",
            f"factor x^2 + {2 * a}x + {a * a}",
        )
    )


def _numbers(rng: random.Random) -> str:
    a, b = rng.randint(12, 400), rng.randint(12, 400)
    return rng.choice(
        (
            f"gcd of {a} and {b}",
            f"What is the least common multiple of {a} and {b}?",
            f"Is {a * 2 + 1} prime?",
            f"What is the remainder of {a * b} divided by {rng.randint(3, 19)}?",
        )
    )


def _percent(rng: random.Random) -> str:
    return f"What is {rng.randrange(5, 95, 5)}% of {rng.randrange(20, 900, 20)}?"


def _arithmetic(rng: random.Random) -> str:
    a, b, c = (rng.randint(2, 99) for _ in range(3))
    return f"{a} * ({b} + {c}) - {a}/{b}"


def _shopping(rng: random.Random) -> str:
    n, p, paid = rng.randint(3, 9), rng.randint(2, 6), rng.choice((60, 80, 100))
    return (
        f"Mia buys {n} notebooks for {p} dollars each and pays with {paid} dollars. "
        "How much change does she get?"
    )


def _speed(rng: random.Random) -> str:
    speed, hours = rng.randrange(60, 140, 10), rng.randint(2, 7)
    return f"A train travels {speed} km in an hour. How far does it travel in {hours} hours?"


def _beyond(rng: random.Random) -> str:
    """A question that should be refused or left open, not guessed."""
    return rng.choice(
        ("What is the best colour?", "prove the Riemann hypothesis", "solve", "x +* 3 = )", "0/0")
    )


KINDS: tuple[Kind, ...] = (
    *(_linear, _quadratic, _system, _derivative, _integral, _simplify),
    *(_numbers, _percent, _arithmetic, _shopping, _speed, _beyond),
)


def solve_rows() -> Iterator[dict[str, str]]:
    """Yield questions of all kinds in turn."""
    rng = random.Random(20251231)
    for number in range(ROWS):
        question = KINDS[number % len(KINDS)](rng)
        yield {"id": f"solve-{number:03d}", "question": question}


def ask_rows() -> Iterator[dict[str, str]]:
    """Yield the questions over both databases, the first of them again to make up the number."""
    rows: list[dict[str, str]] = []
    for name in ("finance", "medical"):
        path = Path(__file__).parent / f"questions_{name}.ndjson"
        rows += [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for number in range(ROWS):
        row = rows[number % len(rows)]
        yield {"id": f"ask-{number:03d}", "database": row["database"], "question": row["question"]}


def _code_lines(source: str) -> list[int]:
    """Return the lines that hold a name outside of comments and texts."""
    words = tokenize.generate_tokens(io.StringIO(source).readline)
    return sorted({word.start[0] - 1 for word in words if word.type == tokenize.NAME})


def complete_rows() -> Iterator[dict[str, str]]:
    """Yield cut points in the middle of lines of the standard library."""
    rng = random.Random(20251231)
    sources = [inspect.getsource(import_module(name)) for name in MODULES]
    code_lines = [_code_lines(source) for source in sources]
    for number in range(ROWS):
        source = sources[number % len(sources)]
        lines = source.splitlines(keepends=True)
        line = rng.choice(
            [i for i in code_lines[number % len(sources)] if i > 20 and len(lines[i].strip()) > 12]
        )
        indent = len(lines[line]) - len(lines[line].lstrip())
        column = rng.randrange(indent + 2, len(lines[line]) - 2)
        cut = sum(map(len, lines[:line])) + column
        end = cut - column + len(lines[line]) - 1
        yield {
            "id": f"complete-{number:03d}",
            "language": "python",
            "prefix": source[:cut],
            "suffix": source[end : end + MOST_SUFFIX],
        }


def main() -> None:
    """Write the three files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("solve", solve_rows()), ("ask", ask_rows()), ("complete", complete_rows())):
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        (folder / f"{name}.ndjson").write_text("".join(lines), encoding="utf-8")
        sys.stderr.write(f"{folder / name}.ndjson: {len(lines)} rows\n")


if __name__ == "__main__":
    main()
