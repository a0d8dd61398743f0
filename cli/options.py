"""The options that several commands share, each described once."""

from enum import StrEnum
from typing import Annotated

import typer

from . import suggest


class Format(StrEnum):
    """How a result is written to standard output."""

    TEXT = "text"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    MARKDOWN = "markdown"


class Color(StrEnum):
    """When colour is used; `auto` follows NO_COLOR, FORCE_COLOR, TERM and the terminal."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How the result is written.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        metavar="NAME",
        autocompletion=suggest.models,
        help="bundled, none, hf:PATH-OR-ID or http(s)://HOST/v1#NAME.",
        show_default=False,
    ),
]
SecondsOption = Annotated[
    float | None,
    typer.Option(
        "--seconds", metavar="N", min=0.1, help="Time for the whole answer.", show_default=False
    ),
]
