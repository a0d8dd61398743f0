"""Claims to be shown: divisibility for all whole numbers, inequalities, irrational numbers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import lcm, prod

import sympy as sp

from assistants.answer import Check, Verdict
from assistants.errors import InputError
from math_solver.lines import Line
from math_solver.reading import Name, Number, Relation, letters
from math_solver.reading.parser import parse
from math_solver.reading.statements import Ask
from math_solver.solution import Work
from math_solver.topics.scope import Facts, NotCovered

from . import Expression, inequality_proofs
from .build import build, symbol
from .equivalence import compare_expressions, prove_zero
from .goals import Goal, context_of, done, expression_of
from .plain import plain
from .regions import solve_relations

MAX_STATES = 200_000
MAX_HEIGHT = 10**12
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!="}
POSITIVE = ("positive", "nonnegative", "non-negative")
KNOWN_IRRATIONAL = {sp.pi: "Lambert 1761", sp.E: "Euler 1737"}


def _claim(ask: Ask, by: str, detail: str, *, holds: bool = True) -> Work:
    """Return whether the claim is true; that it is false is proved as well."""
    return done(by, ask.source, str(holds), detail)


# --- divisibility


def divisibility(ask: Ask, facts: Facts) -> Work:
    """Show that an expression in one whole number is divisible by a number, for every one.

    Its value modulo m is fixed by n modulo d·m (d: the common denominator of the coefficients)
    and by the powers aⁿ modulo d·m, so it is enough to go through the states until one returns.
    """
    body: Expression = sp.expand(expression_of(ask.formulas[0], facts))
    word = ask.words[0].lower() if ask.words else ""
    divisor = sp.Integer(2) if word in {"even", "odd"} else expression_of(ask.formulas[1], facts)
    if not (divisor.is_Integer and divisor > 0 and body.free_symbols):
        raise NotCovered("divisibility by a positive whole number, with a letter")
    if len(body.free_symbols) > 1:
        return _of_several(ask, body, int(divisor), int(word == "odd"))
    (n,) = body.free_symbols
    first = _first(ask, n.name)
    last = (0, 0)
    for place, (value, state) in enumerate(_values(body, n, int(divisor), first)):
        if value != (1 if word == "odd" else 0):
            at = first + place
            shown = plain(sp.expand(body.subs(n, at)))
            told = f"for {n} = {at} the value is {shown}, the remainder {value}"
            return _claim(ask, "counterexample", told, holds=False)
        last = (place, state)
    detail = f"the remainders repeat from {n} = {first + last[0] + 1} on (modulo {last[1]})"
    work = _claim(ask, "remainders", f"{detail}; each case before was tried")
    whole = f"{n} is a whole number"
    told = whole if body.is_polynomial(n) else f"{whole}, {n} >= {first}"
    return replace(work, assumptions=(told,))


def _of_several(ask: Ask, body: Expression, divisor: int, wanted: int) -> Work:
    """Try every remainder of every letter: they fix the remainder of a whole polynomial."""
    names = sorted(body.free_symbols, key=str)
    poly = sp.Poly(body, *names) if body.is_polynomial(*names) else None
    if poly is None or not poly.domain.is_ZZ or divisor ** len(names) > MAX_STATES:
        raise NotCovered("a polynomial with whole coefficients")
    terms = [(powers, int(factor)) for powers, factor in poly.terms()]
    for point in product(range(divisor), repeat=len(names)):
        total = sum(
            factor * prod(pow(v, k, divisor) for v, k in zip(point, powers, strict=True))
            for powers, factor in terms
        )
        if total % divisor != wanted:
            at = ", ".join(f"{n} = {v}" for n, v in zip(names, point, strict=True))
            return _claim(ask, "counterexample", f"for {at} it is {total % divisor}", holds=False)
    detail = f"all {divisor ** len(names)} cases of the letters' remainders by {divisor} were tried"
    work = _claim(ask, "remainders", detail)
    return replace(work, assumptions=(f"{', '.join(map(str, names))} are whole numbers",))


_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5}
_CLAIM = re.compile(
    r"(?:the )?(?P<how>sum|product|difference|square|cube) (?:of|between)?(?: any| every| an?)? ?"
    r"(?P<count>two|three|four|five)? ?(?P<next>consecutive)? ?(?P<kind>odd|even)?"
    r" ?(?:whole |positive )?(?:numbers?|integers?) is (?:always )?(?:an )?"
    r"(?:(?P<parity>even|odd)(?: number)?|(?:divisible by|a multiple of) (?P<by>\d+))",
    re.IGNORECASE,
)


def parity(ask: Ask, _facts: Facts) -> Work:
    """Show what a sum, product or power of odd, even or consecutive numbers is divisible by."""
    found = _CLAIM.fullmatch(ask.words[0].strip())
    if found is None:
        raise NotCovered("this claim about whole numbers is not read")
    how, step = found["how"].lower(), 2 if found["kind"] else 1
    start = int((found["kind"] or "").lower() == "odd")
    count = _COUNTS.get((found["count"] or "").lower(), 1)
    letters_ = [symbol(name) for name in ("a", "b", "c", "d", "e")[:count]]
    if found["next"]:
        numbers = [step * letters_[0] + start + step * place for place in range(count)]
    else:
        numbers = [step * letter + start for letter in letters_]
    if how == "difference" and count != 2:
        raise NotCovered("a difference is of two numbers")
    body = {"sum": sp.Add(*numbers), "product": sp.Mul(*numbers), "square": numbers[0] ** 2,
            "cube": numbers[0] ** 3, "difference": numbers[-1] - numbers[0]}[how]  # fmt: skip
    divisor, wanted = int(found["by"] or 2), int((found["parity"] or "").lower() == "odd")
    if not (body := sp.expand(body)).free_symbols:
        return _claim(ask, "algebra", f"it is {plain(body)}", holds=int(body) % divisor == wanted)
    work = _of_several(ask, body, divisor, wanted)
    written = ", ".join(plain(number) for number in numbers)
    return replace(work, remarks=(*work.remarks, f"The numbers are {written}: {plain(body)}"))


def dotted_sum(ask: Ask, facts: Facts) -> Work:
    """Show a closed form of `1 + 2 + … + n` by induction: the first sum, and each next term."""
    last, closed = (expression_of(tree, facts) for tree in ask.formulas)
    if len(last.free_symbols) != 1 or not closed.free_symbols <= last.free_symbols:
        raise NotCovered("the last term names the one letter")
    (n,) = last.free_symbols
    heads = [build(parse(part)) for part in ask.words[0].split("+")]
    first = next((k for k in (1, 0, 2) if last.subs(n, k) == heads[0]), None)
    if first is None or any(sp.simplify(last.subs(n, first + place) - head) != 0
                            for place, head in enumerate(heads)):  # fmt: skip
        raise NotCovered("the first terms do not come from the last one")
    start = sp.simplify(closed.subs(n, first) - heads[0])
    step = sp.simplify(closed.subs(n, n + 1) - closed - last.subs(n, n + 1))
    if start.is_number and start != 0:
        value = plain(closed.subs(n, first))
        return _claim(ask, "counterexample", f"at {n} = {first} it is {value}", holds=False)
    if start != 0 or step != 0:
        raise NotCovered("the step of the induction was not shown")
    detail = (f"for {n} = {first} both sides are {plain(heads[0])}; from {n} to {n} + 1 each grows "
              f"by {plain(last.subs(n, n + 1))}")  # fmt: skip
    return _claim(ask, "induction", detail)


def _first(ask: Ask, letter: str) -> int:
    """Return the least number that the claim is about: a bound that is given, else 0 or 1."""
    found = re.search(rf"\b{letter} ?(>=|≥|\\geq?|>) ?(\d+)", ask.source)
    if found:
        return int(found[2]) + (found[1] == ">")
    return 1 if re.search(r"\b(?<!non)(?<!non-)(?:positive|natural)\b", ask.source) else 0


def _values(body: Expression, n: Expression, divisor: int, first: int) -> Iterator[tuple[int, int]]:
    """Yield each remainder with the modulus of the states, until a state returns."""
    terms = [_term(term, n) for term in sp.Add.make_args(body)]
    denominator = lcm(*(t[0].denominator for t in terms))
    modulus = denominator * divisor
    powers = {base: pow(base, first, modulus) for _, _, base in terms if base != 1}
    seen: set[tuple[int, ...]] = set()
    place = first
    while (state := (place % modulus, *powers.values())) not in seen:
        if len(seen) > MAX_STATES:
            raise NotCovered("too many cases")
        seen.add(state)
        total = sum(
            int(c * denominator) * pow(place, k, modulus) * powers.get(base, 1)
            for c, k, base in terms
        )
        if total % denominator:
            raise NotCovered("the value is not always whole")
        yield total % modulus // denominator, modulus
        place += 1
        powers = {base: value * base % modulus for base, value in powers.items()}


def _term(term: Expression, n: Expression) -> tuple[Fraction, int, int]:
    """Read c·nᵏ·aⁿ as (c, k, a). Raises `NotCovered`."""
    coefficient, power, base = Fraction(1), 0, 1
    factors: Expression = sp.Mul.make_args(sp.powsimp(term, force=False))
    for factor in factors:
        below, above = factor.as_base_exp()
        if factor.is_Rational:
            coefficient *= Fraction(int(factor.p), int(factor.q))
        elif below == n and above.is_Integer and above > 0:
            power = int(above)
        elif below.is_Integer and below > 0 and above.is_polynomial(n):
            slope, start = above.coeff(n, 1), above.coeff(n, 0)
            if sp.expand(above - slope * n - start) != 0 or not (
                slope.is_Integer and slope > 0 and start.is_Integer
            ):
                raise NotCovered("an exponent that is not linear")
            base *= int(below) ** int(slope)
            coefficient *= Fraction(int(below)) ** int(start)
        else:
            raise NotCovered("neither a power of the letter nor a power with it")
    return coefficient, power, base


# --- rational and irrational numbers


def rationality(ask: Ask, facts: Facts) -> Work:
    """Tell whether a number is rational: by its minimal polynomial and its rational zeros."""
    value = expression_of(ask.formulas[0], facts)
    asked = ask.words[-1].lower()
    if value.free_symbols or not value.is_real:
        raise NotCovered("a real number without letters")
    rational, detail = _rational(value)
    if re.search("rational or (?:ir)?rational", ask.source):
        answer = "rational" if rational else "irrational"
        return done("rational root theorem", ask.source, answer, detail)
    return _claim(ask, "rational root theorem", detail, holds=rational == (asked == "rational"))


def _rational_logarithm(value: Expression) -> tuple[bool, str] | None:
    """A quotient log a / log b = p/q says a^q = b^p: the primes' exponents have one ratio."""
    top, bottom = (sp.exp(part) for part in sp.fraction(value))
    if not (value.has(sp.log) and all(n.is_Integer and n > 1 for n in (top, bottom))):
        return None
    above, below = sp.factorint(top), sp.factorint(bottom)
    parts = {sp.Rational(above.get(p, 0), below[p]) for p in below}
    if set(above) <= set(below) and len(parts) == 1:
        return True, f"it is {plain(parts.pop())}"
    told = f"{top}^q = {bottom}^p has no whole q > 0 and p: the primes on the two sides differ"
    return False, told


