"""Remembers what was shown as ghost text, so that typing through it asks nobody again.

What is left of a shown text still keeps the file parsing: accepting it yields the same file.
"""

from dataclasses import dataclass

from code_assist import Completion, Source

_MOST = 8  # documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Ghost:
    """A completion and the place for which it was made."""

    source: Source
    offset: int
    completion: Completion

    def rest(self, source: Source, offset: int) -> str:
        """Return what is left after the user typed the beginning; empty if it does not fit."""
        start = self.source.offset(self.completion.span.start)
        end = self.source.offset(self.completion.span.end)
        head, tail = self.source.text[:start], self.source.text[end:]
        text, typed = self.completion.new_text, source.text[start:offset]
        follows = source.text[:start] == head and source.text[offset:] == tail
        if offset < self.offset or not (follows and text.startswith(typed)):
            return ""
        return text[len(typed) :]


class Ghosts:
    """The last ghost text of each of a few documents."""

    def __init__(self) -> None:
        self._by_uri: dict[str, Ghost] = {}

    def remember(self, uri: str, ghost: Ghost) -> None:
        """Keep what is shown in a document now."""
        self._by_uri.pop(uri, None)
        self._by_uri[uri] = ghost
        while len(self._by_uri) > _MOST:
            del self._by_uri[next(iter(self._by_uri))]

    def rest(self, uri: str, source: Source, offset: int) -> Completion | None:
        """Return what is left of the last ghost text at this place."""
        ghost = self._by_uri.get(uri)
        left = ghost.rest(source, offset) if ghost is not None else ""
        if ghost is None or not left.strip():
            return None
        return Completion(
            new_text=left,
            span=source.span(offset, offset),
            origin=ghost.completion.origin,
            kind=ghost.completion.kind,
            detail=ghost.completion.detail,
        )

    def forget(self, uri: str) -> None:
        """Forget a document that was closed."""
        self._by_uri.pop(uri, None)
