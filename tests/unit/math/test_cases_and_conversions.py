"""Stories solved before, agreement of readers that are loose alone, and amounts in other units."""

from fractions import Fraction
from pathlib import Path

import pytest

from assistants.answer import Status
from math_solver import second_reading, solve
from math_solver.agreement import agreed_reading
from math_solver.reading import read_question
from math_solver.second_reading import Recalled, cases, opinion, second_opinion
from math_solver.second_reading.cases import ALIKE, Case, CaseBase, pairs_of, save_cases
from math_solver.second_reading.reader import values_of
from math_solver.word_problems import read_by_rules
from training.mawps_examples import is_clear, plan_of_equation

MARBLES = "Ann had 20 marbles. She lost 8 of the marbles. How many marbles does Ann have left?"
BASE = CaseBase(
    [
        Case(pairs=pairs_of(read_question(text)), numbers=2, plan=plan)
        for text, plan in (
            (MARBLES, "answer N0 - N1"),
            (
                "A van holds 7 bags and 5 boxes. How many things does the van hold?",
                "answer N0 + N1",
            ),
        )
    ]
)


def test_a_wording_is_known_with_other_numbers_and_names() -> None:
    other = read_question(MARBLES.replace("Ann", "Zoe").replace("20", "95").replace("8", "31"))
    found = BASE.recall(other)
    assert found is not None
    assert (found.value, found.plan) == (64, "answer N0 - N1")
    assert found.likeness == pytest.approx(1.0)


def test_another_wording_or_another_count_of_numbers_is_like_no_case() -> None:
    away = read_question("Two trains pass 3 bridges on each of 9 days. What is the sum of all?")
    assert BASE.recall(away) is None
    more = read_question(MARBLES.replace("8 of", "8 and 2 of"))
    assert BASE.likeness(more).max() == 0


def test_an_open_amount_that_the_case_did_not_have_is_like_no_case() -> None:
    opened = read_question(MARBLES.replace("20 marbles", "20 marbles and some of 3 beads"))
    told = read_question(MARBLES.replace("She", "She had 3 beads. She"))
    three = Case(pairs=pairs_of(told), numbers=3, plan="answer N0 - N2")
    assert CaseBase([three]).recall(told) is not None
    assert CaseBase([three]).recall(opened) is None


def test_likeness_is_below_one_and_falls_with_every_word() -> None:
    first = BASE.likeness(read_question(MARBLES.replace("lost", "found")))[0]
    second = BASE.likeness(read_question(MARBLES.replace("lost", "found").replace("left", "now")))
    assert 1 > first > second[0] > 0


def test_cases_are_written_and_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cases.npz"
    one = Case(pairs=pairs_of(read_question(MARBLES)), numbers=2, plan="answer N0 - N1")
    save_cases([one, one], path)
    monkeypatch.setattr(cases, "CASES", path)
    cases.shipped_cases.cache_clear()
    found = cases.recalled(read_question(MARBLES))
    cases.shipped_cases.cache_clear()
    assert found is not None
    assert found.value == 12
    assert found.likeness > ALIKE


def test_a_case_is_an_answer_only_where_the_second_reader_comes_to_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    question = read_question("Ann puts 20 marbles and 8 beads on strings. How many is that?")
    case = Recalled(plan="answer N0 + N1", value=Fraction(28), likeness=0.6)
    monkeypatch.setattr(second_reading, "recalled", lambda _: case)
    for value, found in ((28, True), (12, False)):
        said = (Fraction(value), 0.4)
        monkeypatch.setattr(second_reading, "likeliest", lambda _, said=said: said)
        assert (agreed_reading(question) is not None) is found


