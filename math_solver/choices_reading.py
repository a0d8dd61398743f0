"""Recognising the options of a multiple-choice question, strictly.

Labels must run from the first one without a gap, each label once, in one style of brackets, and
what stands behind each of them must be whole: brackets balance, no operator hangs over. Anything
else is no list of options (`f(a) + f(b)` is none), so that nothing is misread in silence.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from assistants.errors import InputError

from .lines import read_line
from .reading import read_question
from .reading.statements import split_list

LETTERS, SMALL, FIGURES = "ABCDEFGH", "abcdefgh", "12345678"
ROMAN = ("I", "II", "III", "IV", "V")
MAX_OPTIONS = 8


class Kind(Enum):
    """What an option says."""

    VALUE = "value"
    NONE = "none of the others"
    ALL = "all of the others"
    SOME = "these of the others"
    OPEN = "cannot be determined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option: its label (empty in a list without labels), its text, and which it names."""

    label: str
    text: str
    kind: Kind = Kind.VALUE
    names: frozenset[str] = frozenset()

    @property
    def shown(self) -> str:
        """The option as an answer names it."""
        return f"({self.label}) {self.text}" if self.label else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipleChoice:
    """A question and its options; `statements` are those numbered I, II, III."""

    stem: str
    options: tuple[Option, ...]
    statements: tuple[Option, ...] = ()


_STYLES = (
    (r"\({0}\)", r"(?=\S|\s)", 2),
    (r"\[{0}\]", r"(?=\s|\d)", 2),
    (r"{0}\)\.?", r"(?=[\s\d$\\-])", 2),
    (r"{0}\.", r"(?=\s)", 3),
    (r"{0}:", r"(?=\s)", 3),
)
"""Patterns of a label, what follows it, and how many of them a list on one line has at least."""
_ORDERED = re.compile(
    r"(?:\b(?:find|solve|evaluate|compute|calculate|determine|simplify|factor|factori[sz]e|expand"
    r"|differentiate|integrate|state|what is|what are|write|draw|show that|prove that|graph)"
    r"|[-+*/^(<>])[:\s]*$",
    re.IGNORECASE,
)
"""Ends of a text whose object is what follows: a list of problems, not of options."""
_WHICH = re.compile(r"\b(?:which|all of the following|choose|select)\b", re.IGNORECASE)
_INSTRUCTION = re.compile(
    r"\(?(?:type|enter|answer|list|express|write|choose|select)\b", re.IGNORECASE
)
_BARE_LABEL = re.compile(
    r"\$?\\(?:textbf|text|mathbf|mathrm|bf)\s*\{?\s*\(?\s*([A-H])\s*[).]*\s*\}?\s*\)?[).]?"
    r"|\\textbf\{\(([A-H])\)\s*\}"
)
_SPACING = re.compile(r"\\q?quad(?![A-Za-z])|\\(?=\s)|~")
_NONE = re.compile(r"(?:none|neither)(?: of (?:these|them|the above|the others|the options))?")
_ALL = re.compile(r"all (?:of )?(?:these|them|the above|three)|all")
_OPEN = re.compile(
    r"(?:it )?(?:cannot|can't|can not) be (?:determined|found|known|decided).*"
    r"|not enough information.*|(?:it )?depends.*"
)
_NUMERALS = r"\(?(?:III|II|IV|I|V)\)?"
_ROMAN_SET = re.compile(
    rf"(?:both )?{_NUMERALS}(?:(?:, ?and |,? and |, ?| & ){_NUMERALS})*(?: only)?|only {_NUMERALS}"
)


def read_choices(text: str) -> MultipleChoice | None:
    """Return a question with its options; None where the text has none."""
    plain = _plain(text)
    found = _labelled(plain) or _listed(plain)
    if found is None or not 2 <= len(found.options) <= MAX_OPTIONS:
        return None
    if not all(map(_whole, [option.text for option in found.options])):
        return None
    if not _WHICH.search(found.stem):
        question = read_question(found.stem)
        if not question.numbers and not question.formulas:
            return None
    return _with_kinds(found)


def _plain(text: str) -> str:
    """Bring labels in TeX to plain ones, and drop the spaces of TeX."""
    labels = _BARE_LABEL.sub(lambda m: f" ({m[1] or m[2]}) ", text)
    return _SPACING.sub(" ", labels).strip()


# --- options with labels


