"""Propose the query of a question about the one table of a database that nobody has described.

Only where the reading is probable. How the asked column is summed up is often open ("how many
goals does X have"), so each way that is likely becomes a rival, and an answer needs all of them to
give the same rows; where one row fits, they do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sql_agent.linking import Linking, Mention
from sql_agent.query_tree import (
    Aggregate,
    AggregateName,
    Compare,
    Count,
    NumberValue,
    Operator,
    Query,
    Slot,
    SlotValue,
    TextValue,
)
from sql_agent.rules import Proposal
from sql_agent.semantic_model import NUMERIC, Column, ColumnRef, Table
from sql_agent.words import stems, tokens
from sql_agent.workspace import Workspace

from .features import Condition, Sign
from .reader import Summing, TableReading, read_table
from .view import Span, TableView, ViewColumn, scene_of, view_of

SURE: Final = 0.9
"""The least probability of a reading that is proposed."""
LIKELY: Final = 0.1
"""A way of summing up from this probability on is a rival."""
_BEYOND: Final = frozenset(
    """each per every or not except without excluding between top bottom ratio percentage percent
    share compare versus vs trend second third common frequent median rank ranked sort
    sorted order ordered group grouped both either neither never difference""".split()
)
"""Words that ask for more than one column under conditions, where they name no column or value."""
_ENDS: Final[tuple[tuple[Operator, tuple[tuple[str, ...], ...], tuple[str, ...]], ...]] = (
    (
        ">=",
        (("at", "least"), ("no", "less", "than"), ("no", "fewer", "than"), ("minimum", "of")),
        ("more", "higher", "greater", "above", "later", "over"),
    ),
    (
        "<=",
        (("at", "most"), ("no", "more", "than"), ("up", "to"), ("maximum", "of")),
        ("less", "fewer", "lower", "below", "earlier", "under"),
    ),
)
"""What stands before or, after an "or", behind a number that is itself among those meant."""
_DIFFERENT: Final = frozenset(("different", "distinct", "unique"))


@dataclass(frozen=True, slots=True)
class _Readable:
    table: Table
    view: TableView


def propose_over_one_table(question: str, workspace: Workspace) -> tuple[Linking, Proposal] | None:
    """Return the query of a question, or None where it is not about one table or not sure."""
    readable = _readable(workspace.model.tables, workspace) if workspace.model.drafted else None
    if readable is None:
        return None
    reading = read_table(question, readable.view)
    if reading.probability < SURE or _asks_for_more(question, readable.view):
        return None
    return _proposal(question, readable.table, reading)


def _readable(tables: tuple[Table, ...], workspace: Workspace) -> _Readable | None:
    if len(tables) != 1 or not tables[0].columns:
        return None
    return _Readable(tables[0], _view(_Stored(tables[0], workspace)))


class _Stored:
    """A table with its workspace, hashed by which workspace it is: opened ones are kept."""

    def __init__(self, table: Table, workspace: Workspace) -> None:
        self.table, self.workspace = table, workspace

    def __hash__(self) -> int:
        return id(self.workspace)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Stored) and other.workspace is self.workspace


@lru_cache(maxsize=8)
def _view(stored: _Stored) -> TableView:
    table, catalog = stored.table, stored.workspace.catalog
    columns = [
        ViewColumn(words=stems(c.name), kind="number" if c.type in NUMERIC else "text")
        for c in table.columns
    ]
    texts: list[tuple[int, str]] = []
    for at, column in enumerate(table.columns):
        held = catalog.column(ColumnRef(table.name, column.name))
        if held is not None and column.type == "text":
            texts += [(at, value) for value in held.values]
    return view_of(columns, texts)


def _asks_for_more(question: str, view: TableView) -> bool:
    """Whether a word outside of values and names asks for what a reading cannot say."""
    scene = scene_of(question, view)
    names = {word for column in view.columns for word in column.words}
    following = [*(word.lower for word in scene.words[1:]), ""]
    return any(
        word.lower in _BEYOND
        and word.stem not in names
        and scene.inside[at] < 0
        and not (word.lower == "or" and following[at] in _COMPARED)  # "9 or more"
        for at, word in enumerate(scene.words)
    )


_COMPARED: Final = frozenset(word for _, _, behind in _ENDS for word in behind)


def _proposal(
    question: str, table: Table, reading: TableReading
) -> tuple[Linking, Proposal] | None:
    words = tokens(question)
    slots: list[SlotValue] = []
    mentions: list[Mention] = []
    where: list[Compare] = []
    said = [word.lower for word in words]
    for span, condition in reading.conditions:
        column = table.columns[condition[0]]
        ref = ColumnRef(table.name, column.name)
        start, end = span.start, span.end
        inside = [i for i, w in enumerate(words) if w.start < end and start < w.end]
        if not inside:
            return None
        slots.append(_value(question[start:end], span, condition, ref))
        is_text = condition[0] in span.texts
        sign = "=" if is_text else _sign(condition[1], said, inside[0], inside[-1] + 1)
        where.append(Compare(column=ref, operator=sign, value=Slot(len(slots) - 1)))
        mentions.append(
            Mention(
                first=inside[0],
                last=inside[-1] + 1,
                phrase=question[start:end],
                slot=len(slots) - 1,
            )
        )
    ways = _ways(table, reading, tuple(where), different=not _DIFFERENT.isdisjoint(said))
    if not ways:
        return None
    linking = Linking(question=question, words=words, mentions=tuple(mentions), slots=tuple(slots))
    told = f"read by trained weights: right with a probability of {reading.probability:.2f}"
    return linking, Proposal(
        query=ways[0], rivals=tuple(ways[1:]), slots=tuple(slots), base=table.name, notes=(told,)
    )


def _value(phrase: str, span: Span, condition: Condition, ref: ColumnRef) -> SlotValue:
    text = span.texts.get(condition[0])
    if text is not None:
        return TextValue(phrase=phrase, options=((ref, (text,)),))
    number = span.number if span.number is not None else 0.0
    return NumberValue(phrase=phrase, number=f"{number:.15g}")


def _sign(sign: Sign, words: Sequence[str], first: int, last: int) -> Operator:
    """Return how a number compares: "at least" and "or more" take in the number itself."""
    after = tuple(words[last : last + 2])
    for operator, before, behind in _ENDS:
        starts = any(tuple(words[max(0, first - len(one)) : first]) == one for one in before)
        if starts or (after[:1] == ("or",) and after[1:] and after[1] in behind):
            return operator
    return sign


def _ways(
    table: Table, reading: TableReading, where: tuple[Compare, ...], *, different: bool
) -> list[Query]:
    """Return the query of the likeliest way of summing up, then its rivals."""
    column = table.columns[reading.column]
    found: list[Query] = []
    for summing, probability in reading.sums:
        if found and probability < LIKELY:
            break
        summed = _summed(table, column, summing, where, different=different)
        found += [query for query in summed if query not in found]
    return found


def _summed(
    table: Table, column: Column, summing: Summing, where: tuple[Compare, ...], *, different: bool
) -> list[Query]:
    ref = ColumnRef(table.name, column.name)
    if summing == "":
        return [Query(shown=(ref,), where=where)]
    if summing == "count" and column.role == "measure":
        summing = "sum"  # "how many goals": the rows are not what is counted
    if summing == "count":
        distinct = Query(measures=(Aggregate("count distinct", ref),), where=where)
        rows = Query(measures=(Count(table.name),), where=where)
        return [distinct] if different else [rows, distinct]
    if column.type not in NUMERIC:
        return []
    functions: dict[Summing, AggregateName] = {
        "max": "max",
        "min": "min",
        "sum": "sum",
        "avg": "avg",
    }
    return [Query(measures=(Aggregate(functions[summing], ref),), where=where)]
