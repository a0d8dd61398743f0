"""Write a file as a whole or not at all."""

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path


def replace_file(path: Path, write: Callable[[Path], object], *, private: bool = False) -> None:
    """Put what `write` writes to the path that it is given in place of `path`.

    A new file is readable by its owner alone where it is private; an old one keeps its mode.
    Raises OSError, and then `path` is what it was. A process killed midway leaves `path` as it
    was too, and a `.NAME.*.part` beside it.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666))
        write(part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
