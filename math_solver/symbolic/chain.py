"""Carrying out a chain of statements and its request; every result with an independent check."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import sympy as sp

from assistants.answer import Check, Verdict
from assistants.errors import InputError
from math_solver.reading import Call, Name, Number, Relation, Tree, letters, spell
from math_solver.reading.parser import parse
from math_solver.reading.statements import Ask, Script
from math_solver.reading.tree import substituted, walk
from math_solver.solution import SolutionStep, Work
from math_solver.topics import comparison, measures, surds
from math_solver.topics.complex_numbers import complex_of
from math_solver.topics.polynomial import Polynomial, Scope, polynomial_of
from math_solver.topics.scope import Facts, NotCovered, solve_linear

from . import (
    Expression,
    analytic,
    arithmetic_topics,
    bounded,
    chances,
    counting,
    curves,
    data,
    differential_equations,
    enumeration,
    everyday,
    figures,
    functions,
    implied,
    integer_goals,
    integrals,
    limits,
    matrices,
    number_goals,
    number_search,
    plane_curves,
    polynomial_topics,
    school,
    shown,
    systems,
    tutor,
    whole_numbers,
)
from .algebraic import short_forms
from .build import build, symbol
from .derivatives import differentiate
from .equations import choose_letter, solve_equation
from .equivalence import prove_zero, refute
from .goals import Goal, as_sympy, context_of, done, number_text, value_work
from .plain import plain
from .regions import solve_relations
from .rewriting import REWRITES
from .roots import polynomial_roots, root_text
from .truths import number

BRIEF = 11
"""A computation of so many numbers and signs is shown step by step in any notation."""


def carry_out_script(script: Script) -> Work:
    """Carry out a chain. Raises `NotCovered` for what other parts of the solver may do."""
    try:
        return _carried_out(script)
    except NotCovered:
        if script.ask.kind != "value" or not script.statements:
            raise
        return implied.with_remark(implied.implied_value(script))


def _carried_out(script: Script) -> Work:
    facts = Facts(script)
    for statement in script.statements:
        facts.take(statement)
    kind = script.ask.kind
    _check_imaginary(script)
    if script.ask.letter in facts.values and kind not in {"value", "solve", "coefficient"}:
        message = f"{script.ask.letter} has a value already, so it is no variable here"
        raise InputError(message, hint="use another letter")
    if kind not in EQUATIONS:
        open_letters = {name for zero in facts.pending for name in zero.letters}
        if any(open_letters & set(letters(tree)) for tree in script.ask.formulas):
            raise NotCovered("what is given does not fix every letter")
    if kind in TEXTUAL:
        answer, detail = TEXTUAL[kind](script.ask)
        work = done(kind, script.ask.source, answer, detail)
    elif kind.startswith("compare "):
        work = _ordered(comparison.compare, script.ask, facts)
    elif kind in ORDERED:
        work = _ordered(ORDERED[kind], script.ask, facts)
    else:
        work = GOALS[kind](script.ask, facts)
    return replace(
        work,
        steps=(*facts.steps, *work.steps),
        assumptions=(*script.assumptions, *work.assumptions),
    )


def _ordered(method: Callable[[Ask, Facts], tuple[str, str]], ask: Ask, facts: Facts) -> Work:
    answer, detail = method(ask, facts)
    work = done("compare", ask.source, answer, detail)
    return replace(work, remarks=comparison.told(ask, facts.numbers(ask)))


def _check_imaginary(script: Script) -> None:
    """Refuse equations in which `i` stands beside another unknown: it is i² = -1, or is it?"""
    ask = script.ask
    if not script.named or ask.letter == "i" or ask.kind not in {"solve", "roots pick"}:
        return
    names = {name for tree in ask.formulas for name in letters(tree)}
    if "i" in names and len(names) > 1:
        raise InputError(
            "equations with the imaginary unit i are not solved here",
            hint="if i is a plain letter, use another one",
        )


EQUATIONS = frozenset({"value", "solve", "expand", "derivative"})
"""Requests that deal with letters which equations have not fixed."""
TEXTUAL: Mapping[str, Callable[[Ask], tuple[str, str]]] = {
    "convert": measures.convert,
    "convert mixed": measures.convert_mixed,
    "convert rate": measures.convert_rate,
    "clock": measures.clock,
    "between": measures.between,
    "base": measures.convert_base,
    "base sum": measures.base_sum,
    "letters": measures.letters,
}
ORDERED: Mapping[str, Callable[[Ask, Facts], tuple[str, str]]] = {
    "pair": comparison.pair,
    "kth": comparison.kth,
    "closest": comparison.closest,
    "sort": comparison.sort,
}


# --- algebra


def _confirmed(tree: Tree, result: Polynomial, facts: Facts) -> bool:
    """Whether sympy comes to the same normal form from the formula as it was read."""
    other = sp.expand(build(tree, context_of(facts)))
    return sp.expand(other - as_sympy(result)) == 0


def _result(rule: str, ask: Ask, facts: Facts, result: Polynomial, *, proved: bool) -> Work:
    value = result.value
    shown = facts.text(result) if value is None else number_text(value, facts)
    detail = "two independent normal forms are the same"
    return done(rule, ask.source, shown, detail, proved=proved)


def _value(ask: Ask, facts: Facts) -> Work:
    (tree,) = ask.formulas
    if _is_complex(tree, facts):
        return _complex(tree, ask)
    if isinstance(tree, Name) and tree.name not in facts.values:
        return _solve_for(tree.name, [], ask, facts)
    try:
        result = facts.polynomial(tree)
    except NotCovered:
        whole = _inlined(tree, facts)
        return _complex(whole, ask) if _only_i(whole, facts) else _constant(tree, facts)
    if _only_i(parse(facts.text(result)), facts):
        return _complex(parse(facts.text(result)), ask)
    _check_open(result, facts)
    work = _result("compute", ask, facts, result, proved=_confirmed(tree, result, facts))
    brief = facts.script.named or len(list(walk(tree))) <= BRIEF
    if brief and not facts.script.statements and (small := tutor.arithmetic(tree)):
        return replace(work, steps=small)
    return work


def _expand(ask: Ask, facts: Facts) -> Work:
    try:
        return _value(ask, facts)
    except NotCovered:
        return REWRITES["expand"](ask.formulas[0], context_of(facts))


def _is_complex(tree: Tree, facts: Facts) -> bool:
    """Whether `i` is the imaginary unit: the only letter, in people's notation, and undefined."""
    plain_question = facts.script.named and not facts.script.statements
    return plain_question and letters(tree) == ("i",) and not isinstance(tree, Name)


