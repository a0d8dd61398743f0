"""What a question speaks of that can be drawn: functions, relations, intervals, terms, figures.

The question is read again by the same rules as the solver's; the answer comes as its text, which
is in our own notation. What has no picture raises `NoPicture` with the reason.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from assistants.errors import InputError
from math_solver.lines import Case, read_line
from math_solver.measuring import Figure, read_figure
from math_solver.plan import Given, Let, Task, parse_plan
from math_solver.reading import Binary, Call, Name, Negate, Question, Relation, Tree, letters
from math_solver.reading import read_question as masked
from math_solver.reading.parser import parse, read_formula
from math_solver.reading.requests import read_request
from math_solver.reading.statements import Ask, Definition, Script, read_script
from math_solver.reading.typed import typed

_FAMILY = re.compile(r"\(([a-z]) any integer\)")
_CONSTANT = re.compile(r"\s*\+ C\b")
INEQUALITIES = frozenset({"<", "<=", ">", ">="})


class NoPicture(InputError):
    """A question whose answer has no picture; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Functions:
    """Functions of one letter, each with the name that its label begins with.

    `roots` are exact solutions, `points` places that were asked about, `bounds` limit an area:
    under the first function, or between the first two. `limit` is a place and the value there.
    """

    formulas: tuple[tuple[str, Tree], ...]
    letter: str
    roots: tuple[Tree, ...] = ()
    points: tuple[Tree, ...] = ()
    equation: bool = False
    filled: bool = False
    bounds: tuple[Tree, Tree] | None = None
    limit: tuple[Tree, Tree] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """Equations or inequalities in two letters that hold together, and their solutions."""

    relations: tuple[Relation, ...]
    letters: tuple[str, str]
    solutions: tuple[tuple[Tree, Tree], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """The solutions of inequalities in one letter."""

    letter: str
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A sequence from its first term on; `asked` is one more term."""

    values: tuple[Tree, ...]
    asked: Tree | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A figure of geometry by its name, what is given of it, and the measures."""

    name: str
    given: str
    measures: tuple[Tree, ...]


Subject: TypeAlias = Functions | Relations | Intervals | Terms | Shape


def subject_of(question: str, answer: str) -> Subject:
    """Return what can be drawn of a question and its answer (empty where there is none)."""
    read = masked(typed(question).text)
    script, request = read_script(read.original), read_request(read)
    if script is not None and (request is None or not script.plain_request):
        return _of_script(script, answer)
    if request is not None:
        return _of_request(request, read, answer)
    if (figure := read_figure(question)) is not None:
        return _of_figure(figure)
    if not read.formulas:
        raise NoPicture("there is no formula in it to draw")
    return _of_trees([read_formula(text).tree for text in read.formulas], answer)


# --- figures of geometry in words

_DRAWN = {
    "rectangle": ("rectangle", "", "lw"),
    "square": ("square", "", "s"),
    "circle": ("circle", "radius", "r"),
    "triangle": ("triangle", "base", "bh"),
    "right triangle": ("right triangle", "legs", "ab"),
    "right triangle of wall, ground and ladder": ("right triangle", "legs", "ab"),
    "sphere": ("sphere", "radius", "r"),
    "cylinder": ("cylinder", "radius", "rh"),
    "cone": ("cone", "radius", "rh"),
    "cube": ("cube", "side", "s"),
}
"""By the name of a figure: what is drawn, what of it is given, and the letters of its measures."""


def _of_figure(figure: Figure) -> Shape:
    from math_solver.symbolic.measured import carry_out_figure

    if figure.name not in _DRAWN:
        raise NoPicture(f"a figure of this kind is not drawn: {figure.name}")
    name, given, letters = _DRAWN[figure.name]
    work = carry_out_figure(replace(figure, asked=tuple(letters)))
    return Shape(name=name, given=given, measures=tuple(map(parse, work.answer.split(", "))))


# --- formal plans


def _of_request(request: str, read: Question, answer: str) -> Subject:
    plan = parse_plan(request, read)
    task = plan.goal
    if not isinstance(task, Task) or any(isinstance(line, Given | Let) for line in plan.lines):
        raise NoPicture("a computation with numbers has no picture")

    def formula(name: str) -> Tree:
        if re.fullmatch(r"E\d+", name):
            return read_formula(read.formulas[int(name[1:])]).tree
        if re.fullmatch(r"-?[NE]\d+", name):
            raise NoPicture("a computation with numbers has no picture")
        return parse(name)

    trees = [_plain_operator(formula(name)) for name in task.operands]
    match task.verb:
        case "differentiate":
            return _with_answer(trees[0], answer, ("f", "f′"))
        case "integrate" if not task.clause("from"):
            return _with_answer(trees[0], answer, ("f", "F"))
        case "solve" | "verify" | "evaluate" | "simplify" | "expand" | "factor":
            return _of_trees(trees, answer)
        case _:
            raise NoPicture(f"the answer to “{task.verb}” has no picture")


def _plain_operator(tree: Tree) -> Tree:
    if isinstance(tree, Call) and tree.function in {"diff", "integrate", "limit", "sum", "product"}:
        return tree.arguments[0]
    return tree


def _of_trees(trees: Sequence[Tree], answer: str) -> Subject:
    relations = [tree for tree in trees if isinstance(tree, Relation)]
    if not relations:
        return _functions(trees)
    if len(relations) < len(trees):
        raise NoPicture("a formula beside an equation has no picture of both")
    return _of_relations(relations, answer)


def _functions(trees: Sequence[Tree]) -> Functions:
    names = tuple(dict.fromkeys(name for tree in trees for name in letters(tree)))
    if len(names) != 1:
        what = "a number" if not names else f"a formula in {', '.join(names)}"
        raise NoPicture(f"{what} has no graph in the plane")
    return Functions(formulas=tuple(("", tree) for tree in trees), letter=names[0])


def _of_relations(relations: Sequence[Relation], answer: str) -> Subject:
    names = tuple(dict.fromkeys(name for one in relations for name in letters(one)))
    signs = {one.operator for one in relations}
    if len(names) == 1 and signs <= INEQUALITIES:
        return Intervals(letter=names[0], cases=_cases(answer))
    equations = [one for one in relations if one.operator == "="]
    if len(names) == 1 and len(equations) == 1 and signs <= INEQUALITIES | {"=", "!="}:
        (one,) = equations  # conditions beside it only choose among its solutions
        return Functions(
            formulas=(("", one.left), ("", one.right)),
            letter=names[0],
            roots=tuple(tree for (tree,) in _solutions(answer, names)),
            equation=True,
        )
    if len(names) == 2 and (signs == {"="} or signs <= INEQUALITIES):
        pair = _ordered((names[0], names[1]))
        found = tuple((first, second) for first, second in _solutions(answer, pair))
        return Relations(relations=tuple(relations), letters=pair, solutions=found)
    if len(names) > 2:
        raise NoPicture(f"relations in {len(names)} letters have no picture in the plane")
    raise NoPicture("equations and inequalities together are not drawn")


def _ordered(names: tuple[str, str]) -> tuple[str, str]:
    first, second = sorted(names)
    return (first, second)


def _cases(answer: str) -> tuple[Case, ...]:
    if not answer:
        raise NoPicture("there is no answer whose intervals could be drawn")
    return read_line(answer).cases


def _solutions(answer: str, names: Sequence[str]) -> list[tuple[Tree, ...]]:
    """Return the values of the letters in each solution that the answer names exactly."""
    found: list[tuple[Tree, ...]] = []
    for part in _FAMILY.sub("", answer).split(" or "):
        bare = part.strip()
        if bare.startswith("(") and bare.endswith(")") and "=" in bare:
            bare = bare[1:-1]
        values: dict[str, Tree] = {}
        for one in re.split(r"[,;] ", bare):
            try:
                tree = parse(one.replace("≈", "="))
            except InputError:
                return []
            if isinstance(tree, Relation) and isinstance(tree.left, Name):
                values[tree.left.name] = tree.right
        if all(name in values for name in names):
            found.append(tuple(values[name] for name in names))
    return found


def _with_answer(tree: Tree, answer: str, names: tuple[str, str]) -> Functions:
    """A function and the one that the answer is."""
    drawn = [(names[0], tree)]
    try:
        other = parse(_CONSTANT.sub("", answer))
    except InputError:
        other = None
    if other is not None and not isinstance(other, Relation):
        drawn.append((names[1], other))
    found = tuple(dict.fromkeys(name for _, one in drawn for name in letters(one)))
    if len(found) != 1:
        raise NoPicture("only functions of one letter are drawn")
    return Functions(formulas=tuple(drawn), letter=found[0])


# --- chains of statements


def _of_script(script: Script, answer: str) -> Subject:
    known = {one.name: one for one in script.statements if isinstance(one, Definition)}
    if any(one.order for one in known.values()) or len(known) != len(script.statements):
        raise NoPicture("conditions of this kind are not drawn")
    ask = script.ask
    trees = [_inlined(tree, known) for tree in ask.formulas]
    if ask.kind == "shape":
        return _shape(ask, trees)
    if ask.kind in {"next number", "nth"}:
        return _terms(ask, trees, answer)
    if ask.kind == "value" and (asked := _asked(ask, known)) is not None:
        return asked
    special = _special(ask, trees, answer)
    return special if special is not None else _of_trees(trees, answer)


def _special(ask: Ask, trees: Sequence[Tree], answer: str) -> Subject | None:
    """What some requests are about beside the graph of their formula."""
    first = trees[0] if trees else None
    if first is None:
        raise NoPicture("there is no formula in it to draw")
    match ask.kind:
        case "derivative":
            return _with_answer(first, answer, ("f", "f′"))
        case "integral" if len(ask.words) >= 2:
            bounds = (parse(ask.words[0]), parse(ask.words[1]))
            return Functions(
                formulas=(("", first),), letter=_letter(first), filled=True, bounds=bounds
            )
        case "integral":
            return _with_answer(first, answer, ("f", "F"))
        case "limit" if ask.words:
            place = (parse(ask.words[0]), parse(answer or "0"))
            limit = place if answer else None
            return Functions(formulas=(("", first),), letter=_letter(first), limit=limit)
        case "tangent" if len(trees) == 2:
            line = parse(answer) if answer else None
            tangent = [("", line.right)] if isinstance(line, Relation) else []
            formulas = (("", first), *tangent)
            return Functions(formulas=formulas, letter=_letter(first), points=(trees[1],))
        case "area between" if len(trees) == 2:
            formulas = (("", first), ("", trees[1]))
            return Functions(formulas=formulas, letter=_letter(*trees), filled=True)
        case _:
            return None


def _letter(*trees: Tree) -> str:
    names = tuple(dict.fromkeys(name for tree in trees for name in letters(tree)))
    if len(names) != 1:
        raise NoPicture("only functions of one letter are drawn")
    return names[0]


def _asked(ask: Ask, known: Mapping[str, Definition]) -> Functions | None:
    """The function whose value at some places is asked for."""
    calls = [
        tree
        for tree in ask.formulas
        if isinstance(tree, Call) and tree.function in known and not letters(tree)
    ]
    names = {call.function for call in calls}
    if len(names) != 1 or len(known) != 1:
        return None
    (definition,) = known.values()
    if len(definition.letters) != 1:
        return None
    points = tuple(call.arguments[0] for call in calls)
    formula = (definition.name, definition.body)
    return Functions(formulas=(formula,), letter=definition.letters[0], points=points)


def _inlined(tree: Tree, known: Mapping[str, Definition]) -> Tree:
    """Return a tree with the definitions in place of their names."""

    def put(node: Tree, values: Mapping[str, Tree], depth: int) -> Tree:
        if depth > 50:
            raise NoPicture("the definitions go round in a circle")
        match node:
            case Name() if node.name in values:
                return values[node.name]
            case Name() if node.name in known and not known[node.name].letters:
                return put(known[node.name].body, {}, depth + 1)
            case Negate():
                return Negate(operand=put(node.operand, values, depth))
            case Binary():
                left, right = put(node.left, values, depth), put(node.right, values, depth)
                return Binary(operator=node.operator, left=left, right=right)
            case Relation():
                left, right = put(node.left, values, depth), put(node.right, values, depth)
                return Relation(operator=node.operator, left=left, right=right)
            case Call():
                arguments = tuple(put(one, values, depth) for one in node.arguments)
                used = known.get(node.function)
                if used is None or len(used.letters) != len(arguments):
                    return Call(function=node.function, arguments=arguments)
                return put(used.body, dict(zip(used.letters, arguments, strict=True)), depth + 1)
            case _:
                return node

    return put(tree, {}, 0)


def _terms(ask: Ask, trees: Sequence[Tree], answer: str) -> Terms:
    if len(trees) < 2 or any(letters(tree) for tree in trees):
        raise NoPicture("a sequence is drawn by its numbers")
    asked = None
    if ask.kind == "next number" and answer:
        try:
            asked = parse(answer)
        except InputError:
            asked = None
    return Terms(values=tuple(trees), asked=asked)


def _shape(ask: Ask, trees: Sequence[Tree]) -> Shape:
    words = [word.lower() for word in ask.words]
    if len(words) < 2 or any(letters(tree) for tree in trees):
        raise NoPicture("a figure is drawn by its measures")
    return Shape(name=words[1], given=words[2] if len(words) > 2 else "", measures=tuple(trees))
