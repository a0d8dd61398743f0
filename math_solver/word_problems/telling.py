"""Telling a story: every clause becomes facts about amounts, rates, or parts of an amount.

What a clause says follows from its verb's class; what is not understood raises `Unread`.
"""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from .clause_grammar import Clause, Place, Thing, Unread
from .discourse import MONEY, Amount, Fact, Kind, Rate, Story, given, kind_of, labels_of, whole
from .doubts import on_days
from .lexicon import DAYS, POSSESSIVES, TIME_UNITS, VerbClass
from .noun_phrases import MEASURES, Phrase
from .parts import sorted_out

_ADDED = frozenset({VerbClass.GAIN, VerbClass.BUY, VerbClass.EARN, VerbClass.TALLY, VerbClass.COME})
_GONE = frozenset(
    {VerbClass.LOSE, VerbClass.SELL, VerbClass.SPEND, VerbClass.GIVE, VerbClass.GO, VerbClass.LEAVE}
)
_HAPPENS = frozenset({"break", "die", "wilt", "pop", "melt", "crack"})
_THERE = frozenset({VerbClass.BE, VerbClass.HAVE, VerbClass.START, VerbClass.END})


def counted_phrases(clause: Clause) -> list[Phrase]:
    """Return every phrase of a clause that names an amount."""
    places = [*clause.places, *(p for t in clause.things for p in t.places)]
    every = [*clause.subjects, *(t.phrase for t in clause.things), *(p.phrase for p in places)]
    inner = [p.of for p in every if p.of is not None]
    return [p for p in (*every, *inner) if p.counts]


def tell(story: Story, clause: Clause) -> None:
    """Add what a clause says to a story. Raises `Unread`."""
    for subject in clause.subjects:
        story.meet(subject)
    if not counted_phrases(clause):
        _known_without_numbers(story, clause)
        return
    verb = clause.verb
    if verb is None:
        raise Unread("an amount without a verb")
    if clause.unknown:
        raise Unread(f"the word {clause.unknown[0]}")
    if (verb.negated and not _some_of(clause)) or clause.relative:
        raise Unread("a clause that says what is not, or which")
    if verb.passive and (verb.kind is VerbClass.SPEND or "only" in clause.adverbs):
        raise Unread("who is paid, or of what only so many")
    _elliptic(clause)
    compared = [t.phrase for t in clause.things if t.phrase.than is not None]
    others = [t.phrase for t in clause.things if not t.phrase.counts and t.phrase.named]
    if compared and (others or clause.adverbs & {"combined", "together", "altogether"}):
        raise Unread("compared with several together")
    if compared and any(
        t.phrase.than is None and t.phrase.form in {"more", "fewer"} for t in clause.things
    ):
        raise Unread("more or fewer than what")
    on_days(clause, len(counted_phrases(clause)))
    if any(p.each and p.number and p.determiner != "each of" for p in counted_phrases(clause)):
        raise Unread("for every so many")
    if sorted_out(story, clause):
        return
    for subject in clause.subjects:
        if subject.counts and not subject.each and not _single(clause, subject):
            _subject(story, clause, subject)
    doing = [s for s in clause.subjects if s.counts and not s.each and not _single(clause, s)]
    if doing and any(t.phrase.counts for t in clause.things):
        raise Unread("amounts on both sides of a verb")
    _opened(clause)
    receiver = _receiver(story, clause)
    for thing in list(clause.things):
        if thing.phrase.counts or _bought(clause, thing):
            _thing(story, clause, thing, receiver)
    _elsewhere(story, clause)


def _known_without_numbers(story: Story, clause: Clause) -> None:
    """A clause without numbers still says what is spoken of."""
    every = [*clause.subjects, *(t.phrase for t in clause.things)]
    sharing = clause.verb is not None and clause.verb.kind is VerbClass.SHARE
    story.shared |= sharing and bool(clause.adverbs & {"equally", "evenly"})
    if any(p.each and p.head != "one" for p in every):
        raise Unread("something for each, without a number")
    for thing in clause.things:
        if thing.phrase.words and not thing.phrase.named and not story.facts:
            story.last = kind_of(thing.phrase.words)