def _only_i(tree: Tree, facts: Facts) -> bool:
    """The same for a formula with the definitions put in; `i` beside other letters is refused."""
    names = letters(tree)
    if not facts.script.named or "i" not in names or isinstance(tree, Name):
        return False
    if len(names) > 1:
        raise InputError(
            "whether i is the imaginary unit is not clear beside other letters",
            hint="if i is a plain letter, use another one",
        )
    return True


def _inlined(tree: Tree, facts: Facts) -> Tree:
    """Put the values of letters into a formula."""
    known = {name: s.body for name, s in facts.formulas.items() if not s.letters}
    known |= {name: parse(facts.text(value)) for name, value in facts.values.items()}
    return substituted(tree, known)


def _complex(tree: Tree, ask: Ask) -> Work:
    """A complex number as a + b*i, in exact arithmetic with square roots."""
    try:
        value = complex_of(tree)
    except NotCovered as error:
        given = build(tree, {"i": sp.I})
        if (short := next(short_forms(given), None)) is not None:
            work = done("complex arithmetic", ask.source, plain(short), "equal by its bounds")
            return replace(work, assumptions=("i is the imaginary unit",))
        message = f"complex numbers of this kind are not computed: {error}"
        raise InputError(message, hint="give numbers with square roots only") from error
    real, imaginary = (_surd(part) for part in (value.re, value.im))
    result = sp.expand(real + imaginary * sp.I)
    again = sp.expand_complex(build(tree, {"i": sp.I}))
    proved = sp.expand(again - result) == 0 or bool(prove_zero(sp.radsimp(again - result)))
    detail = "computed by parts, and again by sympy"
    work = done("complex arithmetic", ask.source, plain(result), detail, proved=proved)
    return replace(work, assumptions=("i is the imaginary unit",))


