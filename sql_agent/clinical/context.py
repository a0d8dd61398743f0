"""Whether a finding is there, denied, only feared, past, or somebody else's.

After ConText (Harkema et al., 2009): words before or after a finding change how it is meant, within
its sentence and up to a word that ends their reach. Headings such as "Family history:" hold for the
lines below them.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a finding is meant."""

    PRESENT = "present"
    NEGATED = "negated"
    FAMILY = "family"
    POSSIBLE = "possible"
    HISTORICAL = "historical"
    HYPOTHETICAL = "hypothetical"


_BEFORE: tuple[tuple[Status, str], ...] = (
    (
        Status.FAMILY,
        (
            r"\b(?:mother|father|brother|sister|aunt|uncle|grandmother|grandfather|son|daughter|"
            r"cousin|parents?|siblings?|family history|family hx|FHx?)\b"
        ),
    ),
    (
        Status.NEGATED,
        (
            r"\b(?:no|not|without|denies|denied|denying|negative for|ruled out|rules out|"
            r"absence of|free of|no evidence of|no signs? of|never had|neither|nor|unlikely)\b"
        ),
    ),
    (
        Status.HYPOTHETICAL,
        (
            r"\b(?:if|in case of|return for|call for|should (?:he|she|they|you)|risk of|to prevent|"
            r"prophylaxis (?:for|against)|screening for|screen for|educated about)\b"
        ),
    ),
    (
        Status.POSSIBLE,
        (
            r"\b(?:possible|possibly|probable|suspected|suspicion of|concern for|concerning for|"
            r"cannot exclude|may have|might have|rule out|r/o|differential includes|versus)\b"
        ),
    ),
    (
        Status.HISTORICAL,
        (
            r"\b(?:history of|h/o|hx of|past|previous|prior|resolved|status post|s/p|in the past|"
            r"remote)\b"
        ),
    ),
)
_AFTER: tuple[tuple[Status, str], ...] = (
    (
        Status.NEGATED,
        (
            r"^\W*(?:was |were |is |are |has been |have been )?(?:ruled out|excluded|absent|denied|"
            r"not (?:seen|present|found|detected)|negative)\b"
        ),
    ),
    (Status.POSSIBLE, r"^\W*(?:is |was )?(?:possible|suspected|not excluded|cannot be excluded)\b"),
    (
        Status.HISTORICAL,
        r"^\W*(?:has |have )?(?:resolved|in the past|years ago|in (?:19|20)\d\d)\b",
    ),
    (
        Status.FAMILY,
        r"^\W*(?:in|of) (?:his|her|the patient's|their) (?:mother|father|brother|sister)\b",
    ),
)
_ENDS = re.compile(
    r"\b(?:but|however|although|though|except|aside from|apart from|which|presents? with|"
    r"presented with|now has|has|complains? of|reports?|admits?|started|developed|patient)\b|;",
    re.IGNORECASE,
)
_HEADING = re.compile(r"(?im)^\s*([A-Z][A-Za-z /]{2,40}):")
_FAMILY_HEADING = re.compile(r"family (?:history|hx)|\bFHx?\b", re.IGNORECASE)
_PAST_HEADING = re.compile(r"past (?:medical|surgical) history", re.IGNORECASE)
_SENTENCE_END = re.compile(
    r"(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)[.!?](?=\s|$)|\n\s*\n|\n(?=\s*[-*•])|\n(?=[A-Z])"
)
_FAR = 90


@dataclass(frozen=True, slots=True)
class Scope:
    """The sentence of a finding and the heading above it."""

    start: int
    end: int
    heading: str


def scope_of(text: str, at: int) -> Scope:
    """Return the sentence around a place, and its heading."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    start = max((end for end in ends if end <= at), default=0)
    stop = min((end for end in ends if end > at), default=len(text))
    heading = ""
    for match in _HEADING.finditer(text[: at + 1]):
        heading = match[1]
    return Scope(start, stop, heading)


def status_of(text: str, start: int, end: int) -> Status:
    """Return how the finding from `start` to `end` of a note is meant."""
    scope = scope_of(text, start)
    before = text[max(scope.start, start - _FAR) : start]
    after = text[end : min(scope.end, end + _FAR)]
    for status, pattern in _AFTER:
        if re.search(pattern, after, re.IGNORECASE):
            return status
    if _FAMILY_HEADING.search(scope.heading):
        reached = _reached(before, Status.NEGATED)
        return Status.NEGATED if reached else Status.FAMILY
    for status, _ in _BEFORE:
        if _reached(before, status):
            return status
    return Status.HISTORICAL if _PAST_HEADING.search(scope.heading) else Status.PRESENT


def _reached(before: str, status: Status) -> bool:
    """Whether a word that means a status reaches to the end of a text."""
    pattern = dict(_BEFORE)[status]
    last = None
    for last in re.finditer(pattern, before, re.IGNORECASE):  # noqa: B007 - the last counts
        pass
    if last is None:
        return False
    between = before[last.end() :]
    if status is Status.FAMILY:
        return re.search(r"\bbut\b|;|\bpatient\b", between, re.IGNORECASE) is None
    return _ENDS.search(between) is None
