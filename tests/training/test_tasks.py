"""What counts as a right answer where training is rewarded for it."""

import random

import pytest

pytest.importorskip("torch")

from training.tasks import agree, cases, ordered
from training.tuning_data import pair
from training.unmasking import unmasked

APPLES = "Ann has N0 apples, buys N1 and eats N2. How many has she?"


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("answer N0 + N1 - N2", True),
        ("answer N1 - N2 + N0", True),
        ("let a = N0 - N2\nanswer a + N1", True),
        ("answer N0 + N1", False),
        ("answer N0 - N1 + N2", False),
        ("answer N0 + N1 - N2 + 0 * N1", True),
    ],
)
def test_plans_agree_when_they_calculate_the_same(written, right):
    question = unmasked(APPLES, random.Random(1))
    assert len(question.numbers) == 3
    assert agree(written, "answer N0 + N1 - N2", question) is right


def test_a_plan_right_for_one_choice_of_numbers_only_is_wrong():
    question = unmasked("N0 and N1", random.Random(1))
    chosen = int(question.numbers[1])
    assert not agree(f"answer N0 + {chosen}", "answer N0 + N1", question)


@pytest.mark.parametrize("kind", ["plan", "query"])
def test_the_known_answer_is_right_and_fits_its_constraint(kind):
    from assistants.masking import Vocabulary, compile_mask

    letters = Vocabulary.of_bytes()
    for case in cases(kind, 77, 12):
        gold = case.pair.completion
        assert case.is_right(gold)
        assert case.is_right(gold + "\n")
        assert not case.is_right("nonsense")
        mask = compile_mask(case.constraint, letters)
        text = list(gold.encode())
        assert mask.validate(text) == len(text), gold


def test_the_order_of_conditions_does_not_matter_and_their_values_do():
    from sql_agent.query_text import parse

    one = parse("measure count t; where t.a = V0 and t.b = true")
    two = parse("measure count t; where t.b = true and t.a = V0")
    three = parse("measure count t; where t.b = true and t.a = V1")
    assert one != two
    assert ordered(one) == ordered(two) != ordered(three)


def test_a_query_example_is_read_as_the_agent_asks_it():
    row = {"question": "how many t?", "schema": "t", "query": "measure count t"}
    names = [part.name for part in pair(row).parts if not isinstance(part, str)]
    assert names == ["sql", "question", "schema", "query"]
