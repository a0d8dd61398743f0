"""How a model proposes plans for questions in words.

A model that was trained on our task markers is small: where a question has two or three numbers it
ranks an enumeration of plans, which asks less of it than writing one. Otherwise, and for any other
model, plans are drawn under the grammar, and how many of them agree says how sure it is.
"""

import logging
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from assistants.answer import Usage
from assistants.errors import ConstraintError, Unsupported
from assistants.model import (
    Cancel,
    Chat,
    Marked,
    Marker,
    Message,
    Model,
    Prompt,
    Sampling,
    generate,
)

from .plan import grammar
from .reading import Question
from .word_problems.ranking import complaint

logger = logging.getLogger(__name__)

MAX_TOKENS = 160
SAMPLES = 3
TEMPERATURE = 0.6

INSTRUCTION = """\
You translate a mathematics question into a short plan. The numbers of the question are written
N0, N1, … and its formulas E0, E1, …. Answer with the plan only, one step a line:
let a = N0 / 2          (a quantity; names a, b, c, … in order)
unknown x               (then y, z)
eq 2 * x + N1 = N0      (what is known about the unknowns)
answer a + N0           (the last line: what is asked for)
For a formal question the only line is a task, such as: solve E0 for x, differentiate E0 wrt x,
integrate E0 from N0 to N1, simplify E0, gcd N0, N1, remainder N0, N1."""


def _two_steps() -> Iterator[str]:
    """Plans over three numbers, in the order in which they are usually told."""
    for first in ("N0 + N1", "N0 - N1", "N0 * N1", "N0 / N1"):
        for second in ("a + N2", "a - N2", "a * N2", "a / N2"):
            if {first[3], second[2]} != {"+"}:
                yield f"let a = {first}\nanswer {second}"
    yield from ("answer N0 + N1 + N2", "answer N0 - N1 - N2")
    yield from (
        f"let a = N1 {op} N2\nanswer {tail}" for op in "+*" for tail in ("N0 - a", "a - N0")
    )
    yield from ("let a = N1 * N2\nanswer N0 + a", "let a = N0 - N2\nanswer a / N1")


PATTERNS = {
    2: tuple(f"answer {a} {op} {b}" for op in "+-*/" for a, b in permutations(("N0", "N1"))
             if op in "-/" or a == "N0"),
    3: tuple(dict.fromkeys(_two_steps())),
}  # fmt: skip
"""Enumerated plans by the number of numbers."""

ASKS = re.compile(
    r"\bhow (?:many|much|long|far|old|fast|tall|big|heavy|high|deep|wide|large|often|soon)\b"
    r"|\bwhat (?:is|was|are|were|will|would|percent|fraction|number|amount|length|distance|age)\b"
    r"|\b(?:find|calculate|compute|determine|evaluate|solve)\b|\bby what\b|\bafter how\b"
    r"|\bwhen (?:will|do|does)\b|\bat what\b|\bfor how\b|\bfor what\b",
    re.IGNORECASE,
)
"""A question that asks for a quantity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A plan and its share of the probability among the plans that were ranked."""

    source: str
    share: float


def is_marked(model: Model) -> bool:
    """Whether the model was trained on the markers of plans."""
    return {"question", "plan"} <= model.capabilities.markers


def enumerated(question: Question) -> tuple[str, ...]:
    """Return the plans that use each of two or three numbers once; none for other questions."""
    return () if question.formulas else PATTERNS.get(len(question.numbers), ())


def by_ranking(model: Model, question: Question, sources: Sequence[str]) -> list[Ranked]:
    """Return plans with their shares of the probability that the model gives them."""
    prompt = model_prompt(model, question)
    if prompt is None or not sources or not model.capabilities.score:
        return []
    try:
        scores = model.score(prompt, sources)
    except Unsupported as error:
        logger.info("%s cannot rank plans: %s", model.name, error)
        return []
    top = max(scores)
    weights = [math.exp(score - top) for score in scores]
    return [
        Ranked(source=source, share=weight / sum(weights))
        for source, weight in zip(sources, weights, strict=True)
    ]


def by_model(
    model: Model, question: Question, cancel: Cancel | None, spent: list[Usage]
) -> Iterator[str]:
    """Yield candidate plans, the most likely first; what each cost is added to `spent`."""
    prompt = model_prompt(model, question)
    if prompt is None:
        return
    constraint = grammar(question)

    def written(asked: Prompt, index: int) -> str:
        sampling = Sampling(
            max_tokens=MAX_TOKENS,
            temperature=TEMPERATURE if index else 0.0,
            top_p=0.95 if index else 1.0,
            seed=index,
        )
        made = generate(model, asked, constraint=constraint, sampling=sampling, cancel=cancel)
        spent.append(made.usage)
        return made.text.strip() if made.finish == "stop" else ""

    try:
        first = written(prompt, 0)
        yield from filter(None, (first,))
        if first and isinstance(prompt, Marked) and "repair" in model.capabilities.markers:
            told = complaint(first, question)
            yield from filter(None, (written(prompt.again(first, told), 0) if told else "",))
        for index in range(1, SAMPLES + 1):
            yield from filter(None, (written(prompt, index),))
    except (Unsupported, ConstraintError) as error:
        logger.info("%s cannot propose plans: %s", model.name, error)


def model_prompt(model: Model, question: Question) -> Prompt | None:
    """Return the prompt in the form that this model knows; None where there is no such form."""
    if is_marked(model):
        return Marked((Marker("math"), Marker("question"), question.masked, Marker("plan")))
    if model.capabilities.chat:
        return Chat((Message("system", INSTRUCTION), Message("user", question.masked)))
    return None
