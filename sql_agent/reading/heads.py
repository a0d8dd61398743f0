"""Heads of noun phrases, and the rows that a phrase stands for."""

from dataclasses import dataclass, replace

from sql_agent.linking import Mention
from sql_agent.query_tree import Compare, NumberValue, PeriodValue, Query, Slot, TextValue, Within
from sql_agent.semantic_model import ColumnRef
from sql_agent.words import stems

from .cursor import Cursor, Unread
from .phrases import Best, Phrase, Rows
from .senses import AFTER_MOST, ATTRIBUTES, FUNCTIONS, PEOPLE, SUPERLATIVES

_OF_NUMBERS = frozenset(("big", "high", ""))


@dataclass(slots=True)
class Heads(Cursor):
    """Reads heads."""

    def head(self) -> Phrase:
        """Return the head of a noun phrase with what stands before it."""
        self.skip()
        limit: Slot | None = None
        superlative: tuple[str, bool] | None = None
        function = ""
        adjectives: list[Mention] = []
        while True:
            self.skip()
            mention, word = self.mention(), self.word()
            if mention is None:
                if word in SUPERLATIVES:
                    superlative = SUPERLATIVES[word]
                elif word in {"most", "least"} and self.word(1) in AFTER_MOST:
                    superlative = AFTER_MOST[self.word(1)], word == "most"
                    self.at += 1
                elif word in {"top", "bottom"}:
                    superlative = ("", word == "top")
                elif word in FUNCTIONS:
                    function = FUNCTIONS[word]
                elif word in PEOPLE:
                    self.at += 1
                    return self._people()
                elif word in ATTRIBUTES:
                    self.at += 1
                    sized = self.sized(self.noun_phrase(), ATTRIBUTES[word])
                    return replace(sized, function=function)
                else:
                    raise Unread(word)
                self.at += 1
                continue
            value = self.value(mention)
            if isinstance(value, NumberValue) and not mention.columns and not mention.tables:
                limit = Slot(mention.slot or 0)
                self.at = mention.last
                continue
            if isinstance(value, PeriodValue):
                raise Unread(word)
            following = self.linking.at.get(mention.last)
            if following is not None and self._is_adjective(mention, following):
                adjectives.append(mention)
                self.at = mention.last
                continue
            self.at = mention.last
            phrase = self._noun(mention, adjectives)
            return replace(phrase, superlative=superlative, limit=limit, function=function)

    def _is_adjective(self, mention: Mention, following: Mention) -> bool:
        """Whether a mention stands before its noun: "mississippi river", "population density"."""
        if mention.metrics or following.metrics:
            return False
        if following.tables and (mention.slot is not None or self.frame.booleans(mention)):
            return True
        if following.tables and mention.columns:
            return True
        both = bool(mention.columns and following.columns and following.slot is None)
        tables = {ref.table for ref in mention.columns} & {ref.table for ref in following.columns}
        return both and bool(tables) and mention.slot is None

    def _people(self) -> Phrase:
        found = [
            ColumnRef(table.name, column.name)
            for table in self.workspace.model.tables
            for column in table.columns
            if "population" in stems(column.name)
        ]
        if not found:
            raise Unread("people")
        return Phrase(columns=tuple(found), adjective="people")

    def _noun(self, mention: Mention, adjectives: list[Mention]) -> Phrase:
        if mention.metrics:
            raise Unread(mention.phrase)
        if mention.tables and not self._is_value_of(mention):
            return self._table_head(mention, adjectives)
        if mention.slot is not None and isinstance(self.value(mention), TextValue):
            if mention.columns and not self.relations.options(mention):
                return Phrase(columns=mention.columns)
            tables = tuple({t for one in adjectives for t in one.tables})
            if adjectives and not tables:
                raise Unread(adjectives[0].phrase)
            following = self.linking.at.get(self.at)
            if following is not None and following.tables and following.first == self.at:
                tables = following.tables
                self.at = following.last
            if tables:
                rows = self.relations.entity(mention, tables=tables)
                return Phrase(rows=rows, value=mention)
            return Phrase(value=mention)
        if mention.columns:
            shared = mention.columns
            for one in adjectives:
                tables = {ref.table for ref in one.columns}
                shared = tuple(ref for ref in shared if ref.table in tables) or shared
                if one.slot is not None and not one.columns:
                    raise Unread(one.phrase)
            return Phrase(columns=shared)
        raise Unread(mention.phrase)

    def _is_value_of(self, mention: Mention) -> bool:
        return mention.slot is not None and not any(
            stems(table) == stems(mention.phrase) for table in mention.tables
        )

    def _table_head(self, mention: Mention, adjectives: list[Mention]) -> Phrase:
        table = mention.tables[0]
        if table in self.relations.relating:
            raise Unread(mention.phrase)
        rows = Rows(table=table)
        for one in adjectives:
            flags = [ref for ref in self.frame.booleans(one) if ref.table == table]
            names = [ref for ref in self.relations.options(one) if ref.table == table]
            columns = [ref for ref in one.columns if ref not in flags]
            if flags:
                rows = rows.having(Compare(column=flags[0], operator="=", value=True))
            elif one.slot is not None and names:
                named = [ref for ref in names if self.relations.names_row(ref)] or names
                rows = rows.having(Compare(column=named[0], operator="=", value=Slot(one.slot)))
            elif one.slot is not None:
                found = self.relations.of_value(rows, one)
                if found is None:
                    raise Unread(one.phrase)
                rows = rows.having(*found)
            elif columns and (through := self._as_rows(columns, table)) is not None:
                rows = through  # "capital city": a city that is a capital
            else:
                raise Unread(one.phrase)
        return Phrase(rows=rows)

    def _as_rows(self, columns: list[ColumnRef], table: str) -> Rows | None:
        """Return the rows of a table that another table's column names: cities by `capital`."""
        for ref in columns:
            if ref.table != table and self.names_rows_of(ref, table):
                inner = Query(shown=(ref,))
                return Rows(
                    table=table, where=(Within(column=self.relations.label(table), query=inner),)
                )
        return None

    def names_rows_of(self, ref: ColumnRef, table: str) -> bool:
        """Whether the values of a column are names of a table's rows, as far as is known."""
        catalog = self.workspace.catalog
        label = self.relations.label(table)
        here, there = catalog.column(ref), catalog.column(label)
        if here is None or there is None or not here.values or here.type != "text":
            return False
        shared = set(here.values) & set(there.values)
        return len(shared) >= max(2, len(here.values) // 2)

    def _is_category(self, ref: ColumnRef, table: str) -> bool:
        """Whether a column tells kinds of rows, and neither names them nor points at others."""
        column = self.frame.column(ref)
        return ref.table == table and column.role == "dimension" and not self._names_any(ref)

    def _names_any(self, ref: ColumnRef) -> bool:
        return self.relations.names_row(ref) or any(
            table.name != ref.table and self.names_rows_of(ref, table.name)
            for table in self.workspace.model.tables
        )

    def rows_of(self, phrase: Phrase) -> Rows | None:
        """Return the rows that a phrase stands for; columns stand for the rows that they name."""
        if phrase.rows is not None and not phrase.columns:
            return phrase.rows
        if phrase.value is not None and phrase.rows is None:
            return self.relations.entity(phrase.value, next(filter(None, self.heads), ""))
        for ref in phrase.columns:
            if phrase.rows is not None and ref.table != phrase.rows.table:
                continue
            for table in self.workspace.model.tables:
                if table.name != ref.table and self.names_rows_of(ref, table.name):
                    return self._named_by(ref, phrase.rows, table.name)
            if phrase.rows is not None:
                return phrase.rows
        return Rows(table=phrase.columns[0].table) if phrase.columns else None

    def must_be_rows(self, phrase: Phrase) -> Rows:
        """Return the rows that a phrase stands for; raises `Unread` where it stands for none."""
        rows = self.rows_of(phrase)
        if rows is None:
            raise Unread("a phrase without rows")
        return rows

    def _named_by(self, ref: ColumnRef, rows: Rows | None, table: str) -> Rows:

        settled = rows.settled(self.relations.label(rows.table)) if rows is not None else None
        inner = Query(shown=(ref,), where=settled.where if settled is not None else ())
        return Rows(table=table, where=(Within(column=self.relations.label(table), query=inner),))

    def as_table(self, phrase: Phrase, table: str) -> Rows | None:
        """Return the rows of a certain table that a phrase stands for."""
        if phrase.value is not None and phrase.rows is None:
            named = [r for r in self.relations.options(phrase.value) if r.table == table]
            if phrase.value.slot is None:
                return None
            if named:
                slot = Slot(phrase.value.slot)
                return Rows(
                    table=table, where=(Compare(column=named[0], operator="=", value=slot),)
                )
            found = self.relations.of_value(Rows(table=table), phrase.value)
            return Rows(table=table, where=found) if found is not None else None
        rows = self.rows_of(phrase)
        if rows is None or rows.table == table:
            return rows
        return self.relations.restrict(Rows(table=table), rows)

    def sized(self, phrase: Phrase, adjective: str) -> Phrase:
        """Return the size of rows that "how long" asks for."""
        rows = self.rows_of(phrase)
        columns = self.relations.sizes(rows.table, adjective) if rows is not None else []
        if rows is None or not columns:
            raise Unread(adjective)
        said = {word for ref in phrase.columns for word in stems(ref.column)}
        columns.sort(key=lambda ref: not said & set(stems(ref.column)))
        return Phrase(rows=rows, columns=(columns[0],))

    def place(self, phrase: Phrase) -> Phrase:
        """Return where rows are: the column that says it, or that points at such a table."""
        rows = self.must_be_rows(phrase)
        table = self.workspace.model.table(rows.table)
        for word in ("location", "address", "place", "city", "state", "region", "country"):
            for column in table.columns if table is not None else ():
                ref = ColumnRef(rows.table, column.name)
                if word in stems(column.name) and not self.relations.names_row(ref):
                    return Phrase(rows=rows, columns=(ref,))
        raise Unread("where")

    def measure_of(self, ref: ColumnRef, first: str) -> ColumnRef:
        """Return the size that belongs to a column such as `highest_point`."""
        table = self.workspace.model.table(ref.table)
        names = [c.name for c in table.columns if stems(c.name)[0] == first] if table else []
        sizes = [n for n in names if {"elevation", "height", "value"} & set(stems(n))]
        return ColumnRef(ref.table, (sizes or [ref.column])[0])

    def _pins(self, ref: ColumnRef, table: str) -> bool:
        """Whether a value of a column leaves one row of a table, or few."""
        path = self.relations.path(table, ref.table)
        return path is not None and path.to_one and ref.column != "country_name"

    def first_of_many(self, phrase: Phrase, start: int) -> Phrase:
        """Read "the highest point in the states …" as the highest of them all."""
        rows, ref = phrase.rows, phrase.columns[0] if phrase.columns else None
        mention = next((m for m in self.linking.mentions if m.first >= start), None)
        if rows is None or ref is None or mention is None or ref not in mention.columns:
            return phrase
        words = mention.phrase.lower().split()
        named = any(
            isinstance(p, Compare) and p.operator == "=" and self._pins(p.column, rows.table)
            for p in rows.where
        )
        if words[0] not in SUPERLATIVES or words[-1] != stems(words[-1])[0] or named:
            return phrase
        column = self.measure_of(ref, words[0])
        best = Best(descending=SUPERLATIVES[words[0]][1], column=column)
        return replace(phrase, rows=replace(rows, best=best))

    def nearest(self, table: str, mention: Mention) -> ColumnRef:
        """Return the column nearest to a table; raises `Undecided` where two are as near."""
        far = {ref: self.relations.distance(table, ref.table) for ref in mention.columns}
        near = [ref for ref in mention.columns if far[ref] == min(far.values())]
        return near[0] if len(near) == 1 else self.frame.decided(mention.phrase, near)

    def ranked(self, phrase: Phrase) -> Phrase:
        """Apply the superlative that stood before a phrase, now that its rows are known."""
        if phrase.superlative is None:
            if phrase.limit is not None and phrase.rows is not None and phrase.rows.best is None:
                self.told.add(phrase.limit.index)
                return replace(phrase, limit=None)  # "all 50 states"
            return phrase
        adjective, descending = phrase.superlative
        if phrase.columns and self.is_number(phrase.columns[0]) and adjective not in _OF_NUMBERS:
            ref = phrase.columns[0]
            if ref not in self.relations.sizes(ref.table, adjective):
                raise Unread(adjective)  # "latest cost" asks for a row
        if phrase.columns and phrase.rows is not None and self.is_number(phrase.columns[0]):
            name = "max" if descending else "min"
            return replace(phrase, function=name, superlative=None)
        if phrase.columns and self.is_number(phrase.columns[0]):
            rows = Rows(table=phrase.columns[0].table)
            return replace(
                phrase, rows=rows, function="max" if descending else "min", superlative=None
            )
        rows = self.must_be_rows(phrase)
        if any(self._is_category(ref, rows.table) for ref in phrase.columns):
            raise Unread("a category")  # "most expensive procedure category" asks for no row
        columns = self.relations.sizes(rows.table, adjective)
        if phrase.ranked_by is not None:
            columns = [phrase.ranked_by]
        if not columns:
            raise Unread(adjective)
        best = Best(descending=descending, column=columns[0], limit=phrase.limit)
        return Phrase(rows=replace(rows, best=best))
