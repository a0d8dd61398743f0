"""From a step for people to formal claims, and from our trees to Python code of sympy's objects.

The code is made of our own trees alone: numbers, checked names, operators and functions of a
table. No text of a question reaches it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistants.errors import InputError

from .lines import Case, Line, read_line
from .reading import Binary, Call, Name, Negate, Number, Relation, Tree, spell
from .reading.tree import walk
from .solution import Solution, SolutionStep

CONSTANTS = {"pi": "sp.pi", "e": "sp.E", "infinity": "sp.oo"}
FUNCTIONS = {
    "sin": "sp.sin", "cos": "sp.cos", "tan": "sp.tan", "cot": "sp.cot", "sec": "sp.sec",
    "csc": "sp.csc", "asin": "sp.asin", "acos": "sp.acos", "atan": "sp.atan", "sinh": "sp.sinh",
    "cosh": "sp.cosh", "tanh": "sp.tanh", "ln": "sp.log", "log": "sp.log", "exp": "sp.exp",
    "sqrt": "sp.sqrt", "abs": "sp.Abs", "factorial": "sp.factorial", "floor": "sp.floor",
    "ceiling": "sp.ceiling", "root": "sp.real_root", "diff": "sp.diff", "gcd": "sp.gcd",
    "lcm": "sp.lcm", "mod": "sp.Mod", "binomial": "sp.binomial", "max": "sp.Max", "min": "sp.Min",
    "sign": "sp.sign",
}  # fmt: skip
LISTED = {"greatest common divisor": "gcd", "least common multiple": "lcm"}
"""Rules whose first line is a list of numbers, and the function that it stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A check of `certificate_checks`, and its arguments: expressions, or cases of relations."""

    title: str
    check: str
    arguments: tuple[Tree | tuple[Case, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The letters that occur."""
        trees: list[Tree] = []
        for argument in self.arguments:
            trees += [r for case in argument for r in case] if isinstance(argument, tuple) else [
                argument]  # fmt: skip
        nodes = (node for tree in trees for node in walk(tree))
        names = (node.name for node in nodes if isinstance(node, Name))
        return tuple(dict.fromkeys(name for name in names if name not in CONSTANTS))

    def code(self) -> str:
        """Return the arguments as Python code. Raises `InputError`."""
        return "".join(
            f"{_cases_code(a) if isinstance(a, tuple) else tree_code(a)}, " for a in self.arguments
        )


def claims_of(step: SolutionStep, solution: Solution) -> list[Claim]:
    """Return the formal claims of a step, strongest first; none where a line is not formal."""
    try:
        if step.rule in {"check by substitution", "exclude"}:
            return _substitution(step, solution)
        before, after = _line(step.before, step.rule), read_line(step.after.replace("≈", "="))
        if "≈" in step.after:
            return [_isolated(step, before, after)]
        return _claims(step.rule, before, after, solution)
    except InputError:
        return []


def _line(text: str, rule: str) -> Line:
    if rule in LISTED:
        return read_line(f"{LISTED[rule]}({text})")
    return read_line(text)


def _substitution(step: SolutionStep, solution: Solution) -> list[Claim]:
    """Values put into the first equation solve it, or do not."""
    given = read_line(solution.steps[0].before)
    values = read_line(step.before.replace(", ", " or "))
    if len(values.letters) != 1 or not given.cases:
        return []
    words, check = ("solves", "implies") if step.rule != "exclude" else (
        "does not solve", "not_solutions")  # fmt: skip
    title = f"{step.rule}: {values.source} {words} {given.source}"
    letter = Name(name=values.letters[0])
    return [Claim(title=title, check=check, arguments=(values.cases, given.cases, letter))]


def _isolated(step: SolutionStep, before: Line, after: Line) -> Claim:
    """Roots that are shown as decimals."""
    names = tuple(Name(name=name) for name in before.letters)
    return Claim(
        title=f"{step.rule}: {step.before} ⟹ {step.after}",
        check="isolated_roots",
        arguments=(before.cases, after.cases, *names),
    )


