"""The decoding loop: prompt in, tokens out.

A constraint is tried on the drawn token first; a refused one is struck out and another drawn, which
leaves exactly the masked distribution within the nucleus. Only after `TRIES` refusals is the whole
mask built. What is not a step of the network (drawing, masks, recalling) happens in the stream's
own thread; steps go through the scheduler.

A stream decodes in one of two ways. With drafts (see `drafts`) a step runs the last token and
guesses at the next ones, and all logits up to the first wrong guess count. Without, a step runs one
token. On a uniform network (see `session`) both give the same bits, and many streams run together
in either way. Else the bits differ slightly between a step of one token and of several: there a
guess is always made with drafts, and only streams without drafts run together. So what is written
depends on nothing but the way: neither on which guesses were made, nor on other streams, nor on
what the prefix cache held.
"""

import itertools
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from assistants.constraint import Mask
from assistants.errors import Cancelled
from assistants.model import Recalled

from .cache import PrefixCache
from .drafts import Drafts
from .lane import Lane
from .sampling import Sampler, allowed_tokens, log_probability
from .scheduler import Scheduler
from .search import Bounds, Found, LineSearch
from .session import Logits, Metadata, Network
from .slots import Slots

TRIES = 16
"""Refused tokens before the whole mask is built, which costs as much as some dozen trials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to decode. `stop` ids end the stream; they are also what a mask calls the end.

    `recall` mixes in what stood in the text at hand; it belongs to this request alone. `drafts`
    chooses the way for one stream before the way for many.
    """

    prompt: Sequence[int]
    max_tokens: int
    stop: frozenset[int] = frozenset()
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    mask: Mask | None = None
    recall: Recalled | None = None
    drafts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One token; the last one of a stream has no id and says why it ended.

    `cached` counts the prompt's tokens that were not run again.
    """

    id: int | None
    logprob: float | None = None
    finish: Literal["stop", "length", "cancelled"] | None = None
    cached: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What an engine has done since it was loaded.

    Attributes:
        prompts: Prompts that were run, and `hits`: those of which something was there already.
        prompt_tokens: Their tokens, and `reused`: those that were not run again.
        tokens: Tokens that streams drew, in so many `steps` of the network after the prompt.
        drafted: Tokens that were run as drafts, and `accepted`: those that were right.
        masked: Tokens that were drawn under a constraint, in so many `mask_seconds`.
        cache_bytes: What the prefix cache holds now.
        waiting: Steps that wait for their turn now.
    """

    prompts: int = 0
    hits: int = 0
    prompt_tokens: int = 0
    reused: int = 0
    tokens: int = 0
    steps: int = 0
    drafted: int = 0
    accepted: int = 0
    masked: int = 0
    mask_seconds: float = 0.0
    cache_bytes: int = 0
    waiting: int = 0


