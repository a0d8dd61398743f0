"""Streams under a program: taking back, chunks, counting, threads, and batches of many kinds."""

import threading
from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assistants.constraint import Choice, Constraint, Grammar, JsonSchema, Mask, Program, Regex
from assistants.masking import Vocabulary, compile_mask
from assistants.masking.languages import machine

BYTES = Vocabulary.of_bytes()
END = 256
PLACES = (
    Program("python", "def f(x):\n    return x", "\n"),
    Program("python", "x = f'{a", "}'\n"),
    Program("python", "if x:\n    y = [1,\n", "\n"),
    Program("java", "class A { int f() { return (", "; }\n}\n"),
    Program("java", "class A { List<", " x; }\n"),
)
PIECES = st.sampled_from(
    [b"x", b"1", b"(", b")", b"]", b"}", b"{", b" ", b"\n", b"    ", b",", b".", b"if ", b"'", b'"',
     b"\\", b"#", b">", b">>", b"=", b"==", b"\xc3", b"\xa9", b"\xff", b"else ", b"/*", b"*/", b";",
     b"lambda: ", b"new ", b"!r", b":", b"f'"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=12).map(b"".join)


def fed(language: str, data: bytes) -> object:
    reader = machine(language)
    state = reader.start()
    for byte in data:
        state = None if state is None else reader.feed(state, byte)
    return state


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PLACES), TEXTS, st.data())
def test_however_text_is_cut_it_leads_to_the_same_state(
    place: Program, text: bytes, data: st.DataObject
) -> None:
    reader = machine(place.language)
    start = fed(place.language, place.prefix.encode())
    slow = fed(place.language, place.prefix.encode() + text)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=4)))
    state = start
    for low, high in zip([0, *cuts], [*cuts, len(text)], strict=True):
        state = None if state is None else reader.run(state, text[low:high])
    assert (state is None) == (slow is None)
    if state is not None:
        assert reader.complete(state) == reader.complete(slow)
        assert all(
            (reader.feed(state, byte) is None) == (reader.feed(slow, byte) is None)
            for byte in range(256)
        )


def observed(mask: Mask) -> tuple[bytes, bool]:
    return mask.allowed().tobytes(), mask.can_stop()


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PLACES), TEXTS, TEXTS, st.booleans())
def test_what_is_taken_back_leaves_no_trace(
    place: Program, first: bytes, second: bytes, budgeted: bool
) -> None:
    mask = compile_mask(place, BYTES, budget=90 if budgeted else None)
    kept = first[: mask.validate(list(first))]
    assert mask.accept(list(kept))
    before = observed(mask)
    count = mask.validate(list(second))
    assert observed(mask) == before
    assert mask.accept(list(second)) == (count == len(second))
    if count < len(second):
        assert observed(mask) == before
        assert mask.accept(list(second[:count]))
    mask.rollback(count)
    assert observed(mask) == before


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PLACES), TEXTS)
def test_what_validates_is_what_is_accepted_one_by_one(place: Program, text: bytes) -> None:
    mask, single = compile_mask(place, BYTES), compile_mask(place, BYTES)
    accepted = 0
    while accepted < len(text):
        word, bit = divmod(text[accepted], 32)
        allowed = bool(single.allowed().view(np.uint32)[word] >> bit & 1)
        assert single.accept([text[accepted]]) == allowed
        if not allowed:
            break
        accepted += 1
    assert mask.validate(list(text)) == accepted


ROWS: Sequence[tuple[Constraint, bytes]] = (
    (PLACES[0], b" + g(x)"),
    (PLACES[3], b"a ? b : c)"),
    (Regex("[a-c]{3}"), b"abc"),
    (Choice(("yes", "no")), b"no"),
    (JsonSchema({"type": "array", "items": {"type": "integer"}}), b"[1, 2]"),
    (Grammar('start: "(" start ")" | "x"'), b"((x))"),
    (PLACES[1], b"!r"),
)


def test_rows_of_one_batch_have_constraints_of_their_own() -> None:
    masks = [compile_mask(constraint, BYTES) for constraint, _ in ROWS]
    for step in range(max(len(text) for _, text in ROWS)):
        rows = np.stack([mask.allowed() for mask in masks]).view(np.uint32)
        for row, mask, (_, text) in zip(rows, masks, ROWS, strict=True):
            token = text[step] if step < len(text) else END
            assert row[token // 32] >> token % 32 & 1
            assert mask.accept([token]) if step < len(text) else mask.can_stop()


def test_threads_share_a_language_and_each_keeps_its_own_stream() -> None:
    texts = {
        "python": b"[y for y in (1, 2) if y] or {'a': f'{x!r}'}",
        "java": b"x == null ? List.of(1) : new A<>() { }",
    }
    befores = {"python": "x = ", "java": "class A { Object x = "}
    expected: dict[str, list[bytes]] = {}

    def rows(language: str, found: list[bytes]) -> None:
        mask = compile_mask(Program(language, befores[language]), BYTES)
        for byte in texts[language]:
            found.append(mask.allowed().tobytes())
            assert mask.accept([byte])

    results = [(language, list[bytes]()) for language in [*texts] * 4]
    threads = [threading.Thread(target=rows, args=result) for result in results]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for language, found in results:
        assert len(found) == len(texts[language])
        assert expected.setdefault(language, found) == found
