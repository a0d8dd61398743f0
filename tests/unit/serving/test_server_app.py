"""The ASGI application: protocol, limits, keys, metrics, and what happens when clients leave."""

import json
import threading

import anyio
import httpx
import pytest

from assistants.answer import Usage
from assistants.backends.ngram import Ngram
from assistants.engine import Counters
from assistants.errors import InputError, QueryRefused
from assistants.model import Capabilities, Token
from assistants.serving import Options, create_app, for_many


class Counting:
    """A model that writes numbers, one a token, as slowly as a test lets it."""

    name = "counting"
    capabilities = Capabilities(context_length=1000, chat=True, fill_in_the_middle=True)

    def __init__(self):
        self.go = threading.Event()
        self.go.set()
        self.active = 0
        self.written = 0
        self.most_active = 0
        self._lock = threading.Lock()

    def stream(self, prompt, /, *, constraint=None, sampling, cancel=None):
        if "boom" in str(prompt):
            raise InputError("cannot read that", hint="write less")
        with self._lock:
            self.active += 1
            self.most_active = max(self.most_active, self.active)
        try:
            for number in range(sampling.max_tokens):
                while not self.go.wait(0.01):
                    if cancel.cancelled:
                        break
                if cancel.cancelled:
                    yield Token(text="", finish="cancelled", usage=Usage(prompt_tokens=3))
                    return
                if "bug" in str(prompt) and number == 1:
                    raise ZeroDivisionError
                self.written += 1
                yield Token(text=f"{number} ", logprob=-0.5)
            usage = Usage(prompt_tokens=3, cached_tokens=2, completion_tokens=sampling.max_tokens)
            yield Token(text="", finish="length", usage=usage)
        finally:
            with self._lock:
                self.active -= 1


@pytest.fixture
def model():
    return Counting()


@pytest.fixture
def anyio_backend():
    return "asyncio"


def client_of(model, verbs=None, **options):
    app = create_app(model, Options(**options), verbs or {})
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://plumb")


def events(text):
    lines = [line.removeprefix("data: ") for line in text.split("\n\n") if line]
    return [line if line == "[DONE]" else json.loads(line) for line in lines]


pytestmark = pytest.mark.anyio


async def test_a_completion(model):
    async with client_of(model) as client:
        done = await client.post("/v1/completions", json={"prompt": "x", "max_tokens": 3})
    body = done.json()
    assert body["object"] == "text_completion"
    assert body["choices"] == [
        {"index": 0, "text": "0 1 2 ", "logprobs": None, "finish_reason": "length"}
    ]
    assert body["usage"] == {
        "prompt_tokens": 3, "completion_tokens": 3, "total_tokens": 6,
        "prompt_tokens_details": {"cached_tokens": 2},
    }  # fmt: skip
    assert done.headers["x-request-id"]


async def test_a_chat_with_two_answers_and_log_probabilities(model):
    body = {"messages": [{"role": "user", "content": "count"}], "max_tokens": 2, "n": 2,
            "logprobs": True}  # fmt: skip
    async with client_of(model) as client:
        done = (await client.post("/v1/chat/completions", json=body)).json()
    assert [choice["message"]["content"] for choice in done["choices"]] == ["0 1 ", "0 1 "]
    first = done["choices"][0]["logprobs"]["content"][0]
    assert first == {"token": "0 ", "logprob": -0.5, "bytes": [48, 32], "top_logprobs": []}
    assert done["usage"]["completion_tokens"] == 4


async def test_a_stream(model):
    body = {"messages": [{"role": "user", "content": "count"}], "max_tokens": 2, "stream": True,
            "stream_options": {"include_usage": True}}  # fmt: skip
    async with client_of(model) as client:
        done = await client.post("/v1/chat/completions", json=body)
    assert done.headers["content-type"].startswith("text/event-stream")
    *chunks, last = events(done.text)
    assert last == "[DONE]"
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    text = "".join(c["choices"][0]["delta"].get("content", "") for c in chunks[:-1])
    assert text == "0 1 "
    assert chunks[-2]["choices"][0]["finish_reason"] == "length"
    assert (chunks[-1]["choices"], chunks[-1]["usage"]["total_tokens"]) == ([], 5)
    assert len({chunk["id"] for chunk in chunks}) == 1


