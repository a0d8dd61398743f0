"""Carrying out a question in prose: picks first, then the value or the values that are asked for.

Whole numbers are searched within derived bounds; real letters are fixed by the root finder, by
elimination, or by solving the system and trying every solution in the conditions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import sympy as sp

from math_solver.prose.nodes import (
    Condition,
    Described,
    Either,
    Holds,
    Pick,
    Problem,
    trees_of,
)
from math_solver.reading import Binary, Call, Name, Negate, Number, Relation, Tree, letters
from math_solver.reading.tree import children, substituted, walk
from math_solver.solution import Work
from math_solver.topics.numbers import decimal_text, in_base
from math_solver.topics.scope import NotCovered

from . import Expression
from .algebraic import short_forms
from .build import build
from .goals import done
from .plain import plain, tree_of
from .prose_expanding import end_of, expanded, residues_of
from .prose_extremes import extreme_of
from .prose_numbers import MODULAR, WHOLE, Inexact, compiled, modular
from .prose_reals import Points, real_values
from .prose_search import Search, is_integral
from .regions import solve_relations

MAX_SHOWN = 40
_POWERS = {"squares": 2, "cubes": 3, "reciprocals": -1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Values that were found, and whether they are proved to be all of them."""

    values: tuple[Expression, ...]
    proved: bool
    how: str


def carry_out_prose(problem: Problem) -> Work:
    """Answer a question. Raises `NotCovered` where its methods do not reach."""
    return _Carried(problem).work()


