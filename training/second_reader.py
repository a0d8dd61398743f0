"""Train the second reader of word problems: `python -m training.second_reader`.

It learns from GSM8K's training part where the annotations convert to a plan, and from stories of
our own tables. Never trained on: the fixed random 1,000 problems of GSM8K on which the solver is
measured, and a quarter of the rest, chosen by hash, for a look at problems that nobody saw. Writes
`math_solver/second_reading/weights.npz` (int8); `--folds` cross-validates instead.
"""

import argparse
import hashlib
import json
import os
import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistants.errors import InputError
from math_solver.plan import Finish, Let, parse_plan
from math_solver.quantities import carry_out
from math_solver.reading import Binary, Name, Number, Question, Tree, read_question
from math_solver.second_reading.features import SIZE, hashed, need_features, pair_features
from math_solver.second_reading.joining import (
    COLUMNS,
    OPERATIONS,
    Join,
    choices,
    joined,
)
from math_solver.second_reading.quantities import Quantity, Scene, read_scene
from math_solver.second_reading.reader import WEIGHTS, Weights, allowed, read_second
from training.math_examples import Scene as Scenery
from training.math_examples import (
    compile_plan,
    convert,
    numbered,
    running_story,
    slots,
    story,
)

_TABLES = Path(__file__).with_name("second_reader_stories.toml")
OWN_SHARE = 0.4
"""How many of the stories that are made come from the second reader's own tables."""

MEASURED_SEED, MEASURED = 8, 1_000
"""Which problems `benchmarks/word_problems.py` measures."""
SEALED_SHARE = 4
PRIME = (1 << 61) - 1
EPOCHS = 4
BATCH = 32
RATE = 0.12
DECAY = 2e-6


@dataclass(frozen=True, slots=True)
class Example:
    """A question, its plan, and the key."""

    question: Question
    plan: str
    key: Fraction


@dataclass(frozen=True, slots=True)
class Choice:
    """One state on the way to the answer: a row of features for each pair, and the right joins."""

    rows: list[list[int]]
    open: NDArray[np.bool_]
    right: list[int]


@dataclass(frozen=True, slots=True)
class Lesson:
    """All that one example teaches."""

    needs: list[tuple[list[int], bool]]
    choices: list[Choice]


# --- the examples


def is_sealed(question: str) -> bool:
    """Whether a problem of GSM8K is kept for a first look."""
    digest = hashlib.sha256(question.strip().encode()).digest()
    return digest[4] % SEALED_SHARE == 0


def gsm8k_rows(data: Path) -> list[dict[str, str]]:
    """The problems of GSM8K that are neither measured nor sealed."""
    lines = (data / "math/gsm8k-train.jsonl").read_text(encoding="utf-8").splitlines()
    measured = set(random.Random(MEASURED_SEED).sample(range(len(lines)), MEASURED))
    rows = [json.loads(line) for i, line in enumerate(lines) if i not in measured]
    return [row for row in rows if not is_sealed(row["question"])]


def gsm8k_examples(rows: Sequence[Mapping[str, str]]) -> Iterator[Example]:
    """Yield the problems whose annotations convert."""
    for row in rows:
        plan = convert(row["question"], row["answer"])
        if plan is not None:
            question = read_question(row["question"])
            yield Example(
                question, plan, carry_out(parse_plan(plan, question), question).answers[0]
            )


@cache
def _short_stories() -> tuple[tuple[str, str], ...]:
    """The wordings and plans of the second reader's own tables."""
    tables = tomllib.loads(_TABLES.read_text(encoding="utf-8"))
    return tuple((wording, plan) for rows in tables.values() for wording, plan in rows)


def drawn(choose: random.Random) -> tuple[str, str]:
    """Draw a story and its plan: of one schema, with a number beside, or one that runs on."""
    which = choose.random()
    if which > OWN_SHARE:
        return (story if which < 0.8 else running_story)(choose)
    wording, plan = choose.choice(_short_stories())
    text = re.sub(r"\s+", " ", Scenery(choose).render(wording)).strip()
    return numbered(text, compile_plan(slots(plan)))


def made_examples(count: int, seed: int) -> Iterator[Example]:
    """Yield stories of our own tables with numbers put in that give a possible answer."""
    choose = random.Random(seed)
    made = 0
    while made < count:
        masked, plan = drawn(choose)
        if "unknown" in plan:
            continue
        example = _with_numbers(masked, plan, choose)
        if example is not None:
            made += 1
            yield example


