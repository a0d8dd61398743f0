"""The OpenAI-compatible server as an ASGI application over any `Model`.

    GET  /v1/models · POST /v1/completions · POST /v1/chat/completions     OpenAI's protocol
    POST /v1/plumb/NAME                                                    routes of the caller
    GET  /health (alive) · GET /ready (takes requests) · GET /metrics

Routes of the caller are functions from one JSON object to another, run in a thread; this package
knows models only.
"""

import asyncio
import logging
import time
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Coroutine,
    Iterator,
    Mapping,
)
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol, TypeVar, runtime_checkable

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from assistants.answer import Json, Usage
from assistants.errors import PlumbError, Unsupported
from assistants.model import Cancel, Model, Token

from . import requests
from .bridge import Threads
from .gate import Busy, Gate
from .metrics import Metrics
from .middleware import Access, BodyLimit, Keys
from .requests import Job, Limits
from .responses import DONE, Envelope, error_body, error_of, event

logger = logging.getLogger(__name__)

Row = Mapping[str, Json]
T = TypeVar("T")

_OPEN = frozenset({"/health", "/ready"})
_BODY_SECONDS = 30
_STATUS = {2: 400, 3: 503, 4: 403, 1: 504}
"""HTTP status by exit code: usage, model, database, deadline; the rest is our bug."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What one server allows. `keys` empty means that no key is asked for."""

    keys: frozenset[str] = field(default=frozenset(), repr=False)
    running: int = 8
    waiting: int = 32
    seconds: float = 120.0
    """From the first token's turn to the end of the answer."""
    max_body: int = 1 << 20
    max_tokens: int = 512
    temperature: float = 0.0


@runtime_checkable
class Batching(Protocol):
    """A model that can decode many streams together, which is another way than for one."""

    def batched(self) -> Model:
        """Return the same model for many streams at once."""
        ...


def for_many(model: Model | None) -> Model | None:
    """Return a model as a server wants it: together, where it can decode many streams so."""
    return model.batched() if isinstance(model, Batching) else model


class Server:
    """The state behind the routes."""

    def __init__(
        self,
        model: Model | None,
        options: Options,
        verbs: Mapping[str, Callable[[Row], Row]],
    ) -> None:
        self._model, self._options, self._verbs = model, options, verbs
        self._limits = Limits(max_tokens=options.max_tokens, temperature=options.temperature)
        self._gate = Gate(running=options.running, waiting=options.waiting)
        self._threads = Threads(options.running)
        self.metrics = Metrics(lambda: self._gate.running, lambda: self._gate.waiting, model)

    async def models(self, _: Request) -> Response:
        """`GET /v1/models`."""
        names = [self._model.name] if self._model else []
        data = [
            {"id": name, "object": "model", "created": 0, "owned_by": "plumb"} for name in names
        ]
        return JSONResponse({"object": "list", "data": data})

    async def completions(self, request: Request) -> Response:
        """`POST /v1/completions`."""
        return await self._generate(request, requests.completion)

    async def chat(self, request: Request) -> Response:
        """`POST /v1/chat/completions`."""
        return await self._generate(request, requests.chat)

    async def verb(self, request: Request) -> Response:
        """`POST /v1/plumb/NAME`: one row in, one row out, as in batch."""
        name = request.path_params["name"]
        answer = self._verbs.get(name)
        if answer is None:
            raise HTTPException(404, f"there is no {name} here; known: {', '.join(self._verbs)}")
        row = requests.read_body(await self._body(request))
        async with self._gate.enter():
            with anyio.fail_after(self._options.seconds):
                done = await self._threads.call(lambda: answer(row))
        self.metrics.answered(name, done)
        return JSONResponse(done)

    async def health(self, _: Request) -> Response:
        """`GET /health`: the process answers."""
        return JSONResponse({"status": "alive"})

    async def ready(self, _: Request) -> Response:
        """`GET /ready`: 503 while no place is left to wait, so that others get the requests."""
        if self._gate.full:
            return JSONResponse({"status": "full"}, status_code=503)
        return JSONResponse({"status": "ready"})

    async def show_metrics(self, _: Request) -> Response:
        """`GET /metrics`."""
        return Response(self.metrics.text(), media_type=Metrics.content_type)

    async def _body(self, request: Request) -> bytes:
        with anyio.fail_after(_BODY_SECONDS):
            return await request.body()

    async def _generate(
        self, request: Request, read: Callable[[requests.Body, Limits], Job]
    ) -> Response:
        arrived = time.monotonic()
        job = read(requests.read_body(await self._body(request)), self._limits)
        model = self._model_for(job)
        envelope = Envelope(model=model.name, chat=job.chat, logprobs=job.logprobs)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._gate.enter())
            tokens = await stack.enter_async_context(self._tokens(model, job, arrived))
            if not job.stream:
                return await self._whole(request, envelope, job, tokens)
            # The first token decides between an error status and a stream.
            first = await anext(tokens, None)
            rest = stack.pop_all()
        events = self._events(envelope, job, first, tokens, rest)
        return EventStream(events)

    def _model_for(self, job: Job) -> Model:
        if self._model is None:
            raise HTTPException(404, "no model is served here")
        if job.model and job.model != self._model.name:
            raise HTTPException(404, f"there is no model {job.model!r} here: {self._model.name}")
        return self._model

    @asynccontextmanager
    async def _tokens(
        self, model: Model, job: Job, arrived: float
    ) -> AsyncGenerator[AsyncIterator[tuple[int, Token]]]:
        deadline = time.monotonic() + self._options.seconds

        def make(cancel: Cancel) -> Iterator[tuple[int, Token]]:
            for index, (prompt, sampling) in enumerate(job.choices):
                stream = model.stream(
                    prompt, constraint=job.constraint, sampling=sampling, cancel=cancel
                )
                for token in stream:
                    if time.monotonic() > deadline:
                        cancel.cancel()
                    yield index, token

        async with self._threads.items(make) as items:
            yield self._counted(items, arrived)

    async def _counted(
        self, items: AsyncIterator[tuple[int, Token]], arrived: float
    ) -> AsyncGenerator[tuple[int, Token]]:
        first = True
        async for index, token in items:
            if first:
                self.metrics.first_token(time.monotonic() - arrived)
                first = False
            if token.usage is not None:
                self.metrics.used(token.usage)
            yield index, token

    async def _whole(
        self,
        request: Request,
        envelope: Envelope,
        job: Job,
        tokens: AsyncIterator[tuple[int, Token]],
    ) -> Response:
        """Collect the answer, or give up when the client does."""
        choices: list[list[Token]] = [[] for _ in job.choices]

        async def collect() -> Usage:
            usage = Usage()
            async for index, token in tokens:
                choices[index].append(token)
                usage += token.usage or Usage()
            return usage

        usage = await _unless_gone(request, collect())
        return JSONResponse(envelope.whole(choices, usage))

    async def _events(
        self,
        envelope: Envelope,
        job: Job,
        first: tuple[int, Token] | None,
        tokens: AsyncIterator[tuple[int, Token]],
        stack: AsyncExitStack,
    ) -> AsyncGenerator[bytes]:
        """Write server-sent events; `stack` holds the turn and the thread until the last one."""
        usage, opened = Usage(), -1
        async with stack:
            try:
                async for index, token in _chained(first, tokens):
                    if job.chat and index != opened:
                        opened = index
                        yield event(envelope.opening(index))
                    usage += token.usage or Usage()
                    yield event(envelope.chunk(index, token))
            except PlumbError as error:
                yield event(error_of(error))
                return
        if job.include_usage:
            yield event(envelope.closing(usage))
        yield DONE


