"""Runs the application on uvicorn: one process, stopped gracefully by SIGTERM or Ctrl-C."""

import ipaddress
import socket
import sys

import uvicorn
from starlette.types import ASGIApp

from assistants.errors import InputError, SettingsError

from .app import Options

_SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter while others want it; Python's default is ten times
that, and with a thread a stream the event loop would wait for several of them at every turn."""


def run(
    app: ASGIApp, *, listener: socket.socket, grace: float = 30.0, log_level: str = "warning"
) -> None:
    """Serve until a signal comes; answers under way then get `grace` seconds to end."""
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        log_level=log_level,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=int(grace),
        h11_max_incomplete_event_size=64 << 10,
    )
    sys.setswitchinterval(_SWITCH_SECONDS)
    uvicorn.Server(config).run(sockets=[listener])


def listen(host: str, port: int, options: Options) -> socket.socket:
    """Open the port; 0 takes a free one.

    Raises:
        SettingsError: other machines could reach it and no key is asked for.
        InputError: the port cannot be opened.
    """
    if not options.keys and not _is_loopback(host):
        raise SettingsError(
            f"{host} can be reached by other machines, and no API key is asked for",
            hint="name a file of keys with --keys, or listen on 127.0.0.1",
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise InputError(
            f"{host}:{port} cannot be listened on: {error.strerror or error}",
            hint="name another --port, or 0 for a free one",
        ) from error
    return listener


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
