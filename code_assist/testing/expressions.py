"""What the guest says it saw, judged before it is written into a file that a user will run.

The code under test ran in the same process, so its words are foreign text: only expressions of
plain values, and calls of harmless builtins and of names that the test imports, are let through.
"""

import ast
import builtins

_FORBIDDEN = {
    "__import__",
    "breakpoint",
    "compile",
    "delattr",
    "eval",
    "exec",
    "exit",
    "getattr",
    "globals",
    "help",
    "input",
    "locals",
    "memoryview",
    "open",
    "print",
    "quit",
    "setattr",
    "vars",
}
_NODES = (
    ast.Expression,
    ast.Constant,
    ast.List,
    ast.Tuple,
    ast.Set,
    ast.Dict,
    ast.UnaryOp,
    ast.BinOp,
    ast.BoolOp,
    ast.Compare,
    ast.Call,
    ast.keyword,
    ast.Name,
    ast.Attribute,
    ast.Subscript,
    ast.Slice,
    ast.Lambda,
    ast.arguments,
    ast.arg,
    ast.IfExp,
    ast.Starred,
    ast.ListComp,
    ast.GeneratorExp,
    ast.comprehension,
    ast.expr_context,
    ast.operator,
    ast.unaryop,
    ast.boolop,
    ast.cmpop,
)


def names_in(source: str) -> frozenset[str] | None:
    """Return the free names of a harmless expression; None for anything else."""
    try:
        tree = ast.parse(source, mode="eval")
    except (SyntaxError, ValueError, RecursionError):
        return None
    free: set[str] = set()
    bound: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, _NODES) or getattr(node, "is_async", 0):
            return None
        if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            return None
        if isinstance(node, ast.arg):
            bound.add(node.arg)
        if isinstance(node, ast.Name):
            (free if isinstance(node.ctx, ast.Load) else bound).add(node.id)
    names = free - bound
    if names & _FORBIDDEN or any(name.startswith("__") for name in names):
        return None
    return frozenset(name for name in names if not hasattr(builtins, name))
