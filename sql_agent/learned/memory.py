"""What a set of confirmed pairs teaches about further questions on the same database.

Two classifiers look at the form of a question: one says which known template it asks for, one which
*fragments* of SQL its query has (tables, directions, aggregates), each by itself. Fragments are
shared by many templates, so they are learned from more pairs (error-correcting output codes,
Dietterich and Bakiri 1995). A template is scored by both; the probability that the best one is
right is calibrated on pairs that were held out, and there is one threshold.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sql_agent.words import STOP

from .classifier import Classifier, Floats, grams, sigmoid, train
from .templates import Form, filled, form_of, template_of

Indexes = NDArray[np.int64]
NOTHING = ""
"""The template of a question that the data cannot answer."""
_MIN_SHARED = 3
_CANDIDATES = 60
_OFTEN = 10
_SURE = 0.99
_EVIDENCE = 12
_NEW = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A query for a question, and how probable it is that it is right; empty for "no answer"."""

    sql: str
    probability: float
    evidence: tuple[float, ...] = ()
    unanswerable: bool = False
    """Whether it is most like the questions that were taught to have no answer."""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Templates learned from pairs; make one with `learn`."""

    values: Mapping[str, tuple[str, ...]]
    keys: frozenset[str]
    templates: tuple[str, ...]
    support: Floats
    fragments: Floats
    """Which template has which fragment, of shape (templates, fragments)."""
    whole: Classifier
    parts: Classifier
    calibration: Floats
    labels: Indexes
    """The template of each pair."""
    postings: Mapping[str, Indexes]
    """The pairs that have an n-gram."""
    lengths: Floats
    """The sum of the weights of each pair's n-grams."""
    implied: Mapping[str, tuple[Floats, Floats]]
    """Of frequent words: which fragments always came with them, and which never did."""
    periods: bool = True
    threshold: float = 0.5
    """The probability from which on a guess is an answer."""

    @property
    def pairs(self) -> int:
        """How many pairs it was learned from."""
        return len(self.labels)

    def guess(self, question: str) -> Guess:
        """Return the most probable query of a question."""
        form = form_of(question, self.values, self.keys, periods=self.periods)
        chance = np.clip(self.parts.probabilities(form.words), 1e-4, 1 - 1e-4)
        direct = np.log(self.whole.probabilities(form.words) + 1e-6)
        coded = self.fragments @ np.log(chance) + (1 - self.fragments) @ np.log(1 - chance)
        scores = direct + coded
        order = np.argsort(-scores)
        found: list[tuple[int, str]] = []
        for at in order[:_CANDIDATES]:
            sql = filled(self.templates[at], form) if self.templates[at] else NOTHING
            if sql is not None:
                found.append((int(at), sql))
        likely = found[0][1] if found else NOTHING
        none = bool(found) and not likely
        found = [(at, sql) for at, sql in found if not sql or self._allowed(form, at)]
        if not likely or self._unknown(form) or not found or not found[0][1]:
            return Guess(sql=likely, probability=0.0, unanswerable=none)
        best, sql = found[0]
        others = [float(scores[at]) for at, _ in found[1:]]
        row = self.fragments[best]
        said = row * np.log(chance) + (1 - row) * np.log(1 - chance)
        own, foreign = self._likeness(form, best)
        evidence = (
            float(direct[best]),
            max(float(coded[best]), -30.0),
            float(said.min()),
            min(float(scores[best]) - max(others, default=-99.0), 20.0),
            min(float(scores[best] - scores[order[int(order[0] == best)]]), 20.0),
            float(self.support[best]),
            self._unknown(form),
            own,
            foreign,
            own - foreign,
            float(direct[self.templates.index(NOTHING)]) if NOTHING in self.templates else -14.0,
        )
        probability = float(sigmoid(np.asarray(_weigh(evidence) @ self.calibration, np.float32)))
        return Guess(sql=sql, probability=probability, evidence=evidence)

    def _likeness(self, form: Form, template: int) -> tuple[float, float]:
        """Return how alike the nearest known question of a template is, and that of any other.

        The cosine between n-grams weighted by the inverse document frequency.
        """
        alike = np.zeros(len(self.labels), np.float32)
        whole = 1e-6
        for gram in grams(form.words):
            posting = self.postings.get(gram)
            if posting is None:
                whole += _NEW
                continue
            weight = float(np.log(len(self.labels) / len(posting))) + 0.1
            whole += weight
            alike[posting] += weight
        alike /= np.sqrt(whole * self.lengths)
        mine = self.labels == template
        own = float(alike[mine].max(initial=0.0))
        return own, float(alike[~mine].max(initial=0.0))

    def _allowed(self, form: Form, template: int) -> bool:
        """Whether a template has all that the words of a question always came with."""
        row = self.fragments[template]
        for word in form.words:
            always, never = self.implied.get(word, (None, None))
            if always is not None and (always * (1 - row)).any():
                return False
            if never is not None and (never * row).any():
                return False
        return True

    def answer(self, question: str) -> str:
        """Return the query of a question, or `NOTHING` where it is less probable than agreed."""
        guess = self.guess(question)
        return guess.sql if guess.probability >= self.threshold else NOTHING

    def _unknown(self, form: Form) -> float:
        """Return how many words with a meaning did not occur in the pairs."""
        new = (w for w in form.words if w.isalpha() and w not in self.whole.features)
        return float(sum(w not in STOP for w in new))


