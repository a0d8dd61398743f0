"""The engine's own kernel: a C file that is compiled when plumb is installed, where that works.

Where there is no compiler, or the weights are of a kind that the kernel does not express,
`Session` runs them on onnxruntime instead.
"""

from .library import available
from .packing import Unexpressed
from .session import NativeSession

__all__ = ["NativeSession", "Unexpressed", "available"]
