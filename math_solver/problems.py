"""Word problems of classical form: the table of patterns in `problems.toml`, applied."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .plan import parse_plan
from .reading import Question
from .word_problems.ranking import used_names


def by_pattern(question: Question) -> Iterator[str]:
    """Yield the plan of the first pattern that is found and leaves no number unread."""
    text = _lowered(question.masked)
    for pieces, plan in _patterns():
        numbers = _found(pieces, text)
        if numbers is None:
            continue
        if _two_spans(text) and "12" not in plan:
            continue
        source = plan.format(**numbers, older=_who(question.masked))
        used = used_names(parse_plan(source, question))
        if len(used & {f"N{i}" for i in range(len(question.numbers))}) >= _needed(question):
            yield source
            return


def _found(pieces: tuple[re.Pattern[str], ...], text: str) -> dict[str, str] | None:
    """Find the pieces of a pattern one after the other, each at its first place.

    No piece is looked for twice, so that a hostile text costs no more than a harmless one.
    """
    position, numbers = 0, dict[str, str]()
    for piece in pieces:
        found = piece.search(text, position)
        if found is None:
            return None
        position = found.end()
        numbers.update(found.groupdict())
    return numbers


def _needed(question: Question) -> int:
    """How many of the numbers a plan must use: all but `two` and `three`, which only count."""
    counting = re.findall(r"\b(?:of|the|these) N\d+ (?:consecutive |)(?:numbers|integers|whole)",
                          question.masked)  # fmt: skip
    return len(question.numbers) - len(counting)


def _two_spans(text: str) -> bool:
    """Whether one thing is told by the month, and another by the year."""
    return bool(
        re.search(r"\b(?:months?|monthly)\b", text) and re.search(r"\b(?:annual|year)", text)
    )


def _who(masked: str) -> str:
    """Which unknown an age problem asks for: x where it asks for the one named first."""
    first = re.search(r"([A-Z]\w+) is N\d+", masked)
    asked = re.search(r"how old is ([A-Z]\w+)", masked, re.IGNORECASE)
    return "x" if first and asked and first.group(1) == asked.group(1) else "y"


def _lowered(masked: str) -> str:
    lowered = re.sub(r"(?<![A-Za-z])N(?=\d)", "\0", masked).lower()
    lowered = lowered.replace("\0", "N")
    return re.sub(r"\bof N\d+ numbers\b", "of two numbers", lowered)


@cache
def _patterns() -> tuple[tuple[tuple[re.Pattern[str], ...], str], ...]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        (tuple(map(re.compile, pattern.split("…"))), plan.replace("\\n", "\n"))
        for pattern, plan in data["patterns"]
    )