def _labelled(text: str) -> MultipleChoice | None:
    for style, follows, least in _STYLES:
        for alphabet in (LETTERS, SMALL, FIGURES):
            spans = _marks(text, alphabet, style, follows)
            if len(spans) < 2:
                continue
            lines = all(_begins_line(text, start) for start, _ in spans)
            if not lines and (len(spans) < least or not _may_stand_inline(text, spans[0], least)):
                continue
            found = _cut(text, spans, alphabet, lines=lines)
            if found is not None:
                return found
    return None


def _marks(text: str, labels: Sequence[str], style: str, follows: str) -> list[tuple[int, int]]:
    """Return the places of labels in order, up to the first that is missing or stands twice."""
    spans: list[tuple[int, int]] = []
    for label in labels:
        pattern = re.compile(rf"(?<!\S){style.format(label)}{follows}")
        places = [found.span() for found in pattern.finditer(text)]
        if len(places) != 1 or (spans and places[0][0] < spans[-1][1]):
            break
        spans.append(places[0])
    return spans


def _begins_line(text: str, start: int) -> bool:
    return not text[:start].rpartition("\n")[2].strip()


def _may_stand_inline(text: str, first: tuple[int, int], least: int) -> bool:
    """A point or colon behind a label is common in sentences: the question must have ended."""
    return least < 3 or text[: first[0]].rstrip().endswith(("?", ":", ".", "="))


def _cut(
    text: str, spans: list[tuple[int, int]], alphabet: str, *, lines: bool
) -> MultipleChoice | None:
    stem = _trimmed_stem(text[: spans[0][0]])
    if not stem or _ORDERED.search(stem) or not _balanced(stem):
        return None
    options: list[Option] = []
    ends = [start for start, _ in spans[1:]] + [len(text)]
    for label, (_, start), end in zip(alphabet, spans, ends, strict=False):
        body = text[start:end].strip()
        if lines:
            body, _, rest = body.partition("\n")
            if rest.strip() and not _INSTRUCTION.match(rest.strip()):
                return None
        options.append(Option(label=label, text=_trimmed(body)))
    return MultipleChoice(stem=stem, options=tuple(options))


def _trimmed_stem(stem: str) -> str:
    return re.sub(r"(?:\s\$+|[\s,]+)$", "", stem.strip())


def _trimmed(body: str) -> str:
    """Drop what joins options, and delimiters of formulas that enclose nothing else."""
    text = re.sub(r"(?:\s|[,;?]|(?<!\.)\.|\b(?:or|and)\b)*$", "", body)
    text = text.strip()
    if text.startswith("$") and text.endswith("$") and len(text) > 2:
        return text.strip("$").strip()
    return re.sub(r"\s*\$+$", "", text).strip()


# --- options without labels


def _listed(text: str) -> MultipleChoice | None:
    """Options on lines, or behind a colon, or between `which of` and `is`."""
    first, *lines = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    if len(lines) >= 2 and _WHICH.search(first) and first.endswith(("?", ":")):
        return _unlabelled(first, lines)
    if lines:
        return None
    behind = re.fullmatch(r"(which (?:one )?of (?:the following|these)\b.+?)[:?] (.+?)\?*", first,
                          re.IGNORECASE)  # fmt: skip
    if behind:
        return _unlabelled(behind[1], _members(behind[2]))
    within = re.fullmatch(
        r"which (?:one )?of (?:the (?:numbers|fractions|points|values) )?(?=[-\d($\\])(.+?) "
        r"((?:is|are|lies|has|have|satisf\w+)\b.+)",
        first,
        re.IGNORECASE,
    )
    if within:
        return _unlabelled(f"Which of the following {within[2]}", _members(within[1]))
    return None


def _members(text: str) -> list[str]:
    """Split at commas with a space behind, which numbers such as 1,001 have not."""
    halves = re.split(r",? (?:or|and) ", text)
    if not re.search(r",\s", text):
        return [part for half in halves for part in split_list(half)]
    return [part for half in halves for part in _top_level(half, r",\s+")]


def _unlabelled(stem: str, texts: Sequence[str]) -> MultipleChoice | None:
    trimmed = [_trimmed(text) for text in texts]
    if len(trimmed) < 2 or not all(map(_is_mathematics, trimmed)):
        return None
    return MultipleChoice(stem=stem, options=tuple(Option(label="", text=t) for t in trimmed))


def _is_mathematics(text: str) -> bool:
    if point_of(text) is not None:
        return True
    try:
        read_line(text)
    except InputError:
        return False
    return True


