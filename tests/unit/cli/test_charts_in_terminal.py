import io

import pytest
from rich.console import Console

from cli.charts import bar, bars, levels, plot, read_chart, short


def chart(mark: str, x: str = "nominal", rows: list | None = None, color: str | None = None):
    encoding = {
        "x": {"field": "k", "type": x},
        "y": {"field": "v", "type": "quantitative", "title": "Total"},
    }
    if color:
        encoding["color"] = {"field": color, "type": "nominal"}
    spec = {"mark": {"type": mark}, "encoding": encoding}
    return read_chart(spec, ["k", "v", "c"], rows or [])


def drawn(text) -> list[str]:
    stream = io.StringIO()
    Console(file=stream, width=100, color_system=None).print(text)
    return stream.getvalue().splitlines()


def test_bars_are_in_proportion_to_their_values():
    lines = drawn(bars(chart("bar", rows=[["a", 40], ["b", "10"], ["c", 0]]), 60))
    assert lines[0] == "Total by k"
    filled = [line.count("█") for line in lines[1:]]
    assert filled[0] > 40
    assert 0 <= filled[0] - 4 * filled[1] < 4  # to a whole column
    assert filled[2] == 0
    assert lines[1].startswith("a ")
    assert lines[1].endswith(" 40")


def test_bars_lie_on_their_side_when_x_holds_the_numbers():
    spec = {
        "mark": "bar",
        "encoding": {"x": {"field": "v", "type": "quantitative"}, "y": {"field": "k"}},
    }
    lines = drawn(bars(read_chart(spec, ["k", "v"], [["a", 1]]), 40))
    assert lines[1].startswith("a ")


def test_labels_are_escaped_and_cut():
    lines = drawn(bars(chart("bar", rows=[["\x1b[31m" + "long" * 30, 1]]), 60))
    assert "\x1b" not in "".join(lines)
    assert "…" in lines[1]


@pytest.mark.parametrize(
    ("share", "expected"), [(0, ""), (1, "████"), (0.5, "██"), (1 / 8, "▌"), (2, "████"), (-1, "")]
)
def test_a_bar_is_exact_to_an_eighth(share: float, expected: str):
    assert bar(share, 4) == expected


@pytest.mark.parametrize(
    ("value", "shown"), [(1234567.0, "1,234,567"), (2.5, "2.50"), (-3.0, "-3")]
)
def test_figures(value: float, shown: str):
    assert short(value) == shown


def test_a_line_climbs_from_the_lower_left_to_the_upper_right():
    rows = [[f"2024-{month:02d}", month] for month in range(1, 13)]
    lines = drawn(plot(chart("line", "temporal", rows), 60))
    assert lines[0] == "Total by k"
    canvas = [line.split("┤", 1)[-1].split("│", 1)[-1] for line in lines[2:-2]]
    places = [
        min(i for i, c in enumerate(line) if c not in " │") for line in canvas if line.strip(" │")
    ]
    assert places == sorted(places, reverse=True)
    assert "2024-01" in lines[-1]
    assert "2024-12" in lines[-1]


def test_series_have_their_own_marks_and_a_key():
    rows = [[1, 1, "a"], [2, 2, "a"], [1, 3, "b"], [2, 4, "b"]]
    lines = drawn(plot(chart("point", "quantitative", rows, color="c"), 60))
    assert lines[-1] == "● a   ○ b"
    assert sum(line.count("○") for line in lines) == 3  # two points and the key


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"mark": "bar"},
        {"mark": "bar", "encoding": {"x": {"field": "k"}}},
        {"mark": 3, "encoding": {"x": {"field": "k"}, "y": {"field": "v"}}},
    ],
)
def test_what_is_no_chart_is_left_out(spec):
    assert read_chart(spec, [], []) is None


def test_nothing_to_draw_is_left_out():
    assert bars(chart("bar", rows=[["a", None], ["b", "text"], ["c", "nan"]]), 60) is None
    assert plot(chart("line", "temporal", [["2024-01", 1]]), 60) is None


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 10, [0, 2, 4, 6, 8, 10]),
        (675, 1040, [700, 800, 900, 1000]),
        (-0.3, 0.2, [-0.3, -0.2, -0.1, 0.0, 0.1, 0.2]),
        (5, 5, [5]),
    ],
)
def test_the_ticks_of_an_axis_are_round_numbers(low, high, expected):
    assert levels(low, high) == expected