class _Carried:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.functions = {one.name: one for one in problem.functions}
        if len(self.functions) != len(problem.functions):
            raise NotCovered("a function is defined twice")
        self.known: dict[str, Tree] = {}
        self.proved = True
        self.conditions = [one for c in problem.conditions for one in expanded(self.condition(c))]

    def work(self) -> Work:
        for name, pick in self.problem.picks.items():
            self._pick_of(name, pick)
        self._take_values()
        goal = self.problem.goal
        if isinstance(goal, Pick):
            return self._picked(goal)
        return self._valued(tuple(self.tree(tree) for tree in goal))

    # --- formulas with what is known put in

    def tree(self, tree: Tree, depth: int = 0) -> Tree:
        """Return a formula with functions and known letters put in, and numbers computed."""
        if depth > 60:
            raise NotCovered("functions inside each other without end")
        match tree:
            case Name():
                return self.known.get(tree.name, tree)
            case Call() if tree.function in self.functions:
                function = self.functions[tree.function]
                if len(function.letters) != len(tree.arguments):
                    raise NotCovered("a function with other arguments")
                inner = [self.tree(argument, depth + 1) for argument in tree.arguments]
                put = dict(zip(function.letters, inner, strict=True))
                return self.tree(substituted(function.body, put), depth + 1)
            case Call():
                inner = tuple(self.tree(argument, depth) for argument in tree.arguments)
                return _computed(replace(tree, arguments=inner))
            case Number():
                return tree
            case _:
                put = {one: self.tree(one, depth) for one in children(tree)}
                return _rebuilt(tree, put)

    def condition(self, condition: Condition) -> Condition:
        """Return a condition with what is known put in."""
        match condition:
            case Holds():
                return replace(condition, arguments=tuple(map(self.tree, condition.arguments)))
            case Either():
                options = tuple(tuple(map(self.condition, o)) for o in condition.options)
                return Either(options=options)
            case _:
                left, right = self.tree(condition.left), self.tree(condition.right)
                return Relation(operator=condition.operator, left=left, right=right)

    def _pick_of(self, name: str, pick: Pick) -> None:
        found, single = self._pick_value(pick)
        if not single or len(found.values) != 1:
            raise NotCovered("not one number is described")
        self.known[name] = _as_tree(found.values[0])
        self.proved = self.proved and found.proved
        self.conditions = [self.condition(one) for one in self.conditions]

    def _take_values(self) -> None:
        """Put letters that are equal to numbers into everything else."""
        for _ in range(len(self.conditions) + 1):
            for condition in self.conditions:
                if isinstance(condition, Relation) and condition.operator == "=":
                    name, value = condition.left, condition.right
                    if not isinstance(name, Name):
                        name, value = value, name
                    if (
                        isinstance(name, Name)
                        and not letters(value)
                        and name.name not in self.known
                    ):
                        self.known[name.name] = value
                        break
            else:
                return
            self.conditions = [self.condition(one) for one in self.conditions]

    # --- what is described

    def _pick_value(self, pick: Pick) -> tuple[Found, bool]:
        """Return the values of a pick, and whether it is one value."""
        found = self._all_of(pick)
        kind = pick.kind
        if kind in {"all", "only"}:
            return found, kind == "only"
        return replace(found, values=(_joined(kind, pick.rank, found.values),)), True

    def _all_of(self, pick: Pick) -> Found:
        """Return every value that is described, as far as the pick needs them."""
        described = pick.of
        if described.listed is not None:
            values = tuple(build(self.tree(tree)) for tree in described.listed)
            return Found(values=values, proved=True, how="as they are listed")
        conditions = [o for c in described.conditions for o in expanded(self.condition(c))]
        conditions += self._about(described.letters, conditions)
        free = {n for c in conditions for t in trees_of(c) for n in letters(t)}
        if not free <= set(described.letters):
            if pick.kind == "count" or len(described.letters) > 1:
                raise NotCovered("letters that are not described")
            trees = tuple(Name(name=name) for name in described.letters)
            return self._values_of(trees, conditions)
        integral = all(is_integral(name, conditions) for name in described.letters)
        if integral:
            try:
                return self._searched(pick, described, conditions)
            except NotCovered:
                if pick.kind not in {"all", "only", "count", "sum"}:
                    raise
        if len(described.letters) > 1:
            return self._tuples(described, conditions)
        return self._reals(described, conditions, pick.kind if pick.rank == 1 else "")

    def _about(self, names: Sequence[str], own: Sequence[Condition]) -> list[Condition]:
        """Return what else is said about letters, and about those that this speaks of."""
        inside = set(names)
        more: list[Condition] = []
        changed = True
        while changed:
            changed = False
            for condition in self.conditions:
                used = {n for t in trees_of(condition) for n in letters(t)}
                if condition not in more and condition not in own and used & inside:
                    more.append(condition)
                    inside |= used
                    changed = True
        return more

    def _searched(self, pick: Pick, described: Described, conditions: list[Condition]) -> Found:
        search = Search(described.letters, tuple(conditions))
        name = described.letters[0]
        one = len(described.letters) == 1
        how = "one by one within bounds that the conditions give"
        if one and pick.kind in {"least", "sum of least", "product of least", "mean of least"}:
            return Found(
                values=_first(search, name, pick.rank, downwards=False), proved=True, how=how
            )
        if one and pick.kind in {"greatest", "sum of greatest"}:
            return Found(
                values=_first(search, name, pick.rank, downwards=True), proved=True, how=how
            )
        if not search.finite:
            raise NotCovered("no bounds follow for every letter")
        found = list(search.found())
        if described.unordered:
            found = list({tuple(sorted(v.values())): v for v in found}.values())
        if one:
            return Found(values=tuple(_number(v[name]) for v in found), proved=True, how=how)
        values = tuple(sp.Tuple(*(_number(v[n]) for n in described.letters)) for v in found)
        return Found(values=values, proved=True, how=how)

    def _reals(self, described: Described, conditions: list[Condition], kind: str) -> Found:
        """Return every real number that is described, or the ends of where they lie."""
        name = described.letters[0]
        if not any(isinstance(c, Relation) and c.operator == "=" for c in conditions):
            if kind not in {"least", "greatest"}:
                raise NotCovered("nothing fixes the letter")
            end = end_of(name, conditions, least=kind == "least")
            return Found(values=(end,), proved=True, how="the end of the region")
        points = real_values((described.letters[0],), conditions)
        values = tuple(point[described.letters[0]] for point in points.values)
        return Found(values=values, proved=points.proved, how=points.how)

    def _tuples(self, described: Described, conditions: list[Condition]) -> Found:
        points = real_values(described.letters, conditions)
        values = tuple(sp.Tuple(*(p[n] for n in described.letters)) for p in points.values)
        if described.unordered:
            raise NotCovered("unordered tuples of real numbers")
        return Found(values=values, proved=points.proved, how=points.how)

    # --- answers

    def _picked(self, pick: Pick) -> Work:
        if pick.kind in {"all", "only"} and (work := self._region(pick)) is not None:
            return work
        found, single = self._pick_value(pick)
        if pick.kind == "only" and len(found.values) != 1:
            raise NotCovered(f"{len(found.values)} values fit")
        return self._told(found, single=single, kind=pick.kind)

    def _region(self, pick: Pick) -> Work | None:
        """All real numbers in a region, told as inequalities; None for anything else."""
        described = pick.of
        if len(described.letters) != 1 or described.listed is not None:
            return None
        own = [o for c in described.conditions for o in expanded(self.condition(c))]
        conditions = [*own, *self._about(described.letters, own)]
        relations = [c for c in conditions if isinstance(c, Relation)]
        kinds = {c.kind for c in conditions if isinstance(c, Holds)}
        if any(c.operator == "=" for c in relations) or not relations or not kinds <= {"real"}:
            return None
        if len(relations) + sum(isinstance(c, Holds) for c in conditions) != len(conditions):
            return None
        work = solve_relations(relations, described.letters[0])
        return replace(work, assumptions=self.problem.assumptions)

    def _valued(self, trees: tuple[Tree, ...]) -> Work:
        free = {n for tree in trees for n in letters(tree)}
        extreme = self.problem.extreme
        if not free:
            if extreme not in {"", "all"} and self.problem.conditions:
                raise NotCovered("an extreme of a number")
            self._check_numbers()
            values = tuple(build(tree) for tree in trees)
            value = values[0] if len(values) == 1 else sp.Tuple(*values)
            how = "computed exactly"
            return self._told(
                Found(values=(value,), proved=True, how=how), single=True, kind="value"
            )
        found = self._values_of(trees, self._about(sorted(free), []))
        if extreme in {"least", "greatest", "sum", "product", "count"}:
            value = _joined(extreme, 1, found.values)
            return self._told(replace(found, values=(value,)), single=True, kind=extreme)
        if extreme != "all" and len(found.values) != 1:
            raise NotCovered(f"{len(found.values)} values are possible")
        return self._told(found, single=len(found.values) == 1, kind=extreme or "value")

    def _check_numbers(self) -> None:
        """What is said of numbers must be true: else something was misread."""
        for condition in self.conditions:
            if not any(letters(tree) for tree in trees_of(condition)):
                test = Search((), ()).test(condition)
                if not test({}):
                    raise NotCovered("what is given is not true")

    def _values_of(self, trees: tuple[Tree, ...], conditions: list[Condition]) -> Found:
        """Return all values that expressions take where conditions hold."""
        self._check_numbers()
        names = tuple(
            dict.fromkeys(
                n
                for t in (*trees, *(x for c in conditions for x in trees_of(c)))
                for n in letters(t)
            )
        )
        extreme = self.problem.extreme
        points: Points
        if (residues := residues_of(trees, names, conditions)) is not None:
            return Found(values=residues, proved=True, how="every residue was tried")
        if (
            extreme in {"least", "greatest"}
            and len(trees) == 1
            and not all(is_integral(name, conditions) for name in names)
        ):
            try:
                value = extreme_of(trees[0], conditions, least=extreme == "least")
                return Found(values=(value.value,), proved=value.proved, how=value.how)
            except NotCovered:
                pass
        if all(is_integral(name, conditions) for name in names):
            try:
                points = _whole_points(names, conditions)
            except NotCovered:
                points = real_values(names, conditions)
        else:
            points = real_values(names, conditions, trees if extreme != "all" else ())
            if points.value is not None:
                return Found(values=(points.value,), proved=points.proved, how=points.how)
        values: list[Expression] = []
        for point in points.values:
            built = [build(tree, point) for tree in trees]
            value = sp.radsimp(sp.expand(built[0])) if len(built) == 1 else sp.Tuple(*built)
            if not any(_same(value, other) for other in values):
                values.append(value)
        return Found(values=tuple(values), proved=points.proved, how=points.how)

    def _told(self, found: Found, *, single: bool, kind: str) -> Work:
        if not found.values and kind != "count":
            raise NotCovered("nothing fits")
        if any(value.has(sp.nan, sp.zoo, sp.oo) or value.free_symbols for value in found.values):
            raise NotCovered("no number")
        if len(found.values) > MAX_SHOWN:
            raise NotCovered("too many values to list")
        values = found.values if single else sorted(found.values, key=_rank)
        shown = ", ".join(_shown(value) for value in values)
        proved = self.proved and found.proved
        if self.problem.form:
            shown = _formed(self.problem.form, values)
        work = done(
            _RULES.get(kind, "compute"), self.problem.source, shown, found.how, proved=proved
        )
        return replace(work, assumptions=self.problem.assumptions)


