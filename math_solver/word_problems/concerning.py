"""What a question concerns: the kind it asks for, whose, where; and what it leaves aside."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from .asking import Asked, time_words
from .clause_grammar import Unread
from .discourse import MONEY, Amount, Fact, Kind, Rate, Story, given, kind_of, labels_of, whole
from .lexicon import SORTS, TIME_UNITS, VerbClass

_SHORT_WORD = 5
_SAME_SPELLING = 0.85
_PAYING = frozenset(
    {
        VerbClass.SPEND,
        VerbClass.COST,
        VerbClass.EARN,
        VerbClass.SELL,
        VerbClass.BUY,
        VerbClass.NEED,
        VerbClass.GAIN,
    }
)


def with_question(story: Story, asked: Asked) -> Story:
    """Add the amounts that the question itself names: `in 5 games`, `for 3 pens`, `in a week`."""
    if any(f.verb is VerbClass.PUT for f in story.facts) and not story.rest:
        raise Unread("what is put somewhere")
    facts = list(story.facts)
    price = asked.kind
    if price.number:
        if price.words[:1] != ("$",) or len(price.words) < 2:
            raise Unread("a number in what is asked for")
        rate = Rate(given(price), MONEY, kind_of(price.words[1:]))
        story = replace(story, rates=[*story.rates, rate])
    phrases = [
        *(p.phrase for p in asked.places),
        *asked.subjects,
        *(t.phrase for t in asked.things),
    ]
    for phrase in phrases:
        if phrase.number:
            if phrase.form not in {"plain", "all"} or phrase.per:
                raise Unread("an amount in the question")
            amount = given(phrase)
            facts.append(Fact(amount=amount, kind=story.kind(phrase), verb=VerbClass.NEED))
        elif phrase.form in {"more", "fewer", "times", "percent", "share"}:
            raise Unread("an amount in the question")
    facts += [
        Fact(amount=whole(1), kind=kind_of((unit,)), verb=VerbClass.NEED)
        for unit in time_words(asked)
    ]
    return _loose_rates(replace(story, facts=facts))


def _loose_rates(story: Story) -> Story:
    """`10 stickers on a page` is a rate where pages are counted, and a place where not."""
    heads = {f.kind.head for f in story.facts}
    loose = [f for f in story.facts if f.state and f.amount is not None and f.loose & heads]
    rates = [
        Rate(f.amount, f.kind, kind_of(tuple(f.loose & heads)), f.owner)
        for f in loose
        if f.amount is not None
    ]
    kept = [f for f in story.facts if f not in loose]
    for fact in kept:
        twice = any(f is not fact and f.state and f.kind == fact.kind for f in kept)
        if fact.state and fact.loose - {"priced"} and twice:
            raise Unread("so many in one of what")
    return replace(story, facts=kept, rates=[*story.rates, *rates])


def kind_asked(story: Story, asked: Asked) -> Kind:
    """Return the kind of what is asked for. Raises `Unread`."""
    phrase = asked.kind
    if asked.measure in {"long", "far", "old", "tall"}:
        units = (
            TIME_UNITS
            if asked.measure == "long"
            else frozenset("mile kilometer meter foot inch yard".split())
        )
        heads = [f.kind.head for f in story.facts] + [r.of.head for r in story.rates]
        heads += [r.per.head for r in story.rates] if asked.measure == "long" else []
        found = {h for h in heads if h in units}
        if len(found) != 1:
            raise Unread("what unit is asked for")
        unit = found.pop()
        return Kind(frozenset({unit}), unit)
    of = phrase.of.words if phrase.of is not None and not phrase.of.counts else ()
    words = [w for w in (*of, *phrase.words) if w not in {"total", "more", "other"}]
    if phrase.number:
        words = list(phrase.words[1:])
    if words == ["change"]:
        return MONEY
    if asked.measure == "much" and words in ([], ["$"]) and (words or asked.verb in _PAYING):
        return MONEY
    if not words:
        heads = {f.kind for f in story.facts if f.verb is not VerbClass.NEED}
        if len({k.head for k in heads}) != 1:
            raise Unread("what is counted")
        return next(iter(heads)) if len(heads) == 1 else story.last
    return Kind(frozenset(words), words[-1])


def concerned(story: Story, asked: Asked, kind: Kind) -> list[Fact]:
    """Leave out what belongs to others, or to other places and times than those asked about."""
    facts = story.facts
    kept = facts
    owners = owners_asked(story, asked)
    if owners and not asked.compared:
        others = {*story.people, *(f.owner for f in facts)} - owners - {"", "*", "one"}
        having = {f.owner for f in facts if f.sign > 0}
        kept = [
            f
            for f in kept
            if not (f.owner in others and f.to not in owners and (f.sign > 0 or f.owner in having))
        ]
    labels = labels_asked(asked)
    sorts = {w for p in asked.places if p.preposition == "of" for w in p.phrase.words}
    if sorts and not any(sorts & (f.kind.words | f.labels) for f in facts):
        raise Unread("a sort of which nothing is said")
    _known_sort(story, asked)
    kept = _of_the_sort(kept, asked)
    if not asked.compared and labels:
        kept = _placed(kept, labels, kind)
    return kept


def _known_sort(story: Story, asked: Asked) -> None:
    """Raise `Unread` for money spent on a sort of which nothing is told, beside others of it."""
    kinds = [f.kind for f in story.facts] + [r.per for r in story.rates]
    for place in asked.places:
        words = frozenset(place.phrase.words)
        kin = [k for k in kinds if place.phrase.head and k.head == place.phrase.head]
        if place.preposition in {"on", "for"} and kin and not any(words <= k.words for k in kin):
            raise Unread("a sort of which nothing is told")


def _of_the_sort(facts: Sequence[Fact], asked: Asked) -> list[Fact]:
    """Leave out money for what is of another sort than asked about: shorts are no toys."""
    named = {p.phrase.head for p in asked.places if p.preposition in {"on", "for"}}
    wanted = [sort for sort in SORTS if named & sort]
    if not wanted or any(f.kind != MONEY and f.verb is VerbClass.NEED for f in facts):
        return list(facts)
    strange = frozenset[str]().union(*(sort for sort in SORTS if sort not in wanted))
    known = frozenset[str]().union(*wanted)
    return [f for f in facts if not (f.labels & strange and not f.labels & known)]


def _placed(facts: Sequence[Fact], labels: frozenset[str], kind: Kind) -> list[Fact]:
    """Keep what is at the place or time asked for, where others of the kind are elsewhere."""
    alike = [f for f in facts if kind.covers(f.kind)]
    states = [f for f in alike if f.state]
    pool = states if len(states) > 1 else alike if not states else []
    named = [f.labels for f in pool if f.labels]
    if len(named) > 1:  # `in Lee's class` is told apart from Roy's by its owner alone
        labels -= frozenset[str].intersection(*named)
    here = [f for f in pool if f.labels & labels]
    there = [f for f in pool if f.labels and not f.labels & labels and not f.final]
    if not here or not there:
        return list(facts)
    return [f for f in facts if f not in there]


def owners_asked(story: Story, asked: Asked) -> frozenset[str]:
    """Return everybody whose amounts are asked for; nobody where all are meant."""
    if len(asked.subjects) > 1 and all(s.named for s in asked.subjects):
        return frozenset(story.entity(s) for s in asked.subjects)
    return frozenset({owner_asked(story, asked)}) - {"", "*"}


def owner_asked(story: Story, asked: Asked) -> str:
    """Return whose amount is asked for: a name, `*` for several, or nothing."""
    if len(asked.subjects) > 1:
        return "*"
    if not asked.subjects:
        named = [p.phrase.head for p in asked.places if p.preposition == "with"]
        return next((name for name in named if name in story.people), "")
    subject = asked.subjects[0]
    return "" if subject.counts or subject.each else story.entity(subject)


def labels_asked(asked: Asked) -> frozenset[str]:
    """Return the words that say where and when the question looks. Raises `Unread`."""
    told = labels_of(asked.places, asked.adverbs)
    if "second" in told:
        raise Unread("which of them")
    return told - {"all", "total", "end", "beginning", "start"} - TIME_UNITS


def _names(amount: Amount | None) -> set[str]:
    return set() if amount is None else set(amount.uses)


def aside(every: Sequence[Fact], concerned: Sequence[Fact], answer: Amount) -> frozenset[str]:
    """Return the numbers of what the question leaves out. Raises `Unread`."""
    left_out = [f for f in every if f not in concerned and not _names(f.amount) <= answer.uses]
    plain = [f.amount is not None and f.amount.text.startswith("N") for f in left_out]
    if not all(plain) or any(f.verb is VerbClass.OTHER for f in left_out):
        raise Unread("an amount that depends on others, of somebody else")
    return frozenset(name for f in left_out for name in _names(f.amount)) - answer.uses


def _other_rates(story: Story, kind: Kind, answer: Amount) -> frozenset[str]:
    """`each has 12 black and 17 yellow dots`, where black ones are asked for."""
    used = [r for r in story.rates if r.amount.uses and r.amount.uses <= answer.uses]
    beside = [
        r
        for r in story.rates
        if r not in used
        and r.of.head == kind.head
        and not kind.covers(r.of)
        and any(r.per == u.per and kind.covers(u.of) for u in used)
    ]
    return frozenset(n for r in beside for n in r.amount.uses) - answer.uses


def _spelled_alike(one: str, other: str) -> bool:
    """Whether two long words differ by a letter or two: `macaron` and `macaroon`."""
    long = min(len(one), len(other)) > _SHORT_WORD
    return long and one != other and SequenceMatcher(a=one, b=other).ratio() > _SAME_SPELLING


def of_other_kinds(
    story: Story, kind: Kind, facts: Sequence[Fact], answer: Amount
) -> frozenset[str]:
    """Return the numbers of things of which nothing is asked, where that is plain to see."""
    if len(answer.uses) < 2:
        return frozenset()
    if story.rates:
        return _other_rates(story, kind, answer)
    others = [
        f
        for f in facts
        if not f.kind.words & kind.words
        and MONEY not in (kind, f.kind)
        and f.verb is not VerbClass.NEED
        and not f.part
    ]
    parts = [f for f in facts if f.part and kind.covers(f.kind)]
    if any(_spelled_alike(f.kind.head, kind.head) for f in others):
        raise Unread("another thing, or the same in another spelling")
    if any(f.amount is None or f.amount.value.denominator != 1 for f in others):
        return frozenset()
    return frozenset(n for f in (*others, *parts) for n in _names(f.amount)) - answer.uses
