"""MATH's training problems (Hendrycks et al. 2021): what is answered, and how much of it rightly.

A fixed random 1,000 of the 7,500, by subject. *Coverage* is answered among all, *precision* right
among answered; *proved* counts verdicts, which speak of the reading shown.
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
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from _record import record
from math_solving import is_right

from assistants.answer import Status, Verdict
from assistants.errors import PlumbError
from math_solver import solve

DATA = Path(__file__).resolve().parent.parent.parent / "shared/data/math/MATH-train.jsonl.gz"
SEED, SIZE = 2026, 1000


def options(parser: argparse.ArgumentParser) -> None:
    """Add the size, and whether to show what was answered wrongly."""
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--skip", type=int, default=0, help="how many of the shuffled to pass over")
    parser.add_argument("--show", choices=("wrong", "all", "unanswered"), help="to stderr")
    parser.add_argument("--seconds", type=float, default=10.0, help="for each question")


def problems() -> list[Mapping[str, str]]:
    """All problems in a fixed random order."""
    with gzip.open(DATA, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    random.Random(SEED).shuffle(rows)
    return rows


def boxed(solution: str) -> str:
    """The answer in the last box of a worked solution."""
    start = max(solution.rfind("\\boxed"), solution.rfind("\\fbox"))
    rest = solution[start:].partition("{")[2]
    depth = 1
    for index, sign in enumerate(rest):
        depth += (sign == "{") - (sign == "}")
        if not depth:
            return rest[:index]
    return solution[start:].removeprefix("\\boxed").strip(" $.")


def plain(answer: str) -> str:
    """An answer without what does not change it: units, spacing, dollar signs."""
    text = re.sub(
        r"\\(?:text|mbox|mathrm|textrm|textnormal)\{\s*\(?([A-Za-z ]*?)\)?\s*\}(\^\d)?",
        r" \1 ",
        answer,
    )
    text = re.sub(r"\\[!,;: ]|\\left|\\right|\\\$|\$|\^\\circ|\^\{\\circ\}|\\%", "", text)
    text = re.sub(r"\\[dt]frac", r"\\frac", text)
    text = re.sub(r"\\frac(\d)(\d)", r"\\frac{\1}{\2}", text)
    text = re.sub(r"\\sqrt(\d)", r"\\sqrt{\1}", text)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    if re.search(r"\d", text):
        words = r"\b(?:inches|cm|square|units?|degrees|dollars|cents|feet|hours?|minutes|miles)\b"
        text = re.sub(words, "", text)
    text = re.sub(r"^\s*[A-Za-z]\s*=\s*", "", text)
    return text.strip(" .")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Score by subject."""
    size = 60 if arguments.quick else arguments.size
    rows = problems()[arguments.skip : arguments.skip + size]
    counts: dict[str, Counter[str]] = {}
    times: list[float] = []
    for row in rows:
        tally = counts.setdefault(row["subject"] if "subject" in row else row["type"], Counter())
        began = time.perf_counter()
        found, proved = answered(row["problem"], arguments.seconds)
        times.append(time.perf_counter() - began)
        tally["problems"] += 1
        raw = boxed(row["solution"])
        gold = plain(raw)
        if not found:
            if arguments.show == "unanswered":
                sys.stderr.write(f"?? {row['problem']!r} gold {gold!r}\n")
            continue
        right = fits(found, gold, raw)
        tally.update({"answered": 1, "right": int(right), "proved": int(proved)})
        tally["proved and different from gold"] += proved and not right
        if arguments.show == "all" or (arguments.show == "wrong" and not right):
            mark = "ok" if right else "WRONG"
            sys.stderr.write(f"{mark} {proved} {row['problem']!r} -> {found!r} gold {gold!r}\n")
    total = sum(counts.values(), Counter[str]())
    return {
        "all": told(total),
        **{name: told(tally) for name, tally in sorted(counts.items())},
        "median_ms": round(statistics.median(times) * 1000, 1),
        "slowest_s": round(max(times), 2),
    }


def told(tally: Counter[str]) -> Mapping[str, Any]:
    """Counts with coverage and precision."""
    answered_count = tally["answered"]
    return {
        **{key: tally[key] for key in ("problems", "answered", "right", "proved")},
        "proved and different from gold": tally["proved and different from gold"],
        "coverage": round(answered_count / max(tally["problems"], 1), 4),
        "precision": round(tally["right"] / answered_count, 4) if answered_count else None,
    }


