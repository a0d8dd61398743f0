"""Words of a problem with their tags, sentence by sentence: what the clause grammar reads."""

import re
from dataclasses import dataclass
from enum import Enum

from math_solver.reading import Question

from .lexicon import (
    ADVERBS,
    AUXILIARY,
    BE,
    CONJUNCTIONS,
    DAYS,
    DETERMINERS,
    EACH,
    PREPOSITIONS,
    PRONOUNS,
    RELATIVES,
    verb_forms,
)
from .mentions import stem


class Tag(Enum):
    """The part of speech of a word, as far as the grammar tells them apart."""

    NUMBER = "number"
    SIGN = "sign"
    DETERMINER = "determiner"
    EACH = "each"
    PRONOUN = "pronoun"
    PREPOSITION = "preposition"
    CONJUNCTION = "conjunction"
    RELATIVE = "relative"
    AUXILIARY = "auxiliary"
    VERB = "verb"
    ADVERB = "adverb"
    NOT = "not"
    NAME = "name"
    WORD = "word"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Token:
    """One word in lower case (numbers keep their names), its tag, and its stem."""

    text: str
    tag: Tag
    stem: str


Sentence = tuple[Token, ...]

_SHORTENED = re.compile(r"\b(lbs?|oz|ft|hrs?|Mrs?|Ms|Dr|St|gal|yds?|mi|qt|pt)\s?\.(?=\s)")
_PIECE = re.compile(r"N\d+|[A-Za-z]+|[$%,.;:?!/]")
_STEMS = {
    "mrs": "mrs",
    "bucks": "$",
    "dollar": "$",
    "dollars": "$",
    "money": "$",
    "feet": "foot",
    "people": "person",
    "women": "woman",
    "men": "man",
    "mice": "mouse",
    "geese": "goose",
    "shelves": "shelf",
    "loaves": "loaf",
    "knives": "knife",
    "leaves": "leaf",
    "halves": "half",
    "boxes": "box",
    "bunches": "bunch",
    "inches": "inch",
    "sandwiches": "sandwich",
    "dresses": "dress",
    "buses": "bus",
    "glasses": "glass",
    "glass": "glass",
    "classes": "class",
    "pennies": "penny",
    "cookie": "cookie",
    "cookies": "cookie",
    "movies": "movie",
    "brownies": "brownie",
    "pies": "pie",
    "calories": "calorie",
    "lbs": "pound",
    "lb": "pound",
    "kids": "kid",
    "potatoes": "potato",
    "tomatoes": "tomato",
    "hrs": "hour",
    "mins": "minute",
    "kgs": "kilogram",
    "kg": "kilogram",
    "kilos": "kilogram",
    "pics": "picture",
}


_MONEY = r"(\$\s?N\d+|N\d+ (?:dollars|cents))"
_REWRITTEN = (
    (r"\b(\$?\s?N\d+)\s?/\s?(?=[a-z])", r"\1 per "),
    (rf",? each of (?:which|them) costs? {_MONEY}", r" for \1 each"),
    (rf",? (?:that|which) (?:each )?(?:costs?|were|was|are|is) {_MONEY}", r" for \1"),
    (rf",? (?:costing|priced at|worth|that sell for|which sell for) {_MONEY}", r" for \1"),
    (r"\bof a total of\b", "of"),
    (
        r"\b(the (?:N\d+ )?[a-z]+) (?:he|she|they|it) (?:bought|has|had|sold|made|got)(?=\s?[?.])",
        r"\1",
    ),
    (r" when (?:the workers|he|she|they|it) (?:is|are|was|were) (?:finished|done)", ""),
    (
        (
            r"\b[Ii]t (?:takes|took) (?:him |her |them |[A-Z][a-z]+ )?"
            r"(N\d+ (?:minutes|hours|days|seconds)) to [a-z]+ (?:one|a|an|each) ([a-z]+)"
            r"(?: of [a-z]+)?"
        ),
        r"each \2 takes \1",
    ),
    (r"\b(?:saw|realizes?d?|noticed|knows|found out|discovered) that\b", "."),
    (r"\bthat are\b", ""),
    (r"\bup to (?=\$?\s?N\d)", "until "),
    (rf"\ban? {_MONEY} bill\b", r"\1"),
    (
        (
            r",? (?:if|so) (?:that )?"
            r"(?:the same number|each [a-z]+ (?:has|gets|had|have|got|is to get) the same)[^?.]*"
        ),
        "",
    ),
    (
        r",? with the same (?:number|amount) of [a-z]+ (?:in|on|for) each(?: (?:of them|[a-z]+))?",
        "",
    ),
    (
        r"\b([Hh]ow (?:many|much) [a-z]+(?: [a-z]+)?) (?:remains?|remained|will remain)(?= ?[?.])",
        r"\1 is left",
    ),
    (r"\b(?:in|at) the end(?=\s?[?.,])", "now"),
    (r"\b(N\d+)-(?=[a-z]+)", r"\1 "),
    (r"\bmph\b", "miles per hour"),
    (
        (
            r"\b(with|from) (?:the|all the|all of the) money"
            r" (?:he|she|they|[A-Z][a-z]+) (?:has|had|have)(?: left)?"
        ),
        "",
    ),
    (r"(?<=[a-z]) (?:he|she|they) (?:was|were) (?:waiting on|working on)(?= ?,)", ""),
    (r"\b(?:gets?|got|getting) rid of\b", "throws away"),
    (r"\b(?:as well|in addition|for example|of course|in fact|at all|each time)\b", ""),
)
"""Wordings of the same thing, brought to the one that the grammar reads."""


