"""The question of a story: what is asked for, of whom, when and where."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from .clause_grammar import Clause, Mark, Place, Thing, Unread, Verb, elements
from .lexicon import FAR, TIME_UNITS, TOTALS, VerbClass
from .noun_phrases import Phrase, read_phrase
from .tokens import Sentence, Tag, Token

_PLAIN = frozenset("both every dozen remaining off pair pairs combined".split())
_LENGTHS = frozenset("far long tall high deep wide old heavy".split())
_MORE = frozenset("more fewer less longer farther further taller heavier higher older".split())
_BEGIN = frozenset("first originally initially beginning start before begin".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a question asks: how many of a kind, and everything else that it says."""

    kind: Phrase
    measure: str = ""
    compared: bool = False
    than: Phrase | None = None
    subjects: tuple[Phrase, ...] = ()
    verb: VerbClass = VerbClass.BE
    goal: bool = False
    lemma: str = ""
    than_lemma: str = ""
    planned: bool = False
    negated: bool = False
    passive: bool = False
    places: tuple[Place, ...] = ()
    things: tuple[Thing, ...] = ()
    adverbs: frozenset[str] = frozenset()

    @property
    def total(self) -> bool:
        """Whether everything together is asked for."""
        return bool(self.adverbs & TOTALS) or "total" in self.kind.words

    @property
    def left(self) -> bool:
        """Whether what is there in the end is asked for."""
        return bool(self.adverbs & {"left", "now", "still", "remain"})

    @property
    def begin(self) -> bool:
        """Whether what was there at first is asked for."""
        told = self.adverbs | {w for p in self.places for w in p.phrase.words}
        earlier = any(p.preposition == "before" for p in self.places)
        return bool(told & _BEGIN) or earlier or self.verb is VerbClass.START

    @property
    def every(self) -> frozenset[str] | None:
        """What the answer is for one of: `in each box`, `does each friend get`."""
        for phrase in (*self.subjects, *(p.phrase for p in self.places), self.kind):
            if phrase.each or (phrase.determiner in {"a", "an"} and phrase in self.subjects):
                return frozenset(phrase.words)
        return None


def split_question(sentence: Sentence) -> tuple[Sentence, Sentence, Sentence]:
    """Cut a sentence into what is told before, the question, and an `if` after it."""
    start = _start(sentence)
    if start is None:
        raise Unread("no question that is known")
    before = list(sentence[:start])
    while before and (before[-1].tag in {Tag.STOP, Tag.CONJUNCTION, Tag.PREPOSITION}):
        before.pop()
    asked = sentence[start:]
    end = next((i for i, t in enumerate(asked) if t.text == "if"), len(asked))
    stop = Token(".", Tag.STOP, ".")
    after = asked[end + 1 :]
    return (*before, stop) if before else (), (*asked[:end], stop), after


def _start(sentence: Sentence) -> int | None:
    for index, token in enumerate(sentence[:-1]):
        after = sentence[index + 1].text
        if token.text == "how" and (after in {"many", "much"} or after in _LENGTHS):
            return index
        if token.text == "what" and after in {"is", "was", "will"}:
            return index
    return None


def read_asked(tokens: Sentence, values: tuple[Fraction, ...], people: Sequence[str]) -> Asked:
    """Read a question. Raises `Unread`."""
    if tokens[0].text == "what":
        return _what(tokens, values)
    measure = tokens[1].text
    at = 2
    compared = tokens[at].text in _MORE or (measure == "much" and tokens[at].text in _MORE)
    if compared:
        at += 1
    kind = Phrase()
    phrase = read_phrase(tokens, at, values) if tokens[at].tag is not Tag.PRONOUN else None
    if tokens[at].text == "total":
        phrase = (
            (Phrase(words=("total",)), at + 1)
            if tokens[at + 1].tag in {Tag.AUXILIARY, Tag.VERB}
            else read_phrase(tokens, at, values)
        )
    if (
        phrase is not None
        and (phrase[0].words or phrase[0].of)
        and (not phrase[0].named or tokens[phrase[1]].tag in {Tag.AUXILIARY, Tag.VERB})
    ):
        kind, at = phrase
        if tokens[at].text == "and":
            raise Unread("several kinds are asked for")
    elif tokens[at].text == "of" and (inner := read_phrase(tokens, at + 1, values)):
        kind, at = inner
    if measure in _LENGTHS and kind.words:
        at, kind = 2, Phrase()
    rest = elements(tokens[at:], values)
    if any(t.text in FAR - _PLAIN for t in tokens):
        raise Unread("what is asked is more than an amount")
    return _asked(rest, kind, measure, compared=compared or measure in _MORE, people=people)


