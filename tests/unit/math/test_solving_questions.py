"""Whole questions, from the words to the checked answer, through the worker processes."""

from pathlib import Path

import pytest

from assistants.answer import Status, Verdict
from assistants.errors import InputError
from assistants.model import Cancel, Capabilities, Marked, Marker
from assistants.scripted import Scripted
from math_solver import solve, verify, verify_chain

GOLDEN = Path(__file__).resolve().parents[2] / "golden/math"
MARKERS = Capabilities(
    context_length=1024,
    constraints=frozenset({"Grammar"}),
    markers=frozenset({"math", "question", "plan"}),
)


def golden_cases() -> list[tuple[str, str, str]]:
    rows = []
    for path in sorted(GOLDEN.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                question, verdict, answer = (part.strip() for part in line.split(" ; "))
                rows.append((question, verdict, answer))
    return rows


@pytest.mark.parametrize(("question", "verdict", "text"), golden_cases())
def test_golden_questions(question: str, verdict: str, text: str) -> None:
    answer = solve(question)
    if answer.status is not Status.ANSWERED:
        assert (answer.status.value, text in answer.reason) == (verdict, True)
        return
    assert answer.best is not None
    assert (answer.verdict.value, answer.best.candidate.text()) == (verdict, text)


def test_the_reading_and_its_assumptions_are_shown() -> None:
    best = solve("evaluate 3 1/2 * 2").best
    assert best is not None
    shown = " ".join(best.candidate.reading)
    assert "(3 + 1/2)*2" in shown
    assert "mixed number" in shown


def test_the_row_has_the_documented_fields() -> None:
    row = solve("solve x^2 = 4").to_dict()
    assert row["answer"] == "x = -2 or x = 2"
    assert {"steps", "reading", "conditions", "latex", "plan", "evidence"} <= row.keys()
    assert all({"rule", "before", "after", "verdict"} <= step.keys() for step in row["steps"])


def test_a_question_that_is_no_mathematics_is_not_answered() -> None:
    assert solve("What is the capital of France?").status is Status.ABSTAINED
    assert solve("Who was president in 1998 and in 2001?").status is Status.ABSTAINED


def test_missing_numbers_are_asked_for() -> None:
    answer = solve("Tom has some apples and eats a few. How many are left?")
    assert answer.status is Status.NEEDS_CLARIFICATION
    assert answer.clarification is not None


def test_a_formula_without_a_task_is_asked_about() -> None:
    answer = solve("My teacher likes x^2 + 3x very much")
    assert answer.status is Status.NEEDS_CLARIFICATION
    assert answer.clarification is not None
    assert "differentiate" in answer.clarification.choices


def test_an_empty_question_is_an_error() -> None:
    with pytest.raises(InputError):
        solve("   ")


def test_cancelling_before_the_start() -> None:
    from assistants.errors import Cancelled

    cancel = Cancel()
    cancel.cancel()
    with pytest.raises(Cancelled):
        solve("solve x^2 = 4", cancel=cancel)


@pytest.mark.parametrize(
    "question",
    ["9^9^9", "evaluate 2^(10^12)", "100000!", "expand (x + 1)^100000"],
)
def test_numbers_that_would_explode_are_refused_quickly(question: str) -> None:
    answer = solve(question, seconds=10)
    assert answer.status is Status.ABSTAINED
    assert answer.reason


def test_running_out_of_time_is_no_answer() -> None:
    # A multivariate expansion of millions of terms cannot end in this time.
    answer = solve("expand (a+b+c+d+e+f+g+h)^60", seconds=1)
    assert answer.status is Status.ABSTAINED
    assert "longer than" in answer.reason
    assert verify("(a+b+c+d+e+f+g)^40", "(g+f+e+d+c+b+a)^40 * x/x", seconds=0.3).verdict in {
        Verdict.UNKNOWN,
        Verdict.PROVED,
    }


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('touch /tmp/owned')",
        "solve __import__('os') = 0 for x",
        "evaluate lambda: 1",
        "solve x.__class__ = 1",
        "simplify exec('1')",
    ],
)
def test_code_is_never_run(text: str, tmp_path) -> None:
    answer = solve(text)
    assert answer.status is not Status.ANSWERED or "owned" not in str(answer.to_dict())
    assert not Path("/tmp/owned").exists()


# --- word problems


APPLES = "Tom has 3 boxes with 12 apples each. He eats 5 of them. How many apples are left?"


