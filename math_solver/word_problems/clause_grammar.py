"""Clauses: who does what with which amounts, where and when.

A sentence is cut into verb groups, noun phrases, phrases with a preposition and marks; marks with a
verb on both sides separate clauses. What the grammar does not know makes a clause unread.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from .lexicon import AUXILIARY, BE, DAYS, TIME_UNITS, VerbClass, verb_forms
from .noun_phrases import Phrase, read_phrase
from .tokens import Sentence, Tag, unlisted_verb

DOZEN = 12


class Unread(Exception):
    """A sentence that the grammar does not cover, or that says nothing definite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A verb group: `was going to buy`, `did not eat`."""

    lemma: str
    kind: VerbClass
    negated: bool = False
    passive: bool = False
    planned: bool = False
    """Whether it is only wanted or possible: `wants to buy`, `can hold`."""
    existential: bool = False
    asked: bool = False
    goal: bool = False
    """Whether it is to be done: `has to buy`, `needs to buy`."""
    participle: bool = False
    purpose: bool = False
    """Whether it says what for: `to buy a pen`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A phrase with its preposition."""

    preposition: str
    phrase: Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A comma, a conjunction, an adverb or a relative word."""

    text: str
    tag: Tag


Element: TypeAlias = Verb | Place | Phrase | Mark


@dataclass(slots=True, kw_only=True)
class Thing:
    """An object of a clause with the phrases that follow it."""

    phrase: Phrase
    places: list[Place] = field(default_factory=list[Place])


@dataclass(slots=True, kw_only=True)
class Clause:
    """Who (`subjects`) does what (`verb`) to which `things`, with what else is said."""

    subjects: list[Phrase] = field(default_factory=list[Phrase])
    verb: Verb | None = None
    things: list[Thing] = field(default_factory=list[Thing])
    places: list[Place] = field(default_factory=list[Place])
    adverbs: set[str] = field(default_factory=set[str])
    opening: str = ""
    relative: bool = False
    unknown: list[str] = field(default_factory=list[str])
    aside: bool = False
    """Whether a participle was passed over: `won 32 tickets playing darts`."""


def elements(tokens: Sentence, values: tuple[Fraction, ...]) -> list[Element]:
    """Cut a sentence into chunks. Raises `Unread`."""
    found: list[Element] = []
    at = 0
    for token, after in itertools.pairwise(tokens):
        if token.tag is after.tag is Tag.NUMBER and values[int(after.text[1:])] != DOZEN:
            raise Unread("two numbers side by side")
    while at < len(tokens):
        token = tokens[at]
        verb = _verb(tokens, at)
        if verb is not None:
            found.append(verb[0])
            at = verb[1]
            continue
        if token.text == "in" and tokens[min(at + 1, len(tokens) - 1)].text == "case":
            found.append(Mark(text="case", tag=Tag.CONJUNCTION))  # `2 more in case it rains`
            at += 2
            continue
        if token.text == "to" and _aim_not_known(tokens, at):
            raise Unread(f"what {tokens[at + 1].text} means")
        if token.tag is Tag.PREPOSITION:
            inner = read_phrase(tokens, at + 1, values, noun=True)
            if inner is not None:
                found.append(Place(preposition=token.text, phrase=inner[0]))
                at = inner[1]
                continue
            found.append(Mark(text=token.text, tag=Tag.ADVERB))
            at += 1
            continue
        plain = _loose(tokens, at)
        phrase = None if plain else read_phrase(tokens, at, values)
        if phrase is not None:
            found.append(phrase[0])
            at = phrase[1]
            continue
        if token.tag in {Tag.NUMBER, Tag.SIGN}:
            raise Unread(f"{token.text} stands where no amount can")
        found.append(Mark(text=token.text, tag=token.tag))
        at += 1
    return found


def _aim_not_known(tokens: Sentence, at: int) -> bool:
    """Whether `to` stands before a verb that no list has: `to plow 10 acres`."""
    after = tokens[at + 1 : at + 3]
    return (
        len(after) == 2
        and after[0].tag is Tag.WORD
        and (after[1].tag is Tag.NUMBER or after[1].text == "$")
    )


def _loose(tokens: Sentence, at: int) -> bool:
    """Whether a word stands by itself: an adverb, a mark, `each` before a verb."""
    token = tokens[at]
    if token.text in {"only", "just", "about", "exactly", "another", "all", "already"}:
        after = tokens[min(at + 1, len(tokens) - 1)]
        return (
            token.text == "all"
            and after.text in {"together", "in", "of"}
            and (after.text != "of" or tokens[min(at + 2, len(tokens) - 1)].text == "all")
        ) or (
            token.text != "another"
            and after.tag not in {Tag.NUMBER, Tag.SIGN, Tag.DETERMINER, Tag.WORD, Tag.PREPOSITION}
        )
    if token.tag is Tag.EACH:
        after = tokens[min(at + 1, len(tokens) - 1)]
        return after.tag in {Tag.VERB, Tag.AUXILIARY, Tag.STOP}
    return token.tag in {Tag.CONJUNCTION, Tag.STOP, Tag.RELATIVE, Tag.ADVERB}


