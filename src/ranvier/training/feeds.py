"""How rows reach the device: the same steps and the same bits, whichever way.

- `HostFeed` makes each chunk's batches on the host, in a background thread, from anything
  that can `take` rows: arrays in memory, a file larger than memory. On CPU this is also the
  fastest way for data in memory, because XLA's gather is slower than NumPy's.
- `DeviceFeed` keeps all rows on the device and sends only row numbers.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Protocol

import jax
import numpy as np

from ranvier.training import aligned
from ranvier.training.grouped import chunks_of
from ranvier.training.mesh import Mesh
from ranvier.training.plan import Chunk, Plan

AHEAD = 2  # chunks prepared before they are asked for


class Rows(Protocol):
    """Where training rows come from."""

    def __len__(self) -> int: ...

    def take(self, indices: np.ndarray) -> dict[str, Any]:
        """A tree of arrays (len(indices), ...) for int32 row numbers."""

    @property
    def nbytes(self) -> int:
        """Bytes of all rows."""

    def marks(self) -> list[Any]:
        """Arrays, or texts, that tell these rows from others."""

    def close(self) -> None:
        """They are not needed any more."""


class Weights(Protocol):
    """How much each row counts: float32, of mean 1."""

    def __getitem__(self, indices: np.ndarray) -> np.ndarray:
        """Those of these rows, in the shape of `indices`."""


class ArrayRows:
    """Rows of a tree of arrays (rows, ...) in memory; nothing is copied until taken."""

    def __init__(self, arrays: dict[str, Any]) -> None:
        self.arrays = arrays

    def __len__(self) -> int:
        return int(jax.tree.leaves(self.arrays)[0].shape[0])

    def take(self, indices: np.ndarray) -> dict[str, Any]:
        """The rows with these numbers."""
        return {name: _take(value, indices) for name, value in self.arrays.items()}

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return sum(leaf.nbytes for leaf in jax.tree.leaves(self.arrays))

    @property
    def groups(self) -> np.ndarray | None:
        """Int (rows,): which rows share a shape, by the number of their group; None: all do."""
        numbers = self._told("groups")
        return None if numbers is None or (numbers == numbers[:1]).all() else numbers

    @property
    def lengths(self) -> np.ndarray | None:
        """Int (rows,): how many steps rows of different shapes have; None: they have none."""
        return self._told("lengths")

    def _told(self, name: str) -> np.ndarray | None:
        """What the first of the arrays knows that is no plain one."""
        return next(
            (getattr(a, name) for a in jax.tree.leaves(self.arrays) if hasattr(a, name)), None
        )

    def marks(self) -> list[Any]:
        """The arrays."""
        return list(jax.tree.leaves(self.arrays))

    def close(self) -> None:
        """Nothing to do: the memory is the caller's."""


def _take(value: Any, indices: np.ndarray) -> Any:
    if isinstance(value, dict):
        return {name: _take(part, indices) for name, part in value.items()}
    return aligned.take(value, indices)


class Feed(Protocol):
    """Turns a chunk of the plan into the arguments of the chunk program."""

    def batch_shape(self, batch_size: int) -> dict[str, Any]:
        """Shapes and dtypes of one batch, weights included."""

    def prepare(self, chunk: Chunk) -> tuple[Any, Any]:
        """(batches, indices) of `chunk.make_chunk`, on the device."""


class HostFeed:
    """Batches made on the host."""

    def __init__(self, rows: Rows, mesh: Mesh) -> None:
        self._rows = rows
        self._mesh = mesh

    def batch_shape(self, batch_size: int) -> dict[str, Any]:
        """Shapes and dtypes of one batch, weights included."""
        return _batch_shape(self._rows.take(np.zeros(1, np.int32)), batch_size)

    def prepare(self, chunk: Chunk) -> tuple[Any, Any]:
        """Stacked batches (K, batch, ...), and None."""
        taken = self._rows.take(chunk.indices[: chunk.steps].reshape(-1))
        steps, batch_size = chunk.indices.shape

        def stack(rows: np.ndarray) -> np.ndarray:
            batches = rows.reshape(chunk.steps, batch_size, *rows.shape[1:])
            if chunk.steps == steps:
                return batches
            whole = aligned.empty((steps, *batches.shape[1:]), batches.dtype)
            whole[: chunk.steps] = batches
            whole[chunk.steps :] = 0  # unused steps at the end
            return whole

        return self._mesh.by_rows(jax.tree.map(stack, taken)), None


class DeviceFeed:
    """All rows on the device; batches are gathered there."""

    def __init__(self, rows: ArrayRows, mesh: Mesh) -> None:
        self._mesh = mesh
        self._arrays = mesh.everywhere(jax.tree.map(np.asarray, rows.arrays))

    def batch_shape(self, batch_size: int) -> dict[str, Any]:
        """Shapes and dtypes of one batch, weights included."""
        return _batch_shape(self._arrays, batch_size)

    def prepare(self, chunk: Chunk) -> tuple[Any, Any]:
        """All rows (rows, ...), and the row numbers (K, batch)."""
        return self._arrays, self._mesh.by_rows(chunk.indices)


def _batch_shape(tree: Any, batch_size: int) -> dict[str, Any]:
    shape = lambda a: jax.ShapeDtypeStruct((batch_size, *a.shape[1:]), a.dtype)  # noqa: E731
    weights = jax.ShapeDtypeStruct((batch_size,), np.float32)
    return {**jax.tree.map(shape, tree), "weights": weights}


def choose(rows: Rows, mesh: Mesh, budget: int) -> Feed:
    """The device keeps rows that are in memory and within `budget` bytes; else the host feeds.

    The host also feeds rows of different shapes.
    """
    fits = isinstance(rows, ArrayRows) and rows.groups is None and rows.nbytes <= budget
    if fits and not mesh.is_cpu:
        assert isinstance(rows, ArrayRows)
        return DeviceFeed(rows, mesh)
    return HostFeed(rows, mesh)


def prepared(
    feed: Feed,
    plan: Plan,
    mesh: Mesh,
    weights: Weights | None,
    first_step: int,
    epoch: int = 0,
) -> Iterator[tuple[Chunk, tuple[Any, ...]]]:
    """Each chunk with its (batches, indices, weights, slots), made `AHEAD` in the background.

    `weights` are those of the rows, float32 (rows,), of mean 1; None: all 1. A chunk without steps
    has nothing with it.
    """

    def make(chunk: Chunk) -> tuple[Any, ...]:
        if not chunk.steps:
            return ()
        scales = chunk.scales if weights is None else chunk.scales * weights[chunk.indices]
        batches, indices = feed.prepare(chunk)
        return batches, indices, mesh.by_rows(scales), mesh.everywhere(chunk.slots)

    waiting: list[tuple[Chunk, Future[tuple[Any, ...]]]] = []
    pool = _background()
    try:
        for chunk in chunks_of(plan, first_step, epoch):
            waiting.append((chunk, pool.submit(make, chunk)))
            if len(waiting) > AHEAD:
                first, future = waiting.pop(0)
                yield first, future.result()
        while waiting:
            first, future = waiting.pop(0)
            yield first, future.result()
    finally:
        for _, future in waiting:
            future.cancel()
        wait([future for _, future in waiting])


@functools.cache
def _background() -> ThreadPoolExecutor:
    """The threads that prepare chunks, shared by all runs.

    A thread for each run would do as well, but malloc keeps memory in hand for every new thread.
    """
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="ranvier-feed")


# A forked process has none of its parent's threads.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_background.cache_clear)
