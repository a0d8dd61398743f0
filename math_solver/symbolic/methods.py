"""The lines of a named method, and the check of each against the lines before it."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import sympy as sp

from assistants.errors import InputError
from math_solver.lines import read_line
from math_solver.reading import Relation, letters, spell
from math_solver.solution import SolutionStep

from . import Expression
from .build import build, symbol
from .links import check_line
from .plain import plain

Lines = list[tuple[str, str, str]]
"""A rule, the line that it leads to, and why."""


def steps_by(relations: Sequence[Relation], method: str) -> tuple[SolutionStep, ...]:
    """Return the steps of a method, each with its verdict. Raises `InputError`."""
    first = ", ".join(spell(relation) for relation in relations)
    found = METHODS[method](relations)
    lines = [first, *(line for _, line, _ in found)]
    read = [read_line(line) for line in lines]
    steps: list[SolutionStep] = []
    for index, ((before, after), (rule, _, reason)) in enumerate(
        zip(pairwise(lines), found, strict=True), start=1
    ):
        if read[index].cases == read[index - 1].cases:
            continue  # nothing was to do
        finding = check_line(read, index)
        steps.append(
            SolutionStep(
                rule=rule,
                before=before,
                after=after,
                reason=reason,
                verdict=finding.verdict,
                check=f"{finding.by}: {finding.detail}",
            )
        )
    return tuple(steps)


def _not_for(method: str, what: str) -> InputError:
    return InputError(f"the method {method!r} is for {what}", hint="leave --method out")


def _quadratic(
    relations: Sequence[Relation], method: str
) -> tuple[Expression, Expression, Expression, Expression]:
    """Return the letter and the coefficients a, b, c."""
    names = {name for relation in relations for name in letters(relation)}
    if len(relations) == 1 and len(names) == 1:
        letter = symbol(names.pop())
        difference = sp.expand(build(relations[0].left) - build(relations[0].right))
        if difference.is_polynomial(letter) and sp.degree(difference, letter) == 2:
            a, b, c = sp.Poly(difference, letter).all_coeffs()
            if a.is_Rational and b.is_Rational and c.is_Rational:
                return letter, a, b, c
    raise _not_for(method, "a quadratic equation in one letter with rational coefficients")


def _either(letter: Expression, values: Sequence[Expression]) -> str:
    return " or ".join(f"{letter} = {plain(value)}" for value in dict.fromkeys(values))


def _standard(letter: Expression, a: Expression, b: Expression, c: Expression) -> Lines:
    poly = a * letter**2 + b * letter + c
    return [("standard form", f"{plain(poly)} = 0", "everything on one side")]


def factoring(relations: Sequence[Relation]) -> Lines:
    """A product is zero exactly where a factor is."""
    letter, a, b, c = _quadratic(relations, "factor")
    roots = sorted(sp.roots(sp.Poly([a, b, c], letter), multiple=True), key=sp.N)
    if not all(root.is_Rational for root in roots):
        raise _not_for("factor", "equations with rational solutions; try formula or square")
    factors = [plain(letter - root) for root in roots]
    lead = "" if a == 1 else f"{plain(a)}*"
    return [
        *_standard(letter, a, b, c),
        ("factor", f"{lead}({factors[0]})*({factors[1]}) = 0",
         f"two numbers with sum {plain(-b / a)} and product {plain(c / a)}"),
        ("zero product", " or ".join(f"{factor} = 0" for factor in dict.fromkeys(factors)),
         "a product is zero exactly where one of its factors is"),
        ("solve each", _either(letter, roots), "move the constant"),
    ]  # fmt: skip


def formula(relations: Sequence[Relation]) -> Lines:
    """The formula x = (-b ± sqrt(b^2 - 4*a*c))/(2*a)."""
    letter, a, b, c = _quadratic(relations, "formula")
    discriminant = b**2 - 4 * a * c
    reason = f"a = {plain(a)}, b = {plain(b)}, c = {plain(c)}; b^2 - 4*a*c = {plain(discriminant)}"
    lines = _standard(letter, a, b, c)
    if discriminant < 0:
        return [*lines, ("quadratic formula", "no real solution", f"{reason}, which is negative")]
    written = " or ".join(
        f"{letter} = ({plain(-b)} {sign} sqrt({plain(discriminant)}))/({plain(2 * a)})"
        for sign in "-+"
    )
    roots = [sp.expand((-b + sign * sp.sqrt(discriminant)) / (2 * a)) for sign in (-1, 1)]
    return [*lines, ("quadratic formula", written, reason),
            ("compute", _either(letter, roots), "the square root, drawn out")]  # fmt: skip


def square(relations: Sequence[Relation]) -> Lines:
    """Completing the square."""
    letter, a, b, c = _quadratic(relations, "square")
    half, right = b / (2 * a), (b**2 - 4 * a * c) / (4 * a**2)
    lines: Lines = [
        ("divide and move the constant",
         f"{plain(letter**2 + b / a * letter)} = {plain(-c / a)}",
         f"divide by {plain(a)}" if a != 1 else "the constant to the right"),
        ("complete the square", f"({plain(letter + half)})^2 = {plain(right)}",
         f"add the square of {plain(half)} on both sides"),
    ]  # fmt: skip
    if right < 0:
        return [*lines, ("no square is negative", "no real solution", "a square is at least 0")]
    root = sp.sqrt(right)
    side = plain(letter + half)
    both = " or ".join(f"{side} = {plain(value)}" for value in dict.fromkeys((root, -root)))
    return [*lines, ("draw the root", both, "both signs have this square"),
            ("solve each", _either(letter, [-half - root, -half + root]),
             f"subtract {plain(half)}")]  # fmt: skip


# --- two linear equations


def _linear(
    relations: Sequence[Relation], method: str
) -> tuple[list[Expression], list[Expression], list[Expression]]:
    """Return the two letters, the two differences of sides, and the solution."""
    names = sorted({name for relation in relations for name in letters(relation)})
    unknowns = [symbol(name) for name in names]
    if len(relations) == 2 and len(names) == 2:
        zeros = [sp.expand(build(r.left) - build(r.right)) for r in relations]
        if all(z.is_polynomial(*unknowns) and sp.Poly(z, *unknowns).total_degree() == 1
               for z in zeros):  # fmt: skip
            found: Expression = list(sp.linsolve(zeros, unknowns))
            if len(found) == 1 and not found[0].free_symbols:
                return unknowns, zeros, list(found[0])
    raise _not_for(method, "two linear equations in two letters with one solution")


def substitution(relations: Sequence[Relation]) -> Lines:
    """Solve one equation for a letter and put it into the other."""
    unknowns, zeros, values = _linear(relations, "substitution")
    order = [(e, u) for e in (0, 1) for u in (1, 0) if zeros[e].coeff(unknowns[u]) != 0]
    easy = [(e, u) for e, u in order if abs(zeros[e].coeff(unknowns[u])) == 1]
    chosen, index = (easy or order)[0]
    letter, other = unknowns[index], unknowns[1 - index]
    alone = sp.expand(letter - zeros[chosen] / zeros[chosen].coeff(letter))
    inserted = zeros[1 - chosen].subs(letter, alone)
    both = ", ".join(f"{u} = {plain(v)}" for u, v in zip(unknowns, values, strict=True))
    return [
        (f"solve for {letter}", f"{letter} = {plain(alone)}", f"equation {chosen + 1}"),
        ("substitute", f"{plain(sp.expand(inserted))} = 0",
         f"{letter} put into equation {2 - chosen}"),
        (f"solve for {other}", f"{other} = {plain(values[1 - index])}", "one letter is left"),
        ("put back", f"{letter} = {plain(values[index])}", f"from {letter} = {plain(alone)}"),
        ("the solution", both, "both letters"),
    ]  # fmt: skip


def elimination(relations: Sequence[Relation]) -> Lines:
    """Add a multiple of one equation to the other so that a letter drops out."""
    unknowns, zeros, values = _linear(relations, "elimination")
    first, second = unknowns
    p, q = zeros[0].coeff(second), zeros[1].coeff(second)
    common = sp.ilcm(p.p, q.p) if p.is_Integer and q.is_Integer and p * q != 0 else p * q
    if common == 0:
        raise _not_for("elimination", "systems in which both equations hold both letters")
    times = [common / p, -common / q]
    combined = sp.expand(sum(t * z for t, z in zip(times, zeros, strict=True)))
    both = ", ".join(f"{u} = {plain(v)}" for u, v in zip(unknowns, values, strict=True))
    multiples = [f"{plain(factor)} times equation {n}" for n, factor in enumerate(times, start=1)]
    return [
        ("eliminate", f"{plain(combined)} = 0", f"{' plus '.join(multiples)}: no {second} is left"),
        (f"solve for {first}", f"{first} = {plain(values[0])}", "one letter is left"),
        (f"solve for {second}", f"{second} = {plain(values[1])}", f"{first} put into equation 1"),
        ("the solution", both, "both letters"),
    ]  # fmt: skip


METHODS: dict[str, Callable[[Sequence[Relation]], Lines]] = {
    "factor": factoring,
    "formula": formula,
    "square": square,
    "substitution": substitution,
    "elimination": elimination,
}
"""The methods by their names on the command line."""