def _with_numbers(masked: str, plan: str, choose: random.Random) -> Example | None:
    names = re.findall(r"\bN\d+\b", masked)
    for _ in range(12):
        texts = {name: _number(masked, name, choose) for name in names}
        original = re.sub(r"\bN\d+\b", lambda m, t=texts: t[m.group()], masked)
        question = read_question(original)
        if len(question.numbers) != len(names) or question.formulas:
            return None
        try:
            outcome = carry_out(parse_plan(plan, question), question)
        except InputError:
            continue
        value = outcome.answers[0]
        steps = outcome.values.values()
        if value > 0 and all(v >= 0 and v.denominator in {1, 2, 4, 5, 10} for v in steps):
            return Example(question, plan, value)
    return None


def _number(masked: str, name: str, choose: random.Random) -> str:
    if re.search(rf"\b{name} (?:as (?:many|much)|of (?:the|them|his|her|it))", masked):
        return choose.choice(("half", "1/3", "1/4", "3/4", "2/3", "1/5", "half"))
    if re.search(rf"\b{name}(?:%| percent)", masked):
        return str(choose.choice((10, 20, 25, 30, 40, 50, 60, 75, 80, 5, 15)))
    return str(choose.choice((2, 3, 4, 5, 6, 8, 10, 12, choose.randint(2, 30),
                              choose.randint(10, 99), choose.randint(20, 500))))  # fmt: skip


# --- from a plan to the joins that lead to it


class Goal:
    """The values that a plan computes, as residues for random numbers, and what each is made of."""

    def __init__(self, plan: str, question: Question) -> None:
        choose = random.Random(len(question.original))
        self.values = {f"N{i}": choose.randrange(1, PRIME) for i in range(len(question.numbers))}
        self.made: dict[int, list[tuple[int, int]]] = {}
        for line in parse_plan(plan, question).lines:
            if isinstance(line, Let):
                self.values[line.name] = self._residue(line.value)
            elif isinstance(line, Finish):
                self.root = self._residue(line.values[0])

    def _residue(self, tree: Tree) -> int:
        match tree:
            case Number():
                return tree.value.numerator * pow(tree.value.denominator, -1, PRIME) % PRIME
            case Name():
                return self.values[tree.name]
            case Binary() if _percentage(tree) is not None:
                return self._residue(_percentage(tree) or tree)
            case Binary() if tree.operator in "+-*/":
                left, right = self._residue(tree.left), self._residue(tree.right)
                made = combined(left, right, tree.operator)
                if made not in {left, right}:
                    self.made.setdefault(made, []).append((left, right))
                return made
            case _:
                raise ValueError(str(tree))

    def of(self, quantity: Quantity) -> int:
        """The residue of a quantity that was not made."""
        if quantity.kind == "percent":
            name = quantity.text.strip("()").split()[0]
            return self.values[name] * pow(100, -1, PRIME) % PRIME
        return self.values.get(quantity.text, int(quantity.value) % PRIME)


def _percentage(tree: Binary) -> Binary | None:
    """Write `a * N1 / 100` as `a * (N1 / 100)`."""
    inner, hundred = tree.left, tree.right
    if tree.operator != "/" or not isinstance(hundred, Number) or hundred.value != 100:
        return None
    if not isinstance(inner, Binary) or inner.operator != "*":
        return None
    share = Binary(operator="/", left=inner.right, right=hundred)
    return Binary(operator="*", left=inner.left, right=share)


def combined(left: int, right: int, sign: str) -> int:
    """Compute with residues."""
    match sign:
        case "+":
            return (left + right) % PRIME
        case "-":
            return (left - right) % PRIME
        case "*":
            return left * right % PRIME
        case _:
            return left * pow(right, -1, PRIME) % PRIME


def lesson(example: Example) -> Lesson | None:
    """Follow a plan by joins; None where it cannot be followed."""
    scene = read_scene(example.question)
    if scene is None:
        return None
    try:
        goal = Goal(example.plan, example.question)
    except ValueError:
        return None
    residues = {q.text: goal.of(q) for q in scene.quantities}
    wanted = {part for pairs in goal.made.values() for pair in pairs for part in pair}
    wanted |= {goal.root}
    needed = _needed(scene, residues, wanted)
    if not needed:
        return None
    needs = [(hashed(need_features(scene, i)), i in needed) for i in range(len(scene.quantities))]
    found = _followed(scene, tuple(scene.quantities[i] for i in sorted(needed)), residues, goal)
    return None if found is None else Lesson(needs, found)


