"""Claims to be shown, and requests about graphs: the answers are known from textbooks."""

import pytest

from assistants.answer import Status, Verdict
from math_solver import solve

TRUE = (
    "Prove that n^3 - n is divisible by 6 for every integer n",
    "Prove that n^5 - n is divisible by 30 for all integers n",
    "Prove by induction that 7^n - 1 is divisible by 6 for all n >= 1",
    "Prove that 4^n + 15n - 1 is divisible by 9 for all positive integers n",
    "Prove that 3^(2n+2) - 8n - 9 is divisible by 64",
    "Show that n^2 + n is even for all integers n",
    "Prove that the sum of two odd numbers is even",
    "Prove that the sum of three consecutive integers is divisible by 3",
    "Prove that the product of three consecutive integers is divisible by 6",
    "Show that the difference of two odd numbers is even",
    "Show that the square of an odd number is odd",
    "Prove by induction that 1 + 2 + ... + n = n(n+1)/2",
    "Prove by induction that 1 + 3 + 5 + ... + (2n-1) = n^2",
    "Prove by induction that 1^2 + 2^2 + ... + n^2 = n(n+1)(2n+1)/6",
    "Prove that 1/(1*2) + 1/(2*3) + ... + 1/(n(n+1)) = n/(n+1)",
    "Show that x^2 + 1 > 0 for all real x",
    "Show that x + 1/x >= 2 for all positive x",
    "Prove that a^2 + b^2 >= 2ab",
    "Prove that a^2 + b^2 + c^2 >= ab + bc + ca for all real a, b, c",
    "Prove that (a+b)/2 >= sqrt(ab) for positive a, b",
    "Show that (a+b)^2 = a^2 + 2ab + b^2 for all real a and b",
    "Prove that sqrt(3) is irrational",
    "Prove that sqrt(2) + sqrt(3) is irrational",
    "Prove that log_2(3) is irrational",
    "Is log_2(8) rational?",
    "Is pi irrational?",
)
FALSE = (
    "Prove that n^2 + 1 is divisible by 3 for all integers n",
    "Prove that 2^n + 1 is divisible by 3 for all positive integers n",
    "Prove that the sum of two odd numbers is odd",
    "Prove that the product of two consecutive integers is divisible by 3",
    "Prove that 1 + 2 + ... + n = n(n+2)/2",
    "Prove that x^2 >= x for all real x",
    "Is sqrt(9/4) irrational?",
    "Is log_4(8) irrational?",
    "Is sqrt(5) rational?",
)
NOT_SHOWN = (
    "Prove that 2^n > n for all n",
    "Prove that n^2 - n + 41 is prime for all n",
    "Prove that x^2 >= x for all integers x",
    "Show that n^2 + n >= 2 for all positive integers n",
    "Show that x^2 >= x for all x >= 1",
    "Prove that for all integers x, x^2 >= x",
    "How many 3-digit numbers can be formed from 1, 2, 3, 4 without repetition and above 200?",
    "How many 3-digit numbers can be formed from 1, 1, 2, 3 without repetition?",
    "Prove that e + pi is irrational",
    "Prove that x^2 + y > 0 for all real x and y when z is large",
    "A coin is flipped 3 times. What is the probability of at least one six?",
    "How many 3-digit numbers can be formed from 1, 2, 3, 4?",
    "How many terms are in the sequence 5, 8, 11, ..., 63?",
    "If sin x = 0.6 and x is in quadrant III, find cos x",
)
ANSWERS = (
    ("Find the inflection points of x^4 - 6x^2", "(-1, -5), (1, -5)"),
    ("inflection points of x^4", "no inflection points"),
    ("Find the horizontal asymptote of (2x+1)/(x-3)", "y = 2"),
    ("Find all asymptotes of (x^2+1)/(x-1)", "x = 1, y = x + 1"),
    ("Find the vertical asymptotes of (x-2)/(x^2-4)", "x = -2"),
    ("Find the slant asymptote of 1/x", "no slant asymptote"),
    ("Find the period of sin(3x)", "2*pi/3"),
    ("What is the period of 2tan(x/2) + 1?", "2*pi"),
    ("Find the gradient of x^2 + y^2 at (1,2)", "(2, 4)"),
    ("Find the gradient of f(x,y) = x^2 y + y^3", "(2*x*y, x^2 + 3*y^2)"),
    ("What is the largest value of sin x + cos x?", "sqrt(2)"),
    ("Find the minimum value of 2cos(3x) - 1", "-3"),
    ("Find the minimum of x + 4/x for x > 0", "4"),
    ("Find the maximum of x + 4/x for x > 0", "no maximum"),
    ("Find the minimum of 1/x for x > 0", "no minimum"),
    ("Find the maximum of x^3 - 3x for -2 <= x <= 2", "2"),
    ("Find the maximum of x^2 for -1 < x < 2", "no maximum"),
    ("Minimize x^2 + y^2 subject to x + 2y = 5", "5"),
    ("Maximize x*y subject to x + y = 10", "25"),
    ("Maximize 3x + 4y subject to x^2 + y^2 = 25", "25"),
    ("Evaluate the double integral of x*y over 0<=x<=1, 0<=y<=2", "1"),
    ("Does the series sum of 1/n converge?", "diverges"),
    ("Find the radius of convergence of sum x^n/n!", "infinite"),
    ("Find the radius of convergence of sum n*(x-1)^n/3^n", "3"),
    ("Evaluate the sum from k=1 to infinity of 1/k^2", "pi^2/6"),
    ("Write 0.1(6) as a fraction", "1/6"),
    ("Express 0.125 as a fraction", "1/8"),
    ("Is 0.75 rational or irrational?", "rational"),
    ("Find the mean, median and mode of 3, 5, 5, 7, 10", "mean 6, median 5, mode 5"),
    ("Convert 3 hours 20 minutes to minutes", "200"),
)

