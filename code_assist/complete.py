"""Fill in at the cursor: one answer for popup and ghost text.

The model proposes, static analysis proposes after it (or alone, where no model is loaded), and
nothing is answered that would leave the file parsing worse than before, that repeats what follows
the cursor, or that is too short to be worth a glance.
"""

from collections.abc import Sequence
from dataclasses import replace

from assistants.answer import Answer, Check, Status, Usage, Verdict
from assistants.model import Cancel, Memory, Model, Sampling
from assistants.refine import refine

from .completion import Completion, Origin
from .generation import Generator, Strictness
from .headers import needs_body, with_body
from .name_constraint import name_rule
from .name_rule import NameRule
from .names import offered, typed_word
from .showing import Showing, installed
from .source import Position, Source
from .verify import KeepsParsing

MODEL_ATTEMPTS = 3
_NAME_ATTEMPTS = 5
SHORTEST = 4
"""What is shorter is noise: a text of the model, or what ghost text adds to the word typed."""
_SAMPLING = Sampling(max_tokens=96)


def complete(
    source: Source,
    position: Position,
    *,
    model: Model | None,
    sampling: Sampling = _SAMPLING,
    cancel: Cancel | None = None,
    known: Sequence[Completion] | None = None,
    memory: Memory | None = None,
    strictness: Strictness = "names",
    showing: Showing | None = None,
) -> Answer[Completion]:
    """Return the best text to insert at a position, with every attempt and its checks.

    Args:
        source: The file.
        position: The cursor; `InputError` where the file has no such place.
        model: Who proposes first; None leaves it to static analysis.
        sampling: How the model draws, and the most tokens that it may write.
        cancel: Raise it to stop decoding; then this raises `Cancelled`.
        known: What `names` found there already, so that it is not asked again.
        memory: What the workspace repeats there (`Workspace.memory`), for models that can use it.
        strictness: What the model is held to while it writes.
        showing: What decides how much of the model's text is shown; None for the learned estimate.
    """
    offset = source.offset(position)
    rule = name_rule(source, offset) if strictness == "names" and model is not None else None
    work = _Proposals(
        source,
        position,
        rule=rule,
        model=model,
        sampling=sampling,
        cancel=cancel,
        known=known,
        memory=memory,
        strictness=strictness,
        showing=showing or installed(),
    )
    answer = refine(
        work.propose,
        (_WorthShowing(source, offset), work.keeps, _NamesKnown(rule)),
        attempts=MODEL_ATTEMPTS + _NAME_ATTEMPTS,
        cancel=cancel,
        usage=work.usage,
    )
    if answer.status is Status.ABSTAINED and not answer.steps:
        who = "no model is loaded and " if model is None else "the model is not sure enough and "
        reason = f"{who}static analysis knows no name here that is worth showing"
        return replace(answer, reason=reason)
    return answer


