"""The plan language: what a question asks for, in a form that can be checked and carried out.

Rules and models write the same plans. A plan speaks about a masked question
(`reading.read_question`): N0, N1, … are its numbers and E0, E1, … its formulas, in order of
appearance. One line is one step; the last line says what is asked for.

    let a = N0 / 2            a quantity from earlier ones; let-names run a, b, c, … in order
    unknown x                 an unknown quantity (x, then y, then z), after the lets
    unknown x the larger      the same, with what it stands for
    eq 2 * x + N1 = N0        what is known about the unknowns
    where x whole             what else is known: whole, even, odd, `x > y`, `x >= 0`
    answer a + N0             the quantity that is asked for (up to six: `answer x, y`)
    given E0, E1              formulas that hold: equations, or definitions such as f(x) = x + 1
    let u = E1                (after a `given` or before a task) a letter for a formula or number
    solve E0 for x            a task of `TASKS`: operands, then clauses

A plan is either quantities (`let`, `unknown`, `eq`, `answer`) or a task with its givens. Besides
N-names an expression may hold whole numbers of at most four digits (12 months, 100 per cent),
`+ - * /`, brackets and `^`; the operators + - * / stand between single spaces. Examples:

    Tom has N0 apples and buys N1 more. How many …?       answer N0 + N1
    N0 adults and children paid $N1; adults $N2, …        unknown x / unknown y / eq x + y = N0 / …
    What is the remainder when N0 is divided by N1?       remainder N0, N1
    Integrate E0 from N0 to N1.                           integrate E0 from N0 to N1
    What is N0% of N1?                                    answer N0 / 100 * N1

`grammar` writes the language for one question as a llguidance Lark grammar, so that a decoder
cannot name a number that is not there, nor a quantity before it is defined.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from assistants.constraint import Grammar
from assistants.errors import InputError

from .reading import Question
from .reading.parser import parse
from .reading.tree import Name, Number, Relation, Tree, spell, walk

MAX_LINES = 24
MAX_ANSWERS = 6
LET_NAMES = "abcdefghij"
UNKNOWN_NAMES = "xyz"


class PlanError(InputError):
    """A text that is no plan for its question; the message says which line and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskForm:
    """How many operands a task takes, and which clauses may follow them."""

    least: int = 1
    most: int = 1
    clauses: tuple[str, ...] = ()


TASKS: Mapping[str, TaskForm] = {
    "solve": TaskForm(most=6, clauses=("for",)),
    "simplify": TaskForm(),
    "expand": TaskForm(),
    "factor": TaskForm(),
    "evaluate": TaskForm(clauses=("where",)),
    "differentiate": TaskForm(clauses=("wrt", "order")),
    "integrate": TaskForm(clauses=("wrt", "from", "to")),
    "limit": TaskForm(clauses=("wrt", "to", "as")),
    "gcd": TaskForm(least=2, most=6),
    "lcm": TaskForm(least=2, most=6),
    "prime": TaskForm(),
    "composite": TaskForm(),
    "factorize": TaskForm(),
    "divisors": TaskForm(),
    "remainder": TaskForm(least=2, most=2),
    "divides": TaskForm(least=2, most=2),
    "root": TaskForm(clauses=("order",)),
    "round": TaskForm(clauses=("places",)),
    "sort": TaskForm(least=2, most=12, clauses=("order",)),
    "largest": TaskForm(least=2, most=12),
    "smallest": TaskForm(least=2, most=12),
    "verify": TaskForm(most=2),
}
"""The formal tasks. Clause values: `for`/`wrt` letters; `order` 1 to 9, `up` or `down`; `where`
and `as` formulas; `from`/`to` bounds; `places` a number of decimals."""

CLAUSE_VALUES: Mapping[str, tuple[str, int]] = {
    "for": ("letter", 4),
    "wrt": ("letter", 1),
    "where": ("formula", 4),
    "as": ("formula", 1),
    "from": ("bound", 1),
    "to": ("bound", 1),
    "order": ("order", 1),
    "places": ("places", 1),
}
"""What each clause holds, and how many of it at most."""