def _needed(scene: Scene, residues: Mapping[str, int], wanted: set[int]) -> set[int]:
    """The quantities whose values a plan uses; of equal constants the first."""
    needed: set[int] = set()
    taken: set[int] = set()
    for i, quantity in enumerate(scene.quantities):
        residue = residues[quantity.text]
        if residue in wanted and residue not in taken:
            needed.add(i)
            taken.add(residue)
    return needed


def _followed(
    scene: Scene, quantities: tuple[Quantity, ...], residues: dict[str, int], goal: Goal
) -> list[Choice] | None:
    choices_made: list[Choice] = []
    done = {residues[q.text] for q in quantities}
    choose = random.Random(len(scene.tokens))
    while len(quantities) > 1:
        if len(choices_made) > len(LIMITS):
            return None
        pairs = list(choices(len(quantities)))
        right = _right_joins(quantities, pairs, residues, goal, done)
        if not right:
            return None
        rows = [
            hashed(pair_features(scene, quantities[i], quantities[j], len(quantities)))
            for i, j in pairs
        ]
        columns = [index * COLUMNS + join.column for index, join, _ in right]
        choices_made.append(Choice(rows, allowed(quantities, pairs), columns))
        _, join, residue = choose.choice(right)
        following = joined(quantities, join)
        if following is None:
            return None
        made = next(q for q in following if q not in quantities)
        residues[made.text] = residue
        done.add(residue)
        quantities = following
    return choices_made if residues[next(iter(quantities)).text] == goal.root else None


LIMITS = range(7)


def _right_joins(
    quantities: Sequence[Quantity],
    pairs: Sequence[tuple[int, int]],
    residues: Mapping[str, int],
    goal: Goal,
    done: set[int],
) -> list[tuple[int, Join, int]]:
    """The joins that compute a value of the plan which is not there yet."""
    found: list[tuple[int, Join, int]] = []
    for index, (i, j) in enumerate(pairs):
        left, right = residues[quantities[i].text], residues[quantities[j].text]
        for operation, name in enumerate(OPERATIONS):
            first, second = (right, left) if name.startswith("reversed") else (left, right)
            made = combined(first, second, name[-1])
            if made in done or (made != goal.root and made not in goal.made):
                continue
            kept = [_still_used(x, made, goal, done) for x in (left, right)]
            if all(kept):
                continue
            join = Join(left=i, right=j, operation=operation, kept=1 if kept[0] else 2 * kept[1])
            if joined(quantities, join) is not None:
                found.append((index, join, made))
    return found


def _still_used(part: int, made: int, goal: Goal, done: set[int]) -> bool:
    """Whether something else that is still to be computed is made of a value."""
    if made == goal.root:
        return False
    others = [whole for whole in goal.made if whole != made and whole not in done]
    return any(part in pair for whole in others for pair in goal.made[whole])


# --- learning


def train(lessons: Sequence[Lesson], seed: int = 0, epochs: int = EPOCHS) -> Weights:
    """Fit both models by AdaGrad (Duchi et al. 2011) on minibatches."""
    choose = random.Random(seed)
    needs = _train_needs([need for one in lessons for need in one.needs], choose, epochs)
    states = [choice for one in lessons for choice in one.choices]
    weights = np.zeros((SIZE, COLUMNS), dtype=np.float32)
    squares = np.full_like(weights, 1e-6)
    for _ in range(epochs):
        choose.shuffle(states)
        for start in range(0, len(states), BATCH):
            gradient = np.zeros_like(weights)
            for state in states[start : start + BATCH]:
                _add_gradient(gradient, weights, state)
            squares += gradient * gradient
            weights -= RATE * (gradient / np.sqrt(squares) + DECAY * BATCH * weights)
    return Weights(joins=weights, needs=needs)


