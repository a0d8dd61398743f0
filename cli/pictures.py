"""Pictures of solutions: in the terminal, as .svg and .png files, and in a page of HTML.

A picture is an extra: where there is none, one line on stderr says why, and the answer stands.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistants.errors import InputError, OutputError

from .options import Format
from .output import Output
from .png import check_png, png_of
from .safe_text import printable

if TYPE_CHECKING:
    from assistants.answer import Answer
    from math_solver import Solution
    from math_solver.pictures import Scene

ENDINGS = (".svg", ".png")
_STYLES = {0: "cyan", 1: "yellow", 2: "green", 3: "magenta", -2: "dim", -3: "bold"}

PlotOption = Annotated[
    bool,
    typer.Option("--plot", help="Draw it in the terminal, or into FILE.svg or FILE.png after it."),
]
PlotFileOption = Annotated[
    Path | None, typer.Option("--plot-file", metavar="FILE", hidden=True, show_default=False)
]
PageOption = Annotated[
    Path | None,
    typer.Option(
        "--html",
        metavar="FILE",
        help="Write one page with the steps, their checks and the picture.",
        show_default=False,
    ),
]


def check_picture(path: Path | None) -> None:
    """Refuse a file that no picture can be written to, before anything is solved."""
    if path is None:
        return
    if path.suffix.lower() not in ENDINGS:
        raise InputError(
            f"'{path}' ends in none of {', '.join(ENDINGS)}", hint="the ending says what is written"
        )
    if path.suffix.lower() == ".png":
        check_png()


def pictured(
    out: Output,
    question: str,
    answer: "Answer[Solution]",
    *,
    plot: bool,
    file: Path | None,
    html: Path | None,
) -> None:
    """Draw a solution where it was asked for."""
    if not (plot or file or html):
        return
    said = answer.best.candidate.text() if answer.best is not None else ""
    scene = drawn(out, question, said)
    if scene is not None and file is not None:
        write_scene(out, scene, file)
    elif scene is not None and plot:
        show_scene(out, scene)
    if html is not None:
        from math_solver.pictures import page

        _written(html, page(question, answer, scene).encode())
        out.note(f"wrote {html}")


def drawn(out: Output, question: str, answer: str) -> "Scene | None":
    """Return the picture of a question and its answer; None, with a line on stderr, for none."""
    from math_solver.pictures import NoPicture, picture

    try:
        with out.busy("drawing"):
            return picture(question, answer)
    except NoPicture as error:
        out.note(f"no picture: {error}")
        return None


def show_scene(out: Output, scene: "Scene") -> None:
    """Draw a picture to stdout, where people read it."""
    if out.form is not Format.TEXT:
        out.note("no picture: it is drawn with --format text; or name a file: --plot FILE.svg")
        return
    if not (out.out.encoding or "").lower().startswith("utf"):
        out.note("no picture: this terminal does not write UTF-8; name a file: --plot FILE.svg")
        return
    from rich.text import Text

    from math_solver.pictures import terminal_lines

    out.show()
    for line in terminal_lines(scene, min(out.out.width, 100)):
        pieces = ((printable(text), _STYLES.get(style, "")) for text, style in line)
        out.show(Text.assemble(*pieces))


def write_scene(out: Output, scene: "Scene", path: Path) -> None:
    """Write a picture to a file. Raises `OutputError`."""
    from math_solver.pictures import to_svg

    svg = to_svg(scene)
    _written(path, png_of(svg) if path.suffix.lower() == ".png" else svg.encode())
    out.note(f"wrote {path}")


def _written(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise OutputError(
            f"{path} could not be written: {error.strerror}",
            hint="name a file in a folder of yours",
        ) from error