def _weigh(evidence: Sequence[float]) -> Floats:
    return np.asarray((1.0, *evidence), np.float32)


def learn(
    pairs: Sequence[tuple[str, str]],
    values: Mapping[str, tuple[str, ...]],
    keys: frozenset[str] = frozenset(),
    *,
    held_out: int = 3,
    epochs: int = 8,
    penalty: float = 10.0,
    periods: bool = True,
) -> Memory:
    """Return what pairs of question and query teach; an empty query stands for "no answer".

    The calibration is fitted on guesses for the part of the pairs (one in `held_out`) that the
    classifiers had not seen; the classifiers are then trained again on all of them.
    """
    trusted = _trusted(values, pairs, periods=periods)
    kept = [pair for i, pair in enumerate(pairs) if i % held_out]
    memory = _fitted(kept, trusted, keys, epochs, periods=periods)
    guesses = [(memory.guess(question), sql) for question, sql in pairs[::held_out]]
    seen = [(guess.evidence, right(guess.sql, sql)) for guess, sql in guesses if guess.evidence]
    weights = _calibrated(seen)
    chances = [float(sigmoid(np.asarray(_weigh(e) @ weights, np.float32))) for e, _ in seen]
    threshold = _threshold(chances, [good for _, good in seen], penalty)
    final = _fitted(pairs, trusted, keys, epochs, periods=periods)
    return replace(final, calibration=weights, threshold=threshold)


def _threshold(chances: Sequence[float], good: Sequence[bool], penalty: float) -> float:
    """Return the probability from which on answers gain most, a wrong one costing `penalty`."""
    best, gain, threshold = 0.0, 0.0, 1.01
    for chance, right_one in sorted(zip(chances, good, strict=True), reverse=True):
        gain += 1.0 if right_one else -penalty
        if gain > best:
            best, threshold = gain, chance
    return threshold


def right(guess: str, sql: str) -> bool:
    """Whether two queries are written the same, blanks and letters' case aside."""
    return re.sub(r"\s+", "", guess).lower() == re.sub(r"[\s;]+", "", sql).lower()


def _fitted(
    pairs: Sequence[tuple[str, str]],
    values: Mapping[str, tuple[str, ...]],
    keys: frozenset[str],
    epochs: int,
    *,
    periods: bool,
) -> Memory:
    rows: list[tuple[str, ...]] = []
    labels: list[int] = []
    templates: dict[str, int] = {}
    for question, sql in pairs:
        form = form_of(question, values, keys, periods=periods)
        template = template_of(sql, form.items) if sql else NOTHING
        if template is not None:
            rows.append(form.words)
            labels.append(templates.setdefault(template, len(templates)))
    codes = _codes(list(templates))
    once = np.eye(len(templates), dtype=np.float32)[labels]
    counts = Counter(labels)
    postings = _postings(rows)
    lengths = np.full(len(rows), 1e-6, np.float32)
    for posting in postings.values():
        lengths[posting] += np.log(len(rows) / len(posting)) + 0.1
    return Memory(
        values=values,
        keys=keys,
        templates=tuple(templates),
        support=np.log1p(np.asarray([counts[i] for i in range(len(templates))], np.float32)),
        fragments=codes,
        whole=train(rows, once, exclusive=True, epochs=epochs),
        parts=train(rows, codes[labels], exclusive=False, epochs=epochs),
        calibration=np.zeros(_EVIDENCE, np.float32),
        labels=np.asarray(labels, np.int64),
        postings=postings,
        lengths=lengths,
        implied=_implications(rows, codes[labels]),
        periods=periods,
    )


