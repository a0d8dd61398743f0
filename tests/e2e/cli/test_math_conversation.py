"""Conversations of twenty turns, as with a tutor: each answer from knowledge."""

import json

TURNS = (
    ("solve x^2 - 5x + 6 = 0", "x = 2 or x = 3"),
    ("why is step 1 true?", "Step 1, factor: from x^2 - 5*x + 6 = 0 to (x - 3)*(x - 2) = 0"),
    ("show it by completing the square", "x = 2 or x = 3"),
    (
        "why is step 2 true?",
        "Step 2, complete the square: from x^2 - 5*x = -6 to (x - 5/2)^2 = 1/4",
    ),
    ("is that all of them?", "Yes, there is nothing else: x = 2 or x = 3"),
    ("I got x = 4", "No, x = 4 is no solution"),
    ("check: x = 2", "Yes, x = 2 is a solution, but not the only one; all of them: x = 2 or x = 3"),
    ("now for x > 2", "x = 3"),
    ("what if there is no domain?", "x = 2 or x = 3"),
    ("and with 7 in place of 5?", "x = 1 or x = 6"),
    ("less detail", "x = 1 or x = 6"),
    ("solve sin(x) = 1/2 for 0 <= x < 2pi", "x = pi/6 or x = 5*pi/6"),
    ("the same for cos", "x = pi/3 or x = 5*pi/3"),
    ("differentiate x^3 + 2x", "3*x^2 + 2"),
    ("what is it at x = 2?", "14"),
    ("integrate 2x dx", "x^2 + C"),
    ("differentiate it", "2*x"),
    ("Which of the following is prime? (A) 51 (B) 53 (C) 57", "(B) 53"),
    ("why not (C)?", "(C) 57 does not hold"),
    ("simplify sqrt(x^2)", "abs(x)"),
    ("for x < 0", "-x"),
)


def test_twenty_turns(plumb):
    lines = "".join(f"{line}\n" for line, _ in TURNS)
    done = plumb("chat", "math", "--json", stdin=f"{lines}undo\nsave talk.md\n")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    answers = [row["answer"] for row in rows]
    wanted = [answer for _, answer in TURNS]
    # x^2 - 7x + 6 = (x - 1)(x - 6): "7 in place of 5" must be about the equation without x > 2.
    assert answers == wanted
    assert {row["verdict"] for row in rows} == {"proved"}
    assert "forgotten: for x < 0" in done.stderr
    said = (plumb.folder / "talk.md").read_text(encoding="utf-8")
    assert said.count("**You:**") == len(TURNS) - 1
    assert done.returncode == 0


LESSON = (
    ("what is the derivative of x^3 - 6x^2 + 9x?", "3*x^2 - 12*x + 9"),
    ("where is it zero?", "x = 1 or x = 3"),
    ("are you sure?", "Yes, it is proved: x = 1 or x = 3"),
    ("now only x > 2", "x = 3"),
    ("differentiate x^3 - 6x^2 + 9x", "3*x^2 - 12*x + 9"),
    ("and the second derivative", "6*x - 12"),
    ("what is it at x = 3?", "6"),
    ("integrate x*cos(x)", "x*sin(x) + cos(x) + C"),
    ("check it", "Yes, it is proved: x*sin(x) + cos(x) + C"),
    ("from 0 to pi", "-2"),
    ("solve x + y = 10, x - y = 4", "x = 7, y = 3"),
    ("what if x - y = 2?", "x = 6, y = 4"),
    ("show it by elimination", "x = 6, y = 4"),
    ("is 221 prime?", "False"),
    ("factor it", "13 * 17"),
    ("In a right triangle with legs 5 and 12, what is the hypotenuse?", "13"),
    ("and the area?", "30"),
    ("and the perimeter?", "30"),
    ("solve x^2 = 9", "x = -3 or x = 3"),
    ("what if x^2 = 16?", "x = -4 or x = 4"),
    ("I got x = 4", "Yes, x = 4 is a solution, but not the only one; all of them: x = -4 or x = 4"),
)


def test_a_lesson_that_wanders(plumb):
    done = plumb("chat", "math", "--json", stdin="".join(f"{line}\n" for line, _ in LESSON))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    # ∫ x cos x from 0 to π = [x sin x + cos x] = -1 - 1; the triangle 5, 12, 13 has area 5·12/2.
    assert [row["answer"] for row in rows] == [answer for _, answer in LESSON]
    assert {row["verdict"] for row in rows} == {"proved"}


def test_words_and_questions_back(plumb):
    lines = (
        "A train travels 180 miles in 3 hours. How fast is it?",
        "Ann has 12 apples. She gives 5 to Bob. How many apples does she have left?",
        "simplify 1/2x + 1/3x",
        "the first one",
        "tell me a joke",
        "solve 2x = 8",
    )
    done = plumb("chat", "math", "--json", stdin="".join(f"{line}\n" for line in lines))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["answer"] for row in rows] == ["60", "7", None, "5*x/6", None, "x = 4"]
    assert rows[2]["clarification"]["choices"] == ["(1/2)*x", "1/(2*x)"]
    assert "did not understand" in rows[4]["error"]
