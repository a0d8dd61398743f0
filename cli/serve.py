"""`plumb serve`: the OpenAI-compatible server, with the assistants beside the model."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistants.answer import Json
from assistants.errors import InputError, QueryRefused, SettingsError

from .batch_rows import answerer
from .options import ModelOption, SecondsOption
from .rows import Row
from .session import load_model, session_of

if TYPE_CHECKING:
    from assistants.settings import Settings

VERBS = ("solve", "verify", "ask", "query", "complete", "check")
_BUNDLED = frozenset({"finance", "medical"})


def serve(
    ctx: typer.Context,
    *,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="The address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="0 takes a free one.")
    ] = 8642,
    model: ModelOption = None,
    seconds: SecondsOption = None,
    keys: Annotated[
        Path | None,
        typer.Option(
            "--keys", metavar="FILE", help="API keys, one a line; needed beyond this machine.",
            show_default=False,
        ),
    ] = None,
    running: Annotated[
        int, typer.Option("--running", metavar="N", min=1, help="Requests answered at once.")
    ] = 8,
    waiting: Annotated[
        int, typer.Option("--waiting", metavar="N", min=0, help="Requests that may wait; then 429.")
    ] = 32,
) -> None:  # fmt: skip
    """Serve the model and the assistants over HTTP, OpenAI-compatible."""
    session = session_of(ctx)
    out = session.output()
    settings = session.settings(model=model, seconds=seconds)
    from assistants import serving

    options = serving.Options(
        keys=read_keys(keys) if keys else frozenset(),
        running=running,
        waiting=waiting,
        max_tokens=settings.max_tokens,
        temperature=settings.temperature,
    )
    listener = serving.listen(host, port, options)
    with listener:
        loaded = serving.for_many(load_model(out, settings.model))
        verbs = {name: _verb(name, answerer(name, model=loaded, settings=settings), settings)
                 for name in VERBS}  # fmt: skip
        address = listener.getsockname()
        out.note(f"serving on http://{host}:{address[1]}/v1  (Ctrl-C ends it)")
        serving.run(
            serving.create_app(loaded, options, verbs),
            listener=listener,
            log_level=settings.log_level,
        )


def read_keys(file: Path) -> frozenset[str]:
    """Return the keys of a file; lines that start with # are remarks.

    Raises:
        InputError: the file cannot be read.
        SettingsError: it holds no key, or one that is too short to be a secret.
    """
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read as keys", hint="one key a line, UTF-8") from error
    found = frozenset(line.strip() for line in lines if line.strip() and line[0] != "#")
    if not found or min(map(len, found)) < 16 or not all(key.isascii() for key in found):
        raise SettingsError(
            f"{file} holds no usable keys", hint="at least 16 ASCII characters a line"
        )
    return found


def _verb(
    name: str, answer: Callable[[Row], Row], settings: "Settings"
) -> Callable[[Mapping[str, Json]], Mapping[str, Json]]:
    """Return a route's function: errors become rows, and only listed databases are opened."""
    known = _BUNDLED | set(settings.databases)

    def answered(row: Mapping[str, Json]) -> Mapping[str, Json]:
        if name in {"ask", "query"} and row.get("database") not in known:
            raise QueryRefused(
                "that database is not served here", hint=f"known: {', '.join(sorted(known))}"
            )
        if name == "check" and row.get("path"):
            raise InputError("files of the server are not read", hint="send text and language")
        return answer(dict(row))

    return answered
