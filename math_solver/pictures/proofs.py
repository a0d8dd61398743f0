"""The figure of a problem that asks for a proof in plane geometry."""

import cmath
import math
from collections.abc import Iterable, Mapping

from assistants.errors import InputError
from math_solver.geometry.answering import read_geometry
from math_solver.geometry.drawing import circles, drawn_figure, segments

from .scene import Curve, Graph, Mark, Note, Path, Point, Window
from .subjects import NoPicture

_ROUND = 96
_ASIDE = 0.075
"""How far a point's name stands from it, against the width of the figure."""


def proof_figure(question: str, title: str) -> Graph:
    """Return a figure in which all that is given and asked for is true. Raises `NoPicture`."""
    try:
        problem = read_geometry(question)
    except InputError as error:
        raise NoPicture(f"it cannot be drawn: {error}") from error
    figure = drawn_figure(problem)
    if figure is None:
        raise NoPicture("no figure was found in which all of it is true")
    figure = _levelled(figure, problem.points)
    rings = circles(problem, figure)
    curves = [
        *(Curve(pieces=((_at(figure[a]), _at(figure[b])),)) for a, b in segments(problem, figure)),
        *(Curve(pieces=(_ring(center, radius),), style=1) for center, radius in rings),
    ]
    window = _window(curve for curve in curves)
    return Graph(
        title=title,
        window=window,
        curves=tuple(curves),
        marks=tuple(Mark(at=_at(place)) for place in figure.values()),
        notes=tuple(_names(figure, max(window.width, window.height))),
        axes=False,
        equal=True,
        remarks=("one figure in which all of it is true; the proof does not rest on it alone",),
    )


def _at(place: complex) -> Point:
    return place.real, place.imag


def _levelled(figure: Mapping[str, complex], points: tuple[str, ...]) -> dict[str, complex]:
    """Turn a figure so that the base of its first triangle lies level, with the rest above it."""
    *_, first, second = points[:3]
    turn = cmath.exp(-1j * cmath.phase(figure[second] - figure[first]))
    turned = {name: place * turn for name, place in figure.items()}
    if turned[points[0]].imag < turned[first].imag:
        turned = {name: place.conjugate() for name, place in turned.items()}
    return turned


def _ring(center: complex, radius: float) -> Path:
    steps = (2 * math.pi * index / _ROUND for index in range(_ROUND + 1))
    return tuple(_at(center + radius * cmath.exp(1j * step)) for step in steps)


def _window(curves: Iterable[Curve]) -> Window:
    corners = [corner for curve in curves for piece in curve.pieces for corner in piece]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    pad = 0.12 * max(max(xs) - min(xs), max(ys) - min(ys))
    return Window(left=min(xs) - pad, right=max(xs) + pad, bottom=min(ys) - pad, top=max(ys) + pad)


def _names(figure: Mapping[str, complex], size: float) -> Iterable[Note]:
    """Yield the names of points, each on the side away from the others."""
    for name, place in figure.items():
        pull = sum(
            ((place - other) / abs(place - other) ** 2 for n, other in figure.items() if n != name),
            0j,
        )
        away = pull / abs(pull) if abs(pull) > 1e-9 else 1j
        yield Note(at=_at(place + away * _ASIDE * size * 0.6), text=name)
