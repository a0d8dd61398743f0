"""OpenAI's response objects as plain data."""

import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistants.answer import Json, Usage
from assistants.errors import PlumbError
from assistants.model import FinishReason, Token

DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What all objects of one response share."""

    model: str
    chat: bool
    logprobs: bool
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    created: int = field(default_factory=lambda: int(time.time()))

    def _object(self, choices: Sequence[Json], *, chunk: bool) -> dict[str, Json]:
        kind = "chat.completion" if self.chat else "text_completion"
        prefix = "chatcmpl" if self.chat else "cmpl"
        return {
            "id": f"{prefix}-{self.id}",
            "object": f"{kind}.chunk" if chunk and self.chat else kind,
            "created": self.created,
            "model": self.model,
            "choices": list(choices),
        }

    def whole(self, choices: Sequence[Sequence[Token]], usage: Usage) -> dict[str, Json]:
        """Return the answer to a request that does not stream."""
        made = [self._whole_choice(index, tokens) for index, tokens in enumerate(choices)]
        return self._object(made, chunk=False) | {"usage": cost(usage)}

    def _whole_choice(self, index: int, tokens: Sequence[Token]) -> Json:
        text = "".join(token.text for token in tokens)
        finish = tokens[-1].finish if tokens else None
        body: dict[str, Json] = (
            {"message": {"role": "assistant", "content": text}} if self.chat else {"text": text}
        )
        return {
            "index": index,
            **body,
            "logprobs": self._logprobs(tokens),
            "finish_reason": _reason(finish),
        }

    def opening(self, index: int) -> dict[str, Json]:
        """Return the first chunk of a chat choice, which names the role."""
        choice: Json = {
            "index": index,
            "delta": {"role": "assistant", "content": ""},
            "logprobs": None,
            "finish_reason": None,
        }
        return self._object([choice], chunk=True)

    def chunk(self, index: int, token: Token) -> dict[str, Json]:
        """Return one token as a chunk."""
        body: dict[str, Json]
        if self.chat:
            body = {"delta": {"content": token.text} if token.text else {}}
        else:
            body = {"text": token.text}
        choice: Json = {
            "index": index,
            **body,
            "logprobs": self._logprobs([token]),
            "finish_reason": _reason(token.finish),
        }
        return self._object([choice], chunk=True)

    def closing(self, usage: Usage) -> dict[str, Json]:
        """Return the chunk without choices that carries the usage."""
        return self._object([], chunk=True) | {"usage": cost(usage)}

    def _logprobs(self, tokens: Sequence[Token]) -> Json:
        known = [token for token in tokens if token.logprob is not None and token.text]
        if not self.logprobs or not known:
            return None
        if self.chat:
            return {"content": [_token(token) for token in known]}
        return {
            "tokens": [token.text for token in known],
            "token_logprobs": [token.logprob for token in known],
            "top_logprobs": None,
            "text_offset": _offsets(known),
        }


def _reason(finish: FinishReason | None) -> str | None:
    """The protocol has no word for an answer that the time limit cut: it reached a limit."""
    return "length" if finish == "cancelled" else finish


def _token(token: Token) -> Json:
    return {
        "token": token.text,
        "logprob": token.logprob,
        "bytes": list(token.text.encode()),
        "top_logprobs": [],
    }


def _offsets(tokens: Sequence[Token]) -> list[Json]:
    offsets: list[Json] = []
    at = 0
    for token in tokens:
        offsets.append(at)
        at += len(token.text)
    return offsets


def cost(usage: Usage) -> dict[str, Json]:
    """Return OpenAI's usage object."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
    }


def error_body(message: str, kind: str, hint: str = "") -> dict[str, Json]:
    """Return OpenAI's error object; `hint` is ours."""
    return {"error": {"message": message, "type": kind, "param": None, "code": None, "hint": hint}}


def error_of(error: PlumbError) -> dict[str, Json]:
    """Return the error object of one of our errors."""
    return error_body(str(error), type(error).__name__, error.hint)


def event(data: Json) -> bytes:
    """Return one server-sent event."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"data: {text}\n\n".encode()
