"""A Vega-Lite value drawn in the terminal: bars by rich, lines and points by plotext.

Only what `sql_agent` makes is read: a mark (bar, line, area, point), an encoding of x and y with
field and type, and optionally a colour field that splits the data into series. A chart that does
not fit this, or has nothing to draw, is left out: the table beside it has all the numbers.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from assistants.answer import Json

from .output import Output
from .safe_text import one_line

if TYPE_CHECKING:
    from rich.text import Text

_BARS = 20
_SERIES_MARKERS = "●○▲x+*"
_EIGHTHS = " ▏▎▍▌▋▊▉"
_HEIGHT = 16
_WIDTH = 90  # a wider plot is harder to read, not easier


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One channel of the encoding."""

    field: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What is drawn: a mark over the columns of a table."""

    mark: str
    x: Axis
    y: Axis
    series: str | None
    data: tuple[Mapping[str, Json], ...]


def read_chart(
    spec: Mapping[str, Json], columns: Sequence[Json], rows: Sequence[Json]
) -> Chart | None:
    """Read a Vega-Lite dictionary; its data are its own values, else the table beside it."""
    mark, encoding, data = spec.get("mark"), spec.get("encoding"), spec.get("data")
    if isinstance(mark, Mapping):
        mark = mark.get("type")
    if not isinstance(mark, str) or not isinstance(encoding, Mapping):
        return None
    x, y = _axis(encoding.get("x")), _axis(encoding.get("y"))
    if x is None or y is None:
        return None
    color = _axis(encoding.get("color"))
    values = data.get("values") if isinstance(data, Mapping) else None
    if not isinstance(values, Sequence) or isinstance(values, str):
        names = [str(name) for name in columns]
        lines = [line for line in rows if isinstance(line, Sequence)]
        values = [dict(zip(names, line, strict=False)) for line in lines]
    return Chart(
        mark=mark,
        x=x,
        y=y,
        series=color.field if color is not None and color.field != x.field else None,
        data=tuple(value for value in values if isinstance(value, Mapping)),
    )


def _axis(channel: Json) -> Axis | None:
    if not isinstance(channel, Mapping) or not isinstance(field := channel.get("field"), str):
        return None
    kind, title = channel.get("type"), channel.get("title")
    return Axis(
        field=field,
        kind=kind if isinstance(kind, str) else "nominal",
        title=one_line(title if isinstance(title, str) else field).replace("_", " "),
    )


def number(value: Json) -> float | None:
    """Return a cell as a finite number, also one written exactly as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def show_chart(
    out: Output, spec: Mapping[str, Json], columns: Sequence[Json], rows: Sequence[Json]
) -> None:
    """Draw a chart to stdout, if it is one that a terminal can show."""
    chart = read_chart(spec, columns, rows)
    if chart is None:
        return
    width = min(out.out.width, _WIDTH)
    drawing = bars(chart, width) if chart.mark == "bar" else plot(chart, width)
    if drawing is not None:
        out.show()
        out.show(drawing)


# ---------------------------------------------------------------- bars


