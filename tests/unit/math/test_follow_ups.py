"""What a line says about the problem before it, and which lines are new problems."""

import pytest

from math_solver.follow_ups import (
    Claim,
    Complete,
    Detail,
    Draw,
    Exchange,
    Method,
    Restrict,
    Task,
    Unrestrict,
    Why,
    read_follow_up,
)


@pytest.mark.parametrize(
    ("line", "follow"),
    [
        ("now for x > 0", Restrict(condition="x > 0")),
        ("only positive x", Restrict(condition="x > 0")),
        ("for 0 <= x < 2pi", Restrict(condition="0 <= x < 2pi")),
        ("and if x is between 0 and 5?", Restrict(condition="0 <= x <= 5")),
        ("what about x < 0?", Restrict(condition="x < 0")),
        ("and with 5 in place of 3", Exchange(new="5", old="3")),
        ("what if the 5 were a 7?", Exchange(new="7", old="5")),
        ("the same for cos", Exchange(new="cos")),
        ("and x^2 = 16?", Exchange(new="x^2 = 16")),
        ("show it by completing the square", Method(name="square")),
        ("ok, and with the quadratic formula?", Method(name="formula")),
        ("how about substitution", Method(name="substitution")),
        ("why is step 3 true?", Why(step=3)),
        ("I don't understand the second step", Why(step=2)),
        ("why?", Why()),
        ("why is (B) wrong?", Why(option="B")),
        ("why not option c?", Why(option="c")),
        ("more detail", Detail(more=True)),
        ("less detail", Detail(more=False)),
        ("check: x = 2", Claim(text="x = 2")),
        ("I got x = 5", Claim(text="x = 5")),
        ("is 3 also a solution?", Claim(text="3")),
        ("is that all of them?", Complete()),
        ("are there any other solutions?", Complete()),
        ("what if there is no domain?", Unrestrict()),
        ("without the condition", Unrestrict()),
        ("why is that allowed?", Why()),
        ("what about 9 instead of 4?", Exchange(new="9", old="4")),
        ("is x = 3 the only solution?", Claim(text="x = 3")),
        ("plot it", Draw()),
        ("now differentiate it", Task(verb="differentiate")),
        ("differentiate it again", Task(verb="differentiate", result=True)),
        ("what is it at x = 2?", Task(verb="evaluate", at="x = 2")),
    ],
)
def test_follow_ups(line: str, follow: object) -> None:
    assert read_follow_up(line) == follow


@pytest.mark.parametrize(
    "line",
    [
        "solve x^2 = 4",
        "x^2 > 4",
        "x^2 = 9",
        "differentiate x^3",
        "what is 2 + 2",
        "is 7 prime",
        "Tom has 3 apples and buys 4 more. How many has he?",
        "solve x^2 = 9 by factoring",
        "why is the sky blue",
        "thanks",
        "",
    ],
)
def test_new_problems_are_no_follow_ups(line: str) -> None:
    assert read_follow_up(line) is None
