# ruff: noqa: INP001 - a script beside the pages, no module
"""Take the pictures of docs/pictures: real commands, run now in a terminal of 100 columns.

    python docs/make_pictures.py [NAME …]

Only stdout is a terminal, so that no spinner is in the picture. Fonts are the viewer's own: a
picture loads nothing from anywhere.
"""

import fcntl
import html
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import termios
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
WIDTH, HEIGHT = 100, 40

_PIECE = re.compile(
    r'(?P<head><text[^>]*?) x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)" textLength="(?P<length>[\d.]+)"'
    r"(?P<tail>[^>]*)>(?P<said>[^<]*)<"
)

PICTURES = {
    "solve": ['plumb solve "solve x^2 - 5x + 6 = 0"'],
    "verify": ['plumb verify "(x+1)^2" "x^2 + 1"'],
    "ask": ['plumb ask finance "total account balance by branch region"'],
}


def run(command: str) -> str:
    """Run one command on a pseudo-terminal and return what it wrote to stdout."""
    main, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    words = shlex.split(command)
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "plumb_launcher.py"), *words[1:]],
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
        stdin=subprocess.DEVNULL,
        stdout=child,
        stderr=subprocess.DEVNULL,
    )
    os.close(child)
    data = b""
    while True:
        try:
            piece = os.read(main, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not piece:
            break
        data += piece
    os.close(main)
    process.wait()
    return data.decode().replace("\r\n", "\n")


def picture(name: str, commands: list[str]) -> str:
    """Return an SVG of commands and what they wrote."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, color_system="truecolor")
        for command in commands:
            console.print(Text.assemble(("$ ", "dim"), (command, "bold cyan")), "", sep="\n")
            console.print(Text.from_ansi(run(command)))
    svg = console.export_svg(title="plumb", unique_id=name)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return _PIECE.sub(_indent_by_position, svg)


def _indent_by_position(piece: re.Match[str]) -> str:
    """Move a piece of text to where its first letter stands: some viewers drop leading spaces."""
    said = html.unescape(piece["said"])
    letters = said.lstrip("\xa0")
    if letters == said or not letters:
        return piece[0]
    width = float(piece["length"])
    indent = width * (len(said) - len(letters)) / len(said)
    x, length = float(piece["x"]) + indent, width - indent
    shown = html.escape(letters).replace("\xa0", "&#160;")
    place = f'x="{x:g}" y="{piece["y"]}" textLength="{length:g}"'
    return f"{piece['head']} {place}{piece['tail']}>{shown}<"


def main() -> None:
    """Write the pictures that were named, or all of them."""
    folder = ROOT / "docs" / "pictures"
    folder.mkdir(exist_ok=True)
    for name in sys.argv[1:] or PICTURES:
        file = folder / f"{name}.svg"
        file.write_text(picture(name, PICTURES[name]), encoding="utf-8")
        sys.stderr.write(f"{file.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
