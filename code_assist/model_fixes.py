"""A broken line as a model would write it, told what is wrong with it.

For models that were trained to repair (`Marked.again`); training examples are made by `asked`.
"""

from collections.abc import Iterator

from assistants.errors import ConstraintError, ModelError
from assistants.model import Marked, Marker, Model, Sampling, generate

from .source import Source

_MOST_TOKENS = 64
_CHARACTERS = 900
"""So much of what stands above a line is shown: with line and answer it fits a training window."""


def asked(source: Source, line: int, message: str) -> Marked:
    """Return the prompt for a line instead of one that is said to be wrong."""
    start = source.line_start(line)
    above = source.text[max(0, start - _CHARACTERS) : start]
    if start > _CHARACTERS:
        above = above[above.find("\n") + 1 :]
    return Marked((Marker(source.language), above)).again(source.line(line).rstrip(), message)


def line_by_model(source: Source, line: int, message: str, model: Model) -> Iterator[str]:
    """Yield the line that a model writes, if it can repair and writes another one."""
    if not {"repair", source.language} <= model.capabilities.markers:
        return
    sampling = Sampling(max_tokens=_MOST_TOKENS, stop=("\n",))
    try:
        made = generate(model, asked(source, line, message), sampling=sampling)
    except (ModelError, ConstraintError):
        return
    written = made.text.rstrip()
    if made.finish == "stop" and written.strip() and written != source.line(line).rstrip():
        yield written
