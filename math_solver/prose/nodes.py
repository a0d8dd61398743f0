"""What a question in prose comes to: letters with conditions, and what is asked about them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from math_solver.reading import Call, Name, Relation, Tree, spell
from math_solver.reading.tree import walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """A property of values, such as `prime` of one, or `multiple` of two."""

    kind: str
    arguments: tuple[Tree, ...]
    negated: bool = False

    def line(self) -> str:
        """Tell the condition."""
        head = "not " if self.negated else ""
        return f"{head}{self.kind}({', '.join(map(spell, self.arguments))})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Either:
    """At least one of these groups of conditions holds."""

    options: tuple[tuple["Condition", ...], ...]

    def line(self) -> str:
        """Tell the condition."""
        return " or ".join(" and ".join(map(line_of, option)) for option in self.options)


Condition: TypeAlias = Relation | Holds | Either


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """The tuples of values of some letters that satisfy conditions, or listed values.

    `element` is what is counted or added of each; without it the letter itself.
    """

    letters: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    element: Tree | None = None
    listed: tuple[Tree, ...] | None = None
    unordered: bool = False

    def line(self) -> str:
        """Tell what is described."""
        if self.listed is not None:
            return f"{{{', '.join(map(spell, self.listed))}}}"
        shown = "; ".join(map(line_of, self.conditions))
        return f"{{{', '.join(self.letters)} with {shown}}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A value taken from what is described, such as its `count`, `sum`, `least` or `only` one."""

    kind: str
    of: Described
    rank: int = 1

    def line(self) -> str:
        """Tell what is picked."""
        nth = f" {self.rank}" if self.rank > 1 else ""
        return f"{self.kind}{nth} of {self.of.line()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A definition `name(letters) = body`."""

    name: str
    letters: tuple[str, ...]
    body: Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A whole question. Trees name picks by the letters of `picks`.

    `goal` is a value or a pick; `extreme` asks for the least or greatest of all values that the
    goal can take, `every` for all of them.
    """

    source: str
    conditions: tuple[Condition, ...]
    functions: tuple[Function, ...]
    picks: Mapping[str, Pick]
    goal: tuple[Tree, ...] | Pick
    extreme: str = ""
    form: str = ""
    assumptions: tuple[str, ...] = field(default=())

    def lines(self) -> Iterator[str]:
        """Tell how the question was read."""
        for function in self.functions:
            yield f"{function.name}({', '.join(function.letters)}) = {spell(function.body)}"
        used = [name for name in self.picks if name in self.text_of_names()]
        for name in used:
            yield f"{name} = {self.picks[name].line()}"
        yield from map(line_of, self.conditions)
        head = f"{self.extreme} value of " if self.extreme else "find "
        goal = self.goal
        yield head + (goal.line() if isinstance(goal, Pick) else ", ".join(map(spell, goal)))

    def text_of_names(self) -> frozenset[str]:
        """Return the names that stand in the conditions and the goal."""
        trees: list[Tree] = [] if isinstance(self.goal, Pick) else list(self.goal)
        for condition in self.conditions:
            trees += trees_of(condition)
        for pick in (*self.picks.values(), *([self.goal] if isinstance(self.goal, Pick) else [])):
            trees += pick_trees(pick)
        return frozenset(n.name for tree in trees for n in walk(tree) if isinstance(n, Name))


def line_of(condition: Condition) -> str:
    """Tell a condition in plain notation."""
    return spell(condition) if isinstance(condition, Relation) else condition.line()


def trees_of(condition: Condition) -> list[Tree]:
    """Return the trees in a condition."""
    match condition:
        case Holds():
            return list(condition.arguments)
        case Either():
            return [t for option in condition.options for one in option for t in trees_of(one)]
        case _:
            return [condition]


def pick_trees(pick: Pick) -> list[Tree]:
    """Return the trees in a pick."""
    trees = [t for condition in pick.of.conditions for t in trees_of(condition)]
    return [*trees, *(pick.of.listed or ()), *([pick.of.element] if pick.of.element else [])]


def call(function: str, *arguments: Tree) -> Tree:
    """Return a function's value."""
    return Call(function=function, arguments=arguments)
