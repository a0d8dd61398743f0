"""Work done together: each alone in so long, all together in how long?"""

import re
from collections.abc import Iterator

from math_solver.word_problems.draft import Draft

from .amounts import Facts, Given

_ABLE = (
    r"\b(?:can|could|takes?|took|requires?|would|needs?|able|fills?|finish(?:es)?|completes?"
    r"|does)\b"
)
_TOGETHER = r"\b(?:together|both|all N\d+|all three|simultaneously|jointly)\b"
_OTHERWISE = (
    r"\b(?:after|then|later|leaves?|left|faster|longer|twice|half|joined|joins|start(?:s|ed)?|more"
    r"|sleep|empt\w+|drain\w*|leak|apart|alone does|miles?|km|helps?|stops?|each day|per)\b"
)


def together(facts: Facts) -> Iterator[Draft]:
    """Two or three workers with their own times; the time that all need together is asked for."""
    times = facts.of("time")
    if not 2 <= len(times) <= 3 or not facts.says(_ABLE) or facts.says(_OTHERWISE):
        return
    others = [one for one in facts.given if one.kind != "time"]
    if not all(_size_of_work(facts, one) for one in others):
        return
    if len({_bare(one.unit) for one in times}) != 1 or not re.search(_TOGETHER, facts.asked):
        return
    if not re.search(r"\b(?:how (?:long|many (?:hours|minutes|days)|quickly|fast|much time)"
                     r"|when)\b", facts.asked):  # fmt: skip
        return
    inside = [one.start > facts.text.rfind(facts.asked) for one in times]
    if any(inside) and not (all(inside) and re.search(r"\balone\b", facts.asked)):
        return
    terms = " + ".join(f"x / {one.name}" for one in times)
    draft = facts.draft({"x": "the time that it takes together"}, [(terms, "1")], ["x"], ["x > 0"])
    yield Draft(source=draft.source, counted=draft.counted | {one.name for one in others})


def _bare(unit: str) -> str:
    return {"hr": "hour", "min": "minute"}.get(unit, unit)


def _size_of_work(facts: Facts, one: Given) -> bool:
    """`a 10 ft by 10 ft hole`: how large the work is does not matter."""
    around = facts.text[max(0, one.start - 12) : one.end + 16]
    return bool(re.search(r"\b(?:ft|feet|foot|square|yards?|acre)\b", around))
