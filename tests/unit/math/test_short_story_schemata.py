"""Schemata of short stories: what they draft, and that a draft alone is no answer."""

from fractions import Fraction

import pytest

from assistants.answer import Status, Verdict
from math_solver import solve
from math_solver.reading import read_question
from math_solver.second_reading import agreed
from math_solver.word_problems import read_by_schemata


def values(text: str) -> set[Fraction]:
    """The values of all drafts of a story."""
    question = read_question(text)
    return {reading.outcome.answers[0] for reading in read_by_schemata(question, "schemata")}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            (
                "Ann picked 20 plums and Ben picked 15 plums. If only 30 of the plums were good, "
                "how many bad plums did they have?"
            ),
            5,
        ),
        ("A clerk had 14 guests and 6 of them did not pay. How many guests did pay?", 8),
        ("The town has 310 adults and 120 children. How many people live there?", 430),
        (
            (
                "Mia had 50 dollars. She bought a hat for 12 dollars and a scarf for 9 dollars. "
                "How much money does she have left?"
            ),
            29,
        ),
        (
            (
                "A ball costs $9 and a kite costs $7. Ken has saved $4. How much more money does Ken "
                "need to buy them?"
            ),
            12,
        ),
    ],
)
def test_parts_and_wholes(text: str, value: int) -> None:
    assert Fraction(value) in values(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            ("Lea had 40 tasks. She finished 16 of them but still had 6 pages of tasks to do. If "
            "each page has the same number of tasks on it, how many tasks are on each page?"),
            4,
        ),
        (("A crate can hold 8 jars. If you had 10 red and 14 blue jars, how many crates would you "
         "need to hold the jars?"), 3),
        ("There are 18 pupils and 3 seats on each bus. How many buses are needed?", 6),
        (("In a game, each star gives you 5 points. If a level has 9 stars and you find all but 2 of "
         "them, how many points would you get?"), 35),
        (("There are 4 carts and 3 sleds. Each cart has 2 bells and each sled has 5 bells. "
         "How many bells are there?"), 23),
    ],
)  # fmt: skip
def test_equal_groups(text: str, value: int) -> None:
    assert Fraction(value) in values(text)


def test_numbers_that_count_or_stand_elsewhere_may_be_left_aside() -> None:
    boxed = (
        "There are 88 plums in a box. Lisa has 18 plums in a bag. Diana takes 6 plums out of the "
        "box. How many plums are left in the box?"
    )
    assert Fraction(82) in values(boxed)
    weighed = (
        "Eva bought 2 pumpkins. The first pumpkin weighed 4 pounds and the second pumpkin weighed "
        "9 pounds. How much did they weigh together?"
    )
    assert values(weighed) == {Fraction(13)}


@pytest.mark.parametrize(
    "text",
    [
        "Ann has 12 plums, 3 more than Ben. How many plums do Ann and Ben have together?",
        "Ann has 12 coins, and half of them are dimes. How many dimes does she have?",
        "Ann ran 30% of 12 miles and walked 4 miles. How many miles did she go in all?",
        "Ann walked 4 blocks and rode 7 blocks. Later she went back home. How many blocks in all?",
        "Ann has 12 plums and 3 pears.",
        "Ann fed 7 hens and 5 goats. How many legs were there in total?",
    ],
)
def test_what_no_schema_knows_is_left_alone(text: str) -> None:
    assert not values(text)


def test_a_draft_is_an_answer_only_where_the_second_reader_comes_to_the_same() -> None:
    question = read_question(
        "While travelling, Nora took 30 photos of birds and 12 photos of trees. If she later "
        "deleted 9 of the photos, how many photos did she still have?"
    )
    assert agreed(question, [Fraction(33), Fraction(51)]) == 33
    assert agreed(question, [Fraction(51)]) is None
    assert agreed(question, []) is None


def test_an_answer_by_two_readings_is_not_called_proved() -> None:
    answer = solve(
        "While travelling, Nora took 30 photos of birds and 12 photos of trees. If she later "
        "deleted 9 of the photos, how many photos did she still have?"
    )
    assert answer.status is Status.ANSWERED
    assert answer.best is not None
    assert answer.best.candidate.text() == "33"
    assert answer.verdict is Verdict.UNKNOWN
    assert any(check.by == "a second reading" for check in answer.best.checks)


def test_without_its_question_a_story_is_not_answered() -> None:
    answer = solve("Nora took 30 photos of birds and 12 photos of trees. Later she deleted 9.")
    assert answer.status is not Status.ANSWERED


@pytest.mark.parametrize(
    "text",
    [
        "Bo earns $12 an hour for mowing. Today Bo mowed for 50 minutes. How much did Bo earn?",
        "Each kite costs $2. If $40 worth were sold, how many of every fifth kite were free?",
        "The first pair of bricks are 3 pounds, the second pair 5 pounds. How much do they weigh?",
        "Sue has 21 cats and Bob has 3 cats. If Sue gives Ed 4, how many more has Sue than Bob?",
    ],
)
def test_what_no_schema_knows_is_not_drafted(text: str) -> None:
    assert values(text) == set()


def test_what_went_and_what_is_left_are_not_taken_from_each_other() -> None:
    text = "A barrel leaked 40 liters. Only 9 liters remain. How much did it originally hold?"
    assert Fraction(31) not in values(text)
