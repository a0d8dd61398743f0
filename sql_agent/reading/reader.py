"""Reading a question from left to right as noun phrases that modify each other.

    question   = noun phrase, what is said of it, groups
    noun phrase = [superlative] head {modifier}
    modifier   = a further noun phrase ("of the state …", "bordering …"), a comparison,
                 a superlative ("with the most rivers"), a negation, a period

A modifier goes to the innermost head that it can be related with, unless an outer one is nearer.
Every word must be read; a word that nothing explains ends the reading without a result.
"""

from dataclasses import dataclass, replace

from sql_agent.linking import Mention
from sql_agent.query_tree import IsNull, Many, NumberValue, PeriodValue, Slot, TextValue
from sql_agent.rules.nouns import is_verb
from sql_agent.rules.patterns import COMPARE
from sql_agent.rules.quantities import operator_of
from sql_agent.semantic_model import ColumnRef

from .comparing import Comparing
from .cursor import Unread
from .phrases import Phrase, Rows
from .relations import RelatingTable
from .senses import FUNCTIONS, GROUPING, HOW, NAMED, NEGATIONS, PEOPLE, SUPERLATIVES

_MOST = {"most": True, "fewest": False, "least": False, "highest": True, "lowest": False}
_MAX_DEPTH = 6
_PRICED = frozenset("cost costs costing price priced charge charged".split())
_BY_MEANS_OF = frozenset(("via", "through", "using"))  # says how rows are, done or not
_DONE = frozenset(("paid", "sold", "sent", "bought", "lent"))
_QUOTES = frozenset("\"'“”„")
_DISTINCT = frozenset(("different", "distinct", "unique"))
_HAVING = frozenset(
    "with has have having had whose contain contains containing include includes".split()
)


