"""From sympy objects to text in the notation that our parser reads."""

from collections.abc import Callable

import sympy as sp
from sympy.printing.precedence import precedence
from sympy.printing.str import StrPrinter

from assistants.errors import InputError
from math_solver.reading import Tree
from math_solver.reading.parser import parse
from math_solver.reading.tokens import FUNCTIONS

from . import Expression

FUNCTION_NAMES = {"log": "ln", "Abs": "abs"}
GREEK_AND_INDEXED = frozenset(
    {"alpha", "beta", "gamma", "delta", "theta", "lambda", "mu", "sigma", "phi", "omega"}
)


class _PlainPrinter(StrPrinter):
    """Powers with `^`, natural logarithms as `ln`, `e`, `i` and `infinity` by their names."""

    def _print_Pow(self, expr: Expression, rational: bool = False) -> str:  # noqa: N802, FBT001, FBT002
        base, exponent = expr.as_base_exp()
        if exponent.is_Rational and exponent.is_negative and exponent not in {-1, -sp.S.Half}:
            return f"1/{self.parenthesize(base**-exponent, precedence(expr))}".replace("**", "^")
        return super()._print_Pow(expr, rational).replace("**", "^")

    def _print_Mul(self, expr: Expression) -> str:  # noqa: N802
        return super()._print_Mul(expr).replace("**", "^")

    def _print_exp(self, expr: Expression) -> str:
        inner = self.parenthesize(expr.args[0], precedence(sp.Symbol("x") ** 2))
        return f"e^{inner}" if inner.isalnum() or inner.startswith("(") else f"e^({inner})"

    def _print_Function(self, expr: Expression) -> str:  # noqa: N802
        name = expr.func.__name__
        inner = self.stringify(expr.args, ", ")
        return f"{FUNCTION_NAMES.get(name, name)}({inner})"

    _print_Abs = _print_Function  # noqa: N815
    _print_log = _print_Function


def _constant(name: str) -> Callable[[StrPrinter, Expression], str]:
    def write(_printer: StrPrinter, _expression: Expression) -> str:
        return name

    return write


for _class, _name in (
    ("Exp1", "e"),
    ("ImaginaryUnit", "i"),
    ("Infinity", "infinity"),
    ("NegativeInfinity", "-infinity"),
):
    setattr(_PlainPrinter, f"_print_{_class}", _constant(_name))

_PRINTER = _PlainPrinter({"order": None})


def plain(expression: Expression) -> str:
    """Write a sympy expression: `x^2 - 5*x + 6`, `ln(abs(x))`, `e^(2*x)`."""
    return _PRINTER.doprint(expression).replace("**", "^")


def tree_of(expression: Expression) -> Tree:
    """Read a sympy expression back as one of our trees (for independent numeric evaluation).

    Raises `InputError` for what our notation does not have.
    """
    for function in expression.atoms(sp.Function):
        name = function.func.__name__
        if FUNCTION_NAMES.get(name, name) not in FUNCTIONS:  # sech(x) would be read as sec(h*x)
            raise InputError(f"the function {name} has no place in the notation here")
    names = frozenset(s.name for s in expression.free_symbols)
    return parse(plain(expression), names=names)
