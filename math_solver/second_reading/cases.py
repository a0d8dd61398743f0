"""Stories that were solved before, found again by their wording (case-based reasoning).

A case is a wording without its numbers and names, kept as hashes of its pairs of neighbouring
words, and the plan that solved it. The plan of the likest case is a third reading of a story. Alone
it is not answered with; but a story that is like no case is one whose traps nobody has seen.
Likeness is the share of the weight that two wordings have in common, of all that they have
(Jaccard), a pair weighing more the fewer cases have it. Cases come from mawps-single's training
part: `python -m training.second_reader`.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from assistants.errors import InputError
from math_solver.plan import parse_plan
from math_solver.quantities import carry_out
from math_solver.reading import Question

from .quantities import OPENERS, stem

CASES = Path(__file__).with_name("cases.npz")
ALIKE = 0.25
"""Least likeness of a case that counts. Cross-validated on mawps-single's training part, of stories
that no rule reads: where the second reader comes to the same value as such a case, 111 of 114 were
right, and 5 of 5 on problems of GSM8K that neither had seen; nine in ten problems of GSM8K are less
than half as like to any case."""
_VOTES = 5
_PAIRS = 1 << 16
_VAGUE = frozenset({"some", "several", "few"})
_TOKEN = re.compile(r"N\d+|[A-Za-z]+|[$%.?!;]")

Hashes: TypeAlias = NDArray[np.uint16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is kept of a story: the hashes of its wording, how many numbers it has, its plan."""

    pairs: Hashes
    numbers: int
    plan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """The plan of the likest cases for a story, its value, and how alike they are."""

    plan: str
    value: Fraction
    likeness: float


class CaseBase:
    """Cases with what their pairs weigh."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.plans = [case.plan for case in cases]
        self.numbers = np.array([case.numbers for case in cases])
        self.pairs = np.concatenate([case.pairs for case in cases])
        sizes = [len(case.pairs) for case in cases]
        self.starts = np.cumsum([0, *sizes[:-1]])
        counts = np.bincount(self.pairs, minlength=_PAIRS)
        self.weights = np.log(len(cases) / np.maximum(counts, 1)) + 0.1
        self.sums = np.add.reduceat(self.weights[self.pairs], self.starts)

    def likeness(self, question: Question) -> NDArray[np.float64]:
        """Say how like every case is; nothing is like a story with another count of numbers.

        Nor is anything like a story with an open amount that had none there: `some of the plums`.
        """
        own = pairs_of(question)
        shared = np.zeros(_PAIRS)
        shared[own] = self.weights[own]
        common = np.add.reduceat(shared[self.pairs], self.starts)
        every = shared.sum() + self.sums - common
        fits = self.numbers == len(question.numbers)
        if len(vague := _hashed(pair for pair in _pairs(question) if _VAGUE & {*pair})):
            fits &= np.logical_or.reduceat(np.isin(self.pairs, vague), self.starts)
        return np.where(fits, common / every, 0.0)

    def recall(self, question: Question) -> Recalled | None:
        """Return what most of the likest cases come to; None where none is like enough."""
        if question.formulas or not question.numbers:
            return None
        likeness = self.likeness(question)
        votes: defaultdict[Fraction, float] = defaultdict(float)
        found: dict[Fraction, Recalled] = {}
        for index in np.argsort(-likeness, kind="stable")[:_VOTES]:
            alike, plan = float(likeness[index]), self.plans[index]
            value = _value(plan, question) if alike >= ALIKE else None
            if value is not None:
                votes[value] += alike * alike
                found.setdefault(value, Recalled(plan=plan, value=value, likeness=alike))
        return found[max(votes, key=lambda one: votes[one])] if votes else None


@cache
def shipped_cases() -> CaseBase:
    """Return the cases that are shipped."""
    with np.load(CASES, allow_pickle=False) as stored:
        ends = np.cumsum(stored["sizes"])
        pairs = np.split(stored["pairs"], ends[:-1])
        plans = bytes(stored["plans"]).decode().split("\n")
        rows = zip(pairs, stored["numbers"], stored["which"], strict=True)
        return CaseBase(
            [Case(pairs=p, numbers=int(n), plan=f"answer {plans[w]}") for p, n, w in rows]
        )


def save_cases(cases: Sequence[Case], path: Path) -> None:
    """Write cases; equal plans are written once."""
    plans = sorted({case.plan.removeprefix("answer ") for case in cases})
    which = {plan: i for i, plan in enumerate(plans)}
    np.savez_compressed(
        path,
        pairs=np.concatenate([case.pairs for case in cases]),
        sizes=np.array([len(case.pairs) for case in cases], dtype=np.uint16),
        numbers=np.array([case.numbers for case in cases], dtype=np.uint8),
        which=np.array([which[c.plan.removeprefix("answer ")] for c in cases], dtype=np.uint16),
        plans=np.frombuffer("\n".join(plans).encode(), dtype=np.uint8),
    )


def recalled(question: Question) -> Recalled | None:
    """Return what the shipped cases come to."""
    return shipped_cases().recall(question)


def pairs_of(question: Question) -> Hashes:
    """Return the hashes of the pairs of neighbouring words, numbers and names made alike."""
    return _hashed(_pairs(question))


def _pairs(question: Question) -> Iterator[tuple[str, str]]:
    words: list[str] = []
    opening = True
    for token in _TOKEN.findall(re.sub(r"(?<=\w)['’]s\b", " ", question.masked)):
        named = token[0].isupper() and not (opening and token.lower() in OPENERS)
        if re.fullmatch(r"N\d+", token):
            words.append("#")
        elif token in {".", "?", "!", ";"}:
            words.append(".")
        else:
            words.append("@" if named else stem(token.lower()))
        opening = words[-1] == "."
    return pairwise(words)


def _hashed(pairs: Iterable[tuple[str, str]]) -> Hashes:
    hashes = {zlib.crc32(f"{one} {two}".encode()) % _PAIRS for one, two in pairs}
    return np.array(sorted(hashes), dtype=np.uint16)


def _value(plan: str, question: Question) -> Fraction | None:
    try:
        return carry_out(parse_plan(plan, question), question).answers[0]
    except InputError:
        return None