# --- what is whole


def _whole(text: str) -> bool:
    """Whether an option can stand by itself."""
    return (
        bool(re.search(r"[A-Za-z0-9∅]", text))
        and _balanced(text)
        and not re.match(r"[*/^=]", text)
        and not re.search(r"[-+*/^=<(]$", text)
    )


def _balanced(text: str) -> bool:
    """Whether brackets close; half-open intervals `[2, 5)` count as closed."""
    depth = 0
    for sign in re.sub(r"\\[{}]", "", text):
        depth += (sign in "([{") - (sign in ")]}")
        if depth < 0:
            return False
    return depth == 0


def point_of(text: str) -> tuple[str, ...] | None:
    """Return the coordinates of `(1, 2)`; None where the text is no point."""
    found = re.fullmatch(r"\\?\(?\s*\((.+)\)", text.strip())
    if found is None:
        return None
    parts = tuple(_top_level(found[1]))
    return parts if len(parts) in {2, 3} and all(parts) else None


def _top_level(text: str, comma: str = ",") -> Iterator[str]:
    """Split at the commas outside of brackets."""
    depth = start = 0
    for sign in re.finditer(rf"[(\[{{)\]}}]|{comma}", text):
        depth += (sign.group() in "([{") - (sign.group() in ")]}")
        if sign.group().startswith(",") and depth == 0:
            yield text[start : sign.start()].strip()
            start = sign.end()
    yield text[start:].strip()


# --- options about other options


def _with_kinds(found: MultipleChoice) -> MultipleChoice | None:
    """Tell options about the others from values, and set statements I, II, III apart."""
    roman = [o for o in found.options if _ROMAN_SET.fullmatch(o.text)]
    if len(roman) < 2:
        options = tuple(_kind(option, found.options) for option in found.options)
        return MultipleChoice(stem=found.stem, options=options)
    stem, statements = _statements(found.stem)
    options = tuple(_roman(option, statements) for option in found.options)
    if not statements or any(option is None for option in options):
        return None
    kept = tuple(option for option in options if option is not None)
    return MultipleChoice(stem=stem, options=kept, statements=statements)


def _kind(option: Option, options: Sequence[Option]) -> Option:
    said = option.text.lower().strip(" .")
    labels = [o.label for o in options if o.label]
    kind, names = Kind.VALUE, frozenset[str]()
    if _NONE.fullmatch(said):
        kind = Kind.NONE
    elif _ALL.fullmatch(said):
        kind = Kind.ALL
    elif _OPEN.fullmatch(said):
        kind = Kind.OPEN
    elif labels and re.fullmatch(r"both \(?\w\)? and \(?\w\)?", said):
        listed = [m.upper() if labels[0].isupper() else m for m in re.findall(r"\b\w\b", said)]
        if set(listed) <= set(labels):
            kind, names = Kind.SOME, frozenset(listed)
    return Option(label=option.label, text=option.text, kind=kind, names=names)


def _statements(stem: str) -> tuple[str, tuple[Option, ...]]:
    """Split a question into what is asked and the statements numbered I, II, III."""
    for style in (r"\({0}\)", r"{0}\.", r"{0}\)", r"{0}:"):
        spans = _marks(stem, ROMAN, style, r"(?=\s)")
        if len(spans) < 2:
            continue
        ends = [start for start, _ in spans[1:]] + [len(stem)]
        bodies = [stem[start:end].strip() for (_, start), end in zip(spans, ends, strict=True)]
        last, _, behind = bodies[-1].partition("\n")
        bodies[-1] = last
        options = (
            Option(label=label, text=_trimmed(body))
            for label, body in zip(ROMAN, bodies, strict=False)
        )
        return f"{stem[: spans[0][0]].strip()} {behind.strip()}".strip(), tuple(options)
    return stem, ()


def _roman(option: Option, statements: Sequence[Option]) -> Option | None:
    said = option.text.strip(" .")
    every = frozenset(s.label for s in statements)
    if _NONE.fullmatch(said.lower()):
        names = frozenset[str]()
    elif _ALL.fullmatch(said.lower()):
        names = every
    elif _ROMAN_SET.fullmatch(said):
        names = frozenset(re.findall(r"\b(?:III|II|IV|I|V)\b", said))
    else:
        return None
    if not names <= every:
        return None
    return Option(label=option.label, text=option.text, kind=Kind.SOME, names=names)