_RULES = {
    "count": "count",
    "sum": "sum",
    "least": "least",
    "greatest": "greatest",
    "all": "find all",
}


def _formed(form: str, values: Sequence[Expression]) -> str:
    """Write numbers in a base, or rounded. Raises `NotCovered`."""
    kind, _, count = form.partition(" ")
    if kind == "base":
        if not all(value.is_Integer and value >= 0 for value in values):
            raise NotCovered("whole numbers are written in bases")
        return ", ".join(in_base(int(value), int(count)) for value in values)
    rounded: list[str] = []
    for value in values:
        if not value.is_real:
            raise NotCovered("no real number")
        scaled = sp.floor(value * 10 ** int(count) + sp.Rational(1, 2))
        if not scaled.is_Integer:
            raise NotCovered("a rounded value that is not certain")
        rounded.append(decimal_text(Fraction(int(scaled), 10 ** int(count))))
    return ", ".join(rounded)


def _whole_points(names: tuple[str, ...], conditions: list[Condition]) -> Points:
    search = Search(names, tuple(conditions))
    if not search.finite:
        raise NotCovered("no bounds follow for every letter")
    values = [{n: _number(v) for n, v in point.items()} for point in search.found()]
    if not values:
        raise NotCovered("nothing fits")
    return Points(values=tuple(values), proved=True, how="whole numbers, one by one within bounds")


