"""Checking someone's steps: chains with one injected error each, and how many errors are caught.

Two sources: chains of our own of some fifteen kinds, and chains of formulas in the worked solutions
of MATH-train (`../shared/data`). A step of MATH counts where both sides hold the same letters, so
that it can be judged without the text around it; what our parser cannot read is counted apart. An
injected change counts as an error where mpmath or exact fractions show, independently of the
checker, that the changed line is wrong.
"""

import argparse
import gzip
import json
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mpmath
from _math_cases import changed, differ, value
from _record import record

from assistants.answer import Verdict
from assistants.errors import InputError
from math_solver import verify_chain
from math_solver.lines import Line, read_line
from math_solver.reading import Relation, spell

MATH = Path(__file__).resolve().parent.parent.parent / "shared/data/math/MATH-train.jsonl.gz"
SEED = 20_261_123
mp: Any = mpmath.mp
Chain = list[str]


def options(parser: argparse.ArgumentParser) -> None:
    """Add the sizes."""
    parser.add_argument("--chains", type=int, default=1_000, help="chains of our own")
    parser.add_argument("--solutions", type=int, default=2_500, help="solutions of MATH to read")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Measure both sources."""
    quick = bool(arguments.quick)
    choose = random.Random(SEED)
    own = [kind(choose) for kind in _cycle(60 if quick else arguments.chains)]
    results: dict[str, Any] = {"own": _measured(own, choose)}
    if MATH.exists():
        chains, counts = math_chains(100 if quick else arguments.solutions)
        results["MATH-train"] = {**counts, **_measured(chains, choose)}
    else:
        results["MATH-train"] = "skipped: ../shared is not there"
    return results


def _cycle(size: int) -> Iterator[Callable[[random.Random], Chain]]:
    for index in range(size):
        yield KINDS[index % len(KINDS)]


def _measured(chains: Sequence[Chain], choose: random.Random) -> Mapping[str, Any]:
    counts: Counter[str] = Counter()
    times: list[float] = []
    for chain in chains:
        _gold(chain, counts, times)
        wrong = with_error(chain, choose)
        if wrong is not None:
            _injected(*wrong, counts, times)
    steps = counts["gold steps"] - counts["wrong without the text around"]
    decided = counts["gold proved"] + counts["false alarms"]
    return {
        "chains": len(chains),
        "gold steps": counts["gold steps"],
        "of these wrong without the text around": counts["wrong without the text around"],
        "gold proved": counts["gold proved"],
        "false alarms": counts["false alarms"],
        "false alarm rate": round(counts["false alarms"] / max(steps, 1), 4),
        "decided rate": round(decided / max(steps, 1), 4),
        "errors injected": counts["injected"],
        "caught": counts["caught"],
        "caught rate": round(counts["caught"] / max(counts["injected"], 1), 4),
        "at the changed line": counts["at the line"],
        "wrong line proved": counts["wrong line proved"],
        "median_ms a step": round(statistics.median(times) * 1000, 1),
        "p99_ms a step": round(sorted(times)[int(len(times) * 0.99)] * 1000, 1),
    }


def _gold(chain: Chain, counts: Counter[str], times: list[float]) -> None:
    links = _checked(chain, times)
    for number, verdict in enumerate(links):
        counts["gold steps"] += 1
        counts["gold proved"] += verdict is Verdict.PROVED
        if verdict is Verdict.REFUTED and _differs_by_itself(chain, number, random.Random(SEED)):
            counts["wrong without the text around"] += 1
        elif verdict is Verdict.REFUTED:
            counts["false alarms"] += 1
            print(f"false alarm at {number + 2}: {chain}", file=sys.stderr)


def _differs_by_itself(chain: Chain, number: int, choose: random.Random) -> bool:
    """Whether a gold step uses knowledge from the text around: its sides differ, says mpmath."""
    left, right = (line.removeprefix("= ") for line in chain[number : number + 2])
    try:
        return chain[number + 1].startswith("= ") and differ(left, right, choose)
    except (InputError, KeyError):
        return False


def _injected(chain: Chain, place: int, counts: Counter[str], times: list[float]) -> None:
    links = _checked(chain, times)
    counts["injected"] += 1
    caught = Verdict.REFUTED in links
    counts["caught"] += caught
    counts["at the line"] += links[place - 1] is Verdict.REFUTED
    counts["wrong line proved"] += links[place - 1] is Verdict.PROVED and not caught
    if not caught:
        print(f"missed at {place + 1}: {chain}", file=sys.stderr)


def _checked(chain: Chain, times: list[float]) -> list[Verdict]:
    """Return the verdict of each line; what is extraneous at the end refutes the last line."""
    began = time.perf_counter()
    answer = verify_chain(chain, seconds=10)
    times.append((time.perf_counter() - began) / (len(chain) - 1))
    if answer.best is None:
        return []
    found = answer.best.candidate
    verdicts = [link.verdict for link in found.links]
    if found.end is not None:
        verdicts[-1] = Verdict.REFUTED
    return verdicts


# --- injecting one error


def with_error(chain: Chain, choose: random.Random) -> tuple[Chain, int] | None:
    """Change one thing in one line after the first; None where no try makes it wrong."""
    for _ in range(12):
        place = choose.randrange(1, len(chain))
        before, line = chain[place - 1], chain[place]
        if choose.random() < 0.25 and " or " in line:
            mutated = choose.choice(line.split(" or "))  # a lost solution
        else:
            mutated = _mutated(line, choose)
        if mutated and _is_wrong(before, line, mutated, choose, last=place == len(chain) - 1):
            return [*chain[:place], mutated, *chain[place + 1 :]], place
    return None


def _mutated(line: str, choose: random.Random) -> str:
    parts = re.split(r"(^= ?| or |, )", line)
    places = [i for i, part in enumerate(parts) if part.strip() and not re.fullmatch(
        r"= ?| or |, ", part)]  # fmt: skip
    if not places:
        return ""
    place = choose.choice(places)
    try:
        parts[place] = changed(parts[place], choose)
    except InputError:
        return ""
    return "".join(parts)


def _is_wrong(before: str, line: str, mutated: str, choose: random.Random, *, last: bool) -> bool:
    try:
        gold, wrong, previous = read_line(line), read_line(mutated), read_line(before)
    except InputError:
        return False
    if gold.expression is not None and wrong.expression is not None:
        side = previous.last_side
        return side is not None and differ(spell(side), spell(wrong.expression), choose)
    lost = added = False
    for point in _test_points(gold, previous, choose):
        true, claimed = (_holds(one, point) for one in (previous, wrong))
        if true is None or claimed is None:
            continue
        lost = lost or (true and not claimed)
        added = added or (claimed and not true)
    return lost or (added and last)


def _test_points(gold: Line, previous: Line, choose: random.Random) -> Iterator[dict[str, Any]]:
    """A grid, and the points that the gold line itself names."""
    names = tuple(dict.fromkeys((*gold.letters, *previous.letters)))
    named = [
        {r.left.name: value(r.right, {}) for r in case if hasattr(r.left, "name")}
        for line in (gold, previous) for case in line.cases
    ]  # fmt: skip
    yield from (p for p in named if set(p) == set(names) and None not in p.values())
    if len(names) == 1:
        yield from ({names[0]: mp.mpf(n) / 4} for n in range(-160, 161))
    for _ in range(300):
        yield {name: mp.mpf(choose.randint(-12, 12)) for name in names}


def _holds(line: Line, point: Mapping[str, Any]) -> bool | None:
    """Whether a statement holds at a point, by mpmath; None where a value is missing."""
    with mp.workdps(50):
        return any(all(_relation(r, point) for r in case) for case in line.cases)


def _relation(relation: Relation, point: Mapping[str, Any]) -> bool:
    left, right = value(relation.left, point), value(relation.right, point)
    if left is None or right is None or abs(mp.im(left)) + abs(mp.im(right)) > 1e-30:
        return False
    gap = mp.re(left) - mp.re(right)
    near = abs(gap) < mp.mpf(10) ** -30 * max(1, abs(left))
    return {"=": near, "!=": not near, "<": not near and gap < 0, "<=": near or gap < 0,
            ">": not near and gap > 0, ">=": near or gap > 0}[relation.operator]  # fmt: skip


# --- chains of our own


def _number(choose: random.Random, least: int = 1, most: int = 12) -> int:
    return choose.randint(least, most) * choose.choice((1, 1, -1))


def linear(choose: random.Random) -> Chain:
    """a*x + b = c*x + d."""
    a, c = choose.sample(range(2, 12), 2)
    b, d = _number(choose), _number(choose)
    return [f"{a}*x + ({b}) = {c}*x + ({d})", f"{a - c}*x = {d - b}",
            f"x = {Fraction(d - b, a - c)}"]  # fmt: skip


def quadratic(choose: random.Random) -> Chain:
    """Factored."""
    a, b = choose.sample(range(-9, 10), 2)
    return [f"x^2 - ({a + b})*x + ({a * b}) = 0", f"(x - ({a}))*(x - ({b})) = 0",
            f"x - ({a}) = 0 or x - ({b}) = 0", f"x = {a} or x = {b}"]  # fmt: skip


def square(choose: random.Random) -> Chain:
    """Completing the square."""
    p, s = _number(choose, 1, 8), choose.randint(1, 9)
    return [f"x^2 + ({2 * p})*x = {s * s - p * p}", f"(x + ({p}))^2 = {s * s}",
            f"x + ({p}) = {s} or x + ({p}) = -{s}", f"x = {s - p} or x = {-s - p}"]  # fmt: skip


def rational(choose: random.Random) -> Chain:
    """k/(x - a) = m."""
    a, m, k = _number(choose), choose.randint(2, 6), choose.randint(1, 30)
    return [f"{k}/(x - ({a})) = {m}", f"{k} = {m}*(x - ({a}))", f"{m}*x = {k + m * a}",
            f"x = {Fraction(k, m) + a}"]  # fmt: skip


def radical(choose: random.Random) -> Chain:
    """sqrt(x + c) = x - d with one extraneous candidate."""
    r, d = choose.randint(1, 7), choose.randint(0, 5)
    good, bad = d + r, d + 1 - r  # both solve (x - d)^2 = x + c
    c = (good - d) ** 2 - good
    lines = [f"sqrt(x + ({c})) = x - {d}", f"x + ({c}) = (x - {d})^2",
             f"(x - ({good}))*(x - ({bad})) = 0"]  # fmt: skip
    if bad >= d or bad == good:
        return [*lines, f"x = {good} or x = {bad}"] if bad != good else [*lines, f"x = {good}"]
    return [*lines, f"x = {good}"]


def absolute(choose: random.Random) -> Chain:
    """|x - a| = b."""
    a, b = _number(choose), choose.randint(1, 9)
    return [f"abs(2*x - ({a})) = {b}", f"2*x - ({a}) = {b} or 2*x - ({a}) = -{b}",
            f"x = {Fraction(a + b, 2)} or x = {Fraction(a - b, 2)}"]  # fmt: skip


def exponential(choose: random.Random) -> Chain:
    """e^(a*x) = b."""
    a, b = choose.randint(2, 6), choose.randint(2, 20)
    return [f"e^({a}*x) - 1 = {b - 1}", f"e^({a}*x) = {b}", f"{a}*x = ln({b})", f"x = ln({b})/{a}"]


def inequality(choose: random.Random) -> Chain:
    """-a*x + b < c."""
    a, b, c = choose.randint(2, 9), _number(choose), _number(choose, 1, 30)
    return [f"-{a}*x + ({b}) < {c}", f"-{a}*x < {c - b}", f"x > {Fraction(b - c, a)}"]


def system(choose: random.Random) -> Chain:
    """Two linear equations."""
    x, y, a = _number(choose), _number(choose), choose.randint(2, 5)
    return [f"x + y = {x + y}, {a}*x - y = {a * x - y}", f"{a + 1}*x = {(a + 1) * x}",
            f"x = {x}", f"x = {x}, y = {y}"]  # fmt: skip


def expanding(choose: random.Random) -> Chain:
    """A difference of squares of sums."""
    a, b = choose.randint(1, 9), choose.randint(2, 9)
    return [f"(x + {a})^2 - {b}*x*(x - {a})",
            f"= x^2 + {2 * a}*x + {a * a} - {b}*x^2 + {a * b}*x",
            f"= {1 - b}*x^2 + {2 * a + a * b}*x + {a * a}"]  # fmt: skip


def cancelling(choose: random.Random) -> Chain:
    """A quotient of polynomials."""
    a, b = choose.sample(range(1, 10), 2)
    return [f"(x^2 - {a * a})/(x^2 + {b - a}*x - {a * b})",
            f"= (x - {a})*(x + {a})/((x - {a})*(x + {b}))", f"= (x + {a})/(x + {b})"]  # fmt: skip


def derivative(choose: random.Random) -> Chain:
    """The product rule."""
    n, a = choose.randint(2, 6), choose.randint(2, 5)
    return [f"diff(x^{n}*sin({a}*x), x)", f"= {n}*x^{n - 1}*sin({a}*x) + x^{n}*{a}*cos({a}*x)",
            f"= x^{n - 1}*({n}*sin({a}*x) + {a}*x*cos({a}*x))"]  # fmt: skip


def trigonometry(choose: random.Random) -> Chain:
    """The square of a sine and a cosine."""
    a, b = choose.randint(2, 5), choose.randint(1, 4)
    return [f"({a}*sin({b}*x) + {a}*cos({b}*x))^2",
            f"= {a * a}*sin({b}*x)^2 + {2 * a * a}*sin({b}*x)*cos({b}*x) + {a * a}*cos({b}*x)^2",
            f"= {a * a} + {a * a}*sin({2 * b}*x)"]  # fmt: skip


def arithmetic(choose: random.Random) -> Chain:
    """Fractions."""
    a, b, c = choose.randint(1, 9), choose.randint(2, 9), choose.randint(2, 9)
    total = Fraction(a, b) + Fraction(1, c)
    return [f"{a}/{b} + 1/{c}", f"= {a * c}/{b * c} + {b}/{b * c}", f"= {a * c + b}/{b * c}",
            f"= {total}"]  # fmt: skip


def formula(choose: random.Random) -> Chain:
    """A formula solved for another letter."""
    a, b = choose.randint(2, 9), choose.randint(1, 9)
    return [f"y = {a}*x + {b}", f"{a}*x = y - {b}", f"x = (y - {b})/{a}"]


def integral(choose: random.Random) -> Chain:
    """A polynomial."""
    a, n = choose.randint(2, 9), choose.randint(2, 6)
    return [f"integrate({a}*x^{n} + {2 * a}*x, x)", f"= {a}*x^{n + 1}/{n + 1} + {a}*x^2 + C"]


KINDS: tuple[Callable[[random.Random], Chain], ...] = (
    linear, quadratic, square, rational, radical, absolute, exponential, inequality, system,
    expanding, cancelling, derivative, trigonometry, arithmetic, formula, integral,
)  # fmt: skip


# --- chains of MATH


def math_chains(solutions: int) -> tuple[list[Chain], Mapping[str, int]]:
    """Return chains of formulas from worked solutions, and what was left out."""
    with gzip.open(MATH, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    chosen = random.Random(SEED).sample(rows, solutions)
    counts: Counter[str] = Counter()
    found: list[Chain] = []
    for row in chosen:
        for sides in _formulas(row["solution"]):
            for chain in _stretches(sides, counts):
                if chain not in found:
                    found.append(chain)
    return found, {"solutions": solutions, **counts}


_BLOCK = re.compile(
    r"\\begin\{(align\*?|aligned|eqnarray\*?|gather\*?)\}(.*?)\\end\{\1\}", re.DOTALL
)
_INLINE = re.compile(r"\$\$?([^$]+)\$\$?|\\\[(.+?)\\\]", re.DOTALL)
_MATRIX = re.compile(r"\\begin\{([pbv]?matrix)\}.*?\\end\{\1\}", re.DOTALL)
_ROW, _CELL = "\x01", "\x02"
_CUT = re.compile(
    r"\\(?:implies|Rightarrow|Longrightarrow|iff|Leftrightarrow|rightarrow|to|quad|qquad|equiv|approx"
    r"|leq?|geq?|neq?|lt|gt|pm|cong|sim)(?![A-Za-z])|[<>≤≥≈]"
)
"""Where an equality chain ends: an arrow, a gap, or a sign that is no equality."""


def _formulas(solution: str) -> Iterator[list[str]]:
    """Yield the sides of each equality chain `a = b = c`; matrices stay in one piece."""
    solution = _MATRIX.sub(
        lambda found: found.group().replace("\\\\", _ROW).replace("&", _CELL), solution
    )
    for block in _BLOCK.finditer(solution):
        chain = ""
        for row in re.split(r"\\\\(?:\[.*?\])?", block.group(2)):
            plain = re.sub(r"\\(?:no)?tag\{.*?\}|\\notag|\\nonumber", " ", row)
            starts = re.match(r"\s*(?:\\quad|\\qquad|\s)*&?\s*=", plain)
            if chain and not starts:
                yield from _sides(chain)
                chain = ""
            chain += " " + plain.replace("&", " ")
        yield from _sides(chain)
    for match in _INLINE.finditer(_BLOCK.sub(" ", solution)):
        yield from _sides(match.group(1) or match.group(2))


def _sides(text: str) -> Iterator[list[str]]:
    bare = re.sub(r"\\boxed\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}", r"\1", text)
    bare = re.sub(r"\\(?:left|right|displaystyle|bigg?|Bigg?)(?![A-Za-z])|\\[,;!:]", " ", bare)
    for piece in _CUT.split(bare):
        for part in re.split(r",\s+(?=[^,]*=)", piece):
            sides = [side.strip(" \n.,;") for side in re.split(r"=(?![^{}]*\})", part)]
            if len(sides) > 1:
                yield [side.replace(_ROW, "\\\\").replace(_CELL, "&") for side in sides if side]


def _stretches(sides: Sequence[str], counts: Counter[str]) -> Iterator[Chain]:
    """Yield runs of readable sides with the same letters; chains have at least three sides.

    Every equality of a chain of three sides or more is a *formula step*; one is `not read` where a
    side is not, and `with other letters` where a value or the body of a function was put in, which
    only the text around tells.
    """
    if len(sides) < 3:
        return
    lines = [_line(side) for side in sides]
    run: Chain = []
    for index, line in enumerate(lines):
        before = lines[index - 1] if index else None
        readable = line is not None and line.expression is not None
        known = before is not None and before.expression is not None
        same = readable and known and set(before.letters) == set(line.letters)
        if index:
            counts["formula steps"] += 1
            told = (readable and known) or any(map(_VALUE.search, sides[index - 1 : index + 1]))
            if not same:
                counts["steps with other letters" if told else "steps not read"] += 1
        if not same:
            if len(run) > 1:
                yield run
            run = []
        if readable:
            run.append(f"= {spell(line.expression)}" if run else spell(line.expression))
    if len(run) > 1:
        yield run


_VALUE = re.compile(r"(?<![A-Za-z\\])[fgh](?:_\{?\w+\}?)?'?\(|^[A-Za-z](?:_\{?\w+\}?)?'?\([^=]*\)$")
"""The value of a function such as f(3), which the text around defines."""


def _line(side: str) -> Line | None:
    try:
        return read_line(side)
    except InputError:
        return None


if __name__ == "__main__":
    record("math_chains", measure, options=options)
