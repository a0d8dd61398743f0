"""Inequalities between polynomials in several letters, by z3 where it is installed.

z3 (extra `prove`) decides non-linear real arithmetic (nlsat: Jovanović, de Moura 2012). A model is
taken for a counterexample only after it was put in exactly.
"""

import importlib.util
from fractions import Fraction
from functools import cache, reduce

from assistants.answer import Verdict
from math_solver.lines import Line
from math_solver.reading import Relation
from math_solver.solution import Finding

from . import Expression
from .domain import conditions, restrictions
from .ideals import lost_at
from .normal_form import Beyond, NormalForm
from .truths import holds, number

MILLISECONDS = 2_000


@cache
def is_available() -> bool:
    """Whether z3 is installed."""
    return importlib.util.find_spec("z3") is not None


def decide(before: Line, after: Line) -> Finding | None:
    """Decide an implication between polynomial relations; None where it stays open."""
    if all(r.operator == "=" for line in (before, after) for case in line.cases for r in case):
        return None
    if not is_available():
        return Finding(
            verdict=Verdict.UNKNOWN,
            by="z3",
            detail="inequalities in several letters need z3: pip install 'plumb[prove]'",
        )
    try:
        return _Z3(before, after).decide()
    except Beyond:
        return None


class _Z3:
    """Two statements as formulas of real arithmetic."""

    def __init__(self, before: Line, after: Line) -> None:
        import z3

        self.z3: Expression = z3
        self.before, self.after = before, after
        self.names = tuple(dict.fromkeys((*before.letters, *after.letters)))
        self.form = NormalForm()
        for name in self.names:
            self.form.atom("letter", name)
        self.symbols = [z3.Real(name) for name in self.names]

    def decide(self) -> Finding | None:
        """Ask for a point that solves the first statement and not the second."""
        solver = self.z3.Solver()
        solver.set("timeout", MILLISECONDS)
        solver.add(self._statement(self.before))
        solver.add(self.z3.Not(self._statement(self.after)))
        found = solver.check()
        if found == self.z3.unsat:
            trees = [s for line in (self.before, self.after) for case in line.cases for r in case
                     for s in (r.left, r.right)]  # fmt: skip
            return Finding(
                verdict=Verdict.PROVED,
                by="z3",
                detail="no point solves the first and not the second (real arithmetic)",
                conditions=conditions(trees),
                relation="implies",
            )
        return self._counterexample(solver.model()) if found == self.z3.sat else None

    def _counterexample(self, model: Expression) -> Finding | None:
        point: dict[str, Fraction] = {}
        for name, symbol in zip(self.names, self.symbols, strict=True):
            value = model.eval(symbol, model_completion=True)
            if not self.z3.is_rational_value(value):
                return None
            point[name] = Fraction(value.numerator_as_long(), value.denominator_as_long())
        values = {name: number(value) for name, value in point.items()}
        if (
            holds(self.before.cases, values) is Verdict.PROVED
            and holds(self.after.cases, values) is Verdict.REFUTED
        ):
            return lost_at(", ".join(f"{k} = {v}" for k, v in point.items()))
        return None

    def _statement(self, line: Line) -> Expression:
        cases = [self.z3.And([f for r in case for f in self._relation(r)]) for case in line.cases]
        return self.z3.Or(cases)

    def _relation(self, relation: Relation) -> list[Expression]:
        """The sign of numerator times denominator, and what must exist."""
        left, right = self.form.of(relation.left), self.form.of(relation.right)
        top = left.top * right.bottom - right.top * left.bottom
        if relation.operator != "=":
            top *= left.bottom * right.bottom
        formulas = [self._compared(relation.operator, top)]
        for side in (relation.left, relation.right):
            for kind, part in restrictions(side):
                if kind != "≠":
                    raise Beyond("a root or a logarithm")
                formulas.append(self._compared("!=", self.form.of(part).top))
        return formulas

    def _compared(self, operator: str, poly: Expression) -> Expression:
        if len(self.form.keys) > len(self.names):
            raise Beyond("functions of letters")
        value = self._polynomial(poly)
        return {
            "=": value == 0, "!=": value != 0, "<": value < 0,
            "<=": value <= 0, ">": value > 0, ">=": value >= 0,
        }[operator]  # fmt: skip

    def _polynomial(self, poly: Expression) -> Expression:
        total: Expression = self.z3.RealVal(0)
        for exponents, coefficient in poly.terms():
            factors = [s for s, e in zip(self.symbols, exponents, strict=False)
                       for _ in range(int(e))]  # fmt: skip
            exact = self.z3.Q(int(coefficient.p), int(coefficient.q))
            total += reduce(lambda a, b: a * b, factors, exact)
        return total
