"""What a chain of statements establishes: values of letters and functions, step by step."""

from collections.abc import Sequence
from fractions import Fraction

from assistants.answer import Verdict
from assistants.errors import InputError
from math_solver.reading import Relation, Tree, letters, spell
from math_solver.reading.statements import Ask, Definition, Fact, Script
from math_solver.solution import SolutionStep

from .polynomial import Function, NotPolynomial, Polynomial, Scope, polynomial_of, text_of

MAX_UNKNOWNS = 12
MAX_PRIMES = 3
"""How many primes a function may carry: f, f', f'', f'''."""


class NotCovered(InputError):
    """A chain that these methods do not carry out; another part of the solver may."""


class Facts:
    """What is known so far. Statements are taken in one by one."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.values: dict[str, Polynomial] = {}
        self.functions: dict[str, Function] = {}
        self.formulas: dict[str, Definition] = {}
        """Definitions that are no polynomials; only a symbolic engine reads them."""
        self.pending: list[Polynomial] = []
        """Polynomials that are zero, and fix no single value yet."""
        self.steps: list[SolutionStep] = []

    @property
    def scope(self) -> Scope:
        """The definitions, for reading formulas with."""
        return Scope(values=self.values, functions=self.functions)

    def polynomial(self, tree: Tree) -> Polynomial:
        """Return a formula's normal form. Raises `NotCovered`."""
        self.check_plain(tree, ())
        try:
            return polynomial_of(tree, self.scope)
        except NotPolynomial as error:
            raise NotCovered(str(error)) from error

    def check_plain(self, tree: Tree, own: Sequence[str]) -> None:
        """Raise `NotCovered` where a letter stands for something that is no polynomial."""
        if self.formulas.keys() & set(letters(tree)) - set(own):
            raise NotCovered("a letter stands for something that is no polynomial")

    def number(self, tree: Tree) -> Fraction:
        """Return a formula's value. Raises `NotCovered` where it has none yet."""
        value = self.polynomial(tree).value
        if value is None:
            raise NotCovered("a letter has no value")
        return value

    def numbers(self, ask: Ask) -> list[Fraction]:
        """Return the values of all formulas of the request."""
        return [self.number(tree) for tree in ask.formulas]

    def take(self, statement: Definition | Fact) -> None:
        """Take one statement into account."""
        if isinstance(statement, Fact):
            self.add([self.zero(relation) for relation in statement.relations], statement.source)
        elif statement.letters:
            self.define(statement)
        elif statement.name in self.values:
            known = self.values[statement.name]
            self.add([known - self.polynomial(statement.body)], statement.source)
        else:
            self.let(statement)

    def zero(self, relation: Relation) -> Polynomial:
        """Return the difference of the two sides."""
        return self.polynomial(relation.left) - self.polynomial(relation.right)

    def define(self, statement: Definition) -> None:
        """Take the definition of a function; its own letters hide others of that name."""
        hidden = {k: v for k, v in self.values.items() if k not in statement.letters}
        if self.formulas.keys() & set(letters(statement.body)) - set(statement.letters):
            self.keep(statement)
            return
        scope = Scope(values=hidden, functions=self.functions)
        try:
            body = polynomial_of(statement.body, scope)
        except NotPolynomial:
            self.keep(statement)
            return
        for _ in range(statement.order):
            body = body.derivative(statement.letters[0])
        for primes in range(MAX_PRIMES + 1):
            name, first = statement.name + "'" * primes, statement.letters[0]
            self.functions[name] = Function(letters=statement.letters, body=body)
            body = body.derivative(first)
        body = self.functions[statement.name].body
        head = f"{statement.name}({', '.join(statement.letters)})"
        rule = "definition" if not statement.order else "power rule, term by term"
        self.step(rule, statement.source, f"{head} = {self.text(body)}", "exact coefficients")

    def keep(self, statement: Definition) -> None:
        """Keep a definition for the symbolic engine."""
        self.formulas[statement.name] = statement
        head = f"{statement.name}({', '.join(statement.letters)})"
        name = head if statement.letters else statement.name
        self.step("definition", statement.source, f"{name} = {spell(statement.body)}", "as read")

    def let(self, statement: Definition) -> None:
        """Take what a letter stands for; where it is spoken of already, that is an equation."""
        try:
            body = self.polynomial(statement.body)
        except NotCovered:
            self.keep(statement)
            return
        if statement.name in body.letters or self.is_open(statement.name):
            self.add([Polynomial.letter(statement.name) - body], statement.source)
            return
        put = {statement.name: body}
        self.values = {name: value.replaced(put) for name, value in self.values.items()} | put
        shown = f"{statement.name} = {self.text(body)}"
        self.step("compute", statement.source, shown, "exact fractions")

    def add(self, zeros: Sequence[Polynomial], source: str) -> None:
        """Add equations, and find the letters that they fix together with the open ones."""
        self.pending += [zero.replaced(self.values) for zero in zeros]
        if any(zero.value for zero in self.pending):
            raise InputError("the equations contradict each other", hint="check them")
        solved = solve_linear(self.pending)
        if not solved:
            return
        values = {name: Polynomial.constant(value) for name, value in solved.items()}
        self.values = {name: one.replaced(values) for name, one in self.values.items()} | values
        left = [zero.replaced(values) for zero in self.pending]
        if any(zero.value for zero in left):
            raise InputError("the equations contradict each other", hint="check them")
        self.pending = [zero for zero in left if zero.terms]
        shown = ", ".join(f"{name} = {value}" for name, value in solved.items())
        check = "elimination leaves one value each; put back, every equation holds"
        self.step("solve the linear equations", source, shown, check)

    def is_open(self, name: str) -> bool:
        """Whether equations speak of a letter that has no value yet."""
        return any(name in zero.letters for zero in self.pending)

    def text(self, polynomial: Polynomial) -> str:
        """Write a polynomial as the question writes powers."""
        return text_of(polynomial, self.script.power)

    def step(self, rule: str, before: str, after: str, check: str) -> None:
        """Note a step that exact arithmetic proves."""
        self.steps.append(
            SolutionStep(rule=rule, before=before, after=after, verdict=Verdict.PROVED, check=check)
        )