_VALUE_PATTERNS: Mapping[str, str] = {
    "letter": r"[A-Za-z]|alpha|beta|theta|lambda",
    "formula": r"E\d+",
    "bound": r"-?(?:[NE]\d+|pi|infinity|[0-9])",
    "order": r"[1-9]|up|down",
    "places": r"[NE]\d+|[0-9]",
    "operand": r"[NE]\d+|[A-Za-z]",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Let:
    """`let NAME = EXPR`."""

    name: str
    value: Tree

    def text(self) -> str:
        """The line."""
        return f"let {self.name} = {spaced(self.value)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """`unknown NAME`, or `unknown NAME what it stands for`."""

    name: str
    meaning: str = ""

    def text(self) -> str:
        """The line."""
        return f"unknown {self.name} {self.meaning}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """`eq EXPR = EXPR`."""

    left: Tree
    right: Tree

    def text(self) -> str:
        """The line."""
        return f"eq {spaced(self.left)} = {spaced(self.right)}"


ZERO = Number(value=Fraction(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """`where EXPR whole`, `where EXPR > EXPR`, …: which of the solutions are meant."""

    kind: str
    left: Tree
    right: Tree = ZERO

    @property
    def subject(self) -> str:
        """What the condition is about, as it is written."""
        return spaced(self.left)

    def words(self) -> str:
        """The condition for people."""
        compared = self.kind in {">", ">="}
        tail = f"{self.kind} {spaced(self.right)}" if compared else f"is {self.kind}"
        return f"{self.subject} {tail}"

    def text(self) -> str:
        """The line."""
        return f"where {self.words()}".replace(" is ", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """`given E0, E1`: formulas that hold."""

    formulas: tuple[str, ...]

    def text(self) -> str:
        """The line."""
        return f"given {', '.join(self.formulas)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """`answer EXPR, …`: the last line of a plan of quantities."""

    values: tuple[Tree, ...]

    def text(self) -> str:
        """The line."""
        return f"answer {', '.join(map(spaced, self.values))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`VERB operands clause values`: the last line of a formal plan."""

    verb: str
    operands: tuple[str, ...]
    clauses: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def clause(self, name: str) -> tuple[str, ...]:
        """The values of a clause; none where it is absent."""
        return next((values for key, values in self.clauses if key == name), ())

    def text(self) -> str:
        """The line."""
        tail = "".join(f" {name} {', '.join(values)}" for name, values in self.clauses)
        return f"{self.verb} {', '.join(self.operands)}{tail}"


Line: TypeAlias = Let | Unknown | Equation | Where | Given | Finish | Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The lines of a plan; the last one is a `Task` or a `Finish`."""

    lines: tuple[Line, ...]

    def text(self) -> str:
        """The plan as rules and models write it."""
        return "\n".join(line.text() for line in self.lines)

    @property
    def goal(self) -> Task | Finish:
        """What is asked for."""
        last = self.lines[-1]
        if not isinstance(last, Task | Finish):
            raise PlanError("a plan ends with a task or with `answer`")
        return last


def spaced(tree: Tree) -> str:
    """Write an expression with single spaces round + - * /, the one way that plans are written."""
    written = spell(tree)
    return re.sub(r"(?<=[\w)])([*/])(?=[\w(-])", r" \1 ", written)


def parse_plan(source: str, question: Question) -> Plan:
    """Read a plan and check every name in it against the question.

    Raises `PlanError` where it is no plan, or names what is not there.
    """
    rows = [row.strip() for row in source.strip().splitlines() if row.strip()]
    if not rows or len(rows) > MAX_LINES:
        raise PlanError(f"a plan has 1 to {MAX_LINES} lines, this one {len(rows)}")
    known = {f"N{i}" for i in range(len(question.numbers))}
    known |= {f"E{i}" for i in range(len(question.formulas))}
    lines: list[Line] = []
    for number, row in enumerate(rows, start=1):
        try:
            lines.append(_parse_line(row, known))
        except InputError as error:
            raise PlanError(f"line {number} of the plan, {row!r}: {error}") from error
    plan = Plan(lines=tuple(lines))
    if any(isinstance(line, Task | Finish) for line in lines[:-1]):
        raise PlanError("only the last line of a plan says what is asked for")
    _ = plan.goal
    return plan


def _parse_line(row: str, known: set[str]) -> Line:
    head, _, rest = row.partition(" ")
    match head:
        case "let":
            name, _, value = rest.partition("=")
            known_before = frozenset(known)
            known.add(_plain_name(name.strip()))
            return Let(name=name.strip(), value=_expression(value, known_before))
        case "unknown":
            name, _, meaning = rest.strip().partition(" ")
            known.add(_plain_name(name))
            return Unknown(name=name, meaning=meaning)
        case "eq":
            relation = parse(rest, names=frozenset(known))
            if not (isinstance(relation, Relation) and relation.operator == "="):
                raise PlanError("an `eq` line holds one equation")
            _check_names(relation, known)
            return Equation(left=relation.left, right=relation.right)
        case "where":
            return _parse_condition(rest, frozenset(known))
        case "given":
            return Given(formulas=_values("formula", rest, known, most=12))
        case "answer":
            parts = rest.split(",")
            if len(parts) > MAX_ANSWERS:
                raise PlanError(f"at most {MAX_ANSWERS} quantities are asked for at once")
            return Finish(values=tuple(_expression(part, frozenset(known)) for part in parts))
        case _ if head in TASKS:
            return _parse_task(head, rest, known)
        case _:
            raise PlanError(f"no step is called {head!r}")


def _parse_condition(source: str, known: frozenset[str]) -> Where:
    subject, _, kind = source.rpartition(" ")
    if kind in {"whole", "even", "odd"}:
        return Where(kind=kind, left=_expression(subject, known))
    relation = parse(source, names=known)
    if not (isinstance(relation, Relation) and relation.operator in {">", ">="}):
        raise PlanError("a `where` line says whole, even, odd or compares with > or >=")
    _check_names(relation, known)
    return Where(kind=relation.operator, left=relation.left, right=relation.right)


def _plain_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z]", name):
        raise PlanError(f"a quantity is named by one letter, not {name!r}")
    return name


def _expression(source: str, known: frozenset[str]) -> Tree:
    tree = parse(source, names=known)
    if isinstance(tree, Relation):
        raise PlanError("an expression, not an equation, belongs here")
    _check_names(tree, known)
    return tree


def _check_names(tree: Tree, known: set[str] | frozenset[str]) -> None:
    for node in walk(tree):
        if isinstance(node, Name) and node.name not in known:
            raise PlanError(f"{node.name} is not defined")


def _parse_task(verb: str, rest: str, known: set[str]) -> Task:
    form = TASKS[verb]
    pieces = re.split(rf" ({'|'.join(form.clauses)}) ", f"{rest}") if form.clauses else [rest]
    operands = _values("operand", pieces[0], known, most=form.most)
    if len(operands) < form.least:
        raise PlanError(f"{verb} takes at least {form.least} operands")
    clauses = tuple(
        (name, _values(CLAUSE_VALUES[name][0], values, known, most=CLAUSE_VALUES[name][1]))
        for name, values in zip(pieces[1::2], pieces[2::2], strict=True)
    )
    return Task(verb=verb, operands=operands, clauses=clauses)


def _values(kind: str, source: str, known: set[str], *, most: int) -> tuple[str, ...]:
    values = tuple(value.strip() for value in source.split(","))
    for value in values:
        if not re.fullmatch(_VALUE_PATTERNS[kind], value):
            raise PlanError(f"{value!r} is no {kind}")
        if re.fullmatch(r"-?[NE]\d+", value) and value.lstrip("-") not in known:
            raise PlanError(f"there is no {value} in the question")
    if len(values) > most:
        raise PlanError(f"at most {most} values belong here")
    return values


def grammar(question: Question) -> Grammar:
    """Return the plan language restricted to what stands in this question."""
    rules = ["start: quantities | formal" if question.formulas else "start: quantities | numeric"]
    rules += _quantity_rules(len(question.numbers))
    rules += _task_rules(question)
    return Grammar("\n".join(rules) + "\n")


def _alternatives(options: list[str]) -> str:
    return " | ".join(f'"{option}"' for option in options)


def _quantity_rules(count: int) -> list[str]:
    """Let-lines may use the names before them; equations all of them and the unknowns."""
    rules = ["quantities: scope0"]
    numbers = [f"N{i}" for i in range(count)]
    for depth in range(len(LET_NAMES) + 1):
        names = numbers + list(LET_NAMES[:depth])
        rules += _expression_rules(str(depth), names)
        more = ""
        if depth < len(LET_NAMES):
            more = f' | "let {LET_NAMES[depth]} = " expr{depth} "\\n" scope{depth + 1}'
        asked = f'"answer " expr{depth} (", " expr{depth}){{0,{MAX_ANSWERS - 1}}}'
        rules.append(f"scope{depth}: {asked}{more} | unknowns")
    everything = numbers + list(LET_NAMES) + list(UNKNOWN_NAMES)
    rules += _expression_rules("u", everything)
    rules.append('unknowns: "unknown x\\n" ("unknown y\\n" "unknown z\\n"?)? equation+ asked')
    rules.append(f'asked: "answer " expru (", " expru){{0,{MAX_ANSWERS - 1}}}')
    rules.append('equation: "eq " expru " = " expru "\\n"')
    rules.append("INTEGER: /0|[1-9][0-9]{0,3}/")
    return rules


def _expression_rules(suffix: str, names: list[str]) -> list[str]:
    atoms = f"{_alternatives(names)} | INTEGER" if names else "INTEGER"
    return [
        f'expr{suffix}: term{suffix} ((" + " | " - ") term{suffix})*',
        f'term{suffix}: factor{suffix} ((" * " | " / ") factor{suffix})*',
        f'factor{suffix}: "-"? atom{suffix} ("^" atom{suffix})?',
        f'atom{suffix}: {atoms} | "(" expr{suffix} ")"',
    ]


def _task_rules(question: Question) -> list[str]:
    numbers = [f"N{i}" for i in range(len(question.numbers))]
    formulas = [f"E{i}" for i in range(len(question.formulas))]
    letters = question_letters(question)
    operands = numbers + formulas
    if not operands:
        return ["numeric: quantities"]
    bounds = [*operands, "pi", "infinity", *"0123456789"]
    rules = [
        f"operand: {_alternatives([*operands, *letters])}",
        f'bound: "-"? ({_alternatives(bounds)})',
        'order: /[1-9]/ | "up" | "down"',
        f"places: {_alternatives(operands)} | /[0-9]/",
    ]
    if formulas:
        rules.append(f"formula: {_alternatives(formulas)}")
    if letters:
        rules.append(f"letter: {_alternatives(letters)}")
    present = {"formula": bool(formulas), "letter": bool(letters)}
    tasks = " | ".join(_task_rule(verb, form, present) for verb, form in TASKS.items())
    rules.append(f"numeric: {tasks}")
    if formulas:
        named = ' | "let " letter " = " operand "\\n"' if letters else ""
        rules.append(f'formal: ("given " formula (", " formula)* "\\n"{named})* numeric')
    return rules


def _task_rule(verb: str, form: TaskForm, present: Mapping[str, bool]) -> str:
    extra = f' (", " operand){{{form.least - 1},{form.most - 1}}}' if form.most > 1 else ""
    clauses = "".join(
        _clause_rule(name) for name in form.clauses if present.get(CLAUSE_VALUES[name][0], True)
    )
    return f'"{verb} " operand{extra}{clauses}'


def _clause_rule(name: str) -> str:
    kind, most = CLAUSE_VALUES[name]
    extra = f' (", " {kind}){{0,{most - 1}}}' if most > 1 else ""
    return f' (" {name} " {kind}{extra})?'


def question_letters(question: Question) -> list[str]:
    """Return the single letters that stand in the question, in its formulas or beside them."""
    found = re.findall(r"(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])", " ".join(question.formulas))
    found += re.findall(r"(?<![A-Za-z'’])(?!a\b|I\b|A\b)[A-Za-z](?![A-Za-z])", question.masked)
    return sorted(set(found))
