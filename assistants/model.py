"""The one protocol through which plumb speaks to a model, whichever back end runs it.

A model streams tokens for a prompt and scores given continuations. There is no asynchronous twin:
a local model is one queue, and generators with a thread-safe `Cancel` serve the command line,
batch, editors and servers alike.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, runtime_checkable

from .answer import Usage
from .constraint import Constraint
from .errors import Cancelled

if TYPE_CHECKING:  # numpy costs a tenth of a second, and only annotations need it here
    import numpy as np
    from numpy.typing import NDArray

FinishReason: TypeAlias = Literal["stop", "length", "cancelled"]


class Cancel:
    """A flag that any thread may raise; generation stops between two tokens."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask whatever holds this flag to stop."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether stopping was asked for."""
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` once stopping was asked for."""
        if self._event.is_set():
            raise Cancelled("stopped")


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation to continue, for models with a chat template."""

    messages: tuple[Message, ...]


class Recalled(Protocol):
    """What texts at hand say about one sequence of tokens that is being written."""

    def push(self, token: int, /) -> None:
        """Take one more written token."""
        ...

    def fork(self) -> "Recalled":
        """Return a copy that goes its own way, for another hypothesis of a search."""
        ...

    def mixed(self, logits: "NDArray[np.float32]", /) -> "NDArray[np.float32]":
        """Return the logarithm of a model's distribution mixed with what is recalled."""
        ...

    def probabilities(self) -> "NDArray[np.float64]":
        """Return what is recalled alone, as the distribution of the next token."""
        ...


class Memory(Protocol):
    """Texts at hand whose repetitions count, in the tokens of one tokenizer (its SHA-256)."""

    @property
    def tokenizer(self) -> str:
        """The SHA-256 of the tokenizer whose tokens are counted."""
        ...

    def begin(self, prefix: str, /) -> Recalled:
        """Return the state behind a prefix."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FillInTheMiddle:
    """Text to write between a prefix and a suffix; `language` is `python`, `java` or empty.

    `memory` holds more text than a prompt can, for back ends that count in its tokens; the others
    leave it aside.
    """

    prefix: str
    suffix: str = ""
    language: str = ""
    path: str = ""
    memory: Memory | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Marker:
    """A special token of the bundled model by its bare name, such as `question` or `plan`."""

    name: str


@dataclass(frozen=True, slots=True)
class Marked:
    """Text between task markers, for models that were trained on them.

    Text parts are encoded as plain text: what a user writes can never become a marker.
    """

    parts: tuple[str | Marker, ...]

    def again(self, wrong: str, complaint: str) -> "Marked":
        """Return the prompt for another attempt, behind a wrong one and what is said against it.

        For models that know the marker `repair`.
        """
        return Marked((*self.parts, wrong, Marker("check"), complaint, Marker("repair")))


Prompt: TypeAlias = Chat | FillInTheMiddle | Marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How tokens are drawn. Temperature 0 is greedy; `stop` texts end the stream and are cut."""

    max_tokens: int = 128
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One piece of a stream; the last one carries `finish` and `usage`, and may be empty."""

    text: str
    id: int | None = None
    logprob: float | None = None
    finish: FinishReason | None = None
    usage: Usage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a back end does itself.

    `constraints` holds names of constraint classes (`Choice`, `Regex`, `JsonSchema`, `Grammar`,
    `Program`); `markers` the task markers that the model was trained on.
    """

    context_length: int
    constraints: frozenset[str] = frozenset()
    markers: frozenset[str] = frozenset()
    fill_in_the_middle: bool = False
    chat: bool = False
    logprobs: bool = False
    score: bool = False
    prefix_cache: bool = False
    batch: bool = False


class Model(Protocol):
    """A loaded model. Safe to share between threads; streams may wait for each other."""

    @property
    def name(self) -> str:
        """The name that the settings gave it (`bundled`, `hf:…`, `http://…`)."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it does itself."""
        ...

    def stream(
        self,
        prompt: Prompt,
        /,
        *,
        constraint: Constraint | None = None,
        sampling: Sampling = Sampling(),
        cancel: Cancel | None = None,
    ) -> Iterator[Token]:
        """Yield tokens until the model stops, the budget ends or `cancel` is raised.

        Raises `Unsupported` for a prompt or constraint that the back end cannot serve.
        """
        ...

    def score(self, prompt: Prompt, options: Sequence[str], /) -> tuple[float, ...]:
        """Return the log-probability (nats) of each option as the prompt's continuation."""
        ...


@dataclass(frozen=True, slots=True)
class Piece:
    """What one token adds to a text (nothing, where it spells what is typed), and how likely.

    `logprob` is in nats; where a token has to spell what is typed, it is the probability among
    those that can.
    """

    text: str
    logprob: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One way to go on to the end of a line, token by token.

    Where it is `finished`, its end counts as the last piece; else it stops where what follows is
    not likely enough.
    """

    pieces: tuple[Piece, ...]
    finished: bool = True

    @property
    def text(self) -> str:
        """The text up to the line's end."""
        return "".join(piece.text for piece in self.pieces)

    def cut(self, length: int) -> "Line":
        """Return its first characters, so many; the last piece may end within a token."""
        pieces: list[Piece] = []
        for piece in self.pieces:
            if length <= 0:
                break
            pieces.append(Piece(piece.text[:length], piece.logprob))
            length -= len(piece.text)
        return Line(pieces=tuple(pieces), finished=self.finished)

    @property
    def total(self) -> float:
        """The log-probability of the whole, in nats."""
        return sum(piece.logprob for piece in self.pieces)

    @property
    def mean(self) -> float:
        """The mean log-probability of a token, in nats."""
        return self.total / len(self.pieces)


@runtime_checkable
class LineWriter(Protocol):
    """A model that can search for the likeliest ends of a line; not every back end can."""

    def lines(
        self,
        prompt: FillInTheMiddle,
        /,
        *,
        constraint: Constraint | None = None,
        floor: float = float("-inf"),
        cancel: Cancel | None = None,
    ) -> tuple[Line, ...]:
        """Return different texts up to a line's end where the constraint is met, likeliest first.

        What is less likely than `floor` (the log-probability of the whole text) is given up. Where
        no end is likely enough, the one text is returned that leads farthest, unfinished. Empty
        where the likeliest is to write nothing.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """A finished stream."""

    text: str
    finish: FinishReason
    usage: Usage = field(default_factory=Usage)
    logprob: float | None = None


def generate(
    model: Model,
    prompt: Prompt,
    *,
    constraint: Constraint | None = None,
    sampling: Sampling = Sampling(),
    cancel: Cancel | None = None,
) -> Generation:
    """Run a stream to its end and return its text, summed log-probability and cost."""
    pieces: list[str] = []
    total, known = 0.0, True
    finish: FinishReason = "stop"
    usage = Usage(model=model.name)
    for token in model.stream(prompt, constraint=constraint, sampling=sampling, cancel=cancel):
        pieces.append(token.text)
        if token.logprob is None:
            known = known and not token.text
        else:
            total += token.logprob
        finish = token.finish or finish
        usage = token.usage or usage
    return Generation(
        text="".join(pieces), finish=finish, usage=usage, logprob=total if known else None
    )
