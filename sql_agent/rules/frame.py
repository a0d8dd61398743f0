"""The question while it is read: its words, its mentions, and which of them are used up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sql_agent.clarify import Undecided, chosen
from sql_agent.joins import AmbiguousPath, JoinGraph
from sql_agent.linking import Linking, Mention, dates_of, label_of
from sql_agent.query_tree import SlotValue, TextValue
from sql_agent.semantic_model import NUMERIC, Column, ColumnRef, SemanticModel
from sql_agent.words import stems
from sql_agent.workspace import Workspace

from .patterns import COMPARE, Phrases

FAR = 100
"""The distance of a table that is not connected; `MANY_SIDE` is where fan-out begins."""
MANY_SIDE = 25
_NOT = frozenset(("not", "never", "without", "no"))
_SKIPPED = frozenset(
    """the a an of all our your their any both other given of individual single each every
    overall total different distinct unique""".split()
)


_LOCATIVES = frozenset(
    """in of from at with who that are is were was live lives living lived based located situated
    the whose residing reside resident come coming on over under via using insured covered by
    through""".split()
)


@dataclass(slots=True)
class Frame:
    """A question being read; `base` is the table that it is about, once that is known."""

    linking: Linking
    workspace: Workspace
    base: str = ""
    used: set[int] = field(default_factory=set[int])
    spent: set[int] = field(default_factory=set[int])
    """Tokens outside of mentions that a rule has read."""
    notes: list[str] = field(default_factory=list[str])
    slots: list[SlotValue] = field(default_factory=list[SlotValue])
    measured_dates: tuple[ColumnRef, ...] = ()
    """Dates that the measure itself is about; a period is then of them."""
    noun_end: int = 0
    """The token behind what a share is of."""
    broken: bool = False
    """Whether a part of the question was read that cannot be put together with the rest."""
    choices: frozenset[str] = frozenset()
    """What the user has chosen where the agent asked back."""
    words: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.words = [token.lower for token in self.linking.words]
        self.slots = list(self.linking.slots)

    @property
    def model(self) -> SemanticModel:
        """The semantic model."""
        return self.workspace.model

    @property
    def graph(self) -> JoinGraph:
        """The join graph."""
        return self.workspace.graph

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """The mentions from left to right."""
        return self.linking.mentions

    def use(self, mention: Mention) -> None:
        """Mark a mention as read."""
        self.used.add(mention.first)

    def is_used(self, mention: Mention) -> bool:
        """Whether a rule has read a mention."""
        return mention.first in self.used

    def spots(self, phrases: Phrases) -> Iterator[tuple[int, int, str]]:
        """Yield where phrases stand outside of mentions: start, end (without), meaning.

        The longest phrase at a place counts, and none overlaps the one before.
        """
        at = 0
        longest = max(map(len, phrases))
        while at < len(self.words):
            for length in range(longest, 0, -1):
                words = tuple(self.words[at : at + length])
                inside = any(i in self.linking.at for i in range(at, at + length))
                if len(words) == length and words in phrases and not inside:
                    yield at, at + length, phrases[words]
                    at += length - 1
                    break
            at += 1

    def free_spots(self, phrases: Phrases) -> Iterator[tuple[int, int, str]]:
        """Yield where phrases stand outside of comparisons: "at least 2" ranks nothing."""
        compared = {i for first, last, _ in self.spots(COMPARE) for i in range(first, last)}
        return (s for s in self.spots(phrases) if compared.isdisjoint(range(s[0], s[1])))

    def mention_at(self, at: int, *, skip: frozenset[str] = _SKIPPED) -> Mention | None:
        """Return the mention that starts at a token, articles and the like left aside."""
        while at < len(self.words) and at not in self.linking.at and self.words[at] in skip:
            at += 1
        mention = self.linking.at.get(at)
        return mention if mention is not None and mention.first == at else None

    def mentions_from(self, at: int) -> Iterator[Mention]:
        """Yield the mentions from a token on."""
        return (mention for mention in self.mentions if mention.first >= at)

    def word(self, at: int) -> str:
        """Return a word in lower case; empty outside of the question."""
        return self.words[at] if 0 <= at < len(self.words) else ""

    def spend(self, first: int, last: int) -> None:
        """Mark tokens as read."""
        self.spent.update(range(first, last))

    # --- meanings -------------------------------------------------------------------------------

    def column(self, ref: ColumnRef) -> Column:
        """Return a column that linking found."""
        found = self.model.column(ref)
        if found is None:
            raise KeyError(ref)
        return found

    def distance(self, table: str, base: str | None = None) -> int:
        """Return how many joins a table is away; far where each row meets several."""
        base = self.base if base is None else base
        if not base or table == base:
            return 0
        try:
            path = self.graph.path(base, table, choices=self.choices)
        except AmbiguousPath:
            return FAR // 2
        if path is None:
            return FAR
        return len(path.edges) + (0 if path.to_one else MANY_SIDE)

    def nearest(self, refs: tuple[ColumnRef, ...], mention: Mention) -> ColumnRef:
        """Return the column nearest to the base; raises `Undecided` where two are as near."""
        named = [ref for ref in refs if ref.table in self.tables_beside(mention)]
        options = named or list(refs)
        far = {ref: self._remoteness(ref.table) for ref in options}
        ranked = sorted(options, key=lambda ref: (far[ref], refs.index(ref)))
        near = [ref for ref in ranked if far[ref] == far[ranked[0]]]
        if len(near) > 1:
            return self.decided(mention.phrase, near)
        if len(refs) > 1 and ranked[0].table != self.base:
            self.notes.append(f"'{mention.phrase}' is read as {ranked[0]}")
        return ranked[0]

    def decided(self, phrase: str, refs: Sequence[ColumnRef]) -> ColumnRef:
        """Return which of several columns the user chose; raises `Undecided` where that is open."""
        options = tuple(map(str, refs))
        index = chosen(options, self.choices)
        if index is None:
            raise Undecided(phrase, options)
        return refs[index]

    def _remoteness(self, table: str) -> int:
        """Return how far a table is from the base, or from what the question names without one."""
        if self.base:
            return self.distance(table)
        if any(table in mention.tables for mention in self.mentions):
            return 0
        alone = (mention.columns for mention in self.mentions if len(mention.columns) == 1)
        if any(refs[0].table == table for refs in alone):
            return 0
        holders = {
            ref.table
            for value in self.slots
            if isinstance(value, TextValue)
            for ref, _ in value.options
        }
        return 1 if table in holders else 2

    def tables_beside(self, mention: Mention) -> set[str]:
        """Return the tables that the mentions next to a mention name: "closed accounts"."""
        found: set[str] = set()
        for other in self.mentions:
            gap = self.words[mention.last : other.first]
            back = self.words[other.last : mention.first]
            after = other.first >= mention.last and not gap
            before = other.last <= mention.first and len(back) <= 4 and set(back) <= _LOCATIVES
            if (after or before) and other.tables:
                found.update(other.tables)
        return found

    def measures(self, mention: Mention) -> tuple[ColumnRef, ...]:
        """Return the meanings of a mention that are numbers to be summed or averaged."""
        return tuple(
            ref
            for ref in mention.columns
            if self.column(ref).type in NUMERIC and self.column(ref).role == "measure"
        )

    def levels(self, mention: Mention) -> tuple[ColumnRef, ...]:
        """Return the meanings of a mention that are numbers of an order: a floor, a grade."""
        return tuple(
            ref
            for ref in mention.columns
            if self.column(ref).type in NUMERIC and self.column(ref).role == "dimension"
        )

    def with_role(self, mention: Mention, *roles: str) -> tuple[ColumnRef, ...]:
        """Return the meanings of a mention that are columns of these roles."""
        return tuple(ref for ref in mention.columns if self.column(ref).role in roles)

    def booleans(self, mention: Mention) -> tuple[ColumnRef, ...]:
        """Return the meanings of a mention that are true or false."""
        return tuple(ref for ref in mention.columns if self.column(ref).type == "boolean")

    def label(self, table: str) -> ColumnRef:
        """Return the column by which people tell the rows of a table: its name, else its key."""
        return label_of(table, self.model)

    def date_of_state(self, table: str, state: TextValue) -> ColumnRef | None:
        """Return the date that is called as a state is: `delivered_on` of the orders delivered."""
        if _NOT & set(self.words):
            return None  # when what did not happen?
        said = {word for _, codes in state.options for code in codes for word in stems(code)}
        dates = [ref for ref in dates_of(table, self.workspace) if said & set(stems(ref.column))]
        return dates[0] if len(dates) == 1 else None

    def date_of(self, table: str) -> ColumnRef | None:
        """Return the date by which the rows of a table are placed in time."""
        dates = dates_of(table, self.workspace)
        return dates[0] if dates else None
