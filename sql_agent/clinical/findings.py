"""From a note to findings: diagnoses, drugs with doses, laboratory values, each with its evidence.

Everything found is a suggestion with the span that says it; nothing is a fact before somebody has
reviewed it (`review`).
"""

import re
from dataclasses import dataclass
from typing import Literal

from assistants.answer import Json

from .context import Status, status_of
from .tagger import Tagger
from .terms import diagnoses, drugs, tests

Kind = Literal["diagnosis", "drug", "laboratory", "name"]
_DOSE = re.compile(
    r"^\s*(?:tablets?\s+|:\s*)?(?P<dose>\d+(?:[.,]\d+)?)\s*(?P<unit>mg|mcg|g|units?|mL|%)\b"
    r"(?:\s*(?P<route>PO|IV|SC|SQ|IM|oral(?:ly)?|by mouth|intravenous(?:ly)?|subcutaneous(?:ly)?|"
    r"inhaled))?"
    r"(?:\s*(?P<often>once daily|twice daily|three times daily|daily|nightly|weekly|BID|TID|QID|QD|"
    r"q\d+h|every \d+ hours|as needed|PRN))?",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"^\s*(?:level\s*)?(?:\(\w+\)\s*)?(?:was|is|of|at|came back at|today|=|:)?\s*"
    r"(?:measured |elevated |low |high )?(?:at )?(?P<sign>[<>])?\s*(?P<value>\d+(?:[.,]\d+)?)"
    r"\s*(?P<unit>%|mg/dL|mmol/L|mEq/L|g/dL|ng/mL|pg/mL|U/L|mg/L|mL/min(?:/1\.73\s?m2)?|"
    r"K/uL|x10\^?9/L|mIU/L|10\^3/uL)?",
    re.IGNORECASE,
)

_SENTENCE = re.compile(r"(?:[^.!?\n]|\.(?=\d))+[.!?]?")
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a note says, with the place that says it.

    `code` is an ICD-10-CM code, a generic drug name or a test's name; it is empty for a `name` that
    the tagger found and no list knows.
    """

    kind: Kind
    code: str
    text: str
    start: int
    end: int
    status: Status
    value: str = ""
    unit: str = ""
    route: str = ""
    frequency: str = ""

    def to_dict(self) -> dict[str, Json]:
        """Return the finding as plain data."""
        row: dict[str, Json] = {
            "kind": self.kind,
            "code": self.code,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "status": self.status.value,
        }
        extra = {"value": self.value, "unit": self.unit, "route": self.route}
        extra["frequency"] = self.frequency
        row.update({name: text for name, text in extra.items() if text})
        return row


def extract(note: str, *, tagger: Tagger | None = None) -> tuple[Finding, ...]:
    """Return the findings of a note in order.

    Args:
        note: The text.
        tagger: Finds further names of diseases and chemicals, which carry no code.

    Raises:
        InputError: the list of codes is not installed.
    """
    found = [*_diagnoses(note), *_drugs(note), *_laboratory(note)]
    if tagger is not None:
        taken = [(one.start, one.end) for one in found]
        found += [one for one in _names(note, tagger) if not _overlaps(one, taken)]
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))


def _diagnoses(note: str) -> list[Finding]:
    lexicon = diagnoses()
    return [
        Finding(
            kind="diagnosis",
            code=lexicon.of(match[0]),
            text=match[0],
            start=match.start(),
            end=match.end(),
            status=status_of(note, match.start(), match.end()),
        )
        for match in lexicon.pattern.finditer(note)
    ]


def _drugs(note: str) -> list[Finding]:
    lexicon = drugs()
    found: list[Finding] = []
    for match in lexicon.pattern.finditer(note):
        dose = _DOSE.match(note[match.end() :])
        parts = dose.groupdict(default="") if dose is not None else {}
        end = match.end() + (dose.end() if dose is not None else 0)
        found.append(
            Finding(
                kind="drug",
                code=lexicon.of(match[0]),
                text=note[match.start() : end].rstrip(),
                start=match.start(),
                end=match.start() + len(note[match.start() : end].rstrip()),
                status=status_of(note, match.start(), match.end()),
                value=parts.get("dose", "").replace(",", "."),
                unit=parts.get("unit", ""),
                route=parts.get("route", ""),
                frequency=parts.get("often", ""),
            )
        )
    return found


def _laboratory(note: str) -> list[Finding]:
    lexicon = tests()
    found: list[Finding] = []
    for match in lexicon.pattern.finditer(note):
        value = _VALUE.match(note[match.end() :])
        if value is None:
            continue
        end = match.end() + value.end()
        found.append(
            Finding(
                kind="laboratory",
                code=lexicon.of(match[0]),
                text=note[match.start() : end].rstrip(),
                start=match.start(),
                end=match.start() + len(note[match.start() : end].rstrip()),
                status=status_of(note, match.start(), match.end()),
                value=(value["sign"] or "") + value["value"].replace(",", "."),
                unit=value["unit"] or "",
            )
        )
    return found


def _names(note: str, tagger: Tagger) -> list[Finding]:
    from .tagger import nearby, spans

    found: list[Finding] = []
    sentences = [
        list(_WORD.finditer(note, *sentence.span())) for sentence in _SENTENCE.finditer(note)
    ]
    texts = [[word[0] for word in words] for words in sentences]
    for place, words in enumerate(sentences):
        for first, last, _ in spans(tagger.tag(texts[place], nearby(texts, place))):
            start, end = words[first].start(), words[last - 1].end()
            found.append(
                Finding(
                    kind="name",
                    code="",
                    text=note[start:end],
                    start=start,
                    end=end,
                    status=status_of(note, start, end),
                )
            )
    return found


def _overlaps(one: Finding, taken: list[tuple[int, int]]) -> bool:
    return any(one.start < end and start < one.end for start, end in taken)
