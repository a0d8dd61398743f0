"""A model that can repair is told what speaks against its plan, and writes it again."""

from assistants.model import Capabilities, Marked, Marker
from assistants.scripted import Scripted
from math_solver.proposers import by_model
from math_solver.reading import read_question
from math_solver.word_problems.ranking import complaint

CAN = frozenset(("math", "question", "plan", "check", "repair"))
APPLES = read_question(
    "Tom has 3 boxes with 12 apples each. He eats 5 of them. How many apples are left?"
)
RIGHT = "let a = N0 * N1\nanswer a - N2"


def drawn(replies: list[str], markers: frozenset[str] = CAN):
    model = Scripted(replies, capabilities=Capabilities(context_length=512, markers=markers))
    return model, list(by_model(model, APPLES, None, []))


def test_the_complaint_goes_back_to_the_model():
    model, found = drawn(["answer N0 * N1", RIGHT, RIGHT, RIGHT, RIGHT])
    assert found == ["answer N0 * N1", *[RIGHT] * 4]
    asked = model.calls[1].prompt
    assert isinstance(asked, Marked)
    assert asked.parts[-4:] == (
        "answer N0 * N1", Marker("check"), "not used: N2", Marker("repair")
    )  # fmt: skip
    assert model.calls[1].constraint == model.calls[0].constraint


def test_a_plan_that_nothing_speaks_against_is_not_asked_for_again():
    assert len(drawn([RIGHT] * 4)[0].calls) == 4


def test_a_model_without_the_marker_is_not_asked_again():
    model, found = drawn(["answer N0 * N1"] * 4, CAN - {"repair"})
    assert len(model.calls) == len(found) == 4


def test_complaints_name_numbers_as_the_model_knows_them():
    assert complaint(RIGHT, APPLES) == ""
    assert complaint("answer N0", APPLES) == "not used: N1, N2"
    assert "b is not defined" in complaint("answer b - N0", APPLES)
    assert complaint("answer N0 - N1 - N2", APPLES) == "an amount below zero"
    assert "whole number" in complaint("let a = N1 / N2\nanswer a * N0", APPLES)


def test_formal_tasks_are_only_read():
    question = read_question("Simplify (x^2-1)/(x-1)")
    assert complaint("simplify E0", question) == ""
    assert complaint("simplify E4", question) != ""
