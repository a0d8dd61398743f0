"""What the benchmark of integrals runs in workers: one problem by plumb, one by sympy alone."""

import random
import time
from collections.abc import Callable
from typing import Any

import mpmath
import sympy as sp
from sympy.parsing.mathematica import parse_mathematica

from assistants.answer import Verdict
from math_solver.symbolic.integrals import antiderivative, derivative_check

mp: Any = mpmath.mp
POINTS = 6


def read(source: str, letter: str) -> tuple[Any, Any]:
    """Return the integrand and its letter as sympy objects with real letters."""
    integrand = parse_mathematica(source)
    real = {s: sp.Symbol(s.name, real=True) for s in integrand.free_symbols}
    return integrand.xreplace(real), sp.Symbol(letter, real=True)


def timed(task: Callable[[str, str, int], str], *problem: Any) -> tuple[str, float]:  # noqa: ANN401
    """Return the outcome and the processor time that it took."""
    began = time.process_time()
    return task(*problem), time.process_time() - began


def by_plumb(source: str, letter: str, seed: int) -> str:
    """Integrate by the solver's own strategies."""
    integrand, variable = read(source, letter)
    found, _ = antiderivative(integrand, variable)
    if found is None:
        return "not found"
    proved = derivative_check(found, integrand, variable).verdict is Verdict.PROVED
    return judged(found, integrand, variable, seed, proved=proved)


def by_sympy(source: str, letter: str, seed: int) -> str:
    """Integrate by sympy alone; proved by the same check."""
    integrand, variable = read(source, letter)
    found = sp.integrate(integrand, variable)
    if found.has(sp.Integral):
        return "not found"
    if found.has(sp.Piecewise):
        found = sp.piecewise_fold(found)
        found = found.args[0][0] if isinstance(found, sp.Piecewise) else found
    proved = derivative_check(found, integrand, variable).verdict is Verdict.PROVED
    return judged(found, integrand, variable, seed, proved=proved)


def judged(found: Any, integrand: Any, variable: Any, seed: int, *, proved: bool) -> str:  # noqa: ANN401
    """Compare the derivative with the integrand by mpmath at random points (25 digits)."""
    choose = random.Random(seed)
    derivative = sp.diff(found, variable)
    letters = sorted(integrand.free_symbols | found.free_symbols, key=str)
    agree = differ = 0
    for _ in range(8 * POINTS):
        point = {s: sp.Rational(choose.randint(1, 4000), 997) for s in letters}
        values = [_value(e, point) for e in (derivative, integrand)]
        if None in values or mp.im(values[1]) != 0:
            continue
        same = abs(values[0] - values[1]) <= mp.mpf(10) ** -12 * max(1, abs(values[1]))
        agree, differ = agree + same, differ + (not same)
        if agree >= POINTS:
            break
    if differ:
        return "wrong"
    return "proved" if proved else "agrees, not proved" if agree else "not found"


def _value(expression: Any, point: Any) -> Any:  # noqa: ANN401
    try:
        value = sp.N(expression.subs(point), 25)
        return mp.mpmathify(value) if value.is_number and value.is_finite else None
    except (TypeError, ValueError, ArithmeticError, NotImplementedError):
        return None
