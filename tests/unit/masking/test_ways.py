"""The straight way to an end, worked out from stacks; and what it saves while there is room."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from assistants.constraint import Program
from assistants.masking import HealedMask, Vocabulary, compile_mask
from assistants.masking.budget import BudgetMask
from assistants.masking.glr import Recogniser
from assistants.masking.lalr import compile_grammar
from assistants.masking.program import ProgramMask

BUNDLED = Path(__file__).resolve().parents[3] / "assistants" / "data" / "tokenizer.json"
BYTES = Vocabulary.of_bytes()
GRAMMAR = """
file: line+ END
line: sum ';' | 'if' sum ':' line ('else' line)?
sum: sum '+' atom | atom
atom: NAME | '(' sum ')' | '[' sum ',' sum ']'
"""


@pytest.mark.parametrize(
    ("begun", "rest"),
    [
        ("", "NAME ; END"),
        ("NAME ;", "END"),
        ("( ( NAME", ") ) ; END"),
        ("[ NAME + (", "NAME ) , NAME ] ; END"),
        ("if [", "NAME , NAME ] : NAME ; END"),
        ("if NAME : NAME ; else", "NAME ; END"),
        ("if NAME : NAME ;", "END"),
    ],
)
def test_the_straight_way_is_the_shortest(begun: str, rest: str) -> None:
    tables = compile_grammar(GRAMMAR)
    names = {number: name.strip("'") for name, number in tables.terminals.items()}
    numbers = {name: number for number, name in names.items()}
    recogniser = Recogniser(tables)
    heads = recogniser.start
    for word in begun.split():
        heads = recogniser.step(heads, numbers[word])
        assert heads is not None
    written: list[str] = []
    length, first = recogniser.way(heads)
    while first >= 0 and len(written) < 20:
        written.append(names[first])
        heads = recogniser.step(heads, first)
        assert heads is not None
        assert recogniser.way(heads)[0] == length - len(written)
        first = recogniser.way(heads)[1]
    assert " ".join(written) == rest
    assert len(written) == length


def test_deep_brackets_need_no_deep_recursion() -> None:
    tables = compile_grammar(GRAMMAR)
    recogniser = Recogniser(tables)
    heads = recogniser.start
    for _ in range(3000):
        heads = recogniser.step(heads, tables.terminals["'('"])
        assert heads is not None
    assert recogniser.way(heads)[0] == 3000 + 3


class Counted:
    """A way to the end that counts how often it is asked for."""

    def __init__(self, mask: ProgramMask) -> None:
        self.mask = mask
        self.asked = 0

    def endings(
        self, *, within: int | None = None, towards: Sequence[int] = ()
    ) -> Iterator[list[int]]:
        self.asked += 1
        return self.mask.endings(within=within, towards=towards)

    def lacking(self) -> int | None:
        return self.mask.lacking()


def test_nothing_is_searched_for_while_there_is_room() -> None:
    mask = ProgramMask(Program("python", "x = f(", "\n"), BYTES)
    ending = Counted(mask)
    steered = BudgetMask(mask, ending, BYTES, 400)
    began = ending.asked
    assert steered.accept(list(b"a, [b, c(d, e='f'), 1 + 2], {'g': h"))
    assert ending.asked == began
    assert steered.accept(list(b"} and i" + b" or (j" * 45))
    assert ending.asked > began


def test_what_closes_more_than_the_suffix_does_is_no_ample_place() -> None:
    mask = ProgramMask(Program("python", "def f():\n    ", "\n    return 1\n"), BYTES)
    assert next(mask.endings()) is not None
    assert mask.accept(list(b"x\ny"))
    assert mask.lacking() is None


def test_healing_marks_the_tokens_that_spell_the_typed_word() -> None:
    description = BUNDLED.read_text("utf-8")
    vocabulary = Vocabulary(description, size=8192, end=(0,))
    encode = Tokenizer.from_str(description).encode
    mask = compile_mask(Program("python", "x = 1\n", "\n"), vocabulary)
    healed = HealedMask(b"re", mask, vocabulary, lambda text: encode(text).ids)
    bits = np.unpackbits(healed.allowed().view(np.uint8), bitorder="little")
    assert set(np.flatnonzero(bits)) == {
        token for token in range(vocabulary.size) if healed.validate((token,))
    }
    assert bits.sum() > 3
