"""Solutions on the line of real numbers, as SVG."""

from collections.abc import Iterator

from . import numbers
from .scene import End, Interval, NumberLine, Window
from .sheet import Sheet, compact, document, text

_WIDTH, _LEFT, _LEVEL, _HEIGHT = 560.0, 30.0, 48.0, 92.0
_COLOUR = "#0969da"


def number_line_svg(line: NumberLine) -> str:
    """Return the line with its ticks, the intervals above it, and the names of their ends."""
    window = Window(left=line.left, right=line.right, bottom=0.0, top=1.0)
    sheet = Sheet(window=window, left=_LEFT, top=0, width=_WIDTH, height=_HEIGHT)
    parts = [_axis(sheet), *_ticks(sheet)]
    parts.append(text((sheet.right + 16, _LEVEL + 4), line.letter, slanted=True))
    parts += [part for one in line.intervals for part in _interval(one, sheet)]
    parts += _labels(line, sheet)
    if line.remarks:
        parts.append(text((_LEFT, 20), "; ".join(line.remarks)))
    said = "; ".join(described_interval(one) for one in line.intervals) or "no solution"
    return document(line.title, said, (_LEFT + _WIDTH + 36, _HEIGHT), parts)


def described_interval(one: Interval) -> str:
    """Return an interval in the usual brackets, ends by their exact names."""
    if one.low is not None and one.low == one.high:
        return f"{{{one.low.label}}}"
    low = "(−∞" if one.low is None else f"{'[' if one.low.closed else '('}{_name(one.low)}"
    high = "∞)" if one.high is None else f"{_name(one.high)}{']' if one.high.closed else ')'}"
    return f"{low}, {high}"


def _name(end: End) -> str:
    return end.label


def _axis(sheet: Sheet) -> str:
    y = compact(_LEVEL)
    right = sheet.right + 12
    path = f"M{compact(sheet.left - 12)} {y}H{compact(right)}m-7 -4l7 4l-7 4"
    return f'<path class="a" d="{path}" fill="none" stroke="#57606a" stroke-width="1.2"/>'


def _ticks(sheet: Sheet) -> Iterator[str]:
    for value in numbers.ticks(sheet.window.left, sheet.window.right, 9):
        x = sheet.x(value)
        path = f"M{compact(x)} {compact(_LEVEL - 4)}v8"
        yield f'<path class="a" d="{path}" fill="none" stroke="#57606a"/>'
        yield text((x, _LEVEL + 24), numbers.tick_label(value, 1.0), anchor="middle")


def _interval(one: Interval, sheet: Sheet) -> Iterator[str]:
    left = sheet.x(one.low.at) if one.low is not None else sheet.left - 12
    right = sheet.x(one.high.at) if one.high is not None else sheet.right + 6
    y = compact(_LEVEL)
    if right > left:
        yield (
            f'<path class="s0" d="M{compact(left)} {y}H{compact(right)}" fill="none" '
            f'stroke="{_COLOUR}" stroke-width="5" stroke-opacity=".75"/>'
        )
    for end in dict.fromkeys((one.low, one.high)):
        if end is not None:
            look = ("s0 f0", _COLOUR) if end.closed else ("s0 p", "#ffffff")
            yield (
                f'<circle class="{look[0]}" cx="{compact(sheet.x(end.at))}" cy="{y}" r="5" '
                f'fill="{look[1]}" stroke="{_COLOUR}" stroke-width="2"/>'
            )


def _labels(line: NumberLine, sheet: Sheet) -> Iterator[str]:
    """Write the exact names of the ends above them, in two rows where they would touch."""
    ends = {end.at: end for one in line.intervals for end in (one.low, one.high) if end is not None}
    free = [-1e9, -1e9]
    for at in sorted(ends):
        said = ends[at].label
        half = 3.8 * len(said)
        row = 0 if sheet.x(at) - half > free[0] else 1
        free[row] = sheet.x(at) + half + 4
        yield text((sheet.x(at), _LEVEL - 14 - 16 * row), said, anchor="middle")
