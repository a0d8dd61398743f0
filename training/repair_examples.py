"""Repairs of plans and queries: `python -m training.repair_examples --count 5`.

A right answer is broken, what the verifier says against it is asked of the verifier itself, and the
model learns to write the right one behind both, in the very prompt with which the assistants hand
a complaint back (`Marked.again`). What the verifier does not object to is no example.
"""

import argparse
import random
import re
from collections.abc import Iterator

from assistants.model import Marked
from math_solver.word_problems.ranking import complaint as plan_complaint
from sql_agent.model_proposer import complaint as query_complaint
from sql_agent.query_grammar import schema_text
from training import math_examples, sql_examples
from training.repair_marks import spelled
from training.tokenizer import END
from training.tuning_data import plan_pair, query_pair
from training.unmasking import unmasked

ATTEMPTS = 6
_NUMBER = re.compile(r"\bN\d+\b")
_OPERATOR = re.compile(r" [-+*/] ")
_CLAUSE = re.compile(r"; ")
_SLOT = re.compile(r"\bV\d+\b")
_NAME = re.compile(r"\b[a-z_]+\.[a-z_]+\b")


def examples(seed: int, count: int) -> Iterator[tuple[str, str]]:
    """Yield `count` pairs of prompt and completion, half of them plans, with marks written out."""
    plans, queries = plan_repairs(seed), query_repairs(seed)
    for number in range(count):
        yield next(queries if number % 2 else plans)


def plan_repairs(seed: int) -> Iterator[tuple[str, str]]:
    """Yield repairs of plans for ever."""
    choose = random.Random(f"plan/{seed}")
    while True:
        for prompt, completion in math_examples.examples(choose.randrange(1 << 30), 64):
            masked = prompt.removeprefix(math_examples.QUESTION).removesuffix(math_examples.PLAN)
            right = completion.removesuffix(END)
            question = unmasked(masked, choose)
            for _ in range(ATTEMPTS):
                wrong = broken_plan(right, len(question.numbers), choose)
                told = plan_complaint(wrong, question) if wrong != right else ""
                if told and plan_complaint(right, question) != told:
                    asked = Marked(plan_pair(masked, right).parts).again(wrong, told)
                    yield spelled(asked), right + END
                    break


def query_repairs(seed: int) -> Iterator[tuple[str, str]]:
    """Yield repairs of queries for ever."""
    choose = random.Random(f"query/{seed}")
    while True:
        for one in sql_examples.drawn(choose.randrange(1 << 30), 64):
            for _ in range(ATTEMPTS):
                wrong = broken_query(one.query, choose)
                told = query_complaint(wrong, one.linked) if wrong != one.query else ""
                if told and not query_complaint(one.query, one.linked):
                    pair = query_pair(one.question, schema_text(one.linked), one.query)
                    yield spelled(Marked(pair.parts).again(wrong, told)), one.query + END
                    break


def broken_plan(plan: str, numbers: int, choose: random.Random) -> str:
    """A plan with a line lost, a number or an operator exchanged, or a step that is not there."""
    lines = plan.split("\n")
    match choose.randrange(4):
        case 0 if len(lines) > 1:
            del lines[choose.randrange(len(lines) - 1)]
            return "\n".join(lines)
        case 1:
            return exchanged(plan, _OPERATOR, (" + ", " - ", " * ", " / "), choose)
        case 2:
            names = tuple(f"N{i}" for i in range(numbers + 1))
            return exchanged(plan, _NUMBER, names, choose)
        case _:
            head, _, last = plan.rpartition("\n")
            first = re.split(r" [-+*/] ", last, maxsplit=1)[0]
            return f"{head}\n{first}".strip()


def broken_query(query: str, choose: random.Random) -> str:
    """A query without a clause, with another value or column, or cut off."""
    clauses = _CLAUSE.split(query)
    match choose.randrange(4):
        case 0 if len(clauses) > 1:
            del clauses[choose.randrange(1, len(clauses))]
            return "; ".join(clauses)
        case 1:
            return exchanged(query, _SLOT, ("V0", "V1", "V2", "V3"), choose)
        case 2:
            names = tuple(sorted(set(_NAME.findall(query))))
            swapped = tuple(name.replace(".", "s.") for name in names) or ("",)
            return exchanged(query, _NAME, (*names, *swapped), choose)
        case _:
            words = query.split(" ")
            return " ".join(words[: choose.randrange(1, len(words))]) if len(words) > 1 else query


def exchanged(text: str, what: re.Pattern[str], by: tuple[str, ...], choose: random.Random) -> str:
    """A text in which one match of a pattern is another string."""
    found = list(what.finditer(text))
    if not found:
        return text
    place = choose.choice(found)
    return text[: place.start()] + choose.choice(by) + text[place.end() :]


def main() -> None:
    """Print examples."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=5)
    options = parser.parse_args()
    for prompt, completion in examples(options.seed, options.count):
        print(prompt + completion, end="\n\n")


if __name__ == "__main__":
    main()
