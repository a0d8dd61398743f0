"""Superlatives, comparisons, numbers, periods and groups as modifiers of a phrase."""

from dataclasses import dataclass, replace
from typing import cast

from sql_agent.degenerate import unique
from sql_agent.linking import Mention, dates_of
from sql_agent.query_tree import (
    Against,
    Aggregate,
    AggregateName,
    Average,
    Compare,
    Count,
    Dimension,
    During,
    Grain,
    IsNull,
    Many,
    NumberValue,
    Operator,
    Order,
    PeriodOperator,
    PeriodValue,
    Predicate,
    Query,
    Slot,
    TextValue,
    Within,
)
from sql_agent.rules.patterns import COMPARE, GRAINS, OPERATORS
from sql_agent.semantic_model import ColumnRef

from .attaching import Attaching
from .cursor import Unread
from .phrases import Best, Phrase, Rows
from .relations import RelatingTable
from .senses import AFTER_MOST, COMPARATIVES, FUNCTIONS, PEOPLE, SUPERLATIVES

_MOST = {"most": True, "fewest": False, "least": False, "highest": True, "lowest": False}
_COUNTING = frozenset(("most", "fewest", "least"))
_OPERATIONS: dict[str, Operator] = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "="}
_PERIODS: dict[str, PeriodOperator] = {
    "before": "before",
    "after": "after",
    "since": "since",
    "during": "during",
}

_IN = frozenset(("in", "during", "since", "before", "after", "on", "between", "from", "the"))


def _happened(mention: Mention, value: TextValue) -> bool:
    """Whether a value is a state that rows came into: "cancelled", "repaid"."""
    states = all(ref.column.lower() in {"status", "state"} for ref, _ in value.options)
    verbs = (word.endswith(("ed", "en", "aid", "lost")) for word in mention.phrase.lower().split())
    return any(verbs) and states  # also of "paid off"


