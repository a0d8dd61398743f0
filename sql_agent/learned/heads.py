"""What a question asks to be shown: a head that was taught, or one like it with other columns."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from sql_agent.words import root

from .classifier import Classifier, Floats, train

LONGEST: Final = 8
"""Columns of a list that is put together."""
_NAME: Final = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?"
_COLUMN: Final = re.compile(_NAME)
_CALL: Final = re.compile(rf"(\w+\((?:DISTINCT )?)({_NAME})\)", re.IGNORECASE)
_LIST: Final = "{}, …"


class Head(NamedTuple):
    """What a query shows, and what stands behind its conditions."""

    shown: tuple[str, ...]
    rest: str


@dataclass(frozen=True, kw_only=True)
class Heads:
    """What was learned of heads; make one with `learn_heads`.

    A head is of a *kind*: a list of columns, or a function of one column. Where a kind was seen
    with several columns, the columns are chosen apart from it.
    """

    known: tuple[Head, ...]
    columns: tuple[str, ...]
    """The columns to choose from, in the order of lists."""
    whole: Classifier
    column: Classifier
    size: Classifier
    """How many columns a list has."""

    def choose(self, words: Sequence[str]) -> tuple[Head, float]:
        """Return the most probable head, and its probability."""
        chances = self.whole.probabilities(words)
        kinds: defaultdict[str, float] = defaultdict(float)
        for head, chance in zip(self.known, chances, strict=True):
            kinds[kind_of(head)] += float(chance)
        kind, chance = max(kinds.items(), key=lambda one: one[1])
        of_kind = [at for at, head in enumerate(self.known) if kind_of(head) == kind]
        if len(of_kind) == 1 or "{}" not in kind:
            best = max(of_kind, key=lambda at: float(chances[at]))
            return self.known[best], float(chances[best])
        each = self.column.probabilities(words)
        order = np.argsort(-each)
        if kind != _LIST:
            best = order[0]
            return Head((kind.replace("{}", self.columns[best]),), ""), chance * float(each[best])
        sizes = self.size.probabilities(words)
        many = int(sizes.argmax()) + 1
        chosen = sorted(order[:many])
        chance *= float(sizes.max()) * float(np.prod(each[chosen])) ** (1 / many)
        return Head(tuple(self.columns[at] for at in chosen), ""), chance


def kind_of(head: Head) -> str:
    """Return a head without its columns; the head itself where it has no such kind."""
    if not head.rest and all(map(_COLUMN.fullmatch, head.shown)):
        return _LIST
    call = _CALL.fullmatch(head.shown[0]) if len(head.shown) == 1 and not head.rest else None
    return f"{call[1]}{{}})" if call else f"{', '.join(head.shown)} {head.rest}"


def _columns(head: Head) -> tuple[str, ...]:
    """Return the columns that a head of some kind shows."""
    call = _CALL.fullmatch(head.shown[0])
    return (call[2],) if call else head.shown


def learn_heads(rows: Sequence[Sequence[str]], heads: Sequence[Head], *, epochs: int) -> Heads:
    """Return what questions (as words) and the heads of their queries teach."""
    seen: defaultdict[str, set[Head]] = defaultdict(set)
    for head in heads:
        seen[kind_of(head)].add(head)
    several = {kind for kind, of_kind in seen.items() if len(of_kind) > 1 and "{}" in kind}
    taught = [
        (words, _columns(head), kind_of(head) == _LIST)
        for words, head in zip(rows, heads, strict=True)
        if kind_of(head) in several
    ]
    columns = _in_order([shown for _, shown, _ in taught])
    lists = [(words, min(LONGEST, len(shown)) - 1) for words, shown, is_list in taught if is_list]
    known = tuple(dict.fromkeys(heads))
    # The words of a column's name are one more example of how it is asked for.
    examples = [(words, shown) for words, shown, _ in taught]
    examples += [(_said(column), (column,)) for column in columns]
    return Heads(
        known=known,
        columns=columns,
        whole=train(
            rows, places([(head,) for head in heads], known), exclusive=True, epochs=epochs
        ),
        column=train(
            [words for words, _ in examples],
            places([shown for _, shown in examples], columns),
            exclusive=False,
            epochs=2 * epochs,
        ),
        size=train(
            [words for words, _ in lists],
            np.eye(LONGEST, dtype=np.float32)[[size for _, size in lists]],
            exclusive=True,
            epochs=epochs,
        ),
    )


def places(rows: Sequence[Sequence[object]], classes: Sequence[object]) -> Floats:
    """Return which of the classes each row has, of shape (rows, classes); others are left out."""
    at = {name: i for i, name in enumerate(classes)}
    found = np.zeros((len(rows), len(classes)), np.float32)
    for i, row in enumerate(rows):
        found[i, [at[name] for name in row if name in at]] = 1
    return found


def _in_order(lists: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the columns of all lists, those first that mostly stand before others."""
    ahead: Counter[str] = Counter()
    for shown in lists:
        for at, name in enumerate(shown):
            ahead[name] += len(shown) - 1 - 2 * at
    seen = Counter(name for shown in lists for name in shown)
    return tuple(sorted(seen, key=lambda name: -ahead[name] / seen[name]))


def _said(column: str) -> list[str]:
    return [root(word) for word in column.rpartition(".")[2].lower().split("_")]
