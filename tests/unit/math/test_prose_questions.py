"""Questions in prose: what they come to, what they are answered, and what is refused."""

import pytest

from assistants.answer import Status, Verdict
from math_solver import solve
from math_solver.prose import Pick, read_problem
from math_solver.reading import spell
from math_solver.reading.parser import parse

ANSWERED = (
    ("What is the remainder when the sum of the first five primes is divided by 13?", "2"),
    ("Find the sum of all $x$ that satisfy the equation $x^2 = 4x.$", "4"),
    ("How many positive integers less than $250$ are multiples of $5$, but not multiples of $10$?",
     "25"),
    ("What is the smallest positive integer that has exactly eight distinct positive factors?",
     "24"),
    ("What is the largest integer value of $x$ for which $5-4x>17$?", "-4"),
    (("What is the product of the least common multiple and the greatest common factor of $20$ and"
     " $90$?"), "1800"),
    ("If $200\\%$ of $x$ is equal to $50\\%$ of $y$, and $x = 16$, what is the value of $y$?", "64"),
    ("Let $f(x) = 16x+3.$ Find $f^{-1}(f^{-1}(51)).$", "0"),
    ("What is the cube of the square of the second smallest prime number?", "729"),
    (("Let $x$ be a positive integer such that $9x\\equiv 1\\pmod{25}$. What is the remainder when"
     " $11+x$ is divided by $25$?"), "0"),
    (("Find the number of ordered pairs $(x,y)$ of positive integers such that $xy = 12$ and"
     " $x < y.$"), "3"),
    (("The lines $y = 5x+3$, $y=-2x-25$ and $y=3x+k$ intersect at the same point. What is the value"
     " of $k$?"), "-5"),
    ("What is the domain of the function $f(x) = \\frac{\\sqrt{x-2}}{\\sqrt{5-x}}$?", "2 <= x < 5"),
    ("If $x^2+bx+9=0$ has two distinct real roots, find the smallest positive integer $b$.", "7"),
    (("Let $a$ and $b$ be positive real numbers such that $a + 2b = 1.$ Find the minimum value of"
     " $\\frac{1}{a} + \\frac{2}{b}.$"), "9"),
    ("What is the probability that a randomly selected two-digit integer is a multiple of $9$?",
     "1/9"),
    ("For how many values of $x$ is the expression $\\frac{x^2-9}{(x^2+2x-3)(x-3)}$ undefined?",
     "3"),
    ("What multiple of $7$ is nearest to $100$?", "98"),
    ("How many of the first $1000$ positive integers are divisible by $7$?", "142"),
    ("How many of the $50$ smallest positive integers are congruent to $2$ (mod $7$)?", "7"),
    ("The vertex of the parabola $y = 2x^2 - 8x + 3$ is $(h,k)$. What is $h+k$?", "-3"),
    ("The equation $3(x+a) = 3x + 12$ has infinitely many solutions. What is $a$?", "4"),
    ("If infinitely many values of $t$ satisfy $5(2+ct) = 15t+10$, what is $c$?", "3"),
    ("One of the roots of $x^2 + kx + 12 = 0$ is $3$. What is $k$?", "-7"),
    ("How many integers between $1$ and $100$ have $3$ and $5$ as factors?", "6"),
    ("What is the $87^{\\mathrm{th}}$ odd positive integer?", "173"),
    ("Simplify this expression to a common fraction: $\\frac{1}{\\frac12+\\frac13}$", "6/5"),
    (("Solve the following system of equations: \\begin{align*}\n2x+y&=7,\\\\\nx-y&=-1.\n"
      "\\end{align*}Express your answer as an ordered pair $(x,y).$"), "(2, 3)"),
    ("If $(x,y)$ is a solution to the system $x + y = 5, xy = 3$, find $x^2 + y^2$.", "19"),
    ("Find the numerical value of $\\sin^2 18^\\circ + \\sin^2 72^\\circ$.", "1"),
    ("The value of $2^{20} + 2^{20}$ is $2^k$ for some positive integer $k$. What is $k$?", "21"),
)  # fmt: skip
NOT_READ = (
    r"Find $2^{\frac{1}{2}} \cdot 4^{\frac{1}{4}} \cdot 8^{\frac{1}{8}} \dotsm.$",
    (
        "Both $a$ and $b$ are positive integers. When $a^b$ is the greatest possible value less than"
        " 399, what is the sum of $a$ and $b$?"
    ),
    (
        "Find the largest three-digit integer that is divisible by each of its distinct, non-zero"
        " digits."
    ),
    "What is the sum of the happy divisors of 12?",
    # Of a sine, infinitely many values need not be every value.
    "If infinitely many values of $x$ satisfy $\\sin x = c$, what is $c$?",
    "What multiple of $7$ is nearest to the Sun?",
    "Find all solutions to $f(x) = 0$ for a suitable $f$.",
)


