"""How often reading is right on a database, tried on questions whose queries somebody taught.

A database in strange words can be one that the rules misread. So before what was taught is kept,
they answer a sample of the same questions; what they answered differently is wrong, and so is an
answer to a question that has none.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from assistants.answer import Answer, Json, Status
from assistants.errors import DatabaseError, QueryRefused

from .connect import Limits
from .execute import execute
from .guard import admit
from .result import QueryResult
from .workspace import Workspace

SAMPLE: Final = 120
_FEWEST_ANSWERS: Final = 8
_GOOD: Final = 0.9
_MOST_COLUMNS: Final = 6
Rows = Sequence[Sequence[Json]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What reading gave on the sample: questions, answers, right answers."""

    asked: int
    answered: int
    right: int

    @property
    def trusted(self) -> bool:
        """Whether reading may answer what was not taught; few answers say nothing against it."""
        return self.answered < _FEWEST_ANSWERS or self.right >= _GOOD * self.answered


def trial(
    pairs: Sequence[tuple[str, str]],
    workspace: Workspace,
    read: Callable[[str], Answer[QueryResult]],
) -> Trial:
    """Return how reading fares on a sample of pairs, spread over all of them.

    Pairs whose query finds nothing here are left aside: nothing can be compared with them.
    """
    step = max(1, len(pairs) // SAMPLE)
    asked = answered = right = 0
    for question, sql in pairs[::step]:
        gold = _rows(sql, workspace) if sql else ()
        if gold is None:
            continue
        answer = read(question)
        said = answer.status is Status.ANSWERED and answer.best is not None
        asked += 1
        answered += said
        if said and answer.best is not None and sql:
            right += holds(gold, answer.best.candidate.rows)
    return Trial(asked=asked, answered=answered, right=right)


def _rows(sql: str, workspace: Workspace) -> Rows | None:
    """Return the rows of a query; None where it has none with a value, or does not run."""
    try:
        rows = execute(workspace.target, admit(sql, workspace.catalog), Limits()).rows
    except (QueryRefused, DatabaseError):
        return None
    return rows if any(value not in {None, 0} for row in rows for value in row) else None


def holds(gold: Rows, found: Rows) -> bool:
    """Whether each column of a result is one of another result's, over the same rows."""
    if len(gold) != len(found) or not gold or len(found[0]) > _MOST_COLUMNS:
        return False
    wanted = Counter(tuple(map(str, row)) for row in gold)
    width = len(gold[0])
    return any(
        Counter(tuple(str(row[i]) for i in places) for row in found) == wanted
        for places in itertools.permutations(range(len(found[0])), width)
    )
