"""Reading a question from left to right as noun phrases that modify each other.

    question   = noun phrase, what is said of it, groups
    noun phrase = [superlative] head {modifier}
    modifier   = a further noun phrase ("of the state …", "bordering …"), a comparison,
                 a superlative ("with the most rivers"), a negation, a period

A modifier goes to the innermost head that it can be related with, unless an outer one is nearer.
Every word must be read; a word that nothing explains ends the reading without a result.
"""

from dataclasses import dataclass, field, replace

from sql_agent.linking import Linking, Mention
from sql_agent.query_tree import (
    Against,
    Aggregate,
    Among,
    Average,
    Compare,
    Count,
    Dimension,
    During,
    Grain,
    Many,
    NumberValue,
    Operator,
    Order,
    PeriodOperator,
    PeriodValue,
    Predicate,
    Query,
    Slot,
    SlotValue,
    TextValue,
    Within,
)
from sql_agent.rules.frame import Frame
from sql_agent.rules.patterns import COMPARE, GRAINS, OPERATORS
from sql_agent.semantic_model import NUMERIC, ColumnRef
from sql_agent.words import stems
from sql_agent.workspace import Workspace

from .phrases import Best, Phrase, Rows
from .relations import RelatingTable, Relations
from .senses import (
    AFTER_MOST,
    ATTRIBUTES,
    COMPARATIVES,
    FUNCTIONS,
    GROUPING,
    HOW,
    LIGHT,
    NAMED,
    NEGATIONS,
    PEOPLE,
    SUPERLATIVES,
)

_MOST = {"most": True, "fewest": False, "least": False, "highest": True, "lowest": False}
_MAX_DEPTH = 6


class Unread(Exception):
    """The question has a part that this reading has no place for."""


