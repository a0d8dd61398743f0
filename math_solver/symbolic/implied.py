"""What equations say about the value of an expression: elimination by a Gröbner basis.

The equations and `w = expression` are made polynomial (sines and cosines, logarithms, powers and
roots become letters with their relations), and every other letter is eliminated. Where what is
left has one real root, that is the value at every real solution, whichever there are.
"""

from collections.abc import Sequence
from dataclasses import replace

import sympy as sp

from math_solver.reading import Call, Relation
from math_solver.reading.parser import parse
from math_solver.reading.statements import Fact, Script
from math_solver.solution import Work
from math_solver.topics.scope import NotCovered

from . import Expression
from .build import build, symbol
from .equivalence import prove_zero
from .goals import value_work
from .plain import plain, tree_of

MAX_LETTERS = 8
MAX_DEGREE = 40


def implied_value(script: Script) -> Work:
    """Return the value that the statements imply. Raises `NotCovered` where they do not fix it."""
    relations, context = _relations(script)
    if not relations or len(script.ask.formulas) != 1:
        raise NotCovered("nothing is said about the value")
    zeros = [build(r.left, context) - build(r.right, context) for r in relations]
    if any(not zero.free_symbols and not prove_zero(zero) for zero in zeros):
        raise NotCovered("what is given is not true, or not seen to be")
    zeros = [zero for zero in zeros if zero.free_symbols]
    target = build(script.ask.formulas[0], context)
    known = set[Expression]().union(*(zero.free_symbols for zero in zeros))
    if not target.free_symbols <= known:
        raise NotCovered("nothing is said about a letter of the expression")
    if sp.Symbol("i", real=True) in target.free_symbols | set().union(
        *(zero.free_symbols for zero in zeros)
    ):
        raise NotCovered("complex values are not eliminated here")
    left = _Elimination(zeros, target).polynomial()
    roots = _real_roots(left)
    complex_meant = sp.Symbol("z", real=True) in known or "complex" in script.source.lower()
    if len(roots) != 1 or (complex_meant and sp.degree(sp.sqf_part(left)) > 1):
        raise NotCovered("what is given does not fix one value")
    shown = ", ".join(plain(zero) + " = 0" for zero in zeros)
    detail = f"every other letter eliminated from {shown}: {plain(left.as_expr())} = 0"
    return value_work("eliminate", script.ask.source, roots[0], detail)


def eliminated(
    zeros: Sequence[Expression], target: Expression, *, over_complex: bool = False
) -> Expression:
    """Return the one value that equations leave. Raises `NotCovered` where it is not one.

    Over the complex numbers it must be the only root, not only the only real one.
    """
    left = _Elimination(zeros, target).polynomial()
    roots = _real_roots(left)
    if len(roots) != 1 or (over_complex and sp.degree(sp.sqf_part(left)) > 1):
        raise NotCovered("what is given does not fix one value")
    return roots[0]


def _relations(script: Script) -> tuple[list[Relation], dict[str, Expression]]:
    """Return the equations, and the functions that are defined beside them."""
    found: list[Relation] = []
    context: dict[str, Expression] = {}
    for statement in script.statements:
        if isinstance(statement, Fact):
            for relation in statement.relations:
                found += _by_vieta(relation)
        elif statement.order:
            raise NotCovered("derivatives are not eliminated")
        elif not statement.letters:
            found.append(Relation(operator="=", left=parse(statement.name), right=statement.body))
        else:
            inner = [symbol(name) for name in statement.letters]
            context[statement.name] = sp.Lambda(tuple(inner), build(statement.body, context))
    return found, context


def _by_vieta(relation: Relation) -> Sequence[Relation]:
    """Write `a, b, … are the roots of p` as what their symmetric functions are (Viète)."""
    if not (isinstance(relation.left, Call) and relation.left.function == "roots"):
        return [relation]
    body, inner, *names = relation.left.arguments
    poly = sp.Poly(build(body), build(inner))
    if poly.degree() != len(names):
        raise NotCovered("not as many roots as the degree")
    roots = [build(name) for name in names]
    product = sp.Poly(sp.prod(build(inner) - root for root in roots), build(inner))
    pairs = zip(poly.monic().all_coeffs()[1:], product.all_coeffs()[1:], strict=True)
    return [Relation(operator="=", left=tree_of(a), right=tree_of(b)) for a, b in pairs]


def _real_roots(poly: Expression) -> list[Expression]:
    """Return the distinct real roots. Raises `NotCovered` where they have no short form."""
    count = poly.count_roots()
    roots = [r for r in sp.roots(poly.as_expr(), poly.gen) if r.is_real]
    if len(set(roots)) != sp.Poly(sp.sqf_part(poly.as_expr()), poly.gen).count_roots() or not count:
        raise NotCovered("the value has no short form")
    return list(dict.fromkeys(sp.radsimp(sp.nsimplify(root)) for root in roots))


