"""Queries put together from parts that were learned apart.

A template is known as a whole or not at all; but who has seen patients counted by their drug, and
others by their age, can count them by both. Looked for in a question is what is shown (`heads`),
which of its items (values, numbers, periods) the query uses and in which condition, and which
conditions without an item hold (`cues`). FROM follows from the tables that these name. In the
manner of the sketches of SQLNet (Xu, Liu and Song 2017), with joins.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from .classifier import Classifier, train
from .clauses import Clauses, named_tables, take_apart
from .cues import Cues, learn_cues
from .heads import Head, Heads, learn_heads, places
from .items import Item
from .templates import SLOT, Form, broad, normal, slotted, written

UNUSED: Final = ""
"""The role of an item that a query does not use."""
_LEAST: Final = 2
"""Pairs that must have a condition without an item."""
_LEFT, _RIGHT, _NEAR = 5, 4, 2
"""Words around an item that tell its role; of the nearest also the side."""
_LIKELY: Final = 0.5
_TOLD: Final = 0.65
"""How probable a condition without an item must be: two questions that had it, and no other."""
_EPOCHS: Final = 12
_RARE: Final = 1e-3
"""The weight of a column in which no taught query looked for a value."""
_FEWEST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A query and how probable its parts are."""

    sql: str
    head: float
    items: float
    """Of the role that is the least sure."""
    conditions: float
    """Of the condition without an item that is the least sure, be it there or not."""
    joined: bool
    """Whether a taught query joined just these tables."""
    unused: int
    """Numbers and periods of the question that are not in the query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    form: Form
    clauses: Clauses
    roles: tuple[str, ...]
    constants: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Composer:
    """What was learned of parts; make one with `learn_parts`."""

    heads: Heads
    roles: tuple[str, ...]
    """Conditions with a slot for an item."""
    sources: Mapping[frozenset[str], str]
    """The FROM clause for the tables that are named."""
    used: Classifier
    """Whether an item is used (class 1)."""
    role: Classifier
    constants: Cues
    """Conditions without an item, and the words that stand for them."""

    def compose(self, form: Form) -> Composed | None:
        """Return the most probable query of a question; None where no FROM is known for it."""
        roles = [self._role(form, at) for at in range(len(form.items))]
        conditions = [text for text, _ in roles if text]
        constants, sure = self._constants(form, {_subject(text) for text in conditions})
        head, chance = self.heads.choose(form.words)
        conditions += constants
        source, joined = self._source(named_tables((*head.shown, *conditions, head.rest)))
        if not source:
            return None
        clauses = Clauses(
            shown=head.shown, source=source, conditions=tuple(conditions), rest=head.rest
        )
        return Composed(
            sql=str(clauses),
            head=chance,
            items=min((each for _, each in roles), default=1.0),
            conditions=sure,
            joined=joined,
            unused=sum(
                not text and not item.columns
                for (text, _), item in zip(roles, form.items, strict=True)
            ),
        )

    def _role(self, form: Form, at: int) -> tuple[str, float]:
        """Return the condition of an item, empty where it has none, and how probable that is."""
        item, words = form.items[at], _around(form, at)
        used = float(self.used.probabilities([*words, "|", *_facts(item)])[1])
        fitting: dict[str, float] = {}
        for role, chance in zip(self.roles, self.role.probabilities(words), strict=True):
            if text := _filled(role, item):
                fitting[text] = float(chance)
        for column in item.columns:
            fitting.setdefault(written(item, column) or "", _RARE)
        if not fitting or used < _LIKELY:
            return UNUSED, 1 - used if fitting else 1.0
        best = max(fitting, key=lambda text: fitting[text])
        return best, used * fitting[best] / sum(fitting.values())

    def _constants(self, form: Form, subjects: set[str]) -> tuple[list[str], float]:
        """Return the conditions without an item that hold, of each subject at most one."""
        found: list[str] = []
        sure = 1.0
        chances = self.constants.probabilities(form.words)
        for at in np.argsort(-chances, kind="stable"):
            text, chance = self.constants.classes[at], float(chances[at])
            if _subject(text) in subjects:
                continue
            sure = min(sure, max(chance, 1 - chance))
            if chance > _TOLD:
                found.append(text)
                subjects.add(_subject(text))
        return found, sure

    def _source(self, tables: frozenset[str]) -> tuple[str, bool]:
        """Return the FROM clause of tables: their own, else the one with the fewest others."""
        if tables in self.sources:
            return self.sources[tables], True
        wider = [known for known in self.sources if known > tables]
        return (self.sources[min(wider, key=len)], False) if wider else ("", False)


def learn_parts(pairs: Sequence[tuple[Form, str]], *, epochs: int = _EPOCHS) -> Composer | None:
    """Return what the parts of plain queries teach; None where too few pairs have such a query."""
    known = [pair for form, sql in pairs if sql and (pair := _apart(form, sql)) is not None]
    if len(known) < _FEWEST:
        return None
    words = [pair.form.words for pair in known]
    counted = Counter(text for pair in known for text in set(pair.constants))
    constants = tuple(text for text, times in counted.items() if times >= _LEAST)
    items = [
        ((*_around(pair.form, at), "|", *_facts(item)), _around(pair.form, at), role)
        for pair in known
        for at, (item, role) in enumerate(zip(pair.form.items, pair.roles, strict=True))
    ]
    placed = [(around, (role,)) for _, around, role in items if role]
    roles = tuple(dict.fromkeys(role for _, (role,) in placed))
    sources: defaultdict[frozenset[str], Counter[str]] = defaultdict(Counter)
    for pair in known:
        sources[pair.clauses.tables][pair.clauses.source] += 1
    return Composer(
        heads=learn_heads(
            words, [Head(pair.clauses.shown, pair.clauses.rest) for pair in known], epochs=epochs
        ),
        roles=roles,
        constants=learn_cues(words, [pair.constants for pair in known], constants),
        sources={tables: seen.most_common(1)[0][0] for tables, seen in sources.items()},
        used=train(
            [row for row, _, _ in items],
            np.eye(2, dtype=np.float32)[[int(bool(role)) for _, _, role in items]],
            exclusive=True,
            epochs=epochs,
        ),
        role=train(
            [around for around, _ in placed],
            places([role for _, role in placed], roles),
            exclusive=True,
            epochs=epochs,
        ),
    )


def _apart(form: Form, sql: str) -> _Pair | None:
    """Return a pair in parts; None where its query is not one plain SELECT."""
    clauses = take_apart(normal(sql))
    if clauses is None:
        return None
    left = list(clauses.conditions)
    roles: list[str] = []
    for item in form.items:
        found = ((at, size, _placed(left[at : at + size], item)) for at, size in _runs(len(left)))
        at, size, role = next((one for one in found if one[2]), (0, 0, UNUSED))
        roles.append(role)
        del left[at : at + size]
    return _Pair(form=form, clauses=clauses, roles=tuple(roles), constants=tuple(left))


def _runs(count: int) -> list[tuple[int, int]]:
    """Return where one condition stands, or two as those of a period do."""
    return [(at, size) for size in (1, 2) for at in range(count - size + 1)]


def _placed(conditions: Sequence[str], item: Item) -> str:
    """Return conditions with a slot for an item; empty where it does not stand in them."""
    return slotted(" AND ".join(conditions), item, f"{broad(item)}0") or UNUSED


def _around(form: Form, at: int) -> tuple[str, ...]:
    """Return the words around an item, the nearest ones once more with their side."""
    places = [i for i, word in enumerate(form.words) if word.startswith("<")]
    left = form.words[max(0, places[at] - _LEFT) : places[at]]
    right = form.words[places[at] + 1 : places[at] + 1 + _RIGHT]
    sides = [f"before:{word}" for word in left[-_NEAR:]]
    sides += [f"behind:{word}" for word in right[:_NEAR]]
    return (*left, f"@{broad(form.items[at])}", *right, "|", *sides)


def _facts(item: Item) -> tuple[str, ...]:
    return (f"words:{min(4, len(item.literal.split()))}", *(f"in:{name}" for name in item.columns))


def _subject(condition: str) -> str:
    """Return what a condition speaks of: a column is asked for one value."""
    return condition.split(" ", 1)[0]


def _filled(role: str, item: Item) -> str:
    """Return a condition with an item in its slot; empty where it does not fit."""
    slot = SLOT.search(role)
    if slot is None:
        return ""
    place, _, told = slot[1].partition(":")
    text = written(item, told) if place == f"{broad(item)}0" else None
    return f"{role[: slot.start()]}{text}{role[slot.end() :]}" if text else ""