def _add_gradient(
    gradient: NDArray[np.float32], weights: NDArray[np.float32], state: Choice
) -> None:
    scores = np.stack([weights[row].sum(axis=0) for row in state.rows])
    scores = np.where(state.open, scores, -np.inf).ravel()
    probabilities = np.exp(scores - scores.max())
    probabilities /= probabilities.sum()
    share = probabilities[state.right]
    total = share.sum()
    probabilities[state.right] -= share / total if total > 0 else 1 / len(share)
    table = probabilities.reshape(len(state.rows), COLUMNS)
    for row, slope in zip(state.rows, table, strict=True):
        if np.abs(slope).max() > 1e-4:
            np.add.at(gradient, row, slope)


def _train_needs(
    needs: list[tuple[list[int], bool]], choose: random.Random, epochs: int
) -> NDArray[np.float32]:
    weights = np.zeros(SIZE, dtype=np.float32)
    squares = np.full_like(weights, 1e-6)
    for _ in range(epochs):
        choose.shuffle(needs)
        for row, needed in needs:
            slope = 1 / (1 + np.exp(-weights[row].sum())) - needed
            squares[row] += slope * slope
            weights[row] -= RATE * slope / np.sqrt(squares[row])
    return weights


def save(weights: Weights, path: Path) -> None:
    """Write the weights as int8 with one scale each."""
    joins, needs = weights.joins, weights.needs
    scale = np.array([np.abs(joins).max() / 127, np.abs(needs).max() / 127], dtype=np.float32)
    np.savez_compressed(
        path,
        joins=np.round(joins / scale[0]).astype(np.int8),
        needs=np.round(needs / scale[1]).astype(np.int8),
        scale=scale,
    )


# --- how good it is


@dataclass(frozen=True, slots=True)
class Seen:
    """One problem as it was read by weights that did not see it."""

    probability: float
    right: bool
    numbers: int


def judged(questions: Sequence[tuple[Question, Fraction]], weights: Weights) -> list[Seen]:
    """Read problems and compare with their keys."""
    found: list[Seen] = []
    for question, key in questions:
        second = read_second(question, weights)
        if second is not None:
            right = abs(second.value - key) <= Fraction(1, 1000) * max(1, abs(key))
            found.append(Seen(second.probability, right, len(question.numbers)))
    return found


def told(found: Sequence[Seen], count: int) -> Iterator[str]:
    """Yield how many are right at each bar of the probability."""
    yield f"{sum(s.right for s in found)} of {count} right"
    for bar in (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99):
        kept = [s for s in found if s.probability >= bar]
        if kept:
            right = sum(s.right for s in kept)
            yield f"  at {bar}: {right} of {len(kept)} right ({right / len(kept):.3f})"


def main() -> None:
    """Train on everything and write the weights, or cross-validate."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", default=os.environ.get("PLUMB_DATA", "../shared/data"))
    options.add_argument("--made", type=int, default=5_000, help="stories of our own tables")
    options.add_argument("--folds", type=int, default=0, help="cross-validate with so many folds")
    options.add_argument("--tried", type=int, default=1, help="folds that are tried")
    arguments = options.parse_args()
    rows = gsm8k_rows(Path(arguments.data))
    made = [one for e in made_examples(arguments.made, 1) if (one := lesson(e)) is not None]
    print(f"{len(made)} stories of our own can be followed")
    for fold in range(arguments.tried if arguments.folds else 0):
        apart = [row for i, row in enumerate(rows) if i % arguments.folds == fold]
        rest = [row for i, row in enumerate(rows) if i % arguments.folds != fold]
        lessons = [one for e in gsm8k_examples(rest) if (one := lesson(e)) is not None]
        print(f"{len(lessons)} problems of GSM8K can be followed, of {len(rest)}")
        weights = train([*lessons, *made])
        keys = [(read_question(row["question"]), key_of(row["answer"])) for row in apart]
        print("\n".join(told(judged(keys, weights), len(keys))))
    if not arguments.folds:
        lessons = [one for e in gsm8k_examples(rows) if (one := lesson(e)) is not None]
        save(train([*lessons, *made]), WEIGHTS)
        print(f"{len(lessons)} problems of GSM8K; wrote {WEIGHTS.stat().st_size:,} bytes")


def key_of(answer: str) -> Fraction:
    """Return the number after `####`."""
    return Fraction(re.sub(r"[$,\s]", "", answer.rpartition("####")[2]))


if __name__ == "__main__":
    main()