def bars(chart: Chart, width: int) -> "Text | None":
    """Return horizontal bars, one a row, with their values; the first `_BARS` of them."""
    from rich.text import Text

    label, value = (chart.x, chart.y) if chart.y.kind == "quantitative" else (chart.y, chart.x)
    pairs = [
        (_label(row, label, chart.series), amount)
        for row in chart.data
        if (amount := number(row.get(value.field))) is not None
    ]
    if not pairs:
        return None
    shown = pairs[:_BARS]
    figures = [short(amount) for _, amount in shown]
    wide = min(max(len(name) for name, _ in shown), width // 3)
    room = max(8, width - wide - max(map(len, figures)) - 3)
    top = max(abs(amount) for _, amount in shown) or 1.0
    text = Text(f"{value.title} by {label.title}\n", style="bold")
    for (name, amount), figure in zip(shown, figures, strict=True):
        cut = name if len(name) <= wide else name[: wide - 1] + "…"
        style = "cyan" if amount >= 0 else "red"
        text.append(f"{cut.rjust(wide)} ", style="default not bold")
        text.append(bar(abs(amount) / top, room), style=f"{style} not bold")
        text.append(f" {figure}\n", style="default not bold")
    if len(pairs) > len(shown):
        text.append(f"… {len(pairs) - len(shown):,} more\n", style="dim not bold")
    text.rstrip()
    return text


def _label(row: Mapping[str, Json], axis: Axis, series: str | None) -> str:
    parts = [row.get(axis.field)] + ([row.get(series)] if series else [])
    return " · ".join("∅" if part is None else one_line(str(part)) for part in parts)


def bar(share: float, room: int) -> str:
    """Return a bar that fills a share of `room` columns, to an eighth of a column."""
    eighths = round(max(0.0, min(1.0, share)) * room * 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def short(value: float) -> str:
    """Return a figure for the end of a bar, with thousands set apart."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


# ---------------------------------------------------------------- lines and points


def plot(chart: Chart, width: int) -> "Text | None":
    """Return lines or points drawn by plotext, without colours of its own."""
    points = _points(chart)
    if sum(map(len, points.values())) < 2:
        return None
    import plotext
    from rich.text import Text

    figure = plotext.figure
    figure.clear.all()
    figure.theme("clear")
    figure.plot_size(width, _HEIGHT)
    labels: dict[float, str] = {}
    for marker, line in zip(_SERIES_MARKERS, points.values(), strict=False):
        xs, ys = [x for x, _, _ in line], [y for _, y, _ in line]
        signal = figure.signal(xs, ys, marker=marker if len(points) > 1 else None)
        figure.draw(signal.lines(chart.mark in {"line", "area"}))
        labels |= {x: label for x, _, label in line}
    ticks = _spread(sorted(labels), width)
    if chart.x.kind != "quantitative":
        figure.ruler("x").ticks(ticks, [labels[tick] for tick in ticks])
    ys = [y for line in points.values() for _, y, _ in line]
    steps = levels(min(ys), max(ys))
    figure.ruler("y").ticks(steps, [short(step) for step in steps])
    drawn = str(plotext.uncolorize(str(figure.build()))).rstrip("\n")
    text = Text(f"{chart.y.title} by {chart.x.title}\n", style="bold")
    text.append(drawn, style="cyan not bold")
    if len(points) > 1:
        key = "   ".join(f"{m} {n}" for m, n in zip(_SERIES_MARKERS, points, strict=False))
        text.append(f"\n{key}", style="default not bold")
    return text


def _points(chart: Chart) -> dict[str, list[tuple[float, float, str]]]:
    """Return each series' points as (x, y, label of x), by x; at most one series a marker."""
    place = place_of(chart)
    series: dict[str, list[tuple[float, float, str]]] = {}
    for row in chart.data:
        x, y = place(row.get(chart.x.field)), number(row.get(chart.y.field))
        if x is not None and y is not None:
            name = one_line(str(row.get(chart.series))) if chart.series else ""
            label = one_line(str(row.get(chart.x.field)))
            series.setdefault(name, []).append((x, y, label.removesuffix(" 00:00:00")))
    return {name: sorted(line) for name, line in list(series.items())[: len(_SERIES_MARKERS)]}


class place_of:  # noqa: N801 - a function with what it found out about the data
    """Where a value of x stands: its number, its time, or its place in the order of the rows."""

    def __init__(self, chart: Chart) -> None:
        values = [row.get(chart.x.field) for row in chart.data]
        self._timed = all(_time(value) is not None for value in values if value is not None)
        self._numbers = chart.x.kind == "quantitative"
        order = dict.fromkeys(str(value) for value in values if value is not None)
        self._order = {value: float(index) for index, value in enumerate(order)}

    def __call__(self, value: Json) -> float | None:
        """Return the place of a value, or None for one that has none."""
        if value is None:
            return None
        if self._numbers:
            return number(value)
        return _time(value) if self._timed else self._order[str(value)]


def _time(value: Json) -> float | None:
    """Return days since year 1 for an ISO date, date and time, or year and month."""
    text = str(value)
    if len(text) < 7 or text[4] != "-":
        return None
    try:
        moment = datetime.fromisoformat(f"{text}-01" if len(text) == 7 else text)
    except ValueError:
        return None
    clock = moment.hour * 3600 + moment.minute * 60 + moment.second
    return moment.toordinal() + clock / 86400


def levels(low: float, high: float) -> list[float]:
    """Return four to nine round numbers between two values, for the ticks of an axis."""
    if low == high:
        return [low]
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def _spread(values: Sequence[float], width: int) -> list[float]:
    """Return some of the values for ticks, as many as there is room for, first and last too."""
    count = max(2, min(len(values), width // 16))
    if len(values) <= count:
        return list(values)
    step = (len(values) - 1) / (count - 1)
    return [values[round(index * step)] for index in range(count)]
