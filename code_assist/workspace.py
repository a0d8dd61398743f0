"""The open folders as context: what they define, and what they repeat.

Filled in the background, file by file; a file that changes replaces its own part. Nothing is
written to disk, and nothing of the project is executed.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistants.errors import InputError
from assistants.model import Cancel, Memory

from . import project_files
from .outline import Definition, outline
from .source import Source

if TYPE_CHECKING:  # numpy costs a tenth of a second, and checking files does without it
    from assistants.ngram import Encoder
    from assistants.ngram import Memory as Ngrams

_BATCH = 1_000_000  # characters that are read before they are indexed


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What filling came to."""

    files: int
    definitions: int
    tokens: int


class Workspace:
    """Files of some folders by path. Safe to share between threads."""

    def __init__(self, roots: Sequence[Path] = (), *, encoder: "Encoder | None" = None) -> None:
        """Begin empty; without an encoder nothing is kept of what files repeat."""
        self.roots = tuple(roots)
        self._ngrams = _ngrams(encoder) if encoder is not None else None
        self._lock = threading.Lock()
        self._outlines: dict[str, tuple[Definition, ...]] = {}

    def fill(
        self, cancel: Cancel | None = None, *, progress: Callable[[int], None] | None = None
    ) -> Filled:
        """Read all files that are not known yet; raises `Cancelled`. Tell how many are read."""
        cancel = cancel or Cancel()
        batch: list[Source] = []
        waiting = count = 0
        for path in self._walk():
            if cancel.cancelled:
                self._take(batch)  # what is read counts
                cancel.raise_if_cancelled()
            if str(path) in self._outlines:
                continue
            source = _read(path)
            if source is None:
                continue
            batch.append(source)
            count += 1
            waiting += len(source.text)
            if waiting >= _BATCH:
                self._take(batch)
                batch, waiting = [], 0
            if progress is not None and count % 50 == 0:
                progress(count)
        self._take(batch)
        definitions = sum(len(each) for each in self._outlines.values())
        tokens = self._ngrams.tokens if self._ngrams is not None else 0
        return Filled(files=len(self._outlines), definitions=definitions, tokens=tokens)

    def update(self, source: Source) -> None:
        """Take in a file as it is now, where it belongs to one of the folders."""
        path = Path(source.path)
        if any(project_files.is_indexed(root, path) for root in self.roots):
            self._take([source])

    def reread(self, path: Path) -> None:
        """Take in a file that changed on disk, or forget one that is gone."""
        source = _read(path)
        if source is not None:
            self.update(source)
            return
        with self._lock:
            self._outlines.pop(str(path), None)
        if self._ngrams is not None:
            self._ngrams.drop(str(path))

    def memory(self, source: Source, offset: int) -> Memory | None:
        """Return what the workspace and this text repeat, for completing at an offset."""
        if self._ngrams is None:
            return None
        return self._ngrams.around(source.path, source.text[:offset], source.text[offset:])

    def definitions(self) -> Mapping[str, tuple[Definition, ...]]:
        """Return what every file defines, by path."""
        with self._lock:
            return dict(self._outlines)

    def symbols(self, query: str, *, limit: int = 200) -> tuple[Definition, ...]:
        """Return definitions whose name holds the query's letters in order, the best first."""
        wanted = query.lower()
        found = [
            one
            for each in self.definitions().values()
            for one in each
            if _holds(one.name.lower(), wanted)
        ]
        found.sort(key=lambda one: (_distance(one.name, query), len(one.name), one.name, one.path))
        return tuple(found[:limit])

    def _walk(self) -> Iterator[Path]:
        for root in self.roots:
            yield from project_files.walk(root)

    def _take(self, sources: Sequence[Source]) -> None:
        outlines = {source.path: outline(source) for source in sources}
        with self._lock:
            self._outlines.update(outlines)
        if self._ngrams is not None and sources:
            self._ngrams.put({source.path: source.text for source in sources})


def _ngrams(encoder: "Encoder") -> "Ngrams":
    from assistants.ngram import Memory as Ngrams

    return Ngrams(encoder)


def _read(path: Path) -> Source | None:
    try:
        return Source.read(path)
    except InputError:  # not UTF-8, gone, or too long: no context for anybody
        return None


def _holds(name: str, letters: str) -> bool:
    rest = iter(name)
    return all(letter in rest for letter in letters)


def _distance(name: str, query: str) -> int:
    """Return how far a name is from a query: the same, begins so, holds it, or its letters."""
    if name == query:
        return 0
    lower, wanted = name.lower(), query.lower()
    return 1 if lower.startswith(wanted) else 2 if wanted in lower else 3
