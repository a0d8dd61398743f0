"""Which layer of protection this machine has, found out by trying."""

import functools
import sys
from pathlib import Path

from assistants.errors import PlumbError, SandboxUnavailable

LAYERS = ("namespaces", "landlock")
"""Best first. A layer that cannot be had in full is not taken in part."""


@functools.cache
def protection() -> tuple[str, tuple[str, ...]]:
    """Return the layer that is used, and the names of its protections.

    Raises `SandboxUnavailable` with what each layer lacks.
    """
    from .confined import Confined

    complaints: list[str] = []
    for layer in LAYERS:
        try:
            with Confined([interpreter(), "-I", "-S", "-c", ""], layer=layer) as program:
                program.finish(seconds=60)
                return layer, program.protections
        except PlumbError as error:
            complaints.append(str(error))
    raise SandboxUnavailable(
        "code cannot be confined on this machine: " + "; ".join(complaints),
        hint="allow unprivileged user namespaces, or use Linux 6.2 or newer with Landlock",
    )


def interpreter() -> str:
    """Return the Python that starts confined programs."""
    return sys.executable


def folders_of(python: str) -> tuple[str, ...]:
    """Return what an interpreter needs to be shown: its folder, its environment, links to it."""
    path = Path(python)
    real = path.resolve()
    found = [real.parent.parent]
    folder = path.absolute().parent.parent
    if (folder / "pyvenv.cfg").exists():
        found.append(folder)
    link = path.absolute()
    while link.is_symlink():  # every place on the way from the name to the program
        found.append(link)
        link = link.parent / link.readlink()
    return tuple(dict.fromkeys(str(one) for one in found if str(one) != "/"))
