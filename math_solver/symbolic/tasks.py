"""Carrying out a formal plan: givens first, then the task, by a table of tasks."""

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

import sympy as sp

from assistants.answer import Check, Verdict
from assistants.errors import InputError
from math_solver.plan import Given, Let, Plan, Task
from math_solver.reading import Call, Name, Number, Question, Relation, Tree, letters, spell
from math_solver.reading.parser import parse, read_formula
from math_solver.solution import Work

from . import (
    Expression,
    data,
    derivatives,
    inequalities,
    integrals,
    limits,
    rewriting,
    systems,
    whole_numbers,
)
from .build import build, fraction_of, symbol
from .calculus_values import with_values
from .enclosure import rational_value
from .equations import PREFERRED, check_root, choose_letter, solve_equation
from .equivalence import compare_expressions
from .isolate import solve_zero
from .plain import tree_of

_DEFINITION = re.compile(r"^\s*([A-Za-z])\s*\(\s*([A-Za-z])\s*\)\s*=(?!=)\s*(.+)$", re.DOTALL)


class Session:
    """What is known while one plan is carried out: formulas, values, defined functions."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.context: dict[str, Expression] = {}
        self.functions: set[str] = set()
        self.assumptions: list[str] = []
        self.pending: list[Relation] = []
        """Equations that hold but fix no single value yet."""

    def formula(self, name: str) -> Tree:
        """Return the tree of E-, N- or letter operand."""
        if re.fullmatch(r"N\d+", name):
            return Number(value=self.question.numbers[int(name[1:])])
        if not re.fullmatch(r"E\d+", name):
            return parse(name)
        source = self.question.formulas[int(name[1:])]
        reading = read_formula(source, functions=frozenset(self.functions))
        self.assumptions.extend(reading.assumptions)
        return reading.tree

    def relation(self, name: str) -> Relation:
        """Return an operand as an equation; an expression is set equal to zero."""
        tree = self.formula(name)
        if isinstance(tree, Relation):
            return tree
        self.assumptions.append("the expression is set equal to 0")
        return Relation(operator="=", left=tree, right=Number(value=Fraction(0)))

    def number(self, name: str) -> Fraction:
        """Return an operand as an exact rational. Raises `InputError`."""
        tree = self.formula(name)
        exact = rational_value(tree) if not self.context else None
        if exact is None and not isinstance(tree, Relation):
            exact = fraction_of(sp.nsimplify(build(tree, self.context)))
        if exact is None:
            raise InputError(f"{self.question.unmasked(name)} is no number", hint="give a number")
        return exact

    def check_known(self, tree: Tree) -> None:
        """Raise `InputError` for letters that were spoken of and are not determined."""
        open_letters = {name for relation in self.pending for name in letters(relation)}
        for name in letters(tree):
            if name in open_letters and name not in self.context:
                raise InputError(f"what is given does not fix one value of {name}")

    def numbers(self, names: Sequence[str]) -> tuple[Fraction, ...]:
        """Return operands as exact rationals."""
        return tuple(self.number(name) for name in names)

    def define(self, name: str) -> Relation | None:
        """Take a definition such as f(x) = x + 1 into account; other formulas are returned."""
        source = self.question.formulas[int(name[1:])]
        found = _DEFINITION.match(source)
        if found is None or found.group(1) in self.functions:
            return self.relation(name)
        function, letter, body = found.groups()
        tree = read_formula(body, functions=frozenset(self.functions)).tree
        inside = {k: v for k, v in self.context.items() if k != letter}
        self.context[function] = sp.Lambda(symbol(letter), build(tree, inside))
        self.functions.add(function)
        return None


def carry_out_task(plan: Plan, question: Question) -> Work:
    """Carry out a plan that ends with a formal task. Raises `InputError` for what it cannot do."""
    session = Session(question)
    for line in plan.lines[:-1]:
        match line:
            case Given():
                _give(session, line.formulas)
            case Let():
                known = {f"N{i}": sp.Rational(str(n)) for i, n in enumerate(question.numbers)}
                known |= {
                    name: build(session.formula(name), session.context)
                    for name in (f"E{i}" for i in range(len(question.formulas)))
                    if isinstance(line.value, Name) and line.value.name == name
                }
                session.context[line.name] = build(line.value, {**known, **session.context})
            case _:
                raise InputError("this plan mixes quantities and a formal task")
    task = plan.goal
    if not isinstance(task, Task):
        raise InputError("this plan ends with quantities, not with a task")
    work = TASKS[task.verb](task, session)
    return replace(
        work, assumptions=tuple(dict.fromkeys((*session.assumptions, *work.assumptions)))
    )


def _give(session: Session, names: Sequence[str]) -> None:
    """Definitions are kept; equations are solved, and their letters become known."""
    relations = [r for r in map(session.define, names) if r is not None]
    if not relations:
        return
    if any(relation.operator != "=" for relation in relations):
        raise InputError("what is given must be equations", hint="write it with =")
    values = _determined([_substituted(relation, session) for relation in relations])
    if values is None:
        session.pending.extend(relations)
    else:
        session.context.update(values)


def _determined(relations: Sequence[Relation]) -> dict[str, Expression] | None:
    """Return the one value of each letter, where equations provably fix it."""
    names = systems.system_letters(relations)
    unknowns = [symbol(name) for name in names]
    zeros = [sp.fraction(sp.together(build(r.left) - build(r.right)))[0] for r in relations]
    if not names:
        if any(zero != 0 for zero in zeros):
            raise InputError("what is given contradicts itself", hint="check the equations")
        return {}
    linear = all(z.is_polynomial(*unknowns) for z in zeros) and all(
        sp.Poly(z, *unknowns).total_degree() <= 1 for z in zeros
    )
    if linear:
        found = sp.solve(zeros, unknowns, dict=True)
        if len(found) == 1 and len(found[0]) == len(unknowns):
            return {str(key): value for key, value in found[0].items()}
        return None
    if len(names) == 1 and len(relations) == 1:
        roots = solve_zero(zeros[0], unknowns[0], [])
        kept = [r for r in roots.roots if check_root(relations[0], names[0], r) is Verdict.PROVED]
        if roots.complete and len(kept) == len(roots.roots) == 1:
            return {names[0]: kept[0]}
    return None


# --- the tasks


def _solve(task: Task, session: Session) -> Work:
    relations = [session.relation(name) for name in task.operands]
    wanted = task.clause("for")
    relations = [_substituted(relation, session) for relation in relations]
    names = systems.system_letters(relations)
    if not names:
        return _verify_relation(relations[0], session)
    if any(relation.operator != "=" for relation in relations):
        if len(relations) > 1 or len(names) > 1 or relations[0].operator == "!=":
            raise InputError("only one inequality in one letter is solved here")
        return inequalities.solve_inequality(relations[0], names[0])
    if len(relations) == 1 and (len(names) == 1 or len(wanted) <= 1):
        letter = wanted[0] if wanted else choose_letter((relations[0],))
        if letter not in names:
            raise InputError(f"{letter} does not occur in the equation", hint="name its letter")
        if len(names) > 1 and not wanted:
            session.assumptions.append(f"solved for {letter}; the other letters are given")
        return solve_equation(relations[0], letter)
    return systems.solve_system(relations, wanted)


def _substituted(relation: Relation, session: Session) -> Relation:
    if not session.context:
        return relation
    return Relation(
        operator=relation.operator,
        left=tree_of(build(relation.left, session.context)),
        right=tree_of(build(relation.right, session.context)),
    )


def _rewrite(task: Task, session: Session) -> Work:
    tree = session.formula(task.operands[0])
    for name in task.clause("where"):
        given = session.formula(name)
        if not (isinstance(given, Relation) and isinstance(given.left, Name)):
            raise InputError("a value is given as in x = 2", hint="write the letter on the left")
        session.context[given.left.name] = build(given.right, session.context)
    if isinstance(tree, Relation):
        return _relation_task(task, tree, session)
    if not isinstance(tree, Name):
        session.check_known(tree)
    if isinstance(tree, Name) and tree.name not in session.context:
        return _solve_pending(tree.name, session)
    if isinstance(tree, Call) and tree.function in OPERATORS:
        return OPERATORS[tree.function](tree, session)
    return rewriting.REWRITES[task.verb](tree, session.context)


def _solve_pending(letter: str, session: Session) -> Work:
    """A bare letter was asked for: the equations that were given say what it is."""
    relations = [_substituted(relation, session) for relation in session.pending]
    if not any(letter in letters(relation) for relation in relations):
        raise InputError(f"nothing is said about {letter}", hint="give an equation for it")
    if len(relations) == 1 and letters(relations[0]) == (letter,):
        return solve_equation(relations[0], letter)
    return systems.solve_system(relations, (letter,))


def _relation_task(task: Task, tree: Relation, session: Session) -> Work:
    """An equation where an expression was asked for: solve it, or tell whether it is true."""
    if task.verb != "evaluate":
        raise InputError("an equation stands where an expression is needed", hint="use solve")
    if letters(tree):
        return _solve(Task(verb="solve", operands=task.operands), session)
    return _verify_relation(tree, session)


def _diff_operator(call: Call, session: Session) -> Work:
    variable, order = call.arguments[1], rational_value(call.arguments[2])
    if not isinstance(variable, Name) or order is None:
        raise InputError("a derivative needs a letter and an order")
    return derivatives.differentiate(
        call.arguments[0], variable.name, _order(order), session.context
    )


def _order(value: Fraction) -> int:
    if value.denominator != 1 or not 1 <= value <= 20:
        raise InputError(f"a derivative of order {value}", hint="orders from 1 to 20 exist here")
    return int(value)


def _integral_operator(call: Call, session: Session) -> Work:
    variable = call.arguments[1]
    if not isinstance(variable, Name):
        raise InputError("an integral needs a letter")
    if len(call.arguments) == 4:
        low, high = call.arguments[2:]
        body = with_values(call.arguments[0])  # an iterated integral: the inner one first
        return integrals.integrate_between(body, variable.name, low, high, session.context)
    return integrals.integrate(call.arguments[0], variable.name, session.context)


def _limit_operator(call: Call, session: Session) -> Work:
    variable = call.arguments[1]
    if not isinstance(variable, Name):
        raise InputError("a limit needs a letter")
    return limits.limit(call.arguments[0], variable.name, call.arguments[2], session.context)


def _sum_operator(call: Call, session: Session) -> Work:
    body, low, high = (build(call.arguments[i], session.context) for i in (0, 2, 3))
    variable = call.arguments[1]
    if not isinstance(variable, Name):
        raise InputError("a sum needs the letter that counts")
    return data.sum_of(spell(call), body, symbol(variable.name), low, high)


OPERATORS: dict[str, Callable[[Call, Session], Work]] = {
    "sum": _sum_operator,
    "diff": _diff_operator,
    "integrate": _integral_operator,
    "limit": _limit_operator,
}


def _letter(task: Task, session: Session, tree: Tree) -> str:
    """The letter of a derivative or integral: the one named, else the usual one."""
    if task.clause("wrt"):
        return task.clause("wrt")[0]
    names = [name for name in letters(tree) if name not in session.context]
    if not names:
        return "x"
    chosen = min(names, key=lambda name: PREFERRED.find(name) % 100)
    if len(names) > 1:
        session.assumptions.append(f"{chosen} is the variable; the other letters are constants")
    return chosen


def _expression(name: str, session: Session) -> Tree:
    """An operand as an expression; of y = x^2 or f(x) = x^2 the right side."""
    if name.startswith("E"):
        definition = _DEFINITION.match(session.question.formulas[int(name[1:])])
        if definition:
            return parse(definition.group(3))
    tree = session.formula(name)
    if isinstance(tree, Relation):
        if isinstance(tree.left, Name) and tree.operator == "=":
            session.assumptions.append(f"{tree.left.name} stands for the right side")
            return tree.right
        raise InputError("an equation stands where an expression is needed")
    return tree


def _differentiate(task: Task, session: Session) -> Work:
    tree = _expression(task.operands[0], session)
    order = int(task.clause("order")[0]) if task.clause("order") else 1
    return derivatives.differentiate(tree, _letter(task, session, tree), order, session.context)


def _integrate(task: Task, session: Session) -> Work:
    tree = _expression(task.operands[0], session)
    letter = _letter(task, session, tree)
    if not task.clause("from"):
        return integrals.integrate(tree, letter, session.context)
    low, high = (_bound(task.clause(name)[0], session) for name in ("from", "to"))
    return integrals.integrate_between(tree, letter, low, high, session.context)


def _bound(name: str, session: Session) -> Tree:
    if name.startswith("-") and re.fullmatch(r"-[NE]\d+", name):
        return parse(f"-({spell(session.formula(name[1:]))})")
    return session.formula(name)


def _limit(task: Task, session: Session) -> Work:
    tree = _expression(task.operands[0], session)
    if task.clause("as"):
        source = session.question.formulas[int(task.clause("as")[0][1:])]
        found = re.fullmatch(r"\s*([A-Za-z])\s*(?:->|→|\\to|\\rightarrow)\s*(.+)", source)
        if not found:
            raise InputError("write the limit as in x -> 0", hint="x -> 0, or x -> infinity")
        return limits.limit(tree, found.group(1), parse(found.group(2)), session.context)
    if not task.clause("to"):
        raise InputError("where to is not said", hint="write: limit of … as x approaches 0")
    target = _bound(task.clause("to")[0], session)
    return limits.limit(tree, _letter(task, session, tree), target, session.context)


def _numbers(task: Task, session: Session) -> Work:
    return whole_numbers.TASKS[task.verb](session.numbers(task.operands))


def _round(task: Task, session: Session) -> Work:
    places = task.clause("places")
    count = session.number(places[0]) if places else Fraction(0)
    if count.denominator != 1 or not 0 <= count <= 50:
        raise InputError("the number of decimals is from 0 to 50", hint="check it")
    return whole_numbers.rounded(session.numbers(task.operands), int(count))


def _labels(task: Task, session: Session) -> list[str]:
    return [session.question.unmasked(name) for name in task.operands]


def _named_values(task: Task, session: Session, work: Work) -> Work:
    """Tell the values of letters that stand in the answer."""
    values = zip(_labels(task, session), session.numbers(task.operands), strict=True)
    told = tuple(f"{label} = {value}" for label, value in values if label.isalpha())
    return replace(work, remarks=told)


def _sort(task: Task, session: Session) -> Work:
    down = task.clause("order") == ("down",)
    values = session.numbers(task.operands)
    work = whole_numbers.ordered(values, _labels(task, session), descending=down)
    return _named_values(task, session, work)


def _extreme(task: Task, session: Session) -> Work:
    values, labels = session.numbers(task.operands), _labels(task, session)
    work = whole_numbers.extreme(values, labels, largest=task.verb == "largest")
    return _named_values(task, session, work)


def _root(task: Task, session: Session) -> Work:
    order = task.clause("order")
    degree = int(order[0]) if order and order[0].isdigit() else 2
    return whole_numbers.root(session.numbers(task.operands), max(degree, 2))


def _verify(task: Task, session: Session) -> Work:
    if len(task.operands) == 1:
        tree = session.formula(task.operands[0])
        if not isinstance(tree, Relation):
            raise InputError("there is nothing to compare", hint="write an equation, such as a = b")
        return _verify_relation(tree, session)
    left, right = (session.formula(name) for name in task.operands)
    return _verify_relation(Relation(operator="=", left=left, right=right), session)


def _verify_relation(relation: Relation, session: Session) -> Work:
    """Tell whether an equation holds for all values; the claim is the answer that is checked."""
    if relation.operator != "=":
        return _verify_order(relation, session)
    finding = compare_expressions(relation.left, relation.right, session.context)
    answers = {Verdict.PROVED: "True", Verdict.REFUTED: "False", Verdict.UNKNOWN: ""}
    answer = answers[finding.verdict]
    check = finding.check()
    if finding.verdict is Verdict.REFUTED:
        check = Check(by=check.by, verdict=Verdict.PROVED, detail=check.detail, sufficient=True)
    return Work(answer=answer, checks=(check,), conditions=finding.conditions)


def _verify_order(relation: Relation, session: Session) -> Work:
    """Tell whether an inequality between two exact numbers is true."""
    sides = [fraction_of(build(side, session.context)) for side in (relation.left, relation.right)]
    if sides[0] is None or sides[1] is None:
        raise InputError("only inequalities between numbers are decided", hint="give numbers")
    holds = COMPARISONS[relation.operator](sides[0], sides[1])
    detail = f"{sides[0]} and {sides[1]} were compared exactly"
    check = Check(by="exact arithmetic", verdict=Verdict.PROVED, detail=detail, sufficient=True)
    return Work(answer=str(holds), checks=(check,))


COMPARISONS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "!=": operator.ne,
}

TASKS: dict[str, Callable[[Task, Session], Work]] = {
    "solve": _solve,
    "simplify": _rewrite,
    "expand": _rewrite,
    "factor": _rewrite,
    "evaluate": _rewrite,
    "differentiate": _differentiate,
    "integrate": _integrate,
    "limit": _limit,
    "round": _round,
    "sort": _sort,
    "largest": _extreme,
    "smallest": _extreme,
    "root": _root,
    "verify": _verify,
    **dict.fromkeys(whole_numbers.TASKS, _numbers),
}
"""The tasks of the plan language."""
