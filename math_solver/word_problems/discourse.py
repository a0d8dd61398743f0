"""What a story has said so far: amounts of things with their owners, rates, and who is meant.

Every clause becomes facts: an amount that is there (`has 5`), that comes or goes (`buys 3`), that
is needed, or a rate (`6 in each box`). Amounts that refer to others (`twice as many as Bob`, `half
of the rest`) are computed from them. What is not understood raises `Unread`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from .clause_grammar import Place, Unread
from .lexicon import POSSESSIVES, VerbClass
from .noun_phrases import MEASURES, Phrase


@dataclass(frozen=True, slots=True)
class Amount:
    """An expression of the plan language and its value."""

    text: str
    value: Fraction
    uses: frozenset[str] = frozenset()
    """The numbers of the question that went into it."""

    def bound(self) -> str:
        """The expression as a factor or a subtrahend."""
        return f"({self.text})" if " " in self.text else self.text

    def plus(self, other: "Amount") -> "Amount":
        """The sum."""
        return self._with(other, f"{self.text} + {other.text}", self.value + other.value)

    def minus(self, other: "Amount") -> "Amount":
        """The difference."""
        right = other.bound() if " + " in other.text or " - " in other.text else other.text
        return self._with(other, f"{self.text} - {right}", self.value - other.value)

    def times(self, other: "Amount") -> "Amount":
        """The product."""
        text = f"{self.bound()} * {other.bound()}"
        return self._with(other, text, self.value * other.value)

    def over(self, other: "Amount") -> "Amount":
        """The quotient. Raises `Unread` where it does not exist."""
        if not other.value:
            raise Unread("a division by zero")
        return self._with(other, f"{self.bound()} / {other.bound()}", self.value / other.value)

    def _with(self, other: "Amount", text: str, value: Fraction) -> "Amount":
        return Amount(text, value, self.uses | other.uses)


def given(phrase: Phrase) -> Amount:
    """Return the number that a phrase names."""
    names = frozenset(w for w in phrase.number.split() if w.startswith("N"))
    return Amount(phrase.number, phrase.value, names)


def whole(number: int) -> Amount:
    """Return a literal number."""
    return Amount(str(number), Fraction(number))


@dataclass(frozen=True, slots=True)
class Kind:
    """What is counted: the stems of its words, and the head."""

    words: frozenset[str] = frozenset()
    head: str = ""

    def covers(self, other: "Kind") -> bool:
        """Whether everything of the other kind is of this kind, as far as the words tell."""
        if not self.words:
            return False
        return self.words <= other.words and (
            self.head == other.head or self.head in MEASURES or other.head in MEASURES
        )


MONEY = Kind(frozenset({"$"}), "$")


def kind_of(words: Sequence[str]) -> Kind:
    """Return the kind that words name, the last of them its head."""
    return Kind(frozenset(words), words[-1] if words else "")


@dataclass(slots=True, kw_only=True)
class Fact:
    """One amount of a story: whose, of what, and what became of it."""

    amount: Amount | None
    kind: Kind
    verb: VerbClass
    owner: str = ""
    to: str = ""
    sign: int = 1
    lemma: str = ""
    state: bool = False
    """Whether it says what is there, not what comes or goes."""
    final: bool = False
    labels: frozenset[str] = frozenset()
    part: bool = False
    """Whether it is a part of another amount of the story, which it does not add to."""
    loose: frozenset[str] = frozenset()
    """Words after `a` or `an` in its places: what it may be a rate for one of."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So much of one kind for one of another."""

    amount: Amount
    of: Kind
    per: Kind
    owner: str = ""
    labels: frozenset[str] = frozenset()
    sign: int = 1


class Later(Unread):
    """A comparison with something that may be told later."""


