"""Counts what XLA compiles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jax

EVENT = "/jax/core/compile/backend_compile_duration"


class Count:
    """Names of the programs that were compiled, or read from the cache on disk."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, event: str, _: float, **about: Any) -> None:
        if event == EVENT:
            self.names.append(str(about.get("fun_name", "?")))


@contextmanager
def compilations() -> Iterator[Count]:
    """What is compiled inside the block."""
    count = Count()
    jax.monitoring.register_event_duration_secs_listener(count)
    try:
        yield count
    finally:
        jax.monitoring.unregister_event_duration_listener(count)