def _single(clause: Clause, subject: Phrase) -> bool:
    """`One pencil weighs 28 grams`: what is said of one holds for each."""
    return subject.number == "1" and any(t.phrase.counts for t in clause.things)


def _some_of(clause: Clause) -> bool:
    """`5 of them did not come`: whether a part is counted."""
    first = clause.subjects[0] if clause.subjects else Phrase()
    return bool(first.number and first.of is not None and not clause.things)


def _elliptic(clause: Clause) -> None:
    """`43 blue and 16 red marbles`: the first lacks its noun."""
    for phrases in (clause.subjects, [t.phrase for t in clause.things]):
        for index, (first, second) in enumerate(itertools.pairwise(phrases)):
            if not (first.number and second.number and first.value > 1 and first.singular):
                continue
            if len(first.words) == 1 and len(second.words) > 1 and first.form == "plain":
                full = replace(first, words=(*first.words, second.head), singular=False)
                if phrases is clause.subjects:
                    clause.subjects[index] = full
                else:
                    clause.things[index].phrase = full


def _subject(story: Story, clause: Clause, phrase: Phrase) -> None:
    """`13 ducks came`, `5 of them were sold`: the subject is counted."""
    verb = clause.verb
    assert verb is not None  # noqa: S101 - told so by `tell`
    kind = story.kind(phrase)
    if verb.kind is VerbClass.BE or verb.kind is VerbClass.COME:
        sign = -1 if "away" in clause.adverbs else 1
    elif (
        (verb.kind in {VerbClass.GO, VerbClass.LEAVE} and not verb.passive)
        or (verb.negated and _some_of(clause))
        or (verb.kind in _GONE and (verb.passive or verb.lemma in _HAPPENS))
    ):
        sign = -1
    elif verb.passive and verb.kind in _ADDED:
        sign = 1
    elif verb.kind in {VerbClass.OTHER, VerbClass.TALLY, VerbClass.START, VerbClass.NEED}:
        story.facts.append(
            Fact(
                amount=story.named(story.amount(phrase, kind, "")),
                kind=kind,
                verb=VerbClass.OTHER,
                lemma=verb.lemma,
                labels=labels_of(clause.places, clause.adverbs),
            )
        )
        story.last = kind
        return
    else:
        raise Unread("a counted subject that does something")
    if phrase.of is not None and verb.kind in {VerbClass.BE, VerbClass.COME}:
        raise Unread("parts that are somewhere")
    if phrase.per is not None or any(p.phrase.each for p in clause.places):
        raise Unread("a rate as a subject")
    final = bool(clause.adverbs & {"now", "left"}) and verb.kind is VerbClass.BE
    story.facts.append(
        Fact(
            amount=story.named(story.amount(phrase, kind, "")),
            kind=kind,
            verb=verb.kind,
            sign=sign,
            state=verb.kind is VerbClass.BE,
            final=final or (verb.kind is VerbClass.LEAVE and verb.passive),
            labels=labels_of(clause.places, clause.adverbs),
        )
    )
    story.last = kind


def _opened(clause: Clause) -> None:
    """`starts with 36 stickers`: the amount stands in a phrase with a preposition."""
    verb = clause.verb
    if verb is not None and verb.lemma == "go":
        for place in list(clause.places):
            if place.preposition == "to" and place.phrase.number:
                clause.places.remove(place)
                clause.things.append(Thing(phrase=place.phrase))
                clause.verb = replace(verb, kind=VerbClass.TALLY)
    if verb is None or verb.kind not in {VerbClass.START, VerbClass.END}:
        return
    for places in (clause.places, *(t.places for t in clause.things)):
        for place in list(places):
            if place.preposition in {"with", "at"} and place.phrase.counts:
                places.remove(place)
                clause.things.append(Thing(phrase=place.phrase))


def _receiver(story: Story, clause: Clause) -> str:
    """Return to whom something is given: `gave her 5`, `gave 5 to Bob`."""
    if clause.verb is None or clause.verb.kind is not VerbClass.GIVE:
        return ""
    giver = _owner(story, clause.subjects)
    for thing in clause.things:
        if not thing.phrase.counts:
            named = story.entity(thing.phrase)
            same = named == giver and bool(thing.phrase.pronoun)
            return story.other_than(giver) if same else named
    for place in (*clause.places, *(p for t in clause.things for p in t.places)):
        if place.preposition == "to":
            return story.entity(place.phrase)
    return "somebody"


