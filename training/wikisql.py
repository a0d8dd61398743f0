"""WikiSQL's questions (Zhong et al. 2017, BSD) over stand-ins for their tables.

text2sql-data packs questions and queries without the tables. A stand-in has the columns that the
questions of a table name, and such of the tables that are named most alike, so that there is
something to choose from; its values are the literals of all those queries.
"""

import bz2
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

Split: TypeAlias = Literal["train", "dev"]
Head: TypeAlias = Literal["", "COUNT", "MAX", "MIN", "SUM", "AVG"]
Sign: TypeAlias = Literal["=", ">", "<"]
_COLUMN = r"(?:TABLEalias0\.)?(.+?)_FIELD"
_SELECT = re.compile(
    rf"SELECT (?:(COUNT|MAX|MIN|SUM|AVG) )?{_COLUMN} FROM TABLE AS TABLEalias0(.*);$"
)
_CONDITION = re.compile(rf'{_COLUMN} (=|>|<) "?(.+?)"?$')
NUMBER = re.compile(r"-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?$")
_COLUMNS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A column compared with a literal, as it is written."""

    column: str
    sign: Sign
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question and its query: `head` of `column` where all conditions hold."""

    text: str
    head: Head
    column: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """The columns of a table with the literals that belong to them, and its questions."""

    literals: Mapping[str, tuple[str, ...]]
    numeric: frozenset[str]
    asked: tuple[Asked, ...]


def stand_ins(path: Path, split: Split, seed: int = 0) -> Iterator[StandIn]:
    """Yield the tables of a split whose queries can be told from the text; `test` is not for us."""
    if split not in {"train", "dev"}:
        raise ValueError(f"no split of ours: {split}")
    tables: dict[str, list[Asked]] = defaultdict(list)
    with bz2.open(path, "rt", encoding="utf-8") as file:
        for entry in json.load(file):
            for sentence in entry["sentences"]:
                if sentence["question-split"] == split:
                    asked = _asked(sentence, entry["sql"][0])
                    if asked is not None:
                        tables[sentence["table-id"]].append(asked)
    chance = random.Random(seed)
    own = [_own(asked) for asked in tables.values()]
    owners: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(own):
        for name in one.literals:
            owners[name].append(number)
    for number, one in enumerate(own):
        yield _widened(one, own, _alike(number, own, owners, chance), chance)


def filled(text: str, variables: Mapping[str, str]) -> str:
    """Return a sentence with its variables' values, and without the spaces of its tokens."""
    for name in sorted(variables, key=len, reverse=True):
        text = text.replace(name, variables[name])
    text = re.sub(r'" ?([^"]*?) ?"', r'"\1"', text)
    text = re.sub(r" ([?.,;:!)'%])", r"\1", text)
    return re.sub(r"([(]) ", r"\1", text).strip()


def column_name(header: str) -> str:
    """Return a header as a table that was loaded from a file calls its column."""
    name = re.sub(r"\W+", "_", header.lower()).strip("_") or "column"
    return f"n_{name}" if name[0].isdigit() else name


def _asked(sentence: Mapping[str, Any], sql: str) -> Asked | None:
    found = _SELECT.match(sql)
    if found is None:
        return None
    conditions: list[Condition] = []
    tail = found[3].strip().removeprefix("WHERE ")
    for part in tail.split(" AND ") if tail else ():
        match = _CONDITION.match(part.strip())
        if match is None or match[3] not in sentence["variables"]:
            return None
        value = sentence["variables"][match[3]].strip()
        sign: Sign = "=" if match[2] == "=" else ">" if match[2] == ">" else "<"
        conditions.append(Condition(column=column_name(match[1]), sign=sign, value=value))
    return Asked(
        text=filled(sentence["text"], sentence["variables"]),
        head=_HEADS[found[1] or ""],
        column=column_name(found[2]),
        conditions=tuple(conditions),
    )


_HEADS: Mapping[str, Head] = {
    "": "", "COUNT": "COUNT", "MAX": "MAX", "MIN": "MIN", "SUM": "SUM", "AVG": "AVG"
}  # fmt: skip


def _own(asked: Sequence[Asked]) -> StandIn:
    literals: dict[str, dict[str, None]] = {one.column: {} for one in asked}
    for one in asked:
        for condition in one.conditions:
            literals.setdefault(condition.column, {})[condition.value] = None
    reckoned = {one.column for one in asked if one.head not in {"", "COUNT"}}
    numeric = {
        name
        for name, values in literals.items()
        if all(map(NUMBER.match, values)) and (values or name in reckoned)
    }
    return StandIn(
        literals={name: tuple(values) for name, values in literals.items()},
        numeric=frozenset(numeric),
        asked=tuple(asked),
    )


def _alike(
    number: int,
    own: Sequence[StandIn],
    owners: Mapping[str, Sequence[int]],
    chance: random.Random,
) -> list[int]:
    """Return other tables, those with more of the same names first, at last some at random."""
    shared: dict[int, int] = defaultdict(int)
    for name in own[number].literals:
        others = owners[name]
        for other in chance.sample(others, min(40, len(others))):
            shared[other] += 1
    shared.pop(number, None)
    alike = sorted(shared, key=lambda other: -shared[other])[:5]
    return [*alike, *(chance.randrange(len(own)) for _ in range(4))]


def _widened(
    one: StandIn, own: Sequence[StandIn], others: Sequence[int], chance: random.Random
) -> StandIn:
    literals = dict(one.literals)
    numeric = set(one.numeric)
    for other in others:
        for name, values in own[other].literals.items():
            if name not in literals and len(literals) < _COLUMNS:
                literals[name] = values
                if name in own[other].numeric:
                    numeric.add(name)
    names = chance.sample(sorted(literals), len(literals))
    return StandIn(
        literals={name: literals[name] for name in names},
        numeric=frozenset(numeric),
        asked=one.asked,
    )
