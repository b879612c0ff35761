"""Work on large arrays shared among the processor's cores; NumPy leaves the lock to others."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

FEWEST = 1 << 20  # elements: below, threads would cost more than they save


def shared(work: Callable[[int, int], object], count: int, elements: int) -> None:
    """Call `work(start, stop)` on ranges that make up 0 to `count`, in threads if there is much.

    Args:
        work: writes its own range of a result, whatever order the ranges come in.
        count: of things to work on.
        elements: of the arrays behind them, which decide whether threads are worth it.
    """
    workers = min(os.cpu_count() or 1, count)
    if workers < 2 or elements < FEWEST:
        work(0, count)
        return
    cuts = [count * n // workers for n in range(workers + 1)]
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, cuts[:-1], cuts[1:]))