def _what(tokens: Sentence, values: tuple[Fraction, ...]) -> Asked:
    """`What is the total number of apples?`."""
    phrase = read_phrase(tokens, 2, values)
    if phrase is None:
        raise Unread("what is asked for")
    head, at = phrase
    told = set(head.words)
    rest = elements(tokens[at:], values)
    if told <= {"total", "combined", "number", "amount"} and head.of is not None:
        asked = _asked(rest, head.of, "many", compared=False)
        verb = VerbClass.TALLY if "total" in told else asked.verb
        return Asked(
            kind=head.of,
            subjects=asked.subjects,
            verb=verb,
            places=asked.places,
            things=asked.things,
            adverbs=asked.adverbs | (told & {"total", "combined"}),
        )
    if told <= {"total", "cost", "bill", "price"} and "cost" in told | {"cost"}:
        asked = _asked(rest, Phrase(words=("$",)), "much", compared=False)
        return Asked(
            kind=Phrase(words=("$",)),
            subjects=asked.subjects,
            verb=VerbClass.SPEND,
            places=asked.places,
            things=asked.things,
            adverbs=asked.adverbs | {"total"},
        )
    raise Unread("what is asked for")


_UNKNOWN = frozenset({Tag.RELATIVE, Tag.WORD, Tag.NAME, Tag.DETERMINER, Tag.NOT})


def _asked(
    rest: Sequence[object],
    kind: Phrase,
    measure: str,
    *,
    compared: bool,
    people: Sequence[str] = (),
) -> Asked:
    clause, than, helper, than_lemma = Clause(), None, None, ""
    pending = False
    for element in rest:
        if isinstance(element, Mark) and element.text in {"than", "as"}:
            pending = True
        elif isinstance(element, Mark):
            if element.tag in _UNKNOWN or element.text in {"but", "because", "when", "what"}:
                raise Unread(f"{element.text} in the question")
            clause.adverbs.add(element.text)
        elif isinstance(element, Verb):
            if pending:
                than_lemma, pending = element.lemma, False
            elif element.purpose:
                helper = element
            elif element.asked and clause.verb is not None and clause.verb.asked:
                clause.verb = replace(element, asked=False)  # `does she have`
                helper = helper or element
            elif element.asked or (element.kind is VerbClass.BE and clause.verb is None):
                clause.verb = clause.verb or element
            elif element.lemma == "leave" and not element.asked:
                clause.adverbs.add("left")
                clause.verb = clause.verb or element
            else:
                clause.verb = element
                helper = helper or element
        elif isinstance(element, Place) and pending:
            than, pending = element.phrase, False
        elif isinstance(element, Place):
            clause.places.append(element)
        elif isinstance(element, Phrase):
            if pending:
                than, pending = element, False
            elif clause.verb is None or (helper is None and not clause.things):
                clause.subjects.append(element)
            else:
                clause.things.append(Thing(phrase=element))
    verb = clause.verb
    if verb is None:
        raise Unread("a question without a verb")
    if (pending or than is not None) and not compared:
        raise Unread("compared with what, in the question")
    if verb.asked and clause.subjects and len(clause.subjects[-1].words) > 1:
        last = clause.subjects[-1]
        if last.words[0] in people:
            verb = replace(verb, lemma=last.head, kind=VerbClass.OTHER)
            clause.subjects[-1] = replace(last, words=last.words[:-1])
    return Asked(
        kind=kind,
        measure=measure,
        compared=compared,
        than=than or kind.than or next((s.than for s in clause.subjects if s.than), None),
        subjects=tuple(clause.subjects),
        verb=verb.kind,
        goal=verb.goal,
        lemma=verb.lemma,
        than_lemma=than_lemma,
        planned=verb.planned,
        negated=verb.negated,
        passive=verb.passive,
        places=tuple(clause.places),
        things=tuple(clause.things),
        adverbs=frozenset(clause.adverbs),
    )


def time_words(asked: Asked) -> frozenset[str]:
    """Return the units of time that a question names without a number: `in a week`."""
    phrases = (*(p.phrase for p in asked.places), *(t.phrase for t in asked.things))
    return frozenset(
        p.head
        for p in phrases
        if p.head in TIME_UNITS and not p.number and p.determiner in {"a", "an", "one", "each", ""}
    )
