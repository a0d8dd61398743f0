"""What is drawn of functions: nothing across a pole, marks where they belong, domains respected."""

import math
from itertools import pairwise

import pytest

from math_solver.pictures.drawing import scene_of
from math_solver.pictures.scene import Graph
from math_solver.pictures.subjects import NoPicture


def graph(question: str, answer: str = "") -> Graph:
    scene = scene_of(question, answer)
    assert isinstance(scene, Graph)
    return scene


def segments(scene: Graph, curve: int = 0):
    for piece in scene.curves[curve].pieces:
        yield from pairwise(piece)


def labels(scene: Graph) -> set[str]:
    return {mark.label for mark in scene.marks}


@pytest.mark.parametrize(
    ("formula", "poles"),
    [
        ("1/(x - 2)", [2]),
        ("tan(x)", [-1.5 * math.pi, -0.5 * math.pi, 0.5 * math.pi, 1.5 * math.pi]),
        ("x/(x^2 - 2)", [-math.sqrt(2), math.sqrt(2)]),
        ("1/(x - 1/3)^2", [1 / 3]),
    ],
)
def test_no_line_over_a_pole_and_a_dashed_line_at_it(formula: str, poles: list[float]) -> None:
    scene = graph(formula)
    for (x0, _), (x1, _) in segments(scene):
        assert not any(x0 < pole < x1 for pole in poles)
    upright = sorted(one.at for one in scene.asymptotes if one.vertical)
    assert upright == pytest.approx(poles, abs=1e-9)
    # The curve goes to the very edge of the window beside each pole.
    for pole in poles:
        near = [y for piece in scene.curves[0].pieces for x, y in piece if abs(x - pole) < 0.3]
        assert max(near) == pytest.approx(scene.window.top) or min(near) == pytest.approx(
            scene.window.bottom
        )


def test_steps_are_not_joined() -> None:
    scene = graph("floor(x)")
    assert all(y0 == y1 == math.floor(x0 + 1e-9) for (x0, y0), (_, y1) in segments(scene))
    full = {mark.at for mark in scene.marks if not mark.open}
    empty = {mark.at for mark in scene.marks if mark.open}
    assert (2.0, 2.0) in full
    assert (2.0, 1.0) in empty
    assert (2.0, 1.0) not in full


def test_a_hole_is_an_open_circle_and_no_asymptote() -> None:
    scene = graph("(x^2 - 1)/(x - 1)")
    assert [mark.at for mark in scene.marks if mark.open] == [(1.0, 2.0)]
    assert scene.asymptotes == ()
    wave = graph("sin(x)/x")
    assert [mark.at for mark in wave.marks if mark.open] == [(0.0, pytest.approx(1.0))]


def test_nothing_is_drawn_outside_of_the_domain() -> None:
    scene = graph("sqrt(x - 2)")
    xs = [x for piece in scene.curves[0].pieces for x, _ in piece]
    assert scene.window.left < 0
    assert min(xs) == pytest.approx(2.0, abs=1e-6)
    logarithm = graph("ln(x)")
    assert min(x for piece in logarithm.curves[0].pieces for x, _ in piece) > 0
    assert [(one.at, one.vertical) for one in logarithm.asymptotes] == [(0.0, True)]


def test_wild_oscillation_is_neither_a_pole_nor_a_jump() -> None:
    scene = graph("sin(1/x)")
    assert scene.asymptotes == ()
    assert not any(mark.open for mark in scene.marks)


def test_every_point_of_a_curve_lies_on_the_function() -> None:
    scene = graph("x^3 - 3x")
    height = scene.window.height
    for piece in scene.curves[0].pieces:
        assert all(abs(y - (x**3 - 3 * x)) < height / 400 for x, y in piece)
    # Between two neighbours the chord is off by less than a pixel.
    for (x0, y0), (x1, y1) in segments(scene):
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        assert abs(y - (x**3 - 3 * x)) < height / 360


def test_roots_extrema_and_intercept_are_marked_with_exact_names() -> None:
    assert {"(−1, 2)", "(1, −2)", "(−√3, 0)", "(0, 0)", "(√3, 0)"} <= labels(graph("x^3 - 3x"))
    assert {"(0, 1)", "(−2π, 1)", "(π, −1)", "(π/2, 0)"} <= labels(graph("cos(x)"))
    assert {"(2, 1)", "(0, 3)"} <= labels(graph("abs(x - 2) + 1"))


