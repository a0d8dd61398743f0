"""Word problems: how many are answered, how many of those rightly, and that without the question.

Sets: mawps-single and DRAW-1K (training part for development, validation part reported), ALG514 and
dolphin1878 (a fixed fifth is held out and reported), GSM8K's training part (a fixed random 1,000).
An answer is right where every number in it stands in the key, which for problems with several
unknowns holds all of them; `whole key` counts the answers that name all of it. Keys that are wrong
count against the answer. Reads `../shared/data`; what is absent is left out.
"""

import argparse
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _record import record

from assistants import registry
from assistants.answer import Status
from assistants.errors import InputError
from assistants.model import Model
from math_solver import solve

DATA = Path(__file__).resolve().parent.parent.parent / "shared/data/math"
GSM8K_SEED = 8
GSM8K_SIZE = 1_000
UNREAD_FROM = 750
"""The first 750 of the held problems of GSM8K were read on 2026-11-23 to mend wrong readings."""
FOLD = 5

Row = tuple[str, tuple[tuple[Fraction, ...], ...]]
"""A question, and its key: one or more lists of numbers."""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the model, the part and how much of it."""
    parser.add_argument("--model", default="none", help="none, bundled, or any model's name")
    parser.add_argument("--part", default="held", choices=("held", "development"))
    parser.add_argument("--most", type=int, default=0, help="questions of each set; 0 is all")
    parser.add_argument("--seed", type=int, default=GSM8K_SEED, help="which of them")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Measure every set, and the same without the question."""
    model = registry.load(arguments.model)
    most = 40 if arguments.quick else arguments.most
    results: dict[str, Any] = {}
    for name, read in SETS.items():
        rows = read(held=arguments.part == "held")
        if most and most < len(rows):
            rows = random.Random(arguments.seed).sample(rows, most)
        if rows:
            results[name] = score(rows, model)
            deleted = [(without_question(text), key) for text, key in rows]
            results[f"{name}, question deleted"] = score(deleted, model)
    return results


def score(rows: Sequence[Row], model: Model | None) -> Mapping[str, Any]:
    """Count answers and right answers; time is processor time of this process."""
    counts: Counter[str] = Counter()
    began = time.process_time()
    for text, key in rows:
        found = answered(text, model)
        if found is None:
            continue
        counts["answered"] += 1
        counts["right"] += any(is_right(values, key) for values in found)
        counts["whole key"] += any(
            is_right(values, key) and len(values) == len(key[0]) for values in found
        )
    answers = counts["answered"]
    return {
        "questions": len(rows),
        "answered": answers,
        "right": counts["right"],
        "whole key": counts["whole key"],
        "accuracy": round(counts["right"] / len(rows), 4),
        "precision": round(counts["right"] / answers, 4) if answers else None,
        "ms a question": round((time.process_time() - began) / len(rows) * 1000, 1),
    }


def answered(text: str, model: Model | None) -> list[tuple[Fraction, ...]] | None:
    """Return the alternatives that are answered with, or None where there is no answer."""
    try:
        answer = solve(text, model=model, seconds=10)
    except InputError:
        return None
    if answer.status is not Status.ANSWERED or answer.best is None:
        return None
    alternatives = answer.best.candidate.text().split(" or ")
    return [tuple(map(_number, alternative.split(", "))) for alternative in alternatives]


def _number(text: str) -> Fraction:
    bare = re.sub(r"^[a-z] = ", "", text.strip())
    try:
        return Fraction(bare)
    except (ValueError, ZeroDivisionError):
        return Fraction(-987_654_321)  # no key holds it: an answer that is no number is wrong


def is_right(values: Sequence[Fraction], key: Sequence[Sequence[Fraction]]) -> bool:
    """Whether every number of an answer stands in one list of the key, to three digits."""
    return any(all(any(_close(v, k) for k in numbers) for v in values) for numbers in key)


def _close(found: Fraction, wanted: Fraction) -> bool:
    return abs(found - wanted) <= Fraction(1, 1000) * max(1, abs(wanted))


def without_question(text: str) -> str:
    """Return a problem without its last sentence, which asks."""
    sentences = re.split(r"(?<=[.!?])\s+", text.strip())
    return " ".join(sentences[:-1]) or re.split(r"\b(?:how|what|find)\b", text)[0] or "none"


# --- reading the sets


def _json(name: str) -> list[dict[str, Any]]:
    path = DATA / name
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def _fold(rows: list[Row], *, held: bool) -> list[Row]:
    return [row for i, row in enumerate(rows) if (i % FOLD == FOLD - 1) is held]


def _mawps(*, held: bool) -> list[Row]:
    rows = _json(f"mawps-single/{'valid' if held else 'train'}set.json")
    return [(r["sQuestion"], (tuple(Fraction(str(v)) for v in r["lSolutions"]),)) for r in rows]


def _draw(*, held: bool) -> list[Row]:
    rows = _json(f"draw/{'valid' if held else 'train'}set.json")
    return [(r["original_text"], (tuple(Fraction(str(v)) for v in r["ans"]),)) for r in rows]


def _alg514(*, held: bool) -> list[Row]:
    rows = _json("alg514/trainset.json")
    read = [(r["original_text"], (tuple(Fraction(str(v)) for v in r["ans"]),)) for r in rows]
    return _fold(read, held=held)


def _dolphin(*, held: bool) -> list[Row]:
    rows = _json("dolphin1878/trainset.json")
    return _fold([(r["text"], _alternatives(str(r["ans"]))) for r in rows], held=held)


def _alternatives(key: str) -> tuple[tuple[Fraction, ...], ...]:
    found: list[tuple[Fraction, ...]] = []
    for alternative in re.split(r"\||\bor\b", key):
        parts = re.split(r"[;,]", alternative.strip().strip("{}"))
        try:
            found.append(tuple(Fraction(part.strip()) for part in parts))
        except (ValueError, ZeroDivisionError):
            continue
    return tuple(found) or ((),)


def _gsm8k(*, held: bool) -> list[Row]:
    path = DATA / "gsm8k-train.jsonl"
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    chosen = set(random.Random(GSM8K_SEED).sample(range(len(lines)), GSM8K_SIZE))
    rows = [json.loads(line) for i, line in enumerate(lines) if (i in chosen) is held]
    return [
        (r["question"], ((Fraction(re.sub(r"[$,\s]", "", r["answer"].rpartition("####")[2])),),))
        for r in rows
    ]


def _gsm8k_unread(*, held: bool) -> list[Row]:
    """Return the last quarter of the held problems, which nobody looked at; the rest was read."""
    return _gsm8k(held=True)[UNREAD_FROM:] if held else []


SETS: Mapping[str, Callable[..., list[Row]]] = {
    "mawps-single": _mawps,
    "draw": _draw,
    "alg514": _alg514,
    "dolphin": _dolphin,
    "gsm8k": _gsm8k,
    "gsm8k, never read": _gsm8k_unread,
}


if __name__ == "__main__":
    record("word_problems", measure, options=options)
