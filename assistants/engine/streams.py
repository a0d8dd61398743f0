"""One stream: the decoding loop behind a prompt.

A constraint is tried on the drawn token first; a refused one is struck out and another drawn, which
leaves exactly the masked distribution within the nucleus. Only after `TRIES` refusals is the whole
mask built.

A stream decodes in one of two ways. With drafts (see `drafts`) a step runs the last token and
guesses at the next ones, and all logits up to the first wrong guess count. Without, a step runs one
token. On a uniform network (see `session`) both give the same bits, and many streams run together
in either way. Else the bits differ slightly between a step of one token and of several: there a
guess is always made with drafts, and only streams without drafts run together. So what is written
depends on nothing but the way: neither on which guesses were made, nor on other streams, nor on
what the prefix cache held.

A stream that is alone draws in its own thread. In company the thread that leads (see `scheduler`)
draws for all, so that no step waits until every thread has had the interpreter; what takes long,
a whole mask, is left to the stream's own thread, and so is a stream whose tokens nobody takes.
"""

import itertools
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Literal, NamedTuple

import numpy as np

from assistants.constraint import Mask
from assistants.model import Recalled

from .drafts import Drafts
from .lane import Lane
from .sampling import Sampler, allowed_tokens, log_probability
from .session import Logits, Step

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


_REFUSED = -1
_UNTAKEN = 4
"""Tokens that are drawn ahead of a stream's own thread before it is left to draw them itself."""

Finish = Literal["stop", "length", "cancelled"]


class _Made(NamedTuple):
    """A token with the logits that it was drawn from, or why there is none."""

    token: int = _REFUSED
    logits: Logits | None = None
    finish: Finish | None = None


Draws = Iterator[_Made | None]
"""What is drawn from the logits of a step; None before something that takes long."""


