"""Questions whose answers can be judged without an opinion: rewards, and measures of accuracy.

A plan is right if it gives the answers of the known plan whatever numbers stand in the question (a
few are tried), or, where it names an operation in place of a calculation, if it is the known one.
A query is right if its tree is the known one, up to the order of conditions and measures.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal, TypeAlias

from assistants.constraint import Grammar
from assistants.errors import PlumbError
from assistants.model import Marked
from math_solver.plan import grammar as plan_grammar
from math_solver.plan import parse_plan
from math_solver.quantities import carry_out
from math_solver.reading import Question, read_question
from sql_agent.query_grammar import grammar as query_grammar
from sql_agent.query_grammar import schema_text
from sql_agent.query_text import parse
from sql_agent.query_tree import Query
from training import math_examples, sql_examples
from training.tuning_data import Pair, plan_pair, query_pair
from training.unmasking import unmasked

Kind: TypeAlias = Literal["plan", "query"]
TRIALS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question, the constraint of its answer, and a right one, or the number it comes to."""

    kind: Kind
    pair: Pair
    constraint: Grammar
    question: Question | None = None
    number: Fraction | None = None

    @property
    def prompt(self) -> Marked:
        """What the model is asked."""
        return Marked(self.pair.parts)

    def is_right(self, written: str) -> bool:
        """Whether an answer is right (see the module)."""
        written, gold = written.strip(), self.pair.completion.strip()
        if written == gold:
            return True
        try:
            if self.question and self.number is not None:
                return carry_out(parse_plan(written, self.question), self.question).answers == (
                    self.number,
                )
            if self.question is None:
                return ordered(parse(written)) == ordered(parse(gold))
            return agree(written, gold, self.question)
        except PlumbError:
            return False


def cases(kind: Kind, seed: int, count: int) -> Iterator[Case]:
    """Draw questions; another seed gives others."""
    return plan_cases(seed, count) if kind == "plan" else query_cases(seed, count)


def plan_cases(seed: int, count: int) -> Iterator[Case]:
    """Questions for the mathematics solver that the generators write."""
    for prompt, completion in math_examples.examples(seed, count):
        masked = prompt.removeprefix(math_examples.QUESTION).removesuffix(math_examples.PLAN)
        plan = completion.removesuffix(math_examples.END)
        question = unmasked(masked, random.Random(seed))
        yield Case(
            kind="plan",
            pair=plan_pair(masked, plan),
            constraint=plan_grammar(question),
            question=question,
        )


def told_cases(data: Path, *, held_out: bool) -> Iterator[Case]:
    """Questions that people wrote: of GSM8K's training part the twentieth that is held out, or not.

    `data` is the folder of data sets. Only the number that a question comes to is known.
    """
    with (data / "math/gsm8k-train.jsonl").open(encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    for row in rows:
        if math_examples.is_held_out(row["question"]) != held_out:
            continue
        question = read_question(row["question"])
        number = row["answer"].rpartition("####")[2].strip().replace(",", "")
        yield Case(
            kind="plan",
            pair=plan_pair(question.masked, ""),
            constraint=plan_grammar(question),
            question=question,
            number=Fraction(number),
        )


def query_cases(seed: int, count: int) -> Iterator[Case]:
    """Questions over generated schemas."""
    for one in sql_examples.drawn(seed, count):
        yield Case(
            kind="query",
            pair=query_pair(one.question, schema_text(one.linked), one.query),
            constraint=query_grammar(one.linked),
        )


def agree(written: str, gold: str, question: Question) -> bool:
    """Whether two plans calculate the same, for several choices of the numbers."""
    choose = random.Random(question.masked)
    plans = parse_plan(written, question), parse_plan(gold, question)
    tried = 0
    for _ in range(4 * TRIALS):
        drawn = replace(question, numbers=tuple(_number(choose) for _ in question.numbers))
        try:
            expected = carry_out(plans[1], drawn).answers
        except PlumbError:  # these numbers make no sense in the question
            continue
        if carry_out(plans[0], drawn).answers != expected:
            return False
        tried += 1
        if tried == TRIALS:
            return True
    return False


def _number(choose: random.Random) -> Fraction:
    return Fraction(choose.randrange(2, 400), choose.choice((1, 1, 1, 2, 4)))


def ordered(query: Query) -> Query:
    """A query with its conditions and measures in an order of their own."""
    return replace(
        query,
        where=tuple(sorted(query.where, key=repr)),
        having=tuple(sorted(query.having, key=repr)),
    )
