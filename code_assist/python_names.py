"""Names of a Python file that nothing defines, and imports that nothing uses.

Built to raise no false alarm: a scope holds every name that is bound anywhere in it (order and
conditions are ignored), and where names may come from elsewhere (wildcard imports, `exec`,
`globals()`) nothing is reported as undefined. What is missed in exchange: use before assignment,
attributes, names deleted before use.
"""

import builtins
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .python_facts import At
from .python_module import Module
from .python_pieces import Piece

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
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFinding:
    """A finding about a name and the place where it stands; `module` is what an import imports."""

    kind: Kind
    name: str
    piece: Piece
    at: At
    module: str = ""


def find(
    module: Module, text: str, *, extra: frozenset[str] = frozenset(), reexports: bool = False
) -> Iterator[NameFinding]:
    """Yield findings, piece by piece.

    Args:
        module: The pieces.
        text: The text that they came from, for comments.
        extra: Names in pieces of the file that did not parse: neither undefined nor unused.
        reexports: Whether the file imports names for others to use (`__init__.py`, stubs).
    """
    if any(each.unread for _, each in module.parts):
        return
    comments = {word for c in _TYPE_COMMENT.findall(text) for word in _WORD.findall(c)}
    silenced = silenced_lines(text)
    if not module.open_ended:
        yield from _undefined(module, extra, silenced)
    if not (reexports or module.reads_by_text):
        yield from _unused(module, module.used | extra | comments, silenced)


def silenced_lines(text: str) -> frozenset[int]:
    """Return the zero-based numbers of the lines on which `noqa` forbids findings."""
    found = [match.start() for match in _SILENCED.finditer(text)]
    if not found:
        return frozenset()
    starts = [match.end() for match in _LINE_END.finditer(text)]
    return frozenset(bisect_right(starts, at) for at in found)


def _undefined(
    module: Module, extra: frozenset[str], silenced: frozenset[int]
) -> Iterator[NameFinding]:
    known = module.bound | ALWAYS | extra
    for piece, each in module.parts:
        own = module.own.get(piece.group, frozenset())
        for read in each.free:
            if read.guarded or read.name in known or (read.in_class and read.name in own):
                continue
            if piece.line + read.at.line not in silenced:
                yield NameFinding(kind="undefined-name", name=read.name, piece=piece, at=read.at)


def _unused(
    module: Module, used: frozenset[str], silenced: frozenset[int]
) -> Iterator[NameFinding]:
    for piece, each in module.parts:
        for imported in each.imports:
            one = imported.what
            if one.name in used or one.optional or one.reexported or one.name.startswith("_"):
                continue
            if piece.line + imported.at.line not in silenced:
                yield NameFinding(
                    kind="unused-import", name=one.name, piece=piece, at=imported.at,
                    module=one.module,
                )  # fmt: skip
