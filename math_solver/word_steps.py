"""How a plan of quantities is told: let-lines, equations, computation, back-substitution."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from assistants.answer import Verdict

from .plan import Equation, Finish, Let, Plan, Unknown, Where, spaced
from .quantities import Outcome, evaluate
from .reading import Binary, Name, Negate, Number, Question, Tree, spell
from .solution import SolutionStep

EXACT = "exact fractions"


def number_text(value: Fraction, question: Question) -> str:
    """Write a number exactly; as a decimal where the question is in decimals and it ends."""
    if value.denominator == 1:
        return str(value.numerator)
    written = "".join(question.number_texts) + "".join(question.formulas)
    if "." in written or "$" in question.masked:
        decimal = terminating(value)
        if decimal is not None:
            return decimal
    return str(value)


def terminating(value: Fraction) -> str | None:
    """Return the decimal form of a fraction if it ends within 30 places."""
    rest, places = value.denominator, 0
    while rest % 10 == 0:
        rest, places = rest // 10, places + 1
    for prime in (2, 5):
        while rest % prime == 0:
            rest, places = rest // prime, places + 1
    if rest != 1 or places > 30:
        return None
    units = abs(value.numerator) * 10**places // value.denominator
    digits = str(units).rjust(places + 1, "0")
    shown = f"{digits[:-places]}.{digits[-places:].rstrip('0')}" if places else digits
    return f"-{shown}" if value < 0 else shown.rstrip(".")


def filled(tree: Tree, values: Mapping[str, Fraction], keep: frozenset[str] = frozenset()) -> Tree:
    """Put numbers in the place of names, apart from those to keep."""
    match tree:
        case Name() if tree.name in values and tree.name not in keep:
            return Number(value=values[tree.name])
        case Negate():
            return Negate(operand=filled(tree.operand, values, keep))
        case Binary():
            return Binary(
                operator=tree.operator,
                left=filled(tree.left, values, keep),
                right=filled(tree.right, values, keep),
            )
        case _:
            return tree


def reading_lines(plan: Plan, question: Question) -> Iterator[str]:
    """Tell the reading of a word problem: what each letter is and what is asked for."""
    for line in plan.lines:
        match line:
            case Let():
                yield f"let {line.name} = {question.unmasked(spaced(line.value))}"
            case Unknown():
                yield f"let {line.name} be {question.unmasked(line.meaning) or 'unknown'}"
            case Equation():
                left, right = spaced(line.left), spaced(line.right)
                yield f"where {question.unmasked(left)} = {question.unmasked(right)}"
            case Where():
                yield f"where {line.words()}"
            case Finish():
                yield f"asked for: {question.unmasked(', '.join(map(spaced, line.values)))}"
            case _:
                yield question.unmasked(line.text())


def word_steps(plan: Plan, outcome: Outcome) -> tuple[SolutionStep, ...]:
    """Return the steps of a plan of quantities with its numbers put in."""
    unknowns = [line.name for line in plan.lines if isinstance(line, Unknown)]
    keep = frozenset(unknowns)
    steps: list[SolutionStep] = []
    equations: list[Equation] = []
    for line in plan.lines:
        match line:
            case Let():
                steps.append(_computed(line.name, line.value, outcome, keep))
            case Equation():
                equations.append(line)
            case Finish():
                if equations:
                    steps += _solved(equations, unknowns, outcome, keep)
                steps += [_computed("answer", v, outcome, frozenset()) for v in line.values]
            case _:
                pass
    return tuple(steps)


def _computed(name: str, tree: Tree, outcome: Outcome, keep: frozenset[str]) -> SolutionStep:
    value = evaluate(tree, outcome.values)
    return SolutionStep(
        rule="compute",
        before=spell(filled(tree, outcome.values, keep)),
        after=f"{name} = {value}",
        reason=f"{name} = {spaced(tree)}",
        verdict=Verdict.PROVED,
        check=EXACT,
    )


def _solved(
    equations: list[Equation], unknowns: list[str], outcome: Outcome, keep: frozenset[str]
) -> Iterator[SolutionStep]:
    written = [
        f"{spell(filled(e.left, outcome.values, keep))} = "
        f"{spell(filled(e.right, outcome.values, keep))}"
        for e in equations
    ]
    solution = ", ".join(f"{name} = {outcome.values[name]}" for name in unknowns)
    yield SolutionStep(
        rule="solve the equations",
        before="; ".join(written),
        after=solution,
        reason="elimination of one unknown after the other",
        verdict=Verdict.PROVED,
        check="one of the solutions; the answer names all"
        if outcome.others
        else "no other solution satisfies what is said",
    )
    holds = all(
        evaluate(e.left, outcome.values) == evaluate(e.right, outcome.values) for e in equations
    )
    yield SolutionStep(
        rule="check by substitution",
        before=solution,
        after="every equation holds" if holds else "an equation does not hold",
        reason="put back into the equations",
        verdict=Verdict.PROVED if holds else Verdict.REFUTED,
        check=EXACT,
    )
