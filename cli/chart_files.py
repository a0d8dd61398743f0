"""A chart as an SVG picture, and an answer as a page of HTML around it: no script, no network."""

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape

from assistants.answer import Json

from .charts import Chart, levels, number, place_of, read_chart, short
from .rows import Row, list_of, remarks_of, text_of
from .tables import cell

_WIDTH, _HEIGHT = 720, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 70, 40, 90
_COLOURS = ("#4c78a8", "#f58518", "#54a24b", "#e45756", "#72b7b2", "#b279a2", "#9d755d", "#eeca3b")
_MOST_LABELS = 24
_STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto}
table{border-collapse:collapse} td,th{padding:.2rem .7rem;border-bottom:1px solid #ddd}
pre{background:#f6f6f6;padding:1rem;overflow:auto}"""


def to_svg(spec: Json, columns: Sequence[Json], rows: Sequence[Json]) -> str | None:
    """Return a chart as SVG, or None where it is none that can be drawn."""
    chart = read_chart(spec, columns, rows) if isinstance(spec, Mapping) else None
    points = _points(chart) if chart is not None else []
    if chart is None or not points:
        return None
    ys = [y for _, y, _, _ in points]
    low, high = min(0.0, *ys), max(0.0, *ys)
    span = (high - low) or 1.0
    area = _HEIGHT - _TOP - _BOTTOM

    def up(value: float) -> float:
        return _TOP + area * (high - value) / span

    title = f"{escape(chart.y.title)} by {escape(chart.x.title)}"
    body = [f'<text x="{_WIDTH / 2}" y="22" text-anchor="middle" font-size="15">{title}</text>']
    for level in levels(low, high):
        y = up(level)
        body.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        )
        body.append(
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{short(level)}</text>'
        )
    body += _marks(chart, points, up)
    body += _labels(points)
    inner = "\n".join(body)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" font-family="sans-serif" font-size="12">\n'
        f'<rect width="100%" height="100%" fill="white"/>\n{inner}\n</svg>\n'
    )


_Point = tuple[float, float, str, str]


def _points(chart: Chart) -> list[_Point]:
    """Return each row as (place along x from 0 to 1, y, label, series)."""
    across, value = (chart.x, chart.y) if chart.y.kind == "quantitative" else (chart.y, chart.x)
    place = place_of(chart)
    kept: list[tuple[float, float, str, str]] = []
    for row in chart.data:
        y = number(row.get(value.field))
        x = place(row.get(across.field))
        if y is not None and x is not None:
            series = text_of(row.get(chart.series)) if chart.series else ""
            kept.append((x, y, cell(row.get(across.field)).removesuffix(" 00:00:00"), series))
    if not kept:
        return []
    low, high = min(p[0] for p in kept), max(p[0] for p in kept)
    margin = 0.5 / max(1, len({p[0] for p in kept})) if chart.mark == "bar" else 0.0
    width = (high - low) or 1.0
    return [(margin + (1 - 2 * margin) * (x - low) / width, y, n, s) for x, y, n, s in kept]


def _across(place: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * place


def _marks(chart: Chart, points: list[_Point], up: Callable[[float], float]) -> list[str]:
    names = list(dict.fromkeys(series for *_, series in points))
    body: list[str] = []
    slots = max(1, len({x for x, *_ in points}))
    width = 0.8 * (_WIDTH - _LEFT - _RIGHT) / slots / max(1, len(names))
    for index, name in enumerate(names):
        colour = _COLOURS[index % len(_COLOURS)]
        own = [point for point in points if point[3] == name]
        if chart.mark == "bar":
            for x, y, _, _ in own:
                left = _across(x) - 0.4 * width * len(names) / 0.8 + index * width
                top, bottom = sorted((up(y), up(0.0)))
                body.append(
                    f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" '
                    f'height="{max(0.5, bottom - top):.1f}" fill="{colour}"/>'
                )
        elif chart.mark == "line":
            line = " ".join(f"{_across(x):.1f},{up(y):.1f}" for x, y, _, _ in sorted(own))
            body.append(
                f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>'
            )
        else:
            body += [
                f'<circle cx="{_across(x):.1f}" cy="{up(y):.1f}" r="3" fill="{colour}"/>'
                for x, y, _, _ in own
            ]
        if name:
            y = _TOP + 16 * index
            body.append(
                f'<rect x="{_WIDTH - 150}" y="{y - 9}" width="10" height="10" fill="{colour}"/>'
            )
            body.append(f'<text x="{_WIDTH - 135}" y="{y}">{escape(name[:24])}</text>')
    return body


def _labels(points: list[_Point]) -> list[str]:
    named = sorted({(x, label) for x, _, label, _ in points})
    step = max(1, math.ceil(len(named) / _MOST_LABELS))
    y = _HEIGHT - _BOTTOM + 14
    return [
        f'<text transform="translate({_across(x):.1f},{y}) rotate(35)">{escape(label[:22])}</text>'
        for x, label in named[::step]
    ]


def to_html(row: Row, question: str) -> str:
    """Return an answer as one page: what was understood, chart, table, query, checks."""
    columns, data = list_of(row.get("columns")), list_of(row.get("rows"))
    drawn = to_svg(row.get("chart"), columns, data)
    parts = [f"<h1>{escape(question)}</h1>"]
    parts += [f"<p>{escape(f'{word} {text}'.strip())}</p>" for word, text in remarks_of(row)]
    parts.append(drawn or "")
    head = "".join(f"<th>{escape(text_of(name))}</th>" for name in columns)
    lines = (
        "<tr>" + "".join(f"<td>{escape(cell(v))}</td>" for v in list_of(line)) + "</tr>"
        for line in data
    )
    parts.append(f"<table><tr>{head}</tr>{''.join(lines)}</table>")
    parts.append(f"<pre>{escape(text_of(row.get('sql')))}</pre>")
    body = "\n".join(part for part in parts if part)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(question)}'
        f"</title><style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )
