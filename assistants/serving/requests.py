"""Bodies of OpenAI-compatible requests, read strictly into prompts, sampling and constraints.

The protocol is OpenAI's completions and chat completions (platform.openai.com/docs/api-reference)
with vLLM's names for constraints (`structured_outputs`, earlier `guided_…`) and one of ours:
`"program": {"language": "python"}` keeps `prompt + text + suffix` a program. A field that changes
the answer and that plumb does not serve is refused by name rather than ignored.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from assistants.answer import Json
from assistants.constraint import Choice, Constraint, Grammar, JsonSchema, Program, Regex
from assistants.errors import InputError
from assistants.model import Chat, FillInTheMiddle, Marked, Message, Prompt, Sampling

Body = Mapping[str, Json]

MAX_CHOICES = 16
"""Answers that one request may ask for: prompts times `n`."""

_NEUTRAL: Mapping[str, tuple[Json, ...]] = {
    "best_of": (1,),
    "echo": (False,),
    "frequency_penalty": (0,),
    "presence_penalty": (0,),
    "repetition_penalty": (1,),
    "logit_bias": ({},),
    "min_p": (0,),
    "min_tokens": (0,),
    "top_k": (0, -1),
    "top_logprobs": (0,),
    "tools": ([],),
    "tool_choice": ("none",),
    "functions": ([],),
    "modalities": (["text"],),
    "prediction": (),
    "audio": (),
}
"""Fields that plumb does not serve, with the values that ask for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One request: `choices` prompts to answer, each with its own sampling."""

    model: str
    choices: tuple[tuple[Prompt, Sampling], ...]
    constraint: Constraint | None
    stream: bool
    include_usage: bool
    logprobs: bool
    chat: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a request gets where it names nothing, and the most that it may name."""

    max_tokens: int = 512
    temperature: float = 0.0


def read_body(data: bytes) -> Body:
    """Return the JSON object of a body.

    Raises:
        InputError: it is not a JSON object in UTF-8.
    """
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(
            "the body is not JSON", hint="send a JSON object with Content-Type application/json"
        ) from error
    if not isinstance(value, dict):
        raise InputError("the body is not a JSON object", hint='for example {"prompt": "…"}')
    return cast("Body", value)


def completion(body: Body, limits: Limits) -> Job:
    """Read the body of `POST /v1/completions`."""
    _refuse_unserved(body)
    prompts = _prompts(body)
    suffix = _text(body, "suffix", "")
    program = _object(body, "program")
    language = _text(program, "language", "") if program is not None else ""
    constraint = _constraint(body)
    if program is not None:
        if constraint is not None:
            raise InputError("program and another constraint exclude each other", hint="send one")
        if len(prompts) > 1:
            raise InputError("program takes one prompt", hint="send one request a file")
        constraint = Program(language, prompts[0], suffix)
    fill = program is not None or body.get("suffix") is not None
    made: list[Prompt] = [
        FillInTheMiddle(prefix=prompt, suffix=suffix, language=language)
        if fill
        else Marked((prompt,))
        for prompt in prompts
    ]
    logprobs = body.get("logprobs")
    if logprobs is not None and (isinstance(logprobs, bool) or logprobs not in (0, 1)):
        raise InputError(
            "logprobs above 1 is not served", hint="0 or 1 gives each token's own log-probability"
        )
    return _job(body, made, constraint, limits, logprobs=logprobs is not None, chat=False)


def chat(body: Body, limits: Limits) -> Job:
    """Read the body of `POST /v1/chat/completions`."""
    _refuse_unserved(body)
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise InputError("messages is missing", hint='"messages": [{"role": "user", "content": …}]')
    prompt = Chat(tuple(_message(item, index) for index, item in enumerate(messages)))
    constraint = _constraint(body)
    logprobs = _flag(body, "logprobs")
    return _job(body, [prompt], constraint, limits, logprobs=logprobs, chat=True)


def _job(
    body: Body,
    prompts: Sequence[Prompt],
    constraint: Constraint | None,
    limits: Limits,
    *,
    logprobs: bool,
    chat: bool,
) -> Job:
    sampling = _sampling(body, limits)
    count = _whole(body, "n", 1, low=1, high=MAX_CHOICES)
    if count * len(prompts) > MAX_CHOICES:
        raise InputError(
            f"{count * len(prompts)} answers in one request; {MAX_CHOICES} are allowed",
            hint="send several requests",
        )
    options = _object(body, "stream_options") or {}
    return Job(
        model=_text(body, "model", ""),
        choices=tuple(
            (prompt, sampling if sampling.seed is None else replace(sampling, seed=seed))
            for prompt in prompts
            for seed in range(sampling.seed or 0, (sampling.seed or 0) + count)
        ),
        constraint=constraint,
        stream=_flag(body, "stream"),
        include_usage=_flag(options, "include_usage"),
        logprobs=logprobs,
        chat=chat,
    )


