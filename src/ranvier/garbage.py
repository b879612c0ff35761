"""Pauses Python's search for garbage while objects are made that stay.

Importing JAX and tracing a program make some 100,000 objects; searching through all of them
again and again would take an eighth of the time of a small training.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """No automatic collection inside; afterwards as before."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
