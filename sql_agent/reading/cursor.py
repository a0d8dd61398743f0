"""Where a reading stands in the question: words, mentions, and what has been told so far."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from sql_agent.linking import Linking, Mention
from sql_agent.query_tree import Dimension, NumberValue, SlotValue
from sql_agent.rules.frame import Frame
from sql_agent.rules.patterns import COMPARE
from sql_agent.semantic_model import NUMERIC, ColumnRef
from sql_agent.workspace import Workspace

from .phrases import Phrase
from .relations import Relations
from .senses import LIGHT

_ARTICLES = frozenset(("the", "a", "an", "of", "in", "any", "all", "our", "their", "number"))
_HAVING = frozenset(
    "with has have having had whose contain contains containing include includes".split()
)


class Unread(Exception):
    """The question has a part that this reading has no place for."""


@dataclass(slots=True)
class Cursor(ABC):
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
            if self._compares_a_number():
                break
            self.at += 1

    def skip_one(self) -> None:
        """Step over one word that says nothing."""
        light = self.word() in LIGHT - {"by", "how"} and not self._compares_a_number()
        if not self.done() and self.mention() is None and light:
            self.at += 1

    def _compares_a_number(self) -> bool:
        """Whether "over" stands before a number: "earning over 60000", not "all over Texas"."""
        following = self.linking.at.get(self.at + 1)
        number = following is not None and isinstance(self.value(following), NumberValue)
        return number and (self.word(),) in COMPARE

    def skip_articles(self) -> None:
        """Step over articles and prepositions."""
        while not self.done() and self.mention() is None and self.word() in _ARTICLES:
            self.at += 1

    def having(self) -> bool:
        """Whether a word such as "with" or "has" stands right before, articles aside."""
        at = self.at - 1
        while at >= 0 and at not in self.linking.at and self.frame.words[at] in LIGHT:
            if self.frame.words[at] in _HAVING:
                return True
            at -= 1
        return False

    def is_number(self, ref: ColumnRef) -> bool:
        """Whether a column holds numbers."""
        return self.frame.column(ref).type in NUMERIC

    def next_place(self, at: int) -> int:
        """Return the next token that says something."""
        while at not in self.linking.at and self.frame.word(at) in LIGHT | {"as"}:
            at += 1
        return at

    def at_end(self) -> bool:
        """Whether the question, or what is said of a place, ends here."""
        return self.done() or self.word() in {"?", ".", "in"}

    @abstractmethod
    def noun_phrase(self) -> Phrase:
        """Return the noun phrase that begins here, with all its modifiers."""