@pytest.mark.parametrize("stream", [False, True])
async def test_errors_of_the_model_are_statuses(model, stream):
    async with client_of(model) as client:
        done = await client.post("/v1/completions", json={"prompt": "boom", "stream": stream})
    assert done.status_code == 400
    assert done.json()["error"] == {
        "message": "cannot read that", "type": "InputError", "param": None, "code": None,
        "hint": "write less",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "error"), [("java", None), ("python", "ConstraintError"), ("cobol", "Unsupported")]
)
async def test_a_program_is_one_of_the_language_that_is_named(language, error):
    """What no program of the language begins with is the request's mistake."""
    body = {
        "prompt": "public class A { public static void main(", "suffix": "\n", "max_tokens": 4,
        "program": {"language": language},
    }  # fmt: skip
    async with client_of(Ngram.installed()) as client:
        done = await client.post("/v1/completions", json=body)
    assert done.status_code == (400 if error else 200)
    assert done.json().get("error", {}).get("type") == error


async def test_a_bug_tells_the_client_nothing(model, caplog):
    async with client_of(model) as client:
        done = await client.post("/v1/completions", json={"prompt": "bug"})
        after = await client.post("/v1/completions", json={"prompt": "x", "max_tokens": 1})
    assert done.status_code == 500
    assert "ZeroDivision" not in done.text
    assert "ZeroDivisionError" in caplog.text
    assert after.status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [("/v1/completion", 404), ("/v1/plumb/nothing", 404), ("/v1/models", 405)],
)
async def test_paths_that_are_not_there(model, path, status):
    async with client_of(model) as client:
        done = await client.post(path, json={})
    assert (done.status_code, "message" in done.json()["error"]) == (status, True)


async def test_another_models_name_is_not_answered(model):
    async with client_of(model) as client:
        done = await client.post("/v1/completions", json={"prompt": "x", "model": "gpt-9"})
        named = await client.post("/v1/completions", json={"prompt": "x", "model": "counting"})
        listed = (await client.get("/v1/models")).json()
    assert (done.status_code, named.status_code) == (404, 200)
    assert [item["id"] for item in listed["data"]] == ["counting"]


async def test_verbs_answer_rows_and_their_errors_are_statuses(model):
    def answer(row):
        if row["database"] != "finance":
            raise QueryRefused("not served", hint="ask finance")
        return {"status": "answered", "verdict": "proved", "answer": "7"}

    async with client_of(model, {"ask": answer}) as client:
        good = await client.post("/v1/plumb/ask", json={"database": "finance"})
        bad = await client.post("/v1/plumb/ask", json={"database": "/etc/passwd"})
        metrics = (await client.get("/metrics")).text
    assert good.json()["answer"] == "7"
    assert (bad.status_code, bad.json()["error"]["message"]) == (403, "not served")
    assert 'plumb_verdicts_total{status="answered",verb="ask",verdict="proved"} 1.0' in metrics


async def test_only_known_keys_open_the_server(model):
    key = "a-long-enough-key"
    async with client_of(model, keys=frozenset({key})) as client:
        statuses = [
            (await client.get("/v1/models", headers=headers)).status_code
            for headers in (
                {}, {"Authorization": "Bearer wrong"}, {"Authorization": key},
                {"Authorization": f"Bearer {key}x"}, {"Authorization": b"Bearer \xff"},
                {"Authorization": f"Bearer {key}"}, {"Authorization": f"bearer {key}"},
            )
        ]  # fmt: skip
        assert (await client.get("/health")).status_code == 200
        assert (await client.get("/metrics")).status_code == 401
    assert statuses == [401, 401, 401, 401, 401, 200, 200]


async def test_bodies_have_a_size_announced_or_not(model):
    async def chunks():
        for _ in range(20):
            yield b" " * 100

    async with client_of(model, max_body=1000) as client:
        announced = await client.post("/v1/completions", content=b" " * 1001)
        hidden = await client.post("/v1/completions", content=chunks())
        small = await client.post("/v1/completions", json={"prompt": "x", "max_tokens": 1})
    assert (announced.status_code, hidden.status_code, small.status_code) == (413, 413, 200)


