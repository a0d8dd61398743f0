"""What the files around one file repeat, read at once: for completing outside of a server."""

from dataclasses import dataclass
from os.path import commonpath
from pathlib import Path
from typing import TYPE_CHECKING

from assistants.errors import InputError, PlumbError
from assistants.model import Memory

from .project_files import root_of, walk
from .source import Source

if TYPE_CHECKING:
    from assistants.backends.ngram import Ngram
    from assistants.ngram import Memory as Ngrams

_NEAREST = 300_000
"""Characters that are read: a quarter of a second's work, so that a command answers at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What the files nearest to one file repeat, and the model that writes by that alone."""

    ngram: "Ngram | None"
    _repeated: "Ngrams | None"

    def memory(self, source: Source, offset: int) -> Memory | None:
        """Return what the files around and this text repeat, for completing at an offset."""
        if self._repeated is None:
            return None
        return self._repeated.around(source.path, source.text[:offset], source.text[offset:])


def read_project(file: Path) -> Project:
    """Read the files nearest to a file in its project, 300,000 characters of them.

    Without a tokenizer nothing is kept of what files repeat.
    """
    from assistants.backends.ngram import Ngram
    from assistants.ngram import Memory as Ngrams

    try:
        ngram = Ngram.installed()
    except PlumbError:
        return Project(ngram=None, _repeated=None)
    repeated = Ngrams(ngram.encoder)
    repeated.put(_nearest(file.resolve()))
    return Project(ngram=ngram, _repeated=repeated)


def _nearest(file: Path) -> dict[str, str]:
    """Return texts by path, those in the file's own folder first, then ever farther ones."""

    def distance(path: Path) -> int:
        """Return how many folders one goes up and down between the two files."""
        return len(path.parts) - 2 * len(Path(commonpath((path, file))).parts)

    texts: dict[str, str] = {}
    left = _NEAREST
    for path in sorted(walk(root_of(file)), key=distance):
        try:
            text = Source.read(path).text
        except InputError:  # not UTF-8, gone, or too long: no context for anybody
            continue
        left -= len(text)
        if left < 0:
            break
        texts[str(path)] = text
    return texts
