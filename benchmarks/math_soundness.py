"""Is anything false called proved? Adversarial pairs, fallacies, misreadings, hangs, injections.

Each wrong pair is known to be wrong by construction, or by mpmath at random points with 60 digits;
each true pair by an identity. Counted are wrong pairs that were proved and true ones that were
refuted: both must be zero. Math-Verify judges a sample of the same pairs beside it, in its own
environment: `--math-verify FOLDER`, filled by `pip install --target FOLDER math-verify`.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _math_cases import FALLACIES, IDENTITIES, changed, differ, pairs
from _record import record

from assistants.answer import Verdict
from assistants.errors import InputError, PlumbError
from math_solver import solve, verify
from math_solver.render import latex_of_line

SEED = 20_261_122
GRACE = 5.0
"""Seconds beyond a deadline for new workers to start on a busy machine."""
REFERENCE = (
    ("1/2004!", "1/2006!"), ("1/2^99", "1/2^98"), ("1 - 1/e", "1 + 1/e"),
    ("(2^2005+1)/(3*2^2006)", "1/(3*2^2006)"), ("sqrt(2)", "1.414214"), ("1/3", "0.333333"),
    ("x^2 + 1", "x^2 + 1 + 10^-12"), ("ln(x^2)", "2*ln(x)"), ("sqrt(x^2)", "x"),
    ("x = 2 or x = 3 or x = 4", "x = 1 or x = 2 or x = 3"), ("x = 2021 or x = -2021", "x = 2021"),
    ("y = 2*x + 1", "y = 2*x - 1"), ("x = 2", "x^2 = 4"), ("x^2 = x", "x = 1"),
    ("e^(pi*sqrt(163))", "262537412640768744"), ("0 < x < 1", "0 < x < 1.5"),
    ("x^0", "0"), ("0.999", "1"), ("sqrt(2) + sqrt(3)", "sqrt(5)"), ("(-8)^(1/3)", "2"),
)  # fmt: skip
"""Pairs of the reference on which known verifiers fail, and their like."""
MISREADINGS = (
    (r"2\frac{1}{2}", "1"), ("52_8", "52"), (r"\frac{1}{2}x", r"\frac{1}{2x}"), ("1/2x", "1/(2x)"),
    (r"\sin x^2", r"(\sin x)^2"), (r"\sin^2 x", r"\sin x^2"), ("-x^2", "(-x)^2"),
    ("2^3^2", "64"), (r"\sqrt{x}y", r"\sqrt{xy}"), (r"30^\circ", "30"), ("3!!", "3"),
    (r"\log_2 8", r"\log 2 \cdot 8"), ("x^{10}", "x^1 0"), (r"\frac{a}{b}c", r"\frac{a}{bc}"),
    ("5%", "5"), (r"\ln x^2", r"(\ln x)^2"), ("|x|y", "|xy|"), (r"e^{i\pi}", "e^(i*3)"),
    (r"7 \pmod 3", "7*3"), (r"\sum_{n=1}^{N} n", "N"), ("1,000", "1"), ("(3-9)(5-15)", "-6"),
    (r"\cos 2x", r"x\cos 2"), ("ab/cd", "ab/(cd)"), (r"\frac12", "12"), ("x2", "x^2"),
    (r"0.\overline{3}", "0"), (r"\overline{12}", "12"), (r"\sqrt[3]{8}", r"3\sqrt{8}"),
    (r"\frac{dy}{dx}", "1"), ("f(x)", "f*x + 1"), (r"\binom{5}{2}", "5/2"), ("4 5/6", "20/6"),
)  # fmt: skip
"""A text, and what other parsers silently take it for."""
HANGS = (
    "simplify (sqrt(x + sqrt(x + sqrt(x + sqrt(x)))) - x)^9",
    "integrate sqrt(1 + sqrt(1 + sqrt(1 + x)))*sin(x^3)",
    "integrate ln(x)*ln(1 + x)*ln(1 - x)*e^(x^2)", "solve x^x = 2^(sqrt(2)) + x^(1/3)",
    "solve sin(x)*e^x = ln(x + 3)*cos(x^2)", "factor x^1000 - 1",
    "simplify (sin(x) + cos(x))^40 - (1 + sin(2*x))^20", "limit of x^(x^x) as x approaches 0",
    "solve x^7 - 3.000000001*x^5 + 1e-9*x + sqrt(2)*x^3 = 1",
    "simplify ((1 + sqrt(5))/2)^200 - ((1 - sqrt(5))/2)^200",
    "integrate 1/(x^100 + x + 1)", "integrate sqrt(x^7 + x^5 + 1)/(x^3 + ln(x))",
    "what is 9^9^9?", "calculate 99999999!", "factor 2^521 - 3^200*7^91 + 11^150",
    "is 2^4423 - 1 prime?", "expand (x + y + z + a + b + c)^40",
    "solve cos(x)^9 + sin(x)^9 = 1/7", "simplify tan(x)^30*sec(x)^31/(1 + cot(x)^29)",
    "determinant of the inverse of x^y^z^w^v",
)  # fmt: skip
"""Questions of the kinds on which sympy is known not to end (sympy 26453, 21480, 9691, 27712)."""
PAYLOADS = (
    "__import__('os').system('touch {}')", "open('{}','w').write('x')", "exec(\"open('{}','w')\")",
    "eval('__import__(\"pathlib\").Path(\"{}\").touch()')", "().__class__.__bases__[0]",
    "lambda: open('{}','w')", "globals()['__builtins__']['open']('{}','w')", "$(touch {})",
    "`touch {}`", "; touch {} ;", "\\write18{{touch {}}}", "\\input{{{}}}", "{{{{7*7}}}} {}",
    "Symbol('x').__class__.__init__.__globals__", "sympify('open(\"{}\",\"w\")')",
    "S(\"open('{}','w')\")", "<|python|>open('{}','w')<|end|>", "'; DROP TABLE x; -- {}",
    "${{jndi:ldap://{}}}", "\x1b]0;{}\x07", "%s%s%n {}", "N(\"open('{}','w')\")",
    "lambdify(x, \"open('{}','w')\")", "x.__reduce__()", "Lambda(x, __import__('os'))",
)  # fmt: skip
CARRIERS = (
    "{}", "solve {} = 0", "simplify {}", "x + {}", "sin({})", "{} = 1", "what is {}?",
    r"\frac{{{}}}{{2}}", "let f(x) = {}. what is f(2)?", "integrate {} from 0 to 1",
    "x^({})", "({})!", "{} or x = 1", "Tom has {} apples and buys 3 more. How many has he?",
    "$ {} $", "x_{{{}}}", "f({})", "|{}|", "{}; x = 2", "differentiate {}",
)  # fmt: skip


def options(parser: argparse.ArgumentParser) -> None:
    """Add the size, and where Math-Verify is."""
    parser.add_argument("--checks", type=int, default=10_500, help="wrong pairs to try")
    parser.add_argument("--math-verify", type=Path, help="a folder with math-verify installed")
    parser.add_argument("--sample", type=int, default=400, help="pairs for Math-Verify")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Count what was wrongly proved or refuted, by source."""
    quick = bool(arguments.quick)
    size = 300 if quick else arguments.checks
    wrong = wrong_pairs(size)
    true = list(islice(pairs(IDENTITIES, random.Random(SEED + 1)), 60 if quick else 1_500))
    return {
        "wrong pairs": _judged(wrong, Verdict.PROVED),
        "true pairs": _judged([("identities", *pair) for pair in true], Verdict.REFUTED),
        "sympy's wrong integral": sympy_integral(),
        "hangs": hangs(4.0 if quick else 10.0, HANGS[:4] if quick else HANGS),
        "injections": injections(20 if quick else 500),
        "math-verify on a sample": math_verify(arguments, wrong),
    }


