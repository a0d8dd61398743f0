"""Situations of algebra textbooks, read by the units of their numbers."""

from fractions import Fraction

import pytest

from assistants.answer import Status
from math_solver import solve
from math_solver.reading import read_question
from math_solver.word_problems import examine
from math_solver.word_problems.schemata import by_situations


def read(text: str) -> list[tuple[Fraction, ...]]:
    question = read_question(text)
    found = (examine(draft, question, "test") for draft in by_situations(question))
    return [one.outcome.answers for one in found if one is not None and not one.refuted]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            (
                "A boat goes 18 km/h in still water. It can go 40 km downstream in the same time as it "
                "takes to go 20 km upstream. What is the speed of the current?"
            ),
            (Fraction(6),),
        ),
        (
            (
                "Mr. Okoye drives 190 miles in 4 hours. On the highway he drives 55 miles per hour and "
                "in the villages 30 miles per hour. How many hours did he drive in the villages?"
            ),
            (Fraction(6, 5),),
        ),
        (
            (
                "Lena cycles to the lake at 15 miles per hour and returns at 10 miles per hour. The "
                "whole trip takes 3 hours. How far is it to the lake?"
            ),
            (Fraction(18),),
        ),
        (
            (
                "A freight train leaves at 40 mph. 3 hours later an express leaves the same station at "
                "100 mph. How long does it take the express to overtake the freight train?"
            ),
            (Fraction(2),),
        ),
        (
            (
                "Two cars start at the same time in the same direction, one at 70 mph and the other at "
                "45 mph. In how many hours will they be 100 miles apart?"
            ),
            (Fraction(4),),
        ),
        (
            (
                "You can paint a fence in 6 hours. Your sister can do it in 3 hours. How long does it "
                "take the two of you working together?"
            ),
            (Fraction(2),),
        ),
        (
            (
                "How much water must be added to 40 ml of a 30 % acid solution to obtain a 20 % acid "
                "solution?"
            ),
            (Fraction(20),),
        ),
        (
            (
                "How many liters of pure alcohol must be added to 60 liters of a 20 % alcohol solution "
                "to get a 40 % solution?"
            ),
            (Fraction(20),),
        ),
        (
            (
                "A radiator holds 10 liters of a 20 % antifreeze solution. How many liters must be "
                "replaced with pure antifreeze to get a 60 % solution?"
            ),
            (Fraction(5),),
        ),
        (
            (
                "Rosa invests $500 more at 4 % than at 6 %. The interest from the two investments is "
                "the same. How much did she invest at 6 %?"
            ),
            (Fraction(1000),),
        ),
        (
            (
                "The ratio of buses to taxis is 2 to 7. There are 45 vehicles in total. How many are "
                "taxis?"
            ),
            (Fraction(35),),
        ),
        (
            (
                "Susan invests 3 times as much money at 11 % as she does at 9 %. Her total interest "
                "after 1 year is $1680. How much does she have invested at 9 %?"
            ),
            (Fraction(4000),),
        ),
        (
            (
                "Bus 1 leaves town at 40 mph. Bus 2 leaves 1 hour later and goes at 60 mph. How "
                "long will it take bus 2 to catch up to bus 1?"
            ),
            (Fraction(2),),
        ),
        (
            (
                "Omar has 4 more than 3 times as many dimes as quarters. They are worth $2.60. "
                "How many quarters does he have?"
            ),
            (Fraction(4),),
        ),
        (
            (
                "Adult tickets cost $9 and student tickets cost $4. There were 30 more student tickets "
                "sold than adult tickets, and total sales were $510. How many adult tickets were sold?"
            ),
            (Fraction(30),),
        ),
        (
            (
                "Vera is 41 years old and her son is 9. In how many years will she be 3 times as old "
                "as her son?"
            ),
            (Fraction(7),),
        ),
    ],
)
def test_a_situation_is_read(text: str, answer: tuple[Fraction, ...]) -> None:
    assert read(text) == [answer]


@pytest.mark.parametrize(
    "text",
    [
        # minutes beside miles per hour: the units do not go together
        (
            "A hare runs 25 miles per hour and a cat 20 miles per hour. The cat gets a 15 minute head "
            "start. How long will it take the hare to catch up?"
        ),
        # one number more than the situation needs
        (
            "You can paint a fence in 6 hours. Your sister can do it in 3 hours for 20 dollars an hour."
            " How long does it take the two of you working together?"
        ),
        # water is what there is, not what is added
        "How much 25 % solution must be added to 42 cc of pure water to make a 20 % salt solution?",
        # it starts later
        (
            "Ada paints a room in 4 hours. Ben paints it in 6 hours, but he starts 1 hour later. How "
            "long do they work together?"
        ),
        # equal coins: nothing says how many there are
        "Omar has dimes and quarters worth $2.60. How many quarters does he have?",
    ],
)
def test_what_does_not_fit_is_left_alone(text: str) -> None:
    assert read(text) == []


def test_the_answer_shows_what_each_letter_is() -> None:
    answer = solve("How much water must be added to 40 ml of a 30 % acid solution to obtain a 20 % "
                   "acid solution?", model=None)  # fmt: skip
    assert answer.status is Status.ANSWERED
    assert answer.best is not None
    assert "let x be the amount of water" in answer.best.candidate.reading
    assert answer.best.candidate.text() == "20"
