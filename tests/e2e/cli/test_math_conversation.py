"""Twenty turns with the mathematics solver, as with a tutor: each answer from knowledge."""

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
