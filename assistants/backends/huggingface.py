"""Any Hugging Face causal language model, in process, through transformers.

Named `hf:PATH-OR-ID?OPTIONS`, with the options of `OPTIONS`. The decoding loop is our own: each
step's logits go through the same drawing and masking as the bundled model's, so streaming,
constraints, cancelling and prefix reuse behave alike. Code from a checkpoint is never run.
"""

import importlib.util
import json
import re
import threading
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

import numpy as np
from numpy.typing import NDArray

from assistants.constraint import Constraint, Mask
from assistants.engine import Drawn, Sampler, choose, log_probability
from assistants.engine.cache import common_prefix
from assistants.engine.scheduler import Scheduler, Slot
from assistants.errors import (
    InputError,
    ModelCorrupt,
    ModelError,
    ModelNotFound,
    SettingsError,
    Unsupported,
)
from assistants.masking import MASKABLE, compile_mask
from assistants.model import (
    Cancel,
    Capabilities,
    Chat,
    FillInTheMiddle,
    Marked,
    Marker,
    Prompt,
    Sampling,
    Token,
)

from .fill_in import fit
from .hf_rows import Rows, TokenSequence
from .hf_tokenizer import HuggingFaceTokenizer
from .text import StreamedText, as_tokens, repetition

Untyped: TypeAlias = Any
"""A value of transformers or torch: importing them for their types would be slow."""

OPTIONS = {
    "dtype": "auto, float32, bfloat16, float16",
    "device_map": "cpu, cuda, cuda:1, mps; or auto and other maps, which need accelerate",
    "quantization": "a JSON object or file: transformers' quantization config",
    "attention": "transformers' attn_implementation",
    "experts": "transformers' experts_implementation",
    "revision": "branch, tag or commit on the Hub",
    "context": "tokens to read at most",
    "compile": "a mode of torch.compile, such as reduce-overhead; with it, a static cache",
    "adapter": "a folder of peft's, as plumb tune writes it",
}


_SLICE = 1024
"""Tokens of a prompt that are run before other streams have a turn."""
_Run: TypeAlias = Callable[..., NDArray[np.float32]]
_MODES = ("default", "reduce-overhead", "max-autotune", "max-autotune-no-cudagraphs")
_DEVICE = re.compile(r"cpu|mps|cuda(:\d+)?")
"""Places that the whole model is moved to; anything else is a map for accelerate."""


