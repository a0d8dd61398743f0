"""Parts of an amount by sort: `60% of the students are girls`, `the rest are red`."""

from .clause_grammar import Clause, Unread
from .discourse import Amount, Fact, Kind, Story, given, whole
from .lexicon import POSSESSIVES, VerbClass
from .noun_phrases import Phrase


def sorted_out(story: Story, clause: Clause) -> bool:
    """`60% of the students are girls`, `the rest are red`: parts of an amount, by sort."""
    verb = clause.verb
    if verb is None or verb.kind is not VerbClass.BE or verb.existential or verb.negated:
        return False
    if len(clause.subjects) != 1 or len(clause.things) > 1:
        return False
    subject = clause.subjects[0]
    partly = subject.form in {"share", "percent", "rest"} or (
        subject.form == "plain"
        and bool(subject.number)
        and (subject.of is not None or not subject.words or _smaller(story, subject))
    )
    said = [t.phrase for t in clause.things] or [
        p.phrase for p in clause.places if p.preposition == "about"
    ]
    if not partly or len(said) != 1 or said[0].counts:
        return False
    sort = said[0]
    if _whose(subject) or (subject.of is not None and _whose(subject.of)):
        raise Unread("a part of what somebody has")
    base = story.kind(subject)
    if subject.form == "rest" and not subject.of and not subject.words and story.whole.words:
        base = story.whole
    total = _whole_of(story, base)
    if subject.form == "rest":
        amount = _without_parts(story, base, total)
    elif subject.form == "plain" and subject.value >= 1:
        amount = given(subject)
    else:
        part_of = given(subject)
        part_of = part_of if subject.form != "percent" else part_of.over(whole(100))
        if subject.of is not None and subject.of.form == "rest":
            total = _without_parts(story, base, total)
        amount = part_of.times(total)
    kind = Kind(base.words | frozenset(sort.words), base.head)
    if clause.things and (clause.things[0].places or clause.places):
        raise Unread("parts of parts")
    story.whole = base
    story.facts.append(
        Fact(
            amount=story.named(amount),
            kind=kind,
            verb=verb.kind,
            state=True,
            part=True,
            labels=frozenset(sort.words),
        )
    )
    return True


def _whose(phrase: Phrase) -> bool:
    return bool(phrase.owner) and phrase.owner not in POSSESSIVES


def _whole_of(story: Story, base: Kind) -> Amount:
    """Return how much there is of what is sorted out. Raises `Unread`."""
    exact = [f for f in story.facts if f.kind == base and not f.part]
    narrower = [f for f in story.facts if base.words < f.kind.words and not f.part]
    if not narrower:
        return story.current(base, "")
    if len(exact) != 1 or exact[0].amount is None:
        raise Unread("what the whole is")
    return exact[0].amount


def _without_parts(story: Story, base: Kind, total: Amount) -> Amount:
    """Take away the sorts that were told. Raises `Unread`."""
    for fact in story.facts:
        if base.words < fact.kind.words:
            if fact.amount is None or not (fact.part or fact.state):
                raise Unread("a part that comes or goes")
            total = total.minus(fact.amount)
    return total


def _smaller(story: Story, subject: Phrase) -> bool:
    """Whether fewer are counted than are known to be there: `145 pieces were red`."""
    kind = story.kind(subject)
    return any(
        f.state and kind.covers(f.kind) and f.amount is not None and f.amount.value > subject.value
        for f in story.facts
    )