def _surd(value: surds.Surd) -> Expression:
    return sp.Add(
        *(sp.Rational(f.numerator, f.denominator) * sp.sqrt(r) for r, f in value.parts.items())
    )


def _constant(tree: Tree, facts: Facts) -> Work:
    """A value with roots, functions or constants such as pi in it."""
    if any(zero.letters & set(letters(tree)) for zero in facts.pending):
        raise NotCovered("what is given does not fix every letter")
    if isinstance(tree, Call) and tree.function == "sum" and isinstance(tree.arguments[1], Name):
        body, low, high = (build(tree.arguments[i], context_of(facts)) for i in (0, 2, 3))
        return data.sum_of(spell(tree), body, symbol(tree.arguments[1].name), low, high)
    if isinstance(tree, Call) and tree.function in {"integrate", "limit", "diff"}:
        raise NotCovered("an operator is carried out elsewhere")
    return REWRITES["evaluate"](tree, context_of(facts))


def _check_open(result: Polynomial, facts: Facts) -> None:
    """Letters of which something is said, but not their value, may not be left standing."""
    for zero in facts.pending:
        if zero.letters & result.letters:
            raise NotCovered(f"what is given does not fix {', '.join(sorted(zero.letters))}")


def _derivative(ask: Ask, facts: Facts) -> Work:
    (tree,) = ask.formulas
    try:
        body = facts.polynomial(tree)
    except NotCovered:
        expression = build(tree, context_of(facts))
        letter = ask.letter or _letter_of(expression)
        return differentiate(tree, letter, max(ask.order, 1), context_of(facts))
    _check_open(body, facts)
    letter = ask.letter or (_only_letter(body) if body.letters else "x")
    result, expected = body, as_sympy(body)
    for _ in range(max(ask.order, 1)):
        result, expected = result.derivative(letter), sp.diff(expected, symbol(letter))
    proved = _confirmed(tree, body, facts) and sp.expand(expected - as_sympy(result)) == 0
    return _result("power rule, term by term", ask, facts, result, proved=bool(proved))


def _letter_of(expression: Expression) -> str:
    names = sorted(str(symbol_) for symbol_ in expression.free_symbols)
    if len(names) != 1:
        raise NotCovered("by which letter is not said")
    return names[0]


def _integral(ask: Ask, facts: Facts) -> Work:
    (tree,) = ask.formulas
    context = context_of(facts)
    letter = ask.letter or _letter_of(build(tree, context))
    if not ask.words:
        return integrals.integrate(tree, letter, context)
    low, high = (parse(word) for word in ask.words)
    return integrals.integrate_between(tree, letter, low, high, context)


def _limit(ask: Ask, facts: Facts) -> Work:
    return limits.limit(ask.formulas[0], ask.letter, parse(ask.words[0]), context_of(facts))


def _only_letter(polynomial: Polynomial) -> str:
    if len(polynomial.letters) != 1:
        raise NotCovered("by which letter is not said")
    (letter,) = polynomial.letters
    return letter


def _coefficient(ask: Ask, facts: Facts) -> Work:
    """Match an expression with a form whose coefficients are letters; give one of them."""
    expression, form = (facts.polynomial(tree) for tree in ask.formulas)
    known = _only_letter(expression) if expression.letters else ""
    if not known:
        candidates = form.letters - {ask.letter}
        known = max(candidates, key=form.degree, default="")
    found: Fraction | None = None
    for power, part in form.coefficients(known).items():
        if dict(part.terms) == {((ask.letter, 1),): Fraction(1)}:
            coefficient = expression.coefficients(known).get(power, Polynomial({}))
            found = coefficient.value
    if found is None:
        raise NotCovered(f"{ask.letter} is no coefficient of that form")
    proved = _confirmed(ask.formulas[0], expression, facts)
    detail = f"the normal form is {facts.text(expression)}"
    return done("compare coefficients", ask.source, str(found), detail, proved=proved)


