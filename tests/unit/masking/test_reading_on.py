"""What was read before does not change what is read now: prefixes and suffixes after edits."""

import random

import pytest

from assistants.constraint import Program
from assistants.masking import Insertion, begins_program, warm
from assistants.masking.languages import endings, machine
from assistants.masking.program import _Texts

TEXTS = {
    "python": "import os\n\n\nclass A:\n    def f(self, one):\n        if one:\n            return (one,\n"
    "                    [2])\n        text = '''a\n  b'''\n        return f'{text!r}'\n\n\n"
    + "def g():\n    return 1\n\n\n"
    * 12,
    "java": "package a;\n\nclass A {\n  int f(int one) {\n    if (one > 1) {\n      return one;\n    }\n"
    '    return g("a\\"b").length();\n  }\n' + "  String g(String x) { return x; }\n" * 12 + "}\n",
}


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_reading_on_from_an_earlier_text_reaches_the_same_state(language):
    reader, known, text = machine(language), _Texts(machine(language)), TEXTS[language].encode()
    choose = random.Random(language)
    for _ in range(60):
        at = choose.randrange(len(text))
        changed = text[:at] + choose.choice([b"", b"x", b"(", b"\n", b"'''"]) + text[at:]
        prefix = changed[: choose.randrange(len(changed) + 1)]
        assert known.read(prefix) == reader.run(reader.start(), prefix)


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_suffixes_that_end_alike_share_only_what_is_true_of_both(language):
    text = TEXTS[language]
    warm(language, text)
    choose = random.Random(language)
    reader = machine(language)
    for _ in range(12):
        at = choose.randrange(len(text))
        suffix = choose.choice(["", "x", ")", "\n"]) + text[at:]
        state = reader.run(reader.start(), text[:at].encode())
        after = reader.run(state, suffix.encode())
        whole = after is not None and reader.complete(after)
        found = endings(language, suffix.encode())
        assert (found.reach(state) == found.whole) == whole


def test_a_mended_prefix_is_accepted_after_a_refused_one():
    broken = "def f(:\n    pass\n" + "x = 1\n" * 200
    assert not begins_program(Program("python", broken))
    assert begins_program(Program("python", broken.replace("(:", "():")))
    assert Insertion(Program("python", broken.replace("(:", "():"), "\n")).fits("y = 2")


def test_the_whole_text_is_not_forgotten_while_the_cursor_jumps_about() -> None:
    class Counting:
        """A machine that counts the bytes it reads."""

        read = 0

        def __getattr__(self, name: str) -> object:
            return getattr(machine("python"), name)

        def run(self, state: object, data: bytes) -> object:
            self.read += len(data)
            return machine("python").run(state, data)

    lines = TEXTS["python"].encode().splitlines(keepends=True) * 40
    counting = Counting()
    known = _Texts(counting)  # type: ignore[arg-type]
    known.read(b"".join(lines))
    counting.read = 0

    for at in [*range(20, 50), len(lines) - 5]:
        known.read(b"".join(lines[:at]) + b"x")

    assert counting.read < 31 * (256 + 3 * max(map(len, lines)))
