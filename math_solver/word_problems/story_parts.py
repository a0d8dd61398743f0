"""What each number of a story says: a rate, or an amount of something that comes or goes."""

import re
from dataclasses import dataclass
from fractions import Fraction

from math_solver.reading import Question

from .mentions import stem

GAIN = (
    "buys?|bought|gets?|got|finds?|found|receives?|received|picks?|picked|adds?|added"
    "|earns?|earned|wins?|won|collects?"
    "|collected|joins?|joined|grew|grows?|makes?|made|bakes?|baked|plants?|planted"
    "|puts?|placed|comes?|came|increased|rose"
    "|gains?|gained|brings|brought|born|more|another|arrived|saved|borrowed|uploaded"
    "|built|flew up|landed|removes the|installed new|purchased?|harvested|gathered"
    "|caught"
)


LOSE = (
    "gave|gives?|ate|eats?|loses?|lost|sells?|sold|uses?|used|spends?|spent|takes?|took"
    "|breaks?|broke|removed?|removes|threw|throws"
    "|donated?|popped|cuts?|pays?|paid|died|melted|flew away|ran|deleted?|shares?"
    "|shared|gone|leave|leaves|left|quit|drank"
    "|drinks|decreased|fell|dropped|traded|returned|burned|wilted|handed|sent|sends"
    "|hands|off|moved out|got rid|getting rid|graded|threw away|rotten|broken|eaten"
    "|destroyed|already|only|not|(?:did|could|was|were|have|has|does|do|would)n"
)


GIVE = "gave|give|gives|hands|handed|sent|sends|lends|lent|passed"


_STOP = frozenset(
    (
        "and or in on at to from for with of than that which who is are was were has had "
        "have did does do the a an more each per"
        " but if how many much will would could can left so then now after he she they it "
        "his her their them all as into by new old"
        " other some total every total not didn t only already still again later there any "
        "this these those been be also when while during one"
    ).split()
)


