"""Answers written to files: the types of Parquet, a picture without scripts, escaped pages."""

from pathlib import Path

import pytest

from assistants.errors import InputError, OutputError
from cli.answer_files import check_ending, write_answer

ROW = {
    "status": "answered",
    "columns": ["day", "paid", "n"],
    "rows": [["2024-01-01", "10.50", 1], ["2024-01-02", "7.25", None]],
    "sql": "SELECT '<b>'",
    "chart": {
        "mark": "line",
        "encoding": {
            "x": {"field": "day", "type": "temporal"},
            "y": {"field": "paid", "type": "quantitative"},
        },
        "data": {
            "values": [{"day": "2024-01-01", "paid": 10.5}, {"day": "2024-01-02", "paid": 7.25}]
        },
    },
}


def test_parquet_keeps_types(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "it's.parquet"
    write_answer(path, ROW, "?")
    place = str(path).replace("'", "''")
    found = duckdb.sql(f"SELECT * FROM '{place}'")
    assert [str(kind) for kind in found.types] == ["DATE", "DECIMAL(38,2)", "BIGINT"]
    assert [str(row[1]) for row in found.fetchall()] == ["10.50", "7.25"]


def test_a_chart_is_a_picture_without_scripts(tmp_path: Path) -> None:
    write_answer(tmp_path / "a.svg", ROW, "?")
    text = (tmp_path / "a.svg").read_text()
    assert text.startswith("<svg ")
    assert "<polyline" in text
    assert "script" not in text


def test_a_page_escapes_what_is_foreign(tmp_path: Path) -> None:
    write_answer(tmp_path / "a.html", ROW, "<script>alert(1)</script>")
    text = (tmp_path / "a.html").read_text()
    assert "<script" not in text
    assert "&lt;b&gt;" in text
    assert "<svg " in text


def test_no_chart_no_picture(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no chart"):
        write_answer(tmp_path / "a.svg", {**ROW, "chart": None}, "?")


def test_csv_and_markdown(tmp_path: Path) -> None:
    write_answer(tmp_path / "a.csv", ROW, "?")
    assert (tmp_path / "a.csv").read_text().splitlines()[0] == "day,paid,n"
    write_answer(tmp_path / "a.md", ROW, "?")
    assert "| day | paid | n |" in (tmp_path / "a.md").read_text()


def test_an_ending_must_say_what_is_written() -> None:
    check_ending(Path("x.CSV"))
    with pytest.raises(InputError, match=r"\.parquet"):
        check_ending(Path("x.xlsx"))
