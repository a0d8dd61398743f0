"""A place in the tokens of a formula, and the moves over them that every parser makes."""

from collections.abc import Callable

from .tokens import ReadingError, Token, tokenize
from .tree import Span, Tree

MAX_DEPTH = 60


class Cursor:
    """The state of one parse: where it is, how deep, and what was assumed on the way."""

    def __init__(self, source: str, names: frozenset[str], functions: frozenset[str]) -> None:
        self.source = source
        self.functions = functions
        self.tokens = tokenize(source, names)
        self.position = 0
        self.depth = 0
        self.bars = 0
        self.differential = 0
        self.assumptions: list[str] = []

    @property
    def token(self) -> Token:
        """The token here."""
        return self.tokens[self.position]

    def at(self, *texts: str) -> bool:
        """Whether one of these operators stands here."""
        token = self.token
        return token.kind == "operator" and token.text in texts

    def take(self) -> Token:
        """Return the token here and move past it; the end stays where it is."""
        token = self.token
        if token.kind != "end":
            self.position += 1
        return token

    def expect(self, text: str) -> Token:
        """Take an operator that must stand here. Raises `ReadingError`."""
        if not self.at(text):
            raise self.error(f"expected {text!r}")
        return self.take()

    def expect_end(self) -> None:
        """Raise `ReadingError` where anything is left."""
        if self.token.kind != "end":
            raise self.error(f"{self.token.text!r} does not belong here")

    def error(self, message: str) -> ReadingError:
        """Return an error that names this place."""
        found = "the end" if self.token.kind == "end" else repr(self.token.text)
        described = message if "belong" in message else f"{message}, found {found}"
        return ReadingError(described, self.source, self.token.span[0])

    def span_from(self, start: int) -> Span:
        """The place from `start` to the last token taken."""
        return (start, self.tokens[max(self.position - 1, 0)].span[1])

    def snippet(self, start: int) -> str:
        """The text of that place."""
        return self.source[start : self.span_from(start)[1]].strip()

    def nested(self, inner: Callable[[], Tree]) -> Tree:
        """Read one level deeper. Raises `ReadingError` where it is too deep."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"nested more than {MAX_DEPTH} deep")
        tree = inner()
        self.depth -= 1
        return tree
