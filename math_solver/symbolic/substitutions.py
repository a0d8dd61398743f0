"""Antiderivatives by substitutions, most of which make the integrand a rational function.

    sines and cosines        t = tan(x/2)              (Weierstrass)
    exponentials             t = e^(x/n)
    roots of a*x + b         t = (a*x + b)^(1/n); of (a*x + b)/(c*x + d) alike
    two such square roots    t = one of them, then Euler's
    the root of a quadratic  t = sqrt(a)*x + sqrt(q)   (Euler's first, a > 0), or his third
    f(g(x))*g'(x)            t = g(x)

A rational function of one letter is integrated by Hermite reduction and the logarithmic part of
Lazard, Rioboo and Trager (sympy's `ratint`). Nothing here is trusted: every result is
differentiated by the caller.
"""

from collections.abc import Callable, Iterator

import sympy as sp
from sympy.integrals.rationaltools import ratint

from . import Expression

MAX_SIZE = 400
MAX_INNER = 5
WAVES = (sp.sin, sp.cos, sp.tan, sp.cot, sp.sec, sp.csc)
HYPERBOLIC = (sp.sinh, sp.cosh, sp.tanh, sp.coth, sp.sech, sp.csch)


def rational_antiderivatives(
    integrand: Expression, x: Expression
) -> Iterator[tuple[str, Expression]]:
    """Yield the substitutions that fit, each with what it leads to."""
    for name, attempt in ATTEMPTS.items():
        found = attempt(integrand, x)
        if found is not None:
            yield name, found


def _integrated(integrand: Expression, t: Expression) -> Expression:
    """Integrate a rational function; None for anything else."""
    whole = sp.together(integrand)
    top, bottom = sp.fraction(whole)
    if not (top.is_polynomial(t) and bottom.is_polynomial(t)):
        return None
    whole = sp.cancel(whole)
    if whole.count_ops() > MAX_SIZE:
        return None
    if len(whole.free_symbols) > 1:
        simple = _term_by_term(whole, t)
        if simple is not None:
            return simple
    found = ratint(whole, t, real=True)
    return None if found is None or found.has(sp.Integral, sp.RootSum) else found


def _term_by_term(quotient: Expression, t: Expression) -> Expression:
    """Partial fractions with letters in the coefficients; None where a term is not elementary.

    `ratint` asks for the sign of a discriminant, which letters do not have; an arctangent of a
    square root is right for either sign.
    """
    total = sp.Integer(0)
    for term in sp.Add.make_args(sp.apart(sp.factor(quotient), t)):
        found = _simple_fraction(*sp.fraction(sp.together(term)), t)
        if found is None:
            return None
        total += found
    return total


def _simple_fraction(top: Expression, bottom: Expression, t: Expression) -> Expression:
    """A polynomial, k/(a*t + b)^n or (p*t + q)/(a*t^2 + b*t + c)."""
    factored: Expression = sp.factor(bottom)
    constant, rest = factored.as_independent(t, as_Add=False)
    base, power = rest.as_base_exp()
    degree = sp.degree(base, t) if base.has(t) else 0
    if degree == 0:
        return sp.integrate(sp.expand(top / bottom), t) if top.is_polynomial(t) else None
    if degree == 1 and not top.has(t) and power.is_Integer:
        slope = sp.diff(base, t)
        if power == 1:
            return top / constant / slope * sp.log(base)
        return top / constant / slope * base ** (1 - power) / (1 - power)
    if degree != 2 or power != 1 or sp.degree(top, t) > 1:
        return None
    a, b, c = sp.Poly(base, t).all_coeffs()
    p, q = top.coeff(t, 1) if top.has(t) else 0, sp.expand(top).coeff(t, 0)
    root = sp.sqrt(sp.factor(4 * a * c - b**2))
    arc = 2 * (q - p * b / (2 * a)) / root * sp.atan((2 * a * t + b) / root)
    return (p / (2 * a) * sp.log(base) + arc) / constant


def rational(integrand: Expression, x: Expression) -> Expression:
    """The integrand is a rational function itself."""
    return _integrated(integrand, x)