def solve_linear(zeros: Sequence[Polynomial]) -> dict[str, Fraction]:
    """Return the letters that the linear ones among these equations fix to one value each.

    Gauss-Jordan elimination over the rationals; letters that stay free are left out.
    """
    linear = [zero for zero in zeros if zero.total_degree == 1]
    names = sorted(frozenset().union(*(zero.letters for zero in linear)))
    if not names or len(names) > MAX_UNKNOWNS:
        return {}
    rows = [
        [zero.terms.get(((n, 1),), Fraction(0)) for n in names] + [-zero.terms.get((), Fraction(0))]
        for zero in linear
    ]
    pivots = _reduce(rows, len(names))
    if any(row[-1] and not any(row[:-1]) for row in rows):
        raise InputError("the equations contradict each other", hint="check them")
    return {
        names[column]: rows[index][-1]
        for index, column in enumerate(pivots)
        if sum(1 for entry in rows[index][:-1] if entry) == 1
    }


def _reduce(rows: list[list[Fraction]], width: int) -> list[int]:
    """Bring rows to reduced echelon form in place; return the columns of the pivots."""
    pivots: list[int] = []
    for column in range(width):
        here = len(pivots)
        pivot = next((r for r in range(here, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[here], rows[pivot] = rows[pivot], rows[here]
        lead = rows[here][column]
        rows[here] = [entry / lead for entry in rows[here]]
        for index, row in enumerate(rows):
            if index != here and row[column]:
                factor = row[column]
                rows[index] = [a - factor * b for a, b in zip(row, rows[here], strict=True)]
        pivots.append(column)
    return pivots
