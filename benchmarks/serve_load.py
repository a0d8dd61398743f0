"""`plumb serve` under more load than it takes, from clients that behave and clients that do not.

    python benchmarks/serve_load.py [--quick] [--seconds 600]

Starts the server on a free port of this machine and keeps twice as many clients busy as it has
places to run and to wait. Most ask for completions, half of them streamed; the others hang up in
the middle, send garbage, send bodies that are too large, or announce a body and never send it.
Counted are statuses, answers that differ from those of the quiet server, refusals without
`Retry-After`, and how long refusals took; watched are memory and threads of the server, and
whether it is idle again at the end and stops by SIGTERM. Linux only (/proc).
"""

import argparse
import asyncio
import json
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from _record import HERE, record

RUNNING, WAITING = 8, 8
BODY_LIMIT = 1 << 20
PROMPTS = (
    ("python", "def add(a, b):\n    return "),
    ("python", "import os\n\nfor name in os."),
    ("python", "class Point:\n    def __init__(self, x, y):\n        "),
    ("java", "public class A { public static void main("),
)
CONSTRAINTS: tuple[dict[str, Any], ...] = (
    {},
    {"guided_regex": "[a-z ]{1,20}"},
    {"guided_choice": ["yes", "no"]},
    {"suffix": "\n", "program": {}},
)
"""A program is one of its prompt's language."""
GARBAGE = (
    b"", b"{", b"\xff\xfe\x00", b"[1, 2]", b'{"prompt": 7}', b'{"prompt": "x", "max_tokens": -1}',
    b'{"prompt": "x", "guided_regex": "("}', b"[" * 5000, b'{"prompt": "x", "model": "other"}',
)  # fmt: skip


def options(parser: argparse.ArgumentParser) -> None:
    """Add the duration and the model."""
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--model", default="bundled")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Return every figure."""
    return asyncio.run(_measure(arguments.model, 20.0 if arguments.quick else arguments.seconds))


@dataclass(slots=True)
class Seen:
    """What the clients saw, and until when they go on."""

    until: float
    statuses: Counter[str] = field(default_factory=Counter[str])
    wrong: int = 0
    without_retry_after: int = 0
    refused: list[float] = field(default_factory=list[float])
    answered: list[float] = field(default_factory=list[float])
    tokens: int = 0


async def _measure(model: str, seconds: float) -> Mapping[str, Any]:
    clients = 2 * (RUNNING + WAITING)
    async with _server(model) as (process, address):
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
            expected = {key: await _text(client, _body(key)) for key in _keys()}
            before = _process(process.pid)
            seen = Seen(time.monotonic() + seconds)
            kinds = [_ask, _ask, _stream, _stream, _hang_up, _garbage, _enormous, _never_sent]
            turns = [
                _client(kinds[number % len(kinds)], client, expected, seen, number)
                for number in range(clients)
            ]
            peak = asyncio.create_task(_watch(process.pid, seen.until))
            await asyncio.gather(*turns)
            top = await peak
            idle = await _idle(client)
            after = _process(process.pid)
            again = {key: await _text(client, _body(key)) for key in _keys()}
            metrics = (await client.get("/metrics")).text
        process.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(process.wait, 60)
    return {
        "seconds": seconds,
        "clients": clients,
        "running_and_waiting": RUNNING + WAITING,
        "statuses": dict(sorted(seen.statuses.items())),
        "answers_that_differ": seen.wrong,
        "well_formed_called_bad": sum(
            count
            for name, count in seen.statuses.items()
            if name in {f"{kind} 400" for kind in ("completion", "stream", "hang-up")}
        ),
        "differ_afterwards": sum(again[key] != expected[key] for key in expected),
        "refusals_without_retry_after": seen.without_retry_after,
        "refusal_p95_ms": _p95(seen.refused),
        "answer_p95_ms": _p95(seen.answered),
        "tokens": seen.tokens,
        "memory_mib": {"before": before["memory"], "peak": top, "after": after["memory"]},
        "threads": {"before": before["threads"], "after": after["threads"]},
        "open_files": {"before": before["files"], "after": after["files"]},
        "idle_again": idle,
        "exit_code": code,
        "server": _figures(metrics),
    }