@dataclass(slots=True)
class Reader:
    """A question while it is read; `at` is the next token."""

    linking: Linking
    workspace: Workspace
    choices: frozenset[str]
    frame: Frame = field(init=False)
    relations: Relations = field(init=False)
    groups: list[Dimension] = field(default_factory=list[Dimension])
    at: int = 0
    depth: int = 0
    date: ColumnRef | None = None
    """The date that a verb names ("cards expiring"), until a period follows."""
    told: set[int] = field(default_factory=set[int])
    """Values that say nothing: the 50 of "all 50 states"."""
    heads: list[str] = field(default_factory=list[str])
    """The tables of the phrases that are open, the outermost first."""

    def __post_init__(self) -> None:
        self.frame = Frame(self.linking, self.workspace, choices=self.choices)
        self.relations = Relations(
            self.workspace.model, self.workspace.graph, self.frame.slots, self.choices
        )

    # --- words ------------------------------------------------------------------------------------

    def word(self, ahead: int = 0) -> str:
        """Return a word from here on, in lower case."""
        return self.frame.word(self.at + ahead)

    def mention(self) -> Mention | None:
        """Return the mention that begins here."""
        found = self.linking.at.get(self.at)
        return found if found is not None and found.first == self.at else None

    def value(self, mention: Mention) -> SlotValue | None:
        """Return the value that a mention names."""
        return self.frame.slots[mention.slot] if mention.slot is not None else None

    def done(self) -> bool:
        """Whether all is read."""
        return self.at >= len(self.frame.words)

    def skip(self) -> None:
        """Step over words that say nothing."""
        while not self.done() and self.mention() is None and self.word() in LIGHT:
            if self.word() in {"how", "by"} or (self.word() == "one" and self.at):
                break
            self.at += 1

    # --- the question -----------------------------------------------------------------------------

    def question(self) -> Phrase:
        """Return the whole question as one phrase.

        Raises:
            Unread: a part has no place in it.
        """
        function = adjective = ""
        where = self.frame.words[:1] == ["where"] and self.frame.word(1) in {"is", "are", "was"}
        self.skip()
        if self.word() == "how" and self.word(1) == "many":
            self.at += 2
            function = "count"
        elif self.word() == "how" and self.word(1) in HOW:
            adjective = HOW[self.word(1)]
            self.at += 2
        elif self.word() in {"number", "count"} and self.mention() is None:
            self.at += 1
            function = "count"
        phrase = self.noun_phrase()
        if self.date is not None:
            raise Unread(str(self.date))
        said = set(self.frame.words)
        if said & _QUOTES or (function and not phrase.columns and said & _DISTINCT):
            raise Unread("what only the patterns read")
        if function == "count":
            counts_people = phrase.columns and phrase.adjective == "people"
            phrase = phrase if counts_people else replace(phrase, function="count")
        elif adjective:
            phrase = self.sized(phrase, adjective)
        elif where and not phrase.columns:
            phrase = self.place(phrase)
        self.skip()
        if not self.done():
            raise Unread(self.word())
        return phrase

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
        rows = self._rows(phrase)
        table = self.workspace.model.table(rows.table)
        for word in ("location", "address", "place", "city", "state", "region", "country"):
            for column in table.columns if table is not None else ():
                ref = ColumnRef(rows.table, column.name)
                if word in stems(column.name) and not self.relations.names_row(ref):
                    return Phrase(rows=rows, columns=(ref,))
        raise Unread("where")

    # --- noun phrases -----------------------------------------------------------------------------

    def noun_phrase(self) -> Phrase:
        """Return the noun phrase that begins here, with all its modifiers."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise Unread("nested too deeply")
        start = self.at
        phrase = self.head()
        self.heads.append(phrase.rows.table if phrase.rows is not None else "")
        phrase = self.modified(phrase)
        self.heads.pop()
        self.depth -= 1
        return self._first_of_many(self.ranked(phrase), start)

    def _first_of_many(self, phrase: Phrase, start: int) -> Phrase:
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
        column = self._measure_of(ref, words[0])
        best = Best(descending=SUPERLATIVES[words[0]][1], column=column)
        return replace(phrase, rows=replace(rows, best=best))

    def _pins(self, ref: ColumnRef, table: str) -> bool:
        """Whether a value of a column leaves one row of a table, or few."""
        path = self.relations.path(table, ref.table)
        return path is not None and path.to_one and ref.column != "country_name"

    def _measure_of(self, ref: ColumnRef, first: str) -> ColumnRef:
        """Return the size that belongs to a column such as `highest_point`."""
        table = self.workspace.model.table(ref.table)
        names = [c.name for c in table.columns if stems(c.name)[0] == first] if table else []
        sizes = [n for n in names if {"elevation", "height", "value"} & set(stems(n))]
        return ColumnRef(ref.table, (sizes or [ref.column])[0])

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
            if ref.table != table and self._names(ref, table):
                inner = Query(shown=(ref,))
                return Rows(
                    table=table, where=(Within(column=self.relations.label(table), query=inner),)
                )
        return None

    def _names(self, ref: ColumnRef, table: str) -> bool:
        """Whether the values of a column are names of a table's rows, as far as is known."""
        catalog = self.workspace.catalog
        label = self.relations.label(table)
        here, there = catalog.column(ref), catalog.column(label)
        if here is None or there is None or not here.values or here.type != "text":
            return False
        shared = set(here.values) & set(there.values)
        return len(shared) >= max(2, len(here.values) // 2)

    # --- modifiers --------------------------------------------------------------------------------

    def modified(self, phrase: Phrase) -> Phrase:
        """Return a phrase with the modifiers that follow it."""
        negated = named = False
        relating: RelatingTable | None = None
        while True:
            if (word := self.word()) in NAMED and self.mention() is None:
                named = True
                self.at += 1
                continue
            before = self.at
            self.skip_one()
            if self.at > before:
                continue
            if self.done():
                break
            mention, word = self.mention(), self.word()
            if self._is_name(phrase) and not self._narrows_name(mention):
                break
            if mention is not None and (found := self._relating(mention, phrase)) is not None:
                relating = found
                self.at = mention.last
                continue
            if mention is not None and self._only_joins(mention, phrase):
                self.at = mention.last
                continue
            if mention is None and word in NEGATIONS:
                negated = True
                self.at += 1
                continue
            if mention is None and word in {"and", "or", "but"}:
                if self._ends_here():
                    break
                self.at += 1
                negated = False
                continue
            outcome = self._modifier(phrase, relating, negated=negated, named=named)
            if outcome is None:
                break
            phrase, negated, named, relating = outcome, False, False, None
        if relating is not None:
            rows = self._rows(phrase)
            phrase = replace(
                phrase, rows=self.relations.related(rows, relating, None, negated=negated)
            )
        elif negated:
            raise Unread("not")
        return phrase

    def _is_name(self, phrase: Phrase) -> bool:
        return phrase.value is not None and len(self.heads) > 1

    def _narrows_name(self, mention: Mention | None) -> bool:
        """Whether a value stands right behind a name: "austin texas", "the red river in ohio"."""
        if mention is None or mention.slot is None or mention.tables or mention.columns:
            return False
        gap = self.frame.words[self.at - 1 : self.at]
        return isinstance(self.value(mention), TextValue) and bool(gap) and gap[0] not in _HAVING

    def _only_joins(self, mention: Mention, phrase: Phrase) -> bool:
        """Whether a verb is the column that joins what stands around it: "traverses"."""
        rows = phrase.rows
        if rows is None or mention.slot is not None or mention.tables or not mention.columns:
            return False
        joining = {left for join in self.workspace.model.joins for left, _ in join.on}
        verb = self.frame.word(mention.first - 1) not in {"the", "a", "an", "of"}
        return verb and all(ref in joining for ref in mention.columns)

    def having(self) -> bool:
        """Whether a word such as "with" or "has" stands right before, articles aside."""
        at = self.at - 1
        while at >= 0 and at not in self.linking.at and self.frame.words[at] in LIGHT:
            if self.frame.words[at] in _HAVING:
                return True
            at -= 1
        return False

    def _ends_here(self) -> bool:
        """Whether an "and" goes on with what stands further out: "both … and …", "… and by …"."""
        following = self.linking.at.get(self.at + 1)
        value = self.value(following) if following is not None else None
        both = self.word() == "and" and isinstance(value, TextValue)
        return len(self.heads) > 1 and (both or self.word(1) in {"by", "per"})

    def skip_one(self) -> None:
        """Step over one word that says nothing."""
        if not self.done() and self.mention() is None and self.word() in LIGHT - {"by", "how"}:
            self.at += 1

    def _relating(self, mention: Mention, phrase: Phrase) -> RelatingTable | None:
        """Return the table that a verb such as "border" stands for."""
        tables = {*mention.tables, *(ref.table for ref in mention.columns)}
        rows = phrase.rows
        for name in tables & self.relations.relating.keys():
            found = self.relations.relating[name]
            if mention.slot is None and (rows is None or rows.table == found.ends):
                return found
        return None

    def _modifier(
        self,
        phrase: Phrase,
        relating: RelatingTable | None,
        *,
        negated: bool,
        named: bool,
    ) -> Phrase | None:
        """Return a phrase with the one modifier that begins here; None where there is none."""
        mention, word, having = self.mention(), self.word(), self.having()
        if mention is None:
            if word in GROUPING:
                return self._grouped(phrase) if len(self.heads) == 1 else None
            if (
                word in {"combined", "altogether"}
                and phrase.columns
                and self.at + 1 == len(self.frame.words)
            ):
                self.at += 1
                return replace(phrase, function="sum")
            if word in _MOST or word in SUPERLATIVES:
                ranked = self._superlative(phrase, relating, having=having)
                if ranked is not None:
                    return ranked
            compared = self._comparison(phrase)
            if compared is not None:
                return compared
            if word not in SUPERLATIVES and word not in PEOPLE and word not in FUNCTIONS:
                raise Unread(word)
        elif isinstance(self.value(mention), PeriodValue):
            return self._dated(phrase, mention)
        elif isinstance(self.value(mention), NumberValue):
            return self._counted(phrase, mention, ">=" if having else "=")
        elif having and mention.columns and mention.slot is None and phrase.rows is not None:
            return self._with_column(phrase, mention)
        start, groups = self.at, len(self.groups)
        if relating is None and self._is_nearer_outside(mention, phrase):
            return None
        other = self.noun_phrase()
        attached = self._attached(phrase, other, relating, negated=negated, named=named)
        if attached is None:
            self.at = start
            del self.groups[groups:]
            raise Unread(word)
        return attached

    def _is_nearer_outside(self, mention: Mention | None, phrase: Phrase) -> bool:
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

    def _attached(
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
        rows = self._rows(phrase)
        if relating is not None:
            same = self._as_table(other, rows.table)
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
            if ref.table == rows.table and known.role == "time" and not negated:
                self.date = ref
                return phrase
        inner = self.rows_of(Phrase(columns=columns))
        if inner is None or not inner.where:
            return None
        found = self.relations.restrict(rows, inner, negated=negated)
        return replace(phrase, rows=found) if found is not None else None

    def _with_value(
        self, phrase: Phrase, value: Mention, *, negated: bool, named: bool
    ) -> Phrase | None:
        rows = self._rows(phrase)
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

    def _nearest(self, table: str, mention: Mention) -> ColumnRef:
        """Return the column nearest to a table; raises `Undecided` where two are as near."""
        far = {ref: self.relations.distance(table, ref.table) for ref in mention.columns}
        near = [ref for ref in mention.columns if far[ref] == min(far.values())]
        return near[0] if len(near) == 1 else self.frame.decided(mention.phrase, near)

    # --- what phrases stand for -------------------------------------------------------------------

    def _rows(self, phrase: Phrase) -> Rows:
        rows = self.rows_of(phrase)
        if rows is None:
            raise Unread("a phrase without rows")
        return rows

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
                if table.name != ref.table and self._names(ref, table.name):
                    return self._named_by(ref, phrase.rows, table.name)
            if phrase.rows is not None:
                return phrase.rows
        return Rows(table=phrase.columns[0].table) if phrase.columns else None

    def _named_by(self, ref: ColumnRef, rows: Rows | None, table: str) -> Rows:

        settled = rows.settled(self.relations.label(rows.table)) if rows is not None else None
        inner = Query(shown=(ref,), where=settled.where if settled is not None else ())
        return Rows(table=table, where=(Within(column=self.relations.label(table), query=inner),))

    def _as_table(self, phrase: Phrase, table: str) -> Rows | None:
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

    # --- superlatives -----------------------------------------------------------------------------

    def ranked(self, phrase: Phrase) -> Phrase:
        """Apply the superlative that stood before a phrase, now that its rows are known."""
        if phrase.superlative is None:
            if phrase.limit is not None and phrase.rows is not None and phrase.rows.best is None:
                self.told.add(phrase.limit.index)
                return replace(phrase, limit=None)  # "all 50 states"
            return phrase
        adjective, descending = phrase.superlative
        if phrase.columns and self._is_number(phrase.columns[0]) and adjective not in _OF_NUMBERS:
            ref = phrase.columns[0]
            if ref not in self.relations.sizes(ref.table, adjective):
                raise Unread(adjective)  # "latest cost" asks for a row
        if phrase.columns and phrase.rows is not None and self._is_number(phrase.columns[0]):
            name = "max" if descending else "min"
            return replace(phrase, function=name, superlative=None)
        if phrase.columns and self._is_number(phrase.columns[0]):
            rows = Rows(table=phrase.columns[0].table)
            return replace(
                phrase, rows=rows, function="max" if descending else "min", superlative=None
            )
        rows = self._rows(phrase)
        columns = self.relations.sizes(rows.table, adjective)
        if phrase.ranked_by is not None:
            columns = [phrase.ranked_by]
        if not columns:
            raise Unread(adjective)
        best = Best(descending=descending, column=columns[0], limit=phrase.limit)
        return Phrase(rows=replace(rows, best=best))

    def _is_number(self, ref: ColumnRef) -> bool:
        return self.frame.column(ref).type in NUMERIC

    def _superlative(
        self, phrase: Phrase, relating: RelatingTable | None, *, having: bool
    ) -> Phrase | None:
        """Read "with the most rivers", "has the largest population", "is the biggest"."""
        start, word = self.at, self.word()
        if phrase.rows is None and not phrase.columns:
            return None
        rows = self._rows(phrase)
        adjective, descending = SUPERLATIVES.get(word, ("", _MOST.get(word, True)))
        self.at += 1
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
            if not self._at_end():
                columns = []
        elif mention.tables and mention.tables[0] != rows.table and word in _COUNTING:
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
            columns = [r for r in mention.columns if r.table == rows.table and self._is_number(r)]
            self.at = mention.last if columns else self.at
            following = self.mention()
            if columns and following is not None and following.columns:
                more = [r for r in following.columns if r.table == rows.table]
                columns, self.at = (more or columns), following.last
        else:
            columns = []
        if not columns or rows.best is not None:
            self.at = start
            return None
        best = Best(descending=descending, column=columns[0], limit=None)
        return replace(phrase, rows=replace(rows, best=best), columns=())

    def skip_articles(self) -> None:
        """Step over articles and prepositions."""
        while not self.done() and self.mention() is None and self.word() in _ARTICLES:
            self.at += 1

    def _at_end(self) -> bool:
        return self.done() or self.word() in {"?", ".", "in"}

    def _most(self, phrase: Phrase, rows: Rows, *, descending: bool) -> Phrase | None:
        """Return the rows that the most rows of another table belong to."""
        other = self.noun_phrase()
        counted = self.rows_of(other)
        if counted is None or counted.best is not None or rows.best is not None:
            return None
        key = self.relations.label(rows.table)
        measure: Count | Aggregate = Count(counted.table)
        path = self.relations.path(rows.table, counted.table)
        if path is None:
            return None
        if path.to_one:  # a river has a row for each state that it runs through
            measure = Aggregate("count distinct", path.edges[0].on[0][0])
        query = Query(
            measures=(measure,),
            by=(Dimension(key),),
            where=(*rows.where, *counted.where),
            order=Order(descending=descending),
        )
        best = Best(descending=descending, key=key, counted=query, limit=1)
        return replace(phrase, rows=replace(rows, best=best))

    def _most_related(
        self, phrase: Phrase, relating: RelatingTable, *, descending: bool
    ) -> Phrase | None:
        rows = self._rows(phrase)
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

    # --- comparisons, numbers, periods, groups ----------------------------------------------------

    def _comparison(self, phrase: Phrase) -> Phrase | None:
        """Read "longer than the …", "more than 3 cities", "above average"."""
        spot = next((s for s in self.frame.spots(COMPARE) if s[0] == self.at), None)
        word = self.word()
        if word in COMPARATIVES and self.word(1) == "than":
            adjective, operator = COMPARATIVES[word]
            self.at += 2
            columns = self.relations.sizes(self._rows(phrase).table, adjective)
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
            return self._counted(phrase, mention, operator)
        own = [ref for ref in phrase.columns if self._is_number(ref)]
        return self._than(phrase, own, operator)

    def _than(self, phrase: Phrase, columns: list[ColumnRef], operator: str) -> Phrase | None:
        rows = self._rows(phrase)
        if not columns:
            return None
        column, compared = columns[0], _OPERATORS[operator]
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

    def _counted(self, phrase: Phrase, number: Mention, operator: str) -> Phrase | None:
        """Read "more than 3 cities" and "population above 1000": rows by a number."""
        rows = self._rows(phrase)
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
            many = Many(table=counted, operator=_OPERATORS[operator], value=slot)
            return replace(phrase, rows=rows.having(many))
        columns = [ref for ref in phrase.columns if self._is_number(ref)]
        if mention is not None and mention.columns:
            columns = [r for r in mention.columns if r.table == rows.table and self._is_number(r)]
            self.at = mention.last
        if mention is None and self.word() in PEOPLE:
            columns = self.relations.sizes(rows.table, "populous")
            self.at += 1
        if not columns:
            return None
        test = Compare(column=columns[0], operator=_OPERATORS[operator], value=slot)
        return Phrase(rows=rows.having(test), function=phrase.function)

    def _with_column(self, phrase: Phrase, mention: Mention) -> Phrase | None:
        """Read "with a population above …", "whose capital is austin", "with the highest point"."""
        rows = self._rows(phrase)
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
        if own and (found := self._comparison(Phrase(rows=rows, columns=tuple(own)))) is not None:
            return replace(phrase, rows=found.rows)
        return None

    def _column_is_superlative(self, mention: Mention, rows: Rows) -> Rows | None:
        """Read "the state with the highest point", where a column itself is called so."""
        first = mention.phrase.lower().split()[0]
        if first not in SUPERLATIVES:
            return None
        descending = SUPERLATIVES[first][1]
        for ref in mention.columns:
            column = self._measure_of(ref, first)
            best = Rows(table=ref.table, best=Best(descending=descending, column=column))
            found = self.relations.restrict(rows, best)
            if found is not None:
                return found
        return None

    def _dated(self, phrase: Phrase, mention: Mention) -> Phrase | None:
        rows = self._rows(phrase)
        if phrase.columns and self.frame.column(phrase.columns[0]).role == "time":
            self.date = phrase.columns[0]
            phrase = Phrase(rows=rows)
        date, self.date = self.date or self.frame.date_of(rows.table), None
        if date is None or mention.slot is None or date.table != rows.table:
            return None
        before = self.frame.word(mention.first - 1)
        verb = before if before in {"before", "after", "since"} else "during"
        self.at = mention.last
        test = During(column=date, operator=_PERIODS[verb], period=Slot(mention.slot))
        return replace(phrase, rows=rows.having(test))

    def _grouped(self, phrase: Phrase) -> Phrase | None:
        """Read "by state", "per state and year", "for each state"."""
        start, groups = self.at, len(self.groups)
        found = self._members(phrase)
        if found is None:
            self.at = start
            del self.groups[groups:]
        return found

    def _members(self, phrase: Phrase) -> Phrase | None:
        self.at += 1
        while True:
            self.skip_articles()
            grain = next((s for s in self.frame.spots(GRAINS) if s[0] == self.at), None)
            mention = self.mention()
            if grain is not None:
                date = self.frame.date_of(self._rows(phrase).table)
                if date is None:
                    return None
                self.groups.append(Dimension(date, Grain(grain[2])))
                self.at = grain[1]
            elif mention is not None and mention.tables:
                self.groups.append(Dimension(self.relations.label(mention.tables[0])))
                self.at = mention.last
            elif mention is not None and phrase.superlative is not None and mention.columns:
                table = self._rows(phrase).table
                own = [r for r in mention.columns if r.table == table and self._is_number(r)]
                self.at = mention.last
                return replace(phrase, ranked_by=own[0]) if own else None
            elif mention is not None and mention.columns:
                table = self._rows(phrase).table
                self.groups.append(Dimension(self._nearest(table, mention)))
                self.at = mention.last
            else:
                return None
            if self.word() not in {"and", ","}:
                return phrase
            self.at += 2 if self.word(1) in {"and", "by"} else 1


_ARTICLES = frozenset(("the", "a", "an", "of", "in", "any", "all", "our", "their", "number"))
_QUOTES = frozenset("\"'“”„")
_DISTINCT = frozenset(("different", "distinct", "unique"))
_OF_NUMBERS = frozenset(("big", "high", ""))
_COUNTING = frozenset(("most", "fewest", "least"))
_HAVING = frozenset(
    "with has have having had whose contain contains containing include includes".split()
)
_OPERATORS: dict[str, Operator] = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "="}
_PERIODS: dict[str, PeriodOperator] = {
    "before": "before",
    "after": "after",
    "since": "since",
    "during": "during",
}
