"""Training examples: well formed, in the form that the solver presents, and true."""

import contextlib
import random
import re
from pathlib import Path

import pytest

from assistants.errors import InputError
from math_solver.plan import parse_plan
from math_solver.quantities import carry_out
from math_solver.reading import read_question
from training.math_examples import END, PLAN, QUESTION, convert, examples, gsm8k_pairs, is_held_out

SHARED = Path(__file__).resolve().parents[4] / "shared/data"
NOWHERE = Path("/nonexistent")


def parts(prompt: str, completion: str) -> tuple[str, str]:
    assert prompt.startswith(QUESTION)
    assert prompt.endswith(PLAN)
    assert completion.endswith(END)
    return prompt.removeprefix(QUESTION).removesuffix(PLAN), completion.removesuffix(END)


def filled(masked: str, choose: random.Random) -> str:
    text = re.sub(r"N\d+", lambda _: str(choose.randint(2, 99)), masked)
    return re.sub(r"E\d+", lambda _: choose.choice(["x^2 + 3x = 4", "2*x - 1", "sin(x)"]), text)


def test_examples_are_reproducible_and_varied() -> None:
    first = list(examples(5, 400, NOWHERE))
    assert first == list(examples(5, 400, NOWHERE))
    assert len(set(first)) > 300
    assert first != list(examples(6, 400, NOWHERE))


def test_every_plan_is_a_plan_for_its_question_and_the_mask_is_the_solvers() -> None:
    choose = random.Random(1)
    strays = 0
    for example in examples(7, 600, NOWHERE):
        masked, plan = parts(*example)
        question = read_question(filled(masked, choose))
        strays += question.masked != " ".join(masked.split())
        parse_plan(plan, question)
    assert strays <= 6  # typing errors may turn a word into something else


def test_annotated_solutions_become_plans() -> None:
    question = "Ann sold 48 clips in April and half as many in May. How many in all?"
    solution = "May: 48/2 = <<48/2=24>>24.\nTotal: <<48+24=72>>72\n#### 72"
    assert convert(question, solution) == "let a = N0 * N1\nanswer N0 + a"


@pytest.mark.parametrize(
    "solution",
    [
        "<<48/2=24>>24 #### 25",
        "<<48*17=816>>816 #### 816",
        "no annotation #### 24",
        "<<48/0=0>> #### 0",
    ],
)
def test_what_does_not_come_to_the_answer_is_left_out(solution: str) -> None:
    assert convert("Ann sold 48 clips, half of them red. How many?", solution) is None


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="no ../shared/data beside the repository")
def test_real_items_convert_and_held_out_ones_stay_out() -> None:
    pairs = gsm8k_pairs(SHARED)
    assert len(pairs) > 5000
    import json

    rows = (SHARED / "math/gsm8k-train.jsonl").read_text(encoding="utf-8").splitlines()[:400]
    trained = {masked for masked, _ in pairs}
    held = [q for q in (json.loads(row)["question"] for row in rows) if is_held_out(q)]
    assert 5 <= len(held) <= 45
    for question in held:
        assert read_question(question).masked not in trained


def test_generated_word_problems_can_be_carried_out() -> None:
    choose = random.Random(2)
    done = 0
    for example in examples(8, 300, NOWHERE):
        masked, plan = parts(*example)
        if "answer" not in plan:
            continue
        question = read_question(filled(masked, choose))
        with contextlib.suppress(InputError):  # random numbers may contradict each other
            carry_out(parse_plan(plan, question), question)
            done += 1
    assert done > 150
