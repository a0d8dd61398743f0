"""Two conditions that are one: an item and its kind, as `label = 'pulse' AND linksto = 'chart'`.

Where queries name a text of one column together with a fixed one of another column of the same
table, the pair is written as one condition on a column of its own (`label_of_chart = 'pulse'`). A
text of one kind then never fills the place of another kind, and templates differ in less.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

_TEXT: Final = r"('(?:[^']|'')*')"
_PAIR: Final = re.compile(rf"\b(\w+)\.(\w+) = {_TEXT} AND \1\.(\w+) = '(\w+)'")
_OFTEN: Final = 20
_KINDS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """A column whose texts are of kinds that another column of the table tells."""

    table: str
    column: str
    kind: str

    def folded(self, sql: str) -> str:
        """Return a query with each pair of conditions as one."""
        pair = rf"\b{self.table}\.{self.column} = {_TEXT} AND {self.table}\.{self.kind} = '(\w+)'"
        return re.sub(pair, rf"{self.table}.{self.column}_of_\2 = \1", sql)

    def unfolded(self, sql: str) -> str:
        """Return a query with the two conditions again."""
        one = rf"\b{self.table}\.{self.column}_of_(\w+) = {_TEXT}"
        two = rf"{self.table}.{self.column} = \2 AND {self.table}.{self.kind} = '\1'"
        return re.sub(one, two, sql)


def find_folds(queries: Iterable[str], values: Mapping[tuple[str, str], int]) -> tuple[Fold, ...]:
    """Return the folds that queries show often; `values` counts the different texts of columns."""
    seen = Counter(
        (match[1], match[2], match[4]) for sql in queries for match in _PAIR.finditer(sql)
    )
    return tuple(
        Fold(table=table, column=column, kind=kind)
        for (table, column, kind), times in seen.items()
        if times >= _OFTEN
        and values.get((table, kind), 0) <= _KINDS < values.get((table, column), 0)
    )