TEXTBOOK = (
    ("Find k so that x^2 + kx + 9 is a perfect square", "k = -6 or k = 6"),
    ("Verify the identity sin(2x) = 2 sin x cos x", "True"),
    ("Which is bigger, 3/7 or 4/9?", "4/9"),
    ("Order 0.5, 2/3, 3/5 from least to greatest", "0.5, 3/5, 2/3"),
    ("Order 0.5, 2/3, 3/5 from greatest to least", "2/3, 3/5, 0.5"),
    ("What is the reciprocal of 3/4?", "4/3"),
    ("How many terms are in the sequence 5, 8, 11, ..., 62?", "20"),
    ("How many terms are in the geometric sequence 3, 6, 12, ..., 384?", "8"),
    ("Find the common difference of 4, 9, 14", "5"),
    ("Is 17 a term of the sequence 2, 5, 8, ...?", "True"),
    ("Is 18 a term of the sequence 2, 5, 8, ...?", "False"),
    ("Is 100 a term of the geometric sequence 1, 2, 4, ...?", "False"),
    ("What is the probability of rolling at least one six in 4 rolls of a die?", "671/1296"),
    ("A coin is flipped 3 times. What is the probability of at least one head?", "7/8"),
    ("How many 4-digit even numbers can be formed from 1,2,3,4,5 without repetition?", "48"),
    ("How many 3-digit numbers can be formed from 0, 1, 2 with repetition?", "18"),
    ("In how many ways can 3 books be chosen from 8?", "56"),
    ("How many ways can a president and a vice president be chosen from 10 people?", "90"),
    ("Are the lines y = 2x + 1 and y = 2x - 3 parallel?", "True"),
    ("Are the lines y = 2x + 1 and x + 2y = 4 perpendicular?", "True"),
    ("Find the point of intersection of y = 2x + 1 and y = -x + 4", "x = 1, y = 3"),
    ("Find the equation of the circle with center (1,2) and radius 3", "(x - 1)^2 + (y - 2)^2 = 9"),
    ("Find the focus of the parabola y = x^2/4", "(0, 1)"),
    ("Find the directrix of the parabola x = y^2/8", "x = -2"),
    ("Find the eccentricity of the ellipse x^2/25 + y^2/9 = 1", "4/5"),
    ("Find the foci of the ellipse x^2/9 + y^2/25 = 1", "(0, -4), (0, 4)"),
    ("Find the foci of the hyperbola x^2/9 - y^2/16 = 1", "(-5, 0), (5, 0)"),
    ("Find the vertices of the hyperbola y^2/16 - x^2/9 = 1", "(0, -4), (0, 4)"),
    ("Find the equation of the normal line to y = x^2 at x = 1", "y = 3/2 - x/2"),
    ("Find the volume when y = sqrt(x) from 0 to 4 is rotated about the x-axis", "8*pi"),
    ("Solve dy/dx = 2xy", "y = C1*e^(x^2)"),
    ("Find the characteristic polynomial of [[1,2],[3,4]]", "lambda^2 - 5*lambda - 2"),
    ("Is [[1,2],[2,4]] invertible?", "False"),
    ("Find A^2 for A = [[1,1],[0,1]]", "[[1, 2], [0, 1]]"),
    ("Are the vectors (1,2) and (2,4) linearly independent?", "False"),
    ("Find the null space of [[1,2],[2,4]]", "(-2, 1)"),
    ("Express 2 + 2i in polar form", "2*sqrt(2)*(cos(pi/4) + i*sin(pi/4))"),
    ("Find the cube roots of 8", "z = -1 - sqrt(3)*i or z = -1 + sqrt(3)*i or z = 2"),
    ("Find 5^(-1) mod 13", "8"),
    ("Find the greatest integer less than 17/3", "5"),
    ("Find the smallest integer greater than -5/2", "-2"),
    ("What day is 100 days after Monday?", "Wednesday"),
    ("Which day is 8 days before Sunday?", "Saturday"),
    ("What is 3.5 as a mixed number?", "3 1/2"),
    ("Write 2 1/3 as an improper fraction", "7/3"),
    ("What is 12.5% as a fraction?", "1/8"),
    ("What is the amplitude of 3 - 2 sin(2x)?", "2"),
    ("Find the absolute maximum of x^2 - 2x on [0, 3]", "3"),
    ("Find the local maxima of x^3 - 3x", "x = -1 (value 2, maximum)"),
    ("Where does y = x^2 - 4 cross the x-axis?", "x = -2 or x = 2"),
    ("Find the average rate of change of x^2 from 1 to 3", "4"),
    ("The position is s(t) = t^3 - 6t. Find the velocity at t = 2", "6"),
    ("At what x does f(x) = x^2 - 4x have its minimum?", "2"),
    ("What is the third angle of a triangle with angles 50 and 60 degrees?", "70"),
    ("Find the perimeter of a regular hexagon with side 4", "24"),
    ("Find the volume of a rectangular box 2 by 3 by 4", "24"),
    ("Find the diagonal of a rectangle 6 by 8", "10"),
    ("Find the arc length of a circle with radius 5 and central angle 2 radians", "10"),
    ("Do 2, 3, 6 form a triangle?", "False"),
    ("A triangle has sides 3, 4, 5. Is it a right triangle?", "True"),
    ("Find sin A if cos A = 3/5 and A is acute", "4/5"),
    ("If sin x = -0.6 and x is in quadrant III, find cos x", "-4/5"),
    ("If tan x = -3/4 and x is obtuse, find sec x", "-5/4"),
)