def sentences(question: Question) -> tuple[Sentence, ...]:
    """Return the sentences of a masked question as tagged words; the last word says how it ends."""
    found: list[Sentence] = []
    current: list[str] = []
    for piece in _PIECE.findall(_plain(question.masked)):
        current.append(piece)
        if piece in {".", "?", "!", ";"}:
            if len(current) > 1:
                found.append(_tagged(current))
            current = []
    if current:
        found.append(_tagged([*current, "."]))
    return tuple(found)


def _plain(masked: str) -> str:
    text = _SHORTENED.sub(r"\1", masked)
    text = re.sub(
        r"\b([Dd]id|[Dd]oes|[Dd]o|[Ww]as|[Ww]ere|[Cc]ould|[Hh]ad|[Ww]ould|[Ii]s)n\s?['’]t\b",
        r"\1 not",
        text,
    )
    text = re.sub(
        r"\b([Ww]hat|[Tt]hat|[Ii]t|[Ww]ho|[Hh]ow|[Hh]ere|[Tt]here|[Hh]e|[Ss]he)\s?['’]s\b",
        r"\1 is",
        text,
    )
    text = re.sub(r"\b([Tt]hey|[Ww]e|[Yy]ou)\s?['’]re\b", r"\1 are", text)
    text = re.sub(r"\s?['’]s\b|(?<=s)\s?['’](?=\s)", " POSS ", text)
    text = re.sub(r"(?<=[A-Za-z\d])-(?=[A-Za-z])", " ", text)
    if "$" not in text and not re.search(r"\bdollars?\b", text):
        text = re.sub(r"\b(N\d+) cents?\b", r"$ \1", text)
        text = re.sub(r"\bhow many cents\b", "how much money", text)
    for pattern, plain in _REWRITTEN:
        text = re.sub(pattern, plain, text)
    return text


def _tagged(pieces: list[str]) -> Sentence:
    tokens: list[Token] = []
    for index, piece in enumerate(pieces):
        token = _token(piece, first=index == 0)
        ordinal = token.text in {"first", "next"} and tokens and tokens[-1].tag is Tag.DETERMINER
        tokens.append(Token(token.text, Tag.WORD, token.stem) if ordinal else token)
    return tuple(tokens)


def unlisted_verb(token: Token, after: Token) -> bool:
    """Whether a word that no list has can only be a verb: `poured 2`, not `baked pies`."""
    past = token.tag is Tag.WORD and len(token.text) > 4 and token.text.endswith("ed")
    return past and after.tag not in {Tag.WORD, Tag.NAME}


_CLASSES = (
    (EACH, Tag.EACH),
    (DETERMINERS - {"that"}, Tag.DETERMINER),
    (PRONOUNS, Tag.PRONOUN),
    (RELATIVES, Tag.RELATIVE),
    (CONJUNCTIONS, Tag.CONJUNCTION),
    (PREPOSITIONS, Tag.PREPOSITION),
    (AUXILIARY, Tag.AUXILIARY),
    (BE, Tag.VERB),
    (ADVERBS, Tag.ADVERB),
)


def _token(piece: str, *, first: bool) -> Token:
    low = piece.lower()
    if re.fullmatch(r"N\d+", piece):
        return Token(piece, Tag.NUMBER, piece)
    if piece == "POSS":
        return Token("'s", Tag.SIGN, "'s")
    if piece in {"$", "%"}:
        return Token(piece, Tag.SIGN, piece)
    if not piece[0].isalpha():
        return Token(piece, Tag.STOP, piece)
    if low in {"not", "never"}:
        return Token(low, Tag.NOT, low)
    tag = next((tag for words, tag in _CLASSES if low in words), None)
    if tag is None and low in verb_forms():
        tag = Tag.VERB
    capital = piece[0].isupper() and low not in DAYS
    if tag is None or (capital and not first and tag is not Tag.PRONOUN):
        tag = Tag.NAME if capital else Tag.ADVERB if _adverb(low) else Tag.WORD
    return Token(low, tag, _STEMS.get(low) or stem(low))


def _adverb(low: str) -> bool:
    return low.endswith("ly") and low not in {
        "family",
        "jelly",
        "butterfly",
        "lily",
        "fly",
        "belly",
    }