def _bought(clause: Clause, thing: Thing) -> bool:
    """`a pen for $2`: one thing with its price."""
    verb = clause.verb
    trades = verb is not None and verb.kind in {VerbClass.BUY, VerbClass.SELL}
    return trades and any(p.phrase.head == "$" for p in thing.places)


def _price_of_each(story: Story, clause: Clause, thing: Thing) -> bool:
    """`sells the apples for $2 each`: a price without an amount, added to the story's rates."""
    each = [p.phrase for p in thing.places if p.phrase.head == "$" and p.phrase.per is not None]
    if not each or thing.phrase.determiner in {"a", "an"} or not thing.phrase.words:
        return False
    owner = _owner(story, clause.subjects)
    story.rates.append(Rate(given(each[0]), MONEY, kind_of(thing.phrase.words), owner))
    return True


def _thing(story: Story, clause: Clause, thing: Thing, receiver: str) -> None:
    verb = clause.verb
    assert verb is not None  # noqa: S101 - told so by `tell`
    phrase = thing.phrase
    if (
        not thing.places
        and clause.things[-1] is not thing
        and not any(t.places for t in clause.things[:-1])
    ):
        thing.places = [
            p
            for p in clause.things[-1].places
            if p.phrase.head != "$" and not p.phrase.counts and not p.phrase.each
        ]
    places = [*thing.places, *clause.places]
    kind = story.kind(phrase)
    owner = _owner(story, clause.subjects)
    if not phrase.counts:
        if _price_of_each(story, clause, thing):
            return
        amount: Amount | None = whole(1)
    elif _shared_out(story, clause, phrase):
        return
    else:
        amount = story.named(story.amount(phrase, kind, owner))
    per = _per(story, clause, thing)
    if per is not None:
        if amount is None or phrase.form != "plain":
            raise Unread("an amount for each that is not given")
        sign = -1 if verb.kind in _GONE else 1
        told = labels_of(places, clause.adverbs)
        if per.words & DAYS:
            raise Unread("on some days only")
        _rate(story, clause, Rate(amount, kind, per, owner, told, sign))
        return
    if verb.planned and verb.kind is not VerbClass.HAVE and not verb.goal:
        raise Unread("what is only planned")
    if amount is not None and "each" in clause.adverbs:
        amount = amount.times(_how_many(story, clause.subjects))
        owner = "*"
    fact = Fact(
        amount=amount,
        kind=kind,
        verb=verb.kind,
        owner=owner,
        to=receiver,
        lemma=verb.lemma,
        labels=labels_of(places, clause.adverbs) | _spoken_of(clause),
        loose=frozenset(p.phrase.head for p in places if p.phrase.determiner in {"a", "an"}),
    )
    _classify(story, clause, fact, thing)
    story.facts.append(fact)
    if kind != MONEY or fact.sign > 0:
        story.last = kind
    _priced(story, fact, places)


def _spoken_of(clause: Clause) -> frozenset[str]:
    """The words of a subject that is nobody: `the first side has 6 songs`."""
    subjects = [
        s for s in clause.subjects if s.determiner and not s.named and (len(s.words) > 1 or s.owner)
    ]
    return frozenset(w for s in subjects for w in (*s.words, s.owner) if w) - POSSESSIVES


def _shared_out(story: Story, clause: Clause, phrase: Phrase) -> bool:
    """`puts the rest into 5 boxes`: nothing comes or goes."""
    verb = clause.verb
    shares = verb is not None and verb.kind in {VerbClass.SHARE, VerbClass.PUT}
    if shares and phrase.form in {"rest", "all"}:
        story.rest |= phrase.form == "rest"
        return True
    return False


def _owner(story: Story, subjects: Sequence[Phrase]) -> str:
    if len(subjects) > 1:
        return "*"
    return story.entity(subjects[0]) if subjects else ""


