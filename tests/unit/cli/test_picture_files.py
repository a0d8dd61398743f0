"""Pictures asked for on the command line: in the terminal, as files, as a page, as charts."""

import importlib.util
import struct
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from assistants.errors import InputError, OutputError, SettingsError
from cli.answer_files import check_ending, write_answer
from cli.app import run
from cli.help import with_files
from cli.pictures import check_picture
from cli.png import ZOOM, png_of

QUESTION = "solve x^2 - 5x + 6 = 0"
FILES = {"--plot": "--plot-file"}
needs_resvg = pytest.mark.skipif(
    importlib.util.find_spec("resvg_py") is None, reason="needs the extra png"
)


def size_of(path: Path) -> tuple[int, int]:
    """Width and height as the header of a PNG says them."""
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", data[16:24])


def test_a_file_may_follow_the_flag() -> None:
    assert with_files(["q", "--plot", "a.SVG"], FILES) == ["q", "--plot", "--plot-file", "a.SVG"]
    assert with_files(["--plot=a.png", "q"], FILES) == ["--plot", "--plot-file", "a.png", "q"]
    assert with_files(["--plot", "x^2 = 4"], FILES) == ["--plot", "x^2 = 4"]
    assert with_files(["--", "--plot", "a.svg"], FILES) == ["--", "--plot", "a.svg"]


def test_the_terminal_gets_the_answer_and_then_the_picture(capsys) -> None:
    code = run(["solve", "--plot", QUESTION, "--model", "none", "--details", "brief"])
    captured = capsys.readouterr()
    assert code == 0
    assert captured.out.index("x = 2 or x = 3") < captured.out.index("● (2, 0)")


def test_a_picture_and_a_page_are_written(capsys, tmp_path: Path) -> None:
    svg, page = tmp_path / "a.svg", tmp_path / "a.html"
    arguments = [QUESTION, "--plot", str(svg), "--html", str(page), "--model", "none"]
    assert run(["solve", *arguments]) == 0
    assert ET.fromstring(svg.read_text(encoding="utf-8")).tag.endswith("svg")
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "<details>" in text
    assert "<svg " in text
    captured = capsys.readouterr()
    assert "x = 2 or x = 3" in captured.out
    assert captured.err.count("wrote ") == 2


def test_what_cannot_be_drawn_is_one_line_and_the_answer_stands(capsys) -> None:
    code = run(["solve", "what is the gcd of 12 and 18?", "--plot", "--model", "none"])
    captured = capsys.readouterr()
    assert code == 0
    assert "6" in captured.out
    assert [line for line in captured.err.splitlines() if "no picture" in line]


def test_json_stays_json(capsys) -> None:
    import json

    code = run(["solve", QUESTION, "--plot", "--json", "--model", "none"])
    captured = capsys.readouterr()
    assert code == 0
    assert json.loads(captured.out)["answer"] == "x = 2 or x = 3"
    assert "--plot FILE.svg" in captured.err


def test_an_ending_must_say_what_is_written() -> None:
    check_picture(Path("a.svg"))
    with pytest.raises(InputError, match=r"\.png"):
        check_picture(Path("a.pdf"))


def test_a_place_that_cannot_be_written_is_told(capsys, tmp_path: Path) -> None:
    place = str(tmp_path / "nowhere" / "a.svg")
    assert run(["solve", QUESTION, "--plot", place, "--model", "none"]) == 1
    assert "could not be written" in capsys.readouterr().err


def test_without_resvg_a_png_is_refused_before_the_work(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    for check in (check_picture, check_ending):
        with pytest.raises(SettingsError) as caught:
            check(Path("a.png"))
        assert caught.value.hint.startswith("pip install 'plumb[png]'")


@needs_resvg
def test_a_chart_of_a_database_as_png(tmp_path: Path) -> None:
    row = {
        "status": "answered",
        "columns": ["day", "paid"],
        "rows": [["2024-01-01", "10.50"], ["2024-01-02", "7.25"]],
        "chart": {
            "mark": "line",
            "encoding": {
                "x": {"field": "day", "type": "temporal"},
                "y": {"field": "paid", "type": "quantitative"},
            },
        },
    }
    path = tmp_path / "a.png"
    write_answer(path, row, "?")
    assert size_of(path) == (720 * ZOOM, 400 * ZOOM)
    with pytest.raises(OutputError, match="no chart"):
        write_answer(path, {**row, "chart": None}, "?")


@needs_resvg
def test_letters_are_in_the_png() -> None:
    with_text, without = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20">{text}</svg>'
        for text in ('<text y="15">abc</text>', "")
    )
    assert len(png_of(with_text)) > len(png_of(without))
