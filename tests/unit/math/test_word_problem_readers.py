"""Readers of word problems: what they read, what they are silent about, what they check."""

from fractions import Fraction

import pytest

from math_solver.reading import read_question
from math_solver.word_problems import Draft, examine, read_by_rules
from math_solver.word_problems.draft import plain_words
from math_solver.word_problems.phrases import Phrases, scope_of

READ = [
    ("The sum of two numbers is 30 and their difference is 8. Find the numbers.", (19, 11)),
    ("Find three consecutive even integers whose sum is 84.", (26, 28, 30)),
    ("Four more than three times a number is 19. What is the number?", (5,)),
    (("Twice the larger of two numbers is 5 more than three times the smaller. Their sum is 15. "
     "What is the smaller number?"), (5,)),
    ("If 6 is subtracted from five times a number, the result is 29. Find the number.", (7,)),
    (("A two-digit number is four times the sum of its digits. The units digit is 3 more than the "
     "tens digit. Find the number."), (36,)),
    (("Tickets cost $9 for adults and $4 for children. A show sold 50 tickets for $330. How many "
     "children's tickets were sold?"), (24,)),
    ("A jar holds 40 coins, all nickels and dimes, worth $2.75. How many dimes are there?", (15,)),
    (("Ana invested $9,000, part at 4% and the rest at 7%. Her interest for the year was $480. How "
     "much did she invest at 4%?"), (5000,)),
    (("How many liters of a 10% acid solution and how many of a 40% acid solution make 60 liters of "
     "a 20% solution?"), (40, 20)),
    (("There are 20 animals on a farm, chickens and cows, with 56 legs in all. How many cows are "
     "there?"), (8,)),
    (("Nora is 24 years older than her son. In 6 years she will be three times as old as her son. "
     "How old is the son now?"), (6,)),
    ("Rosa is twice as old as Ivan. The sum of their ages is 36. How old is Ivan?", (12,)),
    (("A 40 foot rope is cut into two pieces. One piece is three times as long as the other. How "
     "long is the shorter piece?"), (10,)),
    (("Two trains leave the same station in opposite directions at 50 mph and 70 mph. In how many "
     "hours will they be 360 miles apart?"), (3,)),
    (("A boat travels 36 miles downstream in 2 hours. The trip back upstream takes 3 hours. Find "
     "the speed of the boat in still water and the speed of the current."), (15, 3)),
    (("Pam can paint a room in 6 hours and Tim can paint it in 3 hours. How long will it take them "
     "together?"), (2,)),
    (("Three pens and two books cost $19. Five pens and four books cost $37. What does a pen cost? "
     "What does a book cost?"), (1, 8)),
    (("A gym charges a $60 fee and $20 per month. Another charges a $30 fee and $25 per month. After "
     "how many months is the cost the same?"), (6,)),
    ("A baker made 36 rolls and sold 21 of them. How many rolls are left?", (15,)),
    (("Lia had 80 photos. She deleted 26 of them and put the rest into folders with 9 photos in each "
     "one. How many folders did she end up with?"), (6,)),
    (("A waiter had 7 tables, with 2 women and 3 men at each table. How many customers total did he "
     "have?"), (35,)),
    ("Dan had 12 pears. He gave a third of them away and ate 2. How many pears are left?", (6,)),
    (("The difference between two numbers is 6 less than their sum. One number is 2 less than the "
     "other number. What are the two numbers?"), (5, 3)),
    (("How long will it take Ann and Ben together to dig a pond which can be dug by Ann alone in 3 "
     "days and by Ben alone in 6 days?"), (2,)),
]  # fmt: skip

SILENT = [
    "A farmer has 5 fields and some tractors. How many hours does he work?",
    "The sum of two numbers is 30. Find the numbers.",
    (
        "Tickets cost $9 for adults and $4 for children. A show sold 50 tickets for $900. How many "
        "adult tickets were sold?"
    ),
    "Find two consecutive odd integers whose sum is 31.",
    "Each box holds 6 jars. Every week a shop sells 4 boxes. How many jars is that in 3 months?",
    "Sue has 40 stamps. Sue has 9 stamps.",
    (
        "Rex bought a drum for $40.50, and a song book which was $9.50. Rex found $3.25 in his pocket. "
        "How much did Rex spend at the store?"
    ),
    "It takes 3 yards of felt to make a hat. How many hats can be made with 24 yards of felt?",
]


@pytest.mark.parametrize(("text", "answers"), READ)
def test_what_is_read(text: str, answers: tuple[int, ...]) -> None:
    reading = read_by_rules(read_question(text), "rules")
    assert reading is not None
    assert reading.outcome.answers == tuple(map(Fraction, answers))


@pytest.mark.parametrize("text", SILENT)
def test_what_is_left_unread(text: str) -> None:
    assert read_by_rules(read_question(text), "rules") is None


def test_the_reading_says_what_the_letters_stand_for() -> None:
    text = "The sum of two numbers is 30. The larger is twice the smaller. Find the numbers."
    reading = read_by_rules(read_question(text), "rules")
    assert reading is not None
    assert "unknown x the larger number" in reading.plan.text()


def test_two_solutions_are_both_found() -> None:
    text = "The product of two consecutive odd integers is 35. Find the integers."
    reading = read_by_rules(read_question(text), "rules")
    assert reading is not None
    found = {reading.outcome.answers, *reading.outcome.others}
    assert found == {(5, 7), (-7, -5)}


def test_an_answer_in_another_unit_than_the_numbers_stays_open() -> None:
    question = read_question("A job takes 90 minutes. How many hours do 3 jobs take?")
    reading = examine(Draft(source="answer N0 * N1"), question, "test")
    assert reading is not None
    assert reading.unused > 0
    converted = examine(Draft(source="answer N0 * N1 / 60"), question, "test")
    assert converted is not None
    assert not converted.unused


@pytest.mark.parametrize(
    ("words", "expressions"),
    [
        ("five more than twice it", []),
        ("N0 more than N1 times it", ["((N1 * x) + N0)"]),
        ("the sum of it and N0 times it", ["(x + (N0 * x))"]),
        ("N0 less than the square of it", ["((x)^2 - N0)"]),
        ("twice the sum of it and N0", ["(2 * (x + N0))"]),
    ],
)
def test_phrases_read_as_people_mean_them(words: str, expressions: list[str]) -> None:
    phrases = Phrases(text=words, scope=scope_of({"it": "x"}), numbers=(Fraction(3), Fraction(4)))
    assert phrases.whole(0, len(words)) == expressions


def test_plain_words_keep_the_names_of_numbers() -> None:
    question = read_question("Tom's 3 cats weigh 12 lb. each.")
    assert plain_words(question) == "tom N0 cats weigh N1 lb each."


def test_a_long_text_costs_little() -> None:
    text = "one number is 3 more than the other and " * 80 + "find the numbers."
    assert read_by_rules(read_question(text), "rules") is None
