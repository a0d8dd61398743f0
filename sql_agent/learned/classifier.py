"""Which template a question asks for: a linear classifier over words, in numpy.

Logistic regression over n-grams (one to three words of the question's form), by Adagrad. Small
enough to train when a set of pairs is opened, so nothing is stored that could go stale.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Classifier:
    """Weights of shape (features, classes) and the features by name."""

    features: dict[str, int]
    weights: Floats
    bias: Floats
    exclusive: bool

    def probabilities(self, words: Sequence[str]) -> Floats:
        """Return the probability of each class, of shape (classes,)."""
        known = [self.features[name] for name in grams(words) if name in self.features]
        logits = self.bias + self.weights[known].sum(axis=0) / max(1.0, len(known)) ** 0.5
        return softmax(logits) if self.exclusive else sigmoid(logits)


def grams(words: Sequence[str]) -> list[str]:
    """Return the distinct n-grams of a form, one to three words long."""
    padded = ["^", *words, "$"]
    found: dict[str, None] = {}
    for size in (1, 2, 3):
        for at in range(len(padded) - size + 1):
            found[" ".join(padded[at : at + size])] = None
    return list(found)


def sigmoid(logits: Floats) -> Floats:
    """Return the logistic function."""
    return (1 / (1 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)


def softmax(logits: Floats) -> Floats:
    """Return softmax over the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return (shifted / shifted.sum(axis=-1, keepdims=True)).astype(np.float32)


def train(
    rows: Sequence[Sequence[str]],
    targets: Floats,
    *,
    exclusive: bool,
    epochs: int = 10,
    rate: float = 0.3,
    seed: int = 0,
) -> Classifier:
    """Train on questions (as words) and their targets, of shape (questions, classes).

    With `exclusive` one class holds for each question (softmax), else each by itself (sigmoid).
    """
    seen = Counter(name for words in rows for name in grams(words))
    names = {name: i for i, name in enumerate(n for n, times in seen.items() if times > 1)}
    indexes = [[names[n] for n in grams(words) if n in names] for words in rows]
    model = Classifier(
        features=names,
        weights=np.zeros((len(names), targets.shape[1]), np.float32),
        bias=np.zeros(targets.shape[1], np.float32),
        exclusive=exclusive,
    )
    squares = np.zeros(len(names), np.float32)
    random = np.random.default_rng(seed)
    for epoch in range(epochs):
        order = random.permutation(len(rows))
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            chosen = [indexes[i] for i in batch]
            step = rate * (1 - epoch / epochs)
            _step(model, squares, chosen, targets[batch], step)
    return model


_BATCH = 64


def _step(
    model: Classifier, squares: Floats, rows: list[list[int]], targets: Floats, rate: float
) -> None:
    """Take one step of Adagrad (one rate a feature) over the features that a batch has."""
    weights, bias = model.weights, model.bias
    used = sorted({i for row in rows for i in row})
    place = {feature: i for i, feature in enumerate(used)}
    inputs = np.zeros((len(rows), len(used)), np.float32)
    for at, row in enumerate(rows):
        inputs[at, [place[i] for i in row]] = max(1.0, len(row)) ** -0.5
    logits = inputs @ weights[used] + bias
    scores = (softmax(logits) if model.exclusive else sigmoid(logits)) - targets
    gradient = inputs.T @ scores
    squares[used] += (gradient**2).mean(axis=1)
    weights[used] -= rate * gradient / (np.sqrt(squares[used])[:, None] + 1e-6)
    bias -= (rate * scores.mean(axis=0)).astype(np.float32)
