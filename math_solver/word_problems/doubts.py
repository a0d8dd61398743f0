"""What makes a reading by patterns doubtful: words of the question that the story never named."""

import re

from math_solver.reading import Question

from .asking import split_question
from .clause_grammar import Clause, Unread
from .lexicon import DAYS, FAR, QUIET, TIME_UNITS, VerbClass, verb_forms
from .tokens import Tag, sentences

_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)\b")
_MEASURED = re.compile(r"\bN\d+-[a-z]+\b")
_UNREAD_PART = re.compile(
    r"\b(?:an?|one) (?:third|quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth)s?"
    r"(?= (?:were|was|are|is|had|have|has|went|like|liked|play|played)\b|\s?[,.;?])",
    re.IGNORECASE,
)
"""A share without what it is of, which is no number of the question: `a fifth were plates`."""
_ONE_GONE = re.compile(
    r"\b(?:lost|loses|gave|gives|ate|eats|sold|sells|broke|breaks|threw|throws|used|uses|dropped"
    r"|drops) (?:away |out )?one(?=\s*[,.;?!])",
    re.IGNORECASE,
)
"""One that goes and is no number of the question: `before he lost one, he had`."""
_ROOT = 4
"""Letters by which `sprint` and `sprinted` are the same word."""
_GENERAL = frozenset(
    "how what many much more fewer less than total number amount money cost price change $ cent"
    " time person people item thing piece length far long old tall heavy high deep wide big each"
    " both altogether overall combined left over difference longer taller older heavier farther"
    " further younger shorter mile foot inch yard meter kilometer pound ounce gallon larger"
    " smaller size rest all same every two three distance weight age height spend worth".split()
)


def doubtful(question: Question) -> bool:
    """Whether there is something that no reader reads: `the 13th`, `30-pound crates`."""
    return bool(
        _ORDINAL.search(question.original)
        or _ONE_GONE.search(question.masked)
        or _MEASURED.search(question.masked)
        or _UNREAD_PART.search(question.masked)
    )


_PATTERNED = frozenset(
    "twice thrice double doubles doubled triple tripled ratio both other others every dozen dozens"
    " percent speed rate equal equally evenly same off rest remaining pair pairs until free extra"
    " instead round combined none interest annual yearly".split()
)
"""Words that the readers by patterns look at themselves."""


_UNCOUNTED = frozenset({VerbClass.LOSE, VerbClass.GIVE, VerbClass.SELL, VerbClass.SPEND})
_MOVES = frozenset("walk run jog ride drive travel go bike hike swim".split())


def beyond_patterns(question: Question) -> bool:
    """Whether something is said that readers by patterns would pass over."""
    return doubtful(question) or bool(unexplained(question)) or uncounted(question)


def uncounted(question: Question) -> bool:
    """Whether something happens that no number counts: `He gave a pack away`, `walked back`."""
    return any(
        (
            verb_forms().get(token.text, ("", None))[1] in _UNCOUNTED
            and token.tag is Tag.VERB
            and after.text in {"a", "an"}
            and thing.tag is Tag.WORD
        )
        or (verb_forms().get(token.text, ("",))[0] in _MOVES and after.text == "back")
        for sentence in sentences(question)[:-1]
        if not any(t.tag is Tag.NUMBER for t in sentence)
        for token, after, thing in zip(sentence, sentence[1:], sentence[2:], strict=False)
    )


def unexplained(question: Question) -> frozenset[str]:
    """Return the words that change an amount in a way which no reader by patterns knows."""
    words = {token.text for sentence in sentences(question) for token in sentence}
    return frozenset(words) & (FAR - QUIET - _PATTERNED)


def new_words(question: Question) -> frozenset[str]:
    """Return the stems of the nouns of a last sentence that no sentence before it named."""
    told = sentences(question)
    try:
        before, asked, after = split_question(told[-1])
    except (Unread, IndexError):
        return frozenset()
    if len(told) < 2 and not before:
        return frozenset()
    known = {t.stem for sentence in (*told[:-1], before, after) for t in sentence}
    roots = {word[:_ROOT] for word in known if len(word) > _ROOT}
    return frozenset(
        token.stem
        for token, left in zip(asked[1:], asked, strict=False)
        if token.tag is Tag.WORD
        and not (len(token.stem) > _ROOT and token.stem[:_ROOT] in roots)
        and token.stem not in known | _GENERAL | TIME_UNITS
        and left.tag is not Tag.PRONOUN
        and not token.text.endswith(("ed", "ing"))
    )


def on_days(clause: Clause, amounts: int) -> None:
    """Raise `Unread` for an amount on several days, or every so often, of a counted subject."""
    places = [*clause.places, *(p for t in clause.things for p in t.places)]
    plain = [t.phrase for t in clause.things if not t.phrase.counts]
    days = [w for p in (*plain, *(p.phrase for p in places)) for w in p.words if w in DAYS]
    if len(days) > max(1, amounts):
        raise Unread("on each of several days, or in all")
    often = any(s.each for s in clause.subjects)
    if often and any(s.counts and not s.each for s in clause.subjects):
        raise Unread("a counted subject, every so often")
