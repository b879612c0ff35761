"""Keeps Python's search for garbage away from objects that stay.

Importing JAX and tracing a program make some 100,000 objects; searching through all of them
again and again, and three times more when the process ends, would make a small training wait.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

FEW = 250_000  # objects: a script with its libraries has fewer, a long-lived service may have more
FROZEN = 10_000  # objects: more of them were set aside on purpose; Python 3.12 begins with some


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


@contextmanager
def importing() -> Iterator[None]:
    """No automatic collection inside; where a process begins, none ever of the modules that came.

    `gc.freeze` sets aside all that is alive, the user's objects too. Garbage is collected first,
    and a process that holds much already is left alone: what it drops later must be found.
    """
    # Whoever turned the search off, or froze something, has a plan of their own.
    beginning = gc.isenabled() and gc.get_freeze_count() < FROZEN
    beginning = beginning and len(gc.get_objects()) < FEW
    if beginning:
        gc.collect()
    with paused():
        yield
        if beginning:
            gc.freeze()