@dataclass(slots=True)
class Comparing(Attaching):
    """Reads comparing modifiers."""

    def superlative(
        self, phrase: Phrase, relating: RelatingTable | None, *, having: bool
    ) -> Phrase | None:
        """Read "with the most rivers", "has the largest population", "is the biggest"."""
        start, word = self.at, self.word()
        if phrase.rows is None and not phrase.columns:
            return None
        rows = self.must_be_rows(phrase)
        adjective, descending = SUPERLATIVES.get(word, ("", _MOST.get(word, True)))
        self.at += 1
        if self.mention() is None and self.word() in FUNCTIONS:
            return self._by_aggregate(phrase, rows, descending=descending)
        if word in {"most", "least"} and self.word() in AFTER_MOST:
            adjective = AFTER_MOST[self.word()]
            self.at += 1
        self.skip_articles()
        mention = self.mention()
        if mention is None and self.word() in PEOPLE and word in _MOST:
            self.at += 1
            columns = self.relations.sizes(rows.table, "populous")
        elif mention is None:
            columns = self.relations.sizes(rows.table, adjective) if adjective else []
            if not self.at_end():
                columns = []
        elif (
            mention.tables
            and (mention.tables[0] != rows.table or phrase.columns)
            and word in _COUNTING
        ):
            return self._most(phrase, rows, descending=descending)
        elif (
            mention.tables
            and relating is not None
            and mention.tables[0] == relating.ends
            and word in _COUNTING
            and not adjective
        ):
            self.at = mention.last
            return self._most_related(phrase, relating, descending=descending)
        elif mention.columns and mention.slot is None and having:
            columns = self._ranking_columns(mention, rows)
        else:
            columns = []
        if not columns or rows.best is not None:
            self.at = start
            return None
        best = Best(descending=descending, column=columns[0], limit=None)
        return replace(phrase, rows=replace(rows, best=best), columns=())

    def _ranking_columns(self, mention: Mention, rows: Rows) -> list[ColumnRef]:
        """Return the numbers of rows that "largest population (density)" names."""
        columns = [r for r in mention.columns if r.table == rows.table and self.is_number(r)]
        if not columns:
            return []
        self.at = mention.last
        following = self.mention()
        if following is None or not following.columns:
            return columns
        self.at = following.last
        return [r for r in following.columns if r.table == rows.table] or columns

    def _by_aggregate(self, phrase: Phrase, rows: Rows, *, descending: bool) -> Phrase | None:
        """Read "has the highest average rating": rows by an aggregate of what belongs to them."""
        function = cast("AggregateName", FUNCTIONS[self.word()])
        self.at += 1
        mention = self.mention()
        columns = [ref for ref in mention.columns if self.is_number(ref)] if mention else []
        if mention is None or not columns or rows.best is not None:
            return None
        own = phrase.columns
        key = own[0] if own else self.relations.label(rows.table)
        columns.sort(key=lambda ref: self.relations.distance(key.table, ref.table))
        path = self.relations.path(columns[0].table, key.table)
        if path is None or not path.to_one:
            return None
        self.at = mention.last
        query = Query(
            measures=(Aggregate(function, columns[0]),),
            by=(Dimension(key),),
            where=rows.where,
            order=Order(descending=descending),
        )
        best = Best(descending=descending, key=key, counted=query, limit=1)
        return replace(phrase, rows=replace(rows, best=best), columns=())

    def _most_by_column(self, phrase: Phrase, counted: Rows, *, descending: bool) -> Phrase | None:
        """Read "which genre has the most loans": a category by how many rows belong to it."""
        near = sorted(phrase.columns, key=lambda r: self.relations.distance(counted.table, r.table))
        path = self.relations.path(counted.table, near[0].table)
        if counted.best is not None or path is None or not path.to_one or phrase.rows is not None:
            return None
        query = Query(
            measures=(Count(counted.table),),
            by=(Dimension(near[0]),),
            where=counted.where,
            order=Order(descending=descending),
        )
        best = Best(descending=descending, key=near[0], counted=query, limit=1)
        return Phrase(rows=Rows(table=near[0].table, best=best))

    def _most(self, phrase: Phrase, rows: Rows, *, descending: bool) -> Phrase | None:
        """Return the rows that the most rows of another table belong to."""
        other = self.noun_phrase()
        counted = self.rows_of(other)
        if counted is None or counted.best is not None or rows.best is not None:
            return None
        if phrase.columns:
            return self._most_by_column(phrase, counted, descending=descending)
        measure: Count | Aggregate = Count(counted.table)
        path = self.relations.path(rows.table, counted.table)
        if path is None:
            return None
        if path.to_one:  # a river has a row for each state that it runs through
            measure = Aggregate("count distinct", path.edges[0].on[0][0])
            if unique(self.relations.label(rows.table), self.workspace):
                raise Unread("the most of what each has one of")
        ranked = self._by_number(rows, measure, counted.where, descending=descending)
        return replace(phrase, rows=ranked)

    def most_events(self, phrase: Phrase, rows: Rows, table: str) -> Phrase | None:
        """Read "members who borrowed the most books": rows by how often something happened."""
        at = self.next_place(self.at)
        if self.frame.word(at) not in _COUNTING or at in self.linking.at:
            return None
        what = self.linking.at.get(self.next_place(at + 1))
        path = self.relations.path(table, what.tables[0]) if what and what.tables else None
        if what is None or path is None or not path.to_one or rows.best is not None:
            raise Unread(self.frame.word(at))
        descending = _MOST[self.frame.word(at)]
        self.at = what.last
        return replace(phrase, rows=self._by_number(rows, Count(table), (), descending=descending))

    def _by_number(
        self,
        rows: Rows,
        measure: Count | Aggregate,
        where: tuple[Predicate, ...],
        *,
        descending: bool,
    ) -> Rows:
        """Return the row that the most others belong to; rows of one name are not one row."""
        label = self.relations.label(rows.table)
        known = self.workspace.model.table(rows.table)
        key = label
        if known is not None and len(known.primary_key) == 1 and not unique(label, self.workspace):
            key = ColumnRef(rows.table, known.primary_key[0])
        query = Query(
            measures=(measure,),
            by=tuple(map(Dimension, dict.fromkeys((key, label)))),
            where=(*rows.where, *where),
            order=Order(descending=descending),
        )
        best = Best(descending=descending, key=key, counted=query, limit=1)
        return replace(rows, best=best)

    def _most_related(
        self, phrase: Phrase, relating: RelatingTable, *, descending: bool
    ) -> Phrase | None:
        rows = self.must_be_rows(phrase)
        where = ()
        if rows.where:
            where = (
                Within(column=relating.one, query=Query(shown=(relating.key,), where=rows.where)),
            )
        query = Query(
            measures=(Count(relating.name),),
            by=(Dimension(relating.one),),
            where=where,
            order=Order(descending=descending),
        )
        best = Best(descending=descending, key=relating.key, counted=query, limit=1)
        return replace(phrase, rows=replace(rows, best=best))

    def comparison(self, phrase: Phrase) -> Phrase | None:
        """Read "longer than the …", "more than 3 cities", "above average"."""
        spot = next((s for s in self.frame.spots(COMPARE) if s[0] == self.at), None)
        word = self.word()
        if word in COMPARATIVES and self.word(1) == "than":
            adjective, operator = COMPARATIVES[word]
            self.at += 2
            columns = self.relations.sizes(self.must_be_rows(phrase).table, adjective)
            return self._than(phrase, columns, operator)
        if spot is None:
            return None
        self.at = spot[1]
        self.skip_articles()
        operator = OPERATORS[spot[2]]
        mention = self.mention()
        if mention is not None and spot[2] == "ge" and mention.phrase.lower() == "one":
            self.told.add(mention.slot or 0)
            self.at = mention.last
            return phrase
        if mention is not None and isinstance(self.value(mention), NumberValue):
            return self.counted(phrase, mention, operator)
        own = [ref for ref in phrase.columns if self.is_number(ref)]
        return self._than(phrase, own, operator)

    def _than(self, phrase: Phrase, columns: list[ColumnRef], operator: str) -> Phrase | None:
        rows = self.must_be_rows(phrase)
        if not columns:
            return None
        column, compared = columns[0], _OPERATIONS[operator]
        self.skip_articles()
        if self.word() == "average" and self.frame.word(self.at + 1) in {"", "?", "."}:
            self.at += 1
            test = Compare(column=column, operator=compared, value=Average())
            return replace(phrase, rows=rows.having(test))
        mention = self.mention()
        if mention is not None and isinstance(self.value(mention), NumberValue):
            self.at = mention.last
            test = Compare(column=column, operator=compared, value=Slot(mention.slot or 0))
            return replace(phrase, rows=rows.having(test))
        other = self.noun_phrase()
        if other.value is not None and other.rows is None:
            inner = self.relations.entity(other.value, rows.table, (rows.table,))
        else:
            inner = self.rows_of(other)
        if inner is None or inner.table != column.table:
            return None
        settled = inner.settled(self.relations.label(inner.table))
        name = "max" if compared in {">", ">="} else "min"
        measured = Query(measures=(Aggregate(name, column),), where=settled.where)
        return replace(
            phrase,
            rows=rows.having(Against(column=column, operator=compared, query=measured)),
        )

    def counted(self, phrase: Phrase, number: Mention, operator: str) -> Phrase | None:
        """Read "more than 3 cities" and "population above 1000": rows by a number."""
        rows = self.must_be_rows(phrase)
        self.at = number.last
        self.skip_articles()
        mention, slot = self.mention(), Slot(number.slot or 0)
        if mention is not None and mention.tables and mention.tables[0] != rows.table:
            self.at = mention.last
            counted = mention.tables[0]
            if phrase.columns:
                return None
            path = self.relations.path(rows.table, counted)
            if path is None or path.to_one:
                return None
            many = Many(table=counted, operator=_OPERATIONS[operator], value=slot)
            return replace(phrase, rows=rows.having(many, *self._when_counted(counted)))
        columns = [ref for ref in phrase.columns if self.is_number(ref)]
        if mention is not None and mention.columns:
            columns = [r for r in mention.columns if r.table == rows.table and self.is_number(r)]
            self.at = mention.last
        if mention is None and self.word() in PEOPLE:
            columns = self.relations.sizes(rows.table, "populous")
            self.at += 1
        if not columns:
            return None
        test = Compare(column=columns[0], operator=_OPERATIONS[operator], value=slot)
        return Phrase(rows=rows.having(test), function=phrase.function)

    def _when_counted(self, table: str) -> tuple[Predicate, ...]:
        """Return the time of the rows that are counted: "more than 20 trips in 2024"."""
        period = self.linking.at.get(self.next_place(self.at))
        if period is None or period.slot is None or not isinstance(self.value(period), PeriodValue):
            return ()
        date = self.frame.date_of(table)
        if date is None:
            raise Unread(period.phrase)
        said = self.frame.words[self.at : period.first]
        verb = next((word for word in said if word in _PERIODS), "during")
        self.at = period.last
        return (During(column=date, operator=_PERIODS[verb], period=Slot(period.slot)),)

    def with_column(self, phrase: Phrase, mention: Mention) -> Phrase | None:
        """Read "with a population above …", "whose capital is austin", "with the highest point"."""
        rows = self.must_be_rows(phrase)
        self.at = mention.last
        own = [ref for ref in mention.columns if ref.table == rows.table]
        highest = self._column_is_superlative(mention, rows)
        if highest is not None:
            return replace(phrase, rows=highest)
        while self.mention() is None and self.word() in {
            "is",
            "are",
            "was",
            "of",
            "the",
            "at",
            "a",
        }:
            self.at += 1
        value = self.mention()
        if value is not None and own and isinstance(self.value(value), TextValue):
            options = self.relations.options(value)
            held = [ref for ref in own if ref in options]
            if held and value.slot is not None:
                self.at = value.last
                test = Compare(column=held[0], operator="=", value=Slot(value.slot))
                return replace(phrase, rows=rows.having(test))
            return None
        if own and (found := self.comparison(Phrase(rows=rows, columns=tuple(own)))) is not None:
            return replace(phrase, rows=found.rows)
        return None

    def _column_is_superlative(self, mention: Mention, rows: Rows) -> Rows | None:
        """Read "the state with the highest point", where a column itself is called so."""
        first = mention.phrase.lower().split()[0]
        if first not in SUPERLATIVES:
            return None
        descending = SUPERLATIVES[first][1]
        for ref in mention.columns:
            column = self.measure_of(ref, first)
            best = Rows(table=ref.table, best=Best(descending=descending, column=column))
            found = self.relations.restrict(rows, best)
            if found is not None:
                return found
        return None

    def dated(self, phrase: Phrase, mention: Mention) -> Phrase | None:
        """Read a period: rows of that time, by the date that is named or the table's own."""
        rows = self.must_be_rows(phrase)
        if self._is_of_outer_rows(phrase, rows):
            return None
        if phrase.columns and self.frame.column(phrase.columns[0]).role == "time":
            self.date = phrase.columns[0]
            phrase = Phrase(rows=rows)
        done = (p.column for p in rows.where if isinstance(p, IsNull) and p.negated)
        deed = next((ref for ref in done if ref.table == rows.table), None)
        date = self.date or deed or self._date_of(rows.table, mention)
        if date is None or mention.slot is None or date.table != rows.table:
            return None
        self.date = None
        before = self.frame.word(mention.first - 1)
        verb = before if before in {"before", "after", "since"} else "during"
        self.at = mention.last
        test = During(column=date, operator=_PERIODS[verb], period=Slot(mention.slot))
        return replace(phrase, rows=rows.having(test))

    def _is_of_outer_rows(self, phrase: Phrase, rows: Rows) -> bool:
        """Whether a period says when the outer rows were: "trips made on electric bikes in May".

        So it is where each of them has one such thing and nobody says what happened to that.
        """
        outer = self.heads[-2] if len(self.heads) > 1 else ""
        done = any(isinstance(p, IsNull) and p.column.table == rows.table for p in rows.where)
        timed = any(self.frame.column(ref).role == "time" for ref in phrase.columns)
        if not outer or self.date is not None or timed or done:
            return False
        path = self.relations.path(outer, rows.table)
        return path is not None and path.to_one and self.frame.date_of(outer) is not None

    def _date_of(self, table: str, period: Mention) -> ColumnRef | None:
        """Return the date of a table's rows; of those that "were cancelled in May" none is known.

        A word such as "cancelled" says that something happened then: the user says which date.
        """
        at = period.first - 1
        while at not in self.linking.at and self.frame.word(at) in _IN:
            at -= 1
        state = self.linking.at.get(at)
        value = self.value(state) if state is not None else None
        if state is None or not isinstance(value, TextValue) or not _happened(state, value):
            return self.frame.date_of(table)
        of_that = self.frame.date_of_state(table, value)
        if of_that is not None:
            return of_that
        dates = dates_of(table, self.workspace)
        return self.frame.decided(period.phrase, dates) if len(dates) > 1 else None

    def grouped(self, phrase: Phrase) -> Phrase | None:
        """Read "by state", "per state and year", "for each state"."""
        start, groups = self.at, len(self.groups)
        found = self._members(phrase)
        if found is None:
            self.at = start
            del self.groups[groups:]
        return found

    def _told_apart(self, phrase: Phrase, table: str) -> list[Dimension]:
        """Return the name of a table's rows, with their key where two may have one name."""
        label = self.relations.label(table)
        known = self.workspace.model.table(table)
        own = phrase.rows is not None and phrase.rows.table == table
        if own or known is None or unique(label, self.workspace):
            return [Dimension(label)]
        keys = (ColumnRef(table, name) for name in known.primary_key)
        return [Dimension(label), *map(Dimension, keys)]

    def is_flag_before(self, mention: Mention) -> bool:
        """Whether a flag stands right before the rows that it is of."""
        following = self.linking.at.get(mention.last)
        flag = bool(self.frame.booleans(mention)) and not mention.tables
        return flag and following is not None and bool(following.tables)

    def _members(self, phrase: Phrase) -> Phrase | None:
        self.at += 1
        while True:
            self.skip_articles()
            grain = next((s for s in self.frame.spots(GRAINS) if s[0] == self.at), None)
            mention = self.mention()
            if grain is not None:
                date = self.frame.date_of(self.must_be_rows(phrase).table)
                if date is None:
                    return None
                self.groups.append(Dimension(date, Grain(grain[2])))
                self.at = grain[1]
            elif mention is not None and mention.tables:
                if self.frame.word(mention.last) in {"from", "in", "who", "with", "whose", "that"}:
                    return None  # "books by authors from Spain" are grouped by nothing
                self.groups += self._told_apart(phrase, mention.tables[0])
                self.at = mention.last
            elif mention is not None and phrase.superlative is not None and mention.columns:
                table = self.must_be_rows(phrase).table
                own = [r for r in mention.columns if r.table == table and self.is_number(r)]
                self.at = mention.last
                return replace(phrase, ranked_by=own[0]) if own else None
            elif mention is not None and self.is_flag_before(mention):
                return None  # "handled by senior adjusters"
            elif mention is not None and mention.columns:
                table = self.must_be_rows(phrase).table
                self.groups.append(Dimension(self.nearest(table, mention)))
                self.at = mention.last
            else:
                return None
            if self.word() not in {"and", ","}:
                return phrase
            self.at += 2 if self.word(1) in {"and", "by"} else 1