@dataclass(slots=True)
class Story:
    """The facts in the order in which they are told."""

    facts: list[Fact] = field(default_factory=list[Fact])
    rates: list[Rate] = field(default_factory=list[Rate])
    groups: list[tuple[Kind, Amount]] = field(default_factory=list[tuple[Kind, Amount]])
    person: str = ""
    people: list[str] = field(default_factory=list[str])
    last: Kind = field(default_factory=Kind)
    whole: Kind = field(default_factory=Kind)
    """What parts were last spoken of."""
    steps: list[str] = field(default_factory=list[str])
    shared: bool = False
    """Whether something is shared equally, among nobody that the clause counts."""
    rest: bool = False
    """Whether a clause spoke of the rest, so that what was put aside counts as gone."""

    # --- who and what is meant

    def entity(self, phrase: Phrase) -> str:
        """Return who a phrase names; `*` for several."""
        if phrase.pronoun in {"he", "she", "him", "her", "i", "me", "you"}:
            return self.person or "one"
        if phrase.pronoun in {"they", "them", "we", "us"}:
            return "*"
        if phrase.pronoun:
            return ""
        theirs = phrase.owner and phrase.owner not in POSSESSIVES and not phrase.counts
        return f"{phrase.owner}'s {phrase.head}" if theirs else _called(phrase)

    def other_than(self, name: str) -> str:
        """Return the person last met who is not this one."""
        return next((p for p in reversed(self.people) if p != name), "somebody")

    def meet(self, phrase: Phrase) -> None:
        """Remember a person who is spoken of."""
        if phrase.named and not phrase.counts and not phrase.owner:
            self.person = name = _called(phrase)
            if name in self.people:
                self.people.remove(name)
            self.people.append(name)
        elif not self.person and phrase.words and phrase.determiner in {"a", "an", "the", "my"}:
            self.person = phrase.head

    def kind(self, phrase: Phrase) -> Kind:
        """Return what a phrase counts; the last kind where it only points back."""
        words, head = list(phrase.words), phrase.head
        inner = phrase.of
        if inner is not None and not inner.counts and (inner.words or inner.pronoun):
            if not words:
                return self.kind(inner)
            words = [*inner.words, *words]
        elif inner is not None and not words:
            return self.kind(inner)
        if head == "one" or (words and set(words) <= {"other"}):
            words = []
        if not words:
            return self.last
        found = Kind(frozenset(words), head)
        return self.fuller(found)

    def fuller(self, kind: Kind) -> Kind:
        """`the marbles` are the 8 orange marbles, if no others were spoken of."""
        known = {
            f.kind for f in self.facts if kind.head == f.kind.head and kind.words < f.kind.words
        }
        exact = any(f.kind == kind for f in self.facts)
        return next(iter(known)) if len(known) == 1 and not exact else kind

    # --- amounts

    def current(self, kind: Kind, owner: str) -> Amount:
        """Return how much there is by now. Raises `Unread`."""
        if not any(f.owner == owner and kind.covers(f.kind) and f.sign > 0 for f in self.facts):
            owner = ""
        same = [
            f
            for f in self.facts
            if kind.covers(f.kind)
            and not f.part
            and (_shared(owner, f) or f.sign < 0)
            and f.verb is not VerbClass.NEED
        ]
        total: Amount | None = None
        for fact in same:
            if fact.amount is None:
                raise Unread("an amount that is not known")
            if total is None:
                total = fact.amount if fact.sign > 0 else None
                if total is None:
                    raise Unread("something goes before anything is there")
            elif fact.state and fact.final:
                total = fact.amount
            else:
                total = total.plus(fact.amount) if fact.sign > 0 else total.minus(fact.amount)
        if total is None:
            raise Unread(f"nothing is known of {kind.head}")
        return total

    def amount(self, phrase: Phrase, kind: Kind, owner: str) -> Amount | None:
        """Return what a phrase comes to; None for `some`. Raises `Unread`."""
        number = given(phrase) if phrase.number else None
        if phrase.form == "plain" and number and not phrase.words and phrase.value < 1:
            raise Unread("a part of what")
        match phrase.form:
            case "plain" if number is not None:
                return number
            case "more" | "fewer" if number is not None:
                if phrase.than is None and (phrase.form == "fewer" or not self.facts):
                    raise Unread("more or fewer than what")
                if phrase.than is None:
                    before = self.facts[-1].kind if self.facts else kind
                    if (
                        before.head == kind.head
                        and not before.words <= kind.words | self.last.words
                    ):
                        raise Unread("more of another sort")
                    told = kind.words - {kind.head} - before.words
                    if before.head == kind.head and before != kind and (told or phrase.words[:-1]):
                        raise Unread("more of another sort")
                    return number
                other = self.compared(phrase.than, kind, owner)
                return other.plus(number) if phrase.form == "more" else other.minus(number)
            case "times" if number is not None and phrase.than is not None:
                return number.times(self.compared(phrase.than, kind, owner))
            case "times" if number is not None:
                return number.times(self.latest(kind))
            case "share" | "percent" if number is not None and phrase.of is not None:
                part = number if phrase.form == "share" else number.over(whole(100))
                return part.times(self.base(phrase.of, kind, owner))
            case "rest":
                self.rest = True
                return self.current(kind, owner)
            case "all":
                return number or self.current(kind, owner)
            case "some":
                return None
            case _:
                raise Unread(f"what {phrase.form} comes to is not clear")

    def base(self, phrase: Phrase, kind: Kind, owner: str) -> Amount:
        """Return the amount of which a part is spoken of."""
        if phrase.number:
            return given(phrase)
        if phrase.owner and phrase.owner not in POSSESSIVES:
            owner = phrase.owner
            if not any(f.owner == owner and f.state for f in self.facts):
                raise Later(f"what {owner} has")
        if phrase.form != "rest" and self._gone_already(kind, owner):
            raise Unread("a part of what there was, or of what is left")
        return self.current(kind, owner)

    def _gone_already(self, kind: Kind, owner: str) -> bool:
        """Whether some of it went before: `1/4 of her money, then 1/8 of her money`."""
        return any(f.sign < 0 and kind.covers(f.kind) and _shared(owner, f) for f in self.facts)

    def compared(self, phrase: Phrase, kind: Kind, owner: str) -> Amount:
        """Return the amount with which something is compared: `than Bob`, `as apples`."""
        if phrase.counts:
            amount = self.amount(phrase, kind, owner)
            if amount is None:
                raise Unread("compared with some")
            return amount
        name = self.entity(phrase)
        words = frozenset(phrase.words)
        owned = [f for f in self.facts if f.owner == name and name and kind.head == f.kind.head]
        alike = [f for f in self.facts if name and f.kind.head == name and words <= f.kind.words]
        when = [f for f in self.facts if words and words <= f.labels and f.kind.head == kind.head]
        found = owned or alike or when
        if len(found) != 1 or found[0].amount is None:
            raise Later(f"nothing definite to compare with {name}")
        if owned and self._changed(found[0]):
            raise Unread(f"as {name} had it before, or as it is now")
        return found[0].amount

    def _changed(self, fact: Fact) -> bool:
        """Whether something came to an amount, or went from it, since it was told."""
        since = self.facts[self.facts.index(fact) + 1 :]
        gone = [f for f in since if fact.kind.covers(f.kind) and not f.state and not f.part]
        return fact.state and any(
            f.to == fact.owner or (f.owner == fact.owner and f.sign < 0) for f in gone
        )

    def latest(self, kind: Kind) -> Amount:
        """Return the amount that was told last, which `twice as many` points back to."""
        fact = self.facts[-1] if self.facts else None
        if fact is None or fact.amount is None or fact.kind.head != kind.head or fact.part:
            raise Unread("as many as what")
        return fact.amount

    def named(self, amount: Amount | None) -> Amount | None:
        """Give a computed amount a name of its own, a step of the plan."""
        if amount is None or " " not in amount.text:
            return amount
        self.steps.append(amount.text)
        return replace(amount, text=f"L{len(self.steps) - 1}")


_TITLES = frozenset("mr mrs ms miss dr".split())


def _called(phrase: Phrase) -> str:
    """Return a name with its title: Mr. Lee is not Mrs. Lee."""
    titled = len(phrase.words) > 1 and phrase.words[0] in _TITLES
    return " ".join(phrase.words) if titled else phrase.head


def _shared(owner: str, fact: Fact) -> bool:
    return owner in {"", "*", fact.owner} or fact.owner in {"", "*"}


def labels_of(places: Iterable[Place], adverbs: Iterable[str] = ()) -> frozenset[str]:
    """Return the words that say where and when."""
    plain = [p.phrase for p in places if not p.phrase.counts]
    told = frozenset(w for p in plain for w in (*p.words, p.owner) if w not in POSSESSIVES)
    told -= {""}
    return told | frozenset(adverbs) & {"today", "yesterday", "tomorrow", "later", "first"}
