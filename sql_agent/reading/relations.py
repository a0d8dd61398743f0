"""How rows and values of a database can be related: by joins, by tables that relate, by names.

A *relating table* points at one other table twice, as neighbours of states do. Rows of that other
table are then related to rows of the same table through it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sql_agent.joins import AmbiguousPath, JoinGraph, Path
from sql_agent.linking import Mention, is_birth, label_of
from sql_agent.query_tree import (
    Compare,
    Has,
    IsNull,
    Predicate,
    Query,
    Slot,
    SlotValue,
    TextValue,
    Within,
)
from sql_agent.semantic_model import NUMERIC, ColumnRef, SemanticModel
from sql_agent.words import stems

from .phrases import Rows
from .senses import ADJECTIVES

_FAR = 9
_DEATHS = frozenset("died death deceased dod".split())


@dataclass(frozen=True, slots=True)
class RelatingTable:
    """A table that relates rows of `ends` with each other through two of its columns."""

    name: str
    ends: str
    one: ColumnRef
    other: ColumnRef
    key: ColumnRef


class Relations:
    """Relations between the tables of one database; `slots` are the values of the question."""

    def __init__(
        self,
        model: SemanticModel,
        graph: JoinGraph,
        slots: list[SlotValue],
        choices: frozenset[str],
    ) -> None:
        self.model = model
        self.slots = slots
        self._graph = graph
        self._choices = choices
        self.relating = {found.name: found for found in self._relating()}

    def _relating(self) -> Iterator[RelatingTable]:
        for table in self.model.tables:
            joins = [j for j in self.model.joins if j.left == table.name and len(j.on) == 1]
            for i, first in enumerate(joins):
                for second in joins[i + 1 :]:
                    if first.right == second.right != table.name and len(table.columns) <= 4:
                        one, other = first.on[0][0], second.on[0][0]
                        yield RelatingTable(table.name, first.right, one, other, first.on[0][1])

    # --- names ----------------------------------------------------------------------------------

    def label(self, table: str) -> ColumnRef:
        """Return the column by which people tell the rows of a table."""
        return label_of(table, self.model)

    def path(self, first: str, second: str) -> Path | None:
        """Return the joins from one table to another, if there is one way."""
        try:
            return self._graph.path(first, second, choices=self._choices)
        except AmbiguousPath:
            return None

    def distance(self, first: str, second: str) -> int:
        """Return how many joins lead from one table to another; `_FAR` where none do."""
        path = self.path(first, second)
        return len(path.edges) if path is not None else _FAR

    def options(self, mention: Mention) -> tuple[ColumnRef, ...]:
        """Return the columns that a value of the question may be of."""
        value = self.slots[mention.slot] if mention.slot is not None else None
        return tuple(ref for ref, _ in value.options) if isinstance(value, TextValue) else ()

    def names_row(self, ref: ColumnRef) -> bool:
        """Whether a column names the rows of its table."""
        table = self.model.table(ref.table)
        points = any(ref == left for join in self.model.joins for left, _ in join.on)
        own = table is not None and table.primary_key == (ref.column,)
        return own or (ref == self.label(ref.table) and not points)

    def sizes(self, table: str, adjective: str) -> list[ColumnRef]:
        """Return the columns of a table that an adjective measures, best first."""
        known = self.model.table(table)
        wanted = ADJECTIVES.get(adjective, ())
        found: list[ColumnRef] = []
        for word in wanted:
            for column in known.columns if known is not None else ():
                ref = ColumnRef(table, column.name)
                fits = column.type in NUMERIC or adjective in {"high", "tall"}
                if adjective == "late":  # the newest patients are not the youngest ones
                    life = is_birth(column) or bool(_DEATHS & set(stems(column.name)))
                    fits = column.role == "time" and not life
                if word in stems(column.name) and fits and ref not in found:
                    found.append(ref)
        if not found and adjective == "big" and known is not None:
            numbers = [c.name for c in known.columns if c.role == "measure"]
            found = [ColumnRef(table, numbers[0])] if len(numbers) == 1 else []
        return found

    def referenced(self, table: str) -> int:
        """Return how many joins point at a table."""
        return sum(join.right == table for join in self.model.joins)

    # --- rows of one table by those of another ----------------------------------------------------

    def of_value(self, rows: Rows, mention: Mention) -> tuple[Predicate, ...] | None:
        """Return that rows have a value, or belong to what it names; None where neither can be."""
        options = self.options(mention)
        own = [ref for ref in options if ref.table == rows.table]
        others = [ref for ref in own if not self.names_row(ref)]
        apart = [
            ref
            for ref in options
            if ref.table != rows.table and self.names_row(ref) and ref.table not in self.relating
        ]
        far = sorted(apart, key=lambda ref: self.distance(rows.table, ref.table))
        if others:
            chosen: ColumnRef | None = others[0]
        elif far and self.distance(rows.table, far[0].table) < _FAR:
            chosen = far[0]
        elif own:
            chosen = own[0]
        else:
            near = [r for r in options if self.distance(rows.table, r.table) <= 2]
            near.sort(key=lambda ref: self.distance(rows.table, ref.table))
            chosen = near[0] if near else None
        if chosen is None or mention.slot is None:
            return None
        return (Compare(column=chosen, operator="=", value=Slot(mention.slot)),)

    def entity(self, mention: Mention, near: str = "", tables: tuple[str, ...] = ()) -> Rows | None:
        """Return the rows that a value names: those of the table that is nearest to another."""
        options = [ref for ref in self.options(mention) if ref.table not in self.relating]
        options = [ref for ref in options if ref.table in tables] or options
        named = [ref for ref in options if self.names_row(ref)] or options
        if not named or mention.slot is None:
            return None
        named.sort(key=lambda r: self.distance(near, r.table) if near else 0)
        chosen = named[0]
        same = Compare(column=chosen, operator="=", value=Slot(mention.slot))
        return Rows(table=chosen.table, where=(same,))

    def restrict(self, rows: Rows, other: Rows, *, negated: bool = False) -> Rows | None:
        """Return the rows that some of the other rows belong to, or none of them."""
        if rows.table == other.table:
            inner = other.settled(self.label(other.table))
            return None if negated else rows.having(*inner.where)
        path = self.path(rows.table, other.table)
        if path is None:
            return None
        settled = other.settled(self.label(other.table))
        if not settled.where and not negated:
            return rows.having(Has(table=other.table))
        if not negated and other.best is None and _is_plain(settled.where):
            return rows.having(*settled.where)
        edge = path.edges[0]
        near, far = edge.on[0]
        where = settled.where
        if len(path.edges) > 1 and not where:
            where = (Has(table=other.table),)
        if negated:
            where = (*where, IsNull(column=far, negated=True))
        inner = Query(shown=(far,), where=where)
        return rows.having(Within(column=near, query=inner, negated=negated))

    def related(
        self, rows: Rows, relating: RelatingTable, other: Rows | None, *, negated: bool = False
    ) -> Rows:
        """Return the rows that a relating table relates with other rows of the same table."""
        where: tuple[Predicate, ...] = ()
        if other is not None:
            settled = other.settled(self.label(other.table))
            inner = Query(shown=(relating.key,), where=settled.where)
            where = (Within(column=relating.other, query=inner),) if settled.where else ()
        shown = Query(shown=(relating.one,), where=where)
        return rows.having(Within(column=relating.key, query=shown, negated=negated))


def _is_plain(where: tuple[Predicate, ...]) -> bool:
    return all(isinstance(p, Compare) and p.operator != "!=" for p in where)
