"""Train the reader of single tables: `python -m training.table_reader --data DATA`.

Learns from WikiSQL's `train` questions over stand-ins for their tables (`training.wikisql`) and
writes `sql_agent/one_table/weights.npz` (int8). Two thirds of the tables teach the choices, the
others the trust in them: there a quarter of the questions lose the value that they name, and a
seventh the column that they ask for, so that nothing may be answered. `--judge` holds a tenth of
the tables out instead and prints how precise the answers are above which bar.
"""

import argparse
import os
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sql_agent.one_table.features import SIGNS, SIZE, Condition, Reading, hashed
from sql_agent.one_table.reader import (
    SUMMINGS,
    WEIGHTS,
    Floats,
    Summing,
    TableReading,
    Weights,
    checksum,
    of_trust,
    read_parts,
    softmax,
)
from sql_agent.one_table.view import Scene, Span, TableView, ViewColumn, chunks, scene_of, view_of
from sql_agent.words import stems
from training.wikisql import NUMBER, Asked, StandIn, stand_ins

RATE = 0.2
TRUST_RATE = 0.1
EPOCHS = 3
TRUST_EPOCHS = 4
LOST_VALUE = 0.25
LOST_COLUMN = 0.15
LEVELS = (3, 15, 60, 300)
"""How many questions have a word of each level beside the table's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A question over a table's view; without `column` there is no right reading."""

    question: str
    view: TableView
    summing: Summing = ""
    column: int = -1
    conditions: tuple[tuple[Condition, str], ...] = ()


def lessons(table: StandIn) -> Iterator[Lesson]:
    """Yield the questions of a table."""
    view, places = viewed(table)
    for one in table.asked:
        yield Lesson(
            question=one.text,
            view=view,
            summing=_summing(one),
            column=places[one.column],
            conditions=tuple(((places[c.column], c.sign), c.value) for c in one.conditions),
        )


def viewed(table: StandIn) -> tuple[TableView, dict[str, int]]:
    """Return a stand-in as the reader sees it, and the place of each column."""
    places = {name: at for at, name in enumerate(table.literals)}
    columns = [
        ViewColumn(words=stems(name), kind="number" if name in table.numeric else "text")
        for name in places
    ]
    texts = [
        (places[name], value)
        for name, values in table.literals.items()
        for value in values
        if name not in table.numeric
    ]
    return view_of(columns, texts), places


def _summing(one: Asked) -> Summing:
    return next(known for known in SUMMINGS if known == one.head.lower())


def right_conditions(scene: Scene, lesson: Lesson) -> dict[int, Condition] | None:
    """Return the condition of each span that has one; None where a value is not found."""
    found: dict[int, Condition] = {}
    for (column, sign), value in lesson.conditions:
        place = next(
            (
                number
                for number, span in enumerate(scene.spans)
                if number not in found and (column, sign) in _possible(span, value, lesson)
            ),
            None,
        )
        if place is None:
            return None
        found[place] = (column, sign)
    return found


def _possible(span: Span, value: str, lesson: Lesson) -> Iterator[Condition]:
    """Yield the conditions that a span can be where it says a value."""
    for at, column in enumerate(lesson.view.columns):
        if column.kind == "text" and at in span.texts and chunks(span.texts[at]) == chunks(value):
            yield at, "="
        if column.kind == "number" and _says(span, value):
            for sign in SIGNS:
                yield at, sign


def _says(span: Span, value: str) -> bool:
    return bool(NUMBER.match(value)) and span.number == _number(value)


def _number(value: str) -> float:
    return float(value.replace(",", ""))


# --- learning


