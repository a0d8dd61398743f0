"""Any OpenAI-compatible server: vLLM, SGLang, llama.cpp, Ollama, OpenAI and others.

Named `http(s)://HOST[:PORT]/v1?OPTIONS#MODEL`. Conversations go to `/chat/completions`; code and
plain text go to `/completions`, with the fill-in-the-middle prompt of the model's family. The key
comes from PLUMB_API_KEY, or over https from OPENAI_API_KEY.
"""

import contextlib
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from assistants.answer import Json, Usage
from assistants.constraint import Constraint
from assistants.errors import ModelNotFound, SettingsError, Unsupported
from assistants.masking import MASKABLE
from assistants.model import (
    Cancel,
    Capabilities,
    Chat,
    FillInTheMiddle,
    FinishReason,
    Marked,
    Prompt,
    Sampling,
    Token,
)

from .fill_in import FAMILIES, Family, family_of_name, shortened, without_control
from .http_events import Piece, read_event
from .http_flavors import FLAVORS, Flavor, flavor_of_owner
from .http_guard import Guard
from .http_transport import Event, Rejected, Transport
from .text import StreamedText, repetition

OPTIONS = {
    "flavor": ", ".join(FLAVORS),
    "fim": ", ".join(["suffix", "none", *(family.name for family in FAMILIES)]),
    "timeout": "seconds that the server may be silent",
    "context": "tokens that the model reads",
}
ATTEMPTS = 4
"""Requests that one constrained answer may take."""

NUDGE = "Reply with the bare answer only: no explanation, no code fence."


@dataclass(slots=True, kw_only=True)
class _Job:
    """One call of `stream`: what was asked, how it ended, what its requests cost together."""

    prompt: Prompt
    sampling: Sampling
    cancel: Cancel
    usage: Usage
    finish: FinishReason | None = None
    pieces: int = 0

    def counted(self, pieces: Generator[Piece]) -> Generator[Piece]:
        """Pass events on and count them; the connection ends with the loop over them."""
        self.finish = None
        with contextlib.closing(pieces):
            for piece in pieces:
                self.pieces += bool(piece.text)
                self.finish = piece.finish or self.finish
                if piece.usage is not None:
                    self.usage += piece.usage
                yield piece


