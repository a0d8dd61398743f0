"""From our trees to sympy objects, bounded so that nothing explodes while it is built.

Letters become real symbols. sympy's own evaluation of functions at construction is trusted; text
never reaches `sympify`, `parse_expr` or `lambdify`.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import log10

import sympy as sp

from assistants.errors import InputError
from math_solver.reading import Binary, Call, Name, Negate, Number, Relation, Tree

from . import Expression

MAX_DIGITS = 20_000
MAX_SYMBOLIC_POWER = 1_000
MAX_FACTORIAL = 5_000
MAX_TERMS = 20_000

Context = Mapping[str, Expression]
"""What some names stand for: sympy expressions for letters, sympy Lambdas for functions."""


class TooLarge(InputError):
    """A number or a power that would grow beyond all bounds; refused before it is computed."""


def symbol(name: str) -> Expression:
    """Return the real symbol of that name, always the same one."""
    return sp.Symbol(name, real=True)


def build(tree: Tree, context: Context | None = None) -> Expression:
    """Return a sympy expression. Raises `InputError` for what cannot be built."""
    known = context or {}
    match tree:
        case Number():
            return sp.Rational(tree.value.numerator, tree.value.denominator)
        case Name():
            return _name(tree.name, known)
        case Negate():
            return -build(tree.operand, known)
        case Binary():
            left, right = build(tree.left, known), build(tree.right, known)
            return _binary(tree.operator, left, right)
        case Call():
            return _call(tree, known)
        case Relation():
            raise InputError(
                "an equation stands where an expression is needed",
                hint="ask to solve it, or give its two sides",
            )


def _name(name: str, known: Context) -> Expression:
    if name in known:
        return known[name]
    constants = {"pi": sp.pi, "e": sp.E, "infinity": sp.oo}
    return constants[name] if name in constants else symbol(name)


def _binary(operator: str, left: Expression, right: Expression) -> Expression:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            if right.is_zero:
                raise InputError("a division by zero", hint="check the divisor")
            return left / right
        case _:
            return power(left, right)


def power(base: Expression, exponent: Expression) -> Expression:
    """Return a power. Raises `TooLarge` before a number of too many digits is computed."""
    if base.is_zero and exponent.is_number and not exponent.is_positive:
        raise InputError("zero to a power that is not positive", hint="check the exponent")
    if exponent.is_Rational:
        if base.is_Rational and abs(base) not in {0, 1}:
            digits = abs(float(exponent)) * log10(max(abs(base.p), base.q, 2))
            if digits > MAX_DIGITS:
                raise TooLarge(
                    f"a power of about {digits:.3g} digits; {MAX_DIGITS} is the limit",
                    hint="ask for a remainder or a logarithm of it instead",
                )
        elif not base.is_number and abs(exponent) > MAX_SYMBOLIC_POWER:
            raise TooLarge(
                f"an exponent of {exponent}; {MAX_SYMBOLIC_POWER} is the limit for expressions",
                hint="use a smaller exponent",
            )
    return base**exponent


def _call(tree: Call, known: Context) -> Expression:
    name = tree.function
    if name == "piecewise":
        return _piecewise(tree, known)
    arguments = [build(argument, known) for argument in tree.arguments]
    if name in known:
        return known[name](*arguments)
    if name in FUNCTIONS:
        least, most, function = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            raise InputError(f"{name} takes {least} argument(s), not {len(arguments)}")
        return function(*arguments)
    raise InputError(f"the function {name} is not known here")


def _piecewise(tree: Call, known: Context) -> Expression:
    """A function by cases: values and their conditions in turn; the first that holds counts."""
    values, conditions = tree.arguments[::2], tree.arguments[1::2]
    if len(values) != len(conditions) or not values:
        raise InputError("each value of a function by cases needs its condition")
    pairs = [(build(v, known), _condition(c, known)) for v, c in zip(values, conditions,
                                                                    strict=True)]  # fmt: skip
    return sp.Piecewise(*pairs)


def _condition(tree: Tree, known: Context) -> Expression:
    if isinstance(tree, Call) and tree.function == "conjunction":
        return sp.And(*(_condition(part, known) for part in tree.arguments))
    if not isinstance(tree, Relation):
        raise InputError("a condition is an equation or an inequality")
    left, right = build(tree.left, known), build(tree.right, known)
    return RELATIONS[tree.operator](left, right)


RELATIONS: Mapping[str, Callable[..., Expression]] = {
    "=": sp.Eq, "<": sp.Lt, "<=": sp.Le, ">": sp.Gt, ">=": sp.Ge, "!=": sp.Ne,
}  # fmt: skip


def _factorial(value: Expression) -> Expression:
    if value.is_number and not (value.is_Integer and 0 <= value <= MAX_FACTORIAL):
        raise TooLarge(
            f"the factorial of {value}", hint=f"whole numbers up to {MAX_FACTORIAL} have one here"
        )
    return sp.factorial(value)


def _logarithm(value: Expression, base: Expression) -> Expression:
    if value == 0 or base in {0, 1}:
        raise InputError("this logarithm does not exist", hint="check its argument and base")
    found = sp.perfect_power(base) if base.is_Integer and base > 1 else None
    if found:
        return sp.log(value) / (found[1] * sp.log(found[0]))
    return sp.log(value) / sp.log(base)


def _natural(value: Expression) -> Expression:
    if value == 0:
        raise InputError("the logarithm of zero does not exist", hint="check its argument")
    return sp.log(value)


def _root(value: Expression, degree: Expression) -> Expression:
    if not (degree.is_Integer and 2 <= degree <= 60):
        raise InputError(f"a root of degree {degree}", hint="use a whole degree from 2 to 60")
    if degree % 2 and value.is_negative:
        return -power(-value, 1 / degree)
    if degree % 2 and not value.is_nonnegative:
        return sp.sign(value) * sp.Abs(value) ** (1 / degree)
    return power(value, 1 / degree)


def _derivative(
    body: Expression, variable: Expression, order: Expression = sp.Integer(1)
) -> Expression:
    if not (variable.is_Symbol and order.is_Integer and 1 <= order <= 20):
        raise InputError("a derivative needs a letter and an order from 1 to 20")
    return sp.diff(body, variable, int(order))


def _integral(body: Expression, variable: Expression, *bounds: Expression) -> Expression:
    if not variable.is_Symbol or len(bounds) == 1:
        raise InputError("an integral needs a letter, and both bounds or none")
    return sp.Integral(body, (variable, *bounds))


def _limit(body: Expression, variable: Expression, target: Expression) -> Expression:
    return sp.Limit(body, variable, target)


def _series(join: Callable[..., Expression]) -> Callable[..., Expression]:
    def joined(
        body: Expression, letter: Expression, low: Expression, high: Expression
    ) -> Expression:
        if not (letter.is_Symbol and low.is_Integer and high.is_Integer):
            raise InputError("a sum or product needs whole bounds here", hint="give numbers")
        if high - low > MAX_TERMS:
            raise TooLarge(f"{high - low} terms", hint=f"up to {MAX_TERMS} are joined")
        return join(*(body.subs(letter, low + i) for i in range(int(high - low) + 1)))

    return joined


def _whole(function: Callable[..., Expression]) -> Callable[..., Expression]:
    def checked(*values: Expression) -> Expression:
        if not all(value.is_Integer for value in values):
            raise InputError("whole numbers are needed here")
        return sp.Integer(function(*values))

    return checked


def _binomial(total: Expression, chosen: Expression) -> Expression:
    if total.is_number and chosen.is_number:
        return _whole(sp.binomial)(total, chosen)
    return sp.binomial(total, chosen)


def _modulo(value: Expression, divisor: Expression) -> Expression:
    if divisor == 0:
        raise InputError("a remainder by zero", hint="check the divisor")
    return value % divisor


FUNCTIONS: Mapping[str, tuple[int, int, Callable[..., Expression]]] = {
    "sin": (1, 1, sp.sin),
    "cos": (1, 1, sp.cos),
    "tan": (1, 1, sp.tan),
    "cot": (1, 1, sp.cot),
    "sec": (1, 1, sp.sec),
    "csc": (1, 1, sp.csc),
    "asin": (1, 1, sp.asin),
    "acos": (1, 1, sp.acos),
    "atan": (1, 1, sp.atan),
    "sinh": (1, 1, sp.sinh),
    "cosh": (1, 1, sp.cosh),
    "tanh": (1, 1, sp.tanh),
    "ln": (1, 1, _natural),
    "log": (2, 2, _logarithm),
    "exp": (1, 1, sp.exp),
    "sqrt": (1, 1, sp.sqrt),
    "cbrt": (1, 1, lambda value: _root(value, sp.Integer(3))),
    "root": (2, 2, _root),
    "abs": (1, 1, sp.Abs),
    "sign": (1, 1, sp.sign),
    "factorial": (1, 1, _factorial),
    "floor": (1, 1, sp.floor),
    "ceiling": (1, 1, sp.ceiling),
    "gcd": (2, 6, _whole(sp.igcd)),
    "lcm": (2, 6, _whole(sp.ilcm)),
    "mod": (2, 2, _modulo),
    "max": (2, 6, sp.Max),
    "min": (2, 6, sp.Min),
    "binomial": (2, 2, _binomial),
    "diff": (2, 3, _derivative),
    "integrate": (2, 4, _integral),
    "limit": (3, 3, _limit),
    "sum": (4, 4, _series(sp.Add)),
    "product": (4, 4, _series(sp.Mul)),
}
"""Name to the least and most number of arguments, and what builds it."""


def fraction_of(value: Expression) -> Fraction | None:
    """Return a sympy rational as an exact fraction, None for anything else."""
    return Fraction(int(value.p), int(value.q)) if value.is_Rational else None
