"""A tagger of names in text: the averaged structured perceptron (Collins, 2002), in numpy.

Weights change until the right tags win by a margin, a larger one where a name would be missed.

While training, the dictionary of a sentence is that of the other folds, so that the tagger learns
how far to trust it: with its own names in it, recall on unseen text was 67 % (docs/lab-notes.md).
Features: `token_features`.
"""

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistants.errors import InputError, OutputError

from .token_features import AROUND, Sentence, featurise, plain

VERSION = 2
_FOLDS = 8
_WRONG, _MISSED = 6.0, 6.0
"""By how much a wrong tag must lose while training, and how much more a name that is missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagger:
    """A trained tagger: a weight for each feature and tag, and for each pair of tags."""

    tags: tuple[str, ...]
    index: dict[str, int]
    weights: NDArray[np.float32]
    pairs: NDArray[np.float32]
    names: dict[str, str]

    def tag(self, words: Sentence, around: Sequence[Sentence] = ()) -> list[str]:
        """Return the tag of each word; an I- tag always follows its own B- or I- tag.

        `around` are sentences near this one, in which the same words may say more.
        """
        if not words:
            return []
        rows = [
            [self.index[f] for f in features if f in self.index]
            for features in featurise(words, self.names, around)
        ]
        scores = np.array([self.weights[row].sum(axis=0) for row in rows])
        return [self.tags[i] for i in _best(scores, self.pairs + _forbidden(self.tags))]


def _forbidden(tags: Sequence[str]) -> NDArray[np.float32]:
    """Return minus infinity where a tag cannot follow another."""
    found = np.zeros((len(tags), len(tags)), np.float32)
    for i, before in enumerate(tags):
        for j, after in enumerate(tags):
            if after.startswith("I-") and before[2:] != after[2:]:
                found[i, j] = -np.inf
    return found


def _best(scores: NDArray[np.float32], pairs: NDArray[np.float32]) -> list[int]:
    """Return the best path (Viterbi); tags that begin with I- cannot be first."""
    first = np.where(np.isinf(pairs[0]), -np.inf, 0.0)  # tag 0 is O: what cannot follow it
    best = scores[0] + first
    back: list[NDArray[np.int64]] = []
    for row in scores[1:]:
        ways = best[:, None] + pairs
        chosen = ways.argmax(axis=0)
        back.append(chosen)
        best = ways[chosen, np.arange(len(best))] + row
    path = [int(best.argmax())]
    for chosen in reversed(back):
        path.append(int(chosen[path[-1]]))
    return path[::-1]


def train(
    data: Sequence[tuple[Sentence, Sequence[str]]],
    *,
    epochs: int = 8,
    seed: int = 0,
    least: int = 2,
) -> Tagger:
    """Return a tagger trained on sentences with their tags (IOB2).

    Args:
        data: Words and tags of each sentence.
        epochs: How often all are seen.
        seed: Of their order.
        least: Features seen less often are left out.
    """
    part = max(1, len(data) // _FOLDS)
    folds = [dictionary([*data[: i * part], *data[(i + 1) * part :]]) for i in range(_FOLDS)]
    tags = ("O", *sorted({tag for _, row in data for tag in row} - {"O"}))
    place = {tag: i for i, tag in enumerate(tags)}
    counts: Counter[str] = Counter()
    sentences = [words for words, _ in data]
    every = [
        featurise(words, folds[min(i // part, _FOLDS - 1)], nearby(sentences, i))
        for i, words in enumerate(sentences)
    ]
    for sentence in every:
        for features in sentence:
            counts.update(features)
    index = {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= least))}
    empty = len(index)
    coded = [_coded(sentence, index, empty) for sentence in every]
    truth = [np.array([place[tag] for tag in row], np.int64) for _, row in data]
    weights, pairs = _perceptron(coded, truth, tags, features=empty + 1, epochs=epochs, seed=seed)
    return Tagger(tags=tags, index=index, weights=weights[:-1], pairs=pairs, names=dictionary(data))


def nearby(sentences: Sequence[Sentence], place: int) -> list[Sentence]:
    """Return the sentences before and after one."""
    return [*sentences[max(0, place - AROUND) : place], *sentences[place + 1 : place + 1 + AROUND]]


def _coded(
    sentence: Sequence[Sequence[str]], index: dict[str, int], empty: int
) -> NDArray[np.int32]:
    rows = [[index[f] for f in features if f in index] for features in sentence]
    width = max(map(len, rows), default=1)
    found = np.full((len(rows), width), empty, np.int32)
    for i, row in enumerate(rows):
        found[i, : len(row)] = row
    return found


def _perceptron(
    coded: Sequence[NDArray[np.int32]],
    truth: Sequence[NDArray[np.int64]],
    tags: Sequence[str],
    *,
    features: int,
    epochs: int,
    seed: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return averaged weights; averages are kept as sums weighted by when a change was made."""
    random = np.random.default_rng(seed)
    shape = (features, len(tags))
    weights, late = np.zeros(shape, np.float32), np.zeros(shape, np.float64)
    pairs, pairs_late = np.zeros((shape[1], shape[1])), np.zeros((shape[1], shape[1]))
    forbidden = _forbidden(tags)
    step = 1
    for _ in range(epochs):
        for number in random.permutation(len(coded)):
            rows, right = coded[number], truth[number]
            step += 1
            if not len(right):
                continue
            scores = weights[rows].sum(axis=1) + _WRONG
            scores[:, 0] += np.where(right > 0, _MISSED, 0.0)
            scores[np.arange(len(right)), right] -= _WRONG
            guess = np.array(_best(scores, (pairs + forbidden).astype(np.float32)))
            wrong = np.flatnonzero(guess != right)
            if not len(wrong):
                continue
            for i in wrong:
                row = rows[i]
                weights[row, right[i]] += 1
                weights[row, guess[i]] -= 1
                late[row, right[i]] += step
                late[row, guess[i]] -= step
            for path, sign in ((right, 1.0), (guess, -1.0)):
                np.add.at(pairs, (path[:-1], path[1:]), sign)
                np.add.at(pairs_late, (path[:-1], path[1:]), sign * step)
            weights[shape[0] - 1] = 0
    return (
        (weights - late / step).astype(np.float32),
        (pairs - pairs_late / step).astype(np.float32),
    )


