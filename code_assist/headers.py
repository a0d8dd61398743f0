"""Headers of blocks (`if x:`, `for (…) {`) as completions: shown with a body, or not at all.

A header alone leaves the file without the block that must follow. The model is asked once more, for
the body behind it.
"""

from assistants.model import Cancel, Memory, Model, Sampling

from .generation import Generator, Strictness
from .showing import Showing
from .source import Source
from .verify import KeepsParsing

_OPENERS = {"python": ":", "java": "{"}
_CLOSER = {"python": "", "java": "}"}
_USUAL = 4


def needs_body(text: str, source: Source, keeps: KeepsParsing) -> bool:
    """Whether a text ends with the header of a block that has no body."""
    opens = text.rstrip().endswith(_OPENERS[source.language])
    return opens and keeps.proof(text) is None


def with_body(
    text: str,
    source: Source,
    offset: int,
    *,
    model: Model,
    keeps: KeepsParsing,
    sampling: Sampling,
    memory: Memory | None,
    showing: Showing,
    strictness: Strictness,
    cancel: Cancel | None,
) -> tuple[str, Generator]:
    """Return a header with a body, or the header alone; and who wrote it, for what that cost."""
    end = "\r\n" if "\r\n" in source.text else "\n"
    last = f"{_line_before(source, offset)}{text}".rsplit("\n", 1)[-1]
    outer = last[: len(last) - len(last.lstrip())]
    inner = outer + " " * _unit(source, offset, len(outer))
    closing = f"{end}{outer}{_CLOSER[source.language]}" if _CLOSER[source.language] else ""
    head = f"{text.rstrip()}{end}{inner}"
    begun = source.insert(offset, offset, head + closing)
    at = offset + len(head)
    generator = Generator(
        model, begun, at, KeepsParsing(begun, at, at), sampling, memory=memory,
        showing=showing, strictness=strictness,
    )  # fmt: skip
    body = generator.propose(0, cancel)
    whole = head + body.lstrip(" \t") + closing
    good = bool(body.strip()) and keeps.proof(whole) is not None
    return (whole if good else text), generator


def _line_before(source: Source, offset: int) -> str:
    return source.text[source.text.rfind("\n", 0, offset) + 1 : offset]


def _unit(source: Source, offset: int, width: int) -> int:
    """Return how much deeper a block stands: as the block around is, else as is usual."""
    for number in range(source.position(offset).line - 1, -1, -1):
        line = source.line(number)
        indent = len(line) - len(line.lstrip(" "))
        if line.strip() and indent < width:
            return width - indent
    return _USUAL
