"""Cells of notebooks, which clients open as documents of their own.

A cell is no file: names come from other cells, lines may be commands of IPython. So of a cell only
syntax errors are told, and its commands are left aside. Nothing in a notebook is renamed.
"""

import re
from dataclasses import replace

from code_assist import Diagnostic, Source, diagnose

_SCHEMES = ("vscode-notebook-cell:", "jupyter-cell:", "notebook-cell:")
_COMMAND = re.compile(
    r"(?m)^([ \t]*)(?:[\w., ]+=[ \t]*)?(?:[%!][^\r\n]*|\?{1,2}[\w.]+[ \t]*$|[\w.]+\?{1,2}[ \t]*$)"
)


def is_cell(uri: str) -> bool:
    """Whether an address names a cell."""
    return uri.startswith(_SCHEMES)


def find(source: Source) -> tuple[Diagnostic, ...]:
    """Return the syntax errors of a cell."""
    if source.language == "python":
        if source.text.lstrip().startswith("%%"):  # the whole cell is in another language
            return ()
        source = replace(source, text=_COMMAND.sub(_blank, source.text))
    return tuple(one for one in diagnose(source) if one.code == "syntax-error")


def _blank(match: re.Match[str]) -> str:
    """Return a statement as long as a command, so that columns and blocks stay as they are."""
    indent = match.group(1)
    return indent + "0".ljust(len(match.group()) - len(indent))
