import json

import pytest

from cli.safe_text import one_line, printable, to_json


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b31m", "\\x9b31m"),  # C1: the one-byte CSI
        ("a\x00b\x07c\x7f", "a\\x00b\\x07c\\x7f"),
        ("over\rwrite", "over\\x0dwrite"),
        ("two\r\nlines", "two\nlines"),
        ("tab\tstays", "tab\tstays"),
        ("user\u202etxt.exe", "user\\u202etxt.exe"),
        ("[red]markup[/red]", "[red]markup[/red]"),
        ("naïve → 東京 👩‍⚕️", "naïve → 東京 👩‍⚕️"),
        ("half \ud83d", "half \\ud83d"),
    ],
)
def test_what_a_terminal_would_act_on_is_escaped(text: str, shown: str):
    assert printable(text) == shown


def test_a_cell_is_one_line():
    assert one_line("a\nb\tc") == "a\\nb c"


@pytest.mark.parametrize("indent", [None, 2])
def test_json_means_the_same_and_shows_no_control_character(indent: int | None):
    value = {"text": "\x1b[31m \x9b \x7f \u202e \u2028 ü 東", "number": "7/2", "none": None}
    text = to_json(value, indent=indent)
    assert json.loads(text) == value
    assert not set("\x1b\x9b\x7f\u202e\u2028") & set(text)
    assert "ü 東" in text
    assert ("\n" in text) == (indent is not None)


def test_json_of_a_lone_surrogate_can_be_written():
    to_json({"text": "\ud83d"}).encode("utf-8")
