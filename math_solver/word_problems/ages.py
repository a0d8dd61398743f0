"""Problems about ages: who is how old, now, some years ago, or some years from now.

Each clause is read at its own time: in a clause about five years ago everybody is five years
younger. Where a pronoun could mean either of two people, both are tried, and the solution decides.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from math_solver.reading import Question

from .clauses import Said, understood
from .draft import MAX_WORDS, Draft, plain_words, plan_text
from .phrases import Phrases, Scope, scope_of

RELATIVES = (
    "grandfather|grandmother|grandpa|grandma|father|mother|dad|mom|son|daughter|brother"
    "|sister|uncle|aunt|cousin|nephew"
    "|niece|husband|wife|friend|man|woman|boy|girl|grandson|granddaughter|child|teacher|stepson"
)
NAMES = "xyz"
_AGES = re.compile(
    r"\b(?:ages?|aged|years? old|old as|older|younger|years? (?:older|younger)|how old)\b"
)
_NOT_NAMES = frozenset(
    "The A An In If What How When Find Now He She They His Her Their It Its Five Six Two Three Four"
    " Seven Eight Nine Ten Let Determine At Today Currently Presently After Then That "
    "This Three One"
    " Twenty Thirty Also And But Who Each Both Express Write Solve Mr Mrs Ms Dr Old Years Year Next"
    " Last Together Currently Suppose Given You We I How Their Please Age Ages Present Was Is Will"
    " Half Twice Seven Eleven Twelve Fifteen There As Of To For".split()
)
_AHEAD = (
    r"(?:in (?:another )?(N\d+) (?:more )?years?(?: time| from now)?|(N\d+) years? "
    r"(?:from now|hence|later|from today)"
    r"|after (N\d+) years?|(?:in|after) (?:a|one) years?(?: time)?|next year|(?:a|one) "
    r"year (?:from now|hence))"
)
_AGO = r"(?:(N\d+) years? (?:ago|before|earlier|back)|(?:a|one) year ago|last year)"
_WHEN = re.compile(rf",?\s*\b(?:(?P<ahead>{_AHEAD})|(?P<ago>{_AGO}))\b,?")
_NOW = re.compile(r"\b(?:right now|now|currently|presently|today|at present|at this time)\b")
_CUT = re.compile(
    rf"[.?!;]+(?=\s|$)|,? (?:and|but|while|then|whereas) (?=(?:{_AHEAD}|{_AGO}))|,? "
    rf"(?:and|but) (?=now\b|currently)"
    r"|, (?=(?:in|after) (?:N\d+|a) (?:more )?years)|,? (?:what (?:is|are|was|will)"
    r"|find|determine|calculate|how old)\b"
)
_HOW_LONG = re.compile(
    r"(?:in |after )?how many (?:more )?years (?P<ago>ago )?(?:from now )?(?:will (?:it "
    r")?(?:be|take|pass) (?:until|before|till|for)"
    r"|until|before|till|must pass (?:until|before|for)|will|was|were|ago)?"
)
_INVERTED = re.compile(r"\b(?P<verb>will|was|were|is|are) (?P<who>[\w ]+?) (?:be (?=\S))")


_LOWER_NAMES = (
    r"\b([a-z]+) (?:is|was|will be|would be) (?:now |only |exactly )?(?:N\d+|twice|thrice)"
    r"|\b(?:older|younger) than ([a-z]+)\b|\bas old as ([a-z]+)\b|\bage of ([a-z]+)\b"
    r"|\b([a-z]+) age (?:is|was|will)\b"
)
_COMMON = frozenset(
    "he she they it his her him their the a an then now i you who ages age was is will be each both"
    " there that sum difference of in years total present current them twice half my "
    "your our person"
    " years year being one sum what who how".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody whose age is spoken of: the words that mean them, and the unknown."""

    pattern: str
    shown: str
    unknown: str


def by_ages(question: Question) -> Iterator[Draft]:
    """Yield drafts of a problem about ages."""
    text = re.sub(r"\byrs?\b", "years", plain_words(question))
    if len(text.split()) > MAX_WORDS or not _AGES.search(text) or question.formulas:
        return
    people = _people(question.masked, text)
    if not 1 <= len(people) <= 3 or re.search(r"\bwhen\b(?!.*\?).*\bwas as old\b", text):
        return
    pronouns = sorted(
        set(
            re.findall(
                (
                    r"\b(?:he|she|him)\b|\bher (?=age\b)|\bhis (?=age\b)|\bhers?\b(?= (?:then|now"
                    r"|was|in)\b|[.,?!]|$)|\bhis\b(?=[.,?!]|$)"
                ),
                text,
            )
        )
    )
    choices = product(people, repeat=len({_gender(p) for p in pronouns}))
    for chosen in choices:
        meant = dict(zip(sorted({_gender(p) for p in pronouns}), chosen, strict=True))
        yield from _drafts(text, question, people, meant)


