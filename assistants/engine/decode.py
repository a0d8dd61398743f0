"""The decoding loop: prompt in, tokens out, one step at a time under one lock.

Streams of several threads take turns, a token each. A constraint is tried on the drawn token
first; a refused one is struck out and another drawn, which leaves exactly the masked distribution
within the nucleus.
Only after `TRIES` refusals is the whole mask built. What is not a step of the network (drawing,
masks, recalling) happens outside the lock.
"""

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistants.constraint import Mask
from assistants.model import Recalled

from .cache import PrefixCache, Slot
from .sampling import Sampler, log_probability, masked
from .search import Bounds, Found, LineSearch
from .session import KeyValues, Metadata, Session

TRIES = 16
"""Refused tokens before the whole mask is built, which costs as much as some dozen trials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to decode. `stop` ids end the stream; they are also what a mask calls the end.

    `recall` mixes in what stood in the text at hand; it belongs to this request alone.
    """

    prompt: Sequence[int]
    max_tokens: int
    stop: frozenset[int] = frozenset()
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    mask: Mask | None = None
    recall: Recalled | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One token; the last one of a stream has no id and says why it ended.

    `cached` counts the prompt's tokens that were not run again.
    """

    id: int | None
    logprob: float | None = None
    finish: Literal["stop", "length", "cancelled"] | None = None
    cached: int = 0


class Engine:
    """One session, its prefix cache and its lock. Safe to share between threads."""

    def __init__(self, session: Session, *, sequences: int = 4) -> None:
        """Keep the keys and values of the last few sequences."""
        self._session = session
        self._lock = threading.Lock()
        self._cache = PrefixCache(session.buffers, sequences)

    @property
    def metadata(self) -> Metadata:
        """What the weight file says about itself."""
        return self._session.metadata

    def stream(
        self, request: Request, *, cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[Drawn]:
        """Yield tokens, then one `Drawn` without an id. The prompt must leave room for one."""
        with self._lock:
            slot, cached = self._cache.take(request.prompt)
        try:
            yield from self._tokens(slot, cached, request, cancelled)
        finally:
            with self._lock:
                self._cache.give_back(slot)

    def _tokens(
        self, slot: Slot[KeyValues], cached: int, request: Request, cancelled: Callable[[], bool]
    ) -> Iterator[Drawn]:
        room = self.metadata.context_length - len(request.prompt)
        sampler = Sampler(
            random=np.random.default_rng(request.seed),
            temperature=request.temperature,
            top_p=request.top_p,
        )
        pending = list(request.prompt[cached:])
        for _ in range(min(room, request.max_tokens)):
            if cancelled():
                yield Drawn(id=None, finish="cancelled", cached=cached)
                return
            with self._lock:
                logits = self._advance(slot, pending)
            if request.recall is not None:
                logits = request.recall.mixed(logits)
            token = choose(logits, sampler, stop=request.stop, mask=request.mask)
            if token is None:
                yield Drawn(id=None, finish="stop", cached=cached)
                return
            if request.recall is not None:
                request.recall.push(token)
            yield Drawn(id=token, logprob=log_probability(logits, token), cached=cached)
            pending = [token]
        yield Drawn(id=None, finish="length", cached=cached)

    def _advance(self, slot: Slot[KeyValues], tokens: Sequence[int]) -> NDArray[np.float32]:
        """Run tokens behind a slot's sequence; return the last position's logits."""
        length = len(slot.tokens)
        logits = self._session.run(slot.buffers, tokens, length)[0]
        slot.tokens.extend(tokens)
        return logits

    def lines(
        self, request: Request, ends: Mapping[int, tuple[int, ...]], bounds: Bounds,
        *, cancelled: Callable[[], bool] = lambda: False,
    ) -> tuple[Found, ...]:  # fmt: skip
        """Return the likeliest texts up to a line's end (see `search`), likeliest first."""
        search = LineSearch(
            run=lambda tokens: self._behind([*request.prompt, *tokens]),
            mask=request.mask, stop=request.stop, ends=ends, bounds=bounds,
        )  # fmt: skip
        return search.search(request.recall, cancelled)

    def _behind(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        """Return the logits behind a sequence, most of which has mostly been run before."""
        with self._lock:
            slot, cached = self._cache.take(tokens)
            try:
                return self._advance(slot, tokens[cached:]).copy()
            finally:
                self._cache.give_back(slot)

    def score(
        self, prompt: Sequence[int], continuations: Sequence[Sequence[int]]
    ) -> tuple[float, ...]:
        """Return each continuation's log-probability behind the prompt, in nats."""
        with self._lock:
            slot, cached = self._cache.take(prompt)
            try:
                before = len(prompt) - 1
                if cached < before:
                    self._advance(slot, prompt[cached:before])
                return tuple(self._score(slot, prompt[-1], tokens) for tokens in continuations)
            finally:
                self._cache.give_back(slot)

    def _score(self, slot: Slot[KeyValues], last: int, tokens: Sequence[int]) -> float:
        if not tokens:
            return 0.0
        inputs = [last, *tokens[:-1]]
        logits = self._session.run(slot.buffers, inputs, len(slot.tokens), keep=len(inputs))
        return sum(log_probability(row, token) for row, token in zip(logits, tokens, strict=True))

    def logits(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        """Return the logits [tokens, vocabulary] of every position of a fresh sequence."""
        with self._lock:
            buffers = self._session.buffers()
            return self._session.run(buffers, tokens, 0, keep=len(tokens)).copy()


def choose(
    logits: NDArray[np.float32], sampler: Sampler, *, stop: frozenset[int], mask: Mask | None
) -> int | None:
    """Draw the next token and advance the mask over it; None for the end."""
    if mask is None:
        token = sampler.draw(logits)
        return None if token in stop else token
    for token in itertools.islice(sampler.draws(logits), TRIES):
        if token in stop:
            if mask.can_stop():
                return None
        elif mask.accept((token,)):
            return token
    allowed = masked(logits, mask.allowed())
    for token in sampler.draws(allowed) if allowed.max() > -np.inf else ():
        if token in stop or mask.accept((token,)):
            return None if token in stop else token
    return None
