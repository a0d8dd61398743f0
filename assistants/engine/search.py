"""Best-first search for the likeliest ends of a line.

Of all hypotheses the one with the highest mean log-probability a token is continued next, so a
model that is sure decodes as straight as greedily, and one that is not looks at alternatives. The
keys and values of a hypothesis come out of the prefix cache, so that going back and forking cost
no step. A hypothesis is finished where a line ends and the mask may stop.
"""

import heapq
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistants.constraint import Mask
from assistants.model import Recalled

from .cache import common_prefix
from .sampling import allowed_tokens, normaliser

_TRIED = 48
"""Tokens of one hypothesis that are tried before the whole mask is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How far a search goes.

    Attributes:
        width: Continuations of one hypothesis that are kept.
        steps: Runs of the network.
        length: Tokens of a hypothesis.
        lines: Line ends inside it, where the mask did not let it stop.
        floor: Log-probability of a whole hypothesis below which it is given up.
        spread: Nats by which a continuation may be less likely than the likeliest one.
    """

    width: int = 4
    steps: int = 64
    length: int = 48
    lines: int = 3
    floor: float = -np.inf
    spread: float = 3.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A hypothesis: its tokens up to the line's end, and how likely each is, in nats.

    In a finished one the end counts as well: the last log-probability is that of the token with
    which the line ends.
    """

    tokens: tuple[int, ...]
    each: tuple[float, ...]
    finished: bool = True

    @property
    def mean(self) -> float:
        """Mean log-probability of a token, the end of the line among them."""
        return sum(self.each) / len(self.each)


class Run(Protocol):
    """Returns the logits behind a prompt and some tokens."""

    def __call__(self, tokens: Sequence[int], /) -> NDArray[np.float32]:
        """Run the network."""
        ...


@dataclass(order=True, slots=True)
class _Node:
    """A hypothesis; `recalled` is its parent's, which it forks when it is continued."""

    rank: float
    order: int
    tokens: tuple[int, ...] = field(compare=False)
    each: tuple[float, ...] = field(compare=False)
    total: float = field(compare=False)
    lines: int = field(compare=False)
    recalled: Recalled | None = field(compare=False)


