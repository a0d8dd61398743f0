import pytest

from cli.tables import cell, fitting, is_number, without_midnights


@pytest.mark.parametrize(("width", "fit"), [(3, 1), (7, 1), (8, 2), (13, 2), (14, 3), (500, 3)])
def test_as_many_columns_as_fit_with_three_between_them(width: int, fit: int):
    assert fitting(["a", "bbb", "ccc"], [["xx", "yyy", "z"]], width) == fit


def test_wide_letters_take_two_columns():
    assert fitting(["a", "b"], [["東京東京", "1"]], 11) == 1
    assert fitting(["a", "b"], [["東京東京", "1"]], 12) == 2


def test_days_lose_their_midnight_only_where_all_are_days():
    days = [["2024-01-01 00:00:00", "2024-01-01 00:00:00"], ["∅", "2024-01-01 10:00:00"]]
    assert without_midnights(days) == [
        ["2024-01-01", "2024-01-01 00:00:00"],
        ["∅", "2024-01-01 10:00:00"],
    ]


@pytest.mark.parametrize(("text", "number"), [("1.50", True), ("-3", True), ("7/2", False)])
def test_numbers(text: str, number: bool):
    assert is_number(text) is number


def test_a_null_is_not_an_empty_text():
    assert cell(None) != cell("")
