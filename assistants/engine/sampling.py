"""Drawing a token from logits. Log-probabilities are the model's own, before any mask."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .native import library

Logits = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """Greedy at temperature 0; else from the smallest set of tokens with probability `top_p`."""

    random: np.random.Generator
    temperature: float = 0.0
    top_p: float = 1.0

    def draw(self, logits: Logits) -> int:
        """Return one token id; tokens at minus infinity are never drawn."""
        if self.temperature <= 0:
            return int(np.argmax(logits))
        return _pick(self._nucleus(logits), self.random)

    def draws(self, logits: Logits) -> Iterator[int]:
        """Yield tokens without replacement, each drawn from what is left of the nucleus.

        The first of them that some set allows is distributed as one draw from that set within the
        nucleus. Once the nucleus is spent, and at temperature 0, the likeliest comes next.
        """
        drawn: list[int] = []
        if self.temperature > 0:
            weights = self._nucleus(logits)
            while weights.any():
                token = _pick(weights, self.random)
                yield token
                weights[token] = 0
                drawn.append(token)
        elif logits.max() > -np.inf:  # mostly the first is allowed, and nothing is copied
            drawn.append(int(np.argmax(logits)))
            yield drawn[0]
        left = logits.copy()
        left[drawn] = -np.inf
        while left[token := int(np.argmax(left))] > -np.inf:
            yield token
            left[token] = -np.inf

    def _nucleus(self, logits: Logits) -> NDArray[np.float64]:
        """Return the probabilities at this temperature, zero outside the `top_p` likeliest."""
        probabilities = softmax(logits / np.float32(self.temperature))
        if self.top_p >= 1:
            return probabilities
        order = np.argsort(-probabilities, kind="stable")
        inside = int(np.searchsorted(np.cumsum(probabilities[order]), self.top_p)) + 1
        probabilities[order[inside:]] = 0
        return probabilities


def _pick(weights: NDArray[np.float64], random: np.random.Generator) -> int:
    """Draw an index by weight; a weight of zero is never drawn."""
    cumulative = np.cumsum(weights)
    index = np.searchsorted(cumulative, random.random() * cumulative[-1], side="right")
    return int(min(index, np.flatnonzero(weights)[-1]))


def softmax(logits: Logits) -> NDArray[np.float64]:
    """Return probabilities, computed in double precision."""
    exponents = np.exp(logits.astype(np.float64) - float(logits.max()))
    return exponents / exponents.sum()


def log_probability(logits: Logits, token: int) -> float:
    """Return the logarithm of a token's probability, in nats."""
    return float(logits[token]) - normaliser(logits)


def normaliser(logits: Logits) -> float:
    """Return the logarithm of the sum of exponentials, by the kernel where there is one."""
    kernel = library.normaliser()
    if kernel is not None and logits.dtype == np.float32 and logits.flags.c_contiguous:
        return kernel(logits.ctypes.data, logits.size)
    highest = logits.max()
    return float(highest) + float(np.log(np.exp(logits - highest).sum(dtype=np.float64)))


def allowed_tokens(bitmask: NDArray[np.int32], size: int) -> NDArray[np.intp]:
    """Return the tokens that a bitmask allows, in order."""
    bits = np.unpackbits(bitmask.view(np.uint8), count=size, bitorder="little")
    return np.flatnonzero(bits)