def _factor(ask: Ask, facts: Facts) -> Work:
    (tree,) = ask.formulas
    try:
        body = facts.polynomial(tree)
    except NotCovered:
        return REWRITES["factor"](tree, context_of(facts))
    if body.value is not None:
        return whole_numbers.factorize([body.value])
    shown = plain(sp.factor(as_sympy(body)))
    empty = Scope(values={}, functions={})
    again = polynomial_of(parse(shown, names=body.letters), empty)
    proved = again.terms == dict(body.terms)
    detail = "multiplied out, the product is the polynomial again"
    answer = shown.replace("^", facts.script.power)
    return done("factor", ask.source, answer, detail, proved=proved)


def _simplify(ask: Ask, facts: Facts) -> Work:
    """Square roots first; what is none of them, but a polynomial, is expanded."""
    (tree,) = ask.formulas
    if _is_complex(tree, facts):
        return _complex(tree, ask)
    try:
        value = surds.surd_of(tree)
    except NotCovered:
        return REWRITES["simplify"](tree, context_of(facts))
    terms = [sp.Rational(f.numerator, f.denominator) * sp.sqrt(r) for r, f in value.parts.items()]
    terms.sort(key=lambda term: term.evalf(30))
    shown = " + ".join(map(plain, terms)).replace("+ -", "- ") or "0"
    differs, _ = refute(tree, parse(shown))
    detail = "arithmetic with square roots of square-free numbers, whose form is unique"
    work = done("square roots", ask.source, shown, detail, proved=differs is None)
    small = tutor.square_root(tree)
    return replace(work, steps=small) if small else work


# --- equations


def _inequalities(ask: Ask, facts: Facts) -> Work:
    relations = [tree for tree in ask.formulas if isinstance(tree, Relation)]
    known = {name: number(v.value) for name, v in facts.values.items() if v.value is not None}
    put = [
        Relation(operator=r.operator, left=substituted(r.left, known),
                 right=substituted(r.right, known))
        for r in relations
    ]  # fmt: skip
    names = {name for relation in put for name in letters(relation)}
    if len(names) != 1 or all(relation.operator == "=" for relation in put):
        raise NotCovered("inequalities in one letter are solved here")
    return solve_relations(put, ask.letter or names.pop())


def _bigger(ask: Ask, facts: Facts) -> Work:
    left, right = facts.numbers(ask)
    sign = "<" if left < right else ">" if left > right else "="
    answer = f"{ask.labels[0]} {sign} {ask.labels[1]}"
    return done("compare", ask.source, answer, "compared exactly")


def _zeros(ask: Ask, facts: Facts) -> Work:
    zero = Number(value=Fraction(0))
    relation = Relation(operator="=", left=ask.formulas[0], right=zero)
    work = _solve(replace(ask, formulas=(relation,)), facts)
    return replace(work, assumptions=(*work.assumptions, "the expression is set equal to 0"))


def _solve(ask: Ask, facts: Facts) -> Work:
    relations = [tree for tree in ask.formulas if isinstance(tree, Relation)]
    try:
        zeros = [facts.zero(relation) for relation in relations]
    except NotCovered:
        return _elsewhere(relations, ask, facts)
    names = frozenset[str]().union(*(zero.letters for zero in zeros))
    letter = ask.letter or (next(iter(names)) if len(names) == 1 else "")
    if not letter:
        return _elsewhere(relations, ask, facts)
    if letter == "z" and len(zeros) == 1 and not facts.pending:
        every = _complex_solutions(zeros[0], ask, facts)
        if every is not None:
            return every
    try:
        return _solve_for(letter, zeros, ask, facts)
    except NotCovered:
        return _elsewhere(relations, ask, facts)