def _gender(pronoun: str) -> str:
    return "male" if pronoun.strip() in {"he", "him", "his"} else "female"


def _people(masked: str, text: str) -> list[Person]:
    """Return the people in their order: proper names first where both name the same place."""
    found: dict[str, int] = {}
    for name in re.finditer(r"\b(?<!')[A-Z][a-z]+\b", masked):
        word = name.group()
        if word not in _NOT_NAMES and not re.fullmatch(r"N\d+", word):
            found.setdefault(word.lower(), text.find(word.lower()))
    for name in re.finditer(_LOWER_NAMES, text):
        word = next(group for group in name.groups() if group)
        if word not in _COMMON and not re.fullmatch(rf"(?:{RELATIVES})s?", word):
            found.setdefault(word, text.find(word))
    for relative in re.finditer(rf"(?<!each )\b({RELATIVES})s?\b", text):
        word = relative[1]
        appositive = re.search(rf"\b{word},? (?:named |called )?({'|'.join(found) or '_'})\b", text)
        if appositive is None:
            found.setdefault(word, relative.start())
    words = sorted(found, key=lambda w: found[w])
    words = [w for w in words if w.removesuffix("s") not in words or not w.endswith("s")]
    pairs = {second for first in words for second in words if f"{first} {second} " in text}
    words = [w for w in words if w not in pairs]
    return (
        [
            Person(
                pattern=_pattern(word),
                shown=word.capitalize() if word.capitalize() in masked else f"the {word}",
                unknown=NAMES[i],
            )
            for i, word in enumerate(words[:4])
            if i < len(NAMES)
        ]
        if len(words) <= 3
        else []
    )


def _pattern(word: str) -> str:
    if re.fullmatch(RELATIVES, word):
        return (
            rf"(?:(?:his|her|the|a|my|an|their|your|\w+) )?(?:only |old |young |own |older "
            rf"|younger )?{word}s?"
            r"(?: (?:named|called) \w+)?"
        )
    return rf"(?:his |her |the |a )?(?:(?:{RELATIVES}),? |mr |mrs |ms )?{word}s?"


def _drafts(
    text: str, question: Question, people: list[Person], meant: Mapping[str, Person]
) -> Iterator[Draft]:
    readings = [(Said(), False)]
    for clause in _clauses(text):
        ways = list(_clause(clause, question, people, meant))
        readings = [(b + w, t or later) for b, t in readings for w, later in ways[:3]][:12]
        if not readings:
            return
    for said, later in readings:
        if said.asked and said.equations:
            yield _draft(said, people, question, text, later=later)


def _draft(
    said: Said, people: list[Person], question: Question, text: str, *, later: bool
) -> Draft:
    spoken = " ".join(f"{a} {b}" for a, b in said.equations)
    asked = tuple(dict.fromkeys(name for target in said.asked for name in target))
    spoken = f"{spoken} {' '.join(asked)}"
    unknowns = {
        p.unknown: f"the age of {p.shown} now"
        for p in people
        if re.search(rf"\b{p.unknown}\b", spoken)
    }
    conditions = [f"{name} >= 0" for name in unknowns]
    if later:
        unknowns["t"] = "the years until then"
        conditions.append("t >= 0")
    counting = frozenset(
        re.findall(r"\b(?:of|these|those|the|all) (N\d+)(?! years| times)\b", text)
    )
    del question
    return Draft(source=plan_text(unknowns, said.equations, asked, conditions), counted=counting)


def _clauses(text: str) -> list[str]:
    """Cut a text where the time that is spoken of may change."""
    pieces: list[str] = []
    start = 0
    for cut in _CUT.finditer(text):
        word = re.search(
            r"(?:what (?:is|are|was|will)|find|determine|calculate|how old)$", cut.group()
        )
        end = cut.start()
        if text[start:end].strip(" ,"):
            pieces.append(text[start:end].strip(" ,"))
        start = cut.start() + word.start() if word else cut.end()
    if text[start:].strip(" ,.?!"):
        pieces.append(text[start:].strip(" ,"))
    return pieces


def _clause(
    clause: str, question: Question, people: list[Person], meant: Mapping[str, Person]
) -> Iterator[tuple[Said, bool]]:
    asked_when = _HOW_LONG.search(clause)
    if asked_when is not None:
        sign = "-" if asked_when["ago"] or re.search(r"\bago\b", asked_when.group()) else "+"
        rest = _straight(clause[: asked_when.start()] + " " + clause[asked_when.end() :], people)
        for said in _read(rest, question, _scope(people, meant, f" {sign} t")):
            yield Said(equations=said.equations, asked=(("t",),)), True
        return
    times = list(_WHEN.finditer(clause))
    if len(times) > 1 or (not times and re.match(r"how old (?:will|was|were|would)\b", clause)):
        return
    shift = _shift(times[0]) if times else ""
    rest = _straight(_WHEN.sub(" ", clause), people)
    for said in _read(rest, question, _scope(people, meant, shift)):
        yield said, False


