"""What a set of confirmed pairs teaches about further questions on the same database.

A query is known by heart, or composed of parts of several (`composer`); the more probable one is
the guess. Two classifiers look at the form of a question for the first: one says which known
template it asks for, one which *fragments* of SQL its query has (tables, directions, aggregates),
each by itself. Fragments are shared by many templates, so they are learned from more pairs
(error-correcting output codes, Dietterich and Bakiri 1995). A template is scored by both. How
probable a guess is to be right is calibrated on pairs that were held out; there is one threshold.
"""

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sql_agent.words import STOP

from .calibration import best_threshold, calibrated, held_out
from .classifier import Classifier, Floats, grams, sigmoid, train
from .clauses import same_query
from .composer import Composer, learn_parts
from .likeness import Likeness
from .templates import Form, filled, form_of, normal, template_of

Indexes = NDArray[np.int64]
NOTHING = ""
"""The template of a question that the data cannot answer."""
_MIN_SHARED = 3
_CANDIDATES = 60
_OFTEN = 10
_SURE = 0.99
_EVIDENCE = 17
_OF_PARTS = 8
"""Weights of the evidence for a query that was composed, a constant included."""
_MIN_WORD = 3
_MIN_PAIR = 5
_USUAL = 0.6
_NEW = 8.0
_FOLDS = 2
_FEWEST = 30
"""Composed queries that must have been tried on pairs held out; on fewer none is an answer."""
_NEVER = -30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A query for a question, and how probable it is that it is right; empty for "no answer"."""

    sql: str
    probability: float
    evidence: tuple[float, ...] = ()
    composed: bool = False
    """Whether no taught query is like it as a whole."""
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
    composer: Composer | None = None
    composing: Floats = field(default_factory=lambda: np.zeros(_OF_PARTS, np.float32))
    """The calibration of composed queries."""
    periods: bool = True
    threshold: float = 0.5
    """The probability from which on a guess is an answer."""

    @property
    def pairs(self) -> int:
        """How many pairs it was learned from."""
        return len(self.labels)

    def guess(self, question: str) -> Guess:
        """Return the most probable query of a question."""
        known = self.by_heart(question)
        return _likelier(known, None if known.unanswerable else self.composed(question, known))

    def composed(self, question: str, known: Guess) -> Guess | None:
        """Return a query made of parts, other than the one known by heart; None without one.

        How probable it is to be right is counted where the two differ: there alone it matters.
        """
        if self.composer is None:
            return None
        form = form_of(
            question, self.values, self.keys, periods=self.periods, likeness=self._likeness_of_texts
        )
        found = self.composer.compose(form)
        if found is None or right(found.sql, known.sql):
            return None
        chance = float(np.clip(known.probability, 1e-4, 1 - 1e-4))
        evidence = (
            float(np.log(found.head + 1e-6)),
            float(np.log(found.items + 1e-6)),
            float(np.log(found.conditions + 1e-6)),
            float(found.joined),
            float(found.unused),
            self._unknown(form),
            float(np.log(chance / (1 - chance))),
        )
        guess = Guess(sql=found.sql, probability=0.0, evidence=evidence, composed=True)
        return _with(guess, self.composing)

    @functools.cached_property
    def _likeness_of_texts(self) -> Likeness:
        return Likeness(self.values)

    def by_heart(self, question: str) -> Guess:
        """Return the most probable query of those that are known as a whole."""
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
        if not found or not found[0][1] or self._unknown(form):
            none = bool(found) and not found[0][1]
            return Guess(sql=found[0][1] if found else "", probability=0.0, unanswerable=none)
        best, sql = found[0]
        others = [float(scores[at]) for at, other in found[1:] if other != sql]
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
            own,
            foreign,
            own - foreign,
            float(direct[self.templates.index(NOTHING)]) if NOTHING in self.templates else -14.0,
            *self.unaccounted(form, best),
            float(not self._allowed(form, best)),
        )
        return _with(Guess(sql=sql, probability=0.0, evidence=evidence), self.calibration)

    def unaccounted(self, form: Form, template: int) -> tuple[float, ...]:
        """Return what speaks against a template in the words themselves.

        The weight of known words that never came with it, all and the heaviest; how many known
        pairs of words never did; how much is missing of what its questions usually say; the part
        of pairs of words that are new. All but the last count less where few questions are known.
        """
        known = float(np.expm1(self.support[template]))
        trust = known / (known + 2)
        words = set(form.words)
        apart = [
            trust * float(np.log(len(self.labels) / len(posting)))
            for posting in self._known(words, _MIN_WORD)
            if not (self.labels[posting] == template).any()
        ]
        pairs = [gram for gram in grams(form.words) if gram.count(" ") == 1]
        often = self._known(pairs, _MIN_PAIR)
        strange = sum(not (self.labels[posting] == template).any() for posting in often)
        lacking = sum(share for word, share in self._usual[template] if word not in words)
        new = sum(pair not in self.postings for pair in pairs) / max(1, len(pairs))
        return (sum(apart), max(apart, default=0.0), trust * strange, trust * lacking, new)

    def _known(self, names: Iterable[str], least: int) -> list[Indexes]:
        """Return which pairs have an n-gram, of each that so many have."""
        found = (self.postings.get(name) for name in names)
        return [posting for posting in found if posting is not None and len(posting) >= least]

    @functools.cached_property
    def _usual(self) -> list[list[tuple[str, float]]]:
        """The words that most questions of each template have, with the part that has them."""
        size = np.expm1(self.support)
        found: list[list[tuple[str, float]]] = [[] for _ in self.templates]
        for word, posting in self.postings.items():
            if " " in word or word in {"^", "$"}:
                continue
            share = np.bincount(self.labels[posting], minlength=len(found)) / size
            for template in np.flatnonzero(share > _USUAL):
                found[template].append((word, float(share[template])))
        return found

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
    epochs: int = 8,
    penalty: float = 10.0,
    periods: bool = True,
) -> Memory:
    """Return what pairs of question and query teach; an empty query stands for "no answer".

    The calibration is fitted on guesses for a part of the pairs that the classifiers had not seen;
    the classifiers are then trained again on all of them. Held out are whole wordings, since people
    seldom ask twice in the same words, and whole templates, since they ask for what nobody taught.
    """
    trusted = _trusted(values, pairs, periods=periods)
    tried: list[tuple[Memory, str, str, Guess]] = []
    for fold in range(_FOLDS):
        held = held_out(pairs, trusted, keys, periods=periods, fold=fold)
        kept = [pair for pair, part in zip(pairs, held, strict=True) if part == "learned"]
        memory = _fitted(kept, trusted, keys, epochs, periods=periods)
        for (question, sql), part in zip(pairs, held, strict=True):
            if part == "asked":
                tried.append((memory, question, sql, memory.by_heart(question)))
    calibration = _calibrated([(guess, sql) for *_, sql, guess in tried], _EVIDENCE)
    known = [_with(guess, calibration) for *_, guess in tried]
    made = [
        None if guess.unanswerable else memory.composed(question, guess)
        for (memory, question, *_), guess in zip(tried, known, strict=True)
    ]
    golds = [sql for *_, sql, _ in tried]
    composing = _calibrated(zip(made, golds, strict=True), _OF_PARTS)
    if sum(guess is not None for guess in made) < _FEWEST:
        composing[0] = _NEVER
    chosen = [
        _likelier(guess, other and _with(other, composing))
        for guess, other in zip(known, made, strict=True)
    ]
    said = [
        (guess.probability, right(guess.sql, sql))
        for guess, sql in zip(chosen, golds, strict=True)
        if guess.evidence
    ]
    return replace(
        _fitted(pairs, trusted, keys, epochs, periods=periods),
        calibration=calibration,
        composing=composing,
        threshold=best_threshold([p for p, _ in said], [good for _, good in said], penalty),
    )


def _calibrated(guesses: Iterable[tuple[Guess | None, str]], size: int) -> Floats:
    """Return the weights of so many kinds of evidence, from guesses and the right queries."""
    seen = [
        (guess.evidence, right(guess.sql, sql))
        for guess, sql in guesses
        if guess and guess.evidence
    ]
    return calibrated(seen, size)


def _with(guess: Guess, weights: Floats) -> Guess:
    """Return a guess as probable as its evidence says; one without evidence as it is."""
    if not guess.evidence:
        return guess
    chance = sigmoid(np.asarray(_weigh(guess.evidence) @ weights, np.float32))
    return replace(guess, probability=float(chance))


def _likelier(known: Guess, composed: Guess | None) -> Guess:
    better = composed is not None and composed.probability > known.probability
    return composed if composed is not None and better else known


def right(guess: str, sql: str) -> bool:
    """Whether two queries differ in blanks, case and the order of lists and conditions alone."""
    one, other = normal(guess), normal(sql)
    same = re.sub(r"\s+", "", one).lower() == re.sub(r"\s+", "", other).lower()
    return same or bool(guess and sql and same_query(one, other))


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
    likeness = Likeness(values)
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
        composer=learn_parts(
            [
                (form_of(question, values, keys, periods=periods, likeness=likeness), sql)
                for question, sql in pairs
                if sql
            ]
        ),
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
    """Return which template has which fragment."""
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
    """Return the words of a template and pairs of them: `intime DESC` is not `charttime DESC`."""
    words = re.findall(r"\{[^}]*\}|[A-Za-z_][A-Za-z_0-9.]*|\d+|[^\sA-Za-z_0-9(),]+", template)
    words = [re.sub(r"\bT\d\.", "", word) for word in words]
    found = Counter(words)
    pairs = (f"{first} {second}" for first, second in itertools.pairwise(words))
    return {*found, *pairs, *(f"{word} twice" for word, times in found.items() if times > 1)}


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