def _how_many(story: Story, subjects: Sequence[Phrase]) -> Amount:
    if len(subjects) > 1:
        return whole(len(subjects))
    if subjects and subjects[0].pronoun == "they" and len(story.people) > 1:
        return whole(len(story.people))
    raise Unread("each of how many")


def _per(story: Story, clause: Clause, thing: Thing) -> Kind | None:
    """Return what an amount is so much for one of; None where it is no rate."""
    phrase = thing.phrase
    for place in (*thing.places, *clause.places):
        if place.phrase.each and place.phrase.words:
            if place.phrase.number:
                counted = given(replace(place.phrase, each=False))
                story.facts.append(
                    Fact(
                        amount=counted,
                        kind=kind_of(place.phrase.words),
                        verb=VerbClass.HAVE,
                        state=True,
                    )
                )
            return _container(story, clause, place.phrase.words)
    if phrase.per:
        return _container(story, clause, phrase.per)
    heads = {f.kind.head for f in story.facts if f.amount is not None}
    each = [
        s
        for s in clause.subjects
        if s.words
        and (s.each or s.number == "1" or (s.determiner in {"a", "an"} and s.head in heads))
    ]
    if each:
        return kind_of(each[0].words)
    verb = clause.verb
    if phrase.per is not None:
        if clause.verb is not None and clause.verb.kind in {VerbClass.COST, VerbClass.BE}:
            subject = clause.subjects[-1] if clause.subjects else Phrase()
            return kind_of(subject.words) if subject.words else story.last
        if len(clause.subjects) > 1:
            clause.adverbs.add("each")
            return None
        if phrase.head == "$" or any(p.preposition == "with" for p in clause.places):
            return story.last
        if clause.subjects and clause.subjects[0].words and not clause.subjects[0].named:
            return kind_of(clause.subjects[0].words)
        raise Unread("each of what")
    charged = [
        p.phrase
        for p in thing.places
        if p.preposition == "for" and not p.phrase.counts and p.phrase.determiner in {"a", "an"}
    ]
    if verb is not None and verb.lemma == "charge" and charged:
        return kind_of(charged[0].words)
    if (
        verb is not None
        and verb.kind in {VerbClass.COST, VerbClass.BE}
        and phrase.head == "$"
        and (not verb.existential)
    ):
        subject = clause.subjects[-1] if clause.subjects else Phrase()
        if subject.counts:
            raise Unread("a price of several")
        return kind_of(subject.words) if subject.words else story.last
    return None


def _container(story: Story, clause: Clause, words: Sequence[str]) -> Kind:
    """Return what `each one` is: the last plain noun of the clause."""
    if tuple(words) != ("one",):
        return kind_of(words)
    plain = [t.phrase for t in clause.things] + [p.phrase for p in clause.places]
    plain += [p.phrase for t in clause.things for p in t.places]
    found = [p for p in plain if p.words and not p.counts and not p.each and not p.named]
    return kind_of(found[-1].words) if found else story.last


def _rate(story: Story, clause: Clause, rate: Rate) -> None:
    verb = clause.verb
    assert verb is not None  # noqa: S101 - told so by `tell`
    timed = verb.kind is VerbClass.TAKE and rate.of.head in TIME_UNITS
    if verb.kind in {VerbClass.NEED, VerbClass.GIVE, VerbClass.TAKE} and not timed:
        raise Unread("a rate of what is needed or given")
    if not rate.per.words or rate.per == rate.of:
        raise Unread("a rate for each of what")
    story.rates.append(rate)
    if rate.of != MONEY and not rate.per.words & TIME_UNITS:
        story.last = rate.of


