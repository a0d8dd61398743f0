"""What a model may emit, as plain data: a closed union that every back end matches on.

A back end enforces a constraint while it decodes, hands it to its server, or lets
`assistants.masking` do it on our side; what it cannot do it refuses by name. Compiling happens
elsewhere, so importing this costs nothing.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from .answer import Json

if TYPE_CHECKING:  # numpy costs a tenth of a second, and only annotations need it here
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Choice:
    """Exactly one of these texts."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Regex:
    """A text that this regular expression matches as a whole (Rust `regex` syntax)."""

    pattern: str


@dataclass(frozen=True, slots=True)
class JsonSchema:
    """A JSON text that is valid under this schema."""

    schema: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Grammar:
    """A text of this context-free grammar, written in llguidance's dialect of Lark."""

    source: str


class TextRule(Protocol):
    """What else a domain asks of a program's text: a machine over bytes with immutable states."""

    def start(self) -> Hashable:
        """Return the state before the first byte."""
        ...

    def feed(self, state: Hashable, text: bytes, /) -> Hashable | None:
        """Return the state after more text, or None where the rule forbids it."""
        ...

    def may_stop(self, state: Hashable, /) -> bool:
        """Whether the text may end here."""
        ...


@dataclass(frozen=True, slots=True)
class Program:
    """A text that makes `prefix + text + suffix` a program of `language` (`python` or `java`).

    `names` restricts it further, as to names that can be meant; it judges the text alone.
    """

    language: str
    prefix: str
    suffix: str = ""
    names: TextRule | None = None


Constraint: TypeAlias = Choice | Regex | JsonSchema | Grammar | Program


class Mask(Protocol):
    """The state of one stream under a constraint (the contract of vLLM's structured output)."""

    def accept(self, tokens: Sequence[int]) -> bool:
        """Advance over tokens; False, and no change, where one of them is not allowed."""
        ...

    def validate(self, tokens: Sequence[int]) -> int:
        """Return how many leading tokens would be accepted, without advancing."""
        ...

    def rollback(self, count: int) -> None:
        """Take back the last `count` accepted tokens."""
        ...

    def allowed(self) -> "NDArray[np.int32]":
        """Return the bitmask of allowed next tokens: 32 tokens a word, lowest bit first."""
        ...

    def can_stop(self) -> bool:
        """Whether the text so far satisfies the constraint as it stands."""
        ...
