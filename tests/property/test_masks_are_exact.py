"""Masks read off the shared tables against the lexer's walk, token by token and byte by byte."""

import random
import sysconfig
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from assistants.constraint import Program
from assistants.masking import Vocabulary, compile_mask
from assistants.masking.program import machine, tables

ROOT = Path(__file__).resolve().parents[2]
STDLIB = Path(sysconfig.get_paths()["stdlib"])
PYTHON = [
    path
    for path in [*sorted(STDLIB.glob("t*.py")), *sorted((ROOT / "assistants").glob("*.py"))]
    if path.stat().st_size < 40_000
]
JAVA = '''package a.b; import static java.util.Map.*;
/** Comment. */ @Deprecated public final class Box<T extends Comparable<T>> implements I<List<T>> {
    private static int count = 0x1F, rest[] = {1, 2};
    Box(T value) throws E { this.value = value; count >>>= 2; }
    <K> Map<K, List<T>> by(Function<? super T, K> f) {
        for (var x : xs) { if (x == null || !(x instanceof Box<?> b)) continue; label: x.f(); }
        return switch (n) { case 1, 2 -> Map.of(); default -> { yield a ? (b) -> c : D::new; } };
    }
    String text = """
        a "quoted" \\t text
        """ + 'c' + "s\\u0041" + 1.5e-3f;
    sealed interface S permits A, B {} non-sealed class A implements S {} record B(int x) { B { } }
    enum E { ONE(1) { void f() { } }, TWO; E(int... x) { } } @interface N { int value() default 1; }
}
'''


class Listed(Vocabulary):
    """A vocabulary whose tokens are given."""

    def __init__(self, tokens: list[bytes]) -> None:
        super().__init__("", size=len(tokens) + 1, end=[len(tokens)])
        self.tokens = (*tokens, b"")


def bundled() -> Vocabulary:
    tokenizer = resources.files("assistants").joinpath("data/tokenizer.json").read_text("utf-8")
    return Vocabulary(tokenizer, size=8192, end=[0])


def large(size: int) -> Vocabulary:
    """Bytes, pieces of real text of all lengths, and random bytes."""
    chance = random.Random(1)
    text = b"".join(path.read_bytes() for path in PYTHON) + JAVA.encode() * 20
    found = {bytes([value]): None for value in range(256)}
    while len(found) < size:
        at, length = chance.randrange(len(text)), chance.choice([2, 3, 4, 5, 6, 8, 12, 20])
        random_bytes = bytes(chance.randrange(256) for _ in range(length % 5 + 1))
        found[random_bytes if chance.random() < 0.05 else text[at : at + length]] = None
    return Listed(list(found))


def texts(language: str) -> list[bytes]:
    return [JAVA.encode()] if language == "java" else [p.read_bytes()[:6000] for p in PYTHON]


def walked(language: str, state: object, vocabulary: Vocabulary) -> set[int]:
    """Return what the machine takes, reading the vocabulary in order and sharing beginnings."""
    reader = machine(language)
    states: list[object] = [state]
    before, found = b"", set[int]()
    for text, token in vocabulary.ordered:
        shared = 0
        while shared < min(len(before), len(text)) and before[shared] == text[shared]:
            shared += 1
        del states[shared + 1 :]
        for byte in text[len(states) - 1 :]:
            here = states[-1]
            states.append(None if here is None else reader.feed(here, byte))
        before = text
        if states[-1] is not None:
            found.add(token)
    return found


def places(language: str, count: int, seed: int) -> list[object]:
    chance, reader = random.Random(seed), machine(language)
    found: list[object] = []
    while len(found) < count:
        text = chance.choice(texts(language))
        state = reader.run(reader.start(), text[: chance.randrange(len(text) + 1)])
        if state is not None:
            found.append(state)
    return found


def row(language: str, state: object, vocabulary: Vocabulary) -> set[int]:
    bits = np.unpackbits(tables(language, vocabulary).row(state).view(np.uint8), bitorder="little")
    return set(np.flatnonzero(bits).tolist())


@pytest.mark.parametrize("language", ["python", "java"])
def test_masks_of_the_bundled_tokenizer(language: str) -> None:
    vocabulary = bundled()
    for state in places(language, 25, seed=11):
        assert row(language, state, vocabulary) == walked(language, state, vocabulary)


@pytest.mark.parametrize("language", ["python", "java"])
def test_masks_of_a_large_vocabulary(language: str) -> None:
    vocabulary = large(128_000)
    for state in places(language, 3, seed=5):
        assert row(language, state, vocabulary) == walked(language, state, vocabulary)


PLACES = [
    "f'{a",
    "f'{a:{b",
    "x = f'''{a!r:>{w}} {",
    "from __future__ import ann",
    "from ",
    "if x:\n        y\n\t",
    "if x:\n    if y:\n        z\n",
    "x = [\n  1,",
    "x = 1 \\\n",
    "é = '\\N{BUL",
    "b'\\x4",
    "1_0",
    "0x",
    "match x:\n    case",
    "try:\n    pass\n",
    "x\r",
    "return_",
    "a = yie",
]


@pytest.mark.parametrize("text", PLACES)
def test_masks_in_odd_places(text: str) -> None:
    vocabulary, reader = bundled(), machine("python")
    state = reader.run(reader.start(), text.encode())
    assert state is not None
    assert row("python", state, vocabulary) == walked("python", state, vocabulary)


def test_a_mask_names_the_end_where_the_text_may_stop() -> None:
    vocabulary = bundled()
    mask = compile_mask(Program("python", "x = (1", ")\n"), vocabulary)
    assert mask.allowed()[0] & 1
    assert mask.accept(vocabulary_tokens(vocabulary, b"]")) is False
    assert mask.accept(vocabulary_tokens(vocabulary, b","))
    assert mask.allowed()[0] & 1
    assert mask.accept(vocabulary_tokens(vocabulary, b"("))
    assert not mask.allowed()[0] & 1


def vocabulary_tokens(vocabulary: Vocabulary, text: bytes) -> list[int]:
    return [vocabulary.tokens.index(text)]