def tangent_half(integrand: Expression, x: Expression) -> Expression:
    """A rational function of sines and cosines of one multiple of x."""
    if not integrand.has(*WAVES):
        return None
    angles = {f.args[0] for f in integrand.atoms(*WAVES) if f.has(x)}
    slopes = {sp.expand(angle).coeff(x, 1) for angle in angles}
    if not angles or any(sp.diff(angle, x).has(x) for angle in angles):
        return None
    expanded = sp.expand_trig(integrand) if len(slopes) > 1 else integrand
    inner = {f.args[0] for f in expanded.atoms(*WAVES) if f.has(x)}
    if len(inner) != 1:
        return None
    angle = inner.pop()
    t = sp.Dummy("t", real=True)
    bottom = 1 + t**2
    sine, cosine = 2 * t / bottom, (1 - t**2) / bottom
    values = {sp.sin: sine, sp.cos: cosine, sp.tan: sine / cosine, sp.cot: cosine / sine,
              sp.sec: 1 / cosine, sp.csc: 1 / sine}  # fmt: skip
    replaced = expanded.replace(
        lambda e: isinstance(e, WAVES) and e.args[0] == angle, lambda e: values[e.func]
    )
    if replaced.has(x):
        return None
    found = _integrated(replaced * 2 / bottom / sp.diff(angle, x), t)
    return None if found is None else found.subs(t, sp.tan(angle / 2))


def exponential(integrand: Expression, x: Expression) -> Expression:
    """A rational function of e^(k*x) for whole multiples of one k."""
    rewritten = integrand.rewrite(sp.exp) if integrand.has(*HYPERBOLIC) else integrand
    rewritten = sp.expand(rewritten, power_exp=True, deep=True, mul=False, multinomial=False)
    powers = [p for p in rewritten.atoms(sp.Pow, sp.exp) if p.as_base_exp()[1].has(x)]
    slopes: list[Expression] = []
    for power in powers:
        base, exponent = power.as_base_exp()
        slope = sp.expand(exponent).coeff(x, 1) * sp.log(base)
        if base.has(x) or sp.diff(exponent, x).has(x):
            return None
        slopes.append(slope)
    if not slopes:
        return None
    ratios = [sp.nsimplify(slope / slopes[0]) for slope in slopes]
    if not all(ratio.is_Rational for ratio in ratios):
        return None
    unit = slopes[0] * sp.Rational(sp.igcd(*(r.p for r in ratios)), sp.ilcm(*(r.q for r in ratios)))
    t = sp.Dummy("t", positive=True)
    table = {
        power: t ** sp.nsimplify(slope / unit)
        * sp.exp(sp.log(power.as_base_exp()[0]) * power.as_base_exp()[1].subs(x, 0))
        for power, slope in zip(powers, slopes, strict=True)
    }
    replaced = rewritten.xreplace(table)
    if replaced.has(x):
        return None
    found = _integrated(replaced / (unit * t), t)
    return None if found is None else found.subs(t, sp.exp(unit * x))


def linear_root(integrand: Expression, x: Expression) -> Expression:
    """A rational function of x and roots of one quotient of linear expressions."""
    roots = _roots_of(integrand, x)
    bases = {root.base for root in roots}
    if len(bases) != 1:
        return None
    base = bases.pop()
    top, bottom = sp.fraction(sp.cancel(base))
    if not all(part.is_polynomial(x) and sp.degree(part, x) <= 1 for part in (top, bottom)):
        return None
    degree = sp.ilcm(1, *(root.exp.q for root in roots))
    t = sp.Dummy("t", positive=True)
    (place,) = sp.solve(top - t**degree * bottom, x) or [None]
    if place is None:
        return None
    replaced = integrand.xreplace({root: t ** (root.exp * degree) for root in roots})
    found = _integrated(sp.together(replaced.subs(x, place) * sp.diff(place, t)), t)
    return None if found is None else found.subs(t, base ** sp.Rational(1, degree))


def _roots_of(integrand: Expression, x: Expression) -> list[Expression]:
    """Return the powers with broken exponents whose bases hold the letter."""
    powers: set[Expression] = integrand.atoms(sp.Pow)
    return [p for p in powers if p.exp.is_Rational and p.exp.q > 1 and p.base.has(x)]