def test_a_marked_model_is_prompted_by_its_markers_under_the_grammar() -> None:
    model = Scripted(["let a = N0 * N1\nanswer a - N2"] * 4, capabilities=MARKERS)
    answer = solve(APPLES, model=model)
    assert answer.steps[0].candidate.text() == "31"
    prompt = model.calls[0].prompt
    assert isinstance(prompt, Marked)
    assert prompt.parts[:2] == (Marker("math"), Marker("question"))
    assert "N0 boxes with N1 apples" in prompt.parts[2]
    assert model.calls[0].constraint is not None
    assert model.calls[0].sampling.temperature == 0


def test_a_word_problem_is_never_proved_as_a_whole() -> None:
    model = Scripted(["let a = N0 * N1\nanswer a - N2"] * 4)
    answer = solve(APPLES, model=model)
    assert answer.verdict is Verdict.UNKNOWN
    assert any(check.verdict is Verdict.PROVED for check in answer.evidence)
    assert "reading" in answer.reason
    assert answer.best is not None
    shown = " ".join(answer.best.candidate.reading)
    assert "let a = 3 * 12" in shown


def test_refuted_readings_lose_to_later_ones() -> None:
    replies = ["answer N2 - N1", "answer N1 / N2", "let a = N0 * N1\nanswer a - N2", "nonsense"]
    answer = solve(APPLES, model=Scripted(replies))
    assert answer.best is not None
    assert answer.best.candidate.text() == "31"
    assert len(answer.steps) == 3
    assert sum(step.verdict is Verdict.REFUTED for step in answer.steps) == 2


def test_a_reading_that_uses_every_number_is_preferred() -> None:
    replies = ["answer N0 * N1", "let a = N0 * N1\nanswer a - N2", "answer N0 * N1", "x"]
    answer = solve(APPLES, model=Scripted(replies))
    assert answer.best is not None
    assert answer.best.candidate.text() == "31"


def test_only_refuted_readings_give_no_answer() -> None:
    answer = solve(APPLES, model=Scripted(["answer N2 - N1"] * 9))
    assert answer.status is Status.ABSTAINED
    assert "refuted" in answer.reason


def test_a_chat_model_is_told_the_language() -> None:
    model = Scripted(["let a = N0 * N1\nanswer a - N2"] * 4)
    answer = solve(APPLES, model=model)
    assert answer.best is not None
    assert answer.best.candidate.text() == "31"
    assert "answer" in model.calls[0].prompt.messages[0].content


def test_a_small_model_is_not_asked_what_unknown_words_want_of_a_formula() -> None:
    model = Scripted(["simplify E0"] * 4, capabilities=MARKERS)
    answer = solve("Kindly tidy up (x^2-1)/(x-1) a bit", model=model)
    assert answer.status is Status.NEEDS_CLARIFICATION
    assert not model.calls


def test_a_large_model_reads_a_formula_in_unknown_words_and_is_not_taken_as_proof() -> None:
    model = Scripted(["simplify E0"] * 4)
    answer = solve("Kindly tidy up (x^2-1)/(x-1) a bit", model=model)
    assert answer.best is not None
    assert answer.best.candidate.text() == "x + 1"
    assert answer.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Tom has 30 marbles. He gave 12 to Ann. How many marbles does he have left?", "18"),
        ("Ann has 12 pens and Ben has 5 pens. How many pens do they have together?", "17"),
        ("Ann has 12 pens. Ben has 5 pens. How many more pens does Ann have than Ben?", "7"),
        ("There are 6 boxes with 8 pens in each. How many pens are there in all?", "48"),
        ("Lisa shares 24 sweets equally among 4 friends. How many does each friend get?", "6"),
        ("A car goes 120 miles at 40 miles per hour. How long does it take?", "3"),
        ("Sam had 9 dimes. His dad gave him 7 more. How many dimes does Sam have now?", "16"),
    ],
)
def test_simple_wordings_need_no_model(question: str, text: str) -> None:
    answer = solve(question)
    assert answer.best is not None
    assert answer.best.candidate.text() == text
    assert answer.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "question",
    [
        "Ann has 12 pens, half as many as Ben. Ben has 4 boxes. How many pens do they have together?",
        "John uses the bus every 50 minutes for 3 hours. How many times does he use it?",
    ],
)
def test_the_rules_keep_silent_where_they_do_not_understand(question: str) -> None:
    assert solve(question).status is Status.ABSTAINED


# --- verify


def test_verify_has_three_verdicts() -> None:
    assert verify("x^2 - 1", "(x-1)(x+1)").verdict is Verdict.PROVED
    refuted = verify("(a+b)^2", "a^2 + b^2")
    assert refuted.verdict is Verdict.REFUTED
    assert refuted.best is not None
    assert "at a = " in refuted.best.candidate.text()
    assert verify("asin(x) + acos(x)", "pi/2").verdict is Verdict.UNKNOWN


