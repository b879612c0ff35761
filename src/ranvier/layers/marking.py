"""Layers that keep their name in a traced program, so that exporters can write them as layers.

A traced program knows sums, products and the like. Within `marking` a layer that asks for it is one
step of the program, under its name and with its settings; everywhere else nothing is different.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import jax

PREFIX = "ranvier:"  # of the names of such steps
_HOW: ContextVar[str] = ContextVar("marking", default="")


@contextmanager
def marking() -> Iterator[None]:
    """What is traced within keeps its layers, and computes them in their plain forms."""
    with _set("marked"):
        yield


@contextmanager
def plainly() -> Iterator[None]:
    """What is traced within is computed in plain forms, which suit every platform."""
    with _set("plain"):
        yield


@contextmanager
def _set(how: str) -> Iterator[None]:
    token = _HOW.set(how)
    try:
        yield
    finally:
        _HOW.reset(token)


def is_plain() -> bool:
    """Whether a program is traced to be exported."""
    return bool(_HOW.get())


def marked(kind: str, function: Callable[..., Any], *arrays: Any, **settings: Any) -> Any:
    """`function(*arrays)`, which within `marking` becomes one step of the program.

    Args:
        kind: the layer's name.
        function: computes it, and depends on nothing but the arrays and the settings.
        arrays: what enters: rows first, then weights.
        settings: what JSON can hold.
    """
    if _HOW.get() != "marked":
        return function(*arrays)

    def step(*arrays: Any) -> Any:
        return function(*arrays)

    step.__name__ = f"{PREFIX}{kind}:{json.dumps(settings, sort_keys=True)}"
    return jax.jit(step)(*arrays)


def read_mark(name: str) -> tuple[str, dict[str, Any]] | None:
    """Kind and settings of a step by its name; None of one without a mark."""
    if not name.startswith(PREFIX):
        return None
    kind, settings = name.removeprefix(PREFIX).split(":", 1)
    return kind, json.loads(settings)
