"""What the parts of a question stand for while it is read: rows, what of them, their order."""

from dataclasses import dataclass, replace

from sql_agent.linking import Mention
from sql_agent.query_tree import (
    Against,
    Aggregate,
    Order,
    Predicate,
    Query,
    Slot,
    Within,
)
from sql_agent.semantic_model import ColumnRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """Which rows come first: by a column of theirs, or by a query whose first column is `key`."""

    descending: bool
    column: ColumnRef | None = None
    key: ColumnRef | None = None
    counted: Query | None = None
    limit: int | Slot | None = None
    """How many; none for the first one with all that are equal to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of a table for which all predicates hold; of those the best, where there is a best."""

    table: str
    where: tuple[Predicate, ...] = ()
    best: Best | None = None

    def having(self, *predicates: Predicate) -> "Rows":
        """Return the rows for which more holds."""
        return replace(self, where=(*self.where, *predicates))

    def settled(self, label: ColumnRef) -> "Rows":
        """Return the same rows with what is best about them as a predicate."""
        best = self.best
        if best is None:
            return self
        plain = replace(self, best=None)
        if best.counted is not None and best.key is not None:
            counted = replace(best.counted, limit=best.limit or 1)
            return plain.having(Within(column=best.key, query=counted))
        if best.column is None:
            return plain
        if best.limit is None:
            name = "max" if best.descending else "min"
            measured = Query(measures=(Aggregate(name, best.column),), where=self.where)
            return plain.having(Against(column=best.column, operator="=", query=measured))
        order = Order(descending=best.descending, column=best.column)
        first = Query(shown=(label,), where=self.where, order=order, limit=best.limit)
        return plain.having(Within(column=label, query=first))


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A noun phrase: rows, columns of rows, or a value that may be of several columns."""

    rows: Rows | None = None
    columns: tuple[ColumnRef, ...] = ()
    """What of the rows is meant: the first that fits; none for the rows themselves."""
    value: Mention | None = None
    function: str = ""
    adjective: str = ""
    """A size that is asked for where no column is named: "how long"."""
    superlative: tuple[str, bool] | None = None
    """An adjective of size and its direction that waits for the rows: "the largest …"."""
    ranked_by: ColumnRef | None = None
    """The column by which the superlative ranks, where one is named."""
    limit: Slot | None = None