async def test_more_than_fit_are_told_when_to_come_back(model):
    model.go.clear()
    statuses = []

    async with client_of(model, running=1, waiting=1) as client:

        async def ask():
            done = await client.post("/v1/completions", json={"prompt": "x", "max_tokens": 2})
            statuses.append(done.status_code)

        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            group.start_soon(ask)
            while "plumb_waiting 1.0" not in (await client.get("/metrics")).text:
                await anyio.sleep(0.01)
            refused = await client.post("/v1/completions", json={"prompt": "x"})
            assert (await client.get("/ready")).status_code == 503
            assert (await client.get("/health")).status_code == 200
            model.go.set()
        assert (await client.get("/ready")).status_code == 200
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert statuses == [200, 200]
    assert model.most_active == 1


async def test_the_time_limit_ends_an_answer(model):
    async with client_of(model, seconds=0.05) as client:
        model.go.clear()
        async with anyio.create_task_group() as group:

            async def later():
                await anyio.sleep(0.2)
                model.go.set()

            group.start_soon(later)
            done = await client.post("/v1/completions", json={"prompt": "x", "max_tokens": 500})
    assert done.status_code == 200
    assert done.json()["usage"]["completion_tokens"] < 500
    assert done.json()["choices"][0]["finish_reason"] == "length"


async def test_a_verb_that_takes_too_long_is_a_504(model):
    let_go = threading.Event()
    async with client_of(model, {"slow": lambda _: let_go.wait(20) and {}}, seconds=0.05) as client:
        done = await client.post("/v1/plumb/slow", json={})
        let_go.set()
    assert done.status_code == 504


@pytest.mark.parametrize("stream", [False, True])
async def test_a_client_that_leaves_stops_its_decoding(model, stream):
    """Straight ASGI: httpx's transport cannot hang up."""
    body = json.dumps({"prompt": "x", "max_tokens": 10**6, "stream": stream}).encode()
    app = create_app(model, Options(running=1, max_tokens=10**6))
    gone = anyio.Event()
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        if messages:
            return messages.pop(0)
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        await anyio.sleep(0)

    scope = {"type": "http", "asgi": {"spec_version": "2.3"}, "method": "POST", "headers": [],
             "path": "/v1/completions", "query_string": b"", "root_path": "", "scheme": "http",
             "server": ("plumb", 80), "http_version": "1.1"}  # fmt: skip
    async with anyio.create_task_group() as group:
        group.start_soon(app, scope, receive, send)
        while not model.active:
            await anyio.sleep(0.01)
        gone.set()
    assert model.written < 10**6
    with anyio.fail_after(20):
        while model.active:
            await anyio.sleep(0.01)


async def test_metrics_count_tokens_and_never_hold_a_prompt(model):
    async with client_of(model) as client:
        await client.post("/v1/completions", json={"prompt": "secret words", "max_tokens": 4})
        await client.get("/some/scanned/path")
        text = (await client.get("/metrics")).text
    assert 'plumb_tokens_total{kind="completion"} 4.0' in text
    assert 'plumb_tokens_total{kind="cached"} 2.0' in text
    assert "plumb_first_token_seconds_count 1.0" in text
    assert 'plumb_requests_total{route="/v1/completions",status="200"} 1.0' in text
    assert 'plumb_requests_total{route="other",status="404"} 1.0' in text
    assert "secret" not in text
    assert "scanned" not in text


class Batching(Counting):
    """Counts as an engine does, and knows a way for many streams."""

    counters = Counters(prompts=4, hits=3, mask_seconds=0.25, cache_bytes=512, waiting=2)

    def batched(self):
        other = Batching()
        other.name = "together"
        return other


async def test_metrics_of_the_engine_stand_beside():
    async with client_of(Batching()) as client:
        text = (await client.get("/metrics")).text
    assert "plumb_engine_hits_total 3.0" in text
    assert "plumb_engine_mask_seconds_total 0.25" in text
    assert "# TYPE plumb_engine_cache_bytes gauge\nplumb_engine_cache_bytes 512.0" in text
    assert "plumb_engine_waiting 2.0" in text


async def test_a_server_takes_the_way_for_many_where_there_is_one():
    assert for_many(Batching()).name == "together"
    plain = Counting()
    assert for_many(plain) is plain
    assert for_many(None) is None


async def test_without_a_model_the_verbs_still_answer():
    async with client_of(None, {"solve": lambda row: {"answer": row["question"]}}) as client:
        done = await client.post("/v1/completions", json={"prompt": "x"})
        solved = await client.post("/v1/plumb/solve", json={"question": "q"})
        listed = (await client.get("/v1/models")).json()
    assert (done.status_code, solved.json(), listed["data"]) == (404, {"answer": "q"}, [])
