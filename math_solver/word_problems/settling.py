"""Settling a story's question: the amounts of what is asked for, put together as it asks."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from .asking import Asked
from .clause_grammar import Unread
from .concerning import (
    aside,
    concerned,
    kind_asked,
    labels_asked,
    of_other_kinds,
    owner_asked,
    with_question,
)
from .discourse import MONEY, Amount, Fact, Kind, Rate, Story, whole
from .lexicon import CONVERSIONS, TIME_UNITS, VerbClass
from .noun_phrases import Phrase

HYPERNYMS = frozenset(
    "animal fruit person customer child student pet bird flower vegetable item thing kid coin"
    " toy guest adult piece instrument book ball".split()
)
"""Words for kinds of which a story may name sorts."""
_LOSING = frozenset(
    {VerbClass.LOSE, VerbClass.GIVE, VerbClass.SPEND, VerbClass.SELL, VerbClass.GO, VerbClass.TAKE}
)
_GAINING = frozenset(
    {VerbClass.GAIN, VerbClass.BUY, VerbClass.EARN, VerbClass.TALLY, VerbClass.COME, VerbClass.PUT}
)
_LOOKING = frozenset("count weigh measure".split())
"""What is done twice to the same things adds nothing up."""
_DEPTH = 4
Move: TypeAlias = tuple[Amount, bool, int]
"""A factor, whether it divides, and whether what it makes comes (1) or goes (-1)."""


def settle(story: Story, asked: Asked) -> tuple[Amount, frozenset[str]]:
    """Return the answer and the numbers that it does not concern. Raises `Unread`."""
    story = with_question(story, asked)
    kind = kind_asked(story, asked)
    facts = concerned(story, asked, kind)
    if story.shared and not story.groups and asked.every is None:
        raise Unread("shared among how many")
    answer = _Settled(story, asked, kind, facts).answer()
    left = aside(story.facts, facts, answer)
    if " " not in answer.text and not answer.text.startswith("L"):
        raise Unread("a number of the story and nothing else")
    if answer.value <= 0:
        raise Unread("nothing, or an amount below zero")
    _possible(story, asked, kind, answer)
    left |= of_other_kinds(story, kind, facts, answer)
    if len(left) > 1:
        raise Unread("more that is not asked about than what is")
    return answer, left


def _possible(story: Story, asked: Asked, kind: Kind, answer: Amount) -> None:
    """Raise `Unread` where the answer cannot be: more is left than there was, another unit."""
    alike = [f for f in story.facts if kind.covers(f.kind) and f.amount is not None]
    there = [f.amount.value for f in alike if f.amount is not None and f.state]
    grows = any(f.verb in _GAINING for f in alike) or bool(story.rates and kind != MONEY)
    left = asked.adverbs & {"left", "remain", "over"}
    most = max((f.amount.value for f in alike if f.amount is not None), default=answer.value)
    goes = any(
        f.sign < 0 or f.final or f.to or (f.verb is VerbClass.TALLY and answer.value <= most)
        for f in story.facts
    )
    if left and alike and not goes and not any(r.sign < 0 for r in story.rates):
        raise Unread("left, where nothing went")
    if left and there and not grows and answer.value > sum(there):
        raise Unread("more is left than there was")
    units = {h for pair in CONVERSIONS for h in pair}
    named = {p.phrase.head for p in asked.places if p.preposition == "in" and not p.phrase.number}
    lengths = units - TIME_UNITS
    if named & lengths and kind.head in lengths and kind.head not in named:
        raise Unread("asked for in another unit")
    if asked.verb in _LOSING and any(f.final for f in alike) and story.rates:
        raise Unread("what is left, and what went")


class _Settled:
    """One question on its way."""

    def __init__(self, story: Story, asked: Asked, kind: Kind, facts: Sequence[Fact]) -> None:
        self.story = story
        self.asked = asked
        self.kind = kind
        self.facts = list(facts)
        said = (t.phrase for t in asked.things if not t.phrase.counts)
        self.labels = labels_asked(asked) | {w for p in said for w in p.words}
        self.rates = self.own_rates()
        self.divided = False

    def answer(self) -> Amount:
        """Choose by the form of the question."""
        asked = self.asked
        if asked.negated:
            return self.undone()
        if asked.compared:
            return self.difference()
        every = asked.every
        if every is not None and not every & TIME_UNITS:
            return self.for_each(every)
        if asked.begin and not asked.total:
            return self.before()
        if asked.verb is VerbClass.SHARE:
            raise Unread("what is shared out")
        unknown = self.change()
        return unknown if unknown is not None else self.amount_of(self.kind)

    def undone(self) -> Amount:
        """`How many did he not wash`: what was to be done without what was."""
        goals = [f for f in self.facts if f.verb is VerbClass.NEED]
        done = [f for f in self.facts if f.verb is not VerbClass.NEED and not f.state]
        if not goals or len(done) != 1 or done[0].amount is None:
            raise Unread("what is not")
        return _sum(f.amount for f in goals).minus(done[0].amount)

    # --- amounts

    def direct(self, kind: Kind) -> list[Fact]:
        """Return the facts of a kind; of its sorts where its word covers them."""
        exact = [
            f
            for f in self.facts
            if kind.covers(f.kind)
            and f.verb is not VerbClass.NEED
            and (not f.part or kind.words & f.labels or f.labels & self.labels)
        ]
        sorted_out = [
            f for f in self.facts if f.part and kind.head in f.labels and kind.words <= f.kind.words
        ]
        if sorted_out or any(f.part for f in exact):
            return sorted_out or [f for f in exact if f.part]
        sorts = {f.kind.head for f in self.facts if f.verb is not VerbClass.NEED}
        if kind.head in HYPERNYMS and len(kind.words) == 1:
            every = [
                f
                for f in self.facts
                if f.kind != MONEY
                and f.kind.head not in TIME_UNITS
                and f.verb is not VerbClass.NEED
            ]
            if len(sorts) > 1 and not self.story.rates and (not exact or len(exact) < len(every)):
                if exact and not all(f in exact for f in every):
                    raise Unread("what else is counted")
                return every
        return exact

    def amount_of(self, kind: Kind) -> Amount:
        """Return how much there is of a kind, with what rates make of other kinds."""
        direct = self.direct(kind)
        parts = [self.net(direct)] if direct else []
        gone = self.asked.verb in _LOSING
        made = self.converted(kind, direct)
        if self.asked.total and len(direct) == 1 and not made:
            raise Unread("one amount in all")
        if self.divided and len(made) > 1:
            raise Unread("several amounts that are divided")
        if direct and made and (self.asked.goal or self.asked.verb is VerbClass.NEED):
            raise Unread("needed beside what is there")
        for part, sign in made:
            if sign < 0 and not gone:
                if not parts:
                    raise Unread("what is gone of nothing")
                parts = [parts[0].minus(part), *parts[1:]]
            else:
                parts.append(part)
        if not parts:
            raise Unread(f"nothing is said of {kind.head}")
        total = parts[0]
        for part in parts[1:]:
            total = total.plus(part)
        return total

    def net(self, facts: Sequence[Fact]) -> Amount:
        """Put together what is there, comes and goes, as the verb of the question means it."""
        asked = self.asked
        if any(f.amount is None for f in facts):
            raise Unread("an amount that is not known")
        signs = self.signs(facts)
        if asked.verb is VerbClass.GO and all(f.verb is VerbClass.TALLY for f in facts):
            return _sum(f.amount for f in facts)
        if asked.verb in _LOSING or (asked.passive and asked.verb in _LOSING):
            return self.gone(facts, signs)
        self.consistent(facts)
        if (undone := self.still_to_do(facts)) is not None:
            return undone
        lost = any(s < 0 for s in signs)
        if asked.verb in _GAINING and lost and not asked.left and not asked.planned:
            if self.kind != MONEY:
                chosen = [f for f, s in zip(facts, signs, strict=True) if s > 0 and not f.state]
                return _sum(f.amount for f in chosen)
            raise Unread("earned in all, or after what was spent")
        if asked.total and lost and asked.verb not in {VerbClass.HAVE, VerbClass.BE}:
            raise Unread("everything, or what is left")
        return _signed(facts, signs)

    def still_to_do(self, facts: Sequence[Fact]) -> Amount | None:
        """`How far does she still have to drive`: the whole without what is done; else None."""
        done = [f for f in facts if f.verb is VerbClass.TALLY]
        base = [f for f in facts if f.state]
        if not done or not base:
            return None
        if (
            len(base) != 1
            or len(done) + 1 != len(facts)
            or base[0].amount is None
            or not (self.asked.left or self.asked.goal)
        ):
            raise Unread("done, or there")
        return base[0].amount.minus(_sum(f.amount for f in done))

    def gone(self, facts: Sequence[Fact], signs: Sequence[int]) -> Amount:
        asked = self.asked
        lost = [f for f, s in zip(facts, signs, strict=True) if s < 0]
        if not lost or (
            self.kind == MONEY
            and any(s > 0 for s in signs)
            and len(facts) > len(lost)
            and not all(f.state for f in facts if f not in lost)
        ):
            raise Unread(f"what is gone by {asked.verb.value}")
        if any(f.state for f in facts) and not asked.total and len(lost) == 1:
            raise Unread("an amount that is told, not asked for")
        return _sum(f.amount for f in lost)

    def signs(self, facts: Sequence[Fact]) -> list[int]:
        """Return what comes (1) or goes (-1) for whom the question is about."""
        owner = owner_asked(self.story, self.asked)
        return [1 if owner and f.to == owner != f.owner else f.sign for f in facts]

    def consistent(self, facts: Sequence[Fact]) -> None:
        """Raise `Unread` where amounts are of one thing twice, or nobody knows what happens."""
        states = [f for f in facts if f.state]
        if len(states) > 1 and not self.asked.total and not self.apart(states):
            raise Unread("two amounts of the same thing")
        if len(facts) > 1 and any(f.labels & {"total"} for f in facts):
            raise Unread("a total beside what may be a part of it")
        again = [f for f in facts if f.lemma in _LOOKING]
        if len({f.owner for f in again}) < len(again) > 1 and self.asked.lemma not in _LOOKING:
            raise Unread("counted twice, not in two parts")
        others = [f for f in facts if f.verb is VerbClass.OTHER]
        if others and (len(others) < len(facts) or len({f.lemma for f in facts}) > 1):
            raise Unread("a verb that is not known beside others")
        if others and not self.asked.total and self.asked.lemma[:4] != others[0].lemma[:4]:
            raise Unread("what an unknown verb has done")

    def apart(self, states: Sequence[Fact]) -> bool:
        """Whether several states are of several things: other owners, sorts or places."""
        keys = {(f.owner, f.kind, f.labels) for f in states}
        if any(a.owner == b.owner and a.kind.words < b.kind.words for a in states for b in states):
            return False
        return len(keys) == len(states) and not any(f.final for f in states)

    # --- rates

    def converted(self, kind: Kind, direct: Sequence[Fact]) -> list[tuple[Amount, int]]:
        """Return what the other kinds come to in the kind asked for, one for each way."""
        others = [f for f in self.facts if f not in direct and f.amount is not None]
        bases: dict[tuple[Move, ...], list[Fact]] = {}
        for fact in others:
            if "priced" in fact.loose and kind == MONEY:
                continue
            for way in self.ways(fact.kind, kind, _DEPTH, frozenset()):
                bases.setdefault(tuple(way), []).append(fact)
        named = [any(f.verb is VerbClass.NEED for f in facts) for facts in bases.values()]
        if any(named) and not all(named):
            raise Unread("what the question names, beside what is told")
        self.divided = any(divides for way in bases for _, divides, _ in way)
        return [
            (_along(self.inner(facts, kind), way), _sign_of(way)) for way, facts in bases.items()
        ]

    def inner(self, facts: Sequence[Fact], kind: Kind) -> Amount:
        signs = self.signs(facts)
        self.consistent(facts)
        if kind == MONEY:
            gone = [f for f in facts if f.sign < 0]
            if gone and len(gone) == len(facts):
                return _sum(f.amount for f in facts)
            if gone and any(f.verb is VerbClass.SELL for f in facts):
                return _sum(f.amount for f in facts if f.verb is VerbClass.SELL)
        asking = [f for f in facts if f.verb is VerbClass.NEED]
        if asking and len(asking) < len(facts):
            raise Unread("needed beside what is there")
        return _signed(facts, signs)

    def ways(
        self, base: Kind, goal: Kind, depth: int, used: frozenset[int]
    ) -> Iterator[list[Move]]:
        """Yield the chains of rates from a kind to another: (amount, whether it divides)."""
        if depth == 0:
            return
        for index, rate in enumerate(self.rates):
            if index in used:
                continue
            per = rate.per
            if _alike(rate.per, base):
                if _reaches(goal, rate.of):
                    yield [(rate.amount, False, rate.sign)]
                else:
                    for way in self.ways(rate.of, goal, depth - 1, used | {index}):
                        yield [(rate.amount, False, rate.sign), *way]
            elif _reaches(base, rate.of) or _reaches(rate.of, base):
                if _alike(rate.per, goal):
                    yield [(rate.amount, True, rate.sign)]
                else:
                    for way in self.ways(per, goal, depth - 1, used | {index}):
                        yield [(rate.amount, True, rate.sign), *way]
        for (small, large), size in self.conversions():
            code = -hash((small, large)) % 10_000 - 20_000
            if code in used:
                continue
            if base.head == large:
                step, other = (whole(size), False, 1), small
            elif base.head == small:
                step, other = (whole(size), True, 1), large
            else:
                continue
            if other == goal.head:
                yield [step]
            else:
                for way in self.ways(
                    Kind(frozenset({other}), other), goal, depth - 1, used | {code}
                ):
                    if len(way) >= 1:
                        yield [step, *way]

    def conversions(self) -> Iterator[tuple[tuple[str, str], int]]:
        """Yield units in units, apart from those the story counts itself: `5 days a week`."""
        told = {(r.of.head, r.per.head) for r in self.rates}
        return ((pair, size) for pair, size in CONVERSIONS.items() if pair not in told)

    def own_rates(self) -> list[Rate]:
        """Return the rates of whom the question is about, apart from other people's."""
        owner = owner_asked(self.story, self.asked)
        others = set(self.story.people) - {owner} if owner not in {"", "*"} else set[str]()
        rates = [r for r in self.story.rates if r.owner not in others]
        counted = {f.kind.head for f in self.story.facts if f.amount is not None}
        for rate in rates:
            if rate.owner in counted and rate.per.words & TIME_UNITS:
                raise Unread("so much for each of several")  # `a hen lays 2 a day`, and 5 hens
            same = [r for r in rates if (r.of, r.per) == (rate.of, rate.per)]
            several = len({r.owner for r in same}) == len(same) and (
                self.asked.total or owner == "*"
            )
            if len(same) > 1 and not several:
                raise Unread("which of two rates")
        return rates

    # --- forms of questions

    def for_each(self, every: frozenset[str]) -> Amount:
        """`How many in each box?`: divided by the number of those that get some."""
        groups = [a for kind, a in self.story.groups if every <= kind.words or kind.words <= every]
        counted = [
            f.amount
            for f in self.facts
            if f.amount is not None and every <= f.kind.words and f.kind != self.kind
        ]
        several = groups or counted
        if len(several) != 1:
            raise Unread("how many of them there are")
        facts = [f for f in self.direct(self.kind) if f.amount not in counted]
        if not facts:
            raise Unread("what is shared")
        return _signed(facts, [f.sign for f in facts]).over(several[0])

    def before(self) -> Amount:
        """What was there at first: the end, with what came taken away and what went put back."""
        facts = self.direct(self.kind)
        facts = [f for f in facts if f.amount is not None or not f.state]
        ends = [f for f in facts if f.state and f.final]
        changes = [f for f in facts if not f.state]
        if len(ends) != 1 or len(facts) != len(changes) + 1 or not changes:
            raise Unread("what was there at first")
        total = ends[0].amount
        if total is None:
            raise Unread("what is there in the end")
        for fact in changes:
            if fact.amount is None:
                raise Unread("an amount that is not known")
            total = total.plus(fact.amount) if fact.sign < 0 else total.minus(fact.amount)
        return total

    def change(self) -> Amount | None:
        """What came or went between two states; None where the question does not ask for it."""
        facts = self.direct(self.kind)
        states = [f for f in facts if f.state]
        unknown = [f for f in facts if f.amount is None]
        if len(states) != 2 or states[0].final or not (states[1].final or len(unknown) == 1):
            return None
        first, last = states[0].amount, states[1].amount
        sign = -1 if self.asked.verb in _LOSING else 1 if self.asked.verb in _GAINING else 0
        if first is None or last is None or not sign or len(unknown) > 1:
            raise Unread("what changed")
        total = last.minus(first) if sign > 0 else first.minus(last)
        for fact in facts:
            if fact.state or fact.amount is None:
                continue
            total = total.minus(fact.amount) if fact.sign == sign else total.plus(fact.amount)
        return total

    def difference(self) -> Amount:
        """`How many more … than …`, `how many more does she need`."""
        asked = self.asked
        goals = [f for f in self.story.facts if f.verb is VerbClass.NEED and f.amount is not None]
        if asked.than is None and not asked.than_lemma and goals:
            return self.lacking(goals)
        first, second = self.sides(asked.than)
        if not first or not second or any(f in second for f in first) or goals:
            raise Unread("what is compared")
        return _signed(first, [f.sign for f in first]).minus(
            _signed(second, [f.sign for f in second])
        )

    def sides(self, other: Phrase | None) -> tuple[list[Fact], list[Fact]]:
        """Return the facts of the two sides of a comparison: by owner, verb, sort or place."""
        asked = self.asked
        alike = self.direct(self.kind)
        owner = owner_asked(self.story, asked)
        if asked.than_lemma:
            return (
                [f for f in alike if f.lemma == asked.lemma],
                [f for f in alike if f.lemma == asked.than_lemma],
            )
        mine = [f for f in alike if f.owner == owner]
        if other is None:
            rest = [f for f in alike if f.owner != owner]
            if (
                not owner
                or len({f.owner for f in rest}) != 1
                or "*" in {owner, *(f.owner for f in rest)}
            ):
                raise Unread("how many more than what")
            return mine, rest
        if other.counts:
            raise Unread("what is compared")
        name, words = self.story.entity(other), frozenset(other.words)
        if name in self.story.people:
            return mine, [f for f in alike if f.owner == name]
        placed = [f for f in alike if words and words <= f.labels]
        if placed:
            own = self.labels or frozenset(w for s in asked.subjects for w in s.words)
            return [f for f in alike if own and own <= f.labels], placed
        sorts = [
            f
            for f in self.facts
            if words and words <= f.kind.words and not f.part and f.verb is not VerbClass.NEED
        ]
        return alike, sorts

    def lacking(self, goals: Sequence[Fact]) -> Amount:
        goals = [g for g in goals if self.kind.covers(g.kind) or g.kind.covers(self.kind)]
        have = [f for f in self.direct(self.kind) if f.verb is not VerbClass.NEED]
        if len(goals) != 1 or not have or any(f.sign < 0 for f in have):
            raise Unread("how many more than what")
        goal = goals[0].amount
        assert goal is not None  # noqa: S101 - goals were chosen so
        return goal.minus(_sum(f.amount for f in have))