def test_an_equation_shows_its_two_sides_and_where_they_meet() -> None:
    scene = graph("solve sqrt(x+3) = x - 3", "x = 6")
    assert len(scene.curves) == 2
    assert [mark.at for mark in scene.marks] == [(6.0, 3.0)]


def test_a_family_of_solutions_is_marked_inside_the_window_only() -> None:
    answer = "x = pi*(12*k + 1)/6 or x = pi*(12*k + 5)/6 (k any integer)"
    scene = graph("solve sin x = 1/2", answer)
    xs = sorted(mark.at[0] for mark in scene.marks)
    assert xs == pytest.approx([-11 * math.pi / 6, -7 * math.pi / 6, math.pi / 6, 5 * math.pi / 6])
    assert all(mark.at[1] == pytest.approx(0.5) for mark in scene.marks)


def test_a_condition_chooses_among_the_solutions() -> None:
    scene = graph("solve x^2 = 4, x > 0", "x = 2")
    assert [mark.at for mark in scene.marks] == [(2.0, 4.0)]
    assert len(scene.curves) == 2


def test_a_wrong_root_in_an_answer_is_not_marked() -> None:
    assert not graph("solve x^2 = 4", "x = 3").marks


def test_both_solutions_of_an_equation_without_exact_ones() -> None:
    xs = [mark.at[0] for mark in graph("solve e^x = 3x").marks]
    assert xs == pytest.approx([0.6190612867, 1.5121345517])


@pytest.mark.parametrize("formula", ["1/(x^2 + 1)", "x^2 - 400", "e^x", "x - 300", "5", "x^100"])
def test_the_window_is_sensible(formula: str) -> None:
    if formula == "5":
        with pytest.raises(NoPicture, match="number"):
            scene_of(formula, "")
        return
    scene = graph(formula)
    assert 1 < scene.window.width < 2_000
    assert 0.5 < scene.window.height < 2_000
    assert all(scene.window.holds(mark.at) for mark in scene.marks)
    assert scene.marks


def test_a_horizontal_asymptote_is_found_and_a_slow_logarithm_has_none() -> None:
    levels = [one.at for one in graph("(2x + 1)/(x - 3)").asymptotes if not one.vertical]
    assert levels == [2.0]
    assert not [one for one in graph("ln(x)").asymptotes if not one.vertical]
    turned = sorted(one.at for one in graph("atan(x)").asymptotes)
    assert turned == pytest.approx([-math.pi / 2, math.pi / 2])


def test_what_grows_beyond_all_numbers_has_no_asymptote_at_the_largest_that_is_drawn() -> None:
    scene = graph("integrate x^2*exp(x) from 0 to 2", "-2 + 2*exp(2)")
    assert [one.at for one in scene.asymptotes if not one.vertical] == []
    assert scene.window.top == pytest.approx(4 * math.exp(2), rel=1)  # the height at its end


def test_a_pole_on_one_side_only() -> None:
    scene = graph("2^(1/x)")
    assert [one.at for one in scene.asymptotes if one.vertical] == [0.0]
    assert all(abs(mark.at[1]) < 1e6 for mark in scene.marks)
    assert not any(x0 < 0 < x1 for (x0, _), (x1, _) in segments(scene))


def test_steps_of_a_wave_have_no_asymptote() -> None:
    assert graph("floor(sin(x))").asymptotes == ()


def test_the_area_of_an_integral_lies_between_its_bounds() -> None:
    scene = graph("integrate x^2 from 0 to 2", "8/3")
    (area,) = scene.areas
    polygon = area.polygons[0]
    assert min(x for x, _ in polygon) == 0
    assert max(x for x, _ in polygon) == pytest.approx(2)
    turned = zip(polygon, (*polygon[1:], polygon[0]), strict=True)
    size = abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in turned)) / 2
    assert size == pytest.approx(8 / 3, rel=1e-3)


def test_what_has_no_picture_says_why() -> None:
    for question in ("what is 3 + 4?", "simplify x*y + z", "What is the gcd of 12 and 18?"):
        with pytest.raises(NoPicture):
            scene_of(question, "")