def _sampling(body: Body, limits: Limits) -> Sampling:
    named = "max_completion_tokens" if "max_completion_tokens" in body else "max_tokens"
    stop = body.get("stop")
    stops = [stop] if isinstance(stop, str) else stop or []
    if not isinstance(stops, list) or len(stops) > 16 or not all(_is_stop(s) for s in stops):
        raise InputError("stop is not a text or up to 16 texts", hint='"stop": ["\\n\\n"]')
    seed = body.get("seed")
    return Sampling(
        max_tokens=_whole(body, named, limits.max_tokens, low=1, high=limits.max_tokens),
        temperature=_number(body, "temperature", limits.temperature, low=0, high=2),
        top_p=_number(body, "top_p", 1.0, low=1e-6, high=1),
        seed=None if seed is None else _whole(body, "seed", 0, low=0, high=2**62),
        stop=tuple(cast("list[str]", stops)),
    )


def _is_stop(value: Json) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 256


def _prompts(body: Body) -> list[str]:
    value = body.get("prompt")
    found = [value] if isinstance(value, str) else value
    if isinstance(found, list) and found and all(isinstance(item, str) for item in found):
        return cast("list[str]", found)
    raise InputError("prompt is not a text or a list of texts", hint='"prompt": "def f(x):"')


def _message(value: Json, index: int) -> Message:
    place = f"messages[{index}]"
    if not isinstance(value, dict):
        raise InputError(f"{place} is not an object", hint='{"role": "user", "content": "…"}')
    role = value.get("role")
    if role == "developer":  # OpenAI's newer name
        role = "system"
    if role not in ("system", "user", "assistant"):
        raise InputError(f"the role of {place} is not served", hint="system, user or assistant")
    content = value.get("content")
    if isinstance(content, list):
        content = "".join(_part(part, place) for part in content)
    if not isinstance(content, str):
        raise InputError(f"the content of {place} is not a text", hint='"content": "…"')
    return Message(role, content)


def _part(value: Json, place: str) -> str:
    text = value.get("text") if isinstance(value, dict) and value.get("type") == "text" else None
    if not isinstance(text, str):
        raise InputError(f"{place} holds something that is not text", hint="send text parts only")
    return text


def _constraint(body: Body) -> Constraint | None:
    """Return the one constraint of a body, whichever of the known names it has."""
    named = dict(_object(body, "structured_outputs") or {})
    for name in ("json", "regex", "choice", "grammar"):
        if body.get(f"guided_{name}") is not None:
            named[name] = body[f"guided_{name}"]
    form = _object(body, "response_format")
    kind = form.get("type", "text") if form is not None else "text"
    if form is not None and kind == "json_schema":
        named["json"] = (_object(form, "json_schema") or {}).get("schema")
    elif kind == "json_object":
        named["json"] = {"type": "object"}
    elif kind != "text":
        raise InputError("response_format is not served", hint="text, json_object or json_schema")
    if len(named) > 1:
        raise InputError("several constraints in one request", hint="send one")
    return _made(*named.popitem()) if named else None


def _made(name: str, value: Json) -> Constraint:
    match name, value:
        case "json", dict():
            return JsonSchema(value)
        case "regex", str():
            return Regex(value)
        case "grammar", str():
            return Grammar(value)
        case "choice", [_, *_] if all(isinstance(item, str) for item in value):
            return Choice(tuple(cast("list[str]", value)))
        case _:
            raise InputError(
                f"the constraint {name} has no value of its kind",
                hint="json: a schema; regex and grammar: a text; choice: a list of texts",
            )


def _refuse_unserved(body: Body) -> None:
    for name, neutral in _NEUTRAL.items():
        value = body.get(name)
        if value is not None and value not in neutral:
            raise InputError(f"{name} is not served here", hint=f"leave {name} out")


def _text(body: Body, name: str, default: str) -> str:
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise InputError(f"{name} is not a text", hint=f'write "{name}": "…"')
    return value


def _flag(body: Body, name: str) -> bool:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise InputError(f"{name} is neither true nor false", hint=f'write "{name}": true')
    return bool(value)


def _object(body: Body, name: str) -> Body | None:
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise InputError(f"{name} is not an object", hint=f'write "{name}": {{…}}')
    return value


def _whole(body: Body, name: str, default: int, *, low: int, high: int) -> int:
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(f"{name} is not a whole number from {low} to {high}", hint="change it")
    return value


def _number(body: Body, name: str, default: float, *, low: float, high: float) -> float:
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InputError(f"{name} is not a number from {low:g} to {high:g}", hint="change it")
    return float(value)
