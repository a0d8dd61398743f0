"""Words that give a class away: a decision list (Yarowsky 1994, "Decision lists for lexical …").

Each class is as probable as its best n-gram says alone. A linear model weighs all words of a
question, and where a telling word stands among new neighbours, these outvote it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from .classifier import Floats, grams

_TIMES: Final = 2
"""Questions of a class that must have an n-gram."""
_DOUBT: Final = 0.5
"""Questions without the class that are added to those seen."""
_LEAST: Final = 0.2


@dataclass(frozen=True, kw_only=True)
class Cues:
    """N-grams with the classes that they stand for; make one with `learn_cues`."""

    classes: tuple[str, ...]
    shares: Mapping[str, Mapping[int, float]]
    """Of an n-gram: the part of its questions that are of a class, by the class's place."""

    def probabilities(self, words: Sequence[str]) -> Floats:
        """Return the probability of each class by itself, of shape (classes,)."""
        found = np.zeros(len(self.classes), np.float32)
        for gram in grams(words):
            for place, share in self.shares.get(gram, {}).items():
                found[place] = max(found[place], share)
        return found


def learn_cues(
    rows: Sequence[Sequence[str]], labels: Sequence[Sequence[str]], classes: Sequence[str]
) -> Cues:
    """Return what questions (as words) and their classes teach; other labels are left out."""
    place = {name: at for at, name in enumerate(classes)}
    seen: Counter[str] = Counter()
    together: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for words, names in zip(rows, labels, strict=True):
        own = [place[name] for name in names if name in place]
        for gram in grams(words):
            seen[gram] += 1
            together[gram].update(own)
    shares = {
        gram: {
            at: times / (seen[gram] + _DOUBT)
            for at, times in counted.items()
            if times >= _TIMES and times / (seen[gram] + _DOUBT) >= _LEAST
        }
        for gram, counted in together.items()
    }
    return Cues(
        classes=tuple(classes), shares={gram: found for gram, found in shares.items() if found}
    )