@pytest.mark.parametrize(("question", "answer"), ANSWERED)
def test_prose_is_answered(question: str, answer: str) -> None:
    given = solve(question, seconds=20.0)
    assert given.status is Status.ANSWERED
    assert given.best is not None
    assert given.best.candidate.text() == answer


@pytest.mark.parametrize("question", NOT_READ)
def test_a_word_that_is_not_understood_is_no_reading(question: str) -> None:
    assert read_problem(question) is None


def test_the_logarithm_of_a_factorial_is_no_factorial_of_a_logarithm() -> None:
    assert spell(parse(r"\log_{10} (k-2)!")) == "log(factorial(k - 2), 10)"
    assert spell(parse("ln(n)! + 1")) == "ln(factorial(n)) + 1"


def test_positive_is_not_passed_over() -> None:
    given = solve("If $x^2 = 9$, what is the smallest possible positive value of $x$?")
    assert given.best is not None
    assert given.best.candidate.text() == "3"


def test_bounds_beside_the_noun_belong_to_its_letter() -> None:
    question = (
        r"Find the number of positive integers $n \le 1000$ such that $15n$ is a perfect square."
    )
    given = solve(question)
    assert given.best is not None
    assert given.best.candidate.text() == "8"  # 15 times 1, 4, …, 64


def test_solutions_that_are_named_are_all_of_them() -> None:
    question = "Let $r$, $s$ and $t$ be solutions of the equation $x^3-5x^2+6x=9$. Find $rs+st+tr$."
    given = solve(question)
    assert given.best is not None
    assert given.best.candidate.text() == "6"  # by Viète; only one of the three is real


def test_complex_roots_are_not_passed_over() -> None:
    question = "Find the sum of the squares of the roots of $x^3 - 1 = 0$."
    given = solve(question)
    assert given.best is None or given.best.candidate.text() == "0"  # 1 is the real root's share


def test_roots_in_order_are_real() -> None:
    question = (
        r"Let $p$ and $q$ be the two distinct solutions to the equation $$\frac{4x-12}{x^2+2x-15}"
        "=x+2.$$ If $p > q$, what is the value of $p - q$?"
    )
    given = solve(question)
    assert given.best is not None
    assert given.best.candidate.text() == "5"


def test_the_reading_is_shown() -> None:
    given = solve("How many positive integers $n$ satisfy $n^2 < 50$ and are odd?")
    assert given.best is not None
    assert "odd(n)" in given.best.candidate.reading[0]
    assert given.best.candidate.text() == "4"  # 1, 3, 5, 7
    assert given.verdict is Verdict.PROVED


def test_a_pick_keeps_its_conditions() -> None:
    problem = read_problem("Find the number of prime numbers between 10 and 20.")
    assert problem is not None
    assert isinstance(problem.goal, Pick)
    assert problem.goal.kind == "count"
    assert len(problem.goal.of.conditions) >= 3  # prime, above 10, below 20


def test_numbers_without_bounds_are_not_counted() -> None:
    given = solve("How many integers $n$ satisfy $n^2 > 50$?", seconds=10.0)
    assert given.status is not Status.ANSWERED


def test_what_is_given_and_false_gives_no_answer() -> None:
    given = solve("If $x = 3$ and $x = 4$, what is the sum of $x$ and the number of primes?")
    assert given.status is not Status.ANSWERED
