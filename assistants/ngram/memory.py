"""The texts of a project as sorted contexts: replaced one by one, bounded, read without a lock.

What is read is an immutable `Recent` view. A changed text first joins a small second index; when
that grows, everything is sorted anew, on the thread that changed it.
"""

import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .contexts import Contexts, Tokens
from .encoder import Encoder, settled
from .mixing import Recollection, Texts

MOST_TOKENS = 2_000_000
"""Tokens of a project that are kept, some 6 MB of source; 30 bytes of memory each."""
_MOST_TEXTS = 0xFFFF
_NEAR = 1000  # characters before the cursor that are counted anew at each request
_SMALL = 50_000  # tokens that are sorted in some 10 ms
_LEAST = 1e-30
_FOLLOWED = 8
"""Words whose tokens are followed beyond the first; each takes a few tenths of a millisecond."""


@dataclass(frozen=True, slots=True, eq=False)
class Recent:
    """One state of a memory: the big index, the small one, and which text is whose."""

    big: Contexts
    small: Contexts
    big_names: Mapping[str, int]
    small_names: Mapping[str, int]

    def without(self, name: str) -> Texts:
        """Return all current texts but one, the one that is being written."""
        parts = (
            (self.big, _alive(self.big_names, {name, *self.small_names})),
            (self.small, _alive(self.small_names, {name})),
        )
        return Texts(tuple(part for part in parts if len(part[0])))


def _alive(names: Mapping[str, int], hidden: set[str]) -> NDArray[np.bool_] | None:
    gone = [names[name] for name in hidden if name in names]
    if not gone:
        return None
    alive = np.ones(max(names.values()) + 1, np.bool_)
    alive[gone] = False
    return alive


_EMPTY = Contexts.of(())


class Memory:
    """The texts of one project, by name (a path). Safe to share between threads."""

    def __init__(self, encoder: Encoder, *, most_tokens: int = MOST_TOKENS) -> None:
        """Keep at most so many tokens; texts beyond that are left out."""
        self.encoder = encoder
        self._most = most_tokens
        self._lock = threading.Lock()
        self._texts: dict[str, Tokens] = {}
        self._changed: set[str] = set()
        self._count = 0
        self._far: tuple[tuple[int, int, int], Contexts] | None = None
        self.recent = Recent(_EMPTY, _EMPTY, {}, {})
        """What is known now; replaced as a whole."""

    @property
    def tokens(self) -> int:
        """How many tokens are kept."""
        return self._count

    def put(self, texts: Mapping[str, str]) -> None:
        """Add texts or replace those of the same names."""
        encoded = {name: self.encoder.encode(text) for name, text in texts.items()}
        with self._lock:
            for name, tokens in encoded.items():
                self._replace(name, tokens)
            self._index()

    def drop(self, name: str) -> None:
        """Forget a text."""
        with self._lock:
            if name in self._texts:
                self._replace(name, np.zeros(0, np.uint16))
                del self._texts[name]
                self._index()

    def _replace(self, name: str, tokens: Tokens) -> None:
        before = len(self._texts.get(name, ()))
        full = self._count - before + len(tokens) > self._most
        if full or (name not in self._texts and len(self._texts) >= _MOST_TEXTS):
            tokens = tokens[:0]
        self._texts[name] = tokens
        self._count += len(tokens) - before
        self._changed.add(name)

    def _index(self) -> None:
        waiting = sum(len(self._texts.get(name, ())) for name in self._changed)
        if waiting > max(_SMALL, len(self.recent.big) // 8):
            self._changed.clear()
            names = _numbered(self._texts)
            big = Contexts.of([self._texts[name] for name in names], range(len(names)))
            self.recent = Recent(big, _EMPTY, names, {})
            return
        names = _numbered(self._changed)
        small = Contexts.of(
            [self._texts.get(name, np.zeros(0, np.uint16)) for name in names], range(len(names))
        )
        self.recent = Recent(self.recent.big, small, self.recent.big_names, names)

    def around(self, name: str, before: str, after: str) -> "Around":
        """Return what is remembered for a place in a text of this name, as it is now."""
        before = before[: settled(before)]  # what is half typed says nothing about how it goes on
        cut = _cut(before)
        near = Contexts.of([self.encoder.encode(before[cut:])])
        file = Texts(((self._rest(before[:cut], after), None), (near, None)))
        return Around(encoder=self.encoder, nestings=(self.recent.without(name), file))

    def _rest(self, above: str, after: str) -> Contexts:
        """Return the contexts of the text but for the lines that are being written."""
        key = hash((above, after)), len(above), len(after)
        known = self._far
        if known is None or known[0] != key:
            far = Contexts.of([self.encoder.encode(above), self.encoder.encode(after)])
            known = self._far = (key, far)
        return known[1]


def _cut(before: str) -> int:
    """Return where the last lines of a text begin: some whole lines, from an even thousand on.

    It stays where it is while a few lines are written, so that what is above is read only once.
    """
    cut = before.rfind("\n", 0, max(0, len(before) - _NEAR)) + 1
    even = before.rfind("\n", 0, cut - cut % _NEAR) + 1
    return even if cut else 0


def _numbered(names: "dict[str, Tokens] | set[str]") -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Around:
    """What is remembered at one place; satisfies `assistants.model.Memory`."""

    encoder: Encoder
    nestings: tuple[Texts, ...]

    @property
    def tokenizer(self) -> str:
        """The SHA-256 of the tokenizer whose tokens are counted."""
        return self.encoder.tokenizer

    def begin(self, prefix: str) -> Recollection:
        """Return the state behind a prefix, of which the last lines count."""
        tail = prefix[max(0, prefix.rfind("\n", 0, max(0, len(prefix) - 400))) :]
        history = self.encoder.encode(tail).tolist()
        return Recollection(self.nestings, history, vocabulary=self.encoder.size)

    def likelihoods(self, before: str, words: Sequence[str]) -> tuple[float, ...]:
        """Return the log-probability of each word behind a text, by what is remembered alone.

        The word must end there. Exact for the likeliest few by their first token; for the others an
        upper bound.
        """
        head = settled(before)
        start = self.begin(before[:head])
        tokens = [self.encoder.encode(before[head:] + word).tolist() for word in words]
        first = start.probabilities()
        bounds = [float(first[each[0]]) if each else 0.0 for each in tokens]
        order = sorted(range(len(words)), key=lambda one: -bounds[one])
        followed = order[:_FOLLOWED]
        chances = dict.fromkeys(order, 0.0) | {
            at: self._chance(start, tokens[at]) for at in followed
        }
        for at in order[_FOLLOWED:]:
            chances[at] = min(bounds[at], *(chances[one] for one in followed))
        return tuple(math.log(max(chances[at], _LEAST)) for at in range(len(words)))

    def scores(self, before: str, texts: Sequence[str]) -> tuple[float, ...]:
        """Return the log-probability of each text behind another, by what is remembered alone."""
        start = self.begin(before)
        found: list[float] = []
        for text in texts:
            state, total = start.fork(), 0.0
            for token in self.encoder.encode(text).tolist():
                total += math.log(max(float(state.probabilities()[token]), _LEAST))
                state.push(token)
            found.append(total)
        return tuple(found)

    def _chance(self, start: Recollection, tokens: Sequence[int]) -> float:
        """Return the probability of a word's tokens, and of its end behind them."""
        state, chance = start.fork(), 1.0
        for token in tokens:
            chance *= float(state.probabilities()[token])
            state.push(token)
        return chance * (1 - float(state.probabilities()[self.encoder.continuing].sum()))
