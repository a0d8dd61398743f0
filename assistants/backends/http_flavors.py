"""What each kind of OpenAI-compatible server takes beyond the common protocol.

Recognised by `owned_by` in the answer to `/v1/models`, or named by the option `flavor`. A server
constraint is a help, not a guarantee: whatever comes back is checked on our side as well, and a
constraint that a server has no field for is left to that check alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assistants.answer import Json
from assistants.constraint import Choice, Constraint, JsonSchema, Regex
from assistants.masking import choice_pattern

Fields = dict[str, Json]


def _response_format(schema: Mapping[str, Json]) -> Fields:
    named: Fields = {"name": "answer", "schema": dict(schema), "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


def _vllm(constraint: Constraint, _: bool) -> Fields:  # noqa: FBT001
    match constraint:
        case JsonSchema(schema):
            return {"structured_outputs": {"json": dict(schema)}}
        case Regex(pattern):
            return {"structured_outputs": {"regex": pattern}}
        case Choice(options):
            return {"structured_outputs": {"choice": list(options)}}
        case _:  # its grammar dialect depends on how it was started
            return {}


def _sglang(constraint: Constraint, _: bool) -> Fields:  # noqa: FBT001
    match constraint:
        case JsonSchema(schema):
            return _response_format(schema)
        case Regex(pattern):
            return {"regex": pattern}
        case Choice(options):
            return {"regex": choice_pattern(options)}
        case _:
            return {}


def _llama_cpp(constraint: Constraint, chat: bool) -> Fields:  # noqa: FBT001
    match constraint:
        case JsonSchema(schema):
            return _response_format(schema) if chat else {"json_schema": dict(schema)}
        case Choice(options):
            return {"grammar": "root ::= " + " | ".join(map(_gbnf_literal, options))}
        case _:
            return {}


def _gbnf_literal(text: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(escapes.get(char, char) for char in text) + '"'


def _json_only(constraint: Constraint, chat: bool) -> Fields:  # noqa: FBT001
    if isinstance(constraint, JsonSchema) and chat:
        return _response_format(constraint.schema)
    return {}


def _nothing(_: Constraint, __: bool) -> Fields:  # noqa: FBT001
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flavor:
    """One kind of server.

    `continues` are the fields that make it go on with a last message of the assistant; without
    them an unfinished answer is not continued but asked for again.
    """

    constrain: Callable[[Constraint, bool], Fields] = _nothing
    continues: Mapping[str, Json] | None = None
    logprobs: bool = False
    suffix: bool = False
    budget: str = "max_tokens"
    scores: bool = False


_CONTINUE: Fields = {"continue_final_message": True, "add_generation_prompt": False}

FLAVORS = {
    "vllm": Flavor(constrain=_vllm, continues=_CONTINUE, logprobs=True, scores=True),
    "sglang": Flavor(constrain=_sglang, continues=_CONTINUE, logprobs=True),
    "llamacpp": Flavor(constrain=_llama_cpp, continues={}, logprobs=True),
    "ollama": Flavor(constrain=_json_only, suffix=True),
    "openai": Flavor(constrain=_json_only, budget="max_completion_tokens"),
    "plain": Flavor(),
}
_OWNERS = {"library": "ollama", "system": "openai", "openai-internal": "openai"}


def flavor_of_owner(owner: str) -> str:
    """Return the flavor of a server whose models have this `owned_by`."""
    known = _OWNERS.get(owner, owner)
    return known if known in FLAVORS else "plain"
