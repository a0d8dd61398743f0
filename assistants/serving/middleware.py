"""What stands before every route: the log line, the key, the size of the body."""

import hmac
import json
import logging
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistants.answer import Json

from .responses import error_body

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Access:
    """One structured log line a request, without its content; an id that the client gets too."""

    app: ASGIApp
    finished: Callable[[str, int, float], None]
    labels: frozenset[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request and note how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, name = time.monotonic(), uuid.uuid4().hex
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", name.encode())]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            seconds = time.monotonic() - began
            # Unknown paths share one label: a scanner must not fill the memory with counters.
            route = scope["path"] if scope["path"] in self.labels else "other"
            self.finished(route, status, seconds)
            line = {
                "id": name,
                "method": scope["method"],
                "route": route,
                "status": status,
                "seconds": round(seconds, 4),
            }
            logger.info("%s", json.dumps(line))


@dataclass(frozen=True, slots=True)
class Keys:
    """`Authorization: Bearer KEY` on every path that is not `open`."""

    app: ASGIApp
    keys: frozenset[str]
    open: frozenset[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let requests with a known key through."""
        if scope["type"] != "http" or scope["path"] in self.open or self._known(scope):
            await self.app(scope, receive, send)
            return
        body = error_body("no valid API key", "Unauthorized", "Authorization: Bearer KEY")
        await _answer(send, 401, body, {"WWW-Authenticate": "Bearer"})

    def _known(self, scope: Scope) -> bool:
        given = dict(scope["headers"]).get(b"authorization", b"")
        scheme, _, key = given.partition(b" ")
        if scheme.lower() != b"bearer":
            return False
        # Each comparison takes constant time: the answer's delay tells nothing of a key.
        return any(hmac.compare_digest(key.strip(), known.encode()) for known in self.keys)


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """413 for a body over `limit` bytes, announced or not."""

    app: ASGIApp
    limit: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass requests on, counting what arrives."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > self.limit:
            await _answer(send, 413, self._too_large(), {"Connection": "close"})
            return
        read = 0

        async def counting() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.limit:
                raise HTTPException(413, f"the body is over {self.limit} bytes")
            return message

        await self.app(scope, counting, send)

    def _too_large(self) -> dict[str, Json]:
        return error_body(f"the body is over {self.limit} bytes", "TooLarge", "send less")


async def _answer(
    send: Send, status: int, body: Mapping[str, Json], headers: Mapping[str, str]
) -> None:
    data = json.dumps(body).encode()
    named = {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}
    pairs = [(name.lower().encode(), value.encode()) for name, value in named.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": data})
