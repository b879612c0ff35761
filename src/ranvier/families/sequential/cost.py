"""How many rows of some length are worked on together."""

from __future__ import annotations

STEPS = 1 << 16  # that go through a trained network together
FEWEST, MOST = 64, 2048  # rows


def rows_at_once(steps: int) -> int:
    """Rows of so many steps that go through a trained network together: a power of two."""
    rows = FEWEST
    while rows < MOST and 2 * rows * max(1, steps) <= STEPS:
        rows *= 2
    return rows
