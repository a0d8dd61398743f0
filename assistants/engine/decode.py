"""The engine: prompts in, tokens, lines, scores or logits out, for many threads at once."""

import math
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistants.errors import Cancelled, Unsupported

from .cache import PrefixCache
from .lane import Lane
from .native import NativeSession
from .sampling import log_probability
from .scheduler import Scheduler, Slot
from .search import Bounds, Found, LineSearch
from .session import Logits, Memory, Metadata, Network
from .slots import Slots
from .streams import Decoding, Drawn, Request


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


class Company:
    """Streams that take steps together: their slots and their scheduler."""

    def __init__(self, allocate: Callable[[], Memory]) -> None:
        """Take what allocates a bank of slots."""
        self.slots = Slots(allocate)
        self.scheduler = Scheduler()

    @property
    def crowded(self) -> bool:
        """Whether more than one stream is under way."""
        return self.slots.busy > 1


class Engine:
    """One network, its prefix cache and its companies. Safe to share between threads.

    A stream joins the smallest company. While one of them runs the network, which needs no
    interpreter, another draws.
    """

    def __init__(self, session: Network, *, rows: int = 8, cache_bytes: int = 24 << 20) -> None:
        """Run up to `rows` streams as one batch; keep so many bytes of keys and values.

        24 MiB are seven windows of 512 tokens: one who edits found no more in 64.
        """
        self._session = session
        self._companies = tuple(
            Company(lambda: session.buffers(rows)) for _ in range(session.companies)
        )
        self._joining = threading.Lock()
        self._cache = PrefixCache(cache_bytes)
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
        waiting = sum(company.scheduler.waiting for company in self._companies)
        return replace(self._counters, cache_bytes=self._cache.bytes, waiting=waiting)

    def keep(self, cache_bytes: int) -> None:
        """Keep so many bytes of keys and values from now on."""
        self._cache.resize(cache_bytes)

    def count(self, **more: float) -> None:
        """Add to the counters."""
        with self._counting:
            values = {name: getattr(self._counters, name) + value for name, value in more.items()}
            self._counters = replace(self._counters, **values)

    def expert_loads(self, tokens: Sequence[int]) -> NDArray[np.int64]:
        """Return how often each expert is chosen for tokens, [layers, experts].

        For an engine that does nothing else meanwhile.

        Raises:
            Unsupported: the network runs on onnxruntime, which does not show its routing.
        """
        if not isinstance(self._session, NativeSession):
            raise Unsupported(
                "which experts fire shows only the kernel, which was not built here",
                hint="install a C compiler, then plumb again",
            )
        return self._session.expert_loads(tokens)

    @contextmanager
    def lane(self, prompt: Sequence[int]) -> Generator[Lane]:
        """Lend a place to decode a prompt's sequence in."""
        company, slot = self._join(prompt)
        try:
            yield Lane(slot, company.scheduler, self._cache, lambda: company.crowded)
        finally:
            company.scheduler.leave(slot)
            company.slots.give_back(slot)

    def _join(self, prompt: Sequence[int]) -> tuple[Company, Slot[Memory]]:
        """Take a slot of the smallest company, of equals the one that holds most of a prompt."""
        with self._joining:
            company = min(
                self._companies, key=lambda one: (one.slots.busy, -one.slots.held(prompt))
            )
            return company, company.slots.take(prompt)

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
            decoding = Decoding(
                lane, request, cached=cached, cancelled=cancelled, room=self._room(request)
            )
            try:
                yield from decoding.tokens(logits)
            finally:
                self.count(**decoding.counted)

    def _room(self, request: Request) -> int:
        return self.metadata.context_length - len(request.prompt)

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
