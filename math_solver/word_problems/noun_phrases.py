"""Noun phrases with their quantities: `12 more red marbles than Bob`, `half of the cookies`."""

from dataclasses import dataclass, replace
from fractions import Fraction

from .lexicon import DAYS, POSSESSIVES, TIME_UNITS, VerbClass, verb_forms
from .tokens import Sentence, Tag, Token, unlisted_verb

MEASURES = frozenset(
    "pound ounce gram kilogram cup pint quart gallon liter litre milliliter inch foot yard mile"
    " meter kilometer centimeter piece slice scoop bucket ton acre spoonful teaspoon tablespoon"
    " head bale sheet stick".split()
)
"""Heads that stand for what they are of: `5 pounds of sand` is sand."""
_GROUPS = frozenset(
    "total group bag stack pile bunch class collection crowd herd flock team litter sum number"
    " amount box set".split()
)
_SIZES = frozenset("long tall wide old deep high heavy away apart".split())
_COMPARED = frozenset("more fewer less additional extra".split())
_FILLERS = frozenset("only just about exactly already nearly another additional extra".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A noun phrase.

    `number` is an expression of the plan language, `form` says how it counts: plainly, compared
    (`more`, `fewer`), as a multiple (`times`), a part (`share`, `percent`), or in words (`some`,
    `all`, `rest`, `none`). `per` is what it is so much for one of; empty where only `each` is said.
    """

    words: tuple[str, ...] = ()
    number: str = ""
    value: Fraction = Fraction(0)
    form: str = "plain"
    named: bool = False
    pronoun: str = ""
    determiner: str = ""
    owner: str = ""
    of: "Phrase | None" = None
    per: tuple[str, ...] | None = None
    than: "Phrase | None" = None
    each: bool = False
    singular: bool = False
    """Whether the last noun is written without an ending of the plural."""

    @property
    def head(self) -> str:
        """The stem of the noun itself."""
        return self.words[-1] if self.words else ""

    @property
    def counts(self) -> bool:
        """Whether the phrase names an amount."""
        return bool(self.number) or self.form != "plain"


@dataclass(slots=True)
class _Cursor:
    """A place in a sentence."""

    tokens: Sentence
    at: int
    values: tuple[Fraction, ...]

    def peek(self, ahead: int = 0) -> Token:
        place = min(self.at + ahead, len(self.tokens) - 1)
        return self.tokens[place]

    def take(self, *texts: str) -> bool:
        if all(self.peek(i).text == text for i, text in enumerate(texts)):
            self.at += len(texts)
            return True
        return False


def read_phrase(
    tokens: Sentence, start: int, values: tuple[Fraction, ...], *, noun: bool = False
) -> tuple[Phrase, int] | None:
    """Read the noun phrase that begins at a place; None where none does.

    `noun` says that only a noun can stand there: after a preposition.
    """
    cursor = _Cursor(tokens, start, values)
    phrase = _phrase(cursor, noun=noun)
    return None if phrase is None or cursor.at == start else (phrase, cursor.at)


def _phrase(c: _Cursor, *, noun: bool = False) -> Phrase | None:
    first = c.peek()
    if first.tag is Tag.PRONOUN:
        c.at += 1
        return Phrase(pronoun=first.text)
    if first.text in {"those", "these", "this", "that"} and c.peek(1).tag in {
        Tag.STOP,
        Tag.VERB,
        Tag.AUXILIARY,
        Tag.PREPOSITION,
    }:
        c.at += 1
        return Phrase(pronoun="them" if first.text.endswith("se") else "it")
    phrase = _started(c, noun=noun)
    if phrase.pronoun:
        return phrase
    phrase = _counted(c, phrase)
    phrase = _content(c, phrase, noun=noun)
    if not (phrase.words or phrase.counts):
        return None
    return _tailed(c, phrase)


def _started(c: _Cursor, *, noun: bool) -> Phrase:
    phrase = Phrase()
    while c.peek().text in _FILLERS and c.peek(1).tag is not Tag.STOP:
        c.at += 1
    if c.take("all", "of"):
        return replace(phrase, form="all")
    if c.peek().text == "all" and c.peek(1).tag in {Tag.DETERMINER, Tag.NUMBER, Tag.WORD}:
        c.at += 1
        phrase = replace(phrase, form="all")
    determiner = c.peek()
    if determiner.tag is Tag.DETERMINER:
        c.at += 1
        ends = c.peek().tag in {Tag.STOP, Tag.PREPOSITION}
        counted = not noun and (c.peek().tag is Tag.NUMBER or c.peek().text == "$")
        if determiner.text == "her" and (ends or counted):
            return replace(phrase, pronoun="her")
        own = determiner.text if determiner.text in POSSESSIVES else ""
        phrase = replace(phrase, determiner=determiner.text, owner=own)
    elif determiner.tag is Tag.EACH and c.peek(1).tag in {
        Tag.WORD,
        Tag.NAME,
        Tag.PREPOSITION,
        Tag.VERB,
        Tag.NUMBER,
    }:
        c.at += 1
        if c.peek().text == "of":
            c.at += 1
            if c.peek().tag is Tag.DETERMINER:
                c.at += 1
            phrase = replace(phrase, determiner="each of")
        phrase = replace(phrase, each=True, determiner=phrase.determiner or "each")
    while c.peek().text in _FILLERS:
        c.at += 1
    if (
        phrase.determiner in {"a", "an"}
        and c.peek().text in _GROUPS
        and c.peek(1).text == "of"
        and (c.peek(2).tag is Tag.NUMBER or c.peek(2).text == "$")
    ):
        c.at += 2
    return phrase


def _counted(c: _Cursor, phrase: Phrase) -> Phrase:
    """Read what counts: a number with its sign, a multiple, or a word such as `some`."""
    money = c.take("$")
    token = c.peek()
    if token.tag is Tag.NUMBER:
        c.at += 1
        value = c.values[int(token.text[1:])]
        phrase = replace(phrase, number=token.text, value=value, form="plain")
        if money:
            return _compared(c, replace(phrase, words=("$",)))
        if c.take("%"):
            return replace(phrase, form="percent")
        if _is_dozen(c, c.peek()):
            dozen = c.peek().text
            c.at += 1
            phrase = replace(phrase, number=f"{token.text} * {dozen}", value=value * 12)
        if value < 1 and c.peek().text == "a" and _is_dozen(c, c.peek(1)):
            phrase = replace(phrase, number=f"{token.text} * {c.peek(1).text}", value=value * 12)
            c.at += 2
            return _compared(c, phrase)
        if value < 1 and c.peek().tag is Tag.DETERMINER:
            inner = _phrase(c, noun=True)
            return replace(phrase, form="share", of=inner)
        if c.take("times"):
            phrase = replace(phrase, form="times")
        elif c.peek().text == "of" and c.peek(1).text in {"a", "an"} and c.peek(2).stem in MEASURES:
            c.at += 2
        elif value < 1 and c.peek().text in {"of", "as"}:
            phrase = replace(phrase, form="share" if c.peek().text == "of" else "times")
        return _compared(c, phrase)
    if token.text == "one" and not phrase.determiner and _counted_one(c):
        c.at += 1
        return _compared(c, replace(phrase, number="1", value=Fraction(1)))
    if token.text in {"twice", "thrice"}:
        c.at += 1
        factor = 2 if token.text == "twice" else 3
        times = replace(phrase, number=str(factor), value=Fraction(factor), form="times")
        return _compared(c, times)
    if token.text in {"some", "several"}:
        c.at += 1
        return replace(phrase, form="some")
    if token.text in {"rest", "remaining", "remainder"}:
        c.at += 1
        return replace(phrase, form="rest")
    if token.text == "more" and c.peek(1).tag is Tag.WORD:
        c.at += 1
        return replace(phrase, form="some")
    return phrase


def _is_dozen(c: _Cursor, token: Token) -> bool:
    return token.tag is Tag.NUMBER and c.values[int(token.text[1:])] == 12


def _counted_one(c: _Cursor) -> bool:
    """Whether `one` counts: `one bag`, not `one day he came`."""
    after = c.peek(1)
    return after.text in {"of", "more"} or (after.tag is Tag.WORD and after.text not in _SOME_TIME)


_SOME_TIME = frozenset("day morning evening night afternoon time weekend summer year week".split())


def _compared(c: _Cursor, phrase: Phrase) -> Phrase:
    word = c.peek().text
    if phrase.form == "plain" and word in _COMPARED:
        c.at += 1
        form = "fewer" if word in {"fewer", "less"} else "more"
        return replace(phrase, form=form)
    if phrase.form == "times":
        if (
            c.take("as", "many")
            or c.take("as", "much")
            or c.take("that", "many")
            or (
                c.take("this", "many")
                or c.take("that", "much")
                or c.take("that", "amount")
                or c.take("the", "number", "of")
                or c.take("as", "long")
                or c.take("as", "far")
            )
        ):
            return phrase
        if c.peek().text in {"more", "longer", "farther", "heavier", "taller"} and c.take(
            c.peek().text
        ):
            return phrase  # `3 times more than` is three times as many, in schoolbooks
        if c.peek().text not in {"as", "the", "that"}:
            return replace(phrase, form="unclear")
    return phrase


def _content(c: _Cursor, phrase: Phrase, *, noun: bool = False) -> Phrase:
    """Read the nouns and their modifiers, with the owners before them."""
    words = list(phrase.words)
    named = singular = False
    open_start = noun or bool(phrase.determiner or phrase.counts)
    while True:
        token = c.peek()
        if token.text == "'s" and words:
            phrase = replace(phrase, owner=words[-1], determiner="'s")
            words, named, open_start = [], False, True
        elif token.tag in {Tag.WORD, Tag.NAME} and token.text not in _STOPPERS:
            if words and words[-1] == "$" and phrase.form == "plain" and token.tag is Tag.NAME:
                break
            if token.text in _SIZES and words:
                c.at += 1
                continue
            if unlisted_verb(token, c.peek(1)) or (words and words[-1] in DAYS):
                break
            if token.tag is Tag.NAME and words and not named and not singular:
                break  # `the miles Darius drove`
            if token.tag is Tag.NAME and phrase.each and words and words[-1] in TIME_UNITS:
                break  # `on each day Darius drove`
            named, singular = token.tag is Tag.NAME, token.stem == token.text
            words.append(token.stem)
        elif (token.tag is Tag.VERB and open_start and not words and _nounlike(c)) or (
            token.tag is Tag.VERB
            and words
            and not named
            and _noun_by_form(c, begun=noun or bool(phrase.determiner))
        ):
            words.append(token.stem)
        else:
            break
        c.at += 1
    if words and c.peek().text in {"more", "longer"} and phrase.number and phrase.form == "plain":
        c.at += 1
    return replace(phrase, words=tuple(words), named=named, singular=singular)


_STOPPERS = frozenset("than as each more fewer less many much how what twice times both".split())


def _nounlike(c: _Cursor) -> bool:
    """Whether a verb's form stands where only a noun can: `5 play tickets`, `the picks`."""
    token, after = c.peek(), c.peek(1)
    if token.text in {"is", "are", "was", "were", "had", "has", "left", "cost", "costs"}:
        return False
    return after.tag not in {Tag.DETERMINER, Tag.NUMBER, Tag.PRONOUN} and after.text != "$"


def _noun_by_form(c: _Cursor, *, begun: bool) -> bool:
    """Whether a verb's form after other words is the noun itself: `the first store.`, `10 cans`."""
    token, after = c.peek(), c.peek(1)
    lemma, kind = verb_forms()[token.text]
    if not begun or token.text not in {lemma, f"{lemma}s"} or kind in _NO_NOUNS:
        return False
    if any(t.text in {"do", "does", "did", "will", "would", "can"} for t in c.tokens[: c.at]):
        return False
    return after.tag in {Tag.STOP, Tag.VERB, Tag.AUXILIARY, Tag.CONJUNCTION, Tag.PREPOSITION} or (
        after.text == "'s"
    )


_NO_NOUNS = frozenset(
    {
        VerbClass.COME,
        VerbClass.GO,
        VerbClass.LEAVE,
        VerbClass.HAVE,
        VerbClass.BE,
        VerbClass.GIVE,
        VerbClass.NEED,
        VerbClass.BUY,
        VerbClass.SELL,
        VerbClass.SPEND,
    }
)


def _tailed(c: _Cursor, phrase: Phrase) -> Phrase:
    if c.peek().text == "of" and c.peek().tag is Tag.PREPOSITION:
        here = c.at
        c.at += 1
        inner = _left_over(c) or _phrase(c, noun=True)
        if inner is None:
            c.at = here
        else:
            # a rate or a comparison after `of …` belongs to the whole
            phrase = replace(
                phrase, of=replace(inner, per=None, than=None), per=inner.per, than=inner.than
            )
    phrase = _rate(c, phrase)
    word = c.peek().text
    if word == "than" or (word == "as" and phrase.form == "times"):
        here = c.at
        c.at += 1
        other = _phrase(c)
        if other is None:
            c.at = here
        else:
            phrase = replace(phrase, than=other)
            while c.peek().text in {"did", "does", "do", "has", "have", "had", "was", "were", "is"}:
                c.at += 1
    return phrase


def _left_over(c: _Cursor) -> Phrase | None:
    """Read `what is left`, `what he had left`."""
    if c.peek().text != "what":
        return None
    end = next((k for k in range(1, 5) if c.peek(k).text in {"left", "remained", "remains"}), 0)
    if not end:
        return None
    c.at += end + 1
    return Phrase(form="rest")


def _rate(c: _Cursor, phrase: Phrase) -> Phrase:
    """Read what an amount is for one of: `each`, `per hour`, `a week`, `for each box`."""
    if not phrase.number or phrase.per is not None:
        return phrase
    here, token = c.at, c.peek()
    if (token.tag is Tag.PREPOSITION and token.text != "of" and c.peek(1).tag is Tag.EACH) or (
        token.text == "for" and c.peek(1).text in {"a", "an", "one"} and phrase.head == "$"
    ):
        c.at += 1
        token = c.peek()
    a_unit = token.text in {"a", "an", "one"} and (
        c.peek(1).stem in TIME_UNITS or (phrase.head == "$" and c.peek(1).tag is Tag.WORD)
    )
    if token.tag is not Tag.EACH and not a_unit:
        c.at = here
        return phrase
    c.at += 1
    if token.text in {"each", "apiece"} and c.peek().text == "of":
        c.at += 1
        if c.peek().tag is Tag.DETERMINER:
            c.at += 1
        if c.peek().tag is Tag.NUMBER:
            c.at = here
            return phrase
    words: list[str] = []
    while c.peek().tag is Tag.WORD and c.peek().text not in _STOPPERS and len(words) < 3:
        words.append(c.peek().stem)
        c.at += 1
    if c.peek().tag is Tag.NUMBER and not words and token.text != "each":
        c.at = here
        return phrase
    return replace(phrase, per=tuple(words))