def _implications(rows: Sequence[Sequence[str]], codes: Floats) -> dict[str, tuple[Floats, Floats]]:
    """Return what frequent words imply: fragments that 99 in 100 questions with them have.

    What a word never comes with counts where that fragment is frequent without it.
    """
    where: dict[str, list[int]] = {}
    for at, words in enumerate(rows):
        for word in set(words):
            where.setdefault(word, []).append(at)
    usual = codes.mean(axis=0)
    found: dict[str, tuple[Floats, Floats]] = {}
    for word, places in where.items():
        if len(places) < _OFTEN:
            continue
        part = codes[places].mean(axis=0)
        always = ((part >= _SURE) & (usual < _SURE / 2)).astype(np.float32)
        never = ((part == 0) & (usual * len(places) >= _OFTEN)).astype(np.float32)
        if always.any() or never.any():
            found[word] = (always, never)
    return found


def _postings(rows: Sequence[Sequence[str]]) -> dict[str, Indexes]:
    found: dict[str, list[int]] = {}
    for at, words in enumerate(rows):
        for gram in grams(words):
            found.setdefault(gram, []).append(at)
    return {gram: np.asarray(places, np.int64) for gram, places in found.items()}


def _codes(templates: Sequence[str]) -> Floats:
    """Return which template has which fragment: words and pairs of words of its SQL."""
    sets = [_fragments(template) for template in templates]
    shared = Counter(name for names in sets for name in names)
    columns: dict[tuple[int, ...], None] = {}
    where: dict[str, list[int]] = {}
    for at, names in enumerate(sets):
        for name in names:
            where.setdefault(name, []).append(at)
    for name, times in shared.items():
        if _MIN_SHARED <= times < len(templates):
            columns[tuple(where[name])] = None
    codes = np.zeros((len(templates), max(1, len(columns))), np.float32)
    for column, rows in enumerate(columns):
        codes[list(rows), column] = 1
    return codes


def _fragments(template: str) -> set[str]:
    words = re.findall(r"\{[^}]*\}|[A-Za-z_][A-Za-z_0-9.]*|\d+|[^\sA-Za-z_0-9(),]+", template)
    words = [re.sub(r"\bT\d\.", "", word) for word in words]
    found = Counter(words)
    return {*found, *(f"{word} twice" for word, times in found.items() if times > 1)}


def _trusted(
    values: Mapping[str, tuple[str, ...]], pairs: Sequence[tuple[str, str]], *, periods: bool
) -> Mapping[str, tuple[str, ...]]:
    """Leave out values that questions say without meaning them: "medicine" is also a ward."""
    said, meant = Counter[str](), Counter[str]()
    for question, sql in pairs:
        text = sql.lower()
        for item in form_of(question, values, periods=periods).items:
            if item.columns and sql:
                said[item.literal] += 1
                meant[item.literal] += f"'{item.literal.replace(chr(39), chr(39) * 2)}'" in text
    return {v: columns for v, columns in values.items() if 2 * meant[v] >= said[v]}


def _calibrated(seen: Sequence[tuple[Sequence[float], bool]]) -> Floats:
    """Return weights of logistic regression by Newton's method with a small ridge."""
    if not seen:
        return np.zeros(_EVIDENCE, np.float32)
    inputs = np.stack([_weigh(evidence) for evidence, _ in seen]).astype(np.float64)
    targets = np.asarray([good for _, good in seen], np.float64)
    weights = np.zeros(inputs.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (targets - chance) - 1e-2 * weights
        curve = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + 1e-2 * np.eye(len(weights))
        weights += np.linalg.solve(curve, slope)
    return weights.astype(np.float32)
