"""Does learning from verified samples pay, against learning from known answers?

`python benchmarks/alignment.py` tunes the bundled weights twice on the same questions with the same
effort: on the model's own samples that verification found right (`training.align`), and plainly on
the known answers (which people's questions do not have). Accuracy as in `model_tasks.py`.
"""

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _record import record
from model_tasks import DATA, UNSEEN, accuracy

from assistants.registry import load
from training.align import Plan, Round, align, apart, questions
from training.tasks import cases, told_cases
from training.tune_bundled import Bundled
from training.tuning import Effort, run

WEIGHTS = Path(__file__).resolve().parent.parent / "assistants/data/plumb.onnx"


def measured(weights: Path, count: int, data: Path | None) -> dict[str, Any]:
    """Greedy accuracy, and one of nine samples."""
    model = load(f"onnx:{weights}")
    assert model is not None
    found = {kind: accuracy(model, cases(kind, UNSEEN, count), 8) for kind in ("plan", "query")}
    if data is not None:
        told = list(told_cases(data, held_out=True))[:count]
        found["told"] = accuracy(model, told, 8)
    return found


def plainly(plan: Plan, folder: Path) -> Path:
    """Tune on the known answers of the same questions, for the steps of all rounds."""
    pairs = [
        case.pair
        for number in range(plan.rounds)
        for case in questions(plan, number)
        if case.number is None
    ]
    effort = Effort(
        steps=plan.effort.steps * plan.rounds,
        check_every=plan.effort.check_every,
        minutes=plan.effort.minutes * plan.rounds,
    )
    outcome = run(Bundled(WEIGHTS, apart(pairs, 0), effort), folder, effort)
    return outcome.written or WEIGHTS


def shown(one: Round) -> dict[str, float]:
    """A round's counts."""
    steps = one.outcome.best_step if one.outcome else 0
    return {"asked": one.asked, "right_at_times": one.at_times, "always": one.always,
            "learned": one.learned, "best_step": steps}  # fmt: skip


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Before, after plain tuning, after alignment."""
    data = arguments.data if arguments.data.exists() else None
    if arguments.quick:
        count, size = 8, 6
        plan = Plan(rounds=1, samples=2, effort=Effort(steps=4, check_every=2))
    else:
        count, size = arguments.count, arguments.questions
        plan = Plan(rounds=arguments.rounds)
    plan = replace(plan, generated=size, told=size, data=data)
    rounds: list[Round] = []
    with tempfile.TemporaryDirectory() as place:
        aligned = align(WEIGHTS, Path(place) / "aligned", plan, told=rounds.append)
        plain = plainly(plan, Path(place) / "plain")
        return {
            "rounds": {str(number): shown(one) for number, one in enumerate(rounds)},
            "before": measured(WEIGHTS, count, data),
            "plain": measured(plain, count, data),
            "aligned": measured(aligned, count, data),
        }


def options(parser: argparse.ArgumentParser) -> None:
    """What this benchmark takes besides."""
    parser.add_argument("--questions", type=int, default=300, help="of each kind a round")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--count", type=int, default=200, help="questions that accuracy is of")
    parser.add_argument("--data", type=Path, default=DATA)


if __name__ == "__main__":
    record("alignment", measure, options=options)