def _complex_solutions(zero: Polynomial, ask: Ask, facts: Facts) -> Work | None:
    """All solutions of an equation in z, the usual letter of complex numbers; None if all real."""
    if zero.letters != frozenset({"z"}) or zero.degree("z") < 2 or not facts.script.named:
        return None
    poly = sp.Poly(as_sympy(zero), symbol("z"))
    if poly.sqf_part().count_roots() == poly.sqf_part().degree():
        return None
    try:
        work = functions.complex_roots(ask, facts)
    except NotCovered:
        return None
    return replace(work, assumptions=("z is a complex number",))


def _elsewhere(relations: Sequence[Relation], ask: Ask, facts: Facts) -> Work:
    """Equations beyond exact polynomials of one letter: by the rules, or as a system."""
    if facts.pending:
        raise NotCovered("equations of several sentences are solved elsewhere")
    context = context_of(facts)
    if len(relations) == 1:
        names = [name for name in letters(relations[0]) if name not in context]
        letter = ask.letter or choose_letter((relations[0],))
        if letter not in names:
            raise InputError(f"{letter} does not occur in the equation", hint="name its letter")
        work = solve_equation(relations[0], letter, context)
        given = len(names) > 1 and not ask.letter
        told = (f"solved for {letter}; the other letters are given",) if given else ()
        return replace(work, assumptions=(*told, *work.assumptions))
    return systems.solve_system(relations, (ask.letter,) if ask.letter else (), context)


def _solve_for(letter: str, zeros: list[Polynomial], ask: Ask, facts: Facts) -> Work:
    every = [*facts.pending, *zeros]
    if not any(letter in zero.letters for zero in every):
        raise NotCovered(f"nothing is said about {letter}")
    solved = solve_linear(every)
    if letter in solved:
        return _linear(letter, solved, every, ask, facts)
    values = {name: Polynomial.constant(value) for name, value in solved.items()}
    open_zeros = [zero.replaced(values) for zero in every]
    only = frozenset({letter})
    alone = [zero for zero in open_zeros if zero.letters == only]
    if len(alone) != 1 or any(zero.letters - only for zero in open_zeros):
        raise NotCovered("these equations are solved elsewhere")
    return _roots(letter, alone[0], facts)


def _roots_pick(ask: Ask, facts: Facts) -> Work:
    """One of the real roots, or their sum, product or number."""
    (tree,) = ask.formulas
    try:
        zero = facts.zero(tree) if isinstance(tree, Relation) else facts.polynomial(tree)
    except NotCovered:
        if not isinstance(tree, Relation):
            raise
        return _picked(ask, _elsewhere([tree], ask, facts))
    letter = ask.letter or _only_letter(zero)
    found = polynomial_roots(sp.Poly(as_sympy(zero), symbol(letter)), [])
    word = ask.words[0].lower()
    if not found.complete or not found.roots:
        raise NotCovered("not every real root was found, or there is none")
    everything = len(found.roots) == zero.degree(letter)
    if word in {"sum", "product"} and not (everything or "real" in ask.source.lower()):
        raise NotCovered("repeated or complex roots: which are meant is not said")
    ordered = sorted(found.roots, key=lambda root: root.evalf(40))
    picked = {"largest": -1, "greatest": -1, "greater": -1, "larger": -1}
    if word == "number":
        value = sp.Integer(len(ordered))
    elif word in {"sum", "product"}:
        value = (sp.Add if word == "sum" else sp.Mul)(*ordered)
        value = sp.radsimp(sp.expand(value))
    elif word in {"positive", "negative"}:
        of_sign = [r for r in ordered if (r.is_positive if word == "positive" else r.is_negative)]
        if len(of_sign) != 1:
            raise NotCovered(f"there is not one {word} root")
        value = of_sign[0]
    else:
        value = ordered[picked.get(word, 0)]
    shown = ", ".join(plain(root) for root in ordered)
    return value_work("real roots", ask.source, value, f"the roots {shown}; {found.reason}")


