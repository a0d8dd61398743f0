"""What one phrase becomes when another one modifies it."""

from dataclasses import dataclass, replace

from sql_agent.linking import Mention
from sql_agent.query_tree import Among, Compare, IsNull, PeriodValue, Predicate, Query, Slot, Within
from sql_agent.semantic_model import ColumnRef
from sql_agent.words import stems

from .heads import Heads
from .phrases import Phrase, Rows
from .relations import RelatingTable


@dataclass(slots=True)
class Attaching(Heads):
    """Attaches phrases to each other."""

    def attached(
        self,
        phrase: Phrase,
        other: Phrase,
        relating: RelatingTable | None,
        *,
        negated: bool,
        named: bool,
    ) -> Phrase | None:
        """Return what one phrase is when another one modifies it."""
        if phrase.rows is None and phrase.columns:
            return self._columns_of(phrase, other)
        if phrase.rows is None and phrase.value is not None:
            return self._value_with(phrase, other)
        if other.function:
            return None
        rows = self.must_be_rows(phrase)
        if relating is not None:
            same = self.as_table(other, rows.table)
            if same is None:
                return None
            return replace(
                phrase, rows=self.relations.related(rows, relating, same, negated=negated)
            )
        if other.value is not None and other.rows is None:
            return self._with_value(phrase, other.value, negated=negated, named=named)
        if other.columns and other.rows is None:
            return self._with_own(phrase, rows, other.columns, negated=negated)
        inner = self.rows_of(other)
        if inner is None:
            return None
        found = self.relations.restrict(rows, inner, negated=negated)
        return replace(phrase, rows=found) if found is not None else None

    def _with_own(
        self, phrase: Phrase, rows: Rows, columns: tuple[ColumnRef, ...], *, negated: bool
    ) -> Phrase | None:
        """Read a flag ("online merchants"), a date ("cards expiring in …"), or a named thing."""
        for ref in columns:
            known = self.frame.column(ref)
            if ref.table == rows.table and known.type == "boolean":
                test = Compare(column=ref, operator="=", value=not negated)
                return replace(phrase, rows=rows.having(test))
            if ref.table == rows.table and known.role == "time":
                following = self.linking.at.get(self.next_place(self.at))
                if following is not None and isinstance(self.value(following), PeriodValue):
                    self.date = ref
                    return phrase if not negated else None
                test = IsNull(column=ref, negated=not negated)  # "loans that were not returned"
                return replace(phrase, rows=rows.having(test))
        inner = self.rows_of(Phrase(columns=columns))
        if inner is None or not inner.where:
            return None
        found = self.relations.restrict(rows, inner, negated=negated)
        return replace(phrase, rows=found) if found is not None else None

    def _with_value(
        self, phrase: Phrase, value: Mention, *, negated: bool, named: bool
    ) -> Phrase | None:
        rows = self.must_be_rows(phrase)
        label = self.relations.label(rows.table)
        if self.frame.word(value.first - 1) == "of" and not rows.where:
            said = self.frame.word(value.first - 2)
            own = label in self.relations.options(value) and stems(said)[:1] == (said,)
            named = named or (own and self.relations.names_row(label))
        if named:
            label = self.relations.label(rows.table)
            own = label in self.relations.options(value)
            if not own or value.slot is None:
                return None
            test = Compare(column=label, operator="=", value=Slot(value.slot))
            return replace(phrase, rows=rows.having(test))
        found = self.relations.of_value(rows, value)
        if found is None:
            return None
        if not negated:
            return replace(phrase, rows=self._either(rows, found, value))
        label = self.relations.label(rows.table)

        test = Within(column=label, query=Query(shown=(label,), where=found), negated=True)
        return replace(phrase, rows=rows.having(test))

    def _either(self, rows: Rows, found: tuple[Predicate, ...], value: Mention) -> Rows:
        """Add a value; a second one of the same column is another that may be ("ohio or texas")."""
        test = found[0]
        if not isinstance(test, Compare) or not isinstance(test.value, Slot):
            return rows.having(*found)
        path = self.relations.path(rows.table, test.column.table)
        single = path is not None and path.to_one
        said = self.frame.words[max(0, value.first - 2) : value.first]
        for i, known in enumerate(rows.where):
            slots = known.values if isinstance(known, Among) else ()
            if (
                isinstance(known, Compare)
                and known.operator == "="
                and isinstance(known.value, Slot)
            ):
                slots = (known.value,)
            same = isinstance(known, Compare | Among) and known.column == test.column
            if same and slots and (single or "or" in said):
                among = Among(column=test.column, values=(*slots, test.value))
                return replace(rows, where=(*rows.where[:i], among, *rows.where[i + 1 :]))
        return rows.having(*found)

    def _value_with(self, phrase: Phrase, other: Phrase) -> Phrase | None:
        """Read "austin texas" and "the mississippi in ohio": a named thing, and where."""
        if phrase.value is None:
            return None
        near = other.rows.table if other.rows is not None else ""
        options = [r for r in self.relations.options(phrase.value) if self.relations.names_row(r)]
        for ref in options:
            if ref.table in self.relations.relating or phrase.value.slot is None:
                continue
            test = Compare(column=ref, operator="=", value=Slot(phrase.value.slot))
            rows = Rows(table=ref.table, where=(test,))
            if other.value is not None and other.rows is None:
                found = self.relations.of_value(rows, other.value)
                own = found is not None and all(
                    isinstance(p, Compare) and p.column.table == ref.table for p in found
                )
                if found is not None and own:
                    return Phrase(rows=rows.having(*found), value=None)
            elif other.rows is not None and near != ref.table:
                inner = self.relations.restrict(rows, other.rows)
                if inner is not None:
                    return Phrase(rows=inner)
        return None

    def _columns_of(self, phrase: Phrase, other: Phrase) -> Phrase | None:
        """Return the columns of what another phrase names: "the capital of texas"."""
        if other.value is not None and other.rows is None:
            return self._columns_of_value(phrase, other.value)
        inner = self.rows_of(other)
        if inner is None:
            return None
        own = [ref for ref in phrase.columns if ref.table == inner.table]
        if own:
            return replace(phrase, rows=inner, columns=(own[0],))
        for ref in sorted(
            phrase.columns, key=lambda r: self.relations.distance(r.table, inner.table)
        ):
            rows = self.relations.restrict(Rows(table=ref.table), inner)
            if rows is not None:
                return replace(phrase, rows=rows, columns=(ref,))
        return None

    def _columns_of_value(self, phrase: Phrase, value: Mention) -> Phrase | None:
        options = [
            r for r in self.relations.options(value) if r.table not in self.relations.relating
        ]
        if value.slot is None or not options:
            return None
        slot = Slot(value.slot)
        pairs = [(c, o) for c in phrase.columns for o in options if c != o]
        named = [(c, o) for c, o in pairs if c.table == o.table and self.relations.names_row(o)]
        same = [(c, o) for c, o in pairs if c.table == o.table]
        same.sort(key=lambda pair: -self.relations.referenced(pair[0].table))
        for column, option in (*named, *same):
            rows = Rows(
                table=column.table, where=(Compare(column=option, operator="=", value=slot),)
            )
            return replace(phrase, rows=rows, columns=(column,))
        for column in phrase.columns:
            found = self.relations.of_value(Rows(table=column.table), value)
            if found is not None:
                rows = Rows(table=column.table, where=found)
                return replace(phrase, rows=rows, columns=(column,))
        return None

    def is_nearer_outside(self, mention: Mention | None, phrase: Phrase) -> bool:
        """Whether what begins here belongs to an outer phrase rather than to this one."""
        if mention is None or phrase.rows is None or len(self.heads) < 2:
            return False
        tables = {*mention.tables, *(ref.table for ref in self.relations.options(mention))}
        if not tables:
            return False
        here = min(self.relations.distance(phrase.rows.table, table) for table in tables)
        outside = [
            min(self.relations.distance(head, table) for table in tables)
            for head in self.heads[:-1]
            if head
        ]
        return bool(outside) and min(outside) < here
