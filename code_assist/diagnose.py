"""What is wrong in a file: syntax errors, one per root cause, names in Python, imports in Java.

A broken piece of a file does not hide what can be said about the rest of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

from assistants.answer import Json

from . import java_errors, python_checks, python_syntax
from .java_syntax import JavaError
from .java_unused import unused_imports
from .python_module import Module, offsets
from .python_names import find, silenced_lines
from .recovery import Recovery, SyntaxFault, recover
from .source import Source, Span

_WORD = re.compile(r"[^\W\d]\w*")


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding.

    `code` is `syntax-error`, `undefined-name`, `unused-import`, or for Python one of the kinds of
    `python_checks.Slip`; `name` is the name that an error is about.
    """

    span: Span
    severity: Severity
    code: str
    message: str
    name: str = ""

    def to_dict(self) -> dict[str, Json]:
        """Return the finding as plain data; lines and columns are zero-based."""
        start, end = self.span.start, self.span.end
        return {
            "range": {
                "start": {"line": start.line, "column": start.column},
                "end": {"line": end.line, "column": end.column},
            },
            "severity": self.severity.value,
            "code": self.code,
            "message": self.message,
        }


def diagnose(source: Source) -> tuple[Diagnostic, ...]:
    """Return what is wrong in a file, in the order of the text."""
    if source.language == "java":
        return _java(source)
    recovery = recover(source)
    found = [_syntax(source, error) for error in recovery.errors]
    if recovery.recovered:
        found.extend(_python(source, recovery))
    return tuple(sorted(found, key=lambda one: (one.span.start, one.code)))


def _java(source: Source) -> tuple[Diagnostic, ...]:
    errors = tuple(_syntax(source, error) for error in java_errors.errors(source))
    if errors:
        return errors
    return tuple(
        Diagnostic(
            span=source.span(one.start, one.end),
            severity=Severity.WARNING,
            code="unused-import",
            message=f"{one.name!r} is imported but not used",
            name=one.name,
        )
        for one in unused_imports(source)
    )


def _syntax(source: Source, error: SyntaxFault | JavaError) -> Diagnostic:
    return Diagnostic(
        span=source.span(error.start, error.end),
        severity=Severity.ERROR,
        code="syntax-error",
        message=error.message,
    )


def _python(source: Source, recovery: Recovery) -> Iterator[Diagnostic]:
    module = python_syntax.judge(recovery.source).module
    if module is None:
        return
    if not recovery.errors:
        error = python_syntax.compile_error(source, module)
        if error is not None:
            fault = SyntaxFault(message=error.message, start=error.start, end=error.end)
            yield _syntax(source, fault)
    pieces = (source.text[start:end] for start, end in recovery.blanked)
    extra = frozenset(word for piece in pieces for word in _WORD.findall(piece))
    name = PurePath(source.path).name
    reexports = name in {"__init__.py", "conftest.py"} or name.endswith(".pyi")
    for one in find(module, recovery.source.text, extra=extra, reexports=reexports):
        if one.kind == "undefined-name":
            severity, message = Severity.ERROR, f"undefined name {one.name!r}"
        else:
            severity, message = Severity.WARNING, f"{one.module!r} is imported but not used"
        span = source.span(*offsets(source, one.piece, one.at))
        yield Diagnostic(
            span=span, severity=severity, code=one.kind, message=message, name=one.name
        )
    yield from _slips(source, module, extra)


def _slips(source: Source, module: Module, extra: frozenset[str]) -> Iterator[Diagnostic]:
    """Yield likely mistakes; what a broken piece mentions may be defined or called there."""
    silenced = silenced_lines(source.text)
    for one in python_checks.find(module):
        if one.piece.line + one.at.line in silenced or (
            extra and one.kind not in python_checks.LOCAL
        ):
            continue
        severity = Severity.HINT if one.kind in python_checks.LOCAL else Severity.WARNING
        yield Diagnostic(
            span=source.span(*offsets(source, one.piece, one.at)), severity=severity,
            code=one.kind, message=one.message, name=one.meant,
        )  # fmt: skip
