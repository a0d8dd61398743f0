"""Questions back: when they are asked, what they name, and what a reply makes of the problem."""

import pytest

from assistants.answer import Clarification, Status
from math_solver import solve
from math_solver.clarification import continued, open_question, two_ways
from math_solver.reading import read_question


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("solve 1/2x = 3", ("(1/2)*x", "1/(2*x)")),
        ("differentiate sin x^2", ("sin(x^2)", "(sin(x))^2")),
        ("evaluate cos 60", ("cos(60°)", "cos(60 rad)")),
    ],
)
def test_notation_with_two_answers_is_asked_about(text: str, choices: tuple[str, str]) -> None:
    answer = solve(text)
    assert answer.status is Status.NEEDS_CLARIFICATION
    assert answer.clarification is not None
    assert answer.clarification.choices == choices


def test_what_time_does_not_settle_is_asked_about() -> None:
    """Where a reading is not worked out in time, nothing says that it comes to the same."""
    assert solve("1/2x + 1/3x", seconds=0.0).status is Status.NEEDS_CLARIFICATION


@pytest.mark.parametrize(
    "text", ["1/(2x)", "(1/2)x", "x/2y", "sin(x^2)", "sin(30°)", "sin(2)", "1/2 x^2", "3/4"]
)
def test_plain_notation_is_not(text: str) -> None:
    assert two_ways(text) is None


def test_two_readings_with_one_answer_are_not_asked_about() -> None:
    assert solve("evaluate tan 180 * 0").status is not Status.NEEDS_CLARIFICATION


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Lea has 30 marbles. She gave some marbles to Kim. How many marbles are left?", "marbles"),
        ("The sum of two numbers is 30. Find the numbers.", "second number"),
        ("Find two consecutive odd integers whose sum is 31.", "31"),
        ("Kim has 30 cards. Kim has 25 cards. She lost 12. How many cards has she left?", "25"),
    ],
)
def test_the_question_names_what_is_open(text: str, named: str) -> None:
    asked = open_question(read_question(text))
    assert asked is not None
    assert named in asked.question


@pytest.mark.parametrize(
    "text",
    [
        "Some days ago Lea bought 5 pens and 7 books at 3 shops. How many days ago was that?",
        "Who won 3 games in 1998?",
    ],
)
def test_nothing_is_asked_where_nothing_would_help(text: str) -> None:
    assert open_question(read_question(text)) is None


def test_a_reply_completes_the_problem() -> None:
    notation = Clarification(question="Does '1/2x' mean a or b?", choices=("(1/2)*x", "1/(2*x)"))
    assert continued("solve 1/2x = 3", notation, "2") == "solve 1/(2*x) = 3"
    vague = Clarification(question="How many pens? The problem only says 'some'.")
    assert continued("Lea has some pens.", vague, "12") == "Lea has 12 pens."
    twice = Clarification(question="Two numbers are given …", choices=("30", "25"))
    text = "Kim has 30 cards. Kim has 25 cards. How many?"
    assert continued(text, twice, "1") == "Kim has 30 cards. How many?"
    assert continued(text, twice, "what about 7?") is None


FLORIST = (
    "A florist had some roses. If she sold 2 of them and then later picked 32 more, "
    "how many roses would she have?"
)
CARDS = (
    "Mary, Sam, Keith, and Alyssa each have some baseball cards. "
    "How many baseball cards do they have in all?"
)


@pytest.mark.parametrize(("text", "named"), [(FLORIST, "roses"), (CARDS, "baseball")])
def test_an_open_amount_is_asked_for_though_something_is_computed(text: str, named: str) -> None:
    answer = solve(text)
    assert answer.status is Status.NEEDS_CLARIFICATION
    assert answer.clarification is not None
    assert named in answer.clarification.question


def test_an_amount_that_is_asked_for_is_not_asked_back() -> None:
    text = "Tom had some marbles. He bought 4 more and now has 10. How many did he have at first?"
    assert solve(text).status is not Status.NEEDS_CLARIFICATION


@pytest.mark.parametrize(
    ("text", "asked", "reply", "answer"),
    [
        ("A car travels at 60 mph. How far does it go?", "For how many hours?", "3", "180"),
        ("A train travels 60 miles. How long does it take?", "At what speed?", "at 30 mph", "2"),
        (
            "A train goes at 40 miles per hour. How long does it take to get there?",
            "How far is it?",
            "120 miles",
            "3",
        ),
        (
            (
                "Tickets cost $5 for adults and $3 for children. 100 tickets were sold. "
                "How many adult tickets were sold?"
            ),
            "What was paid altogether?",
            "$420 was paid in total",
            "60",  # 5a + 3(100 - a) = 420
        ),
    ],
)
def test_what_a_situation_lacks_is_asked_for(
    text: str, asked: str, reply: str, answer: str
) -> None:
    first = solve(text)
    assert first.status is Status.NEEDS_CLARIFICATION
    assert first.clarification is not None
    assert first.clarification.question == asked
    whole = continued(text, first.clarification, reply)
    assert whole is not None
    best = solve(whole).best
    assert best is not None
    assert best.candidate.text() == answer


def test_a_question_back_names_the_thing_alone() -> None:
    answer = solve("Tom had some marbles and gave 5 to Ann. How many does he have left?")
    assert answer.clarification is not None
    assert answer.clarification.question.startswith("How many marbles?")


def test_twice_as_many_is_no_open_amount() -> None:
    text = (
        "A shop had 90 lamps. It sold 15 on Monday and twice as many on Tuesday. How many lamps "
        "are left?"
    )
    assert open_question(read_question(text)) is None
    assert solve(text).status is not Status.NEEDS_CLARIFICATION