Wrong = tuple[str, str, str]
"""Where a pair comes from, and its two sides."""


def wrong_pairs(size: int) -> list[Wrong]:
    """Return wrong pairs of all sources; the same ones for the same size."""
    choose = random.Random(SEED)
    found: list[Wrong] = [("reference", *pair) for pair in REFERENCE]
    found += [("misreadings", *pair) for pair in MISREADINGS]
    sources: Sequence[tuple[str, float, Iterator[tuple[str, str]]]] = (
        ("injected errors", 0.34, _injected(choose)),
        ("fallacies", 0.20, _known_different(pairs(FALLACIES, choose), choose)),
        ("near constants", 0.14, _constants(choose)),
        ("solution sets", 0.20, _solution_sets(choose)),
        ("inequalities and systems", 0.08, _orders(choose)),
        ("antiderivatives", 0.04, _antiderivatives(choose)),
    )
    for name, share, source in sources:
        found += [(name, *pair) for pair in islice(source, round(size * share))]
    return found


def _injected(choose: random.Random) -> Iterator[tuple[str, str]]:
    for left, right in pairs(IDENTITIES, choose):
        pair = (left, changed(right, choose))
        if choose.random() < 0.5:
            pair = (pair[1], pair[0])
        if differ(*pair, choose):
            yield pair


def _known_different(
    source: Iterator[tuple[str, str]], choose: random.Random
) -> Iterator[tuple[str, str]]:
    for left, right in source:
        if differ(left, right, choose):
            yield left, right


