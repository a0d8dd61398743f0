"""What a follow-up in a conversation asks: "only last quarter", "by region instead", "and Boston?".

The question before is taken up again with one part exchanged or added: a period for its period, a
value for a value of the same column, a grouping for its grouping. What is asked then is a whole
question, which is shown, so nothing is remembered out of sight.
"""

import re

from .database import resolve
from .linking import Linking, Mention, link
from .query_tree import PeriodValue, SlotValue, TextValue
from .rules import known_words
from .workspace import open_workspace

_OPENING = re.compile(
    r"(?:(and|but|now|also|what about|how about|the same|only|just|ok|okay|then|please|for|in)\b"
    r"[\s,]*)+",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"[\s,]*\b(instead|only|too|as well|please|rather|now)\s*$", re.IGNORECASE)
_GROUPING = re.compile(r"(by|per|for each|for every)\s+(.+)$", re.IGNORECASE)
_OLD_GROUPING = re.compile(
    r"\b(?:by|per|for each|for every)\s+[\w ,]+?"
    r"(?=\s+(?:in|for|during|since|from|where|with|of|last|this|before|after|at|on)\b|[?.;]|$)",
    re.IGNORECASE,
)


def follow_up(database: str, before: str, line: str) -> str | None:
    """Return the whole question that a line asks after another, or None where it is no follow-up.

    Raises:
        DatabaseError: the database cannot be opened.
    """
    said = line.strip().rstrip("?.! ")
    opened = _OPENING.match(said)
    closed = _CLOSING.search(said)
    rest = _CLOSING.sub("", said[opened.end() :] if opened else said).strip()
    grouping = _GROUPING.match(rest)
    if not rest or (opened is None and closed is None and grouping is None):
        return None
    asked = before.strip().rstrip("?.! ")
    adds = opened is not None and opened[0].lower().split()[0] in {"and", "also"} and closed is None
    if grouping is not None:
        return _grouped(asked, rest, adds=adds)
    workspace = open_workspace(resolve(database))
    known = known_words()
    new, old = link(rest, workspace, known), link(asked, workspace, known)
    return _exchanged(asked, old, rest, new) or _appended(asked, rest, new)


def _grouped(asked: str, rest: str, *, adds: bool) -> str:
    found = _OLD_GROUPING.search(asked)
    if found is None:
        return f"{asked} {rest}"
    if adds:
        return f"{asked[: found.end()]} and {rest}{asked[found.end() :]}"
    return f"{asked[: found.start()]}{rest}{asked[found.end() :]}"


def _exchanged(asked: str, old: Linking, rest: str, new: Linking) -> str | None:
    """Return the question with one value in the place of another of its kind."""
    values = [mention for mention in new.mentions if mention.slot is not None]
    if len(values) != 1:
        return None
    value = new.slots[values[0].slot or 0]
    same = [m for m in old.mentions if m.slot is not None and _alike(old.slots[m.slot], value)]
    if len(same) != 1:
        return None
    first, last = _place(old, same[0])
    start, end = _place(new, values[0])
    return f"{asked[:first]}{rest[start:end]}{asked[last:]}"


def _place(linking: Linking, mention: Mention) -> tuple[int, int]:
    return linking.words[mention.first].start, linking.words[mention.last - 1].end


def _alike(first: SlotValue, second: SlotValue) -> bool:
    if isinstance(first, TextValue) and isinstance(second, TextValue):
        return bool({ref for ref, _ in first.options} & {ref for ref, _ in second.options})
    return isinstance(first, PeriodValue) and isinstance(second, PeriodValue)


def _appended(asked: str, rest: str, new: Linking) -> str:
    bare = new.mentions[0] if len(new.mentions) == 1 else None
    value = new.slots[bare.slot] if bare is not None and bare.slot is not None else None
    if isinstance(value, PeriodValue) and not value.phrase.lower().startswith(_RELATIVE):
        return f"{asked} in {rest}"
    return f"{asked}, {rest}" if not isinstance(value, PeriodValue) else f"{asked} {rest}"


_RELATIVE = ("last", "this", "previous", "past", "current", "today", "yesterday", "year to")
