"""Who is told how many files have been read: nobody, or whoever asked around the call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Told = Callable[[int, int], None]  # files done, of how many

_told: ContextVar[Told | None] = ContextVar("told", default=None)


@contextmanager
def telling(told: Told) -> Iterator[None]:
    """Inside, `told` is called when files have been read, from one thread at a time."""
    before = _told.set(told)
    try:
        yield
    finally:
        _told.reset(before)


def listener() -> Told | None:
    """Who is to be told, if anyone."""
    return _told.get()
