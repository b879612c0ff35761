"""How many threads PyTorch takes: for small networks one is often faster than all cores."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from benchmarks.rows.row import Row


def choose(torch: Any, row: Row, train: Callable[[], Any]) -> None:
    """Set the faster of one thread and PyTorch's own choice; `train` is a training to try.

    A whole process has no time to try: there the row says it.
    """
    if row.cold:
        if row.one_thread:
            torch.set_num_threads(1)
        return
    seconds: dict[int, float] = {}
    for count in sorted({1, torch.get_num_threads()}):
        torch.set_num_threads(count)
        train()
        began = time.perf_counter()
        train()
        seconds[count] = time.perf_counter() - began
    torch.set_num_threads(min(seconds, key=lambda count: seconds[count]))
