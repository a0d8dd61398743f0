r"""Round trips of formulas: written in three notations and read again, is it the same formula?

Random trees (all operators, functions, fractions, roots, sums, integrals, limits, derivatives) are
written as plain text, Unicode and LaTeX by the solver's own writers, LaTeX also by a writer of this
file with other habits (\\dfrac, \\left(, no braces round single digits, products without a sign),
and read by the parser. *Same* is the same tree, or one that mpmath cannot tell apart at random
points; *misread* is silently another value; *refused* raised an error that names the place.
"""

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import mpmath
from _math_cases import value
from _record import record

from assistants.errors import InputError
from math_solver.reading import Binary, Call, Name, Negate, Number, Tree, spell
from math_solver.reading.parser import parse
from math_solver.reading.tree import letters
from math_solver.render import to_latex, to_unicode

mp: Any = mpmath.mp
SEED = 20_261_123
ITEMS = 2_000
LETTERS = ("x", "y", "a", "b", "n", "t", "alpha", "theta")
FUNCTIONS = ("sin", "cos", "tan", "ln", "exp", "sqrt", "abs", "asin", "atan", "sinh", "cosh")


def options(parser: argparse.ArgumentParser) -> None:
    """Add the size."""
    parser.add_argument("--items", type=int, default=ITEMS, help="trees, each in every notation")
    parser.add_argument("--seed", type=int, default=SEED)


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Write and read each tree in each notation."""
    choose = random.Random(arguments.seed)
    items = 100 if arguments.quick else arguments.items
    counts: dict[str, Counter[str]] = {name: Counter() for name in WRITERS}
    for _ in range(items):
        tree = formula(choose)
        for name, write in WRITERS.items():
            outcome, text = judged(tree, write)
            counts[name][outcome] += 1
            if outcome != "same":
                print(f"{outcome}: {name}: {text!r} for {spell(tree)}", file=sys.stderr)
    return {
        "items": items,
        **{name: {key: found[key] for key in ("same", "misread", "refused")}
           for name, found in counts.items()},
    }  # fmt: skip


def judged(tree: Tree, write: Callable[[Tree], str]) -> tuple[str, str]:
    """Write a tree, read it, and compare."""
    text = write(tree)
    try:
        again = parse(text)
    except InputError:
        return "refused", text
    if again == tree or spell(again) == spell(tree) or same_value(tree, again):
        return "same", text
    return "misread", text


def same_value(one: Tree, two: Tree) -> bool:
    """Whether two trees of the same letters agree wherever mpmath gives both a value."""
    names = tuple(dict.fromkeys((*letters(one), *letters(two))))
    if set(letters(one)) != set(letters(two)):
        return False
    choose, seen = random.Random(SEED), 0
    for _ in range(24):
        point = {name: mp.mpf(choose.randint(-400, 900)) / 97 for name in names}
        try:
            values = value(one, point), value(two, point)
        except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
            return False
        if None in values:
            continue
        if abs(values[0] - values[1]) > mp.mpf(10) ** -10 * max(1, abs(values[0])):
            return False
        seen += 1
    return seen > 0


# --- random formulas


def formula(choose: random.Random) -> Tree:
    """Return a random formula; one in five is a sum, an integral, a limit or a derivative."""
    if choose.random() < 0.8:
        return expression(choose, choose.randint(2, 4))
    body, letter = expression(choose, 2), Name(name="x")
    low, high = (Number(value=Fraction(choose.randint(0, 4))), Number(value=Fraction(9)))
    match choose.randrange(4):
        case 0:
            return Call(function="integrate", arguments=(body, letter, low, high))
        case 1:
            return Call(function="sum", arguments=(body, Name(name="n"), low, high))
        case 2:
            return Call(function="limit", arguments=(body, letter, low))
        case _:
            return Call(function="integrate", arguments=(body, letter))


def expression(choose: random.Random, depth: int) -> Tree:
    """Return a random expression of at most this depth."""
    if depth == 0 or choose.random() < 0.15:
        return leaf(choose)
    kind = choose.random()
    if kind < 0.72:
        operator = choose.choice("++--**//^")
        left = expression(choose, depth - 1)
        if operator == "^":
            return Binary(operator="^", left=left, right=exponent(choose))
        return Binary(operator=operator, left=left, right=expression(choose, depth - 1))
    if kind < 0.8:
        return Negate(operand=expression(choose, depth - 1))
    if kind < 0.85:
        inner = (expression(choose, depth - 1), Number(value=Fraction(choose.randint(2, 9))))
        return Call(function=choose.choice(("log", "root")), arguments=inner)
    return Call(function=choose.choice(FUNCTIONS), arguments=(expression(choose, depth - 1),))


def exponent(choose: random.Random) -> Tree:
    """Return a whole number, a letter, a fraction or a small sum."""
    number = Number(value=Fraction(choose.randint(2, 12)))
    letter = Name(name=choose.choice(LETTERS))
    half = Binary(operator="/", left=Number(value=Fraction(1)), right=number)
    total = Binary(operator="+", left=letter, right=number)
    return choose.choice((number, number, letter, half, total, Negate(operand=number)))


def leaf(choose: random.Random) -> Tree:
    """Return a number or a letter."""
    if choose.random() < 0.5:
        return Number(value=Fraction(choose.randint(0, 40)))
    return Name(name=choose.choice((*LETTERS, "pi", "e")))


# --- writers


def other_latex(tree: Tree) -> str:
    """Write LaTeX with other habits than the solver's writer."""
    text = to_latex(tree).replace("\\frac", "\\dfrac").replace(" \\cdot ", " \\times ")
    text = re.sub(r"\^\{(\d|[a-z])\}", r"^\1", text)
    return text.replace("\\left(", "\\bigl(").replace("\\right)", "\\bigr)")


WRITERS: Mapping[str, Callable[[Tree], str]] = {
    "plain": spell,
    "unicode": to_unicode,
    "latex": to_latex,
    "latex, other habits": other_latex,
}


if __name__ == "__main__":
    record("math_reading", measure, options=options)
