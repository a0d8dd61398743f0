"""Who proposes plans for word problems: a few rules of wording, and the model.

The rules look at the masked question only. The model is asked through the `Model` protocol: the
bundled one by its task markers, any other by a short instruction; both under the same grammar.
"""

import logging
import re
from collections.abc import Iterator
from fractions import Fraction

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


# --- rules of wording

_TOGETHER = r"(?:in all|altogether|in total|total|together|combined|sum|all told|in sum)"
_MORE = (
    r"how (?:many|much) (?:more|fewer|less|longer|taller|heavier|farther|further|older|younger"
    r"|bigger|greater|higher|deeper|faster|wider|warmer|colder)"
    r"|difference|how (?:much )?(?:taller|longer|heavier|older)"
)
_LEFT = r"(?:left|remain|remains|remaining|still (?:have|has|need|needs)|not|now|rest)"
_LOSES = (
    r"\b(?:gave|gives|give|ate|eats|lost|loses|sold|sells|used|uses|spent|spends|took|takes|broke"
    r"|removed?|threw|donated?|popped|left|cut|paid|pays|died|melted"
    r"|flew|ran away|deleted?|shared)\b"
)
_GAINS = (
    r"\b(?:more|bought|buys|got|gets|found|finds|received?s?|picked|adds?|added|earned|won|collected"
    r"|gave (?:him|her)|gives (?:him|her)|joined|another|increased)\b"
)
_SHARE = r"\b(?:equally|evenly|split|splits|share[ds]?|divided?s?|among|per|apiece)\b"
_EACH = r"\b(?:each|every|per|apiece|times as|rows? of|sets? of|an hour|a day|a week)\b"


def by_rules(question: Question) -> Iterator[str]:
    """Yield plans for the simplest wordings: one operation on two or three numbers."""
    text, numbers = question.masked, question.numbers
    if question.formulas or not 2 <= len(numbers) <= 3 or not ASKS.search(text):
        return
    asked = re.split(r"(?<=[.!])\s+", text.rstrip(" ?."))[-1]
    names = [f"N{i}" for i in range(len(numbers))]
    if len(numbers) == 2:
        yield from _two_numbers(text, asked, numbers)
    elif re.search(_TOGETHER, asked, re.IGNORECASE) and not re.search(_EACH, text, re.IGNORECASE):
        yield f"answer {' + '.join(names)}"
    elif re.search(_LEFT, asked, re.IGNORECASE) and _only(_LOSES, _GAINS, text):
        yield "answer N0 - N1 - N2"


def _only(wanted: str, other: str, text: str) -> bool:
    found = re.search(wanted, text, re.IGNORECASE)
    return bool(found) and not re.search(other, text, re.IGNORECASE)


def _two_numbers(text: str, asked: str, numbers: tuple[Fraction, ...]) -> Iterator[str]:
    first, second = ("N0", "N1") if numbers[0] >= numbers[1] else ("N1", "N0")
    each = bool(re.search(_EACH, text, re.IGNORECASE))
    if re.search(_MORE, asked, re.IGNORECASE):
        yield f"answer {first} - {second}"
    elif re.search(r"\beach\b|\bone\b|\bevery\b|\bper\b", asked, re.IGNORECASE):
        if re.search(_SHARE + r"|\binto\b|\bfor\b|\bin\b", text, re.IGNORECASE):
            yield "answer N0 / N1"
    elif each and re.search(r"how (?:many|much)", asked, re.IGNORECASE):
        grouped = re.search(r"how many (?:\w+ ){0,2}(?:boxes|bags|groups|teams|packs|cars|buses"
                            r"|tables|rows|weeks|days|hours|trips|pages|vans|shelves)",
                            asked, re.IGNORECASE)  # fmt: skip
        yield f"answer {first} / {second}" if grouped else "answer N0 * N1"
    elif re.search(_LEFT, asked, re.IGNORECASE) and re.search(_LOSES, text, re.IGNORECASE):
        yield f"answer {first} - {second}"
    elif re.search(_TOGETHER + r"|\bnow\b|\bthen\b", asked, re.IGNORECASE) or _only(
        _GAINS, _LOSES, text
    ):
        yield "answer N0 + N1"
