"""A real HTTP server on loopback that answers, stalls, fails and talks nonsense as told."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from assistants.backends.openai_http import NUDGE, Server
from assistants.constraint import Choice, Grammar, JsonSchema, Program, Regex
from assistants.errors import (
    ConstraintError,
    ModelError,
    ModelNotFound,
    ModelUnavailable,
    SettingsError,
    Unsupported,
)
from assistants.model import (
    Cancel,
    Chat,
    FillInTheMiddle,
    Marked,
    Marker,
    Message,
    Sampling,
    generate,
)

CHAT = Chat((Message("system", "Be brief."), Message("user", "Pick one.")))
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


class Fake:
    """What the server was asked, and what it does next: one entry of `script` a POST."""

    def __init__(self):
        self.script, self.asked, self.headers = [], [], []
        self.models = [{"id": "m", "owned_by": "vllm", "max_model_len": 512}]
        self.released = threading.Event()
        self.closed = threading.Event()

    def url(self, options="", model="m"):
        return f"http://127.0.0.1:{self.port}/v1{options}" + (f"#{model}" if model else "")


def chat(*texts, finish="stop"):
    """Stream texts as chat events, with usage at the end."""

    def act(handler, fake):
        start(handler)
        for text in texts:
            send(handler, {"choices": [{"delta": {"content": text}}]})
        send(handler, {"choices": [{"delta": {}, "finish_reason": finish}]})
        usage = {
            "prompt_tokens": 9, "completion_tokens": len(texts),
            "prompt_tokens_details": {"cached_tokens": 4},
        }  # fmt: skip
        send(handler, {"choices": [], "usage": usage})
        handler.wfile.write(b"data: [DONE]\n\n")

    return act


def raw(*texts, finish="stop"):
    """Stream texts as completion events with log-probabilities."""

    def act(handler, fake):
        start(handler)
        for text in texts:
            logprobs = {"token_logprobs": [-0.5]}
            send(handler, {"choices": [{"text": text, "logprobs": logprobs}]})
        send(handler, {"choices": [{"text": "", "finish_reason": finish}]})
        handler.wfile.write(b"data: [DONE]\n\n")

    return act


def status(code, body=b"", **headers):
    def act(handler, fake):
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return act


def stall(handler, fake):
    start(handler)
    send(handler, {"choices": [{"delta": {"content": "one "}}]})
    fake.released.wait(5)


def break_off(handler, fake):
    start(handler)
    send(handler, {"choices": [{"delta": {"content": "one "}}]})


def lines(*data):
    def act(handler, fake):
        start(handler)
        for line in data:
            handler.wfile.write(line + b"\n")

    return act


def start(handler):
    handler.send_response(200)
    handler.send_header("content-type", "text/event-stream")
    handler.end_headers()


def send(handler, event):
    handler.wfile.write(b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n")
    handler.wfile.flush()


@pytest.fixture
def fake():
    fake = Fake()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps({"data": fake.models}).encode()
            known = self.path == "/v1/models" and fake.models is not None
            status(200 if known else 404, body if known else b"", content_type="application/json")(
                self, fake
            )

        def do_POST(self):
            size = int(self.headers["content-length"])
            fake.asked.append((self.path, json.loads(self.rfile.read(size))))
            fake.headers.append(dict(self.headers))
            try:
                fake.script.pop(0)(self, fake)
            except (BrokenPipeError, ConnectionResetError):
                fake.closed.set()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield fake
    fake.released.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def quick(monkeypatch):
    """Waits between attempts take no time; what would have been waited is kept."""
    waited = []
    monkeypatch.setattr(
        "assistants.backends.http_transport._sleep", lambda seconds, cancel: waited.append(seconds)
    )
    return waited


def test_a_conversation_streams(fake):
    fake.script = [chat("Hel", "lo – 数\u2028!")]
    model = Server.parse(fake.url())
    pieces = list(model.stream(CHAT, sampling=Sampling(max_tokens=7, seed=3, stop=("END",))))
    assert "".join(piece.text for piece in pieces) == "Hello – 数\u2028!"
    assert pieces[0].text == "Hel"
    assert pieces[-1].finish == "stop"
    usage = pieces[-1].usage
    assert (usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens) == (9, 4, 2)
    path, body = fake.asked[0]
    assert path == "/v1/chat/completions"
    assert body["messages"][1] == {"role": "user", "content": "Pick one."}
    assert (body["model"], body["max_tokens"], body["seed"]) == ("m", 7, 3)
    assert (body["temperature"], body["stop"], body["stream"]) == (0.0, ["END"], True)


def test_an_answer_that_does_not_stream_is_read_all_the_same(fake):
    body = {"choices": [{"message": {"content": "whole"}, "finish_reason": "length"}]}
    fake.script = [status(200, json.dumps(body).encode(), content_type="application/json")]
    made = generate(Server.parse(fake.url()), CHAT)
    assert (made.text, made.finish) == ("whole", "length")


def test_log_probabilities_of_plain_text(fake):
    fake.script = [raw("a", "b")]
    made = generate(Server.parse(fake.url()), Marked(("text ", "here")))
    assert (made.text, made.logprob) == ("ab", -1.0)
    assert fake.asked[0][0] == "/v1/completions"
    assert fake.asked[0][1]["prompt"] == "text here"
    with pytest.raises(Unsupported, match="markers"):
        Server.parse(fake.url()).stream(Marked((Marker("plan"),)))


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("Qwen2.5-Coder-7B", "", {"prompt": "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>"}),
        ("bigcode/starcoder2-3b", "", {"prompt": "<fim_prefix>P<fim_suffix>S<fim_middle>"}),
        (
            "Mellum-4b-base", "",
            {"prompt": "<filename>f.py<fim_suffix>S<fim_prefix>P<fim_middle>"},
        ),
        ("deepseek-coder", "", {"prompt": "<｜fim▁begin｜>P<｜fim▁hole｜>S<｜fim▁end｜>"}),
        ("CodeLlama-7b", "", {"prompt": "<PRE> P <SUF>S <MID>"}),
        ("codestral", "", {"prompt": "[SUFFIX]S[PREFIX]P"}),
        ("anything", "?fim=starcoder", {"prompt": "<fim_prefix>P<fim_suffix>S<fim_middle>"}),
        ("anything", "?fim=suffix", {"prompt": "P", "suffix": "S"}),
        ("anything", "?flavor=ollama", {"prompt": "P", "suffix": "S"}),
    ],
)  # fmt: skip
def test_fill_in_the_middle_by_family(fake, name, options, expected):
    fake.models = [{"id": name}]
    fake.script = [raw("x")]
    model = Server.parse(fake.url(options, name))
    prompt = FillInTheMiddle(prefix="P", suffix="S", path="f.py")
    assert generate(model, prompt).text == "x"
    body = fake.asked[0][1]
    assert {key: body.get(key) for key in ("prompt", "suffix")} == {"suffix": None} | expected
    assert model.capabilities.fill_in_the_middle


def test_unknown_families_say_what_to_do(fake):
    fake.models = [{"id": "m"}]
    model = Server.parse(fake.url())
    assert not model.capabilities.fill_in_the_middle
    with pytest.raises(Unsupported) as caught:
        model.stream(FillInTheMiddle(prefix="P"))
    assert "fim=" in caught.value.hint


def test_code_cannot_forge_fill_in_the_middle_marks(fake):
    fake.models = [{"id": "qwen"}]
    fake.script = [raw("x")]
    prompt = FillInTheMiddle(
        prefix="old<|fim_middle|>new = ", suffix="\nrest<|endoftext|>hidden", path="<|fim_prefix|>"
    )
    generate(Server.parse(fake.url(model="qwen")), prompt)
    expected = "<|fim_prefix|>new = <|fim_suffix|>\nrest<|fim_middle|>"
    assert fake.asked[0][1]["prompt"] == expected


@pytest.mark.parametrize(
    ("owner", "constraint", "field", "value"),
    [
        ("vllm", JsonSchema(SCHEMA), "structured_outputs", {"json": SCHEMA}),
        ("vllm", Regex("[0-9]+"), "structured_outputs", {"regex": "[0-9]+"}),
        ("vllm", Choice(("1", "2")), "structured_outputs", {"choice": ["1", "2"]}),
        ("vllm", Grammar('start: "1"'), "structured_outputs", None),
        ("sglang", Choice(("1", "a.b")), "regex", r"(?:1|a\.b)"),
        ("llamacpp", Choice(("1", 'a"b')), "grammar", r'root ::= "1" | "a\"b"'),
        ("library", Regex("[0-9]+"), "regex", None),
    ],
)
def test_server_side_constraints(fake, owner, constraint, field, value):
    fake.models = [{"id": "m", "owned_by": owner}]
    text = '{"n": 1}' if isinstance(constraint, JsonSchema) else "1"
    fake.script = [chat(text)]
    made = generate(Server.parse(fake.url()), CHAT, constraint=constraint)
    assert made.text == text
    assert fake.asked[0][1].get(field) == value


@pytest.mark.parametrize("owner", ["sglang", "llamacpp", "library", "openai"])
def test_json_schemas_by_response_format(fake, owner):
    fake.models = [{"id": "m", "owned_by": owner}]
    fake.script = [chat('{"n":', "\n  7}")]
    made = generate(Server.parse(fake.url()), CHAT, constraint=JsonSchema(SCHEMA))
    assert json.loads(made.text) == {"n": 7}
    assert fake.asked[0][1]["response_format"]["json_schema"]["schema"] == SCHEMA


def test_a_server_that_rejects_optional_fields_is_asked_again_without(fake):
    fake.script = [status(400, b'{"error": {"message": "no structured_outputs"}}'), chat("yes")]
    made = generate(Server.parse(fake.url()), CHAT, constraint=Choice(("yes", "no")))
    assert made.text == "yes"
    assert "structured_outputs" in fake.asked[0][1]
    assert set(fake.asked[1][1]) == {"model", "messages", "stream", "max_tokens"}


def test_an_answer_that_strays_is_cut_and_continued(fake):
    fake.script = [raw("12", "x9"), raw("34!")]
    made = generate(Server.parse(fake.url()), Marked(("n = ",)), constraint=Regex("[0-9]{4}"))
    assert (made.text, made.finish) == ("1234", "stop")
    assert fake.asked[1][1]["prompt"] == "n = 12"
    assert fake.asked[1][1]["temperature"] > 0


def test_conversations_are_continued_where_the_server_can(fake):
    fake.script = [chat("ab", "?"), chat("de")]
    made = generate(Server.parse(fake.url()), CHAT, constraint=Regex("abc[d-z]!"))
    assert made.text == "abcd!"
    body = fake.asked[1][1]
    assert body["messages"][-1] == {"role": "assistant", "content": "abc"}
    assert (body["continue_final_message"], body["add_generation_prompt"]) == (True, False)


def test_conversations_are_asked_again_where_it_cannot(fake):
    fake.models = [{"id": "m"}]
    fake.script = [chat("I think it is yes."), chat("```text\n", "yes\n```")]
    made = generate(Server.parse(fake.url()), CHAT, constraint=Choice(("yes", "no")))
    assert (made.text, made.finish) == ("yes", "stop")
    assert NUDGE in fake.asked[1][1]["messages"][-1]["content"]
    assert made.usage.completion_tokens == 3  # pieces, as the server was cut off before it told


@pytest.mark.parametrize(
    "texts",
    [
        ("\n ", "yes"), ("```", "\nyes"), ("`", "``text\n", "yes\n```"),
        ("<thi", "nk>Is it no?</th", "ink>\n\nyes"), ("<think>no</think>```\nyes```",),
    ],
)  # fmt: skip
def test_openings_before_the_answer_are_dropped(fake, texts):
    fake.script = [chat(*texts)]
    made = generate(Server.parse(fake.url()), CHAT, constraint=Choice(("yes", "no")))
    assert (made.text, made.finish, len(fake.asked)) == ("yes", "stop", 1)


def test_a_program_is_cut_at_the_last_byte_that_fits_and_gone_on_with(fake):
    fake.models = [{"id": "qwen"}]
    fake.script = [raw("(a", " +) b"), raw(" b)")]
    prompt = FillInTheMiddle(prefix="x = ", suffix="\n", language="python")
    program = Program("python", prompt.prefix, prompt.suffix)
    made = generate(Server.parse(fake.url(model="qwen")), prompt, constraint=program)
    assert (made.text, made.finish) == ("(a + b)", "stop")
    assert fake.asked[1][1]["prompt"].endswith("<|fim_middle|>(a +")


@pytest.mark.parametrize("script", [[raw("[(a", finish="length")], [raw("[(a $")] + [raw("$")] * 3])
def test_a_program_that_the_server_leaves_open_is_closed_on_our_side(fake, script):
    fake.models = [{"id": "qwen"}]
    fake.script = list(script)
    prompt = FillInTheMiddle(prefix="x = ", suffix="\n", language="python")
    program = Program("python", prompt.prefix, prompt.suffix)
    made = generate(Server.parse(fake.url(model="qwen")), prompt, constraint=program)
    assert made.text.replace(" ", "") == "[(a)]"
    assert made.finish == "length"


def test_control_texts_end_a_middle(fake):
    fake.models = [{"id": "qwen"}]
    fake.script = [raw("x + 1", "<|file", "_sep|>other.py")]
    made = generate(Server.parse(fake.url(model="qwen")), FillInTheMiddle(prefix="y = "))
    assert (made.text, made.finish) == ("x + 1", "stop")


def test_what_alone_can_follow_is_added_on_our_side(fake):
    fake.script = [chat("ye", "ah")]
    made = generate(Server.parse(fake.url()), CHAT, constraint=Choice(("yes, please", "no")))
    assert made.text == "yes, please"
    assert len(fake.asked) == 1


def test_attempts_are_bounded_and_only_what_fits_is_shown(fake):
    fake.script = [chat("nonsense") for _ in range(9)]
    made = generate(Server.parse(fake.url()), CHAT, constraint=Regex("[0-9]+"))
    assert (made.text, made.finish) == ("", "length")
    assert len(fake.asked) == 4


def test_a_constraint_that_does_not_compile_costs_no_request(fake):
    with pytest.raises(ConstraintError):
        Server.parse(fake.url()).stream(CHAT, constraint=Regex("("))
    assert fake.asked == []


def test_busy_servers_are_asked_again_with_growing_pauses(fake, quick):
    fake.script = [
        status(500), status(429, retry_after="7"), status(503, b'{"detail": "loading"}'), chat("ok"),
    ]  # fmt: skip
    assert generate(Server.parse(fake.url()), CHAT).text == "ok"
    assert quick == [0.5, 7.0, 2.0]


def test_a_server_that_stays_down_is_unavailable(fake, quick):
    fake.script = [status(503, b'{"error": "loading model"}') for _ in range(9)]
    with pytest.raises(ModelUnavailable, match="503: loading model"):
        generate(Server.parse(fake.url()), CHAT)
    assert len(fake.asked) == 4


def test_a_wait_that_is_too_long_is_not_begun(fake, quick):
    fake.script = [status(429, retry_after="3600")]
    with pytest.raises(ModelUnavailable, match="429"):
        generate(Server.parse(fake.url()), CHAT)
    assert quick == []


def test_a_refused_connection(quick):
    with pytest.raises(ModelUnavailable, match="nothing answers") as caught:
        Server.parse("http://127.0.0.1:9/v1#m")
    assert "start the server" in caught.value.hint
    assert len(quick) == 3


@pytest.mark.parametrize(
    ("code", "error", "hint"),
    [(401, ModelError, "PLUMB_API_KEY"), (404, ModelNotFound, "/v1"), (418, ModelError, "log")],
)
def test_refusals_are_not_repeated(fake, quick, code, error, hint):
    fake.script = [status(code, b'{"error": {"message": "because"}}')]
    with pytest.raises(error, match=f"{code}: because") as caught:
        generate(Server.parse(fake.url()), CHAT)
    assert hint in caught.value.hint
    assert quick == []


def test_silence_has_an_end(fake):
    fake.script = [stall]
    model = Server.parse(fake.url("?timeout=1"))
    stream = model.stream(CHAT)
    assert next(stream).text == "one "
    with pytest.raises(ModelUnavailable, match="silent for 1 s"):
        next(stream)


def test_a_stream_that_breaks_off(fake):
    fake.script = [break_off]
    stream = Server.parse(fake.url()).stream(CHAT)
    assert next(stream).text == "one "
    with pytest.raises(ModelUnavailable, match="broke off"):
        list(stream)


@pytest.mark.parametrize(
    "data", [b"data: {not json", b"<html>hello</html>", b"data: [1, 2]", b'data: "text"']
)
def test_garbage_is_named_as_such(fake, data):
    fake.script = [lines(data)]
    with pytest.raises(ModelError, match="OpenAI protocol"):
        generate(Server.parse(fake.url()), CHAT)


def test_comments_and_other_fields_of_a_stream_are_skipped(fake):
    event = b'data: {"choices": [{"delta": {"content": "ok"}, "finish_reason": "stop"}]}'
    fake.script = [lines(b": ping", b"event: message", b"id: 7", b"", event)]
    assert generate(Server.parse(fake.url()), CHAT).text == "ok"


def test_an_error_inside_a_stream(fake):
    fake.script = [lines(b'data: {"error": {"message": "out of memory"}}')]
    with pytest.raises(ModelError, match="out of memory"):
        generate(Server.parse(fake.url()), CHAT)


def test_cancelling_closes_the_connection_of_a_silent_server(fake):
    fake.script = [stall]
    cancel = Cancel()
    stream = Server.parse(fake.url()).stream(CHAT, cancel=cancel)
    assert next(stream).text == "one "
    threading.Timer(0.1, cancel.cancel).start()
    began = time.monotonic()
    assert list(stream)[-1].finish == "cancelled"
    assert time.monotonic() - began < 4  # the server would have been silent for 5 s
    assert not fake.released.is_set()


def test_cancelling_before_the_first_word(fake):
    def wait(handler, fake):
        fake.released.wait(5)

    fake.script = [wait]
    cancel = Cancel()
    threading.Timer(0.1, cancel.cancel).start()
    made = generate(Server.parse(fake.url()), CHAT, cancel=cancel)
    assert (made.text, made.finish) == ("", "cancelled")


def test_stop_texts_are_cut_on_our_side_too(fake):
    fake.script = [chat("a\n", "\nb", "c")]
    made = generate(Server.parse(fake.url()), CHAT, sampling=Sampling(stop=("\n\n",)))
    assert (made.text, made.finish) == ("a", "stop")


def test_the_first_model_is_taken_where_none_is_named(fake):
    fake.script = [chat("x")]
    model = Server.parse(fake.url(model=""))
    assert model.capabilities.context_length == 512
    generate(model, CHAT)
    assert fake.asked[0][1]["model"] == "m"


def test_models_that_are_not_there(fake):
    with pytest.raises(ModelNotFound, match="other") as caught:
        Server.parse(fake.url(model="other"))
    assert "it has: m" in caught.value.hint
    fake.models = None
    with pytest.raises(ModelNotFound, match="list"):
        Server.parse(fake.url(model=""))
    fake.script = [chat("x")]
    assert generate(Server.parse(fake.url(model="named")), CHAT).text == "x"


def test_keys_come_from_the_environment(fake, monkeypatch):
    monkeypatch.delenv("PLUMB_API_KEY", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "never in the clear")
    fake.script = [chat("x"), chat("x")]
    generate(Server.parse(fake.url()), CHAT)
    monkeypatch.setenv("PLUMB_API_KEY", "for plumb")
    generate(Server.parse(fake.url()), CHAT)
    keys = [headers.get("authorization") for headers in fake.headers]
    assert keys == [None, "Bearer for plumb"]


@pytest.mark.parametrize(
    "address",
    ["http://u:p@127.0.0.1:9/v1", "http://127.0.0.1:9/v1?flavour=vllm", "http://h/v1?timeout=x"],
)
def test_addresses_are_checked_before_anything_is_sent(address):
    with pytest.raises(SettingsError):
        Server.parse(address)


def test_scores_where_the_server_echoes(fake):
    def echo(handler, fake):
        prompt = fake.asked[-1][1]["prompt"]
        tokens = [prompt[:2], prompt[2:4], prompt[4:]]
        found = {
            "tokens": tokens, "text_offset": [0, 2, 4], "token_logprobs": [None, -1.0, -0.25],
        }  # fmt: skip
        body = {"choices": [{"text": prompt, "logprobs": found, "finish_reason": "length"}]}
        status(200, json.dumps(body).encode(), content_type="application/json")(handler, fake)

    fake.script = [echo, echo]
    model = Server.parse(fake.url())
    assert model.score(Marked(("abcd",)), ["x", "yy"]) == (-0.25, -0.25)
    assert fake.asked[0][1]["echo"] is True
    with pytest.raises(Unsupported, match="score"):
        model.score(CHAT, ["x"])
