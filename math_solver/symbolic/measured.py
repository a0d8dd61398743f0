"""Measures of a figure: its formulas solved for what is asked, one unknown after the other."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sympy as sp

from assistants.answer import Check, Verdict
from assistants.errors import InputError
from math_solver.measuring.figure import Figure
from math_solver.reading import Relation
from math_solver.reading.parser import parse
from math_solver.solution import SolutionStep, Work
from math_solver.topics.scope import NotCovered

from . import Expression
from .build import build
from .equivalence import prove_zero
from .integrals import numeric_text
from .plain import plain

_NONE = "no such figure"
_MOST = 4


@dataclass(slots=True)
class _Solving:
    """The equations that are left, and the measures that are known."""

    left: list[tuple[str, Expression]]
    known: dict[Expression, Expression] = field(default_factory=dict[Expression, Expression])
    sources: dict[Expression, str] = field(default_factory=dict[Expression, str])

    def use(self, letter: Expression, value: Expression, source: str) -> None:
        """Write down a measure and put it into what is left."""
        self.known[letter] = value
        self.sources[letter] = source
        self.left = [(text, sp.expand(one.subs(letter, value))) for text, one in self.left]

    def steps_to(self, wanted: Sequence[Expression]) -> tuple[SolutionStep, ...]:
        """Return the steps that what is wanted rests on; what is given is no step."""
        needed = {letter.name for letter in wanted}
        for letter in reversed(self.known):
            if letter.name in needed:
                needed |= set(
                    re.findall(r"(?<![A-Za-z])[A-Za-z](?![A-Za-z])", self.sources[letter])
                )
        steps = [
            SolutionStep(
                rule="formula",
                before=self.sources[letter],
                after=f"{letter.name} = {plain(value)}",
                verdict=Verdict.PROVED,
                check="the only positive value",
            )
            for letter, value in self.known.items()
            if letter.name in needed
        ]
        return tuple(step for step in steps if step.before != step.after)


def carry_out_figure(figure: Figure) -> Work:
    """Solve for the measures that are asked for.

    Raises `InputError` where no figure has these measures, `NotCovered` where they do not
    determine what is asked for.
    """
    symbols = {letter: sp.Symbol(letter, positive=True) for letter in figure.letters}
    equations = [_equation(text, symbols) for text in (*figure.facts, *figure.formulas)]
    solving = _Solving(left=list(equations))
    wanted = [symbols[letter] for letter in figure.asked]
    while not all(one in solving.known for one in wanted):
        if not (_one_unknown(solving) or _two_unknowns(solving) or _together(solving)):
            raise NotCovered("what is given does not settle what is asked for")
    steps = solving.steps_to(wanted)
    while _one_unknown(solving):
        pass  # what is left must hold as well
    _refuse_impossible(solving)
    return _work(solving, steps, equations, wanted)


def _equation(text: str, symbols: Mapping[str, Expression]) -> tuple[str, Expression]:
    tree = parse(text)
    if not isinstance(tree, Relation) or tree.operator != "=":
        raise InputError("a figure is told by equations")
    return text, build(tree.left, symbols) - build(tree.right, symbols)


def _one_unknown(solving: _Solving) -> bool:
    """Solve the first equation that holds one unknown."""
    for text, equation in solving.left:
        if len(equation.free_symbols) == 1:
            (letter,) = equation.free_symbols
            solving.use(letter, _positive(sp.solve(equation, letter)), text)
            return True
    return False


def _positive(found: Sequence[Expression]) -> Expression:
    """Return the one positive solution; there may be none, or none that is certain."""
    positive = [one for one in map(sp.simplify, found) if one.is_positive]
    if len(positive) != 1:
        raise InputError(_NONE, hint="check the measures")
    return positive[0]


def _two_unknowns(solving: _Solving) -> bool:
    """Solve two equations in the same two unknowns."""
    pairs = [(text, one) for text, one in solving.left if len(one.free_symbols) == 2]
    for index, (text, one) in enumerate(pairs):
        for other_text, other in pairs[index + 1 :]:
            letters = sorted(one.free_symbols, key=lambda s: s.name)
            if other.free_symbols != one.free_symbols:
                continue
            found = sp.solve([one, other], letters, dict=True)
            whole = [
                s for s in found if all(s.get(x) is not None and s[x].is_positive for x in letters)
            ]
            if not whole:
                raise InputError(_NONE, hint="check the measures")
            chosen = _alike(whole, letters)
            for letter in letters:
                solving.use(letter, chosen[letter], f"{text} and {other_text}")
            return True
    return False


def _together(solving: _Solving) -> bool:
    """Solve all equations that are left at once, where there is one for each unknown."""
    rest = [(text, one) for text, one in solving.left if one.free_symbols]
    letters = sorted({s for _, one in rest for s in one.free_symbols}, key=lambda s: s.name)
    if len(letters) != len(rest) or len(letters) > _MOST:
        return False
    found = sp.solve([one for _, one in rest], letters, dict=True)
    whole = [s for s in found if all(x in s and s[x].is_positive for x in letters)]
    if len(whole) != 1:
        raise InputError(_NONE, hint="check the measures")
    for letter in letters:
        solving.use(letter, whole[0][letter], "; ".join(text for text, _ in rest))
    return True


def _alike(
    found: Sequence[Mapping[Expression, Expression]], letters: Sequence[Expression]
) -> Mapping[Expression, Expression]:
    """Return the one solution; of two that only exchange the measures, the larger first."""
    if len(found) == 1:
        return found[0]
    values = [[one[x] for x in letters] for one in found]
    if len(found) == 2 and values[0] == values[1][::-1]:
        return max(found, key=lambda one: float(one[letters[0]]))
    raise NotCovered("more than one figure has these measures")


def _refuse_impossible(solving: _Solving) -> None:
    for text, equation in solving.left:
        if not equation.free_symbols and not prove_zero(equation):
            raise InputError(f"{_NONE}: {text} does not hold", hint="check the measures")


def _work(
    solving: _Solving,
    steps: tuple[SolutionStep, ...],
    equations: Sequence[tuple[str, Expression]],
    wanted: Sequence[Expression],
) -> Work:
    """Put everything back into the formulas that have values throughout."""
    put = [(text, one.subs(solving.known)) for text, one in equations]
    decided = [(text, one) for text, one in put if not one.free_symbols]
    holds = bool(decided) and all(prove_zero(one) for _, one in decided)
    check = Check(
        by="substitution into the formulas",
        verdict=Verdict.PROVED if holds else Verdict.UNKNOWN,
        detail=f"holds in {'; '.join(text for text, _ in decided)}",
        sufficient=True,
    )
    values = [solving.known[one] for one in wanted]
    rough = [numeric_text(value) for value in values if not value.is_Rational]
    return Work(
        answer=", ".join(plain(value) for value in values),
        checks=(check,),
        steps=steps,
        remarks=tuple(f"Approximately {text}" for text in rough if text),
    )
