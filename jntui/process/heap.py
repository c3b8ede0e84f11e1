"""This process's own memory: threads that share one heap."""

from __future__ import annotations

import sys

M_ARENA_MAX = -8
"""mallopt(3), malloc.h of glibc."""


def share_one_heap() -> None:
    """Keeps glibc from giving each thread that starts from here on a heap of its own, which is never given back.

    Python's lock lets only one thread allocate at a time anyway. Other C libraries have no such heaps, and no such
    function.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    limit = getattr(ctypes.CDLL(None), "mallopt", None)
    if limit is not None:
        limit(M_ARENA_MAX, 1)
