"""The compiled kernel, and its structures as ctypes sees them, field by field."""

import ctypes
import sys
from collections.abc import Callable
from ctypes import POINTER, c_float, c_int32, c_void_p
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("kernel.dylib" if sys.platform == "darwin" else "kernel.so")

LAYOUT = 5
"""What is called and written here; a kernel compiled from another version has another."""


class Matrix(ctypes.Structure):
    """`Matrix` of kernel.c."""

    _fields_ = (
        ("kind", c_int32), ("outputs", c_int32), ("inputs", c_int32), ("block", c_int32),
        ("weights", c_void_p), ("scales", c_void_p),
    )  # fmt: skip


class Layer(ctypes.Structure):
    """`Layer` of kernel.c."""

    _fields_ = (
        ("norm1", c_void_p), ("norm2", c_void_p), ("balance", c_void_p),
        ("qkv", Matrix), ("out", Matrix), ("router", Matrix), ("up", Matrix), ("down", Matrix),
        ("expert_up", POINTER(Matrix)), ("expert_down", POINTER(Matrix)),
    )  # fmt: skip


class Model(ctypes.Structure):
    """`Model` of kernel.c."""

    _fields_ = (
        ("width", c_int32), ("layers", c_int32), ("heads", c_int32), ("kv_heads", c_int32),
        ("head", c_int32), ("rotary", c_int32), ("experts", c_int32), ("chosen", c_int32),
        ("context", c_int32), ("epsilon", c_float), ("factor", c_float),
        ("cosines", c_void_p), ("sines", c_void_p), ("norm", c_void_p),
        ("embedding", Matrix), ("output", Matrix), ("layer", POINTER(Layer)),
        ("loads", c_void_p),
    )  # fmt: skip


class Token(ctypes.Structure):
    """`Token` of kernel.c."""

    _fields_ = (
        ("memory", c_void_p), ("logits", c_void_p), ("id", c_int32), ("position", c_int32),
    )  # fmt: skip


@cache
def library() -> ctypes.CDLL | None:
    """Return the kernel; None where it was not built, is old, or this processor cannot run it."""
    if not FILE.is_file():
        return None
    try:
        found = ctypes.CDLL(str(FILE))
        layout = found.plumb_layout()
    except (OSError, AttributeError):
        return None
    found.plumb_step.argtypes = (POINTER(Model), POINTER(Token), c_int32, c_int32)
    return found if layout == LAYOUT and found.plumb_supported() else None


@cache
def normaliser() -> Callable[[int, int], float] | None:
    """Return `plumb_normaliser` of kernel.c, which takes an address and a count.

    It keeps the interpreter for its ten microseconds: among many threads it would take longer to
    get it back.
    """
    found = library()
    kept = ctypes.PYFUNCTYPE(c_float, c_void_p, c_int32)
    return None if found is None else kept(("plumb_normaliser", found))


def available() -> bool:
    """Whether the kernel can run here."""
    return library() is not None