def _picked(ask: Ask, solved: Work) -> Work:
    """One of the solutions that the rules of equations found, or their sum, product or number."""
    proved = bool(solved.checks) and solved.checks[0].verdict is Verdict.PROVED
    if solved.conditions or not proved or "integer" in solved.answer or " = " not in solved.answer:
        raise NotCovered("not every solution is known")
    roots = [build(parse(part.partition(" = ")[2])) for part in solved.answer.split(" or ")]
    ordered = sorted(roots, key=lambda root: root.evalf(40))
    word = ask.words[0].lower()
    if word in {"positive", "negative"}:
        ordered = [r for r in ordered if (r.is_positive if word == "positive" else r.is_negative)]
        if len(ordered) != 1:
            raise NotCovered(f"there is not one {word} solution")
    total = {"sum": sp.Add, "product": sp.Mul}.get(word)
    last = word in {"largest", "greatest", "greater", "larger"}
    value = total(*ordered) if total else ordered[-1 if last else 0]
    if word == "number":
        value = sp.Integer(len(ordered))
    value = sp.radsimp(sp.expand(value))
    return replace(value_work("solutions", ask.source, value, f"of {solved.answer}"),
                   steps=solved.steps)  # fmt: skip


def _linear(
    letter: str, solved: dict[str, Fraction], zeros: list[Polynomial], ask: Ask, facts: Facts
) -> Work:
    values = {name: Polynomial.constant(value) for name, value in solved.items()}
    back = [zero.replaced(values) for zero in zeros]
    if any(zero.value for zero in back):
        raise InputError("the equations contradict each other", hint="check them")
    value = number_text(solved[letter], facts)
    answer = f"{letter} = {value}" if facts.script.named else value
    shown = ", ".join(f"{name} = {v}" for name, v in solved.items())
    detail = f"elimination: {shown}; put back, the equations hold; the letter has no other value"
    return done("solve the linear equations", ask.source, answer, detail)


def _roots(letter: str, zero: Polynomial, facts: Facts) -> Work:
    steps: list[SolutionStep] = []
    unknown = symbol(letter)
    found = polynomial_roots(sp.Poly(as_sympy(zero), unknown), steps)
    zeroed = all(sp.expand(as_sympy(zero).subs(unknown, r)) == 0 for r in found.roots)
    proved = found.complete and zeroed
    if facts.script.named:
        answer = " or ".join(root_text(letter, root) for root in found.roots)
    else:
        answer = ", ".join(plain(root) for root in found.roots)
    answer = answer or ("no real solution" if proved else "")
    check = Check(
        by="substitution and completeness",
        verdict=Verdict.PROVED if proved else Verdict.UNKNOWN,
        detail=f"every root was substituted; none is missing: {found.reason}",
        sufficient=True,
    )
    return Work(
        answer=answer,
        checks=(check,),
        steps=tuple(steps),
        assumptions=(f"{letter} is a real number",),
        remarks=found.extra,
    )


def _count(ask: Ask, facts: Facts) -> Work:
    """Count numbers of a kind; what the first reader does not understand, the second may."""
    try:
        return enumeration.count(ask, facts)
    except NotCovered:
        return number_search.search(ask, facts)


GOALS: Mapping[str, Goal] = {
    **analytic.GOALS,
    **arithmetic_topics.GOALS,
    **chances.GOALS,
    **counting.GOALS,
    **curves.GOALS,
    **data.GOALS,
    **everyday.GOALS,
    **figures.GOALS,
    **functions.GOALS,
    **integer_goals.GOALS,
    **matrices.GOALS,
    **number_goals.GOALS,
    **plane_curves.GOALS,
    **polynomial_topics.GOALS,
    **school.GOALS,
    **shown.GOALS,
    "differential equation": differential_equations.solve_equation,
    "solve between": bounded.solve_between,
    "inequalities": _inequalities,
    "bigger": _bigger,
    "roots pick": _roots_pick,
    "zeros": _zeros,
    "count": _count,
    "search": number_search.search,
    "integral": _integral,
    "limit": _limit,
    "value": _value,
    "expand": _expand,
    "derivative": _derivative,
    "coefficient": _coefficient,
    "factor": _factor,
    "simplify": _simplify,
    "solve": _solve,
}
"""The requests that may use what the statements establish."""