def test_verify_names_what_it_cannot_read() -> None:
    with pytest.raises(InputError, match="column 4"):
        verify("x +", "x")
    with pytest.raises(InputError):
        verify("", "x")
    with pytest.raises(InputError, match="compared"):
        verify("x = 1", "x + 1")


def test_a_chain_names_the_first_line_that_fails() -> None:
    good = verify_chain(["2(x + 3) = 14", "2x + 6 = 14", "2x = 8", "x = 4"])
    assert good.verdict is Verdict.PROVED
    bad = verify_chain(["x^2 = 3x", "x = 3", "x + 1 = 4"])
    assert bad.verdict is Verdict.REFUTED
    assert bad.best is not None
    assert bad.best.candidate.text().startswith("line 2 does not follow")
    assert "x = 0" in bad.best.candidate.text()


def test_a_chain_of_expressions() -> None:
    assert verify_chain(["(x+1)^2", "x^2 + 2x + 1", "= x(x+2) + 1"]).verdict is Verdict.PROVED


def test_one_line_is_no_chain() -> None:
    with pytest.raises(InputError):
        verify_chain(["x = 1"])


class Ranker(Scripted):
    """Gives most of its probability to plans that hold a certain text."""

    def __init__(self, wanted: str, weight: float) -> None:
        capabilities = Capabilities(context_length=1024, markers=MARKERS.markers, score=True)
        super().__init__([], capabilities=capabilities)
        self.wanted, self.weight = wanted, weight

    def score(self, prompt, options, /):
        return tuple(self.weight if self.wanted in option else 0.0 for option in options)


DIVIDED = "A ribbon of 30 feet serves 6 presents alike. How long is the ribbon of one present?"


def test_a_small_model_ranks_enumerated_plans_and_is_not_believed() -> None:
    answer = solve(DIVIDED, model=Ranker("N0 / N1", 9.0))
    assert answer.status is Status.ABSTAINED
    assert answer.steps[0].candidate.text() == "5"


def test_an_unsure_ranking_is_no_answer_but_shows_what_was_weighed() -> None:
    answer = solve(DIVIDED, model=Ranker("N0 / N1", 0.1))
    assert answer.status is Status.ABSTAINED
    assert "likely" in answer.reason
    assert len(answer.steps) > 1


def test_refuted_plans_are_not_ranked() -> None:
    # 6 - 30 is below zero and cannot win, however likely the model finds it.
    answer = solve(DIVIDED, model=Ranker("N1 - N0", 99.0))
    assert answer.best is None or answer.best.candidate.text() != "-24"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (
            "Adult tickets cost $8 and child tickets $5. 34 tickets were sold for $236. How many adult tickets were sold?",
            "22",
        ),
        ("The sum of two numbers is 30 and their difference is 4. Find the numbers.", "17, 13"),
        ("The sum of three consecutive integers is 72. What is the largest?", "25"),
        ("Ann is 3 times as old as Ben. The sum of their ages is 40. How old is Ben?", "10"),
        ("Ann is 3 times as old as Ben. The sum of their ages is 40. How old is Ann?", "30"),
        (
            "Ann can paint a room in 3 hours and Ben can paint it in 6 hours. How long does it take them together?",
            "2",
        ),
        ("A coat costs $80. It is on sale for 25% off. What is the sale price?", "60"),
    ],
)
def test_classical_problems_by_pattern(question: str, text: str) -> None:
    answer = solve(question)
    assert answer.best is not None
    assert answer.best.candidate.text() == text
    assert answer.verdict is Verdict.UNKNOWN


def test_a_pattern_that_leaves_a_number_unread_is_not_used() -> None:
    question = (
        "The sum of two numbers is 30 and their difference is 4. A third one is 9 times the first."
        " Find the numbers."
    )
    assert solve(question).status is Status.ABSTAINED


def test_one_drawing_of_a_small_model_is_not_enough() -> None:
    replies = ["let a = N0 * N1\nanswer a - N2", "answer N0 + N1 + N2", "nonsense", "answer N0"]
    answer = solve(APPLES, model=Scripted(replies, capabilities=MARKERS))
    assert answer.status is Status.ABSTAINED


def test_a_model_that_cannot_agree_with_itself_about_a_formula_is_not_followed() -> None:
    replies = ["simplify E0", "solve E0", "differentiate E0", "factor E0", *["no steps"] * 5]
    answer = solve("Kindly tidy up (x^2-1)/(x-1) a bit", model=Scripted(replies))
    assert answer.status is Status.NEEDS_CLARIFICATION
