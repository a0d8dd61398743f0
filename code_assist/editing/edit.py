"""An instruction about a selection, turned into a verified change."""

from collections.abc import Sequence

from assistants.answer import Answer, Check, Status, Verdict
from assistants.constraint import Program
from assistants.errors import ModelError
from assistants.model import Cancel, Chat, Message, Model, Sampling, generate
from assistants.refine import Proposer, Verifier, refine
from code_assist.diagnose import Diagnostic, Severity, diagnose
from code_assist.repair import Patch
from code_assist.source import Source
from code_assist.verify import standing

from .java_mechanical import java_mechanical
from .mechanical import mechanical
from .selection import Selection

_ATTEMPTS = 3
_MOST_TOKENS = 1024
_RULES = "add a docstring, type hints, a guard, rename X to Y, extract function NAME"
_JAVA_RULES = "add Javadoc, a guard, rename X to Y"


def edit(
    source: Source,
    first: int,
    last: int,
    instruction: str,
    *,
    model: Model | None = None,
    further: Sequence[Verifier[Patch]] = (),
    cancel: Cancel | None = None,
) -> Answer[Patch]:
    """Return a change of lines `first` to `last` (from 1) as a verified diff; nothing is written.

    `further` verifies beside that it parses and brings no finding: `repair.StillPass`, say.

    Abstains, with the reason, where neither a rule nor the model makes it.

    Raises `InputError` where the file does not parse or lacks the lines.
    """
    java = source.language == "java"
    if java:
        ruled = java_mechanical(source, first, last, instruction)
    else:
        ruled = mechanical(Selection.of(source, first, last), instruction)
    checks: list[Verifier[Patch]] = [_Parses(), _NoNewFinding(source), *further]
    if ruled is not None:
        if ruled.reason:
            return Answer(status=Status.ABSTAINED, reason=ruled.reason)
        patches = iter([_patch(source, ruled.text, ruled.what, first, 1)])
        return refine(lambda _: next(patches, None), checks, attempts=1, cancel=cancel)
    if model is None or not model.capabilities.chat:
        who = (
            "no model is set" if model is None else f"the model {model.name} takes no instructions"
        )
        return Answer(
            status=Status.ABSTAINED,
            reason=f"{who}, and rules can only: {_JAVA_RULES if java else _RULES}",
        )
    span = (source.line_start(first - 1), source.line_start(last))
    propose = _by_model(source, span, instruction, model, cancel)
    return refine(propose, checks, attempts=_ATTEMPTS, cancel=cancel)


def _by_model(
    source: Source, span: tuple[int, int], instruction: str, model: Model, cancel: Cancel | None
) -> Proposer[Patch]:
    """Return what asks the model for the new lines, with the complaints about its last ones."""
    start, end = span
    first = source.position(start).line + 1
    tried = 0

    def propose(complaints: Sequence[Check]) -> Patch | None:
        nonlocal tried
        tried += 1
        prompt = _prompt(source, start, end, instruction, complaints)
        constraint = Program(source.language, source.text[:start], source.text[end:])
        wanted = constraint if "Program" in model.capabilities.constraints else None
        try:
            said = generate(
                model,
                prompt,
                constraint=wanted,
                sampling=Sampling(max_tokens=_MOST_TOKENS),
                cancel=cancel,
            ).text
        except ModelError:
            return None
        new = _bare(said)
        if not new.strip():
            return None
        if not new.endswith("\n") and source.text[start:end].endswith("\n"):
            new += "\n"
        text = source.text[:start] + new + source.text[end:]
        return _patch(source, text, instruction, first, tried)

    return propose


def _prompt(
    source: Source, start: int, end: int, instruction: str, complaints: Sequence[Check]
) -> Chat:
    asked = (
        f"Change the marked lines of this {source.language} file: {instruction}\n"
        "Reply with the new lines alone, with their indentation, and nothing else.\n\n"
        f"{source.text[:start]}<<<\n{source.text[start:end]}>>>\n{source.text[end:]}"
    )
    if complaints:
        asked += "\n\nThe last try was wrong: " + "; ".join(one.detail for one in complaints)
    return Chat((Message("user", asked),))


def _bare(said: str) -> str:
    """Return a reply without the fence that chat models put around code."""
    lines = said.strip("\n").split("\n")
    if lines and lines[0].startswith("```"):
        lines = lines[1:]
        closing = next((n for n, line in enumerate(lines) if line.startswith("```")), len(lines))
        lines = lines[:closing]
    return "\n".join(lines)


def _patch(source: Source, text: str, what: str, line: int, tried: int) -> Patch:
    return Patch(
        path=source.path, before=source.text, after=text, what=what, line=line, tried=tried
    )


class _Parses:
    """Verifies that the changed file parses."""

    def check(self, candidate: Patch) -> Check:
        """Return whether it does, by whose word."""
        if candidate.after == candidate.before:
            detail = "nothing would change"
            return Check(by="the diff", verdict=Verdict.REFUTED, detail=detail)
        now = standing(_source(candidate))
        verdict = Verdict.PROVED if now.parses else Verdict.REFUTED
        return Check(by=now.by, verdict=verdict, detail=now.message or "the file parses")


class _NoNewFinding:
    """Verifies that a change brings no new diagnostic."""

    def __init__(self, source: Source) -> None:
        self._before = [_key(one) for one in diagnose(source)]

    def check(self, candidate: Patch) -> Check:
        """Return the first new finding, if there is one."""
        known = list(self._before)
        for one in diagnose(_source(candidate)):
            if _key(one) in known:
                known.remove(_key(one))
            elif one.severity is not Severity.HINT:
                detail = f"new: {one.message} (line {one.span.start.line + 1})"
                return Check(by="diagnostics", verdict=Verdict.REFUTED, detail=detail)
        return Check(by="diagnostics", verdict=Verdict.PROVED, detail="no new finding")


def _key(found: Diagnostic) -> tuple[str, str]:
    return found.code, found.message


def _source(candidate: Patch) -> Source:
    language = "java" if candidate.path.endswith(".java") else "python"
    return Source(text=candidate.after, language=language, path=candidate.path)