def _classify(story: Story, clause: Clause, fact: Fact, thing: Thing) -> None:
    verb = clause.verb
    assert verb is not None  # noqa: S101 - told so by `tell`
    kind = verb.kind
    given = kind
    if kind is VerbClass.TAKE:
        out = any(p.preposition in {"from", "out", "off"} for p in (*thing.places, *clause.places))
        of = thing.phrase.of
        there = [f for f in story.facts if f.state and f.kind.covers(fact.kind)]
        of_them = of is not None and bool(of.pronoun or of.determiner)
        taken = out or "out" in clause.adverbs or of_them
        if not taken and (len(there) != 1 or there[0].owner == fact.owner):
            raise Unread("what is taken")
        given = VerbClass.LOSE
    elif kind is VerbClass.PUT:
        holders = {label for f in story.facts if f.state for label in f.labels}
        if fact.labels & holders:
            given = VerbClass.GAIN
        else:
            fact.sign = -1
    if kind is VerbClass.BUY and fact.kind == MONEY:
        given = VerbClass.SPEND
    if kind is VerbClass.SHARE:
        given = _parted(story, clause, fact, thing)
    if given in _GONE:
        fact.sign = -1
    elif given in _THERE:
        fact.state = True
        fact.final = given is VerbClass.END or bool(clause.adverbs & {"now", "left"})
    elif _transferred(story, clause, fact, thing):
        given = VerbClass.GIVE
    elif given not in _ADDED and given not in {VerbClass.NEED, VerbClass.OTHER, VerbClass.PUT}:
        raise Unread(f"what {verb.lemma} does to an amount")
    measured = fact.kind.head in MEASURES and fact.kind.head != "piece"
    if verb.kind is VerbClass.BE and not verb.existential and not measured:
        raise Unread("what something is")
    if verb.passive and given in _THERE | {VerbClass.NEED}:
        raise Unread("a passive")
    fact.verb = VerbClass.NEED if verb.goal and not verb.passive else given
    fact.sign = 1 if verb.goal else fact.sign


def _parted(story: Story, clause: Clause, fact: Fact, thing: Thing) -> VerbClass:
    """`shares 7 with Ann` gives them away; `splits 15 among 3 people` divides them."""
    places = (*thing.places, *clause.places)
    if any(p.phrase.number for p in places):
        if any(fact.kind.covers(f.kind) for f in story.facts):
            raise Unread("a part that is shared")
        return VerbClass.HAVE
    if any(p.preposition in {"with", "to"} and p.phrase.words for p in places):
        return VerbClass.GIVE
    raise Unread("how it is shared")


def _transferred(story: Story, clause: Clause, fact: Fact, thing: Thing) -> bool:
    """`bought 5 of Bob's pens`, `borrowed 3 from Ann`: what comes to one goes from another."""
    of = thing.phrase.of
    places = (*thing.places, *clause.places)
    froms = [story.entity(p.phrase) for p in places if p.preposition == "from"]
    source = next((name for name in froms if name in story.people or name == story.person), "")
    if of is not None and of.owner:
        own = of.owner in {"his", "her", "their", "my"}
        source = story.person if own else of.owner
    elif of is not None and (of.pronoun or of.determiner == "the") and fact.verb in _ADDED:
        raise Unread("whose they were")
    holders = {f.owner for f in story.facts if f.state and f.kind.covers(fact.kind)}
    if (
        not source
        and clause.verb is not None
        and clause.verb.lemma == "borrow"
        and (len(holders) == 1)
    ):
        source = holders.pop()
    if not source or source == fact.owner or fact.verb not in _ADDED:
        return False
    fact.to, fact.owner, fact.sign = fact.owner, source, -1
    return True


def _priced(story: Story, fact: Fact, places: Sequence[Place]) -> None:
    """`3 pens for $2 each`, `for $6`: what was paid or taken for something."""
    prices = [p for p in places if p.preposition in {"for", "at"} and p.phrase.head == "$"]
    if not prices:
        return
    price = prices[0].phrase
    trade = {VerbClass.BUY: VerbClass.SPEND, VerbClass.SELL: VerbClass.EARN}
    if fact.verb not in trade or fact.amount is None or not price.number or len(prices) > 1:
        raise Unread("a price of what is not traded")
    money = given(price)
    if price.per is not None:
        money = fact.amount.times(money)
    kind = trade[fact.verb]
    story.facts.append(
        Fact(
            amount=story.named(money),
            kind=MONEY,
            verb=kind,
            owner=fact.owner,
            sign=1 if kind is VerbClass.EARN else -1,
            labels=fact.labels | fact.kind.words,
        )
    )
    fact.loose |= {"priced"}