class Decoding:
    """One stream behind its prompt. It is in one thread at a time: its own or the leader's."""

    def __init__(
        self, lane: Lane, request: Request, *, cached: int, room: int,
        cancelled: Callable[[], bool],
    ) -> None:  # fmt: skip
        """Take a lane that holds the prompt; the context has `room` for so many tokens more."""
        self._lane, self._request = lane, request
        self._cached, self._cancelled = cached, cancelled
        self._sampler = Sampler(
            random=np.random.default_rng(request.seed),
            temperature=request.temperature,
            top_p=request.top_p,
        )
        self._written: list[int] = []
        self._draft: list[int] = []
        self._drafts = Drafts(request.prompt) if request.drafts else None
        self._budget = min(room, request.max_tokens)
        self._count: Counter[str] = Counter()

    @property
    def counted(self) -> Mapping[str, float]:
        """What was done, by the names of `Counters`."""
        seconds = 1e-9 * self._count["mask_nanoseconds"]
        counts = {name: self._count[name] for name in ("steps", "drafted", "accepted", "masked")}
        return {**counts, "tokens": len(self._written), "mask_seconds": seconds}

    def tokens(self, rows: Logits) -> Iterator[Drawn]:
        """Yield tokens, the first one by these logits, then one `Drawn` without an id."""
        draws = self._draws(rows)
        while True:
            for made in draws:
                if made is not None:
                    yield self._told(made)
                    if made.finish:
                        return
            if not self._lane.crowded:
                draws = self._draws(self._lane.step(self._next()))
                continue
            rest = yield from self._in_company()
            if rest is None:
                return
            draws = rest

    def _in_company(self) -> Generator[Drawn, None, Draws | None]:
        """Let the leader draw; return what is left to draw here, None behind the last token."""
        arrived: SimpleQueue[_Made | Draws | BaseException] = SimpleQueue()

        def onward(rows: Logits) -> Step | None:
            draws = self._draws(rows)
            for made in draws:
                if made is None:
                    break
                arrived.put(made)
                if made.finish:
                    return None
            else:
                if self._lane.crowded and arrived.qsize() < _UNTAKEN:
                    return self._lane.planned(self._next())
            arrived.put(draws)
            return None

        with self._lane.led(self._next(), onward, arrived.put):
            while True:
                made = arrived.get()
                if isinstance(made, BaseException):
                    raise made
                if not isinstance(made, _Made):
                    return made
                if self._cancelled():
                    made = _Made(finish="cancelled")
                yield self._told(made)
                if made.finish:
                    return None

    def _told(self, made: _Made) -> Drawn:
        if made.logits is None:
            return Drawn(id=None, finish=made.finish, cached=self._cached)
        logprob = log_probability(made.logits, made.token)
        return Drawn(id=made.token, logprob=logprob, cached=self._cached)

    def _draws(self, rows: Logits) -> Draws:
        """Draw from the logits behind the last token and each one of the draft that was right."""
        right = 0
        for logits in rows:
            if end := self._end():
                yield end
                return
            mixed = logits
            if self._request.recall is not None:
                mixed = self._request.recall.mixed(logits)
            made = None
            for made in self._drawn(mixed):
                yield made
            if made is None or made.finish:
                return
            if self._draft[right : right + 1] != [made.token]:
                break
            right += 1
        self._count["accepted"] += right
        if end := self._end():
            yield end
        elif self._drafts is not None:
            self._drafts.learn(len(self._draft), right)

    def _drawn(self, logits: Logits) -> Draws:
        """Draw one token, the last that is yielded."""
        mask, stop = self._request.mask, self._request.stop
        began = time.perf_counter_ns()
        token = _tried(logits, self._sampler, stop=stop, mask=mask)
        if token == _REFUSED and mask is not None:
            spent = time.perf_counter_ns() - began
            yield None
            began = time.perf_counter_ns() - spent
            token = _masked(logits, self._sampler, stop=stop, mask=mask)
        if mask is not None:
            self._count["masked"] += 1
            self._count["mask_nanoseconds"] += time.perf_counter_ns() - began
        if token is None:
            yield _Made(finish="stop")
            return
        self._written.append(token)
        if self._drafts is not None:
            self._drafts.push(token)
        if self._request.recall is not None:
            self._request.recall.push(token)
        yield _Made(token, logits)

    def _end(self) -> _Made | None:
        if len(self._written) >= self._budget:
            return _Made(finish="length")
        return _Made(finish="cancelled") if self._cancelled() else None

    def _next(self) -> list[int]:
        """Return the tokens of the next step: the last one and a draft."""
        written = self._written
        self._lane.rewind(len(written) - 1)
        draft: list[int] = []
        if self._drafts is not None:
            # Not tried on a mask, which would take longer than to run what it refuses.
            guess = self._drafts.next(self._budget - len(written))
            draft = list(itertools.takewhile(lambda token: token not in self._request.stop, guess))
            if not draft and not self._lane.uniform:
                draft = [written[-1]]  # a step with drafts has two tokens
        self._draft = draft
        self._count["steps"] += 1
        self._count["drafted"] += len(draft)
        return [written[-1], *draft]


def choose(
    logits: Logits, sampler: Sampler, *, stop: frozenset[int], mask: Mask | None
) -> int | None:
    """Draw the next token and advance the mask over it; None for the end."""
    token = _tried(logits, sampler, stop=stop, mask=mask)
    if token == _REFUSED and mask is not None:
        return _masked(logits, sampler, stop=stop, mask=mask)
    return token


def _tried(
    logits: Logits, sampler: Sampler, *, stop: frozenset[int], mask: Mask | None
) -> int | None:
    """Draw until the mask accepts one, `TRIES` times; None for the end, else `_REFUSED`."""
    if mask is None:
        token = sampler.draw(logits)
        return None if token in stop else token
    for token in itertools.islice(sampler.draws(logits), TRIES):
        if token in stop:
            if mask.can_stop():
                return None
        elif mask.accept((token,)):
            return token
    return _REFUSED


def _masked(logits: Logits, sampler: Sampler, *, stop: frozenset[int], mask: Mask) -> int | None:
    """Draw from the whole mask, which takes long."""
    tokens = allowed_tokens(mask.allowed(), logits.size)
    for index in sampler.draws(logits[tokens]) if tokens.size else ():
        token = int(tokens[index])
        if token in stop or mask.accept((token,)):
            return None if token in stop else token
    return None
