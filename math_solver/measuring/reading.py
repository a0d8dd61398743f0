"""One figure and its measures: `a cone has radius 3 cm and slant height 5 cm; find its volume`.

Every number must be a measure or part of a relation between two, and every other word must be one
that says nothing more; otherwise the text is not read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .figure import ASK, Figure, Masked, masked
from .shapes import SHAPES, Shape

_FILLER = frozenset(
    "a an the of is are was has have having with whose its it their that and if in by then given"
    " find calculate determine compute give work out what how long high tall wide deep far each"
    " measure measures measuring measured equal equals to exact value all both one other which"
    " who this there same these let be so figure shape know known we you suppose s total length"
    " lengths side sides edge edges exactly please me for terms pi certain long respectively where"
    " space".split()
)
_LINK = (
    r"(?: (?:of|is|are|was|measures?|equals?|equal to|length|long|has length|=|:))*:? ?(?:an? )?"
)


@dataclass(slots=True)
class _Draft:
    """What is known so far of a figure; `open` are numbers whose part is not known."""

    shape: Shape
    source: Masked
    text: str
    facts: list[str] = field(default_factory=list[str])
    used: list[str] = field(default_factory=list[str])
    spans: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])


def read_measures(original: str) -> Figure | None:
    """Read a problem about the measures of one figure."""
    source = masked(original)
    if source is None or not source.values:
        return None
    shape = _shape(source.text)
    ask = list(ASK.finditer(source.text))
    if shape is None or not ask:
        return None
    draft = _Draft(shape=shape, source=source, text=source.text)
    _read_relations(draft)
    if not _read_numbers(draft):
        return None
    asked = _asked(draft, ask[-1].start(), ask[-1].group())
    if not asked or set(asked) & set(draft.used) or not _all_read(draft):
        return None
    return Figure(
        name=shape.name,
        letters=shape.meanings(),
        formulas=shape.formulas,
        facts=tuple(draft.facts),
        asked=asked,
    )


def _shape(text: str) -> Shape | None:
    """Return the one figure that a text speaks of."""
    rest, found = text, list[Shape]()
    for shape in SHAPES:
        if re.search(rf"\b(?:{shape.pattern})s?\b", rest):
            found.append(shape)
            rest = re.sub(rf"\b(?:{shape.pattern})s?\b", " ", rest)
    return found[0] if len(found) == 1 else None


def _names(shape: Shape) -> str:
    names = [name for key in shape.measures for name in key.split("|")]
    plural = [re.sub(r"y$", "(?:y|ies)", name) for name in names]
    return "|".join(sorted((rf"{name}(?:s|es)?" for name in plural), key=len, reverse=True))


def _letters(shape: Shape, word: str) -> str:
    """Return the letters of a measure by its name; the longest name that fits."""
    fits = [
        (len(name), letters)
        for key, letters in shape.measures.items()
        for name in key.split("|")
        if re.fullmatch(rf"{name}(?:s|es)?", word)
    ]
    return max(fits)[1] if fits else ""


def _take(draft: _Draft, word: str, value: str) -> bool:
    """Write down a measure; of two of a kind, the next that is free."""
    for letter in _letters(draft.shape, word):
        if letter not in draft.used:
            draft.used.append(letter)
            draft.facts.append(f"{letter} = {value}")
            return True
    return False


# --- relations between two measures

_FACTOR = r"(?P<factor>twice|double|half|#\d+ times)"
_STEP = r"(?P<step>#\d+) (?P<sign>more|less|longer|shorter|greater|smaller|wider|larger) than"


def _read_relations(draft: _Draft) -> None:
    """`its length is 3 more than twice its width`, `twice as long as it is wide`."""
    names = _names(draft.shape)
    whose = r"(?:the |its |the rectangle's )?"
    forms = (
        (
            rf"{whose}(?P<first>{names})(?: of (?:the|an?) [a-z ]{{1,24}}?)? (?:is|equals) "
            rf"(?:{_STEP} )?(?:{_FACTOR} )?(?:as (?:long|large) as )?{whose}(?P<second>{names})"
        ),
        rf"{_FACTOR} as (?P<first>{names}) as (?:it is )?(?P<second>{names})",
        rf"(?P<step>#\d+) (?P<sign>longer|wider|higher|taller) than (?:it is )?(?P<second>{names})",
    )
    for form in forms:
        for told in re.finditer(form, draft.text):
            _relate(draft, told.groupdict(), told.span())


def _relate(draft: _Draft, told: dict[str, str | None], span: tuple[int, int]) -> None:
    sign = told.get("sign") or ""
    first = told.get("first") or {"longer": "long", "wider": "wide", "higher": "high"}.get(
        sign, "tall"
    )
    left, right = (_letters(draft.shape, word or "") for word in (first, told["second"]))
    factor, step = told.get("factor"), told.get("step")
    if len(left) != 1 or len(right) != 1 or left == right or not (factor or step):
        return
    text = right
    if factor:
        known = {"twice": "2", "double": "2", "half": "1/2"}
        times = known.get(factor) or _value(draft, factor.split()[0])
        text = f"{times}*{right}"
    if step:
        less = sign in {"less", "shorter", "smaller"}
        text += f" {'-' if less else '+'} {_value(draft, step)}"
    draft.facts.append(f"{left} = {text}")
    draft.spans.append(span)


def _value(draft: _Draft, name: str) -> str:
    return draft.source.values[int(name.strip("# "))]


# --- numbers


def _read_numbers(draft: _Draft) -> bool:
    """Give every number its part; False where one has none."""
    names, before = _names(draft.shape), ""
    last_end = 0
    for found in re.finditer(r"#(\d+)", draft.text):
        if any(start <= found.start() < end for start, end in draft.spans):
            continue
        lead, tail = draft.text[last_end : found.start()], draft.text[found.end() :]
        word = _word_of(names, lead, tail, before)
        if not word or not _take(draft, word, draft.source.values[int(found[1])]):
            return False
        before, last_end = word, found.end()
    return True


def _word_of(names: str, lead: str, tail: str, before: str) -> str:
    """Return which measure a number is, by the words on both sides of it."""
    shape = r"(?: of (?:the|an?|its|this|each|one of its) [a-z -]{1,24}?)?"
    named = list(re.finditer(rf"\b(?:{names})\b", lead))
    behind = re.match(rf" ?-?(?:in )?({names})\b", tail)
    if behind and behind[1] in {"long", "wide", "high", "tall", "deep"}:
        return behind[1]
    if named and re.fullmatch(shape + _LINK, lead[named[-1].end() :]):
        return named[-1].group()
    if behind:
        return behind[1]
    if before and re.fullmatch(
        r" ?(?:,|and|, and|by|x|×|, ?another| and the other is)? ?(?:an? )?", lead
    ):
        return "width" if before in {"length", "long"} and " by" in f" {lead}" else before
    return ""


# --- what is asked for


def _asked(draft: _Draft, start: int, asker: str) -> tuple[str, ...]:
    """Return the letters that are asked for."""
    parts = re.split(r"(\b(?:with|whose|having|if|given|that has|when)\b|#)", draft.text[start:])
    tail, cut = parts[0], "".join(parts[1:2])
    tail = tail.removeprefix(asker)
    tail = re.sub(r"\b(?:length|measure)s? (?:of )(?=(?:its|the|an?|each|one|every) )", "", tail)
    words = re.findall(rf"\b({_names(draft.shape)})\b", tail)
    if "dimension" in tail:
        words = ["length", "width"] if "rectangle" in draft.shape.name else []
    if not words and (size := re.fullmatch(r"how (long|high|tall|wide|deep)", asker)):
        words = [size[1]]
    if cut == "#" and words and set(_letters(draft.shape, words[-1])) <= set(draft.used):
        words = words[:-1]  # `of radius 6`: given, not asked for
    letters: list[str] = []
    for word in words:
        group = _letters(draft.shape, word)
        free = [letter for letter in group if letter not in draft.used]
        letters += free if word.endswith("s") and len(group) > 1 else free[:1]
    start_of_ask = draft.text[start:]
    draft.spans.append((start, start + len(start_of_ask) - len(start_of_ask.lstrip())))
    return tuple(dict.fromkeys(letters)) if len(letters) >= len(set(words)) else ()


def _all_read(draft: _Draft) -> bool:
    """Whether nothing is said that was not read."""
    text = draft.text
    for begin, end in sorted(draft.spans, reverse=True):
        text = text[:begin] + " " + text[end:]
    text = re.sub(rf"\b(?:{draft.shape.pattern})s?\b", " ", text)
    text = re.sub(rf"\b(?:{_names(draft.shape)})\b|#\d+|\bdimensions?\b|'s\b", " ", text)
    return _silent(re.findall(r"[a-z]+", text))


def _silent(words: Sequence[str]) -> bool:
    return all(word in _FILLER for word in words)