def _verb(tokens: Sentence, at: int) -> tuple[Verb, int] | None:
    """Read a verb group; the last verb in it says what is done."""
    start, words, last = at, list[str](), ""
    purpose = tokens[at].text == "to" and _infinitive(tokens, at + 1)
    if purpose:
        words, at = ["to"], at + 1
    negated = planned = existential = goal = False
    if tokens[at].text == "there" and tokens[at + 1 : at + 2] and tokens[at + 1].text in BE:
        existential, at = True, at + 1
    while at < len(tokens):
        token = tokens[at]
        if token.tag is Tag.NOT:
            negated = True
        elif (
            token.tag is Tag.VERB
            or token.text in AUXILIARY
            or token.text in BE
            or (
                at + 1 < len(tokens)
                and (
                    unlisted_verb(token, tokens[at + 1])
                    or (
                        words
                        and words[-1] in _MODALS
                        and token.tag is Tag.WORD
                        and token.text != "there"
                    )
                )
            )
        ):
            words.append(token.text)
            last = token.text
            planned |= token.text in {"can", "could", "should", "must", "would"}
            if verb_forms().get(token.text, ("", None))[1] is VerbClass.NEED and (
                tokens[min(at + 1, len(tokens) - 1)].text == "to"
            ):
                goal = True
        elif token.text == "to" and words and _infinitive(tokens, at + 1):
            goal |= words[-1] in {"has", "have", "had", "needs", "need", "wants"}
        elif not (token.tag is Tag.ADVERB and words and _verbal(tokens, at + 1)):
            break
        at += 1
    if words[0:1] == ["to"] or not words:
        words = words[1:]
    if not words:
        return None
    lemma, kind = verb_forms().get(last, (last, VerbClass.OTHER))
    passive = len(words) > 1 and words[-2] in BE and not last.endswith("ing") and last not in BE
    return Verb(
        lemma=lemma,
        kind=kind,
        negated=negated,
        passive=passive,
        planned=planned,
        existential=existential,
        asked=words[0] in AUXILIARY and len(words) == 1,
        goal=goal,
        purpose=purpose,
        participle=len(words) == 1 and last.endswith("ing"),
    ), max(at, start + 1)


_MODALS = frozenset("can could will would did does do should must".split())


def _verbal(tokens: Sentence, at: int) -> bool:
    return at < len(tokens) and tokens[at].tag in {Tag.VERB, Tag.AUXILIARY, Tag.NOT}


def _infinitive(tokens: Sentence, at: int) -> bool:
    return at < len(tokens) and tokens[at].tag is Tag.VERB


# --- clauses


def clauses(found: Sequence[Element]) -> list[Clause]:
    """Put the chunks of a sentence together to clauses. Raises `Unread`."""
    read: list[Clause] = []
    current = Clause()
    for segment in _segments(found):
        has_verb = any(
            isinstance(e, Verb) and not _left_at_end(current, e, segment) for e in segment
        )
        if has_verb and current.verb is not None:
            read.append(current)
            current = Clause(subjects=[])
        _fill(current, segment)
    read.append(current)
    lead = found[0] if found else None
    if isinstance(lead, Place) and lead.phrase.each:  # `each day Ann drives 8 and Bob drives 6`
        for later in read[1:]:
            later.places.append(lead)
    for before, after in itertools.pairwise(read):
        if not after.subjects and after.verb is not None and not after.verb.existential:
            after.subjects = list(before.subjects)
    return read


def _left_at_end(clause: Clause, verb: Verb, segment: Sequence[Element]) -> bool:
    """Whether `left` only says how things stand: `there are 10 apples and 6 oranges left`."""
    stands = clause.verb is not None and clause.verb.kind in {
        VerbClass.BE,
        VerbClass.HAVE,
        VerbClass.END,
    }
    return stands and verb.lemma == "leave" and verb is segment[-1]


def _segments(found: Sequence[Element]) -> Iterator[list[Element]]:
    """Yield what stands between marks; a relative word opens a segment of its own."""
    segment: list[Element] = []
    for element in found:
        cuts = isinstance(element, Mark) and element.tag in {
            Tag.STOP,
            Tag.CONJUNCTION,
            Tag.RELATIVE,
        }
        aim = isinstance(element, Verb) and element.purpose
        if aim and any(isinstance(e, Verb) for e in segment):
            yield segment
            segment = []
        if not cuts:
            segment.append(element)
            continue
        if segment:
            yield segment
        segment = [element] if isinstance(element, Mark) and element.tag is not Tag.STOP else []
    if segment:
        yield segment


def _fill(clause: Clause, segment: Sequence[Element]) -> None:
    clause.aside = False
    last: Element | None = None
    for element in segment:
        match element:
            case Mark():
                if element.tag is Tag.RELATIVE:
                    clause.relative = True
                elif element.tag is Tag.CONJUNCTION and clause.verb is None:
                    clause.opening = element.text
                elif element.tag in {Tag.WORD, Tag.NAME, Tag.DETERMINER, Tag.PRONOUN, Tag.NOT}:
                    clause.unknown.append(element.text)
                elif element.tag is not Tag.CONJUNCTION:
                    clause.adverbs.add(element.text)
            case Verb():
                if clause.verb is not None:
                    _second(clause, element)
                else:
                    clause.verb = element
            case Phrase() if clause.verb is None:
                if isinstance(last, Phrase) and not (last.each or _SOME_TIME & {*last.words}):
                    clause.unknown.append(element.head or element.pronoun)
                clause.subjects.append(element)
            case Phrase():
                if clause.aside and element.counts:
                    raise Unread("an amount after a participle")
                clause.things.append(Thing(phrase=element))
            case Place():
                where = clause.things[-1].places if clause.things else clause.places
                where.append(element)
        last = element


_SOME_TIME = TIME_UNITS | DAYS | frozenset("time morning night evening afternoon today".split())


def _second(clause: Clause, verb: Verb) -> None:
    """A second verb: `has 5 left`, `has 3 apples to sell`; anything else stays unread."""
    if verb.lemma == "leave" and not verb.planned and not verb.negated:
        clause.adverbs.add("left")
        return
    if verb.participle and verb.lemma != "leave":
        clause.aside = True
        return
    raise Unread(f"two verbs in one clause: {verb.lemma}")