def _shift(time: re.Match[str]) -> str:
    years = re.search(r"N\d+", time.group())
    return f" {'+' if time['ahead'] else '-'} {years.group() if years else 1}"


def _straight(clause: str, people: list[Person]) -> str:
    """Put the subject before its verb: `will Tom be twice` is `Tom will be twice`."""
    names = "|".join([*(p.pattern for p in people), "he", "she", "they", "each", "their ages"])
    clause = re.sub(r"\s+", " ", clause).strip(" ,")
    clause = re.sub(
        rf"^(?:how old )(?:will|was|were) ({names}) ?(?:be)?$", r"how old is \1", clause
    )
    return (
        re.sub(rf"\b(will|was|were|is|are) ({names}) be\b", r"\2 \1 be", clause)
        if not clause.startswith("how old")
        else clause
    )


def _read(clause: str, question: Question, scope: Scope) -> list[Said]:
    clause = re.sub(
        r"\b(?:then|only|exactly|just|also|still|actually|will (?=have)|years (?=times))\b ?",
        "",
        clause,
    )
    clause = re.sub(r"\bdo(?:es)? you think\b|\bat that time\b", " ", clause)
    clause = re.sub(r"\s+", " ", clause).strip(" ,")
    if not clause or _NOW.fullmatch(clause):
        return [Said()]
    return understood(Phrases(text=clause, scope=scope, numbers=question.numbers))


def _scope(people: list[Person], meant: Mapping[str, Person], shift: str) -> Scope:
    """What the words mean at a time: everybody's unknown, shifted by the years in between."""
    now = r" (?:is |was |are )?(?:right )?(?:now|today|currently|at present)"
    tail = (
        r"(?: age| ages)?(?: (?:is|was|will be|are|were|would be|be)(?= now| then|[ "
        r",.?!]*$))?(?: then| at that time)?"
    )
    lead = r"(?:the )?(?:present |current |combined )?(?:ages? of )?(?:both )?"
    atoms: dict[str, str] = {}
    every: list[str] = []
    for person in people:
        moved = f"({person.unknown}{shift})" if shift else person.unknown
        every.append(moved)
        for pattern in (person.pattern, *_pronouns(person, meant)):
            own = rf"{lead}(?:{pattern})(?: (?:present|current))?"
            if shift:
                atoms[rf"{own}(?: age)?{now}"] = person.unknown
                atoms[rf"{lead}(?:{pattern}) (?:present|current) age"] = person.unknown
            atoms[own] = moved
            atoms[rf"{own}(?: age| ages)?(?: now| today| currently| at present| presently)?"] = (
                moved
            )
            atoms[rf"{own}{tail}(?: (?:right )?(?:now|today|currently|at present))?"] = moved
    parts: tuple[str, ...] = tuple(every)
    together = f"({' + '.join(parts)})"
    if len(parts) > 1:
        atoms |= {
            (
                r"(?:the )?(?:sum|total) of (?:both |all )?(?:of )?(?:their|the|there)(?: "
                r"N\d+)?(?: present| current)? ages?(?: now)?"
            ): together,
            r"(?:their|the) (?:combined|total|joint) ages?": together,
        }
    if len(parts) == 2:
        apart = f"({parts[0]} - {parts[1]})"
        atoms[r"(?:the )?difference (?:of|between|in) (?:their|the)(?: present| current)? ages"] = (
            apart
        )
    groups = {
        (
            r"(?:(?:of )?(?:each|both|all|the N\d+)(?: of)?(?: them| the N\d+| person| man| "
            r"woman| child)?(?: now)?|they(?: now)?|(?:together )?(?:each |the )?(?:person "
            r"|people )?(?:their|the|there|each person)?(?: present| current)? ages?(?: of "
            r"(?:each|both|the \w+|each person|them))?(?: now)?|everyone|them|each(?: one)? "
            r"now|each(?: \w+)?(?: now)?|(?:the |both )?(?:brothers|sisters|girls|boys"
            r"|friends)(?: now)?)"
        ): parts,
        r"(?:each|both)": parts,
        rf"{lead}(?:{people[0].pattern}) and (?:{people[-1].pattern})(?: now| today)?(?: ages)?": (
            every[0],
            every[-1],
        ),
    }
    return scope_of(atoms, groups)


def _pronouns(person: Person, meant: Mapping[str, Person]) -> Iterator[str]:
    if meant.get("male") == person:
        yield r"he|him|his(?= age|[ .,?!]*$)"
    if meant.get("female") == person:
        yield r"she|hers|her(?= age|[ .,?!]*$| then| now| was)"