def answered(problem: str, seconds: float) -> tuple[str, bool]:
    """The answer's text, empty where there is none, and whether it is proved."""
    try:
        given = solve(problem, seconds=seconds)
    except PlumbError:
        return "", False
    if given.status is not Status.ANSWERED or given.best is None:
        return "", False
    return given.best.candidate.text(), given.verdict is Verdict.PROVED


def fits(found: str, gold: str, raw: str) -> bool:
    """Whether an answer is the boxed one: the same value, list or set."""
    bare = re.sub(r"\b[A-Za-z] = ", "", found)
    texts: Sequence[str] = (found, plain(found), re.sub(r"[()]", "", bare))
    inner = re.sub(r"^\((.*)\)$", r"\1", gold)
    golds = (gold, inner, *(re.sub(r",\s*", ", ", text) for text in (gold, inner)))
    if any(is_right(text, (one,)) for text in texts for one in golds):
        return True
    if re.fullmatch(r"-?\w+_\{?\d+\}?", gold) and found == gold.split("_", maxsplit=1)[0]:
        return True  # the base is said in the question
    if parts_of(bare) == parts_of(raw) or same_parts(bare, raw):
        return True
    return same_intervals(intervals(found), re.sub(r"\\infinity", r"\\infty", raw))


def members(text: str) -> list[str]:
    """The members of a list, point, set or matrix, in order."""
    text = re.sub(r"\\(?:text|mbox)\{([^{}]*)\}", r"\1", text).replace(", and ", " and ")
    compact = re.sub(r"\\(?:begin|end)\{[pb]?matrix\}|\\left|\\right|\\[{}]", " ", text)
    parts = re.split(r",| or | and |&|\\\\", compact.strip().strip("()[]{}"))
    return [plain(part.strip(" ()[]")) for part in parts if part.strip(" ()[]")]


def same_parts(found: str, raw: str) -> bool:
    """Whether two lists have the same members, in any order unless they are points."""
    ours, golds = members(found), members(raw)
    if len(ours) != len(golds) or len(ours) < 2 or "\\cup" in raw:
        return False
    if all(is_right(one, (two,)) for one, two in zip(ours, golds, strict=True)):
        return True
    if raw.strip().startswith("(") or "matrix" in raw:
        return False
    return all(any(is_right(one, (two,)) for two in golds) for one in ours)


def same_intervals(ours: str, gold: str) -> bool:
    """Whether two unions of intervals have the same ends, open or closed."""
    pattern = r"([\[(])\s*([^,]+?)\s*,\s*([^,]+?)\s*([\])])(?=\s*(?:\\cup|$))"
    pieces = [re.findall(pattern, plain(text)) for text in (ours, gold)]
    if not pieces[0] or len(pieces[0]) != len(pieces[1]):
        return False
    return all(
        a[0] == b[0] and a[3] == b[3] and all(x == y or is_right(x, (y,)) for x, y in
                                              zip(a[1:3], b[1:3], strict=True))
        for a, b in zip(*pieces, strict=True)
    )  # fmt: skip


def parts_of(text: str) -> set[str]:
    """The members of a list or set as texts, whatever their order and spacing."""
    compact = re.sub(r"\\begin\{pmatrix\}|\\end\{pmatrix\}|\s", "", text).replace("or", ",")
    return set(re.split(r",|&|\\\\", re.sub(r"[\[\]()]", "", compact)))


def intervals(found: str) -> str:
    """Inequalities as the intervals that MATH writes."""
    shown: list[str] = []
    for piece in found.split(" or "):
        low, high = "(-\\infty", "\\infty)"
        if match := re.fullmatch(r"(.+) (<=?) [a-z] (<=?) (.+)", piece):
            low = f"{'[' if match[2] == '<=' else '('}{match[1]}"
            high = f"{match[4]}{']' if match[3] == '<=' else ')'}"
        elif match := re.fullmatch(r"[a-z] ([<>]=?) (.+)", piece):
            closed = "=" in match[1]
            if match[1][0] == "<":
                high = f"{match[2]}{']' if closed else ')'}"
            else:
                low = f"{'[' if closed else '('}{match[2]}"
        shown.append(f"{low},{high}")
    return "\\cup".join(shown)


if __name__ == "__main__":
    record("math_train", measure, options=options)