def _alike(per: Kind, kind: Kind) -> bool:
    """Whether `6 per box` speaks of this kind: the heads agree, and one says no more."""
    if per.head != kind.head:
        return False
    return per.words <= kind.words or (kind.words <= per.words and per.head not in TIME_UNITS)


def _reaches(goal: Kind, kind: Kind) -> bool:
    return goal.covers(kind) or (goal.head == kind.head and kind.words <= goal.words)


def _sign_of(way: Iterable[Move]) -> int:
    return -1 if any(sign < 0 for _, _, sign in way) else 1


def _along(amount: Amount, way: Iterable[Move]) -> Amount:
    for factor, divides, _ in way:
        amount = amount.over(factor) if divides else amount.times(factor)
    return amount


def _sum(amounts: Iterable[Amount | None]) -> Amount:
    total: Amount | None = None
    for amount in amounts:
        if amount is None:
            raise Unread("an amount that is not known")
        total = amount if total is None else total.plus(amount)
    if total is None:
        raise Unread("nothing to add up")
    return total


def _signed(facts: Sequence[Fact], signs: Sequence[int]) -> Amount:
    """Add up with signs; nothing may go before something is there."""
    total: Amount | None = None
    ordered = sorted(zip(facts, signs, strict=True), key=lambda pair: not pair[0].state)
    for fact, sign in ordered:
        if fact.amount is None:
            raise Unread("an amount that is not known")
        if total is None:
            if sign < 0:
                raise Unread("something goes before anything is there")
            total = fact.amount
        else:
            total = total.plus(fact.amount) if sign > 0 else total.minus(fact.amount)
    if total is None:
        raise Unread("nothing to add up")
    return total
