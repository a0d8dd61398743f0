"""How often the model alone answers a question rightly: `python benchmarks/model_tasks.py`.

Plans and queries under the assistants' own constraints, judged by what they calculate or ask for
(`training.tasks`): over generated questions of a seed that no training reads, and over GSM8K's
held-out twentieth, which people wrote. Greedy, and whether one of several samples is right: what
sampling never finds, training by verification cannot reward.
"""

import argparse
import random
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _record import record

from assistants.model import Model, Sampling, generate
from assistants.registry import load
from training.tasks import Case, cases, told_cases

UNSEEN = 10_000_019
TOKENS = 160
DATA = Path(__file__).resolve().parents[2] / "shared/data"


def attempts(model: Model, case: Case, samples: int) -> tuple[bool, bool]:
    """Whether the greedy answer is right, and whether any of it and the samples is."""
    right: list[bool] = []
    for number in range(samples + 1):
        sampling = Sampling(max_tokens=TOKENS, temperature=float(number > 0), seed=number)
        made = generate(model, case.prompt, constraint=case.constraint, sampling=sampling)
        right.append(made.finish == "stop" and case.is_right(made.text))
        if any(right):
            break
    return right[0], any(right)


def accuracy(model: Model, asked: Iterable[Case], samples: int) -> dict[str, float]:
    """Shares of questions answered rightly."""
    found = [attempts(model, case, samples) for case in asked]
    return {
        "questions": len(found),
        "greedy": round(sum(first for first, _ in found) / max(len(found), 1), 4),
        f"one_of_{samples + 1}": round(sum(one for _, one in found) / max(len(found), 1), 4),
    }


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """All three sets."""
    model = load(arguments.model)
    assert model is not None
    count = 10 if arguments.quick else arguments.count
    samples = 1 if arguments.quick else arguments.samples
    result = {
        f"{kind}_generated": accuracy(model, cases(kind, UNSEEN, count), samples)
        for kind in ("plan", "query")
    }
    if arguments.data.exists():
        told = list(told_cases(arguments.data, held_out=True))
        random.Random(0).shuffle(told)
        result["plan_told"] = accuracy(model, told[:count], samples)
    return result


def options(parser: argparse.ArgumentParser) -> None:
    """What this benchmark takes besides."""
    parser.add_argument("--model", default="bundled")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--data", type=Path, default=DATA)


if __name__ == "__main__":
    record("model_tasks", measure, options=options)
