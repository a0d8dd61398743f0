"""A module of which one statement changed runs as the whole text would."""

import pytest

from code_assist.testing.plumb_guest.pieces import Pieces

TEXT = '''"""What it is about."""
from __future__ import annotations

RATE = 3


def double(value: Money) -> Money:
    return value * 2


"a text that stands alone"


class Till:
    total: int = 0

    @staticmethod
    def add(one, other):
        return one + other


SUM = Till.add(RATE, double(1))
'''


def ran(codes: list[object]) -> dict[str, object]:
    names: dict[str, object] = {"__name__": "till"}
    for code in codes:
        exec(code, names)  # type: ignore[call-overload]
    return {key: names[key] for key in ("__doc__", "RATE", "SUM")}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("RATE = 3", "RATE = 4"),
        ("value * 2", "value - 2"),
        ("    return value * 2", "    if not value:\n        return 0\n    return value * 3"),
        ("one + other", "other - one"),
        ("    @staticmethod\n    def", "    @classmethod\n    def"),
        ("double(1)", "double(2)"),
        ("about", "like"),
        ("stands alone", "was changed"),
        ("RATE = 3", "RATE = 3\nRATE = 5"),
        ("", ""),
    ],
)
def test_a_changed_text_runs_as_if_it_were_compiled_whole(old: str, new: str) -> None:
    pieces = Pieces.of(TEXT, "till.py")
    assert pieces is not None
    text = TEXT.replace(old, new, 1)
    codes = pieces.changed(text)
    whole = compile(text, "till.py", "exec", dont_inherit=True)
    try:
        expected = ran([whole])
    except TypeError:
        with pytest.raises(TypeError):
            ran(list(codes or [whole]))
        return
    assert ran(list(codes or [whole])) == expected


def test_a_change_over_two_statements_is_left_to_the_compiler() -> None:
    pieces = Pieces.of(TEXT, "till.py")
    assert pieces is not None
    assert pieces.changed(TEXT.replace("RATE = 3", "RATE = 4").replace("* 2", "* 5")) is None
    assert pieces.changed(TEXT.replace("RATE = 3", "RATE = (")) is None


def test_statements_that_share_a_line_are_no_pieces() -> None:
    assert Pieces.of("a = 1; b = 2\n", "pair.py") is None
