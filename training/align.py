"""Alignment by verification: `python -m training.align WEIGHTS FOLDER`.

Rejection sampling (STaR, Zelikman et al. 2022, arXiv 2203.14465; RAFT, Dong et al. 2023, arXiv
2304.06767): the model answers questions several times under the assistants' constraints, what
`training.tasks` finds right is learned from, and so on with the weights that come of it. No known
answer is shown to it, so it also learns from questions of which only the result is known.
"""

import argparse
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from assistants.model import Model, Sampling, generate
from assistants.registry import load
from training.tasks import Case, cases, told_cases
from training.tune_bundled import Bundled
from training.tuning import Effort, Outcome, run
from training.tuning_data import Pair, Texts

MAX_TOKENS = 160
KEPT = 2
"""Different right answers that one question may add."""
HELD_OUT = 10
EFFORT = Effort(steps=120, check_every=20, minutes=30.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is sampled in a round, and how long is learned from it."""

    rounds: int = 2
    generated: int = 200
    told: int = 200
    samples: int = 8
    temperature: float = 1.0
    effort: Effort = EFFORT
    data: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a round found: questions asked, those answered rightly at times, and its tuning."""

    asked: int
    at_times: int
    always: int
    learned: int
    outcome: Outcome | None


def align(
    weights: Path, folder: Path, plan: Plan, *, told: Callable[[Round], None] = lambda _: None
) -> Path:
    """Return the last weights that were better on held-out right answers, in `folder`."""
    for number in range(plan.rounds):
        model = load(f"onnx:{weights}")
        assert model is not None
        found = Found()
        pairs = found.gather(model, questions(plan, number), plan)
        outcome = None
        if len(pairs) >= HELD_OUT:
            effort = replace(plan.effort, seed=number)
            subject = Bundled(weights, apart(pairs, number), effort)
            outcome = run(subject, folder / f"round-{number}", effort)
            weights = outcome.written or weights
        told(
            Round(
                asked=found.asked,
                at_times=found.at_times,
                always=found.always,
                learned=len(pairs),
                outcome=outcome,
            )
        )
    return weights


def questions(plan: Plan, number: int) -> Iterable[Case]:
    """A round's questions: generated ones, and where there is data people's."""
    seed = 5_000_000 + 1_000 * number
    made = chain(cases("plan", seed, plan.generated), cases("query", seed, plan.generated))
    if plan.data is None:
        return made
    people = list(told_cases(plan.data, held_out=False))
    random.Random(number).shuffle(people)
    return chain(made, islice(people, plan.told))


@dataclass(slots=True, kw_only=True)
class Found:
    """Counts of a round's sampling."""

    asked: int = 0
    at_times: int = 0
    always: int = 0

    def gather(self, model: Model, asked: Iterable[Case], plan: Plan) -> list[Pair]:
        """Right answers to questions that are not always answered rightly."""
        pairs: list[Pair] = []
        for case in asked:
            right = [text for text in answers(model, case, plan) if case.is_right(text)]
            self.asked += 1
            self.always += len(right) == plan.samples
            if 0 < len(right) < plan.samples:
                self.at_times += 1
                different = list(dict.fromkeys(right))[:KEPT]
                pairs += [replace(case.pair, completion=text) for text in different]
        return pairs


def answers(model: Model, case: Case, plan: Plan) -> list[str]:
    """Samples of one question; those that were cut off are left out."""
    found: list[str] = []
    for seed in range(plan.samples):
        sampling = Sampling(max_tokens=MAX_TOKENS, temperature=plan.temperature, seed=seed)
        made = generate(model, case.prompt, constraint=case.constraint, sampling=sampling)
        if made.finish == "stop":
            found.append(made.text.strip())
    return found


def apart(pairs: Sequence[Pair], seed: int) -> Texts:
    """A tenth of the questions held out, to say when to stop."""
    asked = sorted({pair.prompt for pair in pairs})
    random.Random(seed).shuffle(asked)
    held_out = set(asked[: -(-len(asked) // HELD_OUT)])
    return Texts(
        kind="pairs",
        train=tuple(pair for pair in pairs if pair.prompt not in held_out),
        held_out=tuple(pair for pair in pairs if pair.prompt in held_out),
    )


def main() -> None:
    """Align weights and print each round."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("weights", type=Path, help="tokenizer.json stands beside it")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--generated", type=int, default=200, help="questions of each kind a round")
    parser.add_argument("--told", type=int, default=200, help="people's questions a round")
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--data", type=Path, help="the folder of data sets")
    options = parser.parse_args()
    plan = Plan(
        rounds=options.rounds,
        generated=options.generated,
        told=options.told,
        samples=options.samples,
        data=options.data,
    )
    print(align(options.weights, options.folder, plan, told=print))


if __name__ == "__main__":
    main()
