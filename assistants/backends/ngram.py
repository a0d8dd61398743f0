"""A model without weights: it writes what the texts at hand repeat, as far as that is likely.

It counts in the bundled tokenizer's tokens, fills in the middle only, and knows nothing that the
prompt and its memory do not show.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from assistants.constraint import Constraint, Mask
from assistants.engine import Drawn, Sampler, choose, log_probability
from assistants.engine.sampling import Logits
from assistants.engine.streams import TRIES
from assistants.errors import Unsupported
from assistants.masking import MASKABLE, compile_mask
from assistants.model import (
    Cancel,
    Capabilities,
    FillInTheMiddle,
    Line,
    Piece,
    Prompt,
    Recalled,
    Sampling,
    Token,
)
from assistants.ngram import Encoder, Memory, settled

from .byte_level import ByteLevelTokenizer
from .text import StreamedText, as_tokens, behind, repetition

_NEAR = 24_000
"""Characters on each side of the cursor whose repetitions count where no memory is given."""
_CONTEXT = 8192
_LIKELY = math.log(0.5)
"""It stops writing where the whole text so far is no longer more likely than not. The mixture is
calibrated: on packages of the training split 79 % of the texts shown were right; at 0.35 it saved
2 % more keys with 63 % right, at 0.15 fewer keys with 40 %."""
_LONGEST_LINE = 64
_END = "endoftext"


def begin(prompt: FillInTheMiddle, encoder: Encoder) -> Recalled:
    """Return what is recalled behind a prompt: from its memory, else from its own text."""
    memory = prompt.memory
    if memory is None or memory.tokenizer != encoder.tokenizer:
        before, after = prompt.prefix[-_NEAR:], prompt.suffix[:_NEAR]
        memory = Memory(encoder).around("", before, after)
    return memory.begin(prompt.prefix)


class Ngram:
    """The `Model` that has nothing but its memory."""

    def __init__(self, tokenizer: Path, *, name: str = "ngram") -> None:
        """Load the tokenizer; raises `ModelNotFound` or `ModelCorrupt`."""
        self._name = name
        self._tokenizer = ByteLevelTokenizer(tokenizer)
        self.encoder = self._tokenizer.encoder()
        """How texts become tokens; a memory must be made with it."""
        end = self._tokenizer.special[_END]
        self._stop = frozenset((end,))
        self._vocabulary = self._tokenizer.vocabulary(self.encoder.size, [end])
        self._capabilities = Capabilities(
            context_length=_CONTEXT,
            constraints=MASKABLE,
            fill_in_the_middle=True,
            logprobs=True,
            score=True,
        )

    @classmethod
    def installed(cls) -> "Ngram":
        """Load the tokenizer that came with plumb."""
        return cls(Path(__file__).parent.parent / "data" / "tokenizer.json")

    @property
    def name(self) -> str:
        """The name that the settings gave it."""
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        """What it does itself."""
        return self._capabilities

    def stream(
        self,
        prompt: Prompt,
        /,
        *,
        constraint: Constraint | None = None,
        sampling: Sampling = Sampling(),
        cancel: Cancel | None = None,
    ) -> Iterator[Token]:
        """Yield tokens; see `Model.stream`. The first ones may complete what is half typed."""
        mask = None
        if constraint is not None:
            mask = compile_mask(constraint, self._vocabulary, budget=sampling.max_tokens)
        prompt = _fill_in(prompt, self._name)
        yield from self._written(prompt, constraint, mask, sampling, cancel)

    def _written(
        self,
        prompt: FillInTheMiddle,
        constraint: Constraint | None,
        mask: Mask | None,
        sampling: Sampling,
        cancel: Cancel | None,
    ) -> Iterator[Token]:
        head = settled(prompt.prefix)
        typed = prompt.prefix[head:].encode()
        recalled = begin(replace(prompt, prefix=prompt.prefix[:head]), self.encoder)
        yield from as_tokens(
            self._draw(recalled, typed, mask, sampling, cancel or Cancel()),
            behind(self._tokenizer.decode, len(typed)),
            text=StreamedText(sampling.stop, repeated=repetition(constraint)), model=self._name,
            prompt_tokens=0,
        )  # fmt: skip

    def lines(
        self,
        prompt: FillInTheMiddle,
        /,
        *,
        constraint: Constraint | None = None,
        floor: float = -math.inf,
        cancel: Cancel | None = None,
    ) -> tuple[Line, ...]:
        """Return the one text that it is sure of, up to the line's end or to where it is not."""
        sampling = Sampling(max_tokens=_LONGEST_LINE, stop=("\n",))
        cancel = cancel or Cancel()
        # It may stop anywhere, so no way to an end of the program need be left.
        mask = None if constraint is None else compile_mask(constraint, self._vocabulary)
        tokens = list(self._written(prompt, constraint, mask, sampling, cancel))
        cancel.raise_if_cancelled()
        drawn = [token for token in tokens if token.id is not None or token.text]
        pieces = tuple(Piece(token.text, token.logprob or 0.0) for token in drawn)
        line = Line(pieces=pieces, finished=tokens[-1].finish == "stop")
        return (line,) if line.text.strip() and line.total >= floor else ()

    def score(self, prompt: Prompt, options: Sequence[str], /) -> tuple[float, ...]:
        """Return the log-probability of each option as the prompt's continuation."""
        start = begin(_fill_in(prompt, self._name), self.encoder)
        return tuple(self._score(start.fork(), option) for option in options)

    def _score(self, recalled: Recalled, option: str) -> float:
        total = 0.0
        for token in self.encoder.encode(option).tolist():
            total += float(np.log(recalled.probabilities()[token]))
            recalled.push(token)
        return total

    def _draw(
        self,
        recalled: Recalled,
        typed: bytes,
        mask: Mask | None,
        sampling: Sampling,
        cancel: Cancel,
    ) -> Iterator[Drawn]:
        sampler = Sampler(
            random=np.random.default_rng(sampling.seed),
            temperature=sampling.temperature,
            top_p=sampling.top_p,
        )
        total = 0.0
        for _ in range(sampling.max_tokens):
            if cancel.cancelled:
                yield Drawn(id=None, finish="cancelled")
                return
            logits = np.log(np.maximum(recalled.probabilities(), 1e-30)).astype(np.float32)
            if typed:
                logits = self._fitting(typed, logits)
                token = self._heal(logits, sampler, typed, mask)
            else:
                token = choose(logits, sampler, stop=self._stop, mask=mask)
            logprob = log_probability(logits, token) if token is not None else -np.inf
            total += logprob
            if token is None or total < _LIKELY:
                yield Drawn(id=None, finish="stop" if token is None else "length")
                return
            recalled.push(token)
            typed = typed[len(self._tokenizer.decode(token)) :]
            yield Drawn(id=token, logprob=logprob)
        yield Drawn(id=None, finish="length")

    def _fitting(self, typed: bytes, logits: Logits) -> Logits:
        """Return logits of the tokens that are a part of what is typed, or all of it and more."""
        fitting = self._tokenizer.spelled.fitting(typed)
        kept = np.full_like(logits, -np.inf)
        kept[fitting] = logits[fitting]
        return kept

    def _heal(
        self, logits: Logits, sampler: Sampler, typed: bytes, mask: Mask | None
    ) -> int | None:
        """Draw a token of those that fit; what it adds to what is typed must be allowed."""
        for token in islice(sampler.draws(logits), TRIES):
            more = self._tokenizer.decode(token)[len(typed) :]
            if not more or mask is None or mask.accept(self._cut(more)):
                return token
        return None

    def _cut(self, data: bytes) -> list[int]:
        """Return tokens for the end of a token, which a mask sees alone."""
        return self._tokenizer.encode(data.decode("utf-8", errors="replace"))


def _fill_in(prompt: Prompt, name: str) -> FillInTheMiddle:
    if isinstance(prompt, FillInTheMiddle):
        return prompt
    raise Unsupported(
        f"the model {name} only fills in the middle of a text",
        hint="choose a model that answers questions with --model",
    )
