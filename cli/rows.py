"""Reading the plain rows that answers become: `Answer.to_dict`, or a line of a batch file."""

from collections.abc import Mapping, Sequence
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


def steps_of(row: Row) -> list[Row]:
    """Return the steps of a solution; the attempts of an answer without one are none."""
    return [step for step in rows_of(row.get("steps")) if "expression" in step]


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
