"""Fill-in-the-middle as the language server asks for it, made by the very functions that ask.

Of a whole file the completion engine shows the text around the cursor (`code_assist.context`),
takes back the word that is being typed, fits it into the window that the model was trained on with
the suffix first (`assistants.backends.fill_in`), and wants the rest of a line, or a block where one
begins. Files beside it are not shown: their repetitions are mixed in while decoding.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from assistants.backends.fill_in import MIDDLE, PREFIX, SUFFIX, own_tokens, room_of, without_typed
from assistants.model import FillInTheMiddle
from code_assist.context import around, room_for
from code_assist.generation import MAX_LINES, shape
from code_assist.source import Source
from training import fim
from training.stream import Order, Piece, token_of
from training.tokenizer import END

LINE_TOKENS, BLOCK_TOKENS = 48, 96
"""How many tokens the engine wants of a line, and of a block (`Bounds`, `code_assist.complete`)."""
CONTEXT = 4_096
"""Positions of the bundled model."""
CHARACTERS = 1_500
"""One piece is made for so many characters of a file."""
MOST_PIECES = 24
LINE_SHARE, BLOCK_SHARE = 0.6, 0.15  # the rest are spans of `fim`
CLOSED_SHARE = 0.25
"""Of the rests of lines, how many leave their closing brackets to the editor, which put them in."""
NOTHING_SHARE = 0.05
"""At the end of a whole line nothing is to be written, and that is learned, too."""
CLOSERS = ")]}\"';:,"


@dataclass(frozen=True, slots=True)
class Gap:
    """What is to be written: half-open character offsets."""

    start: int
    end: int


class AskedPieces:
    """See `training.stream.PieceSource`; a block holds the gaps of one document."""

    def __init__(
        self, tokenizer: Tokenizer, documents: Sequence[dict[str, str]], length: int, seed: int
    ) -> None:
        """Read nothing yet; `length` is that of a row, and of the prompt with what is written."""
        self._tokenizer = tokenizer
        self._documents, self._length, self._seed = documents, length, f"{seed}/asked"
        self._order = Order(len(documents), self._seed)
        self._special = {name: token_of(tokenizer, f"<|{name}|>") for name in _NAMES}
        self._end = token_of(tokenizer, END)

    def block(self, number: int) -> list[Piece]:
        """Return the pieces of one document."""
        document = self._documents[self._order.at(number)]
        choose = random.Random(f"{self._seed}/{number}")
        text, language = document["text"], document["language"]
        count = min(MOST_PIECES, 1 + len(text) // CHARACTERS)
        return [self._piece(text, language, gap(text, language, choose)) for _ in range(count)]

    def _piece(self, text: str, language: str, gap: Gap) -> Piece:
        source = Source(text=text[: gap.start] + text[gap.end :], language=language)
        wanted = BLOCK_TOKENS if shape(source, gap.start).block else LINE_TOKENS
        room = room_of(self._length, wanted)
        context = around(source, gap.start, tokens=room_for(CONTEXT, BLOCK_TOKENS))
        asked = FillInTheMiddle(prefix=context.prefix, suffix=context.suffix, language=language)
        begun, typed = without_typed(asked)
        before = own_tokens(
            begun,
            room,
            self._encode,
            self._special,
            language=[self._special[language]],
            suffix_first=True,
        )
        after = [*self._encode(typed + text[gap.start : gap.end]), self._end]
        tokens = [*before, *after[: self._length - room]]
        return Piece(tokens, [True] * len(tokens))

    def _encode(self, text: str) -> list[int]:
        return self._tokenizer.encode(text, add_special_tokens=False).ids


_NAMES = (PREFIX, SUFFIX, MIDDLE, "python", "java")


def gap(text: str, language: str, choose: random.Random) -> Gap:
    """A place to write at: mostly the rest of a line, else a block, a node or a random cut."""
    kind = choose.random()
    if kind < LINE_SHARE:
        return rest_of_line(text, choose)
    if kind < LINE_SHARE + BLOCK_SHARE:
        return block(text, choose) or rest_of_line(text, choose)
    start = choose.randrange(len(text))
    part = text[start : start + CHARACTERS].encode("utf-8", "surrogatepass")
    span = fim.choose_span(part, language, choose) if len(part) > 1 else fim.Span(0, len(part))
    begin = start + len(part[: span.start].decode("utf-8", "surrogatepass"))
    return Gap(begin, begin + len(part[span.start : span.end].decode("utf-8", "surrogatepass")))


def rest_of_line(text: str, choose: random.Random) -> Gap:
    """From a column behind the indentation of a line with text to its end; at times nothing."""
    lines = [start for start in _line_starts(text) if text[start : _line_end(text, start)].strip()]
    start = choose.choice(lines) if lines else 0
    end = start + len(text[start : _line_end(text, start)].rstrip())
    indent = len(text[start:end]) - len(text[start:end].lstrip())
    if not lines or choose.random() < NOTHING_SHARE:
        return Gap(end, end)
    begin = choose.randrange(start + indent, end)
    bare = begin + len(text[begin:end].rstrip(CLOSERS))
    return Gap(begin, bare if bare > begin and choose.random() < CLOSED_SHARE else end)


def block(text: str, choose: random.Random) -> Gap | None:
    """What stands deeper than a line that opens a block, at most so many lines as are shown."""
    lines = text.split("\n")
    openers = [n for n in range(len(lines) - 1) if lines[n].rstrip().endswith((":", "{"))]
    if not openers:
        return None
    first = choose.choice(openers)
    depth = _indent(lines[first])
    last = first
    for number in range(first + 1, min(first + 1 + MAX_LINES, len(lines))):
        if lines[number].strip() and _indent(lines[number]) <= depth:
            break
        last = number if lines[number].strip() else last
    if last == first:
        return None
    start = len("\n".join(lines[: first + 1]))
    return Gap(start, len("\n".join(lines[: last + 1]).rstrip()))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _line_starts(text: str) -> list[int]:
    return [0, *(place + 1 for place, sign in enumerate(text) if sign == "\n")]


def _line_end(text: str, start: int) -> int:
    found = text.find("\n", start)
    return len(text) if found < 0 else found