def two_roots(integrand: Expression, x: Expression) -> Expression:
    """A rational function of x and the square roots of two linear expressions.

    In t, one of the roots, the other is the root of a quadratic.
    """
    roots = _roots_of(integrand, x)
    bases = sorted({root.base for root in roots}, key=sp.default_sort_key)
    if len(bases) != 2 or any(root.exp.q != 2 for root in roots):
        return None
    if any(sp.diff(base, x).has(x) for base in bases):
        return None
    for inner, other in (bases, bases[::-1]):
        t = sp.Dummy("t", positive=True)
        slope = sp.diff(inner, x)
        place = (t**2 - inner.subs(x, 0)) / slope
        inside = sp.expand(other.subs(x, place))
        put = {r: t ** (2 * r.exp) if r.base == inner else inside**r.exp for r in roots}
        found = quadratic_root(integrand.xreplace(put).subs(x, place) * 2 * t / slope, t)
        if found is not None:
            return found.subs(t, sp.sqrt(inner))
    return None


def quadratic_root(integrand: Expression, x: Expression) -> Expression:
    """A rational function of x and the square root of one quadratic (Euler's substitutions)."""
    roots = _roots_of(integrand, x)
    bases = {root.base for root in roots}
    if len(bases) != 1 or any(root.exp.q != 2 for root in roots):
        return None
    base = bases.pop()
    if not base.is_polynomial(x) or sp.degree(base, x) != 2:
        return None
    a, b, c = sp.Poly(base, x).all_coeffs()
    t = sp.Dummy("t", real=True)
    if a.is_positive:
        lead = sp.sqrt(a)
        x_of_t = (t**2 - c) / (2 * lead * t + b)
        root_of_t = t - lead * x_of_t
        t_of_x = sp.sqrt(base) + lead * x
    elif c.is_positive:
        lead = sp.sqrt(c)
        x_of_t = (2 * lead * t - b) / (a - t**2)
        root_of_t = x_of_t * t + lead
        t_of_x = (sp.sqrt(base) - lead) / x
    else:
        return None
    replaced = integrand.xreplace({root: root_of_t ** (root.exp * 2) for root in roots})
    replaced = replaced.subs(x, x_of_t) * sp.diff(x_of_t, t)
    found = _integrated(sp.together(replaced), t)
    return None if found is None else found.subs(t, t_of_x)


def derivative_divides(integrand: Expression, x: Expression) -> Expression:
    """f(g(x))*g'(x), g one of the functions that occur (Moses 1971, SIN's first stage)."""
    inner = {f for f in integrand.atoms(sp.Function, sp.Pow) if f.has(x) and f != integrand}
    inner |= {f.args[0] for f in integrand.atoms(sp.Function) if f.args[0].has(x)}
    for g in sorted(inner - {x}, key=lambda f: (-f.count_ops(), sp.default_sort_key(f)))[
        :MAX_INNER
    ]:
        slope = sp.diff(g, x)
        if slope == 0:
            continue
        t = sp.Dummy("t", positive=True)
        rest = _of_one_wave(sp.simplify(integrand / slope), g).subs(g, t)
        if rest.has(x):
            continue
        found = _integrated(rest, t)
        if found is None:
            found = sp.integrate(rest, t)
        if not found.has(sp.Integral):
            return found.subs(t, g)
    return None


def wave_divides(integrand: Expression, x: Expression) -> Expression:
    """Powers of sines and cosines of which one has an odd power: t is the other."""
    for kind, quotient in QUOTIENTS.items():
        integrand = integrand.replace(kind, quotient)
    for g in sorted(integrand.atoms(sp.sin, sp.cos), key=sp.default_sort_key):
        slope = sp.diff(g, x)
        if slope == 0 or sp.diff(g.args[0], x).has(x):
            continue
        t = sp.Dummy("t", positive=True)
        rest = sp.expand(_of_one_wave(sp.powsimp(integrand / slope), g).subs(g, t))
        if not rest.has(x) and all(_is_power(term, t) for term in sp.Add.make_args(rest)):
            return sp.integrate(rest, t).subs(t, g)
    return None


QUOTIENTS: dict[Expression, Callable[[Expression], Expression]] = {
    sp.tan: lambda u: sp.sin(u) / sp.cos(u),
    sp.cot: lambda u: sp.cos(u) / sp.sin(u),
    sp.sec: lambda u: 1 / sp.cos(u),
    sp.csc: lambda u: 1 / sp.sin(u),
}


def _is_power(term: Expression, t: Expression) -> bool:
    """Whether a term is a number times a rational power of a letter."""
    power = sp.simplify(t * sp.diff(term, t) / term)
    return bool(power.is_Rational)


