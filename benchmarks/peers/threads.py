"""How many threads PyTorch takes: for small networks one is often faster than all cores."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def choose(torch: Any, train: Callable[[], Any]) -> None:
    """Set the faster of one thread and PyTorch's own choice; `train` is a training to try."""
    seconds: dict[int, float] = {}
    for count in sorted({1, torch.get_num_threads()}):
        torch.set_num_threads(count)
        train()
        began = time.perf_counter()
        train()
        seconds[count] = time.perf_counter() - began
    torch.set_num_threads(min(seconds, key=lambda count: seconds[count]))
