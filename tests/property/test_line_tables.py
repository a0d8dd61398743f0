"""Property tests: the lines of an edited text are those of the same text read anew."""

from hypothesis import given
from hypothesis import strategies as st

from code_assist import Source

TEXTS = st.text(alphabet="ab\r\n\x0cé字😀\u2028", max_size=24)
EDITS = st.lists(
    st.tuples(st.integers(0, 24), st.integers(0, 24), TEXTS, st.booleans()), max_size=5
)


def table(source: Source) -> list[tuple[int, str, int]]:
    return [
        (source.line_start(one), source.line(one), source.offset_to_byte(source.line_start(one)))
        for one in range(source.line_count)
    ]


@given(TEXTS, EDITS)
def test_an_edited_text_has_the_lines_of_the_same_text_read_anew(
    text: str, edits: list[tuple[int, int, str, bool]]
) -> None:
    source = Source(text=text, language="java")
    for one, other, new, asked in edits:
        size = len(source.text)
        start, end = sorted((one % (size + 1), other % (size + 1)))
        if asked:  # a table is made from one that is known, or from the text
            assert table(source)
        source = source.insert(start, end, new)
    fresh = Source(text=source.text, language="java")
    assert source == fresh
    assert table(source) == table(fresh)
    for offset in range(len(fresh.text) + 1):
        byte = len(fresh.text[:offset].encode())
        assert source.offset_to_byte(offset) == byte
        assert source.byte_to_offset(byte) == offset
        assert source.position(offset) == fresh.position(offset)


def test_a_lone_surrogate_is_replaced_where_it_is_inserted() -> None:
    assert Source(text="ab", language="python").insert(1, 1, "\ud800").text == "a\ufffdb"
