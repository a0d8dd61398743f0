"""Branches of a function and how near an input came to each (branch distance after Korel, 1990).

The conditions of a definition are wrapped in calls that record which way they went, and for
comparisons how far they were from the other way. Goals are pairs of a number and a direction.
"""

import ast
import copy
from collections.abc import Iterable

from .codes import Definition

Goal = tuple[int, bool]
PROBE = "__plumb__"
_FAR = 1e9


class Probe:
    """Collects what one run of an instrumented function did."""

    def __init__(self) -> None:
        self.hit: set[Goal] = set()
        self.near: dict[Goal, float] = {}
        self.edge: dict[int, float] = {}
        self.seen: list[object] = []

    def reset(self) -> None:
        """Forget the last run."""
        self.hit, self.near, self.edge, self.seen = set(), {}, {}, []

    def test(self, number: int, value: object) -> object:
        """Record which way a condition went; returns it."""
        went = bool(value)
        self.hit.add((number, went))
        self.near.setdefault((number, not went), 1.0)
        return value

    def mark(self, number: int, way: bool) -> None:  # noqa: FBT001
        """Record that a place was reached."""
        self.hit.add((number, way))

    def compare(self, number: int, operator: str, left: object, right: object) -> object:
        """Compare as the program did, and record how far both outcomes were."""
        result = _APPLY[operator](left, right)
        for one in (left, right):
            if isinstance(one, int | float | str | bytes) and len(self.seen) < 50:
                self.seen.append(one)
        if operator in {"in", "not in"} and isinstance(
            right, list | tuple | set | frozenset | dict
        ):
            self.seen.extend(one for one in list(right)[:5] if isinstance(one, int | str | bytes))
        distance = _distance(operator, left, right)
        if distance is not None:
            try:
                other = (number, not result)
            except Exception:  # arrays and the like have no truth
                return result
            self.near[other] = min(self.near.get(other, _FAR), distance)
            self.edge[number] = min(self.edge.get(number, _FAR), distance - 1)
        return result


_APPLY = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "is": lambda a, b: a is b,
    "is not": lambda a, b: a is not b,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}


def _distance(operator: str, left: object, right: object) -> float | None:
    """Return how much must change for the comparison to come out the other way."""
    if isinstance(left, int | float) and isinstance(right, int | float):
        return min(_FAR, abs(float(left) - float(right)) + 1) if abs(left) < _FAR else _FAR
    if isinstance(left, str) and isinstance(right, str) and operator in {"==", "!="}:
        return float(_edits(left[:40], right[:40])) + 1
    return None


def _edits(left: str, right: str) -> int:
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def instrument(definition: Definition) -> tuple[Definition, frozenset[Goal]]:
    """Return a copy of a definition with probes, and the goals that it has."""
    writer = _Writer()
    body = [writer.visit(one) for one in copy.deepcopy(definition).body]
    changed = copy.copy(definition)
    changed.body = [writer.marked(way=True), *_flattened(body)]
    return changed, frozenset(writer.goals)


def _flattened(items: Iterable[object]) -> list[ast.stmt]:
    flat: list[ast.stmt] = []
    for one in items:
        flat += one if isinstance(one, list) else [one]  # type: ignore[list-item]
    return flat


class _Writer(ast.NodeTransformer):
    def __init__(self) -> None:
        self.goals: set[Goal] = set()
        self._count = 0

    def marked(self, *, way: bool) -> ast.Expr:
        """Return a statement that says this place was reached."""
        self._count += 1
        self.goals.add((self._count, way))
        return ast.Expr(_call("mark", ast.Constant(self._count), ast.Constant(way)))

    def visit_If(self, node: ast.If) -> ast.AST:
        node.test = self._condition(node.test)
        return self.generic_visit(node)

    visit_While = visit_IfExp = visit_If  # type: ignore[assignment] # noqa: N815

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        node.ifs = [self._condition(one) for one in node.ifs]
        return self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        node.values = [self._condition(one) for one in node.values]
        return self.generic_visit(node)

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        node.body.insert(0, self.marked(way=True))
        node.orelse.insert(0, self.marked(way=False))
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        node.body.insert(0, self.marked(way=True))
        return node

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        if node.guard is not None:
            node.guard = self._condition(node.guard)
        self.generic_visit(node)
        node.body.insert(0, self.marked(way=True))
        return node

    def _condition(self, test: ast.expr) -> ast.expr:
        """Return a condition that tells which way it goes."""
        if isinstance(test, ast.Constant) or (
            isinstance(test, ast.Call) and ast.unparse(test).startswith(PROBE)
        ):
            return test
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return ast.copy_location(ast.UnaryOp(ast.Not(), self._condition(test.operand)), test)
        if isinstance(test, ast.BoolOp):
            return test  # its operands are conditions of their own
        self._count += 1
        number = self._count
        self.goals |= {(number, True), (number, False)}
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and _plain(test):
            sign = ast.Constant(_SIGNS[type(test.ops[0])])
            test = _call("compare", ast.Constant(number), sign, test.left, test.comparators[0])
        return _call("test", ast.Constant(number), test)


def _plain(test: ast.Compare) -> bool:
    """Whether a comparison may be moved into a call: no name is bound or awaited in it."""
    moved = (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)
    return not any(isinstance(one, moved) for one in ast.walk(test))


def _call(method: str, *arguments: ast.expr) -> ast.Call:
    function = ast.Attribute(ast.Name(PROBE, ast.Load()), method, ast.Load())
    return ast.Call(function, list(arguments), [])