def _rational(value: Expression) -> tuple[bool, str]:
    if (found := _rational_logarithm(value)) is not None:
        return found
    for constant, source in KNOWN_IRRATIONAL.items():
        rest = sp.simplify(value / constant), sp.simplify(value - constant)
        if any(r.is_Rational and (r != 0 or value == constant) for r in rest):
            return False, f"{plain(constant)} is irrational ({source})"
    simple = sp.nsimplify(sp.radsimp(value)) if value.is_Rational else sp.radsimp(value)
    if simple.is_Rational:
        return True, f"it is {plain(simple)}"
    x = sp.Symbol("x")
    try:
        poly = sp.Poly(sp.minimal_polynomial(value, x), x)
    except (NotImplementedError, sp.polys.polyerrors.NotAlgebraic) as error:
        raise NotCovered("whether this number is rational is not known here") from error
    if not prove_zero(poly.as_expr().subs(x, value)):
        raise NotCovered("its polynomial could not be confirmed")
    if poly.degree() == 1:
        return True, f"it is {plain(-poly.nth(0) / poly.nth(1))}"
    if any(poly.eval(zero) == 0 for zero in _possible_zeros(poly)):
        raise NotCovered("the polynomial has a rational zero")
    told = f"it is a zero of {plain(poly.as_expr())}, which has no rational zero: "
    return False, told + "none of the quotients of divisors of its ends is one"


