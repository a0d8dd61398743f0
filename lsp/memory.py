"""Keeps the server's memory from spreading over its threads."""

import ctypes

_ARENA_MAX = -8
"""`M_ARENA_MAX` of glibc's malloc.h."""
_ARENAS = 2


def share_arenas() -> bool:
    """Let all threads allocate from two arenas; False where the C library is not glibc.

    By default each thread gets an arena of its own, up to eight a core, and what is freed in one
    serves no other: after hours of edits half of a server's memory was such leftovers. To be called
    before threads start.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(_ARENA_MAX, _ARENAS))
    except (OSError, AttributeError, TypeError):  # Windows, macOS, musl
        return False
