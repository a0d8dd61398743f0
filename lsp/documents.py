"""The open documents, as the client sent them: immutable snapshots with a version.

Changes are applied here and not by pygls, which splits lines at form feeds and other characters
that end no line in the protocol.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from lsprotocol import types

from assistants.errors import InputError
from code_assist import Source
from code_assist.languages import by_name, by_path
from code_assist.source import MAX_BYTES

from . import convert
from .convert import Encoding

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of one open document."""

    uri: str
    version: int
    source: Source


class Documents:
    """What is open now; asked and changed on the event loop only."""

    def __init__(self) -> None:
        self._open: dict[str, Document] = {}

    def get(self, uri: str) -> Document | None:
        """Return the current snapshot; None for what is closed, too long or in another language."""
        return self._open.get(uri)

    def sources(self) -> tuple[Source, ...]:
        """Return the texts of all open documents."""
        return tuple(document.source for document in self._open.values())

    def by_path(self, path: str) -> Document | None:
        """Return the open document of a path."""
        return next((each for each in self._open.values() if each.source.path == path), None)

    def is_current(self, document: Document) -> bool:
        """Whether a snapshot is still what the client shows."""
        return self._open.get(document.uri) is document

    def open(self, item: types.TextDocumentItem) -> Document | None:
        """Take in a document that the client opened."""
        path = convert.to_path(item.uri)
        language = _language(item.language_id, path)
        self._open.pop(item.uri, None)
        if language is None:
            return None
        source = Source(text=item.text, language=language, path=path)
        return self._store(Document(uri=item.uri, version=item.version, source=source))

    def change(
        self,
        uri: str,
        version: int,
        changes: Sequence[types.TextDocumentContentChangeEvent],
        encoding: Encoding,
    ) -> Document | None:
        """Apply changes in order; None where the document is not one of ours."""
        document = self._open.get(uri)
        if document is None:
            return None
        source = document.source
        for change in changes:
            source = _apply(source, change, encoding)
        return self._store(Document(uri=uri, version=version, source=source))

    def close(self, uri: str) -> None:
        """Forget a document."""
        self._open.pop(uri, None)

    def _store(self, document: Document) -> Document | None:
        self._open[document.uri] = document
        return document


def readable(document: Document | None) -> Document | None:
    """Return a document that is short enough to be analysed."""
    if document is None or len(document.source.text) > MAX_BYTES:
        return None
    return document


def _language(language_id: str, path: str) -> str | None:
    for find, key in ((by_name, language_id), (by_path, path)):
        try:
            return find(key).name
        except InputError:
            continue
    _LOG.info("no language of ours: %s (%s)", path, language_id)
    return None


def _apply(
    source: Source, change: types.TextDocumentContentChangeEvent, encoding: Encoding
) -> Source:
    if not isinstance(change, types.TextDocumentContentChangePartial):
        return Source(text=change.text, language=source.language, path=source.path)
    start = source.offset(convert.from_client(source, change.range.start, encoding))
    end = source.offset(convert.from_client(source, change.range.end, encoding))
    return source.insert(start, max(start, end), change.text)