def dictionary(data: Iterable[tuple[Sentence, Sequence[str]]]) -> dict[str, str]:
    """Return the names of tagged sentences with their kind, the more frequent one of two."""
    counts: Counter[tuple[str, str]] = Counter()
    for words, tags in data:
        for start, end, kind in spans(tags):
            text = " ".join(map(plain, words[start:end]))
            counts[text, kind] += 1
    return {text: kind for (text, kind), _ in reversed(counts.most_common()) if len(text) > 1}


def spans(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return start, end and kind of each tagged name."""
    found: list[tuple[int, int, str]] = []
    for i, tag in enumerate(tags):
        if tag.startswith("B-") or (tag.startswith("I-") and (not found or found[-1][1] != i)):
            found.append((i, i + 1, tag[2:]))
        elif tag.startswith("I-") and found[-1][2] == tag[2:]:
            found[-1] = (found[-1][0], i + 1, tag[2:])
    return found


def read_iob(path: Path) -> list[tuple[list[str], list[str]]]:
    """Return the sentences of a file with a word and a tag on each line; I- without B- begins one.

    Raises:
        InputError: it cannot be read, or a line has not two columns.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read") from error
    found: list[tuple[list[str], list[str]]] = [([], [])]
    for number, line in enumerate(lines, 1):
        word, tab, tag = line.rpartition("\t")
        if not line.strip():
            if found[-1][0]:
                found.append(([], []))
        elif not tab:
            raise InputError(f"{path}:{number}: expected a word, a tab and a tag")
        else:
            tags = found[-1][1]
            if tag.startswith("I-") and (not tags or tags[-1][2:] != tag[2:]):
                tag = f"B-{tag[2:]}"
            found[-1][0].append(word)
            tags.append(tag)
    return [pair for pair in found if pair[0]]


def f1(tagger: Tagger, data: Sequence[tuple[Sentence, Sequence[str]]]) -> dict[str, float]:
    """Return precision, recall and F1 (in percent) of whole names, for all kinds and each."""
    counts: Counter[tuple[str, str]] = Counter()
    sentences = [words for words, _ in data]
    for place, (words, tags) in enumerate(data):
        found_tags = tagger.tag(words, nearby(sentences, place))
        right, guess = set(spans(tags)), set(spans(found_tags))
        for group, members in (("right", right), ("guess", guess), ("hit", right & guess)):
            for _, _, kind in members:
                counts[group, kind] += 1
                counts[group, "all"] += 1
    found: dict[str, float] = {}
    for kind in sorted({kind for _, kind in counts}):
        hit, right, guess = (counts[g, kind] for g in ("hit", "right", "guess"))
        name = "" if kind == "all" else f"_{kind.lower()}"
        found[f"precision{name}"] = 100 * hit / max(1, guess)
        found[f"recall{name}"] = 100 * hit / max(1, right)
        found[f"f1{name}"] = 200 * hit / max(1, right + guess)
    return found


def save(tagger: Tagger, path: Path) -> None:
    """Write a tagger; features without weight are left out."""
    heavy = np.abs(tagger.weights).max(axis=1) > 1e-3
    kept = [feature for feature, place in tagger.index.items() if heavy[place]]
    weights = tagger.weights[[tagger.index[feature] for feature in kept]]
    stream = io.BytesIO()
    np.savez_compressed(
        stream,
        version=np.array([VERSION]),
        tags=np.array(tagger.tags),
        features=np.array(kept),
        weights=weights.astype(np.float16),
        pairs=tagger.pairs,
        names=np.array(list(tagger.names.items()) or [("", "")]),
    )
    try:
        path.write_bytes(stream.getvalue())
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error


def load(path: Path) -> Tagger:
    """Read a tagger; raises `InputError` for a file that is none."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            if int(kept["version"][0]) != VERSION:
                raise InputError(f"{path}: a tagger of another version", hint="train it again")
            return Tagger(
                tags=tuple(str(tag) for tag in kept["tags"]),
                index={str(feature): i for i, feature in enumerate(kept["features"])},
                weights=kept["weights"].astype(np.float32),
                pairs=kept["pairs"],
                names={str(text): str(kind) for text, kind in kept["names"] if text},
            )
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path} is no tagger", hint="plumb tagger train makes one") from error