class Server:
    """The `Model` behind one address."""

    def __init__(
        self, name: str, transport: Transport, model: str, options: dict[str, str]
    ) -> None:
        """Ask the server which models it has; raises `ModelUnavailable` if it does not answer."""
        self._name = name
        self._transport = transport
        entry = _entry(transport, model)
        self._model = model or str(entry.get("id", ""))
        if not self._model:
            raise ModelNotFound(
                f"{transport.base} does not list its models", hint="name one: http://…/v1#MODEL"
            )
        owner = flavor_of_owner(str(entry.get("owned_by", "")))
        self._flavor: Flavor = FLAVORS[options.get("flavor", owner)]
        fim = options.get("fim", "")
        families = {family.name: family for family in FAMILIES}
        self._family: Family | None = (
            None if fim in ("suffix", "none") else families.get(fim) or family_of_name(self._model)
        )
        self._suffix = fim == "suffix" or (not fim and self._flavor.suffix)
        self._capabilities = Capabilities(
            context_length=int(options.get("context", _context(entry))),
            constraints=MASKABLE,
            fill_in_the_middle=self._suffix or self._family is not None,
            chat=True,
            logprobs=self._flavor.logprobs,
            score=self._flavor.scores,
            batch=True,
        )

    @classmethod
    def parse(cls, name: str) -> "Server":
        """Reach the server that a name stands for."""
        parts = urlsplit(name)
        if parts.username or parts.password:
            raise SettingsError(
                "a model's address must not hold a password",
                hint="put the key into the environment variable PLUMB_API_KEY",
            )
        options = dict(parse_qsl(parts.query))
        base = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or '/v1'}"
        _check(options)
        transport = Transport(base, seconds=float(options.get("timeout", 60)))
        return cls(name, transport, parts.fragment, options)

    @property
    def name(self) -> str:
        """The name that the settings gave it."""
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        """What it does itself, or has done on our side."""
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
        self._body(prompt, sampling, "")  # refuse what cannot be asked before anything is sent
        guard = None if constraint is None else Guard.over_bytes(constraint)
        job = _Job(
            prompt=prompt, sampling=sampling, cancel=cancel or Cancel(),
            usage=Usage(model=self._name),
        )  # fmt: skip
        return self._tokens(job, constraint, guard)

    def _tokens(
        self, job: _Job, constraint: Constraint | None, guard: Guard | None
    ) -> Iterator[Token]:
        started = time.perf_counter()
        stop = job.sampling.stop
        if isinstance(job.prompt, FillInTheMiddle) and self._family is not None:
            stop = (*stop, *self._family.control, *self._family.stop)
        text = StreamedText(stop, repeated=repetition(constraint))
        if constraint is None or guard is None:
            body = self._body(job.prompt, job.sampling, "")
            shown = job.counted(self._pieces(body, {}, job.cancel))
        elif isinstance(job.prompt, Chat) and self._flavor.continues is None:
            shown = self._asked_again(job, job.prompt, constraint)
        else:
            shown = self._continued(job, constraint, guard)
        with contextlib.closing(shown):
            for piece in shown:
                yield Token(text=text.push(piece.text.encode()), logprob=piece.logprob)
                if text.stopped:
                    job.finish = "stop"
                    break
        if job.cancel.cancelled and not text.stopped:
            job.finish = "cancelled"
        if not job.usage.completion_tokens:  # the server did not say, or was cut off
            job.usage += Usage(completion_tokens=job.pieces)
        job.usage += Usage(seconds=time.perf_counter() - started)
        rest = text.finish()
        yield Token(
            text=rest, logprob=0.0 if rest else None, finish=job.finish or "stop", usage=job.usage
        )

    def _continued(self, job: _Job, constraint: Constraint, guard: Guard) -> Generator[Piece]:
        """Stream under a guard; after a cut, ask the server to go on from what stands."""
        extra = self._flavor.constrain(constraint, isinstance(job.prompt, Chat))
        for attempt in range(ATTEMPTS):
            body = self._body(job.prompt, _varied(job.sampling, attempt, job.pieces), guard.text)
            request = self._pieces(body, {} if guard.text else extra, job.cancel)
            fits = True
            with contextlib.closing(job.counted(request)) as pieces:
                for piece in pieces:
                    shown, fits = guard.push(piece.text)
                    yield replace(piece, text=shown, logprob=piece.logprob if fits else None)
                    if not fits:
                        break
            if job.cancel.cancelled:
                return
            if fits and job.finish == "length":
                yield Piece(text=guard.finish())
                return
            if not guard.complete:
                yield Piece(text=guard.force())
            if guard.complete:
                job.finish = "stop"
                return
        job.finish = "length"
        yield Piece(text=guard.finish())

    def _asked_again(self, job: _Job, prompt: Chat, constraint: Constraint) -> Generator[Piece]:
        """Ask until one whole answer fits; a server that cannot continue shows nothing earlier."""
        extra = self._flavor.constrain(constraint, True)  # noqa: FBT003
        guard = Guard.over_bytes(constraint)
        for attempt in range(ATTEMPTS):
            guard = Guard.over_bytes(constraint)
            asked = _nudged(prompt) if attempt else prompt
            body = self._body(asked, _varied(job.sampling, attempt, 0), "")
            with contextlib.closing(job.counted(self._pieces(body, extra, job.cancel))) as pieces:
                for piece in pieces:
                    if not guard.push(piece.text)[1]:
                        break
            if job.cancel.cancelled:
                return
            guard.force()
            if guard.complete:
                job.finish = "stop"
                yield Piece(text=guard.text)
                return
        job.finish = "length"
        guard.finish()
        yield Piece(text=guard.text)

    def _pieces(
        self, body: dict[str, Json], extra: dict[str, Json], cancel: Cancel
    ) -> Generator[Piece]:
        """Send a request, without its optional fields if the server rejects them."""
        path = "/chat/completions" if "messages" in body else "/completions"
        try:
            for event in self._transport.post(path, body | self._optional(body) | extra, cancel):
                yield read_event(event)
        except Rejected:
            kept = ("model", "messages", "prompt", "suffix", "stream", self._flavor.budget)
            bare = {name: value for name, value in body.items() if name in kept}
            for event in self._transport.post(path, bare, cancel):
                yield read_event(event)

    def _optional(self, body: dict[str, Json]) -> dict[str, Json]:
        """Return what an answer would be good to have and can do without."""
        fields: dict[str, Json] = {"stream_options": {"include_usage": True}}
        if self._flavor.logprobs:
            fields["logprobs"] = True if "messages" in body else 1
        return fields

    def _body(self, prompt: Prompt, sampling: Sampling, written: str) -> dict[str, Json]:
        """Return a request for what follows the text that was written already."""
        body: dict[str, Json] = {
            "model": self._model,
            "stream": True,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            self._flavor.budget if isinstance(prompt, Chat) else "max_tokens": sampling.max_tokens,
        }
        if sampling.seed is not None:
            body["seed"] = sampling.seed
        if sampling.stop:
            body["stop"] = list(sampling.stop[:4])  # more than OpenAI takes are cut on our side
        match prompt:
            case Chat(messages):
                turns: list[Json] = [{"role": m.role, "content": m.content} for m in messages]
                if written:
                    turns.append({"role": "assistant", "content": written})
                    body |= self._flavor.continues or {}
                return body | {"messages": turns}
            case FillInTheMiddle():
                return body | self._fill_in_the_middle(prompt, sampling, written)
            case Marked():
                return body | {"prompt": self._text(prompt) + written}

    def _fill_in_the_middle(
        self, prompt: FillInTheMiddle, sampling: Sampling, written: str
    ) -> dict[str, Json]:
        room = 3 * max(256, self._capabilities.context_length - sampling.max_tokens)
        suffix = prompt.suffix[: room // 4]
        prefix = shortened(prompt.prefix, room - len(suffix), 1024)
        near = replace(prompt, prefix=prefix, suffix=suffix)
        if self._family is not None:
            near = without_control(near, self._family)
            return {"prompt": self._family.text(near) + written}
        if self._suffix:
            return {"prompt": near.prefix + written, "suffix": near.suffix}
        raise Unsupported(
            f"how {self._model} fills in the middle is not known",
            hint="say so in its name: http://…/v1?fim=qwen#MODEL (or starcoder, suffix, …)",
        )

    def _text(self, prompt: Marked) -> str:
        parts = [part for part in prompt.parts if isinstance(part, str)]
        if len(parts) < len(prompt.parts):
            raise Unsupported(f"the model {self._name} was not trained on task markers")
        return "".join(parts)

    def score(self, prompt: Prompt, options: Sequence[str], /) -> tuple[float, ...]:
        """Return the log-probability of each option, where the server echoes them."""
        if not self._flavor.scores or isinstance(prompt, Chat):
            raise Unsupported(
                f"the server of {self._name} does not score given text",
                hint="serve the model with vLLM, or load it in process with hf:…",
            )
        body = self._body(prompt, Sampling(), "")
        return tuple(self._score(body, str(body["prompt"]), option) for option in options)

    def _score(self, body: dict[str, Json], prompt: str, option: str) -> float:
        echoed = body | {
            "prompt": prompt + option, "stream": False, "echo": True, "logprobs": 1,
            "max_tokens": 0,
        }  # fmt: skip
        event = next(self._transport.post("/completions", echoed, Cancel()))
        found: Any = event["choices"][0]["logprobs"]
        pairs = zip(found["text_offset"], found["token_logprobs"], strict=False)
        return sum(value or 0.0 for offset, value in pairs if offset >= len(prompt))


def _check(options: dict[str, str]) -> None:
    """Raise `SettingsError` for an option that is unknown or has a value that is."""
    for option, value in options.items():
        if option not in OPTIONS:
            raise SettingsError(
                f"unknown option {option!r} in a server's name",
                hint=f"known options: {', '.join(OPTIONS)}",
            )
        numeric = option in ("timeout", "context")
        if not (value.isdigit() if numeric else value in OPTIONS[option].split(", ")):
            raise SettingsError(
                f"{option}={value} is not a value of that option",
                hint=f"{option}: {'a whole number' if numeric else OPTIONS[option]}",
            )


def _entry(transport: Transport, model: str) -> Event:
    """Return what the server says about a model, or about its first one."""
    listed: Any = transport.get("/models").get("data") or []
    entries: list[Event] = [entry for entry in listed if isinstance(entry, dict)]
    if not model:
        return entries[0] if entries else {}
    found = next((entry for entry in entries if entry.get("id") == model), None)
    if found is None and entries:
        names = ", ".join(str(entry.get("id")) for entry in entries[:5])
        raise ModelNotFound(f"{transport.base} has no model {model!r}", hint=f"it has: {names}")
    return found or {}


def _context(entry: Event) -> int:
    meta: Any = entry.get("meta")
    trained = meta.get("n_ctx_train") if isinstance(meta, dict) else None
    found = entry.get("max_model_len") or trained
    return found if isinstance(found, int) else 8192


def _varied(sampling: Sampling, attempt: int, spent: int) -> Sampling:
    """Return the sampling of a further attempt: the same choice again would fail again."""
    left = max(1, sampling.max_tokens - spent)
    if not attempt:
        return replace(sampling, max_tokens=left)
    return replace(
        sampling,
        max_tokens=left,
        temperature=max(sampling.temperature, 0.3 * attempt),
        seed=(sampling.seed or 0) + attempt,
    )


def _nudged(prompt: Chat) -> Chat:
    *before, last = prompt.messages
    return Chat((*before, replace(last, content=f"{last.content}\n\n{NUDGE}")))
