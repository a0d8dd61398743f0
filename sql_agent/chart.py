"""Which picture fits a result, by its shape alone, as a Vega-Lite specification: data, never code.

A date and numbers make a line, a category and a number make bars, two categories and a number
make grouped bars, two numbers make points. One value, one row or very many categories make none.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from assistants.answer import Json

from .execute import Result

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_MAX_BARS = 50
_MAX_SERIES = 12
_MAX_POINTS = 2000
_DATE = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?$")
_NUMBER = re.compile(r"-?\d+(\.\d+)?$")
Kind: TypeAlias = Literal["quantitative", "temporal", "ordinal", "nominal"]
_RECURRING = frozenset(("year", "quarter", "week", "weekday", "hour", "day", "month"))


def chart_of(result: Result) -> Mapping[str, Json] | None:
    """Return the chart of a result, or None where no chart would say more than the table."""
    if len(result.rows) < 2 or not 2 <= len(result.columns) <= 4:
        return None
    kinds: list[Kind] = [_kind(name, _column(result, i)) for i, name in enumerate(result.columns)]
    numbers = [i for i, kind in enumerate(kinds) if kind == "quantitative"]
    others = [i for i, kind in enumerate(kinds) if kind != "quantitative"]
    doubled = len(set(map(_field, result.columns))) < len(result.columns)
    if not numbers or len(others) > 2 or len(result.rows) > _MAX_POINTS or doubled:
        return None
    if not others:
        return _points(result, numbers) if len(numbers) == 2 else None
    if len({tuple(row[i] for i in others) for row in result.rows}) < len(result.rows):
        return None
    along = next((i for i in others if kinds[i] == "temporal"), others[0])
    series = next((i for i in others if i != along), None)
    if series is not None and len(set(map(str, _column(result, series)))) > _MAX_SERIES:
        return None
    if kinds[along] == "temporal":
        return _spec(result, "line", (along, numbers[0], series), kinds)
    if len(result.rows) > _MAX_BARS:
        return None
    return _spec(result, "bar", (along, numbers[0], series), kinds)


def _column(result: Result, index: int) -> Sequence[Json]:
    return [row[index] for row in result.rows]


def _kind(name: str, values: Sequence[Json]) -> Kind:
    known = [value for value in values if value is not None]
    if not known or any(isinstance(value, bool) for value in known):
        return "nominal"
    word = name.lower().rpartition("_")[2]
    if all(isinstance(value, int) for value in known) and word in _RECURRING:
        return "ordinal"
    if all(isinstance(value, int | float) or _matches(_NUMBER, value) for value in known):
        return "nominal" if name.lower() == "id" or word == "id" else "quantitative"
    return "temporal" if all(_matches(_DATE, value) for value in known) else "nominal"


def _matches(pattern: re.Pattern[str], value: Json) -> bool:
    return isinstance(value, str) and pattern.match(value) is not None


def _spec(
    result: Result, mark: str, places: tuple[int, int, int | None], kinds: Sequence[Kind]
) -> Mapping[str, Json]:
    along, number, series = places
    encoding: dict[str, Json] = {
        "x": _axis(result.columns[along], kinds[along]),
        "y": _axis(result.columns[number], "quantitative"),
    }
    if mark == "bar":
        encoding["x"] = {**_axis(result.columns[along], kinds[along]), "sort": None}
    if series is not None:
        encoding["color"] = _axis(result.columns[series], "nominal")
        if mark == "bar":
            encoding["xOffset"] = _axis(result.columns[series], "nominal")
    return _whole(result, mark, encoding, numbers=(number,))


def _points(result: Result, numbers: Sequence[int]) -> Mapping[str, Json]:
    first, second = (_axis(result.columns[i], "quantitative") for i in numbers)
    return _whole(result, "point", {"x": first, "y": second}, numbers=numbers)


def _axis(name: str, kind: Kind) -> Mapping[str, Json]:
    return {"field": _field(name), "type": kind, "title": name}


def _field(name: str) -> str:
    """Return a column's name as Vega-Lite takes it without escapes."""
    return re.sub(r"\W", "_", name)


def _whole(
    result: Result, mark: str, encoding: Mapping[str, Json], *, numbers: Sequence[int]
) -> Mapping[str, Json]:
    values: list[Json] = []
    for row in result.rows:
        pairs = zip(result.columns, row, strict=True)
        values.append(
            {_field(name): _number(v) if i in numbers else v for i, (name, v) in enumerate(pairs)}
        )
    return {"$schema": SCHEMA, "mark": mark, "encoding": encoding, "data": {"values": values}}


def _number(value: Json) -> Json:
    """Return a number to draw; the exact one stays in the table."""
    return float(value) if isinstance(value, str) and _NUMBER.match(value) else value