def _daily(story: Story, timed: Sequence[Thing], span: Phrase) -> None:
    """`worked 3 hours for 6 days`: three hours on each of them."""
    fact = story.facts[-1] if story.facts else None
    if (
        len(timed) != 1
        or fact is None
        or fact.amount is None
        or fact.kind.head
        not in {
            "hour",
            "minute",
        }
        or span.head not in {"day", "week"}
    ):
        raise Unread("so much in such a time")
    story.facts.pop()
    story.rates.append(Rate(fact.amount, fact.kind, kind_of((span.head,)), fact.owner))


_SHARING = frozenset({"among", "between", "into", "in", "to", "with"})


def _elsewhere(story: Story, clause: Clause) -> None:
    """Amounts in phrases with a preposition: `among 6 friends`, `into groups of 9`."""
    places = [*clause.places, *(p for t in clause.things for p in t.places)]
    for place in places:
        phrase = place.phrase
        inner = phrase.of
        if phrase.head == "$" and place.preposition in {"for", "at"}:
            continue
        if inner is not None and inner.number and phrase.words and not phrase.number:
            kind = story.kind(inner)
            if phrase.determiner and clause.verb is not None and clause.verb.kind in _GONE:
                raise Unread("a part of something")
            rate = Rate(given(inner), kind, kind_of((phrase.head,)))
            if rate not in story.rates:
                story.rates.append(rate)
        elif phrase.number and phrase.per and phrase.form == "plain":
            owner = _owner(story, clause.subjects)
            rate = Rate(given(phrase), kind_of(phrase.words), kind_of(phrase.per), owner)
            story.rates.append(rate)
        elif (
            phrase.number
            and phrase.form == "plain"
            and phrase.head in TIME_UNITS
            and (place.preposition in {"for", "in"})
        ):
            timed = [t for t in clause.things if t.phrase.counts and t.phrase.per is None]
            if timed:
                _daily(story, timed, phrase)
            story.facts.append(
                Fact(
                    amount=given(phrase),
                    kind=kind_of(phrase.words),
                    verb=VerbClass.TALLY,
                    lemma="last",
                )
            )
        elif phrase.number and phrase.form == "plain":
            shares = clause.verb is not None and clause.verb.kind in {
                VerbClass.SHARE,
                VerbClass.PUT,
                VerbClass.GIVE,
            }
            there = clause.verb is not None and clause.verb.kind in _THERE
            if not (shares and place.preposition in _SHARING) and not (
                there and place.preposition == "for"
            ):
                raise Unread("an amount in a phrase beside the clause")
            if phrase.number != "1" or not any(t.phrase.number for t in clause.things):
                story.groups.append((story.kind(phrase), given(phrase)))
        elif phrase.counts and not phrase.each:
            raise Unread("an amount in a phrase beside the clause")


def tell_backwards(story: Story, clause: Clause) -> None:
    """`Ann has 5 more than Bob`, where only Ann's are known. Raises `Unread`."""
    counted = [t.phrase for t in clause.things if t.phrase.counts]
    if clause.verb is None or len(counted) != 1 or counted[0].than is None:
        raise Unread("a comparison with nothing that is known")
    phrase = counted[0]
    other = phrase.than
    assert other is not None  # noqa: S101 - told so above
    kind, owner = story.kind(phrase), _owner(story, clause.subjects)
    mine = [f for f in story.facts if f.kind.covers(kind) and f.owner == owner and f.state]
    if other.counts or phrase.form == "unclear" or len(mine) != 1 or mine[0].amount is None:
        raise Unread("a comparison with nothing that is known")
    known, number = mine[0].amount, given(phrase)
    match phrase.form:
        case "more":
            amount = known.minus(number)
        case "fewer":
            amount = known.plus(number)
        case _:
            amount = known.over(number)
    named = bool(other.named or other.pronoun)
    told = Fact(
        amount=story.named(amount),
        kind=kind if named else kind_of(other.words),
        verb=clause.verb.kind,
        owner=other.head if named else owner,
        state=True,
    )
    story.facts.append(told)
    if named and other.head not in story.people:
        story.people.append(other.head)
