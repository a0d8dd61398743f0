"""Names and order of tests by a model that chats; what it does not say well stays as rules had it.

Only names and order are taken from the model: the code of a test is what was run. A name is kept
where it is an identifier of its own that begins with `test_`.
"""

import json
import keyword
import re
from collections.abc import Sequence
from dataclasses import replace

from assistants.answer import Json
from assistants.constraint import JsonSchema
from assistants.errors import ModelError
from assistants.model import Cancel, Chat, Message, Model, Sampling, generate

from .writing import Written

_NAME = re.compile(r"test_[a-z][a-z0-9_]{2,70}")
_MOST = 12  # tests that a model is shown at a time
_TOKENS_EACH = 60


def named(
    tests: Sequence[Written], taken: frozenset[str], model: Model, cancel: Cancel | None = None
) -> list[tuple[str, Written]]:
    """Return tests with their old names, renamed and in the order that the model gives them.

    `taken` are names that are not free. A model that cannot be used changes nothing.
    """
    used = set(taken) | {one.name for one in tests}
    found: list[tuple[str, Written]] = []
    for start in range(0, len(tests), _MOST):
        group = {one.name: one for one in tests[start : start + _MOST]}
        for old, new in _asked(list(group.values()), model, cancel):
            if old in group:
                one = group.pop(old)
                good = _NAME.fullmatch(new) and new not in used and not keyword.iskeyword(new)
                used |= {new} if good else set()
                found.append((old, _renamed(one, new) if good else one))
        found += group.items()
    return found


def _asked(tests: Sequence[Written], model: Model, cancel: Cancel | None) -> list[tuple[str, str]]:
    """Return pairs of an old and a new name in a better order, as the model says."""
    if not model.capabilities.chat:
        return []
    shown = "\n\n".join(one.code for one in tests)
    asked = (
        "Name these tests so that each name says which behaviour it pins down (test_, then small "
        "words with underscores, at most ten), and put them in the order in which a reader should "
        'meet them. Reply with JSON alone: {"tests": [{"old": "...", "new": "..."}, ...]}\n\n'
        f"{shown}"
    )
    wanted = JsonSchema(_schema([one.name for one in tests]))
    constraint = wanted if "JsonSchema" in model.capabilities.constraints else None
    sampling = Sampling(max_tokens=_TOKENS_EACH * (len(tests) + 1))
    try:
        prompt = Chat((Message("user", asked),))
        reply = generate(model, prompt, constraint=constraint, sampling=sampling, cancel=cancel)
    except ModelError:
        return []
    return _pairs(reply.text)


def _schema(names: Sequence[str]) -> dict[str, Json]:
    one: Json = {
        "type": "object",
        "properties": {"old": {"enum": list(names)}, "new": {"type": "string"}},
        "required": ["old", "new"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"tests": {"type": "array", "items": one, "maxItems": len(names)}},
        "required": ["tests"],
        "additionalProperties": False,
    }


def _pairs(said: str) -> list[tuple[str, str]]:
    """Return the pairs of a reply, without what is not as it was asked for."""
    start, end = said.find("{"), said.rfind("}")
    try:
        told: Json = json.loads(said[start : end + 1])
    except ValueError:
        return []
    rows = told.get("tests") if isinstance(told, dict) else None
    found: list[tuple[str, str]] = []
    for row in rows if isinstance(rows, list) else []:
        old, new = (row.get("old"), row.get("new")) if isinstance(row, dict) else (None, None)
        if isinstance(old, str) and isinstance(new, str):
            found.append((old, new))
    return found


def _renamed(one: Written, name: str) -> Written:
    code = re.sub(rf"\bdef {re.escape(one.name)}\(", f"def {name}(", one.code, count=1)
    return replace(one, name=name, code=code)
