"""The formula parser: what is read, what is assumed, and where reading stops."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistants.errors import InputError
from math_solver.reading import Binary, Call, Name, Negate, Number, Relation, spell
from math_solver.reading.parser import parse, read_formula
from math_solver.reading.tokens import ReadingError
from math_solver.symbolic.enclosure import rational_value


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("x^2 - 5x + 6 = 0", "x^2 - 5*x + 6 = 0"),
        ("x² − 4", "x^2 - 4"),
        ("3×4÷2", "3*4/2"),
        ("-x^2", "-x^2"),
        ("2^-x", "2^(-x)"),
        ("x**3", "x^3"),
        ("(x+1)(x-1)", "(x + 1)*(x - 1)"),
        ("2pi r", "2*pi*r"),
        ("√50 + √8", "sqrt(50) + sqrt(8)"),
        (r"\frac{1}{x+1}", "1/(x + 1)"),
        (r"\sqrt[3]{x+1}", "root(x + 1, 3)"),
        (r"\left|x\right| \cdot 2", "abs(x)*2"),
        ("||x|-1|", "abs(abs(x) - 1)"),
        (r"\log_2 8", "log(8, 2)"),
        ("sin^2 x + cos^2 x", "sin(x)^2 + cos(x)^2"),
        ("sin 2x cos x", "sin(2*x)*cos(x)"),
        (r"\int_0^1 x^2 \, dx", "integrate(x^2, x, 0, 1)"),
        ("∫ x e^x dx", "integrate(x*e^x, x)"),
        (r"\lim_{x \to 0} \frac{\sin x}{x}", "limit(sin(x)/x, x, 0)"),
        (r"\frac{d}{dx} (x^2)", "diff(x^2, x, 1)"),
        ("d^2/dx^2 (x^3)", "diff(x^3, x, 2)"),
        ("5!", "factorial(5)"),
        ("15% * 80", "15/100*80"),
        ("2^3^2", "2^(3^2)"),
        ("3--2", "3 - (-2)"),
        ("a - (b - c)", "a - (b - c)"),
        ("1,234 + 0.5", "1234 + 1/2"),
    ],
)
def test_reads(source: str, plain: str) -> None:
    tree = parse(source)
    # A rational is spelled as a fraction, which reads back as a division of the same value.
    assert spell(tree) == plain


@pytest.mark.parametrize(
    ("source", "plain", "assumed"),
    [
        ("1/2x", "1/2*x", "(1/2)·x"),
        ("sin x^2", "sin(x^2)", "all that follows"),
        ("e^2x", "e^2*x", "(e^2)·x"),
        ("log x", "ln(x)", "natural logarithm"),
        (r"2\frac{1}{2}", "2 + 1/2", "mixed number"),
        ("2 1/2", "2 + 1/2", "mixed number"),
        ("sin^-1 x", "asin(x)", "inverse function"),
        ("d/dx x^2 + 3x", "diff(x^2 + 3*x, x, 1)", "all that follows d/dx"),
    ],
)
def test_says_what_it_assumed(source: str, plain: str, assumed: str) -> None:
    reading = read_formula(source)
    assert spell(reading.tree) == plain
    assert assumed in " ".join(reading.assumptions)


def test_assumes_nothing_where_there_is_one_reading() -> None:
    assert read_formula("sin(x)^2 + 2x/3 - sqrt(x + 1)").assumptions == ()


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ("2 +", 4),
        (")x", 1),
        ("((x)", 5),
        ("3 4", 3),
        ("52_8", 3),
        (r"x + \foo", 5),
        ("a < b < c", 7),
        (r"\frac123", 6),
        ("f(x)", 2),
        ("x @ y", 3),
    ],
)
def test_names_the_place_it_cannot_read(source: str, column: int) -> None:
    with pytest.raises(ReadingError, match=f"column {column}:") as caught:
        parse(source)
    assert caught.value.hint


def test_depth_and_length_are_bounded() -> None:
    with pytest.raises(InputError, match="nested"):
        parse("(" * 200 + "x" + ")" * 200)
    with pytest.raises(InputError, match="longer"):
        parse("x+" * 3000 + "x")
    with pytest.raises(InputError, match="digits"):
        parse("9" * 1000)


def test_functions_are_called_only_where_they_are_defined() -> None:
    tree = read_formula("f(2) + 1", functions=frozenset("f")).tree
    assert spell(tree) == "f(2) + 1"
    assert spell(parse("k(x - 1)")) == "k*(x - 1)"


def test_decimals_are_exact() -> None:
    assert parse("0.1") == Number(value=Fraction(1, 10))


def test_spans_point_into_the_text() -> None:
    source = "1 + sin(x)"
    tree = parse(source)
    assert isinstance(tree, Binary)
    start, end = tree.right.span
    assert source[start:end] == "sin(x)"


TREES = st.recursive(
    st.one_of(
        st.integers(0, 99).map(lambda n: Number(value=Fraction(n))),
        st.sampled_from("xyz").map(lambda n: Name(name=n)),
    ),
    lambda inner: st.one_of(
        inner.map(lambda t: Negate(operand=t)),
        st.tuples(st.sampled_from("+-*/^"), inner, inner).map(
            lambda t: Binary(operator=t[0], left=t[1], right=t[2])
        ),
        st.tuples(st.sampled_from(["sin", "abs", "ln", "sqrt"]), inner).map(
            lambda t: Call(function=t[0], arguments=(t[1],))
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(TREES)
def test_what_is_spelled_reads_back_as_the_same_tree(tree: Binary) -> None:
    assert parse(spell(tree)) == tree
    equation = Relation(operator="=", left=tree, right=Name(name="x"))
    assert parse(spell(equation)) == equation


@pytest.mark.parametrize(
    "source",
    [
        r"\frac{dy}{dx}",
        "dy/dx",
        r"\overline{12}",
        "52_8",
        "(3-9) (5-15",
        r"\sqrt23",
        "2 3",
        "x 2 3",
    ],
)
def test_what_others_misread_in_silence_is_refused(source: str) -> None:
    with pytest.raises(ReadingError):
        parse(source)


@pytest.mark.parametrize(
    ("source", "same"),
    [
        (r"0.1\overline{6}", "1/6"),
        ("3.5e4", "35000"),
        ("2e-3", "1/500"),
        (r"6 \cdot 8\frac{1}{3}", "6*(8 + 1/3)"),
        ("2 1/2 * 1 1/3", "(2 + 1/2)*(1 + 1/3)"),
        (r"\binom{5}{2}", "binomial(5, 2)"),
        (r"\frac12", "1/2"),
        ("3dx", "3*d*x"),
        ("d*y/(d*x)", "(d*y)/(d*x)"),
    ],
)
def test_is_read_as(source: str, same: str) -> None:
    one, two = (polynomial_or_value(text) for text in (source, same))
    assert one == two


def polynomial_or_value(source: str) -> object:
    tree = parse(source)
    value = rational_value(tree)
    return tree if value is None else value
