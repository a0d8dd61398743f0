"""The second reader's own stories are not those of sets that are for development only."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

_TABLE = Path(__file__).parents[2] / "training" / "second_reader_stories.toml"
_SETS = Path(__file__).parents[3] / "shared" / "data" / "math"
_FOR_DEVELOPMENT = ("mawps-single", "draw", "alg514", "dolphin1878")
_WORDS, _MOST = 4, 0.3
"""How many words in a row are compared, and which part of a story's may stand in one problem."""


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _runs(text: str) -> set[tuple[str, ...]]:
    """Return each few words in a row; names, things and numbers are one word."""
    plain = re.sub(r"\[([^\[\]|]*)[^\[\]]*\]", r"\1", text)
    words = re.findall(r"[a-z']+|#", re.sub(r"\{[^}]*\}|\d[\d.,]*", "#", plain).lower())
    return {tuple(words[at : at + _WORDS]) for at in range(len(words) - _WORDS + 1)}


def test_no_story_is_a_problem_of_a_set_for_development_only() -> None:
    if not _SETS.is_dir():
        pytest.skip("the problem sets are not here")
    files = [file for name in _FOR_DEVELOPMENT for file in (_SETS / name).glob("*.json")]
    problems = [
        _runs(text) for file in files for text in _texts(json.loads(file.read_text("utf-8")))
    ]
    assert len(problems) > 4_000
    tables = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    stories = [wording for rows in tables.values() for wording, _ in rows]
    alike = {
        story: max(len(own & each) for each in problems) / len(own)
        for story in stories
        if (own := _runs(story))
    }
    assert len(alike) == len(stories)
    assert {story: share for story, share in alike.items() if share > _MOST} == {}
