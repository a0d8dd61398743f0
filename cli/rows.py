"""Reading the plain rows that answers become: `Answer.to_dict`, or a line of a batch file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from assistants.answer import Json

Row: TypeAlias = Mapping[str, Json]


def text_of(value: Json) -> str:
    """Return a scalar as text; nothing for null."""
    return "" if value is None else str(value)


def rows_of(value: Json) -> list[Row]:
    """Return the mappings of a list, for a list that may be missing."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [item for item in value if isinstance(item, Mapping)]


def list_of(value: Json) -> list[Json]:
    """Return a list that may be missing."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return list(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a derivation: its number, what it says, its verdict, and why it holds."""

    number: int
    expression: str
    verdict: str
    why: str


def lines_of(row: Row) -> list[Line]:
    """Return the steps of a solution, or the lines of a chain that was verified.

    The attempts of an answer without a derivation are none of either.
    """
    lines: list[Line] = []
    known = ""
    for number, step in enumerate(rows_of(row.get("steps")), 1):
        before, after = text_of(step.get("before")), text_of(step.get("after"))
        if not after:
            break
        rule, reason = text_of(step.get("rule")), text_of(step.get("reason"))
        lines.append(
            Line(
                number=number,
                expression=after if before in {"", known} else f"{before}  →  {after}",
                verdict=text_of(step.get("verdict")),
                why=f"{rule}: {reason}" if reason else rule,
            )
        )
        known = after
    for number, line in enumerate(rows_of(row.get("lines")), 2):
        said, verdict, why = (text_of(line.get(key)) for key in ("line", "verdict", "detail"))
        lines.append(Line(number=number, expression=said, verdict=verdict, why=why))
    return lines


def remarks_of(row: Row) -> list[tuple[str, str]]:
    """Return what to know about an answer, each with a word that introduces it, or none."""
    remarks: list[tuple[str, str]] = []
    for key, word in (("reading", ""), ("conditions", "Where"), ("assumptions", "Assumed")):
        remarks += [(word, text_of(item)) for item in list_of(row.get(key)) if item]
    if understood := text_of(row.get("explanation")):
        remarks.insert(0, ("", understood))
    if origin := text_of(row.get("origin")):
        who = {"analysis": "static analysis", "model": "the model"}.get(origin, origin)
        remarks.append(("Proposed by", who))
    if row.get("truncated"):
        count = len(list_of(row.get("rows")))
        remarks.append(("Cut", f"at {count:,} rows (the setting row_limit)"))
    if note := text_of(row.get("note")):
        remarks.append(("Note:", note))
    return remarks


def exit_code(row: Row, *, database: bool = False) -> int:
    """Return the exit code that an answer's status and verdict stand for."""
    match row.get("status"):
        case "answered":
            return 1 if row.get("verdict") == "refuted" else 0
        case "refused":
            return 4
        case "failed" if database:
            return 4
        case _:
            return 1


def evidence_of(row: Row) -> tuple[str, list[Row]]:
    """Return the sentence about the verdict, and the checks that are left to tell."""
    verdict = text_of(row.get("verdict"))
    checks = rows_of(row.get("evidence"))
    decisive = next((check for check in checks if check.get("verdict") == verdict), None)
    if decisive is None:
        said = "not proved" if verdict == "unknown" else "by its checks together"
        return f"{said}{'; what was checked:' if checks else ''}", checks
    detail = text_of(decisive.get("detail")) or text_of(decisive.get("by"))
    return detail, [check for check in checks if check is not decisive]
