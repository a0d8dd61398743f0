"""Names of a Python file that nothing defines, and imports that nothing uses.

Built to raise no false alarm: a scope holds every name that is bound anywhere in it (order and
conditions are ignored), and where names may come from elsewhere (wildcard imports, `exec`,
`globals()`) nothing is reported as undefined. What is missed in exchange: use before assignment,
attributes, names deleted before use.
"""

import ast
import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .python_scopes import Names, build

Kind = Literal["undefined-name", "unused-import"]

_PROVIDED = (
    "__file__ __path__ __annotations__ __builtins__ __class__ __qualname__ __module__ __dict__ "
    "__firstlineno__ __static_attributes__ __conditional_annotations__ "
    "WindowsError _ reveal_type reveal_locals get_ipython display"
)
ALWAYS = frozenset(dir(builtins)) | frozenset(_PROVIDED.split())
"""Names that the interpreter, an interactive session, gettext or a type checker provides."""

_WORD = re.compile(r"[^\W\d]\w*")
_TYPE_COMMENT = re.compile(r"#\s*type:\s*(.*)")
_SILENCED = re.compile(r"#.*\bnoqa\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFinding:
    """A finding about a name and the node where it stands; `module` is what an import imports."""

    kind: Kind
    name: str
    node: ast.expr | ast.alias
    module: str = ""


def find(
    tree: ast.Module, text: str, *, extra: frozenset[str] = frozenset(), reexports: bool = False
) -> Iterator[NameFinding]:
    """Yield findings in the order of the tree.

    Args:
        tree: The module.
        text: Its text, for comments.
        extra: Names in pieces of the file that did not parse: neither undefined nor unused.
        reexports: Whether the file imports names for others to use (`__init__.py`, stubs).
    """
    try:
        names = build(tree)
    except RecursionError:  # a tree too deep to walk: silence is right, a crash is not
        return
    comments = {word for c in _TYPE_COMMENT.findall(text) for word in _WORD.findall(c)}
    lines = text.splitlines()
    silenced = frozenset(n for n, line in enumerate(lines, 1) if _SILENCED.search(line))
    if not (names.wildcard or names.binds_by_text):
        yield from _undefined(names, extra, silenced)
    if not (reexports or names.reads_by_text):
        yield from _unused(names, extra | comments, silenced)


def _undefined(
    names: Names, extra: frozenset[str], silenced: frozenset[int]
) -> Iterator[NameFinding]:
    for read in names.reads:
        name = read.node.id
        if read.guarded or name in ALWAYS or name in extra or read.scope.binds(name):
            continue
        if read.node.lineno not in silenced:
            yield NameFinding(kind="undefined-name", name=name, node=read.node)


def _unused(names: Names, extra: frozenset[str], silenced: frozenset[int]) -> Iterator[NameFinding]:
    used = {read.node.id for read in names.reads} | names.quoted | extra
    for one in names.imports:
        if one.name in used or one.optional or one.reexported or one.name.startswith("_"):
            continue
        if one.node.lineno not in silenced:
            yield NameFinding(kind="unused-import", name=one.name, node=one.node, module=one.module)
