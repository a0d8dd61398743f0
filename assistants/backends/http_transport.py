"""Requests to an OpenAI-compatible server: retries, time-outs, event streams, cancelling.

Knows HTTP and server-sent events, not prompts. Every request has a connection of its own, so that
cancelling can cut it at any moment, also while the server is still silent.
"""

import contextlib
import json
import logging
import os
import socket
import ssl
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import httpx

from assistants.answer import Json
from assistants.errors import ModelError, ModelNotFound, ModelUnavailable
from assistants.model import Cancel

Event: TypeAlias = dict[str, Any]
"""One decoded JSON object of a server; nothing about its shape is certain."""

CONNECT_SECONDS = 5.0
LONGEST_WAIT = 30.0
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
log = logging.getLogger(__name__)


class Rejected(ModelError):
    """The server understood a request and will not serve it as it is (status 400 or 422)."""


@dataclass(frozen=True)
class Transport:
    """How to reach one server; `base` ends in `/v1`, `seconds` is the longest silence."""

    base: str
    seconds: float = 60.0
    attempts: int = 4
    pause: float = 0.5

    def get(self, path: str) -> Event:
        """Return a JSON document of the server; empty where it has none there."""
        with self._open("GET", path, None, Cancel()) as response:
            if response is None:
                return {}
            return _document(response.read(), self.base)

    def post(self, path: str, body: Mapping[str, Json], cancel: Cancel) -> Iterator[Event]:
        """Yield the objects of an event stream; a plain JSON answer is one object.

        Ends silently when cancelled. Raises `ModelUnavailable` when the stream breaks off.
        """
        with self._open("POST", path, body, cancel) as response:
            if response is None:
                return
            try:
                yield from self._events(response)
            except httpx.TimeoutException as error:
                raise self._silent() from error
            except httpx.HTTPError as error:
                if cancel.cancelled:
                    return
                raise ModelUnavailable(
                    f"{self.base} broke off in the middle of an answer",
                    hint="try again; the server's log says why",
                ) from error

    def _events(self, response: httpx.Response) -> Iterator[Event]:
        kind = response.headers.get("content-type", "")
        if kind.startswith("application/json"):
            yield _document(response.read(), self.base)
            return
        ended = False
        for line in _lines(response):
            if not line.startswith(b"data:"):
                if line.strip() and not line.startswith((b":", b"event:", b"id:", b"retry:")):
                    raise _not_a_stream(self.base, line)
                continue
            data = line[5:].strip()
            if data == b"[DONE]":
                ended = True
                break
            event = _document(data, self.base)
            ended = ended or _finished(event)
            yield event
        if not ended:
            raise httpx.RemoteProtocolError("the stream ended without its end mark")

    @contextlib.contextmanager
    def _open(
        self, method: str, path: str, body: Mapping[str, Json] | None, cancel: Cancel
    ) -> Generator[httpx.Response | None]:
        """Send a request until it is taken; None when cancelled, or for a missing document."""
        for attempt in range(self.attempts):
            line = _Line()
            with contextlib.ExitStack() as stack:
                stack.enter_context(line.cut_by(cancel))
                try:
                    client = stack.enter_context(self._client())
                    response = stack.enter_context(
                        client.stream(method, path, json=body, extensions={"trace": line.trace})
                    )
                except httpx.ConnectError as error:
                    problem, wait = self._unreachable(error), self.pause * 2**attempt
                except httpx.TimeoutException as error:
                    raise self._silent() from error
                except httpx.HTTPError as error:
                    problem, wait = self._unreachable(error), self.pause * 2**attempt
                else:
                    if response.is_success or (method == "GET" and response.status_code == 404):
                        yield response if response.is_success else None
                        return
                    problem, wait = self._refusal(response, path), self.pause * 2**attempt
                    wait = max(wait, _retry_after(response))
            if cancel.cancelled:
                yield None
                return
            last = attempt + 1 == self.attempts
            if last or not isinstance(problem, ModelUnavailable) or wait > LONGEST_WAIT:
                raise problem
            log.info("%s; trying again in %.1f s", problem, wait)
            _sleep(wait, cancel)

    def _client(self) -> httpx.Client:
        host = urlsplit(self.base).hostname or ""
        key = os.environ.get("PLUMB_API_KEY")
        if key is None and self.base.startswith("https:"):  # never in the clear by accident
            key = os.environ.get("OPENAI_API_KEY")
        return httpx.Client(
            base_url=self.base,
            headers={"authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(self.seconds, connect=min(CONNECT_SECONDS, self.seconds)),
            trust_env=host not in LOOPBACK,
            verify=self._certificates if self.base.startswith("https:") else False,
        )

    @cached_property
    def _certificates(self) -> ssl.SSLContext:
        return httpx.create_ssl_context()

    def _unreachable(self, error: Exception) -> ModelError:
        return ModelUnavailable(
            f"nothing answers at {self.base}: {error or type(error).__name__}",
            hint="start the server, or correct the address",
        )

    def _silent(self) -> ModelError:
        return ModelUnavailable(
            f"{self.base} was silent for {self.seconds:g} s",
            hint="try again, or allow more: http://…/v1?timeout=300#MODEL",
        )

    def _refusal(self, response: httpx.Response, path: str) -> ModelError:
        said = _error_text(response.read())
        where = f"{self.base} answered {response.status_code}" + (f": {said}" if said else "")
        match response.status_code:
            case 401 | 403:
                return ModelError(where, hint="set the environment variable PLUMB_API_KEY")
            case 404:
                return ModelNotFound(
                    f"{where} (to {path})", hint="check the model's name and that the path is /v1"
                )
            case 400 | 422:
                return Rejected(where, hint="the server does not take this request")
            case 408 | 429 | 500 | 502 | 503 | 504:
                return ModelUnavailable(where, hint="try again later")
            case _:
                return ModelError(where, hint="the server's log says why")


class _Line:
    """The socket of one request, so that another thread can cut it."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None

    def trace(self, event: str, details: Mapping[str, Any]) -> None:
        """Keep the socket when httpcore has connected it."""
        if event == "connection.connect_tcp.complete":
            self._socket = details["return_value"].get_extra_info("socket")

    @contextlib.contextmanager
    def cut_by(self, cancel: Cancel) -> Generator[None]:
        """Watch a flag while the request lasts."""
        done = threading.Event()

        def watch() -> None:
            while not done.wait(0.05):
                if cancel.cancelled and self._socket is not None:
                    with contextlib.suppress(OSError):
                        self._socket.shutdown(socket.SHUT_RDWR)
                    return

        thread = threading.Thread(target=watch, name="plumb-cancel", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def _lines(response: httpx.Response) -> Iterator[bytes]:
    """Split at line feeds only: JSON text may hold the other characters that end lines."""
    rest = b""
    for chunk in response.iter_bytes():
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
    if rest:
        yield rest


def _document(data: bytes, base: str) -> Event:
    try:
        found: object = json.loads(data)
    except ValueError as error:
        raise _not_a_stream(base, data) from error
    if not isinstance(found, dict):
        raise _not_a_stream(base, data)
    event: Event = found
    if event.get("error"):
        raise ModelError(f"{base} reports: {_error_text(data)}", hint="the server's log says why")
    return event


def _finished(event: Event) -> bool:
    choices = event.get("choices") or [{}]
    return bool(isinstance(choices[0], dict) and choices[0].get("finish_reason"))


def _not_a_stream(base: str, data: bytes) -> ModelError:
    start = data[:60].decode("utf-8", errors="replace")
    return ModelError(
        f"{base} does not speak the OpenAI protocol: it sent {start!r}",
        hint="check the address: it usually ends in /v1",
    )


def _error_text(data: bytes) -> str:
    """Return the message of an error body, on one line."""
    text = data.decode("utf-8", errors="replace")
    with contextlib.suppress(ValueError, AttributeError):
        body: Any = json.loads(text)
        inner = body.get("error", body)
        found = inner if isinstance(inner, str) else inner.get("message") or inner.get("detail")
        text = str(found or inner)
    return " ".join(text.split())[:300]


def _retry_after(response: httpx.Response) -> float:
    """Return the seconds that the server asks to wait; a date is not read."""
    try:
        return max(0.0, float(response.headers.get("retry-after", "0")))
    except ValueError:
        return 0.0


def _sleep(seconds: float, cancel: Cancel) -> None:
    until = time.monotonic() + seconds
    while not cancel.cancelled and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, 0.05))