def _claims(rule: str, before: Line, after: Line, solution: Solution) -> list[Claim]:
    names = tuple(dict.fromkeys((*before.letters, *after.letters)))
    if before.expression is not None and after.expression is not None:
        return _between_expressions(rule, before.expression, after.expression, solution)
    if not (before.is_statement and after.is_statement) or not before.cases:
        return []
    symbols = tuple(Name(name=name) for name in names)
    shown = f"{rule}: {before.source} ⟹ {after.source}"
    both = Claim(
        title=f"{rule}: {before.source} ⟺ {after.source}",
        check="same_solutions",
        arguments=(before.cases, after.cases, *symbols),
    )
    forth = Claim(title=shown, check="implies", arguments=both.arguments)
    back = Claim(
        title=f"{rule}: {after.source} solves {before.source}",
        check="implies",
        arguments=(after.cases, before.cases, *symbols),
    )
    return [both, forth, back]


def _between_expressions(rule: str, before: Tree, after: Tree, solution: Solution) -> list[Claim]:
    title = f"{rule}: {spell(before)} = {spell(after)}"
    match before:
        case Call(function="integrate", arguments=(body, Name() as letter)):
            constant = Name(name="C")
            found = after.left if isinstance(after, Binary) and after.right == constant else after
            return [Claim(title=title, check="antiderivative", arguments=(found, body, letter))]
        case Call(function="integrate", arguments=(body, Name() as letter, low, high)):
            return [
                Claim(
                    title=title,
                    check="definite_integral",
                    arguments=(body, letter, low, high, found, after),
                )
                for found in _antiderivatives(body, letter, solution)
            ]
        case Call(function="limit", arguments=(body, Name() as letter, target)):
            return [Claim(title=title, check="limit", arguments=(body, letter, target, after))]
        case _:
            return [Claim(title=title, check="equal", arguments=(before, after))]


def _antiderivatives(body: Tree, letter: Tree, solution: Solution) -> list[Tree]:
    """Antiderivatives of a function that the steps of a solution found."""
    found: list[Tree] = []
    for step in solution.steps:
        try:
            before, after = read_line(step.before).expression, read_line(step.after).expression
        except InputError:
            continue
        whole = Call(function="integrate", arguments=(body, letter))
        if before == whole and after is not None:
            found.append(after)
    return found


# --- Python code


def name_code(name: str) -> str:
    """Return the Python name of a letter's symbol."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)?", name):
        raise InputError(f"{name!r} cannot be a letter of a certificate")
    return f"{name}_"


def tree_code(tree: Tree) -> str:
    """Write a tree as Python code. Raises `InputError` for what the table does not have."""
    match tree:
        case Number():
            top, bottom = tree.value.numerator, tree.value.denominator
            return f"sp.Integer({top})" if bottom == 1 else f"sp.Rational({top}, {bottom})"
        case Name():
            return CONSTANTS.get(tree.name) or name_code(tree.name)
        case Negate():
            return f"(-{tree_code(tree.operand)})"
        case Binary():
            sign = "**" if tree.operator == "^" else tree.operator
            return f"({tree_code(tree.left)} {sign} {tree_code(tree.right)})"
        case Call(function="cbrt"):
            return f"sp.real_root({tree_code(tree.arguments[0])}, 3)"
        case Call() if tree.function in FUNCTIONS:
            return f"{FUNCTIONS[tree.function]}({', '.join(map(tree_code, tree.arguments))})"
        case _:
            raise InputError("this has no form in a certificate")


def _cases_code(cases: Sequence[Case]) -> str:
    return f"[{', '.join(_case_code(case) for case in cases)}]"


def _case_code(case: Case) -> str:
    return f"[{', '.join(_relation_code(relation) for relation in case)}]"


def _relation_code(relation: Relation) -> str:
    return f"({relation.operator!r}, {tree_code(relation.left)}, {tree_code(relation.right)})"
