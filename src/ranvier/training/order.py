"""The order of the rows in each epoch, a step at a time.

Rows in memory are permuted as a whole. Rows on a disk are permuted so that they can be read in
large pieces: they lie there shuffled already, in blocks of `block` rows. Each epoch permutes the
blocks, puts `window` of them together, and permutes the rows within each such window. Every
number follows from (seed, epoch, window), and nothing of the size of the data is allotted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ranvier.training import randomness

if TYPE_CHECKING:
    from ranvier.training.plan import Plan


class Order:
    """The order of one epoch at a time: the one under way is remembered."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._epoch = -1
        self._whole = np.empty(0, np.int32)
        self._blocks = np.empty(0, np.int64)
        self._starts = np.empty(0, np.int64)
        self._windows: dict[int, np.ndarray] = {}

    def of(self, epoch: int, first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows and scales of the steps `first` to `last` of an epoch.

        Returns:
            int32 and float32 (last - first, batch). The last step is padded with the epoch's first
            rows, so that batch statistics stay those of real data; their scale is 0.
        """
        plan, size = self._plan, self._plan.batch_size
        if epoch != self._epoch:
            self._begin(epoch)
        start, stop = first * size, min(last * size, plan.rows)
        order = self._part(start, stop)
        padding = (last - first) * size - len(order)
        scales = np.ones((last - first, size), np.float32)
        if padding:
            order = np.concatenate([order, np.resize(self._part(0, min(size, plan.rows)), padding)])
            scales.reshape(-1)[stop - start :] = 0.0
            real = scales.sum(axis=1, keepdims=True)
            scales *= size / np.maximum(real, 1.0)
        return order.reshape(last - first, size), scales

    def _begin(self, epoch: int) -> None:
        plan = self._plan
        self._epoch = epoch
        if not plan.window:
            self._whole = randomness.permutation(plan.seed, epoch, plan.rows).astype(np.int32)
            return
        count = -(-plan.rows // plan.block)
        self._blocks = randomness.permutation(plan.seed, epoch, count)
        sizes = np.minimum((self._blocks + 1) * plan.block, plan.rows) - self._blocks * plan.block
        ends = np.cumsum(sizes)[plan.window - 1 :: plan.window]
        if not len(ends) or ends[-1] < plan.rows:
            ends = np.append(ends, plan.rows)
        self._starts = np.concatenate([[0], ends])  # (windows + 1,)
        self._windows.clear()

    def _part(self, start: int, stop: int) -> np.ndarray:
        """Places `start` to `stop` of the epoch, int32."""
        if not self._plan.window:
            return self._whole[start:stop]
        parts = []
        number = int(np.searchsorted(self._starts, start, side="right")) - 1
        while start < stop:
            begins, ends = self._starts[number], self._starts[number + 1]
            parts.append(self._window(number)[start - begins : stop - begins])
            start, number = int(ends), number + 1
        return np.concatenate(parts) if parts else np.empty(0, np.int32)

    def _window(self, number: int) -> np.ndarray:
        """The rows of one window, in their order."""
        if number not in self._windows:
            plan = self._plan
            self._windows = dict(list(self._windows.items())[-1:])  # the one before may go on
            rows = np.concatenate([
                np.arange(block * plan.block, min((block + 1) * plan.block, plan.rows))
                for block in self._blocks[number * plan.window : (number + 1) * plan.window]
            ])  # fmt: skip
            shuffled = randomness.within_window(plan.seed, self._epoch, number, rows)
            self._windows[number] = shuffled.astype(np.int32)
        return self._windows[number]
