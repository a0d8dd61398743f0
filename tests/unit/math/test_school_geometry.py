"""Measures of figures in words: fifty problems of school, and what must not be read."""

from pathlib import Path

import pytest

from assistants.answer import Status, Verdict
from math_solver import solve
from math_solver.measuring import read_figure
from math_solver.pictures import Graph, NoPicture, picture

TABLE = Path(__file__).with_name("school_geometry.tsv").read_text(encoding="utf-8")
PROBLEMS = [tuple(row.split("\t")) for row in TABLE.splitlines() if not row.startswith("#")]


def test_there_are_fifty_of_them() -> None:
    assert len(PROBLEMS) == 50


@pytest.mark.parametrize(("problem", "wanted"), PROBLEMS)
def test_a_problem_of_school(problem: str, wanted: str) -> None:
    answer = solve(problem, model=None, seconds=60)
    assert answer.best is not None, answer.reason
    assert answer.best.candidate.text() == wanted
    assert answer.verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("problem", "wanted"),
    [
        ("How long is the diagonal of a rectangle that is 6 cm wide and 8 cm long?", "10"),
        ("Find the measure of an angle that is twice its complement.", "60"),
        ("The supplement of an angle is 40 degrees more than the angle. Find the angle.", "70"),
        ("How many sides has a regular polygon if each interior angle is 150 degrees?", "12"),
        ("How many diagonals does a pentagon have?", "5"),
        ("A rectangle has an area of 48 and a diagonal of 10. Find its perimeter.", "28"),
        (
            (
                "The width of a rectangle is 4 less than its length and the perimeter is 32. "
                "Find the dimensions."
            ),
            "10, 6",
        ),
        ("A cylinder has a diameter of 10 cm and a height of 4 cm. What is its volume?", "100*pi"),
        ("A 15-foot ladder reaches 12 feet up a wall. How far is its foot from the wall?", "9"),
    ],
)
def test_other_wordings(problem: str, wanted: str) -> None:
    answer = solve(problem, model=None, seconds=60)
    assert answer.best is not None, answer.reason
    assert answer.best.candidate.text() == wanted


@pytest.mark.parametrize(
    "problem",
    [
        "The perimeter of a square is 20 cm. A circle has the same perimeter. Find the radius.",
        "A square of side 4 is inscribed in a circle. Find the area of the circle.",
        "A rectangle is 5 m long and 30 cm wide. Find the area.",
        "The length of a rectangle of area 40 is increased by 10%. By how much does it increase?",
        "A circular pool of radius 7 has a path 2 feet wide around it. Find the area of the path.",
        "A box holds 12 pencils. What is the number of pencils in 5 boxes?",
        "Two angles of a triangle are 40 degrees. Find the third side.",
        "A cube of edge 3 is cut into cubes of edge 1. Find the total surface area.",
    ],
)
def test_what_says_more_than_one_figure_is_left_alone(problem: str) -> None:
    assert read_figure(problem) is None


def test_measures_that_no_figure_has() -> None:
    answer = solve("A right triangle has a hypotenuse of 5 and a leg of 13. Find the other leg.")
    assert answer.status is Status.ABSTAINED
    assert "no such figure" in answer.reason


def test_measures_that_settle_nothing() -> None:
    answer = solve("The perimeter of a rectangle is 20. Find its area.")
    assert answer.status is not Status.ANSWERED


def test_every_letter_is_told_and_every_step_is_a_formula() -> None:
    answer = solve("The perimeter of a rectangle is 36 and its length is twice its width. "
                   "Find the area.")  # fmt: skip
    assert answer.best is not None
    solution = answer.best.candidate
    assert "let w be the width of the rectangle" in solution.reading
    assert not any("diagonal" in line for line in solution.reading)
    assert [step.after for step in solution.steps][-1] == "A = 72"
    assert all(step.verdict is Verdict.PROVED for step in solution.steps)


@pytest.mark.parametrize(
    ("problem", "noted"),
    [
        (
            "The perimeter of a rectangle is 36 and its length is twice its width. Find the area.",
            ["12", "6"],
        ),
        ("A cone has radius 3 cm and slant height 5 cm. Find its volume.", ["r = 3", "h = 4"]),
        (
            "The foot of a 10 m ladder is 6 m from a wall. How high does the ladder reach?",
            ["6", "8"],
        ),
    ],
)
def test_the_figure_is_drawn_with_the_measures_that_follow(problem: str, noted: list[str]) -> None:
    scene = picture(problem, "")
    assert isinstance(scene, Graph)
    assert [note.text for note in scene.notes] == noted


def test_a_figure_that_is_not_drawn_says_so() -> None:
    with pytest.raises(NoPicture, match="rhombus"):
        picture("The diagonals of a rhombus are 6 and 8. Find its side.", "5")
