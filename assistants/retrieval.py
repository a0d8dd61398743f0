"""Find texts by words: BM25 over an index that grows and shrinks, and fusion with other rankings.

The ranking is BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
Beyond", 2009) in the variant of Lucene, whose inverse document frequency is never negative. Where
a scoring function is given too (embeddings), the two rankings are joined by reciprocal rank fusion
(Cormack, Clarke and Büttcher, SIGIR 2009), which needs no common scale.

Equal scores are ordered by key, so results do not depend on the order in which texts came.
"""

import heapq
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Scorer: TypeAlias = Callable[[str, Sequence[str]], Sequence[float]]
"""Given a query and keys, a score for each key; higher is nearer."""

_SATURATION = 1.2
_LENGTH_WEIGHT = 0.75
_FUSION = 60
_WORD = re.compile(r"\w+")
_PART = re.compile(r"[^\W\d_]+|\d+")
_HUMP = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that was found, by its key, and its score: comparable within one search only."""

    key: str
    score: float


class Index:
    """Texts by key. Not safe to change while another thread searches."""

    def __init__(self) -> None:
        self._postings: dict[str, dict[str, int]] = {}
        self._words: dict[str, tuple[str, ...]] = {}
        self._lengths: dict[str, int] = {}
        self._total = 0

    def __len__(self) -> int:
        return len(self._words)

    def __contains__(self, key: str) -> bool:
        return key in self._words

    def add(self, key: str, text: str) -> None:
        """Put a text in, in place of the one of that key."""
        self.remove(key)
        counts = Counter(tokens(text))
        for word, count in counts.items():
            self._postings.setdefault(word, {})[key] = count
        self._words[key] = tuple(counts)
        self._lengths[key] = counts.total()
        self._total += counts.total()

    def remove(self, key: str) -> None:
        """Take a text out; nothing happens where there is none of that key."""
        for word in self._words.pop(key, ()):
            postings = self._postings[word]
            del postings[key]
            if not postings:
                del self._postings[word]
        self._total -= self._lengths.pop(key, 0)

    def search(
        self, query: str, limit: int = 10, *, scorer: Scorer | None = None
    ) -> tuple[Hit, ...]:
        """Return the best texts, best first.

        Without a scorer only texts that share a word with the query are found. With one, every
        text is ranked by it too, and the two rankings are fused.
        """
        scores = self._bm25(query)
        if scorer is None:
            return _best(scores, limit)
        keys = sorted(self._words)
        given = dict(zip(keys, scorer(query, keys), strict=True))
        return _best(fuse([_ranking(scores), _ranking(given)]), limit)

    def _bm25(self, query: str) -> dict[str, float]:
        scores: dict[str, float] = {}
        average = self._total / len(self._words) if self._words else 0.0
        for word, weight in Counter(tokens(query)).items():
            postings = self._postings.get(word, {})
            rarity = math.log(1 + (len(self) - len(postings) + 0.5) / (len(postings) + 0.5))
            for key, count in postings.items():
                length = 1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * self._lengths[key] / average
                gain = weight * rarity * count / (count + _SATURATION * length)
                scores[key] = scores.get(key, 0.0) + gain
        return scores


def fuse(rankings: Sequence[Sequence[str]]) -> dict[str, float]:
    """Return each key's reciprocal-rank-fusion score over rankings, best first in each."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, key in enumerate(ranking, start=1):
            scores[key] = scores.get(key, 0.0) + 1 / (_FUSION + rank)
    return scores


def tokens(text: str) -> Iterator[str]:
    """Yield the words of a text: an identifier as a whole and its parts, plurals as singulars.

    `getUserNames` gives `getusernames`, `get`, `user`, `name`.
    """
    for word in _WORD.findall(unicodedata.normalize("NFKC", text)):
        parts = [part for hump in _HUMP.split(word) for part in _PART.findall(hump)]
        if len(parts) > 1:
            yield word.casefold()
        for part in parts:
            yield _singular(part.casefold())


def _singular(word: str) -> str:
    """Return a word without its English plural ending (Harman's S-stemmer, 1991)."""
    if len(word) <= 3 or not word.endswith("s"):
        return word
    if word.endswith("ies"):
        return word if word.endswith(("eies", "aies")) else word[:-3] + "y"
    if word.endswith("es"):
        return word if word.endswith(("aes", "ees", "oes")) else word[:-1]
    return word if word.endswith(("us", "ss")) else word[:-1]


def _ranking(scores: dict[str, float]) -> list[str]:
    return sorted(scores, key=lambda key: (-scores[key], key))


def _best(scores: dict[str, float], limit: int) -> tuple[Hit, ...]:
    best = heapq.nsmallest(limit, scores.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Hit(key, score) for key, score in best)
