"""The project around one file, read within a bounded time: for completing outside of a server."""

import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistants.errors import Cancelled, PlumbError
from assistants.model import Cancel

from .project_files import root_of
from .workspace import Workspace

if TYPE_CHECKING:
    from assistants.backends.ngram import Ngram


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What the files around repeat, and the model without weights that writes by it."""

    workspace: Workspace
    ngram: "Ngram | None"


def read_project(file: Path, *, seconds: float) -> Project:
    """Read the project that a file belongs to, as far as the time goes.

    Without a tokenizer nothing is kept of what files repeat.
    """
    from assistants.backends.ngram import Ngram

    try:
        ngram = Ngram.installed()
    except PlumbError:
        return Project(workspace=Workspace(), ngram=None)
    workspace = Workspace([root_of(file)], encoder=ngram.encoder)
    cancel = Cancel()
    timer = threading.Timer(seconds, cancel.cancel)
    timer.daemon = True
    timer.start()
    try:
        with suppress(Cancelled):  # what was read so far counts
            workspace.fill(cancel)
    finally:
        timer.cancel()
    return Project(workspace=workspace, ngram=ngram)