class EventStream(StreamingResponse):
    """Server-sent events that end when the client goes, their generator closed at once."""

    def __init__(self, events: AsyncGenerator[bytes]) -> None:
        super().__init__(events, media_type="text/event-stream")
        self._events = events
        self.headers["Cache-Control"] = "no-store"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        async with aclosing(self._events):
            await super().__call__(scope, receive, send)


async def _chained(first: T | None, rest: AsyncIterator[T]) -> AsyncGenerator[T]:
    if first is not None:
        yield first
    async for item in rest:
        yield item


async def _unless_gone(request: Request, work: Coroutine[None, None, T]) -> T:
    """Return what `work` returns, or stop it when the client closes the connection."""
    working = asyncio.ensure_future(work)
    watching = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        working.cancel()
        watching.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _error(status: int, body: dict[str, Json], **headers: str) -> Response:
    return JSONResponse(body, status_code=status, headers=headers)


async def _on_plumb_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, PlumbError)  # noqa: S101 - registered for it
    status = 400 if isinstance(error, Unsupported) else _STATUS.get(error.exit_code, 500)
    return _error(status, error_of(error))


async def _on_busy(_: Request, error: Exception) -> Response:
    assert isinstance(error, Busy)  # noqa: S101 - registered for it
    after = str(error.retry_after)
    body = error_body("too many requests", "Busy", f"try again in {after} s")
    return _error(429, body, **{"Retry-After": after})


async def _on_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    return _error(
        error.status_code, error_body(error.detail, "HTTPException"), **dict(error.headers or {})
    )


async def _on_timeout(_: Request, __: Exception) -> Response:
    body = error_body("the answer took too long", "DeadlineExceeded", "ask for less")
    return _error(504, body)


async def _on_gone(_: Request, __: Exception) -> Response:
    return Response(status_code=499)  # nobody reads it; the log and the metrics count it


async def _on_bug(_: Request, error: Exception) -> Response:
    logger.error("a request failed", exc_info=error)
    return _error(500, error_body("the server failed", "InternalError", "see the server's log"))


def create_app(
    model: Model | None,
    options: Options = Options(),
    verbs: Mapping[str, Callable[[Row], Row]] = MappingProxyType({}),
) -> ASGIApp:
    """Return the application; `verbs` become `POST /v1/plumb/NAME`."""
    server = Server(model, options, verbs)
    paths = {
        "/v1/models": server.models,
        "/health": server.health,
        "/ready": server.ready,
        "/metrics": server.show_metrics,
    }
    posts = {
        "/v1/completions": server.completions,
        "/v1/chat/completions": server.chat,
        "/v1/plumb/{name}": server.verb,
    }
    routes = [Route(path, endpoint) for path, endpoint in paths.items()]
    routes += [Route(path, endpoint, methods=["POST"]) for path, endpoint in posts.items()]
    labels = frozenset({*paths, *posts, *(f"/v1/plumb/{name}" for name in verbs)})
    app: ASGIApp = Starlette(
        routes=routes,
        exception_handlers={
            PlumbError: _on_plumb_error,
            Busy: _on_busy,
            HTTPException: _on_http,
            TimeoutError: _on_timeout,
            ClientDisconnect: _on_gone,
            Exception: _on_bug,
        },
    )
    app = BodyLimit(app, options.max_body)
    if options.keys:
        app = Keys(app, options.keys, _OPEN)
    return Access(app, server.metrics.finished, labels)
