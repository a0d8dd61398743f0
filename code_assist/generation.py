"""What the model proposes at the cursor, cut to what a reader would accept.

A completion is the rest of a line, or a block where one begins. Decoding stops as soon as that much
is there. Of what was decoded the longest part is kept with which the file parses as well as before.
"""

import logging
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from assistants.answer import Usage
from assistants.constraint import Program
from assistants.errors import ConstraintError, Unsupported
from assistants.masking import has_place
from assistants.model import (
    Cancel,
    Chat,
    FillInTheMiddle,
    Line,
    LineWriter,
    Memory,
    Message,
    Model,
    Piece,
    Prompt,
    Sampling,
)

from . import languages
from .context import around, room_for
from .name_rule import NameRule
from .showing import Place, Showing
from .source import Source
from .verify import WHOLE, KeepsParsing

Strictness = Literal["none", "syntax", "names"]
"""What the model's text is held to while it is decoded; `names` includes the syntax."""

_LOG = logging.getLogger(__name__)
MAX_LINES = 12
_SURE = -0.4
"""Mean log-probability of a token, in nats, below which a chat model's text is not shown."""
_SETTLED = 6
"""Tokens of a chat's text after which its mean is looked at."""
_MAX_CUTS = 24
_PIECE = re.compile(r"\w+|[^\S\n]+|\n[^\S\n]*|[^\w\s]")
_FENCE = re.compile(r"\A\s*```\w*\n(.*?)\n?```\s*\Z", re.DOTALL)
_INSTRUCTION = (
    "You complete {title} code. The user sends a file with the mark <CURSOR>. Reply with exactly "
    "the text to insert in place of the mark and nothing else: no explanation, no code fence, no "
    "text that stands there already. Write the rest of the current line, or the block that "
    "begins there."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How much to write: whether a block may follow, and its smallest indentation in columns."""

    block: bool
    indent: int


def shape(source: Source, offset: int) -> Shape:
    """Return whether the cursor stands where a block begins, and how far it is indented."""
    line_start = source.text.rfind("\n", 0, offset) + 1
    line_end = source.text.find("\n", offset)
    before = source.text[line_start:offset]
    after = source.text[offset : line_end if line_end >= 0 else None]
    openers = languages.by_name(source.language).openers
    if after.strip():
        return Shape(block=False, indent=0)
    if before.strip():
        opened = before.rstrip().endswith(openers)
        return Shape(block=opened, indent=_width(before) + 1 if opened else 0)
    above = source.text[:line_start].rstrip()
    header = above[above.rfind("\n") + 1 :]
    indent = _width(header) + 1
    below = source.text[line_end if line_end >= 0 else len(source.text) :].lstrip("\r\n")
    has_body = _width(below.split("\n", 1)[0]) >= indent
    opened = above.endswith(openers) and not has_body
    return Shape(block=opened, indent=max(_width(before), indent) if opened else 0)


def _width(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())


class Generator:
    """Asks one model for completions at one place; counts what that cost.

    `unsure` is set once the model's own probabilities say that what it wrote is a guess: then a
    warmer attempt would be more of one.
    """

    def __init__(
        self,
        model: Model,
        source: Source,
        offset: int,
        keeps: KeepsParsing,
        sampling: Sampling,
        *,
        memory: Memory | None = None,
        showing: Showing,
        strictness: Strictness = "names",
        names: NameRule | None = None,
    ) -> None:
        self.usage = Usage(model=model.name)
        self.unsure = False
        self._model, self._sampling = model, sampling
        self._source, self._offset, self._keeps = source, offset, keeps
        self._memory = memory
        self._shape = shape(source, offset)
        self._showing, self._place = showing, Place(source=source, offset=offset)
        self._prompt = self._build()
        self._names = names
        self._program = None if strictness == "none" else self._constraint()
        self._found: list[str] = []

    def propose(self, attempt: int, cancel: Cancel | None) -> str:
        """Return the text of one attempt, empty for none.

        A line comes from a search where the model can do one, likeliest first. Else, and for
        blocks, the first attempt is greedy and the others are drawn.
        """
        try:
            return self._cut(self._proposed(attempt, cancel))
        except ConstraintError as error:  # no program can be reached from here within the budget
            _LOG.info("nothing is proposed: %s", error)
            self.unsure = True
            return ""

    def _proposed(self, attempt: int, cancel: Cancel | None) -> str:
        if isinstance(self._model, LineWriter) and not self._shape.block:
            return self._searched(self._model, attempt, cancel)
        sampling = self._sampling
        if attempt:
            warmer = max(sampling.temperature, 0.3) + 0.2 * attempt
            sampling = replace(
                sampling, temperature=warmer, seed=(sampling.seed or 0) + attempt, top_p=0.95
            )
        return self._line_ends(self._unfenced(self._decode(sampling, cancel)))

    def _searched(self, model: LineWriter, attempt: int, cancel: Cancel | None) -> str:
        """Return the next of the texts that were found at the first attempt, the best first."""
        assert isinstance(self._prompt, FillInTheMiddle)  # noqa: S101 - who searches, fills in
        if not attempt:
            began = time.monotonic()
            found = model.lines(
                self._prompt, constraint=self._program, floor=self._showing.floor, cancel=cancel
            )
            tokens = sum(len(line.pieces) for line in found)
            self.usage += Usage(completion_tokens=tokens, seconds=time.monotonic() - began)
            self._found = self._worth_showing(found)
        text = self._found.pop(0) if self._found else ""
        self.unsure = not text
        text = text.replace("\r\n", "\n").rstrip()
        return text.replace("\n", "\r\n") if "\r\n" in self._source.text else text

    def _worth_showing(self, found: Sequence[Line]) -> list[str]:
        """Return what of each line is worth a glance, the best first."""
        parts = [
            self._showing.part(self._place, line.pieces, finished=line.finished) for line in found
        ]
        good = sorted((one for one in parts if one is not None), key=lambda one: -one.worth)
        return list(dict.fromkeys(one.text for one in good))

    def _build(self) -> Prompt:
        capabilities = self._model.capabilities
        room = room_for(capabilities.context_length, self._sampling.max_tokens)
        context = around(self._source, self._offset, tokens=room)
        if capabilities.fill_in_the_middle:
            return FillInTheMiddle(
                prefix=context.prefix,
                suffix=context.suffix,
                language=self._source.language,
                path=self._source.path,
                memory=self._memory,
            )
        if not capabilities.chat:
            raise Unsupported(
                f"the model {self._model.name} can neither fill in the middle nor chat",
                hint="use a code model, or the bundled one",
            )
        title = languages.by_name(self._source.language).title
        return Chat(
            (
                Message("system", _INSTRUCTION.format(title=title)),
                Message("user", f"{context.prefix}<CURSOR>{context.suffix}"),
            )
        )

    def _decode(self, sampling: Sampling, cancel: Cancel | None) -> str:
        """Return what of a stream is worth showing; a chat's whole text, if it is sure of it."""
        began = time.monotonic()
        written, count, usage = "", 0, None
        pieces: list[Piece] = []
        stream = self._model.stream(
            self._prompt, constraint=self._program, sampling=sampling, cancel=cancel
        )
        known, finished = True, False
        for token in stream:
            written += token.text
            count += bool(token.text)
            usage = token.usage or usage
            known = known and (token.logprob is not None or token.id is None)
            if token.text or token.id is not None:
                pieces.append(Piece(token.text, token.logprob or 0.0))
            finished = self._enough(written) or token.finish == "stop"
            if finished or (known and self._is_hopeless(pieces)):
                break
        if cancel is not None:
            cancel.raise_if_cancelled()
        self.usage += usage or Usage(completion_tokens=count, seconds=time.monotonic() - began)
        if not known:  # a server that tells no probabilities
            return written
        if isinstance(self._prompt, Chat):
            self.unsure = sum(one.logprob for one in pieces) < _SURE * len(pieces)
            return "" if self.unsure else written
        part = self._showing.part(self._place, pieces, finished=finished)
        self.unsure = part is None
        return part.text if part is not None else ""

    def _is_hopeless(self, pieces: Sequence[Piece]) -> bool:
        """Whether nothing of what comes now would be shown."""
        total = sum(one.logprob for one in pieces)
        if isinstance(self._prompt, Chat):
            return len(pieces) >= _SETTLED and total < 2 * _SURE * len(pieces)
        return total < self._showing.floor

    def _constraint(self) -> Program | None:
        """Return what holds the model to the language; a file broken before the cursor has none."""
        if "Program" not in self._model.capabilities.constraints:
            return None
        text, at = self._source.text, self._offset
        program = Program(self._source.language, text[:at], text[at:], self._names)
        return program if has_place(program) else None

    def _unfenced(self, text: str) -> str:
        """Drop the code fence that chat models put around code in spite of what they are told."""
        match = _FENCE.match(text) if isinstance(self._prompt, Chat) else None
        return match.group(1) if match else text

    def _enough(self, written: str) -> bool:
        """Whether a line end shows that the line, or the block, is over; chats may talk first."""
        if isinstance(self._prompt, Chat):
            return False
        body = written.lstrip("\r\n")
        if "\n" not in body:
            return False
        return len(self._kept_lines(body)) < body.count("\n") + 1

    def _kept_lines(self, body: str) -> list[str]:
        """Return the lines of a text that belong to the completion."""
        first, *rest = body.split("\n")
        if not self._shape.block:
            return [first]
        kept = [first]
        for line in islice(rest, MAX_LINES - 1):
            if line.strip() and _width(line) < self._shape.indent and not _closes(line):
                break
            kept.append(line)
            if line.strip() and _width(line) < self._shape.indent:
                break
        return kept

    def _line_ends(self, raw: str) -> str:
        """Return the lines that count, with the line ends of the file."""
        body = raw.replace("\r\n", "\n").lstrip("\n")
        if not body.strip():
            return ""
        lead = "\n" if raw.lstrip(" \t\r").startswith("\n") and self._line_is_over() else ""
        text = (lead + "\n".join(self._kept_lines(body))).rstrip()
        return text.replace("\n", "\r\n") if "\r\n" in self._source.text else text

    def _line_is_over(self) -> bool:
        """Whether the cursor stands after the last character of a line with text."""
        text, at = self._source.text, self._offset
        line = text[text.rfind("\n", 0, at) + 1 : at]
        return bool(line.strip()) and text[at : at + 1] in {"", "\r", "\n"}

    def _cut(self, text: str) -> str:
        """Return the longest part with known names with which the whole file parses.

        If there is none, one that leaves it as it was; if none does, the whole text.
        """
        opener = languages.by_name(self._source.language).openers[0]
        if not self._shape.block and text.endswith(opener) and "\n" not in text:
            return text  # a header, which gets its body elsewhere, or is refused
        second = ""
        for part in islice(self._parts(text), _MAX_CUTS):
            if self._names is not None and not self._names.holds(part):
                continue
            proof = self._keeps.proof(part)
            if proof == WHOLE:
                return part
            second = second or (part if proof is not None else "")
        return second or text

    def _parts(self, text: str) -> Iterator[str]:
        """Yield ever shorter parts: first without what follows the cursor, then line by line."""
        if not text.strip():
            return
        yield from self._without_overlap(text)
        lines = text.split("\n")
        for count in range(len(lines) - 1, 1, -1):
            yield "\n".join(lines[:count]).rstrip()
        ends = [match.end() for match in _PIECE.finditer(lines[0] if lines[0].strip() else text)]
        for end in reversed(ends if len(lines) > 1 else ends[:-1]):
            if text[:end].strip() and not text[end - 1].isspace():
                yield text[:end]

    def _without_overlap(self, text: str) -> Iterator[str]:
        """Yield the text without an end that repeats the rest of the line, then the text."""
        rest = self._source.text[self._offset :].split("\n", 1)[0].strip()
        for size in range(min(len(rest), len(text)), 0, -1):
            if text.endswith(rest[:size]) and text[:-size].strip():
                yield text[:-size]
        yield text


def _closes(line: str) -> bool:
    """Whether a line only closes a block that the completion opened (`}`, `})`)."""
    return bool(line.strip()) and set(line.strip()) <= set(")]};,")
