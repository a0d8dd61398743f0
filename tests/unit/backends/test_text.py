"""Bytes become characters when whole; stop texts never show, however they are cut."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistants.backends.text import StreamedText


def stream(pieces, stop=()):
    text = StreamedText(stop)
    shown = [text.push(piece) for piece in pieces]
    return [*shown, text.finish()], text.stopped


def test_a_character_shows_when_its_last_byte_is_there():
    assert stream(["é".encode()[:1], "é".encode()[1:]])[0] == ["", "é", ""]


def test_a_broken_character_is_replaced_at_the_end():
    assert stream([b"a\xc3"])[0] == ["a", "�"]


def test_a_stop_text_that_did_not_come_is_shown_after_all():
    assert stream([b"a\n", b"def"], ("\n\n",))[0] == ["a", "\ndef", ""]
    assert stream([b"a\n"], ("\n\n",))[0] == ["a", "\n"]


@given(
    before=st.text(alphabet="abé\n", max_size=8),
    after=st.text(alphabet="abé\n", max_size=8),
    cuts=st.lists(st.integers(0, 30), max_size=6),
    stop=st.sampled_from(["\n\n", "ab", "é", "aab"]),
)
def test_any_cutting_shows_the_text_before_the_first_stop(before, after, cuts, stop):
    data = (before + stop + after).encode()
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = [data[a:b] for a, b in itertools.pairwise(edges)]
    shown, stopped = stream(pieces, (stop,))
    assert "".join(shown) == data.decode().split(stop)[0]
    assert stopped


@pytest.mark.parametrize("stop", [(), ("",)])
def test_nothing_stops_without_a_stop_text(stop):
    assert stream([b"abc"], stop) == (["abc", ""], False)