class Teacher:
    """Weights while they are learned, by Adagrad (Duchi et al. 2011)."""

    def __init__(self) -> None:
        wide = (SIZE, len(SUMMINGS))
        self.conditions, self.heads = np.zeros(SIZE, np.float32), np.zeros(SIZE, np.float32)
        self.trust, self.sums = np.zeros(SIZE, np.float32), np.zeros(wide, np.float32)
        self._squares = {
            id(one): np.full_like(one, 1e-6)
            for one in (self.conditions, self.heads, self.trust, self.sums)
        }

    def choose(self, weights: Floats, rows: Sequence[NDArray[np.int32]], right: int) -> None:
        """Learn from a choice among several, each told by its features."""
        flat = np.concatenate(rows)
        ends = np.cumsum([0, *(len(row) for row in rows[:-1])])
        slope = softmax(np.add.reduceat(weights[flat], ends))
        slope[right] -= 1
        self._move(weights, flat, np.repeat(slope, [len(row) for row in rows]), RATE)

    def classify(self, weights: Floats, row: NDArray[np.int32], right: int) -> None:
        """Learn from a choice among the columns of wide weights."""
        slope = softmax(weights[row].sum(axis=0))
        slope[right] -= 1
        self._move(weights, row, np.tile(slope, (len(row), 1)), RATE)

    def weigh(self, weights: Floats, row: NDArray[np.int32], *, right: bool) -> None:
        """Learn whether something is right."""
        slope = 1 / (1 + np.exp(-np.clip(weights[row].sum(), -30, 30))) - right
        self._move(weights, row, np.full(len(row), slope), TRUST_RATE)

    def _move(
        self, weights: Floats, rows: NDArray[np.int32], slope: NDArray[np.floating], rate: float
    ) -> None:
        squares = self._squares[id(weights)]
        np.add.at(squares, rows, np.square(slope).astype(np.float32))
        np.add.at(weights, rows, (-rate * slope / np.sqrt(squares[rows])).astype(np.float32))


@dataclass(frozen=True, slots=True)
class _Prepared:
    conditions: list[tuple[list[NDArray[np.int32]], int]]
    heads: list[NDArray[np.int32]]
    column: int
    sums: NDArray[np.int32]
    summing: int


def train(tables: Sequence[StandIn], seed: int = 0) -> Weights:
    """Return weights that were learned from tables."""
    cut = len(tables) * 2 // 3
    teacher, often = Teacher(), Counter[str]()
    prepared: list[_Prepared] = []
    for lesson in (lesson for table in tables[:cut] for lesson in lessons(table)):
        one = _prepared(lesson, often)
        if one is not None:
            prepared.append(one)
    chance = random.Random(seed)
    for _ in range(EPOCHS):
        chance.shuffle(prepared)
        for one in prepared:
            for rows, right in one.conditions:
                teacher.choose(teacher.conditions, rows, right)
            teacher.choose(teacher.heads, one.heads, one.column)
            teacher.classify(teacher.sums, one.sums, one.summing)
    counts = {checksum(word): count for word, count in often.items() if count >= LEVELS[0]}
    known = sorted(counts)
    weights = Weights(
        conditions=teacher.conditions,
        heads=teacher.heads,
        sums=teacher.sums,
        trust=teacher.trust,
        known=np.array(known, dtype=np.uint32),
        levels=np.array([bisect_right(LEVELS, counts[one]) for one in known], dtype=np.uint8),
    )
    _learn_trust(teacher, weights, tables[cut:], chance)
    return weights


def _prepared(lesson: Lesson, often: Counter[str]) -> _Prepared | None:
    scene = scene_of(lesson.question, lesson.view)
    right = right_conditions(scene, lesson)
    if right is None:
        return None
    seen = Reading(scene)
    often.update({seen.stems[at] for at in seen.unsaid})
    conditions: list[tuple[list[NDArray[np.int32]], int]] = []
    for number, span in enumerate(scene.spans):
        choices = seen.conditions(span)
        if len(choices) > 1:
            rows = [_rows(seen.of_condition(span, choice)) for choice in choices]
            conditions.append((rows, choices.index(right.get(number))))
    used = frozenset(column for column, _ in right.values())
    columns = range(len(lesson.view.columns))
    return _Prepared(
        conditions,
        [_rows(seen.of_head(at, used)) for at in columns],
        lesson.column,
        _rows(seen.of_sum(lesson.column)),
        SUMMINGS.index(lesson.summing),
    )


def _rows(features: Sequence[str]) -> NDArray[np.int32]:
    return np.array(hashed(features), dtype=np.int32)


def _learn_trust(
    teacher: Teacher, weights: Weights, tables: Iterable[StandIn], chance: random.Random
) -> None:
    rows: list[tuple[NDArray[np.int32], bool]] = []
    for lesson in spoilt((lesson for table in tables for lesson in lessons(table)), chance):
        seen, reading, sure, likely = read_parts(lesson.question, lesson.view, weights)
        features = of_trust(seen, reading, sure, likely, weights)
        rows.append((_rows(features), is_right(reading, lesson)))
    for _ in range(TRUST_EPOCHS):
        chance.shuffle(rows)
        for row, right in rows:
            teacher.weigh(teacher.trust, row, right=right)


