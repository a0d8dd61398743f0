import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistants.errors import InputError
from code_assist import Position, Source, Span


def source(text, language="python"):
    return Source(text=text, language=language)


def test_lines_end_at_lf_crlf_and_cr_and_nowhere_else():
    text = "a\nb\r\nc\rd\x0ce\u2028f\x1cg"
    one = source(text)
    assert [one.line(n) for n in range(one.line_count)] == ["a", "b", "c", "d\x0ce\u2028f\x1cg"]


def test_columns_count_code_points():
    one = source("x = '😀é'\ny")
    assert one.offset(Position(0, 5)) == 5
    assert one.text[one.offset(Position(0, 6))] == "é"
    assert one.offset(Position(1, 0)) == 9


def test_a_place_outside_of_the_text_is_refused_by_name():
    with pytest.raises(InputError, match="no line 3"):
        source("a\nb").offset(Position(2, 0))
    with pytest.raises(InputError, match="no column 3"):
        source("a\nb").offset(Position(1, 2))


def test_a_line_end_is_no_place_to_stand_behind():
    with pytest.raises(InputError):
        source("a\r\nb").offset(Position(0, 2))


@given(st.text(alphabet=st.sampled_from("aé😀\n\r\t '\u2028")))
def test_bytes_and_offsets_round_trip(text):
    one = source(text)
    for offset in range(len(text) + 1):
        byte = one.offset_to_byte(offset)
        assert byte == len(text[:offset].encode())
        assert one.byte_to_offset(byte) == offset


@given(st.text(alphabet=st.sampled_from("aé😀\n\r\t")), st.integers(0, 30))
def test_positions_round_trip_except_inside_a_line_end(text, offset):
    one = source(text)
    offset = min(offset, len(text))
    inside_line_end = text[offset - 1 : offset + 1] == "\r\n"
    if not inside_line_end:
        assert one.offset(one.position(offset)) == offset


def test_lone_surrogates_become_replacement_characters():
    assert source("a\ud800b").text == "a\ufffdb"


def test_replace_leaves_the_rest_alone():
    one = source("one two three")
    assert one.replace(Span(Position(0, 4), Position(0, 7)), "2").text == "one 2 three"


def test_read_finds_the_language_and_drops_a_byte_order_mark(tmp_path):
    file = tmp_path / "A.java"
    file.write_bytes(b"\xef\xbb\xbfclass A {}")
    one = Source.read(file)
    assert (one.language, one.text, one.path) == ("java", "class A {}", str(file))


def test_read_names_the_byte_that_is_not_utf_8(tmp_path):
    file = tmp_path / "a.py"
    file.write_bytes(b"x = 1\ny = '\xe9'\n")
    with pytest.raises(InputError, match=r"byte 0xe9 at offset 11 \(line 2\)") as caught:
        Source.read(file)
    assert "UTF-8" in caught.value.hint


@pytest.mark.parametrize("name", ["notes.txt", "Makefile", "a.rs"])
def test_read_refuses_other_languages(tmp_path, name):
    (tmp_path / name).write_text("x")
    with pytest.raises(InputError, match="language") as caught:
        Source.read(tmp_path / name)
    assert ".java" in caught.value.hint


def test_read_refuses_what_is_missing_a_folder_or_too_long(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        Source.read(tmp_path / "a.py")
    (tmp_path / "b.py").mkdir()
    with pytest.raises(InputError, match="directory"):
        Source.read(tmp_path / "b.py")
    (tmp_path / "c.py").write_text("x" * 5_000_000)
    with pytest.raises(InputError, match=r"5\.0 MB"):
        Source.read(tmp_path / "c.py")
