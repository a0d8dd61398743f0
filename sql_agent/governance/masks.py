"""What is left of a column for a role, as an SQL expression that the database itself computes.

Keys become numbers that only this installation can make again (a keyed digest), so that tables
still meet and no key leaves. Dates are cut to the role's grain, years of birth that show an age
over 89 are merged, ZIP codes keep three digits where the Census counts more than 20,000 people
(45 CFR 164.514(b)(2)(i)(B)), ages end at 90.
"""

import re
from dataclasses import dataclass, replace

from sqlglot import exp

from sql_agent.semantic_model import (
    TEMPORAL,
    Column,
    ColumnRef,
    SemanticModel,
    Table,
)

from .policy import IdentifierClass, Policy, Role
from .reasons import reasons_shown

SMALL_ZIPS = (
    "036", "059", "063", "102", "203", "556", "692", "790", "821", "823", "830", "831", "878",
    "879", "884", "890", "893",
)  # fmt: skip
"""Three-digit areas of 20,000 people or fewer (Census 2000, named in the regulation's guidance)."""
OLDEST = 90
_GEOGRAPHY_KEPT = re.compile(r"(^|_)(zip|zip_?code|postal_?code)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Masks:
    """The expressions of one role; `latest_year` is the last year of the data."""

    policy: Policy
    role: Role
    model: SemanticModel
    dialect: str
    latest_year: int

    def keys(self, table: Table) -> tuple[str, ...]:
        """Return the columns of a table by which rows are told apart or meet others."""
        found = dict.fromkeys(table.primary_key)
        for join in self.model.joins:
            for left, right in join.on:
                found.update({ref.column: None for ref in (left, right) if ref.table == table.name})
        return tuple(found)

    def expression(self, table: Table, column: Column) -> exp.Expr:
        """Return what takes the place of a column."""
        stored = exp.column(exp.to_identifier(column.name, quoted=True))
        ref = ColumnRef(table.name, column.name)
        if self.policy.reasons is not None and ref == self.policy.reasons.column:
            return reasons_shown(self.policy, self.role, table)
        if column.name in self.keys(table):
            return exp.Anonymous(this="plumb_pseudonym", expressions=[stored])
        match self.policy.identifiers.get(ref):
            case IdentifierClass.DATES:
                return self._date(ref, stored)
            case IdentifierClass.AGES:
                return _at_most(stored, OLDEST, self.dialect)
            case IdentifierClass.GEOGRAPHY:
                return _zip(stored) if _GEOGRAPHY_KEPT.search(column.name) else exp.null()
            case None:
                return stored
            case _:
                return exp.null()

    def _date(self, ref: ColumnRef, stored: exp.Expr) -> exp.Expr:
        cut = truncated(stored, self.role.dates, self.dialect)
        if ref != self.policy.birth:
            return cut
        first = exp.Literal.string(f"{self.latest_year - OLDEST}-01-01")
        floor = first if self.dialect == "sqlite" else exp.cast(first, "date")
        return exp.Case().when(exp.LT(this=cut, expression=floor), floor.copy()).else_(cut.copy())

    def restricted(self) -> SemanticModel:
        """Return the semantic model as the role knows it: what it cannot see is not there."""
        tables = [self._table(table) for table in self.model.tables]
        kept = [table for table in tables if table is not None]
        names = {ColumnRef(t.name, c.name) for t in kept for c in t.columns}
        default = self.model.default_date
        return SemanticModel(
            name=self.model.name,
            description=self.model.description,
            tables=tuple(kept),
            joins=tuple(
                join
                for join in self.model.joins
                if all(ref in names for pair in join.on for ref in pair)
            ),
            metrics=tuple(m for m in self.model.metrics if set(m.columns) <= names),
            default_date=default if default in names else None,
        )

    def _table(self, table: Table) -> Table | None:
        listed = self.role.columns.get(table.name)
        if listed is None:
            return None
        keys = self.keys(table)
        columns: list[Column] = []
        for column in table.columns:
            ref = ColumnRef(table.name, column.name)
            if column.name in keys:
                columns.append(Column(name=column.name, type="integer", role="key"))
            elif column.name in listed:
                dated = self.policy.identifiers.get(ref) is IdentifierClass.DATES
                kept = replace(column, type="date", pii=False) if dated else column
                told = column.reasons if column.reasons in listed else ""
                columns.append(replace(kept, reasons=told))
        return replace(table, columns=tuple(columns))

    def generalised(self) -> frozenset[ColumnRef]:
        """Return the columns of the role of which only a part is left."""
        return frozenset(
            ColumnRef(table, name)
            for table, names in self.role.columns.items()
            for name in names
            if ColumnRef(table, name) in self.policy.identifiers
            and (column := self.model.column(ColumnRef(table, name))) is not None
            and column.type in TEMPORAL
        )


def truncated(column: exp.Expr, grain: str, dialect: str) -> exp.Expr:
    """Return a date cut to the start of its year or month, or to its day."""
    if dialect == "sqlite":
        words = {"year": ["start of year"], "month": ["start of month"], "day": []}[grain]
        modifiers = [exp.Literal.string(word) for word in words]
        return exp.Anonymous(this="DATE", expressions=[column.copy(), *modifiers])
    unit = exp.var(grain.upper())
    stamp = exp.cast(column.copy(), "timestamp")
    return exp.cast(exp.TimestampTrunc(this=stamp, unit=unit), "date")


def _zip(stored: exp.Expr) -> exp.Expr:
    first = exp.Substring(
        this=exp.cast(stored, "text"), start=exp.Literal.number(1), length=exp.Literal.number(3)
    )
    small = exp.In(this=first.copy(), expressions=[exp.Literal.string(z) for z in SMALL_ZIPS])
    return exp.Case().when(small, exp.Literal.string("000")).else_(first)


def _at_most(stored: exp.Expr, most: int, dialect: str) -> exp.Expr:
    del dialect
    limit = exp.Literal.number(most)
    above = exp.GT(this=stored.copy(), expression=limit)
    return exp.Case().when(above, limit.copy()).else_(stored.copy())
