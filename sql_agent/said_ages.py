"""Ages as people say them, brought into the form that `rules.ages` reads.

"customers over 65", "in their forties", "minors": where a database has dates of birth, such words
are ages in completed years on the last day of the data, and the answer says so. Where it has none,
or where a word is a name of its own there ("children"), they stay as they are, and no query is made
of them. Words without an agreed age ("elderly", "young") have none here either.
"""

import functools
import re
from re import Pattern

from .linking import is_birth
from .words import stem
from .workspace import Workspace

_DECADES = "twenties thirties forties fifties sixties seventies eighties nineties".split()
_NAMED = (
    (("minor", "child", "children", "kid"), "younger than 18 years old"),
    (("teenager", "teen"), "at least 13 years old and at most 19 years old"),
    (("adult",), "at least 18 years old"),
)
_SEXES = ("women", "men", "females", "males", "girls", "boys")
_BE = r"(?:(?:who|that|which) )?(?:are |is |were |was )?(?:now |currently )?(?:aged )?"
_OLD = r"(?: years? old| years of age)?"
_END = (
    r"(?=\s*(?:[?.,;!]|$|(?:have|has|had|in|who|with|without|by|living|live|per|at|from|for|were|"
    r"are|was|did|do|that|on|during|since|and|or|after|before|whose|to|as|than|when|among|versus|"
    r"earn|earning|hold|holding|own|owning|pay|paying|spend|make|get|got|take|took|taking|use|came|"
    r"come|visit|visited|buy|bought|smoke|received|receive|underwent|undergo|died|treated|admitted|"
    r"diagnosed|seen|joined|covered|insured)\b))"
)


def with_ages(question: str, workspace: Workspace) -> str:
    """Return a question with its ages in the form "older than 65 years old"."""
    tables = [table for table in workspace.model.tables if any(map(is_birth, table.columns))]
    if not tables:
        return question
    said = {word.lower() for table in tables for word in (table.name, *table.synonyms)}
    nouns = {form for word in said for form in (word, stem(word), stem(word) + "s")}
    known = workspace.lexicon.phrases
    nouns |= {word for word in _SEXES if (stem(word),) in known}
    own = frozenset(w for words, _ in _NAMED for w in words if (stem(w),) in known)
    people = tables[0].name if len(tables) == 1 else ""
    text = re.sub(
        r"\bturn(?:s|ed|ing)? (\d{1,3}) in ((?:19|20)\d\d)\b",
        lambda match: f"born in {int(match[2]) - int(match[1])}",
        question,
        flags=re.IGNORECASE,
    )
    for pattern, put in _rules(tuple(sorted(nouns)), people, own):
        text = pattern.sub(put, text)
    return _ALSO.sub(_also, text) if {stem(w) for w in text.lower().split()} & nouns else text


def _also(match: re.Match[str]) -> str:
    """Return an age that stands behind another condition: "on the annual plan and over 60"."""
    number = int(match[3])
    if not _YOUNGEST <= number <= _OLDEST:
        return match[0]
    than = "older" if match[2].lower() in {"over", "above", "past"} else "younger"
    link = "and are" if match[1].lower() == "and" else match[1]  # "10 and older" is of the 10
    return f"{link} {than} than {match[3]} years old"


_YOUNGEST = 12
_OLDEST = 110
_ALSO = re.compile(
    r"\b(and|who are|who is|and are|aged) (over|above|past|under|below) (\d{1,3})"
    rf"{_OLD}(?=\s*[?.]?$)",
    re.IGNORECASE,
)


@functools.lru_cache(maxsize=32)
def _rules(
    nouns: tuple[str, ...], people: str, own: frozenset[str]
) -> tuple[tuple[Pattern[str], str], ...]:
    """Return what is written otherwise; the nouns are those of the people, the longest first."""
    longest = sorted(nouns, key=len, reverse=True)
    noun = f"({'|'.join(map(re.escape, longest))})"
    rules = [
        (
            rf"\b{noun} {_BE}between (\d{{1,3}}) and (\d{{1,3}}){_OLD}{_END}",
            r"\1 at least \2 years old and at most \3 years old",
        ),
        (
            rf"\b{noun} {_BE}aged (\d{{1,3}}) ?(?:to|-|–) ?(\d{{1,3}}){_OLD}{_END}",
            r"\1 at least \2 years old and at most \3 years old",
        ),
        (
            rf"\b{noun} {_BE}(?:over|above|past)(?: the age of)? (\d{{1,3}}){_OLD}{_END}",
            r"\1 older than \2 years old",
        ),
        (
            rf"\b{noun} {_BE}(?:under|below)(?: the age of)? (\d{{1,3}}){_OLD}{_END}",
            r"\1 younger than \2 years old",
        ),
        (
            rf"\b{noun} {_BE}(\d{{1,3}})(?:\+|{_OLD} (?:or|and) (?:older|over|above|up))",
            r"\1 at least \2 years old",
        ),
        (
            rf"\b{noun} {_BE}(\d{{1,3}}){_OLD} (?:or|and) (?:younger|under|below)\b",
            r"\1 at most \2 years old",
        ),
    ]
    for tens, decade in enumerate(_DECADES, 2):
        old = f"at least {tens}0 years old and at most {tens}9 years old"
        rules.append((rf"\b(?:(?:are|is|were) )?in (?:their|his|her) {decade}\b", old))
    for words, old in _NAMED:
        word = "|".join(f"{w}s?" for w in words if w not in own)
        if not word:
            continue
        rules.append((rf"\b{noun} (?:(?:who|that) )?(?:are|is|were) (?:{word})\b", rf"\1 {old}"))
        rules.append((rf"\b(?:{word}) {noun}\b", rf"\1 {old}"))
        if people:
            asked = r"how many|number of|count of|list(?: all)?|show(?: all)?"
            rules.append((rf"^((?:{asked}) )(?:{word})\b", rf"\1{people} {old}"))
            rules.append((rf"\b(among|for) (?:{word})\b", rf"\1 {people} {old}"))
    return tuple((re.compile(pattern, re.IGNORECASE), put) for pattern, put in rules)