def spoilt(taught: Iterable[Lesson], chance: random.Random) -> Iterator[Lesson]:
    """Yield lessons, of which some lose what would be needed to answer them."""
    for lesson in taught:
        drawn = chance.random()
        texts = [v for (c, _), v in lesson.conditions if lesson.view.columns[c].kind == "text"]
        if drawn < LOST_VALUE and texts:
            gone = chunks(chance.choice(texts))
            left = _kept(lesson.view, lambda _, text, gone=gone: chunks(text) != gone)
            yield Lesson(question=lesson.question, view=view_of(lesson.view.columns, left))
        elif LOST_VALUE <= drawn < LOST_VALUE + LOST_COLUMN and len(lesson.view.columns) > 2:
            yield Lesson(question=lesson.question, view=_without(lesson.view, lesson.column))
        else:
            yield lesson


def _without(view: TableView, column: int) -> TableView:
    columns = (one for at, one in enumerate(view.columns) if at != column)
    texts = ((at - (at > column), text) for at, text in _kept(view, lambda at, _: at != column))
    return view_of(columns, texts)


def _kept(view: TableView, keep: Callable[[int, str], bool]) -> set[tuple[int, str]]:
    """Return the texts of a view that are to stay, each with its column."""
    return {
        (at, text) for held in view.values.values() for at, text in held.items() if keep(at, text)
    }


def is_right(reading: TableReading, lesson: Lesson) -> bool:
    """Whether the column and all conditions are those of the lesson."""
    if reading.column != lesson.column or len(reading.conditions) != len(lesson.conditions):
        return False
    found = {
        (
            condition,
            span.number if _numeric(lesson, condition[0]) else chunks(span.texts[condition[0]]),
        )
        for span, condition in reading.conditions
    }
    return found == {
        (condition, _number(value) if _numeric(lesson, condition[0]) else chunks(value))
        for condition, value in lesson.conditions
    }


def _numeric(lesson: Lesson, column: int) -> bool:
    return lesson.view.columns[column].kind == "number"


def save(weights: Weights, path: Path) -> None:
    """Write weights as int8 with one scale each."""
    parts = {name: getattr(weights, name) for name in ("conditions", "heads", "sums", "trust")}
    scale = np.array([max(float(np.abs(one).max()), 1e-6) / 127 for one in parts.values()])
    whole = {
        name: np.rint(one / scale[i]).astype(np.int8) for i, (name, one) in enumerate(parts.items())
    }
    np.savez_compressed(
        path, **whole, scale=scale.astype(np.float32), known=weights.known, levels=weights.levels
    )


# --- judging


def judged(
    weights: Weights, tables: Iterable[StandIn], seed: int = 1
) -> list[tuple[float, bool, bool]]:
    """Return for each spoilt or whole question its probability, if it is right, if it can be."""
    chance = random.Random(seed)
    found: list[tuple[float, bool, bool]] = []
    for lesson in spoilt((lesson for table in tables for lesson in lessons(table)), chance):
        seen, reading, sure, likely = read_parts(lesson.question, lesson.view, weights)
        features = of_trust(seen, reading, sure, likely, weights)
        score = float(weights.trust[hashed(features)].sum())
        found.append((score, is_right(reading, lesson), lesson.column >= 0))
    return found


def told(found: Sequence[tuple[float, bool, bool]]) -> Iterator[str]:
    """Yield a line for each bar: how many are answered above it, and how many of them rightly."""
    whole = sum(can for _, _, can in found)
    yield f"{whole} answerable, {len(found) - whole} not"
    for bar in (0.5, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97):
        least = float(np.log(bar / (1 - bar)))
        above = [(right, can) for score, right, can in found if score >= least]
        right = sum(right for right, _ in above)
        yield (
            f"at {bar}: {len(above)} answered, {right / max(1, len(above)):.3f} of them rightly,"
            f" {right / whole:.3f} of the answerable;"
            f" {sum(not can for _, can in above)} that cannot be answered"
        )


def main() -> None:
    """Train on everything and write the weights, or hold a tenth out and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    shared = os.environ.get("PLUMB_DATA", "../shared/data")
    parser.add_argument("--data", type=Path, default=Path(shared))
    parser.add_argument("--judge", action="store_true")
    options = parser.parse_args()
    tables = list(stand_ins(options.data / "sql/text2sql/wikisql.json.bz2", "train"))
    random.Random(0).shuffle(tables)
    held = tables[: len(tables) // 10] if options.judge else []
    weights = train(tables[len(held) :])
    if options.judge:
        print("\n".join(told(judged(weights, held))))
    else:
        save(weights, WEIGHTS)


if __name__ == "__main__":
    main()
