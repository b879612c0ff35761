"""What PyTorch leaves to its user: how many threads, and how pictures lie in memory.

For small networks one thread is often faster than all cores; for many convolutions, but not for
all, pictures are faster with their channels last.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.rows.row import Row


def choose(
    torch: Any, row: Row, train: Callable[[], Any], lay: Callable[[Any], Any] | None = None
) -> dict[str, Any]:
    """Set the fastest of one thread and PyTorch's own choice, with each layout of pictures.

    A whole process has no time to try: there the row says whether it takes one thread.

    Args:
        torch: the module.
        row: what is trained.
        train: a training to try.
        lay: puts the network, and the pictures, into a memory format.

    Returns:
        What was chosen, for the report.
    """
    if row.cold:
        if row.one_thread:
            torch.set_num_threads(1)
        return {"threads": torch.get_num_threads()}
    pictures = lay is not None and row.pictures
    layouts = ("contiguous_format", "channels_last") if pictures else ("",)
    counts = sorted({1, torch.get_num_threads()})
    seconds: dict[tuple[str, int], float] = {}

    def take(layout: str, count: int) -> None:
        if lay and layout:
            lay(getattr(torch, layout))
        torch.set_num_threads(count)

    for layout in layouts:
        for count in counts:
            take(layout, count)
            train()
            began = time.perf_counter()
            train()
            seconds[layout, count] = time.perf_counter() - began
    layout, count = min(seconds, key=lambda tried: seconds[tried])
    take(layout, count)
    return {"threads": count} | ({"layout": layout.partition("_format")[0]} if layout else {})


def channels_first(data: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The data with pictures (rows, height, width, channels) as PyTorch has them."""
    return {
        name: np.ascontiguousarray(np.moveaxis(array, -1, 1)) if array.ndim == 4 else array
        for name, array in data.items()
    }