@dataclass(slots=True)
class Reader(Comparing):
    """Reads whole questions."""

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
            priced = _PRICED & set(self.frame.words[2:]) or self.word(2) in {"is", "are", "was"}
            if self.word(1) == "much" and not priced:
                raise Unread("much")  # of what: money, or pieces that were ordered?
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
        return self.first_of_many(self.ranked(phrase), start)

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
            if mention is not None and self._is_event(mention, phrase):
                self.at = mention.last
                if not self._only_tells(mention, self.must_be_rows(phrase)):
                    phrase, negated = self._with_event(phrase, mention, negated=negated), False
                continue
            if mention is not None and (deed := self._own_deed(mention, phrase)) is not None:
                done = IsNull(column=deed, negated=not negated)
                if self.frame.word(mention.last) not in _BY_MEANS_OF or negated:
                    phrase = replace(phrase, rows=self.must_be_rows(phrase).having(done))
                self.at, negated = mention.last, False
                continue
            if mention is None and word == "by" and self._agent_follows():
                self.at += 1
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
            return self._related_at_all(phrase, relating, negated=negated)
        if negated:
            raise Unread("not")
        return phrase

    def _related_at_all(self, phrase: Phrase, relating: RelatingTable, *, negated: bool) -> Phrase:
        """Read "states that border no other": rows that a relating table has, or has not."""
        rows = self.must_be_rows(phrase)
        return replace(phrase, rows=self.relations.related(rows, relating, None, negated=negated))

    def _agent_follows(self) -> bool:
        agent = self.linking.at.get(self.at + 1)
        return agent is not None and self._acts(agent)

    def _is_name(self, phrase: Phrase) -> bool:
        return phrase.value is not None and len(self.heads) > 1

    def _narrows_name(self, mention: Mention | None) -> bool:
        """Whether a value stands right behind a name: "austin texas", "the red river in ohio"."""
        if mention is None or mention.slot is None or mention.tables or mention.columns:
            return False
        gap = self.frame.words[self.at - 1 : self.at]
        return isinstance(self.value(mention), TextValue) and bool(gap) and gap[0] not in _HAVING

    def _is_event(self, mention: Mention, phrase: Phrase) -> bool:
        """Whether a verb is the date of another table's rows: books that were "borrowed"."""
        rows = phrase.rows
        if rows is None or mention.slot is not None or mention.tables or not mention.columns:
            return False
        dates = all(self.frame.column(ref).role == "time" for ref in mention.columns)
        tables = {ref.table for ref in mention.columns}
        verb = mention.phrase.lower().endswith(("ed", "en"))
        following = self.linking.at.get(self.next_place(mention.last))
        period = following is not None and isinstance(self.value(following), PeriodValue)
        return dates and verb and len(tables) == 1 and rows.table not in tables and not period

    def _own_deed(self, mention: Mention, phrase: Phrase) -> ColumnRef | None:
        """Return the date of the rows themselves that a verb names: "patients who died".

        A period behind it bounds that date, which then need not be tested for itself.
        """
        rows = phrase.rows
        verb = is_verb(mention) or mention.phrase.lower() in _DONE
        if rows is None or not verb or mention.slot is not None or mention.tables:
            return None
        own = [ref for ref in mention.columns if ref.table == rows.table]
        dates = len(own) == 1 and self.frame.column(own[0]).role == "time"
        following = self.linking.at.get(self.next_place(mention.last))
        period = following is not None and isinstance(self.value(following), PeriodValue)
        if following is not None and self._of_one_of_many(following, rows.table):
            return None
        return own[0] if dates and not period else None

    def _of_one_of_many(self, mention: Mention, table: str) -> bool:
        """Whether what stands behind a deed is of one of many: "died at Lakeview", of all stays."""
        tables = {*mention.tables, *(ref.table for ref in self.relations.options(mention))}
        paths = [self.relations.path(table, other) for other in tables - {table}]
        return bool(paths) and all(path is None or not path.to_one for path in paths)

    def _only_tells(self, event: Mention, rows: Rows) -> bool:
        """Whether what follows belongs to the rows without the event: "books written by Quill"."""
        table = event.columns[0].table
        following = self.linking.at.get(self.next_place(event.last))
        if following is None:
            return False
        tables = {*following.tables, *(ref.table for ref in self.relations.options(following))}
        ways = [self.relations.path(table, other) for other in tables]
        return bool(ways) and all(way is None or rows.table in way.tables for way in ways)

    def _with_event(self, phrase: Phrase, event: Mention, *, negated: bool) -> Phrase:
        """Return the rows to which something happened: "members who borrowed a crime novel"."""
        rows, table = self.must_be_rows(phrase), event.columns[0].table
        if self.relations.distance(rows.table, table) != 1:
            raise Unread(event.phrase)
        spot = next(
            (s for s in self.frame.spots(COMPARE) if s[0] == self.next_place(self.at)), None
        )
        number = self.linking.at.get(spot[1]) if spot is not None else None
        if spot is not None and number is not None and number.slot is not None:
            what = self.linking.at.get(self.next_place(number.last))
            path = self.relations.path(rows.table, table)
            single = path is None or path.to_one
            if what is None or not what.tables or single or negated:
                raise Unread(event.phrase)
            self.at = what.last
            many = Many(table=table, operator=operator_of(spot[2]), value=Slot(number.slot))
            return replace(phrase, rows=rows.having(many))
        ranked = self.most_events(phrase, rows, table)
        if ranked is not None:
            return ranked
        happened = Rows(table=table)
        if event.columns[0] != self.frame.date_of(table):  # not every loan was returned
            if negated:
                raise Unread(event.phrase)  # none at all, or not this one?
            happened = happened.having(IsNull(column=event.columns[0], negated=True))
        self.heads.append(table)
        outer, self.date = self.date, event.columns[0]
        inner = self.rows_of(self.modified(Phrase(rows=happened)))
        self.date = outer
        self.heads.pop()
        found = self.relations.restrict(rows, inner, negated=negated) if inner else None
        if found is None:
            raise Unread(event.phrase)
        return replace(phrase, rows=found)

    def _acts(self, mention: Mention) -> bool:
        """Whether what stands behind "by" did it, and groups nothing: "by authors from Spain"."""
        said = self.frame.word(mention.last) in {"from", "who", "with", "whose", "that"}
        named = isinstance(self.value(mention), TextValue) and not mention.columns
        return (bool(mention.tables) and said) or (named and not mention.tables)

    def _only_joins(self, mention: Mention, phrase: Phrase) -> bool:
        """Whether a verb is the column that joins what stands around it: "traverses"."""
        rows = phrase.rows
        if rows is None or mention.slot is not None or mention.tables or not mention.columns:
            return False
        event = mention.phrase.lower().endswith("ed")
        if event and all(self.frame.column(ref).role == "time" for ref in mention.columns):
            following = self.linking.at.get(self.next_place(mention.last))
            options = self.relations.options(following) if following is not None else ()
            tables = {ref.table for ref in mention.columns}
            return any(ref.table in tables for ref in options)  # "admitted as an inpatient"
        joining = {left for join in self.workspace.model.joins for left, _ in join.on}
        verb = self.frame.word(mention.first - 1) not in {"the", "a", "an", "of"}
        return verb and all(ref in joining for ref in mention.columns)

    def _ends_here(self) -> bool:
        """Whether an "and" goes on with what stands further out: "both … and …", "… and by …"."""
        following = self.linking.at.get(self.at + 1)
        value = self.value(following) if following is not None else None
        both = self.word() == "and" and isinstance(value, TextValue)
        return len(self.heads) > 1 and (both or self.word(1) in {"by", "per"})

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
                return self.grouped(phrase) if len(self.heads) == 1 else None
            if (
                word in {"combined", "altogether"}
                and phrase.columns
                and self.at + 1 == len(self.frame.words)
            ):
                self.at += 1
                return replace(phrase, function="sum")
            if word in _MOST or word in SUPERLATIVES:
                ranked = self.superlative(phrase, relating, having=having)
                if ranked is not None:
                    return ranked
            compared = self.comparison(phrase)
            if compared is not None:
                return compared
            if word not in SUPERLATIVES and word not in PEOPLE and word not in FUNCTIONS:
                raise Unread(word)
        elif isinstance(self.value(mention), PeriodValue):
            return self.dated(phrase, mention)
        elif isinstance(self.value(mention), NumberValue):
            return self.counted(phrase, mention, ">=" if having else "=")
        elif having and mention.columns and mention.slot is None and phrase.rows is not None:
            return self.with_column(phrase, mention)
        start, groups = self.at, len(self.groups)
        if relating is None and self.is_nearer_outside(mention, phrase):
            return None
        other = self.noun_phrase()
        attached = self.attached(phrase, other, relating, negated=negated, named=named)
        if attached is None:
            self.at = start
            del self.groups[groups:]
            raise Unread(word)
        return attached
