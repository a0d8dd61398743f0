"""Small edits that mend common mistakes, by templates over the tree (after Kim et al., PAR, 2013).

Each costs about as much as it is unlikely: an operator or an off-by-one before another name, a
name before a new guard.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .expected import Raised
from .patches import Edit

_COMPARE: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">", ">="),
    ast.LtE: ("<", ">=", ">"),
    ast.Gt: (">=", "<", "<="),
    ast.GtE: (">", "<=", "<"),
    ast.Eq: ("!=", "<=", ">="),
    ast.NotEq: ("==",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
}
_ARITHMETIC: dict[type[ast.operator], tuple[str, ...]] = {
    ast.Add: ("-", "*"),
    ast.Sub: ("+",),
    ast.Mult: ("//", "+", "/", "**", "%"),
    ast.Div: ("*", "//"),
    ast.FloorDiv: ("*", "/", "%"),
    ast.Mod: ("//", "*"),
    ast.Pow: ("*",),
    ast.BitAnd: ("|",),
    ast.BitOr: ("&",),
    ast.LShift: (">>",),
    ast.RShift: ("<<",),
}
_TWINS = (
    "append extend",
    "min max",
    "any all",
    "startswith endswith",
    "lower upper",
    "strip lstrip rstrip",
    "keys values items",
    "floor ceil",
    "find rfind index",
    "split rsplit",
    "popleft pop",
    "first last",
    "add discard",
    "union intersection",
    "sorted reversed",
)
_OTHERS = {
    name: [o for o in names.split() if o != name] for names in _TWINS for name in names.split()
}
_MOST_NAMES = 8


@dataclass(slots=True)
class _Text:
    """A file's bytes with the places of its nodes."""

    data: bytes
    starts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        at = 0
        for line in self.data.splitlines(keepends=True):
            self.starts.append(at)
            at += len(line)

    def place(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Return where a node's bytes begin and end."""
        start = self.starts[node.lineno - 1] + node.col_offset
        end = self.starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        return start, end

    def of(self, node: ast.expr | ast.stmt) -> str:
        """Return a node's source."""
        start, end = self.place(node)
        return self.data[start:end].decode()

    def edit(self, node: ast.expr | ast.stmt, new: str, what: str, cost: float) -> Edit:
        """Return an edit that puts other source in a node's place."""
        start, end = self.place(node)
        return Edit(start=start, end=end, text=new, line=node.lineno, what=what, cost=cost)


def candidates(source: str, raised: Sequence[Raised] = ()) -> Iterator[Edit]:
    """Yield the small edits of a file; those of the same place differ in cost.

    `raised` is what failing tests expect to be raised: guards that do so are tried as well.
    """
    text = _Text(source.encode())
    tree = ast.parse(source)
    module = sorted(_defined(tree))
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            names = _names(scope)
            yield from _guards(text, scope)
            for one in raised:
                yield from _raising(text, scope, one)
            for node in _own(scope):
                yield from _node(text, node, names, module)


def _own(scope: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """Yield the nodes of a function, its defaults with them, without inner functions."""
    stack: list[ast.AST] = [*scope.body, *scope.args.defaults]
    stack += [one for one in scope.args.kw_defaults if one is not None]
    if ast.get_docstring(scope) is not None:
        stack.remove(scope.body[0])
    inner = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    while stack:
        node = stack.pop()
        yield node
        stack += [one for one in ast.iter_child_nodes(node) if not isinstance(one, inner)]


def _names(scope: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    arguments = [*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs]
    found = [one.arg for one in arguments]
    names = [one for one in ast.walk(scope) if isinstance(one, ast.Name)]
    found += [one.id for one in names if isinstance(one.ctx, ast.Store)]
    read = {one.id for one in names if isinstance(one.ctx, ast.Load)}
    # what nobody reads was made for something: it stands first
    return sorted(dict.fromkeys(found), key=lambda name: name in read)


def _defined(tree: ast.Module) -> set[str]:
    return {
        one.name
        for one in tree.body
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }


def _node(text: _Text, node: ast.AST, names: list[str], module: list[str]) -> Iterator[Edit]:
    match node:
        case ast.Compare():
            yield from _compare(text, node)
        case ast.BinOp():
            yield from _arithmetic(text, node)
        case ast.BoolOp():
            word = "or" if isinstance(node.op, ast.And) else "and"
            joined = f" {word} ".join(text.of(one) for one in node.values)
            yield text.edit(node, joined, f"`{word}` in place of the other", 1.0)
            for index in range(len(node.values) if len(node.values) == 2 else 0):
                yield text.edit(node, text.of(node.values[index]), "one condition alone", 3.0)
        case ast.Constant(value=None):
            for rank, other in enumerate((*names[:_MOST_NAMES], "True", "False", "[]", "0")):
                yield text.edit(node, other, f"`{other}` in place of `None`", 2.4 + rank / 20)
        case ast.Constant():
            yield from _constant(text, node)
        case ast.UnaryOp():
            yield text.edit(node, text.of(node.operand), "without the sign or `not`", 1.2)
        case ast.Call():
            yield from _call(text, node, module)
        case ast.Subscript():
            yield from _subscript(text, node)
        case ast.Name(ctx=ast.Load()):
            for rank, other in enumerate(names if node.id in names else ()):
                if other != node.id:
                    cost = 2.3 + rank / 20 + (rank >= _MOST_NAMES)
                    yield text.edit(node, other, f"`{other}` in place of `{node.id}`", cost)
        case ast.Attribute() if node.attr in _OTHERS:
            for other in _OTHERS[node.attr]:
                new = f"{text.of(node.value)}.{other}"
                yield text.edit(node, new, f"`{other}` in place of `{node.attr}`", 1.8)
        case ast.If() | ast.While() | ast.IfExp():
            negated = f"not ({text.of(node.test)})"
            yield text.edit(node.test, negated, "the condition negated", 1.5)
            if isinstance(node, ast.IfExp):
                turned = f"{text.of(node.orelse)} if {text.of(node.test)} else {text.of(node.body)}"
                yield text.edit(node, turned, "both branches exchanged", 2.0)
        case ast.stmt():
            yield from _statement(text, node)
        case _:
            return


def _compare(text: _Text, node: ast.Compare) -> Iterator[Edit]:
    left, rights = text.of(node.left), [text.of(one) for one in node.comparators]
    signs = [_sign(one) for one in node.ops]
    for index, op in enumerate(node.ops):
        for rank, other in enumerate(_COMPARE[type(op)]):
            changed = [*signs[:index], other, *signs[index + 1 :]]
            new = " ".join([left, *(f"{s} {r}" for s, r in zip(changed, rights, strict=True))])
            yield text.edit(node, new, f"`{other}` in place of `{signs[index]}`", 0.8 + rank / 5)
    if len(rights) == 1 and isinstance(node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE):
        for step in ("+ 1", "- 1"):
            new = f"{left} {signs[0]} {rights[0]} {step}"
            yield text.edit(node, new, "the boundary moved by one", 1.6)
        new = f"{rights[0]} {signs[0]} {left}"
        yield text.edit(node, new, "the sides exchanged", 2.2)


def _sign(op: ast.cmpop) -> str:
    probe = ast.Compare(ast.Name("a", ast.Load()), [op], [ast.Name("b", ast.Load())])
    return ast.unparse(probe)[2:-2]


def _arithmetic(text: _Text, node: ast.BinOp) -> Iterator[Edit]:
    left, right = text.of(node.left), text.of(node.right)
    sign = ast.unparse(ast.BinOp(ast.Name("a"), node.op, ast.Name("b")))[2:-2]
    for rank, other in enumerate(_ARITHMETIC.get(type(node.op), ())):
        new = f"{left} {other} {right}"
        yield text.edit(node, new, f"`{other}` in place of `{sign}`", 1.0 + rank / 5)
    if not isinstance(node.op, ast.Add | ast.Mult):
        yield text.edit(node, f"{right} {sign} {left}", "the operands exchanged", 1.6)
    for one in (left, right):
        yield text.edit(node, one, "one operand alone", 2.4)


def _constant(text: _Text, node: ast.Constant) -> Iterator[Edit]:
    value = node.value
    if isinstance(value, bool):
        yield text.edit(node, str(not value), f"`{not value}` in place of `{value}`", 1.0)
    elif isinstance(value, int):
        for rank, other in enumerate(dict.fromkeys((value + 1, value - 1, 0, 1, -value, 2))):
            if other != value:
                shown = f"({other})" if other < 0 else str(other)
                yield text.edit(node, shown, f"{other} in place of {value}", 1.1 + rank / 4)
    elif isinstance(value, str) and value.endswith("XX") and not _is_formatted(text, node):
        yield text.edit(node, repr(value[:-2]), "a shorter text", 1.5)


def _is_formatted(text: _Text, node: ast.Constant) -> bool:
    return text.of(node)[:1] not in {"'", '"'}


def _call(text: _Text, node: ast.Call, module: list[str]) -> Iterator[Edit]:
    parts = [text.of(one) for one in node.args]
    words = [text.of(one.value) for one in node.keywords]
    named = [
        f"{one.arg}={w}" if one.arg else f"**{w}"
        for one, w in zip(node.keywords, words, strict=True)
    ]
    name = text.of(node.func)
    for index in range(len(parts) - 1):
        turned = [*parts[:index], parts[index + 1], parts[index], *parts[index + 2 :]]
        new = f"{name}({', '.join([*turned, *named])})"
        yield text.edit(node, new, "two arguments exchanged", 1.8)
    if name in {"range", "islice", "repeat"} and parts:
        for step in ("- 1", "+ 1"):
            moved = [*parts[:-1], f"{parts[-1]} {step}"]
            yield text.edit(node, f"{name}({', '.join(moved)})", "an end moved by one", 1.4)
    if isinstance(node.func, ast.Name):
        for other in [*_OTHERS.get(name, ()), *(module if name in module else ())]:
            if other != name:
                yield text.edit(node.func, other, f"`{other}` in place of `{name}`", 2.6)
    if len(parts) == 1 and not named:
        yield text.edit(node, parts[0], "without the call", 3.0)


def _subscript(text: _Text, node: ast.Subscript) -> Iterator[Edit]:
    if not isinstance(node.slice, ast.Slice):
        for step in ("- 1", "+ 1"):
            new = f"{text.of(node.value)}[{text.of(node.slice)} {step}]"
            if not (isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)):
                yield text.edit(node, new, "the index moved by one", 1.9)
        return
    cut = node.slice
    parts = {
        side: text.of(one) if (one := getattr(cut, side)) else "" for side in ("lower", "upper")
    }
    step = f":{text.of(cut.step)}" if cut.step else ""
    for side, old in parts.items():
        for new in (f"{old} - 1", f"{old} + 1", "") if old else ("1", "-1"):
            bounds = {**parts, side: new}
            shown = f"{text.of(node.value)}[{bounds['lower']}:{bounds['upper']}{step}]"
            yield text.edit(node, shown, "a bound of the slice moved", 1.7)


def _statement(text: _Text, node: ast.stmt) -> Iterator[Edit]:
    match node:
        case ast.Expr(value=value) if not isinstance(
            value, ast.Constant | ast.Yield | ast.YieldFrom
        ):
            yield text.edit(node, f"return {text.of(value)}", "the result returned", 1.3)
        case ast.Assign(targets=[ast.Name() | ast.Attribute() | ast.Subscript() as target]):
            for sign in ("+=", "-="):
                new = f"{text.of(target)} {sign} {text.of(node.value)}"
                yield text.edit(node, new, f"`{sign}` in place of `=`", 2.0)
        case ast.AugAssign():
            sign = ast.unparse(ast.BinOp(ast.Name("a"), node.op, ast.Name("b")))[2:-2]
            target, value = text.of(node.target), text.of(node.value)
            for other in (*_ARITHMETIC.get(type(node.op), ()), ""):
                new = f"{target} {other}= {value}"
                yield text.edit(node, new, f"`{other}=` in place of `{sign}=`", 1.2)
        case ast.Break() | ast.Continue():
            other = "continue" if isinstance(node, ast.Break) else "break"
            yield text.edit(node, other, f"`{other}`", 1.5)
            yield text.edit(node, "pass", "without leaving the loop", 3.0)
        case ast.Pass():
            for new in ("continue", "break", "return None"):
                yield text.edit(node, new, f"`{new}` in place of `pass`", 2.0)
        case ast.Return(value=value) if value is not None:
            yield text.edit(node, text.of(value), "without `return`", 3.5)
        case _:
            return


def _raising(
    text: _Text, scope: ast.FunctionDef | ast.AsyncFunctionDef, expected: Raised
) -> Iterator[Edit]:
    """Yield guards that raise what a test expects, on what an argument is wrong with usually."""
    first = scope.body[1 if ast.get_docstring(scope) and len(scope.body) > 1 else 0]
    place = text.starts[first.lineno - 1] + first.col_offset
    margin = " " * first.col_offset
    arguments = [*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs]
    names = [one.arg for one in arguments if one.arg not in {"self", "cls"}]
    tests = [f"{name} {wrong}" for name in names for wrong in ("< 0", "< 1", "is None", "== 0")]
    tests += [f"not {name}" for name in names]
    tests += [f"{a} > {b}" for a in names for b in names if a != b]
    said = f"({expected.message!r})" if expected.message else ""
    for test in tests:
        new = f"if {test}:\n{margin}    raise {expected.kind}{said}\n{margin}"
        what = f"{expected.kind} for `{test}`"
        yield Edit(start=place, end=place, text=new, line=first.lineno, what=what, cost=1.4)


def _guards(text: _Text, scope: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Edit]:
    """Yield guards before the first statement, with results that the function has elsewhere."""
    body = scope.body
    first = body[1] if len(body) > 1 and isinstance(body[0], ast.Expr) else body[0]
    place = text.starts[first.lineno - 1] + first.col_offset
    returned = {text.of(n.value) for n in ast.walk(scope) if isinstance(n, ast.Return) and n.value}
    results = [one for one in sorted(returned, key=len) if len(one) < 16][:3]
    margin = " " * first.col_offset
    for argument in [*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs]:
        name = argument.arg
        if name in {"self", "cls"}:
            continue
        for test in (f"not {name}", f"{name} is None"):
            for result in dict.fromkeys((*results, "None", "[]", "0", name)):
                new = f"if {test}:\n{margin}    return {result}\n{margin}"
                what = f"a guard for `{test}`"
                yield Edit(start=place, end=place, text=new, line=first.lineno, what=what, cost=3.2)
