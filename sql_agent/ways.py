"""Which of several joins a question means: by the words that belong to one of them alone.

Trips point at stations twice, by `start_station_id` and by `end_station_id`; "trips that ended at
Quay" means the second. Pupils meet classes through `enrolments` and through `exams`; "scored" is a
word of exams. Without such a word, a table that does nothing but relate the two is taken. What is
decided so is told as an assumption, and what is not is asked.
"""

import itertools
from collections.abc import Iterator
from typing import Final

from .joins import AmbiguousPath, Path
from .linking import Linking
from .query_tree import TextValue
from .words import forms, root, stems
from .workspace import Workspace

_KEYS: Final = frozenset("id no code key number fk ref".split())
_MOST_TABLES: Final = 8
_LEAST_ROOT: Final = 3


def decided_ways(linking: Linking, workspace: Workspace) -> frozenset[str]:
    """Return the ways between the tables of a question that its words decide for.

    They are in the words of `Path.through`, as if the user had chosen them.
    """
    if not workspace.model.drafted:
        return frozenset()
    pairs = itertools.permutations(_tables(linking)[:_MOST_TABLES], 2)
    found = (_decided(linking, workspace, first, second) for first, second in pairs)
    return frozenset(way for way in found if way)


def taken_ways(ways: frozenset[str], sql: str, notes: tuple[str, ...]) -> tuple[str, ...]:
    """Return as assumptions those of the decided ways that a query takes and no note tells."""
    found: list[str] = []
    for way in sorted(ways):
        tables, _, columns = way.rstrip(")").partition(" (by ")
        named = [*tables.split(" → "), *(c.rpartition(".")[2] for c in columns.split(", "))]
        told = any(way in note for note in notes)
        if not told and all(f'"{name}"' in sql for name in named):
            found.append(f"joined through {way}")
    return tuple(found)


def _tables(linking: Linking) -> list[str]:
    """Return the tables that a question may be about, in the order of its words."""
    found: dict[str, None] = {}
    for mention in linking.mentions:
        value = linking.slots[mention.slot] if mention.slot is not None else None
        options = value.options if isinstance(value, TextValue) else ()
        columns = (*mention.columns, *(ref for ref, _ in options))
        found.update(dict.fromkeys((*mention.tables, *(ref.table for ref in columns))))
    return list(found)


def _decided(linking: Linking, workspace: Workspace, first: str, second: str) -> str:
    try:
        workspace.graph.path(first, second)
    except AmbiguousPath:
        ways = workspace.graph.ways(first, second)
    else:
        return ""
    marks = [_marks(way) for way in ways]
    shared = set[str].intersection(*marks)
    said = {form for t in linking.words if t.is_word for form in (t.lower, t.stem)}
    named = [
        _says(linking, said, mark - shared, way) for mark, way in zip(marks, ways, strict=True)
    ]
    if not any(named):
        named = [_only_relates(way, workspace) for way in ways]
    return ways[named.index(True)].through() if named.count(True) == 1 else ""


def _marks(way: Path) -> set[str]:
    """Return the words that tell a way: those of its keys and of the tables between."""
    found: set[str] = set()
    for edge in way.edges:
        nouns = {*stems(edge.source), *stems(edge.target)}
        for left, right in edge.on:
            found |= {*stems(left.column), *stems(right.column)} - nouns - _KEYS
    for table in way.tables[:-1]:
        found |= set(stems(table)[-1:])
    return found


def _says(linking: Linking, said: set[str], marks: set[str], way: Path) -> bool:
    """Whether a question has a word of a way, or names a column that only its tables have."""
    between = set(way.tables[:-1])
    for mention in linking.mentions:
        holders = {ref.table for ref in mention.columns}
        if holders and holders <= between and not mention.tables:
            return True
    return any(_is_form(word, mark) for word in said for mark in marks)


def _is_form(word: str, mark: str) -> bool:
    if word == mark or mark in forms(word):
        return True
    bare = [_bare(each) for each in (word, mark)]
    return bare[0] == bare[1] and len(bare[0]) > _LEAST_ROOT


def _bare(word: str) -> str:
    bare = root(word)
    return bare[:-1] if len(bare) > _LEAST_ROOT + 1 and bare[-1] == bare[-2] else bare


def _only_relates(way: Path, workspace: Workspace) -> bool:
    """Whether all tables between have nothing but keys: they only say what belongs together."""
    return len(way.edges) > 1 and all(_has_only_keys(way.tables[:-1], workspace))


def _has_only_keys(tables: tuple[str, ...], workspace: Workspace) -> Iterator[bool]:
    for name in tables:
        table = workspace.model.table(name)
        joined = {left for join in workspace.model.joins for left, _ in join.on}
        refs = {(ref.table, ref.column) for ref in joined}
        columns = table.columns if table is not None else ()
        yield all((name, column.name) in refs or column.role == "key" for column in columns)