_VERBS = frozenset(
    (
        "buy bought get got put take took sold sell use used gave give ate eat need needed "
        "put placed made make baked bake cost costs"
        " spent spend found find received receive picked pick lost lose wanted want paid "
        "pay earned earn won win saved save bought left"
        " read walked ran rode drove scored score answered washed graded sent sitting sit "
        "came come joined join flew fly long tall away eaten turned torn broken"
    ).split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one number says: a rate (`of` per `each`), or an amount `of` something with a sign."""

    name: str
    value: Fraction
    of: frozenset[str]
    each: frozenset[str] | None
    sign: int
    clause: str
    start: int


def parts_of(text: str, question: Question, asked: str) -> list[Part]:
    """Return what each number of a text says, in order."""
    parts: list[Part] = []
    person = person_of(asked)
    for found in re.finditer(r"\bN\d+\b", text):
        left = max(
            (
                m.end()
                for m in re.finditer(
                    r"[.!?,;]\s|\b(?:and|but|then|if|while)\b", text[: found.start()]
                )
            ),
            default=0,
        )
        right = re.search(
            r"[.!?,;](?:\s|$)|\b(?:and|but|then|while|if)\b(?! then)", text[found.end() :]
        )
        stop = found.end() + right.start() if right else len(text)
        clause = text[left:stop]
        before, after = text[left : found.start()], text[found.end() : stop]
        each = _each(before, after, text[found.end() : found.end() + 70])
        of = nouns(
            re.sub(
                rf"^ of (?:(?:the|his|her|their|its|my|these|those|{person or '_'}) )*", " ", after
            )
        )
        if shared := re.match(r" ([a-z]+)\s*$", after):
            noun = re.match(r"\s*and N\d+ [a-z]+ ([a-z]+)", text[stop:])
            of |= frozenset({stem(noun[1])}) if noun and shared else frozenset[str]()
        if each is not None and re.match(r"\s?(?:dollars?|cents?|bucks?) [a-z]+s\b", after):
            of = frozenset({"dollar"})
        if parts and re.match(r" of them\b", after):
            of = parts[-1].of
        if not of and parts:
            of = parts[-1].of if not _money(before) else of
        if _money(before):
            of = frozenset({"dollar"})
        parts.append(
            Part(
                name=found.group(),
                value=question.numbers[int(found.group()[1:])],
                of=of,
                each=each,
                sign=-1
                if text[: found.start()].endswith("all but ")
                else _sign(before, after, person),
                clause=clause,
                start=found.start(),
            )
        )
    return parts


def _money(before: str) -> bool:
    return before.rstrip().endswith("$")


_MEASURES = frozenset(
    (
        "cup pound piece box bottle gallon bucket head tube slice bag ounce carton can loaf "
        "jar pack"
    ).split()
)


_BREAKS = frozenset(
    {
        "of",
        "in",
        "to",
        "on",
        "from",
        "for",
        "at",
        "how",
        "what",
        "the",
        "by",
        "with",
        "into",
        "after",
    }
)


def nouns(after: str) -> frozenset[str]:
    """Return the stems of the nouns that follow a number."""
    return frozenset(noun_list(after))


def noun_list(after: str) -> list[str]:
    """Return the stems of the nouns that follow a number, with what a measure is of."""
    words: list[str] = []
    for word in re.findall(r"[a-z]+", after[:50]):
        if word == "of" and words and words[-1] in _MEASURES:
            continue
        done = len(word) > 5 and word.endswith(("ed", "ing"))
        if word in _STOP or word in _VERBS or done:
            if words or word in _BREAKS:
                break
            continue
        words.append(stem(word))
        if len(words) == 3:
            break
    return words


def _each(before: str, after: str, onward: str) -> frozenset[str] | None:
    """Return what a rate is for one of; the empty set where it is not said; None for no rate."""
    if found := re.search(
        (
            r"\b(?:each|every|per) ((?:of (?:the|his|her|their) )?[a-z]+(?: [a-z]+)?) (?:in "
            r"an? [a-z]+ )?(?:that |she |he |there )?(?:[a-z]+ ){0,3}(?:cost|costs|were|are"
            r"|takes?|took|contains?|contain|holds?|hold|has|have|had|weighs?|is|was|gets?"
            r"|uses?|needs?(?: to contain)?|sells? for|requires?|scored|serves?|produces?"
            r"|eats?|eat|fits?|used|would be|could|can|worth|equals)\b[^N]*$"
        ),
        before,
    ):
        return _stems(found[1])
    if found := re.search(
        r"\b(?:each|every) ([a-z]+)(?:,? (?:he|she|they|it|you|i|we|[a-z]+) [a-z]+)? $", before
    ):
        return _stems(found[1])
    if (found := re.search(r"\ban? ([a-z]+) (?:has|had|holds|contains?) $", before)) and re.search(
        r"\b(?:on|in) it\b", after
    ):
        return _stems(found[1])
    if found := re.search(
        (
            r"^[^N,.?!]*?\b(?:for|in|on|at|to|of|with|into|per|from|onto|by|during|wash|paint"
            r"|install|cook|fill|grade|make|read|sew|each|every|inside)?\s?\b(?:each|every"
            r"|per)\b ?((?!of\b)[a-z]+(?: (?!of\b|and\b|so\b|how\b|if\b|ha[sd]\b"
            r"|have\b)[a-z]+)?)?"
        ),
        onward.split(" N", maxsplit=1)[0],
    ):
        word = found[1]
        if word and word.split()[0] not in {
            "one",
            "so",
            "how",
            "she",
            "he",
            "if",
            "they",
            "and",
            "then",
        }:
            return _stems(word)
        return frozenset()
    if re.search(
        (
            r"\b(?:packs?|boxes|bags?|groups?|sets?|rows?|packages?|cases?|bunches|teams?"
            r"|packets?|stacks?|piles?|batches|cartons?|bundles?)\s?(?:of|containing|with)\s?$"
        ),
        before,
    ):
        word = re.findall(r"([a-z]+)\s(?:of|containing|with)\s?$", before)
        return _stems(word[0])
    if re.match(r"(?:\s[a-z]+){0,3} at a time\b", after):
        return frozenset({"trip", "time"})
    if re.match(r"\s?(?:dollar|cent) [a-z]+s\b", after):
        return _stems(re.findall(r"(?:dollar|cent) ([a-z]+)", after)[0])
    if found := re.search(
        r"^[^N.?!,]*?\b(?:to [a-z]+|for|makes?|in|on|of|wash) (?:one|a single) ([a-z]+)", onward
    ):
        return _stems(found[1])
    if found := re.match(
        r"\s?\S* ?(?:an?|/) (hour|day|week|minute|month|year|night|piece|gallon|box|pound)\b", after
    ):
        return frozenset({stem(found[1])})
    if found := re.search(
        (
            r"\b(?:one|a single) ([a-z]+(?: [a-z]+)?) (?:costs?|for|sells for|holds|weighs"
            r"|takes|contains) \$? ?$"
        ),
        before,
    ):
        return _stems(found[1])
    return None


def _stems(words: str) -> frozenset[str]:
    return frozenset(stem(w) for w in re.findall(r"[a-z]+", words) if w not in _STOP)


def person_of(asked: str) -> str:
    """Return the name of the person that a question is about, or nothing."""
    found = re.search(
        (
            r"\b(?:did|does|do|will|would|has|have|had|can|could|is|are) (?!he\b|she\b|they\b"
            r"|there\b|it\b|the\b|you\b|be\b)([a-z]+)"
        ),
        asked,
    )
    return found[1] if found else ""


def _sign(before: str, after: str, person: str) -> int:
    if re.search(rf"\b(?:{GIVE}) (?:her|his) [a-z]+ $", before):
        return -1
    given = re.search(rf"\b([a-z]+) (?:{GIVE}) ([a-z]+)?", before)
    if given:
        to = given[2] or ""
        onward = re.search(r"\bto ([a-z]+)", after)
        towards = to in {"him", "her", "them"} or (bool(person) and to == person)
        towards |= bool(onward and person and onward[1] == person)
        return 1 if towards and given[1] != person else -1
    if person and re.match(rf"\s?of {person}\b", after):
        return -1
    if re.match(r"\s?of (?:them|the|these|those|his|her|their|it)\b", after) and not re.search(
        r"\b(?:more|another|bought|found|added)\b", before
    ):
        return -1
    if re.search(r"\b(?:spent|spends|ate|eats|sold|sells|lost|used|gave) another \$?\s?$", before):
        return -1
    relative = r"\b(?:sister|brother|dad|mom|friend|father|mother|uncle|aunt) borrowed\b"
    if re.search(r"\bborrowed\b", before) and (
        re.search(r"\bfrom\b", after) or re.search(relative, before)
    ):
        return -1
    found = [
        (match.start(), sign)
        for sign, verbs in ((1, GAIN), (-1, LOSE))
        for match in re.finditer(rf"\b(?:{verbs})\b", before)
    ]
    if found:
        return max(found)[1]
    for sign, verbs in ((-1, LOSE), (1, GAIN)):
        if re.match(rf"(?:\s[a-z]+){{0,4}}?\s(?:{verbs})\b", after):
            return sign
    return 0