class HuggingFace:
    """The `Model` over one loaded checkpoint."""

    def __init__(self, name: str, path: str, options: dict[str, str]) -> None:
        """Load a checkpoint folder, or a Hub id that is cached or can be fetched."""
        self._name = name
        self._lock = threading.Lock()
        self._idle = TokenSequence()
        self._scheduler = Scheduler()
        model, self._tokenizer = _load(path, options)
        settings = model.config.get_text_config()
        positions = getattr(settings, "max_position_embeddings", None) or 2048
        context = int(options.get("context", positions))
        self._rows = Rows(model, name, compiled=options.get("compile", ""), length=context)
        ends = model.generation_config.eos_token_id
        self._ends: list[int] = ends if isinstance(ends, list) else [] if ends is None else [ends]
        self._vocabulary = self._tokenizer.vocabulary(int(settings.vocab_size), self._ends)
        self._capabilities = Capabilities(
            context_length=context,
            constraints=MASKABLE if self._ends else frozenset(),
            markers=frozenset(self._tokenizer.markers),
            fill_in_the_middle=self._tokenizer.family is not None,
            chat=self._tokenizer.chat,
            logprobs=True,
            score=True,
            prefix_cache=True,
            batch="compile" not in options,
        )

    @classmethod
    def parse(cls, name: str, rest: str) -> "HuggingFace":
        """Load the model of a name, given what stands behind `hf:` in it."""
        path, _, query = rest.partition("?")
        options = dict(parse_qsl(query, keep_blank_values=True))
        if unknown := sorted(set(options) - set(OPTIONS)):
            raise SettingsError(
                f"the model name {name!r} has an unknown option {unknown[0]!r}",
                hint=f"known options: {', '.join(OPTIONS)}",
            )
        if options.get("compile", _MODES[0]) not in _MODES:
            raise SettingsError(
                f"torch.compile has no mode {options['compile']!r}",
                hint=f"known modes: {', '.join(_MODES)}",
            )
        return cls(name, path, options)

    @property
    def name(self) -> str:
        """The name that the settings gave it."""
        return self._name

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
        if constraint is not None and not self._ends:
            raise Unsupported(
                f"{self._name} names no end-of-text token, so a constraint could not end",
                hint="add eos_token_id to the checkpoint's generation_config.json",
            )
        with self._lock:
            ids = self._encode(prompt, sampling.max_tokens)
        budget = min(sampling.max_tokens, self._capabilities.context_length - len(ids))
        mask = None
        if constraint is not None:
            mask = compile_mask(constraint, self._vocabulary, budget=budget)
        cancel = cancel or Cancel()
        drawn = self._drawn(ids, self._stop(prompt), mask, sampling, cancel)
        decoder = self._tokenizer.decoder()
        return as_tokens(
            drawn, lambda token: decoder.push(token).encode(),
            text=StreamedText(sampling.stop, repeated=repetition(constraint)), model=self._name,
            prompt_tokens=len(ids),
        )  # fmt: skip

    def score(self, prompt: Prompt, options: Sequence[str], /) -> tuple[float, ...]:
        """Return the log-probability of each option as the prompt's continuation."""
        with self._lock:
            tokens = [self._tokenizer.encode(option) for option in options]
            ids = self._encode(prompt, max(map(len, tokens), default=0))
            longest = len(ids) + max(map(len, tokens), default=0)
            if longest > self._capabilities.context_length:
                raise self._too_long(longest, self._capabilities.context_length)
        return tuple(self._score(ids, option) for option in tokens)

    def _score(self, ids: list[int], option: list[int]) -> float:
        if not option:
            return 0.0
        with self._running(TokenSequence()) as run:
            rows = run(ids + option[:-1], len(option))
        return sum(log_probability(row, token) for row, token in zip(rows, option, strict=True))

    def _drawn(
        self,
        ids: list[int],
        stop: frozenset[int],
        mask: Mask | None,
        sampling: Sampling,
        cancel: Cancel,
    ) -> Iterator[Drawn]:
        """Yield drawn ids as `Engine.stream` does."""
        sequence = self._take(ids)
        cached = len(sequence.tokens)
        room = self._capabilities.context_length - len(ids)
        random = np.random.default_rng(sampling.seed)
        sampler = Sampler(random=random, temperature=sampling.temperature, top_p=sampling.top_p)
        pending, finish = ids[cached:], "length"
        try:
            with self._running(sequence) as run:
                for _ in range(min(sampling.max_tokens, room)):
                    if cancel.cancelled:
                        finish = "cancelled"
                        break
                    logits = run(pending)[0]
                    token = choose(logits, sampler, stop=stop, mask=mask)
                    if token is None:
                        finish = "stop"
                        break
                    pending = [token]
                    yield Drawn(id=token, logprob=log_probability(logits, token), cached=cached)
        finally:
            with self._lock:
                self._idle = sequence
        yield Drawn(id=None, finish=finish, cached=cached)

    def _take(self, ids: list[int]) -> TokenSequence:
        """Return the idle sequence cut back to what a prompt shares with it, or a fresh one."""
        with self._lock:
            sequence, self._idle = self._idle, TokenSequence()
        shared = min(common_prefix(sequence.tokens, ids), len(ids) - 1)
        return sequence if sequence.cut(shared) else TokenSequence()

    @contextmanager
    def _running(self, sequence: TokenSequence) -> Generator[_Run]:
        """Lend what runs tokens behind a sequence and returns the logits [keep, vocabulary]."""
        slot = Slot(self._rows, self._rows.enter(sequence))

        def run(tokens: Sequence[int], keep: int = 1) -> NDArray[np.float32]:
            size = max(_SLICE, keep)
            last = (len(tokens) - 1) // size * size
            for start in range(0, last, size):
                part = tokens[start : start + size]
                self._scheduler.run(slot, len(sequence.tokens), part)
            return self._scheduler.run(slot, len(sequence.tokens), tokens[last:], keep)

        try:
            yield run
        finally:
            self._scheduler.leave(slot)
            self._rows.leave(slot.row)

    def _encode(self, prompt: Prompt, wanted: int) -> list[int]:
        context = self._capabilities.context_length
        room = context - max(1, min(wanted, context // 2))
        match prompt:
            case FillInTheMiddle():
                return self._fill_in_the_middle(prompt, room)
            case Chat():
                if not self._tokenizer.chat:
                    raise Unsupported(
                        f"the model {self._name} has no chat template",
                        hint="name an instruction-tuned model",
                    )
                ids = self._tokenizer.chat_prompt(prompt)
            case Marked(parts):
                ids = [*self._tokenizer.beginning]
                ids += [token for part in parts for token in self._part(part)]
        if len(ids) > room:
            raise self._too_long(len(ids), room)
        if not ids and not self._ends:
            raise InputError("there is nothing to continue", hint="give some text")
        return ids or self._ends[:1]

    def _too_long(self, count: int, room: int) -> Unsupported:
        return Unsupported(
            f"the prompt has {count} tokens, and the model {self._name} reads {room}",
            hint="shorten the question",
        )

    def _part(self, part: str | Marker) -> list[int]:
        if isinstance(part, str):
            return self._tokenizer.encode(part)
        if part.name not in self._tokenizer.markers:
            raise Unsupported(f"the model {self._name} was not trained on the marker {part.name}")
        return [self._tokenizer.markers[part.name]]

    def _fill_in_the_middle(self, prompt: FillInTheMiddle, room: int) -> list[int]:
        family = self._tokenizer.family
        if family is None:
            raise Unsupported(
                f"the model {self._name} has no fill-in-the-middle tokens",
                hint="name a code model, such as a Qwen-Coder, StarCoder or DeepSeek-Coder",
            )
        first = list(self._tokenizer.beginning)
        if prompt.language in self._tokenizer.markers:
            first.append(self._tokenizer.markers[prompt.language])
        path = self._tokenizer.encode(f"{prompt.path}\n")
        room -= len(first) + len(family.pieces) + len(path)
        prefix, suffix = fit(prompt, room, self._tokenizer.encode)
        fields = {"{prefix}": prefix, "{suffix}": suffix, "{path}": path}
        for piece in family.pieces:
            control = self._tokenizer.control(piece)
            first += fields.get(piece, []) if control is None else [control]
        return first

    def _stop(self, prompt: Prompt) -> frozenset[int]:
        family = self._tokenizer.family
        stops = set(self._ends) | set(self._tokenizer.markers.values())
        if isinstance(prompt, FillInTheMiddle) and family is not None:
            found = map(self._tokenizer.control, (*family.control, *family.stop))
            stops |= {number for number in found if number is not None}
        return frozenset(stops)


def _load(path: str, options: dict[str, str]) -> tuple[Untyped, HuggingFaceTokenizer]:
    try:
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging as their_logging
    except ImportError as error:
        raise ModelError(
            "Hugging Face models need torch and transformers", hint="pip install 'plumb[torch]'"
        ) from error
    their_logging.disable_progress_bar()  # stderr belongs to the command line
    local = path.startswith(("~", ".", "/"))
    expanded = str(Path(path).expanduser()) if local else path
    if local and not Path(expanded).exists():
        raise ModelNotFound(
            f"there is no folder {path}", hint="give a checkpoint folder, or the id of a model"
        )
    revision = {"revision": options["revision"]} if "revision" in options else {}
    try:
        tokenizer: Untyped = AutoTokenizer.from_pretrained(expanded, **revision)
        model: Untyped = AutoModelForCausalLM.from_pretrained(
            expanded, **revision, **_arguments(options)
        )
        if "adapter" in options:
            model = _adapted(model, Path(options["adapter"]).expanduser())
        if _DEVICE.fullmatch(options.get("device_map", "")):
            model.to(options["device_map"])
    except OSError as error:
        raise ModelNotFound(
            f"no Hugging Face model at {path}: {_first_line(error)}",
            hint="give a checkpoint folder, or an id that is cached or can be downloaded",
        ) from error
    except ImportError as error:  # accelerate, a quantisation library
        raise ModelError(
            f"{path} needs another package: {_first_line(error)}", hint="install it"
        ) from error
    except ModelError:
        raise
    except Exception as error:  # whatever a broken checkpoint makes transformers raise
        raise ModelCorrupt(
            f"the checkpoint {path} does not load: {_first_line(error)}",
            hint="fetch it again, or check that this version of transformers knows its class",
        ) from error
    return model.eval(), HuggingFaceTokenizer(tokenizer, path)


def _adapted(model: Untyped, folder: Path) -> Untyped:
    """Add an adapter to the weights, so that a token costs no more than without it."""
    from peft import PeftModel

    if not (folder / "adapter_config.json").is_file():
        raise ModelNotFound(
            f"there is no adapter in {folder}", hint="name a folder that plumb tune wrote"
        )
    with warnings.catch_warnings():  # peft asks transformers by a name that is on its way out
        warnings.simplefilter("ignore", FutureWarning)
        return PeftModel.from_pretrained(model, str(folder)).merge_and_unload()


def _arguments(options: dict[str, str]) -> dict[str, Untyped]:
    arguments: dict[str, Untyped] = {"dtype": options.get("dtype", "auto")}
    renamed = {
        "attention": "attn_implementation",
        "experts": "experts_implementation",
    }
    arguments |= {name: options[option] for option, name in renamed.items() if option in options}
    place = options.get("device_map", "cpu")
    if not _DEVICE.fullmatch(place):
        if importlib.util.find_spec("accelerate") is None:
            raise ModelError(
                f"device_map={place} needs the package accelerate",
                hint="pip install accelerate, or name one device: device_map=cuda",
            )
        arguments["device_map"] = place
    if "quantization" in options:
        arguments["quantization_config"] = _quantization(options["quantization"])
    return arguments


def _quantization(text: str) -> Untyped:
    from transformers.quantizers.auto import AutoQuantizationConfig

    try:
        source = text if text.startswith("{") else Path(text).expanduser().read_text("utf-8")
        return AutoQuantizationConfig.from_dict(json.loads(source))
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"the quantization config does not read: {_first_line(error)}",
            hint='give a JSON file or object such as {"quant_method": "torchao", …}',
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