class _Proposals:
    """Hands out candidates one by one: the model's attempts, then names; ends after a good one."""

    def __init__(
        self,
        source: Source,
        position: Position,
        *,
        model: Model | None,
        sampling: Sampling,
        cancel: Cancel | None,
        known: Sequence[Completion] | None,
        memory: Memory | None,
        strictness: Strictness,
        showing: Showing,
        rule: NameRule | None,
    ) -> None:
        offset = source.offset(position)
        self.keeps = _Keeps(source)
        self._source, self._position, self._offset = source, position, offset
        self._cancel = cancel
        self._known = known
        self._names: list[Completion] | None = None
        self._attempt = 0
        self._last: Completion | None = None
        self._origin: Origin = "ngram" if model is not None and model.name == "ngram" else "model"
        self._sampling, self._memory = sampling, memory
        self._strictness: Strictness = strictness
        self._showing = showing
        self._model = model
        self._spent = Usage()
        self._generator = (
            Generator(
                model,
                source,
                offset,
                self.keeps.at(offset, offset),
                sampling,
                memory=memory,
                showing=showing,
                strictness=strictness,
                names=rule,
            )
            if model is not None
            else None
        )

    def usage(self) -> Usage:
        """Return what the model spent so far."""
        return self._generator.usage + self._spent if self._generator is not None else Usage()

    def propose(self, complaints: Sequence[Check]) -> Completion | None:
        """Return the next candidate, or None once one stood or there is none left."""
        if self._last is not None and not complaints:
            return None
        self._last = self._from_model() or self._from_names()
        return self._last

    def _from_model(self) -> Completion | None:
        generator = self._generator
        while generator and not generator.unsure and self._attempt < MODEL_ATTEMPTS:
            text = generator.propose(self._attempt, self._cancel)
            self._attempt += 1
            if text.strip():
                text = self._with_body(text)
                span = self._source.span(self._offset, self._offset)
                return Completion(new_text=text, span=span, origin=self._origin)
        return None

    def _with_body(self, text: str) -> str:
        """Return the header of a block with a body behind it, anything else as it is."""
        keeps = self.keeps.at(self._offset, self._offset)
        if self._model is None or not needs_body(text, self._source, keeps):
            return text
        text, generator = with_body(
            text, self._source, self._offset, model=self._model, keeps=keeps,
            sampling=self._sampling, memory=self._memory, showing=self._showing,
            strictness=self._strictness, cancel=self._cancel,
        )  # fmt: skip
        self._spent += generator.usage
        return text

    def _from_names(self) -> Completion | None:
        if self._names is None:
            self._names = list(self._likely())
        return self._names.pop(0) if self._names else None

    def _likely(self) -> Sequence[Completion]:
        """Return names, but only where a word is begun.

        Behind a bare dot they are a guess: on packages of the training split 3 of 15 were right.
        """
        word = typed_word(self._source, self._offset)
        if not word:
            return ()
        known = self._known
        if known is None:
            known = offered(self._source, self._position, memory=self._memory).names
        best = [one for one in known[:_NAME_ATTEMPTS] if one.new_text.startswith(word)]
        return [one for one in best if len(one.new_text) >= SHORTEST]


class _Keeps:
    """Verifies that a candidate keeps the file parsing, whatever span it replaces."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._by_span: dict[tuple[int, int], KeepsParsing] = {}

    def at(self, start: int, end: int) -> KeepsParsing:
        """Return the verifier of one span, made once."""
        if (start, end) not in self._by_span:
            self._by_span[start, end] = KeepsParsing(self._source, start, end)
        return self._by_span[start, end]

    def check(self, candidate: Completion) -> Check:
        """Return whether the file parses as well as before."""
        span = candidate.span
        return self.at(self._source.offset(span.start), self._source.offset(span.end)).check(
            candidate
        )


class _NamesKnown:
    """Refutes what a model wrote with a name that cannot be meant there.

    Not every model can be held to names while it writes, and what it writes may be cut short.
    """

    def __init__(self, rule: NameRule | None) -> None:
        self._rule = rule

    def check(self, candidate: Completion) -> Check:
        """Return whether all names are known, as far as that can be told."""
        judged = self._rule is not None and candidate.origin != "analysis"
        if judged and self._rule is not None and not self._rule.holds(candidate.new_text):
            detail = "it uses a name that nothing here defines"
            return Check(by="names in scope", verdict=Verdict.REFUTED, detail=detail)
        return Check(by="names in scope", verdict=Verdict.PROVED, detail="no unknown name")


class _WorthShowing:
    """Refutes what would only be in the way: a few characters, or what stands there already."""

    def __init__(self, source: Source, offset: int) -> None:
        after = source.text[offset:]
        rest, _, below = after.partition("\n")
        self._rest = rest.strip()
        lines = (line.strip() for line in below.split("\n"))
        self._next = next((line for line in lines if line), "")

    def check(self, candidate: Completion) -> Check:
        """Return whether the candidate is worth a glance."""
        text = candidate.new_text.strip()
        first = text.split("\n", 1)[0].strip()
        if len(text) < SHORTEST:
            return self._refuted(f"only {len(text)} characters long")
        if self._rest and text.endswith(self._rest) and len(self._rest) >= SHORTEST:
            return self._refuted("it repeats the rest of the line")
        if not self._rest and first and first == self._next:
            return self._refuted("it repeats the next line")
        return Check(by="display rules", verdict=Verdict.PROVED, detail="new text")

    def _refuted(self, detail: str) -> Check:
        return Check(by="display rules", verdict=Verdict.REFUTED, detail=detail)
