"""Word problems of classical form: the table of patterns in `problems.toml`, applied."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .plan import parse_plan
from .reading import Question
from .word_problems import used_names

_GAP = r"(?:(?!\?).)*?"


def by_pattern(question: Question) -> Iterator[str]:
    """Yield the plan of the first pattern that is found and leaves no number unread."""
    text = _lowered(question.masked)
    for pattern, plan in _patterns():
        found = pattern.search(text)
        if found is None:
            continue
        source = plan.format(**found.groupdict(), older=_who(question.masked))
        used = used_names(parse_plan(source, question))
        if len(used & {f"N{i}" for i in range(len(question.numbers))}) >= _needed(question):
            yield source
            return


def _needed(question: Question) -> int:
    """How many of the numbers a plan must use: all but `two` and `three`, which only count."""
    counting = re.findall(r"\b(?:of|the|these) N\d+ (?:consecutive |)(?:numbers|integers|whole)",
                          question.masked)  # fmt: skip
    return len(question.numbers) - len(counting)


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
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        (re.compile(pattern.replace("…", _GAP)), plan.replace("\\n", "\n"))
        for pattern, plan in data["patterns"]
    )
