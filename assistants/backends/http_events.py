"""What the events of an OpenAI-compatible stream say, in either endpoint's form."""

from dataclasses import dataclass
from typing import Any

from assistants.answer import Usage
from assistants.model import FinishReason

from .http_transport import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What one event of a stream adds."""

    text: str
    logprob: float | None = None
    finish: FinishReason | None = None
    usage: Usage | None = None


def read_event(event: Event) -> Piece:
    """Read one event; whatever is missing in it adds nothing."""
    choices: Any = event.get("choices") or [{}]
    choice: Any = choices[0] if isinstance(choices[0], dict) else {}
    said: Any = choice.get("delta") or choice.get("message") or choice
    text: Any = said.get("content") if "content" in said else said.get("text")
    reason = choice.get("finish_reason")
    return Piece(
        text=text if isinstance(text, str) else "",
        logprob=_logprob(choice.get("logprobs")),
        finish=None if reason is None else "length" if reason == "length" else "stop",
        usage=_usage(event.get("usage")),
    )


def _logprob(found: Any) -> float | None:  # noqa: ANN401
    """Sum the log-probabilities of an event, in the form of either endpoint."""
    if not isinstance(found, dict):
        return None
    values: Any = found.get("token_logprobs")
    if values is None:
        values = [token.get("logprob") for token in found.get("content") or []]
    numbers = [value for value in values if isinstance(value, int | float)]
    return float(sum(numbers)) if numbers else None


def _usage(found: Any) -> Usage | None:  # noqa: ANN401
    if not isinstance(found, dict):
        return None
    details: Any = found.get("prompt_tokens_details") or {}
    return Usage(
        prompt_tokens=int(found.get("prompt_tokens") or 0),
        completion_tokens=int(found.get("completion_tokens") or 0),
        cached_tokens=int(details.get("cached_tokens") or 0),
    )
