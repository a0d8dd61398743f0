"""Does a file still parse as well as before? The promise behind everything that is shown.

Python is judged by CPython's parser, Java by tree-sitter and by a few checks of ours for what
tree-sitter lets through. With a completion the whole file must parse. Where the cursor's own line
is all that keeps it from parsing, the line may stay unfinished as long as it can still be finished:
nobody's call parses before its bracket is closed. Pieces that are broken by themselves elsewhere
are left out of that; and where the text before the cursor is broken so that nothing written later
can mend it, the completion must add no error. What is established is that the file *parses*: not
that names resolve, that it compiles, or that it is right.
"""

import sys
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from assistants.answer import Check, Verdict
from assistants.constraint import Program
from assistants.masking import begins_program

from . import java_syntax, python_syntax
from .brackets import is_whole
from .completion import Completion
from .parsing import Fault, faults
from .recovery import blank, prefix_is_broken, recover, stands_alone
from .source import Source

WHOLE = "the file parses"
"""What a check says where the whole file parses; any other proof leaves something out."""

_BY = {
    "python": f"CPython {sys.version_info.major}.{sys.version_info.minor} parser",
    "java": "tree-sitter Java parser",
}
_VIABLE = "viable-prefix automaton"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a text stands: it parses (by whose word), or its first error and where that is."""

    by: str
    parses: bool
    message: str = ""
    at: int = 0


@lru_cache(maxsize=32)
def standing(source: Source) -> Standing:
    """Return whether a whole file parses, and what is wrong first if not."""
    if source.language == "python":
        error = python_syntax.complaint(source)
        if error is None:
            return Standing(by=_BY["python"], parses=True)
        if isinstance(error, str):
            return _by_tree(source, "tree-sitter Python parser")
        return Standing(by=_BY["python"], parses=False, message=error.message, at=error.start)
    return _by_tree(source, _BY["java"])


def _by_tree(source: Source, by: str) -> Standing:
    found = faults(source)
    if found:
        return Standing(by=by, parses=False, message=_words(found[0]), at=found[0].start)
    wrong = java_syntax.over_accepted(source) if source.language == "java" else ()
    if wrong:
        return Standing(by=by, parses=False, message=wrong[0].message, at=wrong[0].start)
    return Standing(by=by, parses=True)


def _words(fault: Fault) -> str:
    return f"missing {fault.missing!r}" if fault.missing else "text that does not fit"


class KeepsParsing:
    """Verifies that putting a text in place of `source[start:end]` leaves the file no worse."""

    def __init__(self, source: Source, start: int, end: int) -> None:
        self._source = source
        self._start, self._end = start, end
        self._before = standing(source)

    def check(self, candidate: Completion) -> Check:
        """Return what inserting the candidate does to the file."""
        return self.judge(candidate.new_text)

    def judge(self, new_text: str) -> Check:
        """Return what inserting this text does to the file: proved means no worse than before."""
        after = self._source.insert(self._start, self._end, new_text)
        now = standing(after)
        if now.parses:
            return Check(by=now.by, verdict=Verdict.PROVED, detail=WHOLE)
        if not self._before.parses:
            if self._line_is_unfinished and self._can_be_finished(after, new_text):
                detail = "the line is unfinished; so far it begins a program, and the rest parses"
                return Check(by=_VIABLE, verdict=Verdict.PROVED, detail=detail)
            if self._rest is not None:
                check = self._rest.judge(new_text)
                return replace(check, detail=f"apart from what was broken before, {check.detail}")
            if prefix_is_broken(self._bare, self._start):
                return self._no_new_error(after, now, len(new_text))
        line = after.position(now.at).line + 1
        detail = f"the file would not parse: {now.message} (line {line})"
        return Check(by=now.by, verdict=Verdict.REFUTED, detail=detail)

    @cached_property
    def _line_is_unfinished(self) -> bool:
        """Whether the file would parse but for the line of the cursor."""
        line = self._bare.position(self._start).line
        start, end = self._bare.line_start(line), self._bare.line_start(line + 1)
        code = self._bare.text[start:end]
        start += len(code) - len(code.lstrip())
        # Without the line, and not blanked: so it is the same text while the line is typed.
        rest = self._bare.insert(start, end, "0\n" if self._bare.language == "python" else "\n")
        return start < end and standing(rest).parses

    def _can_be_finished(self, after: Source, new_text: str) -> bool:
        """Whether more text on this line would do, for a text that ends with a whole piece.

        It opens nothing that it does not close. Exact up to the end of the line, by the automaton
        of viable prefixes.
        """
        if not is_whole(new_text):
            return False
        last = after.position(self._start + len(new_text)).line
        end = after.line_start(last) + len(after.line(last))
        return begins_program(Program(after.language, after.text[:end]))

    @cached_property
    def _bare(self) -> Source:
        return self._source.insert(self._start, self._end, "")

    @cached_property
    def _rest(self) -> "KeepsParsing | None":
        """The same promise about the file without the pieces that are broken by themselves."""
        rest, at = self._bare, self._start
        recovery = recover(rest)
        for piece in recovery.blanked if recovery.recovered else ():
            if not piece[0] <= at <= piece[1] and not stands_alone(self._bare, piece):
                rest = blank(rest, piece)
        return KeepsParsing(rest, at, at) if rest.text != self._bare.text else None

    def _no_new_error(self, after: Source, now: Standing, length: int) -> Check:
        stop = self._start + length
        old, new = faults(self._bare), faults(after)
        inside = any(fault.start < stop and fault.end > self._start for fault in new)
        moved = standing(self._bare).at
        moved += length if moved >= self._start else 0
        if len(new) > len(old) or inside or now.at != moved:
            detail = f"the file was broken before, and this adds an error: {now.message}"
            return Check(by=now.by, verdict=Verdict.REFUTED, detail=detail)
        detail = "the file was broken elsewhere before; this adds no syntax error"
        return Check(by=now.by, verdict=Verdict.PROVED, detail=detail)
