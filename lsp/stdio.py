"""Gives stdout to the protocol and everything else that is printed to stderr.

One stray `print` in a library breaks the framing of the stream for good.
"""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import BinaryIO


@contextmanager
def guarded() -> Generator[tuple[BinaryIO, BinaryIO]]:
    """Yield the real stdin and stdout; meanwhile prints, also those of C code, go to stderr.

    Child processes inherit an empty stdin and stderr for stdout.
    """
    sys.stdout.flush()
    real_in, real_out = os.dup(0), os.dup(1)
    stdout = sys.stdout
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    reader, writer = os.fdopen(real_in, "rb"), os.fdopen(real_out, "wb")
    try:
        yield reader, writer
    finally:
        sys.stdout = stdout
        if not writer.closed:
            os.dup2(real_out, 1)
        writer.close()
        reader.close()
