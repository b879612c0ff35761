"""Memory that compiling has freed, given back to the system instead of kept in hand."""

from __future__ import annotations

import ctypes
import sys

LONG = 1.0  # seconds of compiling: a shorter one leaves little


def give_back() -> None:
    """Where the C library can: glibc keeps a hundred MB and more after a large program."""
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