def _possible_zeros(poly: Expression) -> Iterator[Expression]:
    ends = abs(int(poly.nth(0))), abs(int(poly.LC()))
    if max(ends) > MAX_HEIGHT:
        raise NotCovered("the coefficients are too large")
    for top in sp.divisors(ends[0]):
        for bottom in sp.divisors(ends[1]):
            yield from (sp.Rational(top, bottom), -sp.Rational(top, bottom))


# --- equations and inequalities for all values


_RESTRICTED = re.compile(
    r"integer|whole|natural|positive|negative|\b(?:for|where|if|when)\b.*(?:[<>≤≥]|\\[lg]eq?)",
    re.IGNORECASE,
)
"""Claims about fewer values than all real ones; what fails elsewhere may hold for those."""


def relation(ask: Ask, facts: Facts) -> Work:
    """Show a relation for all real values of its letters, or for all positive ones.

    What holds for all of them holds for whole numbers or beyond a bound too; what does not may.
    """
    work = _for_all(ask, facts)
    if work.answer == "False" and not ask.words and _RESTRICTED.search(ask.source):
        raise NotCovered("it fails for some real value, which the claim may not be about")
    return work


def _for_all(ask: Ask, facts: Facts) -> Work:
    trees = [tree for tree in ask.formulas if isinstance(tree, Relation)]
    claim, given = trees[0], trees[1:]
    alone = not given
    names = letters(claim)
    if not names or any(name in facts.values for name in names):
        raise NotCovered("a claim about letters")
    zero = Number(value=Fraction(0))
    if any(word.lower() in POSITIVE for word in ask.words):
        sign = ">" if "positive" in (word.lower() for word in ask.words) else ">="
        given += [Relation(operator=sign, left=Name(name=name), right=zero) for name in names]
    if claim.operator == "=":
        return _identity(claim, facts)
    if len(names) == 1:
        return _alone(ask, claim, given, names[0])
    form = _square_form(claim, facts, squares=bool(given)) if alone else None
    if form is None:
        return _by_z3(ask, claim, given)
    return _claim(ask, "sum of squares", f"{form}, and squares are not negative")


