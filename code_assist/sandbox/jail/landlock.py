"""Landlock: a process gives up, for good and without privilege, all files but those it names."""

import ctypes
import os
import struct
from collections.abc import Iterable

from . import libc

_CREATE, _ADD_RULE, _RESTRICT, _VERSION = 444, 445, 446, 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE, _READ, _LIST = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_ALL_FILES = (1 << 15) - 1  # the rights of ABI 3: everything that makes, removes or truncates
_ALL_TCP = 3
_SCOPES = 3  # abstract sockets and signals end at the border of the domain

LEAST_ABI = 3
"""The first version that governs truncation."""


def abi() -> int:
    """Return the kernel's version of Landlock; 0 without it."""
    try:
        return libc.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(_VERSION))
    except OSError:
        return 0


def confine(readable: Iterable[str], writable: Iterable[str]) -> None:
    """Allow reading below some paths and everything below others, nothing else."""
    version = abi()
    rights = struct.pack(
        "QQQ", _ALL_FILES, _ALL_TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0
    )
    attribute = ctypes.create_string_buffer(rights, len(rights))
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = libc.syscall(
        _CREATE, ctypes.byref(attribute), ctypes.c_size_t(size), ctypes.c_uint(0)
    )
    for path in readable:
        _allow(ruleset, path, _EXECUTE | _READ | _LIST)
    for path in writable:
        _allow(ruleset, path, _ALL_FILES)
    libc.syscall(_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint(0))
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no leave
    if not os.path.isdir(path):
        rights &= _EXECUTE | _READ | _WRITE
    rule = struct.pack("=Qi", rights, handle)
    buffer = ctypes.create_string_buffer(rule, len(rule))
    what = (ctypes.c_uint(_PATH_BENEATH), ctypes.byref(buffer), ctypes.c_uint(0))
    libc.syscall(_ADD_RULE, ctypes.c_int(ruleset), *what)
    os.close(handle)
