"""Does a file still parse as well as before? The promise behind everything that is shown.

Python is judged by CPython's parser, Java by tree-sitter and by a few checks of ours for what
tree-sitter lets through. If any filling at the cursor would make the whole file parse, a completion
must; if the file is broken elsewhere, a completion must add no error. What is established is
that the file *parses*: not that names resolve, that it compiles, or that it is right.
"""

import sys
from dataclasses import dataclass, replace
from functools import cached_property

from assistants.answer import Check, Verdict

from . import brackets, java_syntax, python_syntax
from .completion import Completion
from .parsing import Fault, faults, reparse
from .recovery import blank, recover
from .source import Source

_BY = {
    "python": f"CPython {sys.version_info.major}.{sys.version_info.minor} parser",
    "java": "tree-sitter Java parser",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a text stands: it parses (by whose word), or its first error and where that is."""

    by: str
    parses: bool
    message: str = ""
    at: int = 0


def standing(source: Source) -> Standing:
    """Return whether a whole file parses, and what is wrong first if not."""
    if source.language == "python":
        judgement = python_syntax.judge(source)
        if judgement.error is not None:
            error = judgement.error
            return Standing(by=_BY["python"], parses=False, message=error.message, at=error.start)
        if judgement.tree is not None:
            return Standing(by=_BY["python"], parses=True)
        return _by_tree(source, "tree-sitter Python parser")
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
            return Check(by=now.by, verdict=Verdict.PROVED, detail="the file parses")
        if self._before.parses or self.repairable:
            line = after.position(now.at).line + 1
            detail = f"the file would not parse: {now.message} (line {line})"
            return Check(by=now.by, verdict=Verdict.REFUTED, detail=detail)
        if self._rest is not None:
            check = self._rest.judge(new_text)
            return replace(check, detail=f"broken elsewhere before; without that: {check.detail}")
        return self._no_new_error(after, now, len(new_text))

    @cached_property
    def repairable(self) -> bool:
        """Whether some filling at the cursor makes the whole file parse."""
        return any(self._parses_with(fill) for fill in self._fills())

    @cached_property
    def _rest(self) -> "KeepsParsing | None":
        """The same promise about the file without the pieces that are broken elsewhere."""
        bare = self._source.insert(self._start, self._end, "")
        rest, at = bare, self._start
        for piece in recover(bare).blanked:
            if not piece[0] <= at <= piece[1]:
                rest = blank(rest, piece)
        if rest.text == bare.text:
            return None
        keeps = KeepsParsing(rest, at, at)
        return keeps if keeps.repairable else None

    def _parses_with(self, fill: str) -> bool:
        after = self._source.insert(self._start, self._end, fill)
        tree = reparse(after, self._source, self._start, self._end)
        return not tree.root_node.has_error and standing(after).parses

    def _fills(self) -> tuple[str, ...]:
        """Short texts of which one fits wherever a file is broken at the cursor alone."""
        before = self._source.text[: self._start]
        closers = brackets.closers(before, self._source.language)
        line = before[before.rfind("\n") + 1 :]
        indent = line[: len(line) - len(line.lstrip())]
        if self._source.language == "python":
            block = f":\n{indent}    pass"
            ends = ("", closers) if closers else ("",)
            tails = [f"{end}{tail}" for end in ends for tail in ("", block)]
            words = [f"{word}{tail}" for tail in tails for word in ("x", "")]
            decorated = f"x\n{indent}def x(): pass"
            return ("pass", *words, f'x"{closers}', f"x'{closers}", f"{indent}    pass", decorated)
        tails = ["", ";", " {}", closers, f"{closers};", f"{closers} {{}}"]
        words = [f"{word}{tail}" for tail in tails for word in ("x", "")]
        return (*words, "int x;", "void x() {}", f'x"{closers};', "}")

    def _no_new_error(self, after: Source, now: Standing, length: int) -> Check:
        stop = self._start + length
        shift = len(after.text) - len(self._source.text)
        old = faults(self._source)
        new = faults(after)
        inside = any(fault.start < stop and fault.end > self._start for fault in new)
        was_inside = any(f.start <= self._start <= f.end for f in old)
        moved_up = now.at < self._before.at + (shift if self._before.at >= self._end else 0)
        if (
            len(new) > len(old)
            or (inside and not was_inside)
            or moved_up
            or self._start <= now.at < stop
        ):
            detail = f"the file was broken before, and this adds an error: {now.message}"
            return Check(by=now.by, verdict=Verdict.REFUTED, detail=detail)
        detail = "the file was broken elsewhere before; this adds no syntax error"
        return Check(by=now.by, verdict=Verdict.PROVED, detail=detail)
