"""What a formal question asks for: the table of wordings in `requests.toml`, applied.

The first pattern that matches the whole request wins; nothing is guessed from parts of a sentence.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from .mask import Question

SLOTS = {
    "{E}": r"(E\d+)",
    "{L}": r"(E\d+(?:(?:,? and|,|;| &|, where) E\d+)*)",
    "{N}": r"([NE]\d+|[a-z]\b)",
    "{M}": r"((?:[NE]\d+|[a-z]\b)(?:(?:,? and|,|;| or|, or) (?:[NE]\d+|[a-z]\b))+)",
    "{v}": r"([A-Za-z]\b)",
    "{bound}": r"(-?(?:[NE]\d+|\bpi\b|\binfinity\b|\boo\b))",
    "{V}": r"([A-Za-z]\b(?:(?:,? and|,) [A-Za-z]\b)*)",
}

POLITE = re.compile(
    r"^(?:hi|hello|hey|please|pls|kindly|now|then|so|can you|could you|would you|will you|i need to"
    r"|i want to|i have to|i would like to|help me(?: to)?|how (?:do|can|would) (?:i|you|we)"
    r"|tell me|show me|give me|give|let's|let us|what's the answer to|question:|problem:|q:)"
    r"[,: ]+",
    re.IGNORECASE,
)


def read_request(question: Question) -> str | None:
    """Return the plan of a formal question as text; None where no wording of the table fits."""
    parts = re.split(r"(?<=[.?!;])\s+|\n", question.masked.strip())
    sentences = [part for part in parts if part.strip()]
    lines: list[str] = []
    for sentence in sentences[:-1]:
        line = _match("premises", sentence, question)
        if line is None:
            return _match("requests", question.masked, question)
        lines.append(line)
    last = _match("requests", sentences[-1], question) if sentences else None
    return "\n".join([*lines, last]) if last else None


def _match(table: str, sentence: str, question: Question) -> str | None:
    text = _stripped(sentence)
    for pattern, plan in _wordings(table):
        found = pattern.fullmatch(text)
        if found:
            return _filled(plan, [g for g in found.groups() if g], found, question)
    return None


def _stripped(sentence: str) -> str:
    text = sentence.strip().rstrip(".?!;: ").strip()
    while (polite := POLITE.match(text)) and polite.end() < len(text):
        text = text[polite.end() :]
    return text


@cache
def _wordings(table: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    phrases = {f"<{name}>": data[name] for name in ("find", "of_letter")}
    return tuple(
        (re.compile(_with_slots(pattern, phrases), re.IGNORECASE), plan)
        for pattern, plan in data[table]
    )


def _with_slots(pattern: str, phrases: Mapping[str, str]) -> str:
    for slot, regex in {**phrases, **SLOTS}.items():
        pattern = pattern.replace(slot, regex)
    return pattern


def _filled(plan: str, groups: list[str], found: re.Match[str], question: Question) -> str:
    values = [", ".join(_listed(group)) for group in groups]
    if plan == "{auto}":
        return _automatic(values[0], question.formulas)
    if plan == "{difference}":
        return _difference(values, question)
    if plan == "{mean}":
        names = values[0].split(", ")
        return f"answer ({' + '.join(names)}) / {len(names)}"
    if "{wrt 1}" in plan:
        every = [group or "" for group in found.groups()]
        letter = f" wrt {every[1]}" if every[1] else ""
        return plan.replace("{wrt 1}", letter).format(*every)
    return plan.format(*values)


def _difference(values: list[str], question: Question) -> str:
    """The difference between two numbers is the larger less the smaller."""
    known = {f"N{i}": number for i, number in enumerate(question.numbers)}
    first, second = values
    if first in known and second in known and known[first] < known[second]:
        first, second = second, first
    return f"answer {first} - {second}"


def _listed(group: str) -> Iterator[str]:
    for name in re.findall(r"-?[NE]\d+|pi\b|infinity\b|oo\b|\b[A-Za-z]\b", group):
        if name not in {"and", "or"}:
            yield "infinity" if name == "oo" else name


def _automatic(values: str, formulas: tuple[str, ...]) -> str:
    """A bare formula: equations are solved, anything else is evaluated."""
    names = values.split(", ")
    shown = [formulas[int(n[1:])] if n.startswith("E") else "" for n in names]
    if len(names) > 1 or re.search(r"[=<≤≥]|(?<!-)>|\\[lg]eq?\b", shown[0]):
        return f"solve {values}"
    return f"evaluate {values}"