@dataclass(slots=True)
class LineSearch:
    """One search.

    `ends` gives for tokens with a line end the tokens of what stands before it. `spelling` returns
    the tokens that can follow a hypothesis while what is typed must be spelled, None behind that.
    """

    run: Run
    mask: Mask | None
    stop: frozenset[int]
    ends: Mapping[int, tuple[int, ...]]
    bounds: Bounds
    spelling: Callable[[Sequence[int]], Sequence[int] | None] = lambda _tokens: None
    found: list[Found] = field(default_factory=list[Found])
    _accepted: tuple[int, ...] = ()
    _over: dict[int, bool] = field(default_factory=dict[int, bool])
    _order: "itertools.count[int]" = field(default_factory=itertools.count)

    def search(self, recalled: Recalled | None, cancelled: Callable[[], bool]) -> tuple[Found, ...]:
        """Return the finished hypotheses, likeliest first; if there is none, the longest one."""
        heap = [_Node(0.0, next(self._order), (), (), 0.0, 0, recalled)]
        longest = heap[0]
        left = self.bounds.steps
        while left and heap and not cancelled():
            node = heapq.heappop(heap)
            if self._is_beaten(node):
                continue
            left -= 1
            for child in self._continued(node):
                heapq.heappush(heap, child)
                longest = max(longest, child, key=lambda one: (len(one.tokens), one.total))
        self._go_to(())
        if not self.found and longest.tokens:
            return (Found(tokens=longest.tokens, each=longest.each, finished=False),)
        return tuple(sorted(self.found, key=lambda one: -one.mean))

    def _is_beaten(self, node: _Node) -> bool:
        """Whether a finished hypothesis stays ahead even if all that follows here is certain."""
        if not self.found:
            return False
        best = max(self.found, key=lambda one: one.mean)
        return node.total / max(len(best.each), len(node.tokens) + 1) <= best.mean

    def _continued(self, node: _Node) -> list[_Node]:
        own = node.recalled.fork() if node.recalled is not None else None
        if own is not None and node.tokens:
            own.push(node.tokens[-1])
        logits = self.run(node.tokens)
        mixed = own.mixed(logits) if own is not None else logits
        self._go_to(node.tokens)
        children: list[_Node] = []
        kept = 0
        for token, logprob in self._likely(mixed, self.spelling(node.tokens)):
            over = self._may_end(token)
            child = None if over else self._child(node, token, logprob, own)
            if over:
                self._finish(node, token, logprob)
            elif child is not None:
                children.append(child)
            kept += over or child is not None
            if kept >= self.bounds.width:
                break
        return [one for one in children if one.total >= self.bounds.floor]

    def _likely(
        self, logits: NDArray[np.float32], fitting: Sequence[int] | None
    ) -> Iterator[tuple[int, float]]:
        """Yield allowed tokens with their log-probabilities, within the spread of the first."""
        if fitting is not None:
            among = np.full_like(logits, -np.inf)
            among[fitting] = logits[fitting]
            logits = among
        count = min(_TRIED, logits.size)
        order = np.argpartition(-logits, count - 1)[:count]
        order = order[np.argsort(-logits[order], kind="stable")]
        total = normaliser(logits)
        least = -np.inf
        for token in map(int, order):
            score = float(logits[token]) - total
            if score < least or score == -np.inf:
                return
            if self._allows(token):
                least = max(least, score - self.bounds.spread)
                yield token, score
        if least == -np.inf and self.mask is not None:
            allowed = allowed_tokens(self.mask.allowed(), logits.size)
            if allowed.size:
                best = int(allowed[np.argmax(logits[allowed])])
                yield best, float(logits[best]) - total

    def _allows(self, token: int) -> bool:
        if self.mask is None or self._may_end(token):
            return True
        return token not in self.stop and self.mask.validate((token,)) == 1

    def _may_end(self, token: int) -> bool:
        """Whether the line is over with this token and the text may stop there."""
        if token not in self.stop and token not in self.ends:
            return False
        if token not in self._over:
            self._over[token] = self._is_over(token)
        return self._over[token]

    def _is_over(self, token: int) -> bool:
        if token in self.stop:
            return self.mask is None or self.mask.can_stop()
        head = self.ends[token]
        if self.mask is None:
            return True
        if not head:
            return self.mask.can_stop()
        if not self.mask.accept(head):
            return False
        over = self.mask.can_stop()
        self.mask.rollback(len(head))
        return over

    def _finish(self, node: _Node, token: int, logprob: float) -> None:
        tokens = (*node.tokens, *self.ends.get(token, ()))
        if tokens and node.total + logprob >= self.bounds.floor:
            self.found.append(Found(tokens=tokens, each=(*node.each, logprob)))

    def _child(
        self, node: _Node, token: int, logprob: float, recalled: Recalled | None
    ) -> _Node | None:
        lines = node.lines + (token in self.ends)
        if token in self.stop or lines > self.bounds.lines:
            return None
        tokens, total = (*node.tokens, token), node.total + logprob
        if len(tokens) >= self.bounds.length:
            return None
        rank = -total / len(tokens)
        each = (*node.each, logprob)
        return _Node(rank, next(self._order), tokens, each, total, lines, recalled)

    def _go_to(self, tokens: tuple[int, ...]) -> None:
        """Bring the mask to where a hypothesis stands."""
        self._over.clear()
        if self.mask is None:
            return
        shared = common_prefix(self._accepted, tokens)
        self.mask.rollback(len(self._accepted) - shared)
        self.mask.accept(tokens[shared:])
        self._accepted = tokens
