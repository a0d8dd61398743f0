"""A candidate reading of a word problem, as a reader writes it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from math_solver.reading import Question

MAX_WORDS = 110
_SHORTENED = (
    r"\b(lbs?|oz|ft|hrs?|Mrs?|Ms|Dr|gal|yds?|mi|qt|pt|vs|approx)\s?\.(?=\s[a-z]"
    r"|\s?[A-Z][a-z]+ [a-z])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A plan as text, and the numbers that only count what is spoken of (`two numbers`)."""

    source: str
    counted: frozenset[str] = frozenset()
    signed: bool = False
    """Whether an answer may be below zero: numbers may, amounts may not."""


def plain_words(question: Question) -> str:
    """Return the masked text in lower case with its names N0, N1, … kept and signs spelled out."""
    shortened = re.sub(_SHORTENED, r"\1", question.masked)
    kept = re.sub(r"(?<![A-Za-z])N(?=\d)", "\0", shortened).lower().replace("\0", "N")
    kept = re.sub(r"\b(what|that|it|who|how|here|there)\s?['’]s\b", r"\1 is", kept)
    kept = re.sub(r"(?<=[a-z\d])([.?!])(?=[a-z])", r"\1 ", kept)
    kept = re.sub(r"(?<=[a-z\d])\s?['’](?:s\b)?", " ", kept)
    kept = re.sub(r"\b(?:percent|per cent)\b", "%", kept)
    kept = re.sub(r"(?<=[A-Za-z\d])-(?=[A-Za-z])", " ", kept)
    kept = re.sub(
        r"\b(more|less|fewer|older|younger|greater|larger|smaller) then\b", r"\1 than", kept
    )
    kept = re.sub(r"\b(N\d+ )number(?= (?:is|are|whose|have|add)\b)", r"\1numbers", kept)
    kept = re.sub(r"\s+([,.;:?!])", r"\1", kept)
    kept = re.sub(r"[\"“”`()]|-lrb-|-rrb-", " ", kept)
    return re.sub(r"\s+", " ", kept).strip()


def plan_text(
    unknowns: Mapping[str, str],
    equations: Sequence[tuple[str, str]],
    asked: Sequence[str],
    conditions: Sequence[str] = (),
) -> str:
    """Write a plan: unknowns with their meanings, equations, conditions, what is asked for."""
    lines = [f"unknown {name} {meaning}".rstrip() for name, meaning in unknowns.items()]
    lines += [f"eq {left} = {right}" for left, right in equations]
    lines += [f"where {condition}" for condition in conditions]
    lines.append(f"answer {', '.join(asked)}")
    return "\n".join(lines)
