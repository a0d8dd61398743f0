"""The plan language: reading, checking, carrying out, and the grammar that a decoder is given."""

from fractions import Fraction

import pytest
from llguidance import LLMatcher, LLTokenizer

from math_solver.plan import PlanError, grammar, parse_plan
from math_solver.quantities import NoSolution, carry_out
from math_solver.reading import read_question

APPLES = read_question("Tom has 30 apples and eats 12 of them on 4 days. How many are left?")
FORMAL = read_question("Differentiate x^2 + t for x and integrate sin(x) from 0 to 3.")

GOOD = (
    (APPLES, "answer N0 - N1"),
    (APPLES, "let a = N0 / 2\nlet b = a * (N1 + 3)\nanswer b - a^2"),
    (APPLES, "unknown x\nunknown y\neq x + y = N0\neq x - y = N1\nanswer x, y"),
    (APPLES, "remainder N0, N2"),
    (FORMAL, "differentiate E0 wrt x order 2"),
    (FORMAL, "integrate E1 wrt x from N0 to pi"),
    (FORMAL, "given E0\nsolve E1 for x"),
)
BAD = (
    (APPLES, "answer N3"),
    (APPLES, "answer a"),
    (APPLES, "let b = N0\nanswer b + a"),
    (APPLES, "solve E0"),
    (APPLES, "answer N0 +"),
    (APPLES, "drop N0"),
    (FORMAL, "differentiate E2"),
    (FORMAL, "gcd N0"),
)


@pytest.mark.parametrize(("question", "source"), GOOD)
def test_plans_read_and_write_back(question, source) -> None:
    assert parse_plan(source, question).text() == source


@pytest.mark.parametrize(("question", "source"), BAD)
def test_what_names_absent_things_is_no_plan(question, source) -> None:
    with pytest.raises(PlanError):
        parse_plan(source, question)


def accepts(question, source: str) -> bool:
    tokenizer = LLTokenizer("byte")
    compiled = LLMatcher.grammar_from_lark(grammar(question).source)
    matcher = LLMatcher(tokenizer, compiled, log_level=0)
    assert not matcher.is_error(), matcher.get_error()
    return matcher.consume_tokens(tokenizer.tokenize_str(source)) and matcher.is_accepting()


@pytest.mark.parametrize(("question", "source"), GOOD)
def test_the_grammar_lets_plans_through(question, source) -> None:
    assert accepts(question, source)


@pytest.mark.parametrize(("question", "source"), BAD)
def test_the_grammar_stops_the_rest(question, source) -> None:
    assert not accepts(question, source)


def test_a_question_without_numbers_has_a_grammar() -> None:
    assert accepts(read_question("how many?"), "answer 3")


def answers(source: str) -> tuple[Fraction, ...]:
    return carry_out(parse_plan(source, APPLES), APPLES).answers


def test_quantities_are_exact() -> None:
    assert answers("let a = N0 / (N1 - 5)\nanswer a * 7, a^2") == (30, Fraction(900, 49))


def test_linear_equations_are_solved() -> None:
    source = "unknown x\nunknown y\neq 2 * (x + y) = N0\neq y = x + 3\nanswer x, y"
    assert answers(source) == (6, 9)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("answer N0 / (N1 - 12)", "division by zero"),
        ("unknown x\neq x = x + N0\nanswer x", "contradict"),
        ("unknown x\neq x = 1\neq x = 2\nanswer x", "contradict"),
        ("unknown x\nunknown y\neq x + y = N0\nanswer x", "do not determine"),
        ("answer N0^(N1^N2)", "small whole powers"),
    ],
)
def test_values_that_do_not_exist(source: str, reason: str) -> None:
    with pytest.raises(PlanError, match=reason):
        answers(source)


def test_rational_solutions_of_products_are_all_found() -> None:
    plan = parse_plan("unknown x\nunknown y\neq x + y = 7\neq x * y = 12\nanswer x", APPLES)
    outcome = carry_out(plan, APPLES)
    assert {*outcome.answers, *(a for other in outcome.others for a in other)} == {3, 4}


def test_conditions_choose_among_solutions() -> None:
    source = "unknown x the number\neq x * x + x = 6\nwhere x > 0\nanswer x"
    assert answers(source) == (2,)
    assert answers("unknown x\neq 4 * x * x = 1\nwhere x > 0\nanswer x") == (Fraction(1, 2),)
    with pytest.raises(NoSolution):
        answers("unknown x\neq 4 * x * x = 1\nwhere x whole\nanswer x")


def test_irrational_solutions_are_not_rounded() -> None:
    with pytest.raises(PlanError, match="not rational"):
        answers("unknown x\neq x * x = 2\nanswer x")
