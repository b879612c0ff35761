"""Batches lie where a CPU device can use them without a copy."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from ranvier.training import aligned
from ranvier.training.feeds import ArrayRows, HostFeed
from ranvier.training.mesh import Mesh
from ranvier.training.plan import chunks, make_plan


@pytest.mark.parametrize("dtype", [np.float32, np.int32, np.uint8, np.float64, bool])
@pytest.mark.parametrize("shape", [(7,), (3, 5, 2), (0, 4), (33, 784)])
def test_arrays_begin_at_the_boundary(shape, dtype):
    for _ in range(20):
        array = aligned.empty(shape, dtype)
        assert array.shape == shape
        assert array.dtype == dtype
        assert array.flags.c_contiguous
        assert array.ctypes.data % aligned.BOUNDARY == 0 or not array.size


def test_rows_are_those_that_were_asked_for():
    array = np.arange(60).reshape(12, 5)
    rows = np.array([11, 0, 3, 3], np.int32)
    np.testing.assert_array_equal(aligned.take(array, rows), array[rows])
    assert aligned.take(array, rows[:0]).shape == (0, 5)


def test_a_cpu_device_takes_batches_where_they_lie(monkeypatch):
    made = []

    def noted(array, indices):
        rows = original(array, indices)
        made.append((rows.ctypes.data, rows.nbytes))
        return rows

    original = aligned.take
    monkeypatch.setattr(aligned, "take", noted)
    rows = ArrayRows({"inputs": {"numeric": np.zeros((64, 40), np.float32)}})
    feed = HostFeed(rows, Mesh((jax.devices("cpu")[0],)))
    chunk = next(chunks(make_plan(64, 8, 1, 0, chunk_steps=8)))
    batches, _ = feed.prepare(chunk)
    first = batches["inputs"]["numeric"]
    assert first.unsafe_buffer_pointer() == made[-1][0]
