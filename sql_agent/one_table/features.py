"""What the weights look at: a value beside a condition, a column beside what is asked for."""

import zlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from sql_agent.words import related

from .view import Scene, Span, ViewColumn

Sign: TypeAlias = Literal["=", ">", "<"]
Condition: TypeAlias = tuple[int, Sign]
"""A column and how it compares with a value."""
SIGNS: Final[tuple[Sign, ...]] = ("=", ">", "<")
SIZE: Final = 1 << 16
"""Rows of the weights; features share them by a checksum of their text."""
_FUNCTION: Final = frozenset(
    """what which who whom whose when where how many much is are was were be been do does did has
    have had the a an of in on at to for from by with and or that this these those there it its as
    than more less not no s name list show give tell me please can you all any each""".split()
)


def hashed(texts: Sequence[str]) -> list[int]:
    """Return the rows of features."""
    return [zlib.crc32(text.encode()) % SIZE for text in texts]


class Reading:
    """A scene with how each column's name stands in it, reckoned once."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.stems = [word.stem for word in scene.words]
        self.lowers = [word.lower for word in scene.words]
        self.free = [i for i, span in enumerate(scene.inside) if span < 0]
        self.found = [self._occurrences(column) for column in scene.view.columns]
        self.covered = [self._covered(column) for column in scene.view.columns]
        self.best = max(self.covered, default=0.0)
        said = {i for places in self.found for i in places}
        self.unsaid = [i for i in self.free if i not in said and self.lowers[i] not in _FUNCTION]

    def _occurrences(self, column: ViewColumn) -> list[int]:
        wanted = set(column.words) - _FUNCTION or set(column.words)
        return [i for i in self.free if self.stems[i] in wanted or self.lowers[i] in wanted]

    def _covered(self, column: ViewColumn) -> float:
        if not column.words:
            return 0.0
        said = {self.stems[i] for i in self.free} | {self.lowers[i] for i in self.free}
        return sum(word in said for word in column.words) / len(column.words)

    def _word(self, at: int) -> str:
        if not 0 <= at < len(self.lowers):
            return "^" if at < 0 else "$"
        return self.lowers[at] if self.scene.inside[at] < 0 else "#"

    # --- conditions

    def conditions(self, span: Span) -> list[Condition | None]:
        """Return what a value may be compared with, first that it is no condition."""
        found: list[Condition | None] = [None]
        found.extend((at, "=") for at in span.texts)
        if span.number is not None:
            for at, column in enumerate(self.scene.view.columns):
                if column.kind == "number":
                    found.extend((at, sign) for sign in SIGNS)
        return found

    def of_condition(self, span: Span, condition: Condition | None) -> list[str]:
        """Return what speaks for or against a condition."""
        before = [self._word(span.first - k) for k in (1, 2, 3)]
        after = self._word(span.last)
        shape = self._shape(span)
        if condition is None:
            return [
                "none",
                f"none {shape}",
                f"none before {before[0]}",
                f"none before {before[1]} {before[0]}",
                f"none after {after}",
                f"none {shape} {min(len(self.scene.spans), 6)}",
                f"none value {self.lowers[span.first] if span.last - span.first == 1 else '-'}",
            ]
        at, sign = condition
        column = self.scene.view.columns[at]
        distance = self._distance(span, at)
        rival = min(
            (self._distance(span, c) for c in range(len(self.found)) if c != at), default=99
        )
        last = column.words[-1] if column.words else ""
        found = [
            f"if {sign}",
            f"if {sign} {shape} {column.kind}",
            f"if {sign} before {before[0]}",
            f"if {sign} before {before[1]} {before[0]}",
            f"if {sign} before {before[2]} {before[1]} {before[0]}",
            f"if {sign} after {after}",
            f"if {sign} after {after} {self._word(span.last + 1)}",
            f"far {_bucket(distance)}",
            f"far {_bucket(distance)} {column.kind}",
            f"nearer {(rival > distance) - (rival < distance)} {_bucket(distance)}",
            f"covered {_quarter(self.covered[at])}",
            f"covered {_quarter(self.covered[at])} {_bucket(distance)}",
            f"held {min(len(span.texts), 3)} {column.kind}",
            f"column {last} {shape}",
            f"column {last} before {before[0]}",
            f"column {last} after {after}",
            f"between {self._between(span, at)} {sign}",
        ]
        around = range(max(0, span.first - 4), min(len(self.lowers), span.last + 3))
        for i in around:
            if self.scene.inside[i] < 0 and self.lowers[i] not in _FUNCTION:
                found += [f"pair {self.stems[i]} {word}" for word in column.words]
        return found

    def _distance(self, span: Span, column: int) -> int:
        """Return how many words a column's name stands before (odd) or after (even) a value."""
        best = 99
        for i in self.found[column]:
            gap = 2 * (span.first - i) - 1 if i < span.first else 2 * (i - span.last + 1)
            best = min(best, gap)
        return best

    def _between(self, span: Span, column: int) -> str:
        places = [i for i in self.found[column] if i < span.first]
        if places and span.first - places[-1] <= 4:
            return " ".join(self._word(i) for i in range(places[-1] + 1, span.first))
        later = [i for i in self.found[column] if i >= span.last]
        if later and later[0] - span.last <= 2:
            return "> " + " ".join(self._word(i) for i in range(span.last, later[0]))
        return "-"

    def _shape(self, span: Span) -> str:
        if span.number is None:
            return f"text{min(span.last - span.first, 3)}"
        whole = span.number.is_integer()
        year = whole and 1800 <= span.number <= 2100
        return ("year" if year else "whole" if whole else "real") + ("t" if span.texts else "")

    # --- what is asked for

    def of_head(self, at: int, used: frozenset[int]) -> list[str]:
        """Return what speaks for or against showing a column; `used` have conditions."""
        column = self.scene.view.columns[at]
        places = self.found[at]
        covered = _quarter(self.covered[at])
        last = column.words[-1] if column.words else ""
        start = self.lowers[:1]
        opening = next((w for w in self.lowers if w in _ASKING), "-")
        two = " ".join(self.lowers[:2])
        first = places[0] if places else -1
        before = self._word(first - 1) if places else "-"
        earlier = self._word(first - 2) if places else "-"
        is_used = at in used
        found = [
            f"head {covered} {is_used}",
            f"head {covered} best {self.covered[at] >= self.best} {is_used}",
            f"head first {_bucket(first)} {covered}",
            f"head before {before}",
            f"head before {earlier} {before}",
            f"head after {self._word(places[-1] + 1) if places else '-'}",
            f"head {opening} {column.kind} {covered == 0}",
            f"head used {is_used} {column.kind}",
            f"head alone {len(self.scene.view.columns)}",
            f"head rank {self._rank(at)} {covered}",
        ]
        for word in column.words:
            found += [f"head {opening} {word}", f"head {two} {word}", f"head {start} {word}"]
            found += [f"head pair {self.stems[i]} {word}" for i in self.unsaid]
        if not places:
            near = any(related(self.stems[i], w) for i in self.unsaid for w in column.words)
            found.append(f"head related {near}")
        found.append(f"head last {last} {covered}")
        return found

    def of_name(self, column: int) -> list[str]:
        """Return which ends of a column's name the question says: "race" of `race_winner`."""
        words = self.scene.view.columns[column].words
        said = {self.stems[at] for at in self.found[column]}
        ends = f"{words[0] in said} {words[-1] in said}" if words else "-"
        proper = [at for at in self.unsaid if self._is_proper(at)]
        runs = sum(later - at == 1 for at, later in pairwise(proper))
        return [f"ends {ends}", f"ends {ends} {min(len(words), 3)}", f"proper {min(runs, 3)}"]

    def _is_proper(self, at: int) -> bool:
        return at > 0 and self.scene.question[self.scene.words[at].start].isupper()

    def of_unsaid(self, at: int, level: int, *, usual: bool) -> list[str]:
        """Return what a word says that neither a column nor a value explains."""
        word = self.scene.words[at]
        found = [
            f"level {level}",
            f"level {level} after {self._word(at - 1)}",
            f"written {self._is_proper(at)} {self.lowers[at].isdigit()} {level}",
        ]
        return [*found, f"word {word.stem}"] if usual else found

    def _rank(self, at: int) -> int:
        """Return how many columns are named earlier in the question, of those named as fully."""
        mine = self.found[at][0] if self.found[at] else 99
        return min(
            sum(
                1
                for c, places in enumerate(self.found)
                if c != at and places and places[0] < mine and self.covered[c] >= self.covered[at]
            ),
            4,
        )

    def of_sum(self, head: int) -> list[str]:
        """Return what tells how the asked column is summed up."""
        column = self.scene.view.columns[head]
        words = [self._word(i) for i in range(len(self.lowers))]
        name = [w for w in words if w not in column.words]
        places = self.found[head]
        found = ["sum up", f"kind {column.kind}"]
        found += [f"say {word}" for word in dict.fromkeys(words)]
        found += [f"kind {column.kind} say {word}" for word in dict.fromkeys(name)]
        found += [f"say {a} {b}" for a, b in pairwise(words[:9])]
        found += [f"start {' '.join(words[:2])} {column.kind}", f"start {' '.join(words[:3])}"]
        found += [f"head word {word}" for word in column.words]
        if places:
            found += [f"at head {self._word(places[0] - k)} {column.kind}" for k in (1, 2)]
            found.append(f"at head {self._word(places[0] - 2)} {self._word(places[0] - 1)}")
        return found


_ASKING: Final = frozenset("what which who whom whose when where how name".split())


def _bucket(distance: int) -> int:
    return distance if distance <= 6 else 8 if distance <= 9 else 12 if distance <= 16 else 99


def _quarter(share: float) -> int:
    return int(share * 4)
