"""Lists out of a saved state, checked."""

from __future__ import annotations

from typing import Any

LONGEST = 10_000_000  # steps of a row that a state may speak of


def texts_in(values: Any) -> tuple[str, ...]:
    """A list of texts out of a state.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError(values)
    return tuple(values)


def edges_in(values: Any) -> tuple[int, ...]:
    """The lengths that rows are padded to, out of a state.

    Raises:
        ValueError, TypeError: they are not whole, positive and ascending.
    """
    if not isinstance(values, list) or not all(type(value) is int for value in values):
        raise TypeError(values)
    if not values or values[0] < 1 or values[-1] > LONGEST or sorted(set(values)) != values:
        raise ValueError(values)
    return tuple(values)
