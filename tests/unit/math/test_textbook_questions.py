"""Questions in the manner of textbooks and competitions, with answers worked out by hand."""

import pytest

from assistants.answer import Status, Verdict
from math_solver import solve
from math_solver.reading.ellipsis import without_ellipsis
from math_solver.reading.forms import reformed

CASES = (
    "Let \\[f(x) = \\begin{cases} 3x+1 &\\text{if }x<2, \\\\ x^2 &\\text{if }x\\ge 2. "
    "\\end{cases}\\]Find $f(f(1)).$"
)
DIGIT = (
    "What is the 20th digit after the decimal point when $\\frac{1}{7}$ is written as a decimal?"
)
BALLS = (
    "How many ways are there to put 3 balls in 2 boxes if the balls are not distinguishable but "
    "the boxes are?"
)
VIETA = "Let $a$, $b$, and $c$ be the roots of $x^3 - 4x^2 + 5x - 1 = 0$. Compute $a^2+b^2+c^2$."


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # what equations imply
        ("If $a+b = 7$ and $a^2-b^2 = 21$, then what is $a-b$?", "3"),
        ("If $x+\\frac1x=4$, what is $x^3+\\frac1{x^3}$?", "52"),
        ("If $\\cos t = \\frac{1}{3},$ then find $\\cos 2t.$", "-7/9"),
        ("If $3^{x}=5$, find $3^{x+2}$", "45"),
        ("If $\\log (xy^2)= 4$ and $\\log (x^2y) = 5$, what is $\\log (xy)$?", "3"),
        (VIETA, "6"),
        # functions
        ("Let $f(x)=x+2$ and $g(x)=2x-1$.  Find $f(g(5))-g(f(5))$.", "-2"),
        (CASES, "16"),
        ("Let $a \\star b = 2a + b^2$. What is $3 \\star (1 \\star 2)$?", "42"),
        ("If $a*b=a^2-b$, find $5*3$.", "22"),
        # whole numbers
        ("How many integers $n$ satisfy $(n-1)(n-6)<0$?", "4"),
        ("Find the integer $n$, $0 \\le n \\le 6$, such that \\[n \\equiv 100 \\pmod{7}.\\]", "2"),
        ("What is the smallest three-digit number that is divisible by $17$?", "102"),
        ("What is the largest multiple of $8$ which is smaller than $-30$?", "-32"),
        ("How many positive factors of 72 are also multiples of 6?", "6"),
        ("For how many two-digit prime numbers is the sum of its digits 10?", "3"),
        ("How many positive two-digit integers leave a remainder of 3 when divided by 9?", "10"),
        ("What is the sum of all of the odd divisors of $90$?", "78"),
        ("What is the smallest positive integer with exactly 6 positive divisors?", "12"),
        (DIGIT, "4"),
        (BALLS, "4"),
        # sums with an ellipsis
        ("Calculate the sum $2 + 5 + 8 + \\cdots + 29 + 32$.", "187"),
        ("Compute $1-2+3-4+ \\dots -50+51$.", "26"),
        ("Find the remainder when $1^2 + 2^2 + \\dots + 10^2$ is divided by 7.", "0"),
        # forms
        ("If $x-3$ is a factor of $x^3 - 2x^2 + cx + 6$, find $c$.", "-5"),
        ("Express $0.\\overline{27}$ as a common fraction.", "3/11"),
        ("Compute \\[\\begin{vmatrix} 2 & 1 \\\\ 5 & 4 \\end{vmatrix}.\\]", "3"),
        ("Solve $\\log_4 x + \\log_2 x^2 = 5$.", "x = 4"),
        ("Solve for $x$: $8^{x}=4^{x+1}$", "x = 2"),
        ("If $z=1+2i$, find $z^2$. (Note that $i^2 = -1.$)", "-3 + 4*i"),
        ("Evaluate $(-8)^{2/3}$.", "4"),
        ("Find all solutions to $x^2=25$. Enter all the solutions, separated by commas.",
         "x = -5 or x = 5"),
        ("Convert the point $(2, \\pi/3)$ in polar coordinates to rectangular coordinates.",
         "(1, sqrt(3))"),
    ],
)  # fmt: skip
def test_answer(question: str, expected: str) -> None:
    answer = solve(question)
    assert answer.best is not None, answer.reason
    assert answer.best.candidate.answer == expected
    assert answer.verdict is Verdict.PROVED


@pytest.mark.parametrize(
    "question",
    [
        "If $x + y = 6$, what is $x^3 - y$?",  # not fixed
        "If $x^2 = 4$, what is $x + 1$?",  # two values
        "How many integers $n$ satisfy $n > 3$?",  # infinitely many
        "What is the largest multiple of 7?",
        "How many positive integers less than 500 have at most two different digits?",
        "If $z^3 = 8$, find $z + 1$.",  # three values, z being complex
        "Find the sum $1 + 2 + 4 + 7 + \\cdots + 22$.",  # no rule
    ],
)
def test_declines(question: str) -> None:
    assert solve(question).status is not Status.ANSWERED


def test_a_form_is_matched_without_a_proof_that_no_other_fits() -> None:
    answer = solve(
        "The expression $2y^2+7y+3$ can be written as $(2y + a)(y + b),$ where $a$ and $b$ are "
        "integers. What is $a + b$?"
    )
    assert answer.best is not None
    assert answer.best.candidate.answer == "4"
    assert answer.verdict is Verdict.UNKNOWN


def test_an_ellipsis_that_does_not_fit_stays() -> None:
    told: list[str] = []
    for text in ("1 + 2 + ... + 7.5", "1 + 3 + 4 + ... + 9", "a + b + ... + z", "2 + 4 + ... + 9"):
        assert without_ellipsis(text, told) == text
    assert not told


def test_ordinary_products_are_no_operations() -> None:
    text = "Solve $a*b = 12$ and $a = 3$ for $b$."
    assert reformed(text) == text
