"""Regions, curves in two letters, number lines, terms and figures."""

import math

import pytest

from math_solver.pictures.drawing import scene_of
from math_solver.pictures.scene import Graph, NumberLine


def inside(point, polygons) -> bool:
    """Even-odd rule over all outlines together."""
    x, y = point
    crossed = 0
    for outline in polygons:
        for (x0, y0), (x1, y1) in zip(outline, (*outline[1:], outline[0]), strict=True):
            if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
                crossed += 1
    return crossed % 2 == 1


def test_a_region_is_where_both_inequalities_hold() -> None:
    scene = scene_of("solve y > x^2, y < x + 2", "")
    assert isinstance(scene, Graph)
    (area,) = scene.areas
    window = scene.window
    for i in range(60):
        for j in range(60):
            x = window.left + window.width * (i + 0.5) / 60
            y = window.bottom + window.height * (j + 0.5) / 60
            if min(abs(y - x * x), abs(y - x - 2)) > 0.06:
                assert inside((x, y), area.polygons) == (x * x < y < x + 2), (x, y)
    assert all(curve.dashed for curve in scene.curves)
    assert {(mark.at, mark.open) for mark in scene.marks} == {((-1, 1), True), ((2, 4), True)}


def test_a_boundary_that_belongs_to_the_region_is_solid() -> None:
    scene = scene_of("solve x^2 + y^2 <= 9, x + y > 1", "")
    assert [curve.dashed for curve in scene.curves] == [False, True]
    (area,) = scene.areas
    assert inside((1.5, 1.5), area.polygons)
    assert not inside((-1, 0), area.polygons)
    assert not inside((2.5, 2.5), area.polygons)


def test_a_circle_is_closed_and_round() -> None:
    scene = scene_of("solve x^2 + y^2 = 25, y = x + 1", "(x = -4, y = -3) or (x = 3, y = 4)")
    assert isinstance(scene, Graph)
    assert scene.equal
    (circle,) = scene.curves[0].pieces
    assert circle[0] == circle[-1]
    assert all(abs(math.hypot(x, y) - 5) < 0.01 for x, y in circle)
    assert {mark.at for mark in scene.marks} == {(-4.0, -3.0), (3.0, 4.0)}


def test_a_hyperbola_has_two_branches_that_are_not_joined() -> None:
    scene = scene_of("solve x*y = 1, x + y = -3", "")
    branches = scene.curves[0].pieces
    assert all(len({x > 0 for x, _ in branch}) == 1 for branch in branches)
    assert all(abs(x * y - 1) < 0.02 for branch in branches for x, y in branch)


@pytest.mark.parametrize(
    ("answer", "intervals"),
    [
        ("x < -2 or x >= 1", [(None, (-2.0, False)), ((1.0, True), None)]),
        ("-2 < x < 4", [((-2.0, False), (4.0, False))]),
        ("x = 2 or x > 3", [((2.0, True), (2.0, True)), ((3.0, False), None)]),
        ("every real number x", [(None, None)]),
        ("no real solution", []),
    ],
)
def test_intervals_on_the_line(answer: str, intervals) -> None:
    line = scene_of("solve x^2 + 3x > 4", answer)
    assert isinstance(line, NumberLine)

    def end(one):
        return None if one is None else (one.at, one.closed)

    assert [(end(one.low), end(one.high)) for one in line.intervals] == intervals
    ends = [one.at for part in line.intervals for one in (part.low, part.high) if one]
    assert all(line.left < at < line.right for at in ends)


def test_an_irrational_end_keeps_its_exact_name() -> None:
    line = scene_of("solve x^2 < 2", "-sqrt(2) < x < sqrt(2)")
    (interval,) = line.intervals
    assert interval.high.at == pytest.approx(math.sqrt(2))
    assert (interval.low.label, interval.high.label) == ("−√2", "√2")


def test_terms_are_points_and_the_asked_one_is_open() -> None:
    scene = scene_of("What is the next term in 2, 5, 8, 11?", "14")
    assert [mark.at for mark in scene.marks] == [(1, 2), (2, 5), (3, 8), (4, 11), (5, 14)]
    assert [mark.open for mark in scene.marks] == [False] * 4 + [True]
    assert scene.curves == ()


def test_a_right_triangle_has_its_legs() -> None:
    scene = scene_of("What is the hypotenuse of a right triangle with legs 3 and 4?", "5")
    assert isinstance(scene, Graph)
    assert set(scene.curves[0].pieces[0]) == {(0, 0), (3, 0), (0, 4)}
    assert scene.equal
    assert {note.text for note in scene.notes} == {"3", "4"}


def test_a_circle_by_its_diameter() -> None:
    scene = scene_of("What is the area of a circle with diameter 6?", "9*pi")
    assert all(math.hypot(x, y) == pytest.approx(3) for x, y in scene.curves[0].pieces[0])
    assert [note.text for note in scene.notes] == ["d = 6"]