@asynccontextmanager
async def _server(model: str) -> AsyncGenerator[tuple[subprocess.Popen[str], str]]:
    command = [
        sys.executable, "plumb_launcher.py", "serve", "--port", "0", "--model", model,
        "--running", str(RUNNING), "--waiting", str(WAITING),
    ]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=HERE.parent, stderr=subprocess.PIPE, text=True, stdout=subprocess.DEVNULL
    )
    try:
        assert process.stderr is not None
        line = ""
        while "serving on" not in line:
            line = await asyncio.to_thread(process.stderr.readline)
            if not line:
                raise RuntimeError("the server did not start")
        found = re.search(r"http://\S+:\d+", line)
        assert found is not None
        drain = asyncio.create_task(asyncio.to_thread(process.stderr.read))
        async with httpx.AsyncClient(base_url=found[0], timeout=120) as client:
            while not await _is_up(client):
                await asyncio.sleep(0.1)
        yield process, found[0]
        process.kill()
        await drain
    finally:
        process.kill()
        process.wait()


async def _is_up(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/health")).status_code == 200
    except httpx.TransportError:
        return False


def _keys() -> list[tuple[int, int]]:
    return [(prompt, extra) for prompt in range(len(PROMPTS)) for extra in range(len(CONSTRAINTS))]


def _body(key: tuple[int, int], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    (language, prompt), asked = PROMPTS[key[0]], CONSTRAINTS[key[1]]
    if "program" in asked:
        asked = {**asked, "program": {"language": language}}
    return {"prompt": prompt, "max_tokens": 24, **asked, **more}


async def _text(client: httpx.AsyncClient, body: Mapping[str, Any]) -> str:
    done = await client.post("/v1/completions", json=body)
    done.raise_for_status()
    return done.json()["choices"][0]["text"]


Kind = Callable[
    [httpx.AsyncClient, Mapping[Any, str], Seen, random.Random], Coroutine[Any, Any, None]
]


async def _client(
    kind: Kind, client: httpx.AsyncClient, expected: Mapping[Any, str], seen: Seen, number: int
) -> None:
    generator = random.Random(number)
    while time.monotonic() < seen.until:
        try:
            await kind(client, expected, seen, generator)
        except httpx.TransportError as error:
            seen.statuses[f"{kind.__name__[1:]} {type(error).__name__}"] += 1


def _note(seen: Seen, done: httpx.Response, began: float, kind: str) -> bool:
    """Count a response; return whether it is an answer."""
    took = 1e3 * (time.monotonic() - began)
    seen.statuses[f"{kind} {done.status_code}"] += 1
    if done.status_code == 429:
        seen.refused.append(took)
        seen.without_retry_after += not done.headers.get("retry-after", "").isdigit()
    elif done.status_code == 200:
        seen.answered.append(took)
    return done.status_code == 200


async def _back_off(done: httpx.Response) -> None:
    """Come back a little too early, so that the load stays at twice what is taken."""
    if done.status_code == 429:
        await asyncio.sleep(0.2)


async def _ask(
    client: httpx.AsyncClient, expected: Mapping[Any, str], seen: Seen, generator: random.Random
) -> None:
    key, began = generator.choice(_keys()), time.monotonic()
    done = await client.post("/v1/completions", json=_body(key))
    if _note(seen, done, began, "completion"):
        body = done.json()
        seen.wrong += body["choices"][0]["text"] != expected[key]
        seen.tokens += body["usage"]["completion_tokens"]
    await _back_off(done)


async def _stream(
    client: httpx.AsyncClient, expected: Mapping[Any, str], seen: Seen, generator: random.Random
) -> None:
    key, began = generator.choice(_keys()), time.monotonic()
    async with client.stream("POST", "/v1/completions", json=_body(key, stream=True)) as done:
        lines = [line async for line in done.aiter_lines()]
    if _note(seen, done, began, "stream"):
        events = [line.removeprefix("data: ") for line in lines if line.startswith("data: {")]
        chunks = [json.loads(event)["choices"][0] for event in events]
        text = "".join(chunk["text"] for chunk in chunks)
        seen.wrong += text != expected[key] or "data: [DONE]" not in lines
        seen.tokens += len(chunks) - 1
    await _back_off(done)


async def _hang_up(
    client: httpx.AsyncClient, _: Mapping[Any, str], seen: Seen, generator: random.Random
) -> None:
    body = _body(generator.choice(_keys()), stream=True, max_tokens=200)
    began = time.monotonic()
    async with client.stream("POST", "/v1/completions", json=body) as done:
        _note(seen, done, began, "hang-up")
        left = generator.randrange(6)
        async for _line in done.aiter_lines():
            left -= 1
            if left <= 0:
                break
    await _back_off(done)


async def _garbage(
    client: httpx.AsyncClient, _: Mapping[Any, str], seen: Seen, generator: random.Random
) -> None:
    began = time.monotonic()
    done = await client.post("/v1/completions", content=generator.choice(GARBAGE))
    _note(seen, done, began, "garbage")
    await asyncio.sleep(0.05)


async def _enormous(
    client: httpx.AsyncClient, _: Mapping[Any, str], seen: Seen, generator: random.Random
) -> None:
    async def pieces() -> AsyncGenerator[bytes]:  # no length is announced
        yield b'{"prompt": "'
        for _ in range(BODY_LIMIT >> 14):
            yield b"x" * (1 << 15)

    began = time.monotonic()
    content = pieces() if generator.random() < 0.5 else b"y" * (4 * BODY_LIMIT)
    done = await client.post("/v1/completions", content=content)
    _note(seen, done, began, "enormous")
    await asyncio.sleep(0.2)


async def _never_sent(
    client: httpx.AsyncClient, __: Mapping[Any, str], seen: Seen, generator: random.Random
) -> None:
    _, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    writer.write(b"POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{")
    await writer.drain()
    await asyncio.sleep(generator.random())
    writer.close()
    seen.statuses["never sent"] += 1


async def _watch(process: int, until: float) -> float:
    peak = 0.0
    while time.monotonic() < until:
        peak = max(peak, _process(process)["memory"])
        await asyncio.sleep(1)
    return peak


async def _idle(client: httpx.AsyncClient) -> bool:
    """Whether nothing runs or waits any more, within half a minute."""
    for _ in range(60):
        figures = _figures((await client.get("/metrics")).text)
        if not figures["running"] and not figures["waiting"] and not figures["engine_waiting"]:
            return True
        await asyncio.sleep(0.5)
    return False


def _figures(metrics: str) -> dict[str, float]:
    """Return the server's own figures that are a single number."""
    found = re.findall(r"^plumb_(\w+) ([0-9.e+]+)$", metrics, re.MULTILINE)
    return {name: float(value) for name, value in found if not name.endswith("_created")}


def _process(number: int) -> dict[str, Any]:
    folder = Path(f"/proc/{number}")
    status = (folder / "status").read_text("ascii", errors="replace")
    values = dict(re.findall(r"^(VmRSS|Threads):\s*(\d+)", status, re.MULTILINE))
    return {
        "memory": round(int(values["VmRSS"]) / 1024, 1),
        "threads": int(values["Threads"]),
        "files": len(list((folder / "fd").iterdir())),
    }


def _p95(values: list[float]) -> float | None:
    return float(np.quantile(values, 0.95)) if values else None


if __name__ == "__main__":
    record("serve_load", measure, options=options)
