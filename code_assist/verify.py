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
from dataclasses import dataclass
from functools import cached_property, lru_cache

from assistants.answer import Check, Verdict
from assistants.constraint import Program
from assistants.masking import begins_program

from . import java_errors, java_syntax, python_syntax
from .brackets import is_whole
from .completion import Completion
from .parsing import Fault, faults, is_broken
from .recovery import blank, prefix_is_broken, recover, stands_alone
from .source import Source, without_line

WHOLE = "the file parses"
"""What a check says where the whole file parses; any other proof leaves something out."""
_UNFINISHED = "the line is unfinished; so far it begins a program, and the rest parses"
_APART = "apart from what was broken before, "
_NO_WORSE = "the file was broken elsewhere before; this adds no syntax error"

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


@lru_cache(maxsize=64)
def parses(source: Source) -> bool:
    """Return whether a whole file parses; after one like it, that costs what an edit touches."""
    if source.language == "python":
        error = python_syntax.complaint(source)
        return error is None or (isinstance(error, str) and not is_broken(source))
    return not is_broken(source) and not java_syntax.over_accepted(source)


@lru_cache(maxsize=32)
def standing(source: Source) -> Standing:
    """Return whether a whole file parses, and what is wrong first if not."""
    by = _BY[source.language]
    if source.language == "python":
        error = python_syntax.complaint(source)
        if isinstance(error, python_syntax.PythonError):
            return Standing(by=by, parses=False, message=error.message, at=error.start)
        by = by if error is None else "tree-sitter Python parser"
    if parses(source):
        return Standing(by=by, parses=True)
    for fault in faults(source):
        return Standing(by=by, parses=False, message=_words(fault), at=fault.start)
    for wrong in java_syntax.over_accepted(source) if source.language == "java" else ():
        return Standing(by=by, parses=False, message=wrong.message, at=wrong.start)
    return Standing(by=by, parses=True)


def _words(fault: Fault) -> str:
    return f"missing {fault.missing!r}" if fault.missing else "text that does not fit"


class KeepsParsing:
    """Verifies that putting a text in place of `source[start:end]` leaves the file no worse."""

    def __init__(self, source: Source, start: int, end: int) -> None:
        self._source = source
        self._start, self._end = start, end

    def check(self, candidate: Completion) -> Check:
        """Return what inserting the candidate does to the file."""
        return self.judge(candidate.new_text)

    def judge(self, new_text: str) -> Check:
        """Return what inserting this text does to the file: proved means no worse than before."""
        proof = self.proof(new_text)
        if proof is not None and proof.endswith(_UNFINISHED):
            return Check(by=_VIABLE, verdict=Verdict.PROVED, detail=proof)
        after = self._after(new_text)
        now = standing(after)
        if proof is not None:
            return Check(by=now.by, verdict=Verdict.PROVED, detail=proof)
        line = after.position(now.at).line + 1
        detail = f"the file would not parse: {now.message} (line {line})"
        return Check(by=now.by, verdict=Verdict.REFUTED, detail=detail)

    def proof(self, new_text: str) -> str | None:
        """Return in what way the file is no worse with a text than before; None if it is worse."""
        after = self._after(new_text)
        if parses(after):
            return WHOLE
        if parses(self._source):
            return None
        if self._line_is_unfinished:
            if self._can_be_finished(after, new_text):
                return _UNFINISHED
        elif self._rest is not None:
            proof = self._rest.proof(new_text)
            return None if proof is None else _APART + proof
        broken = prefix_is_broken(self._bare, self._start)
        return _NO_WORSE if broken and self._adds_no_error(after, len(new_text)) else None

    def _after(self, new_text: str) -> Source:
        return self._source.insert(self._start, self._end, new_text)

    @cached_property
    def _line_is_unfinished(self) -> bool:
        """Whether the file would parse but for the line of the cursor."""
        rest = without_line(self._bare, self._start)
        return rest is not self._bare and parses(rest)

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
        if rest.language == "java" and not java_errors.balanced(rest):
            return None  # what is left out then is not what was written
        recovery = recover(rest)
        for piece in recovery.blanked if recovery.recovered else ():
            if not piece[0] <= at <= piece[1] and not stands_alone(self._bare, piece):
                rest = blank(rest, piece)
        return KeepsParsing(rest, at, at) if rest.text != self._bare.text else None

    def _adds_no_error(self, after: Source, length: int) -> bool:
        stop = self._start + length
        old, new = faults(self._bare), faults(after)
        inside = any(fault.start < stop and fault.end > self._start for fault in new)
        moved = standing(self._bare).at
        moved += length if moved >= self._start else 0
        return len(new) <= len(old) and not inside and standing(after).at == moved