def _of_one_wave(rest: Expression, g: Expression) -> Expression:
    """Write even powers of a cosine by the sine of the same angle, or the other way round."""
    other = {sp.sin: sp.cos, sp.cos: sp.sin}.get(g.func)
    if other is None:
        return rest
    wave = other(g.args[0])
    even = {
        p: (1 - g**2) ** (p.exp / 2)
        for p in rest.atoms(sp.Pow)
        if p.base == wave and p.exp.is_Integer and p.exp > 0 and p.exp % 2 == 0
    }
    return rest.xreplace(even)


def arcsine(integrand: Expression, x: Expression) -> Expression:
    """One over the square root of a quadratic that opens downwards."""
    roots = _roots_of(integrand, x)
    if len(roots) != 1 or roots[0].exp != sp.Rational(-1, 2) or (integrand / roots[0]).has(x):
        return None
    inside = roots[0].base
    if not inside.is_polynomial(x) or sp.degree(inside, x) != 2:
        return None
    a, b, c = sp.Poly(inside, x).all_coeffs()
    if not a.is_negative:
        return None
    width = sp.sqrt(sp.factor(b**2 - 4 * a * c))
    return integrand / roots[0] * sp.asin(-(2 * a * x + b) / width) / sp.sqrt(-a)


def inverse_function(integrand: Expression, x: Expression) -> Expression:
    """An arctangent, arcsine or logarithm of x: x = tan(t), sin(t) or e^t."""
    for kind, inverse in INVERSES.items():
        if not integrand.has(kind(x)):
            continue
        t = sp.Dummy("t", real=True)
        replaced = integrand.subs(kind(x), t).subs(x, inverse(t))
        whole = sp.simplify(replaced * sp.diff(inverse(t), t))
        if inverse is not sp.exp:  # t lies where the cosine is positive
            whole = sp.simplify(whole.replace(sp.Abs(sp.cos(t)), sp.cos(t)))
        found = sp.integrate(whole, t)
        if not found.has(sp.Integral):
            return found.subs(t, kind(x))
    return None


INVERSES: dict[Expression, Expression] = {sp.atan: sp.tan, sp.asin: sp.sin, sp.log: sp.exp}


def half_angle(integrand: Expression, x: Expression) -> Expression:
    """The square root of 1 ± cos(u) or 1 ± sin(u), u linear: its derivative over itself."""
    base, exponent = integrand.as_base_exp()
    if exponent != sp.Rational(1, 2) or not base.has(x):
        return None
    slope = sp.diff(base, x)
    factor = sp.simplify(slope**2 / base)  # c*(2 - base) for 1 ± cos(u) and 1 ± sin(u)
    rate = sp.simplify(factor / (2 - base))
    return None if rate.has(x) or rate == 0 else -2 * slope / (rate * sp.sqrt(base))


ATTEMPTS: dict[str, Callable[[Expression, Expression], Expression]] = {
    "partial fractions": rational,
    "substitution of a sine": wave_divides,
    "Weierstrass substitution": tangent_half,
    "substitution of an exponential": exponential,
    "substitution of a root": linear_root,
    "substitution of one of two roots": two_roots,
    "Euler's substitution": quadratic_root,
    "arcsine": arcsine,
    "half angle": half_angle,
    "substitution": derivative_divides,
    "inverse substitution": inverse_function,
}
"""Each returns an antiderivative to be checked, or None where its substitution does not fit."""
REASONS = {
    "partial fractions": "Hermite reduction, then logarithms and arctangents of the rest",
    "substitution of a sine": "t = sin(u) or cos(u); even powers of the other by 1 - t^2",
    "Weierstrass substitution": "t = tan(x/2) turns sines and cosines into quotients",
    "substitution of an exponential": "t = e^(k*x) turns exponentials into powers",
    "substitution of a root": "t = (a*x + b)^(1/n) turns roots into powers",
    "substitution of one of two roots": "in t = sqrt(a*x + b) the other is a quadratic's root",
    "substitution": "the derivative of an inner function is a factor",
    "arcsine": "the square is completed: the derivative of arcsin(u) is u'/sqrt(1 - u^2)",
    "half angle": "the derivative of 1 ± cos(u), divided by its root",
    "inverse substitution": "x = tan(t), sin(t) or e^t",
    "Euler's substitution": "the root of the quadratic becomes rational in the new letter",
}
