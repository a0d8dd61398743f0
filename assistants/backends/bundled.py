"""The bundled model: a small mixture of experts on onnxruntime, offline, on two cores."""

import codecs
import copy
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from importlib import resources
from pathlib import Path

from assistants.constraint import Constraint, Mask
from assistants.engine import Bounds, Counters, Engine, Found, Request, load
from assistants.errors import ModelCorrupt, Unsupported
from assistants.masking import MASKABLE, HealedMask, compile_mask
from assistants.model import (
    Cancel,
    Capabilities,
    Chat,
    FillInTheMiddle,
    Line,
    Marked,
    Marker,
    Piece,
    Prompt,
    Recalled,
    Sampling,
    Token,
)

from .byte_level import ByteLevelTokenizer
from .fill_in import MIDDLE, PREFIX, SUFFIX, own_tokens, room_of, without_typed
from .ngram import begin
from .text import StreamedText, as_tokens, behind, repetition, unrepeated

END = "endoftext"
_SHARED_CACHE = 256 << 20
"""Bytes of keys and values kept for many users: 37,000 tokens."""


def data_folder() -> Path:
    """Return the folder of the installed weights and tokenizer."""
    return Path(str(resources.files("assistants"))) / "data"


class Bundled:
    """The `Model` over one weight file and its tokenizer."""

    def __init__(
        self, weights: Path, tokenizer: Path, *, name: str = "bundled", recall: bool = True
    ) -> None:
        """Load both files; `recall` mixes in what the texts at hand repeat.

        Raises:
            ModelNotFound: a file is missing.
            ModelCorrupt: a file does not load, or the two do not belong together.
        """
        self._name = name
        self._recall = recall
        self._drafts = True
        self._tokenizer = ByteLevelTokenizer(tokenizer)
        self._encoder = self._tokenizer.encoder()
        self._engine = Engine(load(weights))
        metadata = self._engine.metadata
        if metadata.tokenizer_sha256 != self._tokenizer.sha256:
            raise ModelCorrupt(
                f"{tokenizer} is not the tokenizer that {weights} was trained with",
                hint="reinstall plumb, so that both files come from one release",
            )
        special = self._tokenizer.special
        self._stop = frozenset(special.values())
        self._vocabulary = self._tokenizer.vocabulary(metadata.vocabulary, [special[END]])
        self._capabilities = Capabilities(
            context_length=metadata.context_length,
            constraints=MASKABLE,
            markers=frozenset(metadata.markers) & frozenset(special),
            fill_in_the_middle={PREFIX, SUFFIX, MIDDLE} <= set(special),
            logprobs=True,
            score=True,
            prefix_cache=True,
        )

    @classmethod
    def installed(cls) -> "Bundled":
        """Load the files that came with plumb."""
        folder = data_folder()
        return cls(folder / "plumb.onnx", folder / "tokenizer.json")

    def batched(self) -> "Bundled":
        """Return the same model for many streams at once: they take steps together.

        On onnxruntime a stream that is alone takes longer then: there a batch has no drafts.
        """
        self._engine.keep(_SHARED_CACHE)
        other = copy.copy(self)
        batch = replace(self._capabilities, batch=True)
        vars(other).update(_drafts=self._engine.uniform, _capabilities=batch)
        return other

    @property
    def counters(self) -> Counters:
        """What its engine has done since it was loaded."""
        return self._engine.counters

    @property
    def name(self) -> str:
        """The name that the settings gave it."""
        return self._name

    @property
    def release(self) -> str:
        """The release number of the weights."""
        return self._engine.metadata.release

    @property
    def capabilities(self) -> Capabilities:
        """What it does itself."""
        return self._capabilities

    def stream(
        self,
        prompt: Prompt,
        /,
        *,
        constraint: Constraint | None = None,
        sampling: Sampling = Sampling(),
        cancel: Cancel | None = None,
    ) -> Iterator[Token]:
        """Yield tokens; see `Model.stream`."""
        typed, recall = b"", None
        if isinstance(prompt, FillInTheMiddle):
            prompt, word = without_typed(prompt)
            typed = word.encode()
            recall = self._recalled(prompt)
        ids = self._encode(prompt, sampling.max_tokens)
        budget = min(sampling.max_tokens, self._capabilities.context_length - len(ids))
        mask = None
        if constraint is not None:
            mask = compile_mask(constraint, self._vocabulary, budget=max(1, budget - len(typed)))
        request = Request(
            prompt=ids, max_tokens=sampling.max_tokens, stop=self._stop,
            mask=self._healed(typed, mask), recall=recall,
            temperature=sampling.temperature, top_p=sampling.top_p, seed=sampling.seed,
            drafts=self._drafts,
        )  # fmt: skip
        cancel = cancel or Cancel()
        return as_tokens(
            self._engine.stream(request, cancelled=lambda: cancel.cancelled),
            behind(self._tokenizer.decode, len(typed)),
            text=StreamedText(sampling.stop, repeated=repetition(constraint)), model=self._name,
            prompt_tokens=len(ids),
        )  # fmt: skip

    def lines(
        self,
        prompt: FillInTheMiddle,
        /,
        *,
        constraint: Constraint | None = None,
        floor: float = -math.inf,
        cancel: Cancel | None = None,
    ) -> tuple[Line, ...]:
        """Return the likeliest ends of a line; see `LineWriter.lines`. Heals the word typed."""
        begun, word = without_typed(prompt)
        typed = word.encode()
        bounds = Bounds(floor=floor)
        mask = None if constraint is None else compile_mask(constraint, self._vocabulary)
        mask = self._healed(typed, mask)
        request = Request(
            prompt=self._encode(begun, bounds.length), max_tokens=bounds.length,
            stop=self._stop, mask=mask, recall=self._recalled(begun),
        )  # fmt: skip
        cancel = cancel or Cancel()

        def spelling(tokens: Sequence[int]) -> Sequence[int] | None:
            left = typed[sum(len(self._tokenizer.decode(token)) for token in tokens) :]
            return self._tokenizer.spelled.fitting(left) if left else None

        found = self._engine.lines(
            request, self._line_ends, bounds,
            spelling=spelling, cancelled=lambda: cancel.cancelled,
        )  # fmt: skip
        cancel.raise_if_cancelled()
        texts: dict[str, Line] = {}
        for one in found:
            line = Line(pieces=tuple(self._pieces(one, len(typed))), finished=one.finished)
            line = unrepeated(constraint, line)
            texts.setdefault(line.text, line)
        return tuple(line for text, line in texts.items() if text)

    def _pieces(self, found: Found, typed: int) -> Iterator[Piece]:
        """Yield what each token of a line adds behind what is typed; its end comes last."""
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        ended = len(found.each) - 1 if found.finished else len(found.each)
        for number, logprob in enumerate(found.each):
            own = found.tokens[number:] if number == ended else found.tokens[number : number + 1]
            data = b"".join(map(self._tokenizer.decode, own))
            yield Piece(decoder.decode(data[typed:]), logprob)
            typed = max(0, typed - len(data))

    def _healed(self, typed: bytes, mask: Mask | None) -> Mask | None:
        if not typed:
            return mask
        return HealedMask(typed, mask, self._vocabulary, self._tokenizer.encode)

    @cached_property
    def _line_ends(self) -> Mapping[int, tuple[int, ...]]:
        """The tokens that hold a line end, each with the tokens of what stands before that."""
        heads = {
            token: text[: text.index(b"\n")].rstrip()
            for token, text in enumerate(self._vocabulary.tokens)
            if b"\n" in text and token not in self._stop
        }
        cut = {
            head: tuple(self._tokenizer.encode(head.decode(errors="replace")))
            for head in dict.fromkeys(heads.values())
        }
        return {token: cut[head] for token, head in heads.items()}

    def _recalled(self, prompt: FillInTheMiddle) -> Recalled | None:
        """Return what the texts at hand repeat, farther than the network looks."""
        return begin(prompt, self._encoder) if self._recall else None

    def score(self, prompt: Prompt, options: Sequence[str], /) -> tuple[float, ...]:
        """Return the log-probability of each option as the prompt's continuation."""
        tokens = [self._tokenizer.encode(option) for option in options]
        longest = max(map(len, tokens), default=0)
        ids = self._encode(prompt, longest)
        context = self._capabilities.context_length
        if len(ids) + longest > context:
            raise self._too_long(len(ids) + longest, context)
        return self._engine.score(ids, tokens)

    def expert_loads(self, prompt: Prompt, /) -> list[list[int]]:
        """Return how often each layer's experts are chosen for a prompt's tokens.

        Raises:
            Unsupported: it runs on onnxruntime, which does not show its routing.
        """
        return self._engine.expert_loads(self._encode(prompt, 1)).tolist()

    def _encode(self, prompt: Prompt, wanted: int) -> list[int]:
        """Return the prompt's tokens, leaving room for the wanted ones or half the context.

        Text around a cursor is cut to the length of a training window; questions are not cut.
        """
        metadata = self._engine.metadata
        around = isinstance(prompt, FillInTheMiddle)
        context = metadata.trained_length if around else metadata.context_length
        room = room_of(context, wanted)
        match prompt:
            case FillInTheMiddle():
                return self._fill_in_the_middle(prompt, room)
            case Marked(parts):
                ids = [token for part in parts for token in self._part(part)]
                if len(ids) <= room:
                    return ids or [self._tokenizer.special[END]]
                raise self._too_long(len(ids), room)
            case Chat():
                raise Unsupported(
                    f"the model {self._name} does not hold conversations",
                    hint="name a chat model with --model (hf:… or http://…/v1#…)",
                )

    def _too_long(self, count: int, room: int) -> Unsupported:
        return Unsupported(
            f"the prompt has {count} tokens, and the model {self._name} reads {room}",
            hint="shorten the question",
        )

    def _part(self, part: str | Marker) -> list[int]:
        if isinstance(part, str):
            return self._tokenizer.encode(part)
        if part.name not in self._capabilities.markers:
            raise Unsupported(
                f"the model {self._name} was not trained on the marker {part.name}",
                hint="reinstall plumb: these weights belong to another version",
            )
        return [self._tokenizer.special[part.name]]

    def _fill_in_the_middle(self, prompt: FillInTheMiddle, room: int) -> list[int]:
        special = self._tokenizer.special
        if not self._capabilities.fill_in_the_middle:
            raise Unsupported(f"the model {self._name} cannot fill in the middle")
        known = prompt.language in self._capabilities.markers
        return own_tokens(
            prompt, room, self._tokenizer.encode, special,
            language=[special[prompt.language]] if known else [],
            suffix_first=self._engine.metadata.suffix_first,
        )  # fmt: skip