class Engine:
    """One network, its prefix cache and its scheduler. Safe to share between threads."""

    def __init__(self, session: Network, *, rows: int = 8, cache_bytes: int = 64 << 20) -> None:
        """Run up to `rows` streams as one batch; keep so many bytes of keys and values."""
        self._session = session
        self._scheduler = Scheduler()
        self._cache = PrefixCache(cache_bytes)
        self._slots = Slots(lambda: session.buffers(rows))
        self._counters = Counters()
        self._counting = threading.Lock()

    @property
    def metadata(self) -> Metadata:
        """What the weight file says about itself."""
        return self._session.metadata

    @property
    def uniform(self) -> bool:
        """Whether drafts and company change nothing but the time (see `session.Memory`)."""
        return self._session.uniform

    @property
    def counters(self) -> Counters:
        """What was done so far."""
        return replace(
            self._counters, cache_bytes=self._cache.bytes, waiting=self._scheduler.waiting
        )

    def count(self, **more: float) -> None:
        """Add to the counters."""
        with self._counting:
            values = {name: getattr(self._counters, name) + value for name, value in more.items()}
            self._counters = replace(self._counters, **values)

    @property
    def crowded(self) -> bool:
        """Whether more than one stream is under way."""
        return self._slots.busy > 1

    @contextmanager
    def lane(self, prompt: Sequence[int]) -> Generator[Lane]:
        """Lend a place to decode a prompt's sequence in."""
        slot = self._slots.take(prompt)
        try:
            yield Lane(slot, self._scheduler, self._cache, lambda: self.crowded)
        finally:
            self._scheduler.leave(slot)
            self._slots.give_back(slot)

    def filled(
        self, lane: Lane, prompt: Sequence[int], cancelled: Callable[[], bool], keep: int = 1
    ) -> tuple[Logits, int]:
        """Run a prompt; return the last `keep` logits, and how many tokens were there already."""
        logits, cached = lane.fill(prompt, cancelled, keep)
        self.count(prompts=1, hits=cached > 0, prompt_tokens=len(prompt), reused=cached)
        return logits, cached

    def stream(
        self, request: Request, *, cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[Drawn]:
        """Yield tokens, then one `Drawn` without an id. The prompt must leave room for one."""
        with self.lane(request.prompt) as lane:
            try:
                logits, cached = self.filled(lane, request.prompt, cancelled)
            except Cancelled:
                yield Drawn(id=None, finish="cancelled")
                return
            yield from _Decoding(self, lane, request, cached).tokens(logits, cancelled)

    def lines(
        self, request: Request, ends: Mapping[int, tuple[int, ...]], bounds: Bounds,
        *, spelling: Callable[[Sequence[int]], Sequence[int] | None] = lambda _tokens: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> tuple[Found, ...]:  # fmt: skip
        """Return the likeliest texts up to a line's end (see `search`), likeliest first."""
        firsts: set[int] = set()
        with self.lane(request.prompt) as lane:

            def run(tokens: Sequence[int]) -> Logits:
                if not tokens:
                    return self.filled(lane, request.prompt, cancelled)[0][0]
                logits = lane.behind(tokens)
                lane.hold()
                firsts.add(tokens[0])
                return logits

            search = LineSearch(
                run=run, mask=request.mask, stop=request.stop, ends=ends, bounds=bounds,
                spelling=spelling,
            )  # fmt: skip
            try:
                return search.search(request.recall, cancelled)
            except Cancelled:
                return ()
            finally:
                for token in firsts:  # nobody else goes on from there
                    lane.trim((token,))

    def score(
        self, prompt: Sequence[int], continuations: Sequence[Sequence[int]]
    ) -> tuple[float, ...]:
        """Return each continuation's log-probability behind the prompt, in nats."""
        with self.lane(prompt) as lane:
            logits, _ = self.filled(lane, prompt, lambda: False)
            return tuple(self._score(lane, logits, tokens) for tokens in continuations)

    def _score(self, lane: Lane, logits: Logits, tokens: Sequence[int]) -> float:
        lane.rewind(0)
        behind = lane.step(tokens) if tokens[1:] else []
        rows = zip([*logits, *behind], tokens, strict=False)
        return math.fsum(log_probability(row, token) for row, token in rows)

    def logits(self, tokens: Sequence[int]) -> Logits:
        """Return the logits [tokens, vocabulary] of every position of a sequence."""
        with self.lane(tokens) as lane:
            return lane.fill(tokens, lambda: False, keep=len(tokens))[0]


class _Decoding:
    """One stream behind its prompt."""

    def __init__(self, engine: Engine, lane: Lane, request: Request, cached: int) -> None:
        self._engine, self._lane, self._request = engine, lane, request
        self._cached = cached
        self._sampler = Sampler(
            random=np.random.default_rng(request.seed),
            temperature=request.temperature,
            top_p=request.top_p,
        )
        self._written: list[int] = []
        self._drafts = Drafts(request.prompt) if request.drafts else None
        room = engine.metadata.context_length - len(request.prompt)
        self._budget = min(room, request.max_tokens)
        self._count: Counter[str] = Counter()

    def tokens(self, rows: Logits, cancelled: Callable[[], bool]) -> Iterator[Drawn]:
        """Yield tokens, the first one by these logits."""
        draft: list[int] = []
        try:
            while True:
                right = 0
                for logits in rows:
                    drawn = self._end(cancelled) or self._draw(logits)
                    yield drawn
                    if drawn.id is None:
                        return
                    if draft[right : right + 1] != [drawn.id]:
                        break
                    right += 1
                self._count["accepted"] += right
                if end := self._end(cancelled):
                    yield end
                    return
                if self._drafts is not None:
                    self._drafts.learn(len(draft), right)
                draft, rows = self._run()
        finally:
            seconds = 1e-9 * self._count.pop("mask_nanoseconds", 0)
            self._engine.count(tokens=len(self._written), mask_seconds=seconds, **self._count)

    def _end(self, cancelled: Callable[[], bool]) -> Drawn | None:
        if len(self._written) >= self._budget:
            return Drawn(id=None, finish="length", cached=self._cached)
        if cancelled():
            return Drawn(id=None, finish="cancelled", cached=self._cached)
        return None

    def _draw(self, logits: Logits) -> Drawn:
        request = self._request
        if request.recall is not None:
            logits = request.recall.mixed(logits)
        began = time.perf_counter_ns()
        token = choose(logits, self._sampler, stop=request.stop, mask=request.mask)
        if request.mask is not None:
            self._count["masked"] += 1
            self._count["mask_nanoseconds"] += time.perf_counter_ns() - began
        if token is None:
            return Drawn(id=None, finish="stop", cached=self._cached)
        self._written.append(token)
        if self._drafts is not None:
            self._drafts.push(token)
        if request.recall is not None:
            request.recall.push(token)
        return Drawn(id=token, logprob=log_probability(logits, token), cached=self._cached)

    def _run(self) -> tuple[list[int], Logits]:
        """Run the last token and a draft; return the draft and the logits behind each token."""
        written = self._written
        self._lane.rewind(len(written) - 1)
        draft: list[int] = []
        if self._drafts is not None:
            draft = self._allowed(self._drafts.next(self._budget - len(written)))
            if not draft and not self._engine.uniform:
                draft = [written[-1]]  # a step with drafts has two tokens
        self._count.update(steps=1, drafted=len(draft))
        return draft, self._lane.step([written[-1], *draft])

    def _allowed(self, draft: list[int]) -> list[int]:
        """Return a draft up to where the stream would end or the constraint refuse it."""
        mask, stop = self._request.mask, self._request.stop
        draft = list(itertools.takewhile(lambda token: token not in stop, draft))
        return draft[: mask.validate(draft)] if mask is not None and draft else draft


def choose(
    logits: Logits, sampler: Sampler, *, stop: frozenset[int], mask: Mask | None
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
    tokens = allowed_tokens(mask.allowed(), logits.size)
    for index in sampler.draws(logits[tokens]) if tokens.size else ():
        token = int(tokens[index])
        if token in stop or mask.accept((token,)):
            return None if token in stop else token
    return None
