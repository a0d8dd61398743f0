"""`plumb lsp`: the language server that editors start; it speaks on stdin and stdout."""

from pathlib import Path
from typing import Annotated

import typer

from .options import ModelOption
from .session import session_of


def lsp(
    ctx: typer.Context,
    *,
    model: ModelOption = None,
    log_file: Annotated[
        Path | None,
        typer.Option("--log-file", metavar="FILE", help="Write the log here instead of to stderr."),
    ] = None,
) -> None:
    """Start the language server; editors run this for you."""
    session = session_of(ctx)
    session.output()
    settings = session.settings(model=model)
    from lsp import server

    raise typer.Exit(server.main(settings, log_file=log_file))