class _Elimination:
    """Equations made polynomial by letters for functions, and their elimination."""

    def __init__(self, zeros: Sequence[Expression], target: Expression) -> None:
        self.names: dict[Expression, Expression] = {}
        self.extra: list[Expression] = []
        self.unknown = sp.Dummy("w")
        tops = [self._top(zero) for zero in (*zeros, target - self.unknown)]
        self.tops = [*tops, *self.extra]

    def polynomial(self) -> Expression:
        """Return the polynomial that the value solves. Raises `NotCovered`."""
        gens = sorted(set().union(*(t.free_symbols for t in self.tops)) - {self.unknown}, key=str)
        if len(gens) > MAX_LETTERS:
            raise NotCovered("too many letters are to be eliminated")
        try:
            polys = [sp.Poly(top, *gens, self.unknown, domain="QQ") for top in self.tops]
        except sp.PolynomialError as error:
            raise NotCovered("the equations are not algebraic") from error
        if any(poly.total_degree() > MAX_DEGREE for poly in polys):
            raise NotCovered("the degrees are too high")
        basis = sp.groebner(polys, *gens, self.unknown, order="lex", domain="QQ")
        last = basis.exprs[-1]
        if last == 1:
            raise NotCovered("the equations contradict each other")
        if last.free_symbols != {self.unknown}:
            raise NotCovered("what is given does not fix the value")
        return sp.Poly(last, self.unknown, domain="QQ")

    def _top(self, expression: Expression) -> Expression:
        """Return a numerator; the denominator must not vanish."""
        top, bottom = sp.fraction(sp.together(self._algebraic(expression)))
        top, bottom = sp.expand(top), sp.expand(bottom)
        if bottom.free_symbols:
            self.extra.append(bottom * sp.Dummy("t") - 1)
        return top

    def _algebraic(self, expression: Expression) -> Expression:
        trig = expression.replace(sp.tan, lambda a: sp.sin(a) / sp.cos(a))
        trig = trig.replace(sp.cot, lambda a: sp.cos(a) / sp.sin(a))
        trig = trig.replace(sp.sec, lambda a: 1 / sp.cos(a)).replace(
            sp.csc, lambda a: 1 / sp.sin(a)
        )
        flat = sp.expand_trig(trig)
        flat = sp.expand_log(
            sp.expand(flat, power_exp=True, power_base=False, log=False), force=True
        )
        table: dict[Expression, Expression] = {}
        for atom in sorted(flat.atoms(sp.Function, sp.Pow), key=sp.count_ops, reverse=True):
            if atom not in table and (name := self._named(atom)) is not None:
                table[atom] = name
        return flat.xreplace(table)

    def _named(self, atom: Expression) -> Expression | None:
        """Return the letter for a function or a root; None for a plain power."""
        if not atom.free_symbols and not isinstance(atom, sp.Function):
            if atom.is_Pow and not atom.exp.is_Integer:
                return self._root(atom)
            return None
        if isinstance(atom, sp.sin | sp.cos):
            (inner,) = atom.args
            sine, cosine = (self._letter(f(inner)) for f in (sp.sin, sp.cos))
            circle = sine**2 + cosine**2 - 1
            if circle not in self.extra:
                self.extra.append(circle)
            return sine if isinstance(atom, sp.sin) else cosine
        exponent: Expression = atom.as_base_exp()[1] if atom.is_Pow else sp.Integer(1)
        if isinstance(atom, sp.log) or not exponent.is_number:
            return self._power(atom) if atom.is_Pow else self._letter(atom)
        if exponent.is_Rational and not exponent.is_Integer:
            return self._root(atom)
        if isinstance(atom, sp.Function):
            raise NotCovered("a function that is not eliminated")
        return None

    def _letter(self, atom: Expression) -> Expression:
        return self.names.setdefault(atom, sp.Dummy("u"))

    def _power(self, atom: Expression) -> Expression:
        """A power of a number with an unknown exponent: `4^x` is the square of `2^x`."""
        base, exponent = atom.as_base_exp()
        if not base.is_Integer or base < 2:
            raise NotCovered("a power that is not eliminated")
        found = sp.perfect_power(base)
        root, degree = found or (base, 1)
        factor, rest = exponent.as_coeff_Mul()
        whole = factor * degree
        if not whole.is_Integer:
            raise NotCovered("a power that is not eliminated")
        return self._letter(sp.Integer(root) ** rest) ** whole

    def _root(self, atom: Expression) -> Expression:
        base, exponent = atom.as_base_exp()
        letter = self._letter(base ** sp.Rational(1, exponent.q))
        relation = letter**exponent.q - self._algebraic(base)
        if relation not in self.extra:
            self.extra.append(sp.expand(sp.fraction(sp.together(relation))[0]))
        return letter**exponent.p


def with_remark(work: Work) -> Work:
    """Say what an answer by elimination rests on."""
    return replace(work, conditions=("the equations have a solution",))
