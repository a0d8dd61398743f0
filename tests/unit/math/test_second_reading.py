"""The second reader of word problems: joins, plans, search, and what follows from its word."""

from fractions import Fraction

import numpy as np
import pytest

from assistants.answer import Answer, Status
from math_solver import solve
from math_solver.plan import parse_plan
from math_solver.quantities import carry_out
from math_solver.reading import Question, read_question
from math_solver.second_reading import read_second, second_opinion
from math_solver.second_reading.features import SIZE
from math_solver.second_reading.joining import (
    COLUMNS,
    OPERATIONS,
    Join,
    joined,
    made_of,
    possible,
    steps_of,
)
from math_solver.second_reading.quantities import Quantity, read_scene
from math_solver.second_reading.reader import Weights, plan_of, values_of
from math_solver.solver import _read_alone


def amount(text: str, value: int, **more: str) -> Quantity:
    return Quantity(text=text, value=Fraction(value), kind=more.pop("kind", "plain"), **more)


def test_a_rate_times_an_amount_is_counted_in_the_unit_of_the_rate() -> None:
    boxes = amount("N0", 4, unit="box")
    each = amount("N1", 6, unit="pencil", per="box")
    made = made_of(boxes, each, OPERATIONS.index("*"))
    assert made is not None
    assert (made.value, made.unit, made.per) == (24, "pencil", "")


def test_an_amount_over_an_amount_of_the_same_unit_has_none() -> None:
    made = made_of(amount("N0", 60, unit="foot"), amount("N1", 4, unit="foot"), 4)
    assert made is not None
    assert (made.value, made.unit) == (15, "")


def test_nothing_below_zero_and_nothing_over_zero() -> None:
    small, large = amount("N0", 2), amount("N1", 5)
    assert possible(small, large)[OPERATIONS.index("-")] is False
    assert possible(small, large)[OPERATIONS.index("reversed -")] is True
    assert possible(small, amount("N1", 0))[OPERATIONS.index("/")] is False
    assert made_of(small, large, OPERATIONS.index("-")) is None


def test_a_kept_quantity_is_there_again() -> None:
    april, half = amount("N0", 48), Quantity(text="N1", value=Fraction(1, 2), kind="times")
    made = joined((april, half), Join(left=0, right=1, operation=3, kept=1))
    assert made is not None
    assert {q.text for q in made} == {"N0", "(N0 * N1)"}
    again = joined(made, Join(left=0, right=1, operation=0, kept=0))
    assert again is not None
    assert [q.value for q in again] == [72]
    assert plan_of(again[0]) == "let a = N0 * N1\nanswer N0 + a"


def test_an_expression_that_occurs_twice_is_one_step() -> None:
    text = "((N0 * N1) + ((N0 * N1) - N2))"
    assert steps_of(text) == [("L0", "N0 * N1"), ("L1", "L0 - N2"), ("L2", "L0 + L1")]


def test_a_percentage_is_a_hundredth_part() -> None:
    scene = read_scene(read_question("A coat costs $80 and is 25% off. What does it cost now?"))
    assert scene is not None
    assert [q.text for q in scene.quantities] == ["N0", "(N1 / 100)"]
    assert [q.kind for q in scene.quantities] == ["money", "percent"]


def test_words_bring_numbers() -> None:
    scene = read_scene(read_question("Ben sleeps 8 hours a day. How many hours in 2 weeks?"))
    assert scene is not None
    assert "7" in {q.text for q in scene.quantities if q.kind == "constant"}


QUESTIONS = (
    "Tom has 5 apples. He buys 3 more apples. How many apples does he have now?",
    "There are 6 boxes with 12 pencils in each. How many pencils are there in all?",
    "Ann had 20 stickers and gave 8 of them to Ben. How many stickers does she have left?",
    "Lucy bought 3 pens for $2 each and 4 books for $5 each. How much did she spend?",
)


@pytest.mark.parametrize(("question", "value"), zip(QUESTIONS, (8, 72, 12, 26), strict=True))
def test_plain_stories_are_read(question: str, value: int) -> None:
    second = read_second(read_question(question))
    assert second is not None
    assert second.value == value


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_plan_comes_to_the_value_it_is_listed_under(question: str) -> None:
    read = read_question(question)
    for value, (probability, _, made) in values_of(read).items():
        source = plan_of(made)
        assert source is not None
        assert carry_out(parse_plan(source, read), read).answers == (value,)
        assert 0 < probability <= 1


def test_probabilities_are_of_one_whole() -> None:
    found = values_of(read_question(QUESTIONS[3]))
    assert sum(total for total, _, _ in found.values()) <= 1 + 1e-6


def test_without_weights_nothing_is_likelier_than_anything() -> None:
    blank = Weights(
        joins=np.zeros((SIZE, COLUMNS), dtype=np.float32), needs=np.zeros(SIZE, dtype=np.float32)
    )
    second = read_second(read_question("Tom has 7 apples and 2 pears."), blank)
    assert second is not None
    assert second.probability < 0.5


def test_what_is_no_story_has_no_reading() -> None:
    assert read_second(read_question("Solve x^2 = 9 for x.")) is None
    assert read_second(read_question("How many are there?")) is None


def test_a_short_reading_stands_alone_and_a_long_one_has_to_be_borne_out() -> None:
    short = read_question(QUESTIONS[0])
    assert second_opinion(short, Fraction(8)).borne_out
    assert second_opinion(short, Fraction(10_007)).borne_out
    idle = "It was a bright morning and the whole class had come to the old park by the river. "
    long = read_question(idle * 2 + QUESTIONS[0])
    assert second_opinion(long, Fraction(8)).borne_out
    refused = second_opinion(long, Fraction(10_007))
    assert not refused.borne_out
    assert "does not come to this value" in refused.check.detail


def test_a_story_of_several_operations_has_to_be_the_second_readers_likeliest() -> None:
    short = read_question(QUESTIONS[0])
    assert second_opinion(short, Fraction(8), operations=3).borne_out
    assert not second_opinion(short, Fraction(10_007), operations=3).borne_out
    second = sorted(values_of(short), key=lambda one: -values_of(short)[one][0])[1]
    assert second_opinion(short, second, operations=2).borne_out
    assert not second_opinion(short, second, operations=3).borne_out


def test_an_answer_to_a_story_carries_the_word_of_the_second_reader() -> None:
    answer = solve(QUESTIONS[0], model=None)
    assert answer.status is Status.ANSWERED
    assert answer.best is not None
    assert any(check.by == "a second reading" for check in answer.best.checks)
    assert not any(check.sufficient for check in answer.best.checks)


def test_the_text_is_not_trusted_to_be_short() -> None:
    many = " and ".join(f"{i} apples" for i in range(2, 60))
    question = Question(
        original=many, masked=many, numbers=(), number_texts=(), formulas=()
    )  # a text whose numbers were not set apart
    assert read_second(question) is None
    assert read_second(read_question(f"Tom has {many}. How many apples has he?")) is None


def test_what_the_second_reader_alone_reads_is_shown_and_is_no_answer() -> None:
    text = (
        "Wren assembles 4 kites. Wren then assembles another 9 kites for his aunt. How many kites "
        "does Wren assemble in total?"
    )
    second = read_second(read_question(text))
    answer = _read_alone(Answer(status=Status.ABSTAINED, reason="not read"), read_question(text))
    assert second is not None
    assert second.value == 13
    assert answer.status is Status.ABSTAINED
    assert answer.best is None
    assert "13" in answer.reason
    assert answer.steps[0].candidate.text() == "13"
