"""What the audit log says about one answer."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import sqlglot
from sqlglot.errors import SqlglotError

from assistants.answer import Answer, Json
from assistants.errors import PlumbError, QueryRefused
from sql_agent.result import QueryResult

from .audit_log import canonical, default_log
from .gate import Gate
from .policy import Access


def log_answer(asked: str, answer: Answer[QueryResult], gate: Gate, *, model: str) -> None:
    """Write an answer, or that there was none, before anybody sees it.

    Raises:
        OutputError: the log cannot be written.
    """
    result = answer.best.candidate if answer.best is not None else None
    sql = result.sql if result is not None else ""
    entry: dict[str, Json] = {
        **_who(gate.access),
        "database": gate.original.shown,
        "question": asked,
        "status": answer.status.value,
        "reason": answer.reason,
        "sql": normalised(sql, gate.target.dialect),
        "columns": _columns(result) if result is not None else {},
        "decisions": list(gate.decisions),
        "withheld": gate.withheld,
        "rows": len(result.rows) if result is not None else 0,
        "result": result_hash(result) if result is not None else "",
        "model": model,
        "semantic_model": _version(gate),
    }
    default_log().append(entry)


def log_failure(asked: str, access: Access, database: str, error: PlumbError) -> None:
    """Write that somebody was turned away before a query was made."""
    default_log().append(
        {
            **_who(access),
            "database": database,
            "question": asked,
            "status": "refused" if isinstance(error, QueryRefused) else "failed",
            "reason": str(error),
        }
    )


def _who(access: Access) -> dict[str, Json]:
    return {"who": access.who, "role": access.role, "purpose": access.purpose}


def normalised(sql: str, dialect: str) -> str:
    """Return SQL as sqlglot writes it: one line, no comments."""
    if not sql:
        return ""
    try:
        return sqlglot.parse_one(sql, dialect=dialect).sql(dialect=dialect, comments=False)
    except SqlglotError:
        return " ".join(sql.split())


def result_hash(result: QueryResult) -> str:
    """Return the SHA-256 of columns and rows in canonical form."""
    value: Mapping[str, Json] = {
        "columns": list(result.columns),
        "rows": [list(row) for row in result.rows],
    }
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def _columns(result: QueryResult) -> Json:
    return {name: list(refs) for name, refs in result.lineage.items()}


def _version(gate: Gate) -> str:
    """Return the version of the semantic model: its number and the hash of its file."""
    data = Path(gate.original.semantic_model).read_bytes()
    number = json.dumps(gate.workspace.model.version)
    return f"{number}:{hashlib.sha256(data).hexdigest()[:16]}"