def test_a_case_does_not_answer_between_units(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Recalled(plan="answer N0 * N1", value=Fraction(14), likeness=0.6)
    monkeypatch.setattr(second_reading, "recalled", lambda _: case)
    monkeypatch.setattr(second_reading, "likeliest", lambda _: (Fraction(14), 0.9))
    assert agreed_reading(read_question("How many 1/4 ounces are in 56 pounds?")) is None
    assert agreed_reading(read_question("How many 1/4 pounds are in 56 boxes?")) is not None


LONG = (
    "It was a bright morning and the whole class had come to the old park by the river with all of "
    "their baskets and ropes and kites. "
)
KITES = read_question(
    LONG + "Each of 5 boys flew 3 kites and tore 2 kites. How many kites is that?"
)


@pytest.mark.parametrize(
    ("place", "added", "like", "borne_out"),
    [
        (0, False, False, True),
        (1, False, False, False),
        (1, True, False, True),
        (5, True, False, False),
        (5, False, True, True),
    ],
)
def test_a_long_story_like_no_case_needs_the_second_reader(
    place: int, added: bool, like: bool, borne_out: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = values_of(KITES)
    ranked = sorted(found, key=lambda one: -found[one][0])
    case = Recalled(plan="answer N0", value=Fraction(5), likeness=0.5) if like else None
    monkeypatch.setattr(opinion, "recalled", lambda _: case)
    assert second_opinion(KITES, ranked[place], added=added).borne_out is borne_out


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Lea has saved 700 cents from selling tea. How many dollars does Lea have?", "7"),
        ("Max swam for 3 hours. How many minutes did Max swim?", "180"),
        (
            "Eva found 9 pennies in the sofa and 7 quarters in a coat. How much money is that?",
            "1.84",
        ),
        ("Jim has 6 quarters. How many cents does Jim have?", "150"),
    ],
)
def test_amounts_are_converted(text: str, answer: str) -> None:
    found = solve(text)
    assert found.status is Status.ANSWERED
    assert found.best is not None
    value = Fraction(found.best.candidate.text())
    assert value == Fraction(answer)


@pytest.mark.parametrize(
    "text",
    [
        "Jim has 6 quarters and 3 stamps. How much money does Jim have?",
        "Jim has 6 quarters. He spent 3 dimes. How much money does Jim have?",
        "Max swims 3 hours every day. How many minutes does Max swim?",
        "It takes 8 tractors 12 days to plough a field. How long would it take 15 tractors?",
        (
            "A shop got 20 kites. Half the kites were red, a quarter were blue, and a fifth were "
            "white. The rest were green. How many kites were green?"
        ),
        (
            "Two trains are 276 miles apart and their speeds differ by 10 mph. They travel towards "
            "each other and meet in 3 hours. Find the speed of the slower train."
        ),
    ],
)
def test_what_the_readers_do_not_know_is_left_alone(text: str) -> None:
    assert read_by_rules(read_question(text), "rules") is None


@pytest.mark.parametrize(
    "text",
    [
        (
            "A paper costs $10/month. If you buy an annual subscription you obtain a 20% discount on "
            "your total bill. How much do you end up paying with the annual subscription?"
        ),
        (
            "While playing a trivia game, Frank answered some questions correct in the first half "
            "and 2 questions correct in the second half. If each question was worth 3 points, what "
            "was his final score?"
        ),
        (
            "Mark deposited $88 in a bank. Bryan deposited $40 less than five times as much as "
            "Mark. How much did Mark deposit in the bank?"
        ),
        (
            "Billy's family keeps bicycles in a garage. They own a total of 4 bicycles. Each "
            "bicycle wheel has 10 spokes. How many spokes are inside the garage?"
        ),
    ],
)
def test_what_the_words_do_not_say_is_not_answered(text: str) -> None:
    assert solve(text).status is not Status.ANSWERED


def test_a_time_is_of_its_own_clause() -> None:
    found = solve(
        "The sum of the ages of Jo, Sam and Ida in three years is 150. Currently, Sam is 4 years "
        "older than Jo. If Jo's age is 40, calculate Ida's age three years from now?"
    )
    assert found.best is not None
    assert found.best.candidate.text() == "60"


@pytest.mark.parametrize(
    ("equation", "plan"),
    [
        ("X=((20.0-8.0)/4.0)", "answer (N0 - N1) / N2"),
        ("x+8=20", "answer N0 - N1"),
        ("20-x=8", "answer N0 - N1"),
        ("20/x=4", "answer N0 / N2"),
        ("20*8", "answer N0 * N1"),
        ("x+x=20", None),
        ("x=20+99", None),
        ("x=0.2*8", None),
    ],
)
def test_an_equation_is_written_as_a_plan(equation: str, plan: str | None) -> None:
    question = read_question("Ann had 20 plums, ate 8, and has 4 bags. How many in each?")
    assert plan_of_equation(equation, question) == plan


def test_a_plan_with_equal_numbers_is_no_clear_case() -> None:
    equal = read_question("Ann has 4 bags and 4 plums and 2 nuts. How many are there?")
    assert not is_clear(equal, "answer N0 - N2")
    assert is_clear(equal, "answer N0 + N1 + N2")