@pytest.mark.parametrize("question", TRUE)
def test_a_true_claim_is_proved(question: str):
    answer = solve(question)
    assert answer.verdict is Verdict.PROVED
    assert answer.best is not None
    assert answer.best.candidate.answer == "True"


@pytest.mark.parametrize("question", FALSE)
def test_a_false_claim_is_told_to_be_false(question: str):
    answer = solve(question)
    assert answer.verdict is Verdict.PROVED
    assert answer.best is not None
    assert answer.best.candidate.answer == "False"


@pytest.mark.parametrize("question", NOT_SHOWN)
def test_what_cannot_be_shown_is_not_answered(question: str):
    answer = solve(question)
    assert answer.status is not Status.ANSWERED
    assert answer.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(("question", "expected"), ANSWERS + TEXTBOOK)
def test_requests_about_graphs_and_of_textbooks(question: str, expected: str):
    answer = solve(question)
    assert answer.verdict is Verdict.PROVED
    assert answer.best is not None
    assert answer.best.candidate.answer == expected


def test_a_counterexample_lies_where_the_claim_is_about():
    answer = solve("Prove that 2^n is divisible by 4 for all n >= 2")
    assert answer.best is not None
    assert answer.best.candidate.answer == "True"
    answer = solve("Prove that 2^n is divisible by 4 for all n >= 1")
    assert answer.best is not None
    assert answer.best.candidate.answer == "False"
    assert "n = 1" in answer.best.checks[0].detail
