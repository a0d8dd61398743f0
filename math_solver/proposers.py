"""Who proposes plans for word problems: a few rules of wording, and the model.

The rules look at the masked question only. The model is asked through the `Model` protocol: the
bundled one by its task markers, any other by a short instruction; both under the same grammar.
"""

import logging
import re
from collections.abc import Iterator

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

ASKS = re.compile(
    r"\bhow (?:many|much|long|far|old|fast|tall|big|heavy|high|deep|wide|large|often|soon)\b"
    r"|\bwhat (?:is|was|are|were|will|would|percent|fraction|number|amount|length|distance|age)\b"
    r"|\b(?:find|calculate|compute|determine|evaluate|solve)\b|\bby what\b|\bafter how\b"
    r"|\bwhen (?:will|do|does)\b|\bat what\b|\bfor how\b|\bfor what\b",
    re.IGNORECASE,
)
"""A question that asks for a quantity."""


def by_model(
    model: Model, question: Question, cancel: Cancel | None, spent: list[Usage]
) -> Iterator[str]:
    """Yield candidate plans, the most likely first; what each cost is added to `spent`."""
    prompt = model_prompt(model, question)
    if prompt is None:
        return
    constraint = grammar(question)
    for index in range(SAMPLES + 1):
        sampling = Sampling(
            max_tokens=MAX_TOKENS,
            temperature=TEMPERATURE if index else 0.0,
            top_p=0.95 if index else 1.0,
            seed=index,
        )
        try:
            made = generate(model, prompt, constraint=constraint, sampling=sampling, cancel=cancel)
        except (Unsupported, ConstraintError) as error:
            logger.info("%s cannot propose plans: %s", model.name, error)
            return
        spent.append(made.usage)
        if made.finish == "stop":
            yield made.text.strip()


def model_prompt(model: Model, question: Question) -> Prompt | None:
    """Return the prompt in the form that this model knows; None where there is no such form."""
    if {"question", "plan"} <= model.capabilities.markers:
        return Marked((Marker("math"), Marker("question"), question.masked, Marker("plan")))
    if model.capabilities.chat:
        return Chat((Message("system", INSTRUCTION), Message("user", question.masked)))
    return None
