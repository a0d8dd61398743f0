"""Bodies are read into prompts, sampling and constraints, or refused by name."""

import pytest

from assistants.constraint import Choice, Grammar, JsonSchema, Program, Regex
from assistants.errors import InputError
from assistants.model import FillInTheMiddle, Marked, Message
from assistants.serving.requests import Limits, chat, completion, read_body

LIMITS = Limits(max_tokens=64, temperature=0.5)
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}


def test_defaults_are_the_servers():
    job = completion({"prompt": "x = "}, LIMITS)
    [(prompt, sampling)] = job.choices
    assert prompt == Marked(("x = ",))
    assert (sampling.max_tokens, sampling.temperature, sampling.seed) == (64, 0.5, None)
    assert (job.stream, job.logprobs, job.constraint, job.model) == (False, False, None, "")


def test_a_suffix_asks_for_the_middle():
    [(prompt, _)] = completion({"prompt": "a", "suffix": "b"}, LIMITS).choices
    assert prompt == FillInTheMiddle(prefix="a", suffix="b")


def test_a_program_is_constrained_with_its_suffix():
    job = completion({"prompt": "a = ", "suffix": "\n", "program": {"language": "python"}}, LIMITS)
    assert job.constraint == Program("python", "a = ", "\n")
    assert job.choices[0][0] == FillInTheMiddle(prefix="a = ", suffix="\n", language="python")


def test_n_answers_to_each_prompt_have_seeds_of_their_own():
    job = completion({"prompt": ["a", "b"], "n": 2, "seed": 7, "stop": "\n"}, LIMITS)
    assert [(prompt.parts, sampling.seed) for prompt, sampling in job.choices] == [
        (("a",), 7), (("a",), 8), (("b",), 7), (("b",), 8),
    ]  # fmt: skip
    assert {sampling.stop for _, sampling in job.choices} == {("\n",)}


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"guided_json": SCHEMA}, JsonSchema(SCHEMA)),
        ({"guided_regex": "a+"}, Regex("a+")),
        ({"guided_choice": ["yes", "no"]}, Choice(("yes", "no"))),
        ({"guided_grammar": "start: /a/"}, Grammar("start: /a/")),
        ({"structured_outputs": {"regex": "b"}}, Regex("b")),
        ({"response_format": {"type": "json_object"}}, JsonSchema({"type": "object"})),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"schema": SCHEMA}}},
            JsonSchema(SCHEMA),
        ),
        ({"response_format": {"type": "text"}}, None),
    ],
)
def test_constraints_under_their_known_names(fields, constraint):
    messages = [{"role": "user", "content": "hi"}]
    assert chat({"messages": messages, **fields}, LIMITS).constraint == constraint
    assert completion({"prompt": "hi", **fields}, LIMITS).constraint == constraint


def test_messages_of_parts_and_of_the_developer():
    job = chat(
        {
            "messages": [
                {"role": "developer", "content": "short"},
                {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
            ],
            "max_completion_tokens": 5,
            "max_tokens": 9,
        },
        LIMITS,
    )  # fmt: skip
    [(prompt, sampling)] = job.choices
    assert prompt.messages == (Message("system", "short"), Message("user", "ab"))
    assert sampling.max_tokens == 5


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"prompt": None}, "prompt"),
        ({"prompt": []}, "prompt"),
        ({"prompt": [1, 2]}, "prompt"),
        ({"max_tokens": 65}, "max_tokens"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": True}, "max_tokens"),
        ({"temperature": -1}, "temperature"),
        ({"temperature": "hot"}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"top_p": 0}, "top_p"),
        ({"stop": [""]}, "stop"),
        ({"stop": ["x"] * 17}, "stop"),
        ({"n": 17}, "n"),
        ({"prompt": ["a"] * 9, "n": 2}, "18 answers"),
        ({"stream": "yes"}, "stream"),
        ({"suffix": 1}, "suffix"),
        ({"logit_bias": {"1": 100}}, "logit_bias"),
        ({"presence_penalty": 1.5}, "presence_penalty"),
        ({"tools": [{"type": "function"}]}, "tools"),
        ({"echo": True}, "echo"),
        ({"logprobs": 5}, "logprobs"),
        ({"guided_regex": "a", "guided_choice": ["a"]}, "several constraints"),
        ({"guided_choice": []}, "choice"),
        ({"guided_choice": [1]}, "choice"),
        ({"response_format": {"type": "xml"}}, "response_format"),
        ({"program": {"language": "python"}, "guided_regex": "a"}, "program"),
        ({"program": "python"}, "program"),
    ],
)
def test_what_cannot_be_served_is_refused_by_name(fields, named):
    with pytest.raises(InputError, match=named):
        completion({"prompt": "x", **fields}, LIMITS)


@pytest.mark.parametrize(
    "messages",
    [None, [], "hi", ["hi"], [{"role": "tool", "content": "x"}], [{"role": "user"}],
     [{"role": "user", "content": [{"type": "image_url"}]}]],
)  # fmt: skip
def test_messages_that_cannot_be_read(messages):
    with pytest.raises(InputError, match="message"):
        chat({"messages": messages}, LIMITS)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000, b"NaN"])
def test_a_body_must_be_a_json_object(data):
    with pytest.raises(InputError, match="JSON"):
        read_body(data)


def test_values_that_ask_for_nothing_are_let_through():
    job = completion(
        {"prompt": "x", "n": 1, "echo": False, "logit_bias": None, "presence_penalty": 0.0,
         "best_of": 1, "user": "me", "top_k": -1}, LIMITS,
    )  # fmt: skip
    assert len(job.choices) == 1
