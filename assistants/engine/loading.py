"""Which engine runs a weight file: the kernel of `native` where it can, else onnxruntime."""

import logging
from pathlib import Path

from .native import NativeSession, Unexpressed, available
from .session import Network, Session
from .weights import read

logger = logging.getLogger(__name__)


def load(path: Path, *, threads: int | None = None) -> Network:
    """Load a weight file.

    Raises:
        ModelNotFound: there is no such file.
        ModelCorrupt: it is not a model that an engine can run.
    """
    if available() and path.is_file():
        try:
            return NativeSession(path, read(path), threads=threads)
        except (Unexpressed, ValueError, KeyError) as error:
            logger.info("%s runs on onnxruntime: %s", path.name, error)
    return Session(path, threads=threads)