def _identity(claim: Relation, facts: Facts) -> Work:
    found = compare_expressions(claim.left, claim.right, context_of(facts))
    if found.verdict is Verdict.UNKNOWN:
        raise NotCovered("the two sides were neither proved nor refuted to be equal")
    holds = found.verdict is Verdict.PROVED
    check = Check(by=found.by, verdict=Verdict.PROVED, detail=found.detail, sufficient=True)
    return Work(answer=str(holds), checks=(check,), conditions=found.conditions)


def _alone(ask: Ask, claim: Relation, given: list[Relation], letter: str) -> Work:
    """In one letter the values for which the claim fails are found; there must be none."""
    against = Relation(operator=OPPOSITE[claim.operator], left=claim.left, right=claim.right)
    try:
        failing = solve_relations((against, *given), letter).answer
    except InputError as error:
        raise NotCovered("not decided cell by cell") from error
    if failing == "no real solution":
        return _claim(ask, "sign chart", "no value of the letter goes against it")
    return _claim(ask, "sign chart", f"it fails for {failing}", holds=False)


def _square_form(claim: Relation, facts: Facts, *, squares: bool) -> str | None:
    """Write left - right ≥ 0 as positive multiples of squares; None where that is no proof.

    With `squares` every letter is positive, and stands for the square of its root.

    A polynomial of degree two is zᵀMz with z = (1, x, y, …); completing the squares one by one
    (LDLᵀ with exact fractions) shows that M is positive semidefinite.
    """
    sign = 1 if claim.operator in {">", ">="} else -1
    body: Expression = sp.expand(sign * (build(claim.left, context_of(facts))
                             - build(claim.right, context_of(facts))))  # fmt: skip
    if squares:
        roots = {x: sp.Symbol(f"sqrt({x})", positive=True) for x in body.free_symbols}
        body = sp.expand(body.subs({x: root**2 for x, root in roots.items()}))
    names = sorted(body.free_symbols, key=str)
    if not names or not body.is_polynomial(*names) or sp.Poly(body, *names).total_degree() != 2:
        return None
    rest, parts = body, list[tuple[Expression, Expression]]()
    for x in names:
        top = sp.Poly(rest, x)
        if top.degree() < 1:
            continue
        lead = top.coeff_monomial(x**2)
        if not lead.is_Rational or lead <= 0:
            return None
        inner = x + sp.expand(top.coeff_monomial(x) / (2 * lead))
        parts.append((lead, inner))
        rest = sp.expand(rest - lead * inner**2)
    if not rest.is_Rational or rest < 0 or ("=" not in claim.operator and rest == 0):
        return None
    if sp.expand(sp.Add(rest, *(lead * inner**2 for lead, inner in parts)) - body) != 0:
        return None
    shown = [*(plain(lead * inner**2) for lead, inner in parts), *([plain(rest)] if rest else [])]
    return f"{plain(body)} = {' + '.join(shown)}"


def _by_z3(ask: Ask, claim: Relation, given: list[Relation]) -> Work:
    before = Line(source="", cases=(tuple(given),))
    found = inequality_proofs.decide(before, Line(source="", cases=((claim,),)))
    if found is None or found.verdict is Verdict.UNKNOWN:
        raise InputError(found.detail if found else "whether this always holds was not decided")
    return _claim(ask, found.by, found.detail, holds=found.verdict is Verdict.PROVED)


GOALS: Mapping[str, Goal] = {
    "show parity": parity,
    "show sum": dotted_sum,
    "show divisible": divisibility,
    "rationality": rationality,
    "show relation": relation,
}