def _first(search: Search, name: str, rank: int, *, downwards: bool) -> tuple[Expression, ...]:
    found: list[Expression] = []
    for point in search.found(downwards=downwards):
        found.append(_number(point[name]))
        if len(found) == rank:
            return tuple(found)
    raise NotCovered("none was found")


def _number(value: "int | Fraction") -> Expression:
    exact = Fraction(value)
    return sp.Rational(exact.numerator, exact.denominator)


def _joined(kind: str, rank: int, values: Sequence[Expression]) -> Expression:
    """Return one value of several. Raises `NotCovered`."""
    if kind == "count":
        return sp.Integer(len(values))
    if not values or any(isinstance(value, sp.Tuple) for value in values):
        raise NotCovered("nothing to pick from")
    first, _, second = kind.replace(" of ", " ").partition(" ")
    if second in {"least", "greatest"}:
        if len(values) < rank:
            raise NotCovered("not as many")
        ordered = sorted(values, key=_rank, reverse=second == "greatest")[:rank]
        return _joined(first, 1, ordered)
    if second:
        values = [sp.Abs(v) if second.startswith("abs") else v ** _POWERS[second] for v in values]
    match first:
        case "sum":
            return sp.radsimp(sp.expand(sp.Add(*values)))
        case "product":
            return sp.radsimp(sp.expand(sp.Mul(*values)))
        case "mean":
            return sp.radsimp(sp.expand(sp.Add(*values) / len(values)))
        case "least" | "greatest":
            if any(not value.is_real for value in values) or len(values) < rank:
                raise NotCovered("numbers that have no order")
            return sorted(values, key=_rank, reverse=first == "greatest")[rank - 1]
        case _:
            raise NotCovered(f"{kind} is not picked")


def _rank(value: Expression) -> tuple[float, ...]:
    parts: Sequence[Expression] = value.args if isinstance(value, sp.Tuple) else (value,)
    return tuple(float(sp.N(part, 30)) for part in parts)


def _same(one: Expression, other: Expression) -> bool:
    return one == other or (not isinstance(one, sp.Tuple) and (one - other).equals(0) is True)


def _shown(value: Expression) -> str:
    """Write a value in the shortest form that is proved equal to it."""
    if isinstance(value, sp.Tuple):
        return plain(sp.Tuple(*(next(short_forms(part), part) for part in value.args)))
    return plain(next(short_forms(value), value))


def _as_tree(value: Expression) -> Tree:
    if value.is_Rational:
        return Number(value=Fraction(int(value.p), int(value.q)))
    return tree_of(value)


def _rebuilt(tree: Tree, put: Mapping[Tree, Tree]) -> Tree:
    """Return a node with other operands."""
    match tree:
        case Relation():
            return Relation(operator=tree.operator, left=put[tree.left], right=put[tree.right])
        case Number() | Name():
            return tree
        case Call():
            return tree
        case _:
            changes = {
                field: put[getattr(tree, field)]
                for field in ("operand", "left", "right")
                if hasattr(tree, field)
            }
            return replace(tree, **changes)


def _computed(call: Call) -> Tree:
    """Return the number that a function of numbers is; what has letters stays as it is."""
    special = call.function in WHOLE or call.function in {
        "integer below",
        "integer above",
        "nearest",
    }
    if not special or any(letters(argument) for argument in call.arguments):
        return call
    if call.function in MODULAR:
        value = modular(call.arguments[0], MODULAR[call.function])
        size = MODULAR[call.function] // (100 if call.function == "hundreds digit" else 10)
        place = {"tens digit": value // 10, "hundreds digit": value // 100}
        if size and any(
            isinstance(n, Negate) or (isinstance(n, Binary) and n.operator == "-")
            for n in walk(call.arguments[0])
        ):
            raise NotCovered("the digits of a difference")
        return Number(value=Fraction(place.get(call.function, value)))
    if call.function in {"remainder", "mod"}:
        divisor = compiled(call.arguments[1])({})
        if Fraction(divisor).denominator != 1 or divisor < 1:
            raise NotCovered("a modulus is a natural number")
        return Number(value=Fraction(modular(call.arguments[0], int(divisor))))
    try:
        return Number(value=Fraction(compiled(call)({})))
    except (Inexact, NotCovered):
        if call.function in WHOLE:
            raise
    value = build(call.arguments[0])
    found = {
        "integer below": sp.ceiling(value) - 1,
        "integer above": sp.floor(value) + 1,
        "nearest": sp.floor(value + sp.Rational(1, 2)),
    }[call.function]
    if not found.is_Integer:
        raise NotCovered("a value that is not decided")
    return Number(value=Fraction(int(found)))