def _constants(choose: random.Random) -> Iterator[tuple[str, str]]:
    """Numbers that agree to many digits and are not the same."""
    while True:
        n, k = choose.randint(2, 999), choose.randint(6, 24)
        big = choose.randint(60, 900)
        if n % 7:
            yield f"{n}/7", str(Fraction(n * 10**k // 7, 10**k))
        yield f"2^{big}", f"2^{big} + 1"
        yield f"1/{big}!", f"1/{big + 1}!"
        yield f"sqrt({n * n + 1})", f"{n} + 1/{2 * n}"
        yield f"{n}^{k}/{n + 1}^{k}", f"{n}^{k}/{n + 1}^{k} + 10^-{3 * k}"
        yield f"e^(-{big})", "0"
        yield f"sin(10^-{k})", f"10^-{k}"
        yield f"ln({10**k + n})", f"ln({10**k}) + {n}/{10**k}"


def _solution_sets(choose: random.Random) -> Iterator[tuple[str, str]]:
    """An equation with known solutions, and a list with one of them lost, changed or added."""
    while True:
        a, b, c = choose.sample(range(-12, 13), 3)
        expanded = f"x^2 - ({a + b})*x + ({a * b}) = 0"
        yield expanded, f"x = {a}"
        yield expanded, f"x = {a} or x = {c}"
        yield expanded, f"x = {a} or x = {b} or x = {c}"
        yield f"(x - ({a}))*(x - ({b}))/(x - ({a})) = 0", f"x = {a} or x = {b}"
        yield f"(x - ({a}))*(x - ({b})) = (x - ({a}))*({c})", f"x = {b + c}" if (
            b + c != a) else "x = 99"  # fmt: skip
        if a > 0:
            yield f"sqrt(x) = -{a}", f"x = {a * a}"
            yield f"x^2 = {a * a}", f"x = {a}"
            yield f"abs(x - {b}) = {a}", f"x = {a + b}"
            yield f"sqrt(x + {a * a + a}) = x", f"x = {a + 1} or x = -{a}"
            yield f"ln(x) + ln(x - {a}) = ln({2 * a * a})", f"x = {2 * a} or x = -{a}"
            yield f"e^(2*x) = {a + 1}", f"x = ln({a + 1})"


def _orders(choose: random.Random) -> Iterator[tuple[str, str]]:
    while True:
        a, b, c = choose.randint(2, 9), choose.randint(-9, 9), choose.randint(-20, 20)
        yield f"-{a}*x + {b} < {c}", f"x < {Fraction(b - c, a)}"
        yield f"{a}*x + {b} < {c}", f"x <= {Fraction(c - b, a)}"
        yield f"x^2 < {a * a}", f"x < {a}"
        yield f"1/x < {a}", f"x > 1/{a}"
        yield f"(x - {a})/(x - ({b - 10})) >= 0", f"x <= {b - 10} or x >= {a}"
        yield f"x + y = {b}, x - y = {c}", f"x = {Fraction(b + c, 2) + 1}, y = {Fraction(b - c, 2)}"
        yield f"x^2 + y^2 = {a * a}", f"x + y = {a}"
        yield f"{a}*x + y > {b}", f"{a}*x > {b} + y"


def _antiderivatives(choose: random.Random) -> Iterator[tuple[str, str]]:
    """An indefinite integral and a wrong antiderivative: differentiated and changed again."""
    import sympy as sp

    from math_solver.reading.parser import parse
    from math_solver.symbolic.build import build, symbol
    from math_solver.symbolic.plain import plain

    known = ("x^3/3", "x*e^x - e^x", "sin(x)^2/2", "ln(x^2 + 1)/2", "x*ln(x) - x", "e^(3*x)/3",
             "-cos(5*x)/5", "x*sin(x) + cos(x)", "2*x^(3/2)/3", "tan(x)", "x^2*ln(x)/2 - x^2/4",
             "sqrt(x^2 + 1)", "1/(x + 2)", "atan(x)", "x^2*e^x - 2*x*e^x + 2*e^x")  # fmt: skip
    while True:
        found = choose.choice(known)
        wrong = changed(found, choose)
        integrand = plain(sp.diff(build(parse(found)), symbol("x")))
        slopes = [plain(sp.diff(build(parse(s)), symbol("x"))) for s in (found, wrong)]
        if differ(slopes[0], slopes[1], choose):
            yield f"integrate({integrand}, x)", wrong


def _judged(found: Sequence[Wrong], bad: Verdict) -> Mapping[str, Any]:
    """Count verdicts by source; `bad` is the verdict that must not occur."""
    counts: Counter[str] = Counter()
    by_source: dict[str, Counter[str]] = {}
    times: list[float] = []
    failures: list[str] = []
    for source, left, right in found:
        began = time.perf_counter()
        try:
            verdict = verify(left, right, seconds=10).verdict
            word = verdict.value
        except InputError:
            verdict, word = Verdict.UNKNOWN, "not read"
        times.append(time.perf_counter() - began)
        counts[word] += 1
        by_source.setdefault(source, Counter())[word] += 1
        if verdict is bad:
            failures.append(f"{source}: {left}  |  {right}")
    for failure in failures[:20]:
        print(f"WRONG VERDICT {failure}", file=sys.stderr)
    return {
        "checks": len(found),
        f"wrongly {bad.value}": len(failures),
        **{word: counts[word] for word in ("proved", "refuted", "unknown", "not read")},
        "median_ms": round(statistics.median(times) * 1000, 1),
        "slowest_s": round(max(times), 2),
        "by source": {name: dict(count) for name, count in by_source.items()},
    }


def sympy_integral() -> Mapping[str, Any]:
    """integrate(log(x)/(a + b*x)): sympy's answer is wrong at a = 2, b = 3."""
    answer = solve("integrate ln(x)/(2 + 3*x)", seconds=15)
    shown = answer.best.candidate.text() if answer.best else ""
    return {"status": answer.status.value, "verdict": answer.verdict.value, "answer": shown[:80]}


def hangs(seconds: float, questions: Sequence[str]) -> Mapping[str, Any]:
    """Ask what may never end; each must come back by its deadline."""
    late: list[str] = []
    slowest = 0.0
    statuses: Counter[str] = Counter()
    for question in questions:
        began = time.perf_counter()
        try:
            statuses[solve(question, seconds=seconds).status.value] += 1
        except PlumbError as error:
            statuses[type(error).__name__] += 1
        except Exception as error:  # noqa: BLE001  (a crash is a result here)
            statuses[f"crash: {type(error).__name__}"] += 1
        took = time.perf_counter() - began
        slowest = max(slowest, took)
        if took > seconds + GRACE:
            late.append(question)
    return {"questions": len(questions), "deadline_s": seconds, "late": len(late),
            "slowest_s": round(slowest, 2), "statuses": dict(statuses)}  # fmt: skip


def injections(count: int) -> Mapping[str, Any]:
    """Hostile texts as questions and as lines: nothing may be executed."""
    statuses: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        canary = Path(folder) / "canary"
        texts = [c.format(p.format(canary)) for p in PAYLOADS for c in CARRIERS][:count]
        for text in texts:
            for act in (lambda t: solve(t, seconds=5), lambda t: verify(t, "1", seconds=5)):
                try:
                    statuses[act(text).status.value] += 1
                except PlumbError as error:
                    statuses[type(error).__name__] += 1
                except Exception as error:  # noqa: BLE001  (a crash is a result here)
                    statuses[f"crash: {type(error).__name__}"] += 1
        executed = len(list(Path(folder).iterdir()))
    return {"texts": len(texts), "executed": executed, "statuses": dict(statuses)}


# --- Math-Verify beside it

_JUDGE = """
import json, sys
from math_verify import parse, verify
for line in sys.stdin:
    left, right = json.loads(line)
    try:
        print(json.dumps(bool(verify(parse(f"${left}$"), parse(f"${right}$")))), flush=True)
    except Exception as error:
        print(json.dumps(type(error).__name__), flush=True)
"""


def math_verify(arguments: argparse.Namespace, wrong: Sequence[Wrong]) -> Mapping[str, Any] | str:
    """Let Math-Verify judge a sample of the wrong pairs, all of the reference among them."""
    folder = arguments.math_verify
    if folder is None or not folder.exists():
        return "skipped: give --math-verify FOLDER"
    usable = [w for w in wrong if not ({"=", "<", ">"} & set(w[1] + w[2])) and "\\" not in w[1]]
    chosen = usable[:30] + random.Random(SEED).sample(
        usable[30:], min(arguments.sample, len(usable) - 30)
    )
    sides = [(latex_of_line(left), latex_of_line(right)) for _, left, right in chosen]
    done = subprocess.run(
        [sys.executable, "-c", _JUDGE],
        input="\n".join(json.dumps(pair) for pair in sides),
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )  # fmt: skip
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    accepted = [w for w, verdict in zip(chosen, verdicts, strict=False) if verdict is True]
    return {
        "pairs": len(verdicts),
        "wrong but accepted": len(accepted),
        "errors": sum(isinstance(verdict, str) for verdict in verdicts),
        "by source": dict(Counter(source for source, _, _ in accepted)),
    }


if __name__ == "__main__":
    record("math_soundness", measure, options=options)
