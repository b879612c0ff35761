"""Rows that come one batch at a time -> a file of the same rows in a random order.

As rows come, each goes to a random bucket, a file of about `BUCKET_BYTES`. Then each bucket is
read, shuffled and added to the result. Together that is a fair shuffle of all rows, with one
bucket in memory. It depends on the seed and on the order of the rows, not on how they were cut
into batches.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.errors import DataError
from ranvier.training import randomness
from ranvier.training.stored import Layout, StoredRows, as_bytes, flat

BUCKET_BYTES = 1 << 24
PENDING_BYTES = 1 << 24  # kept until they are written to the buckets

Tree = Mapping[str, Any]


def store(batches: Iterable[Tree], rows: int, seed: int, folder: Path) -> StoredRows:
    """Write `rows` rows to a file in `folder`, shuffled.

    Args:
        batches: trees of arrays (any number, ...), all of the same kind, `rows` in all.
        rows: how many rows will come.
        seed: decides the order.
        folder: an empty folder of its own.

    Raises:
        DataError: another number of rows came.
        OSError: the disk is full, or cannot be written.
    """
    scatter: _Scatter | None = None
    for batch in batches:
        arrays = dict(flat(batch))
        if scatter is None:
            record = _record(arrays)
            if shutil.disk_usage(folder).free < rows * record.itemsize + BUCKET_BYTES:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            scatter = _Scatter(record, rows, seed, folder)
        scatter.add(arrays)
    if scatter is None or scatter.count != rows:
        count = 0 if scatter is None else scatter.count
        raise DataError(
            f"The data changed while they were read: {rows:,} rows train at first, then {count:,}."
        )
    return scatter.gathered()


def _record(arrays: Mapping[str, np.ndarray]) -> np.dtype[Any]:
    return np.dtype([(name, a.dtype, a.shape[1:]) for name, a in arrays.items()])


class _Scatter:
    """The buckets under way."""

    def __init__(self, record: np.dtype[Any], rows: int, seed: int, folder: Path) -> None:
        self._record, self._rows, self._seed, self._folder = record, rows, seed, folder
        self._buckets = max(1, -(-rows * record.itemsize // BUCKET_BYTES))
        self._random = randomness.scattering(seed)
        self._pending: list[tuple[np.ndarray, np.ndarray]] = []  # (records, buckets)
        self._bytes = 0
        self.count = 0

    def add(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take a batch in."""
        size = len(next(iter(arrays.values())))
        records = np.empty(size, self._record)
        for name, array in arrays.items():
            records[name] = array
        self._pending.append((records, self._random.integers(0, self._buckets, size)))
        self._bytes += records.nbytes
        self.count += size
        if self._bytes >= PENDING_BYTES:
            self._flush()

    def _flush(self) -> None:
        for records, buckets in self._pending:
            order = np.argsort(buckets, kind="stable")
            ends = np.searchsorted(buckets[order], np.arange(self._buckets), side="right")
            start = 0
            for bucket, end in enumerate(ends.tolist()):
                if end > start:
                    with open(self._bucket(bucket), "ab", buffering=0) as file:
                        _write(file, records[order[start:end]])
                start = end
        self._pending, self._bytes = [], 0

    def gathered(self) -> StoredRows:
        """The rows of all buckets in one file; the buckets are removed."""
        self._flush()
        layout = Layout.of(self._record, self._rows)
        digest = hashlib.blake2b(digest_size=16)
        path = self._folder / "rows"
        rest = np.empty(0, self._record)
        with open(path, "wb", buffering=0) as file:
            for bucket in range(self._buckets):
                rest = np.concatenate([rest, self._shuffled(bucket)])
                last = bucket == self._buckets - 1
                whole = len(rest) if last else len(rest) // layout.block * layout.block
                for first in range(0, whole, layout.block):
                    block = rest[first : min(first + layout.block, whole)]
                    for name in self._record.names or ():
                        column = np.ascontiguousarray(block[name])
                        digest.update(as_bytes(column))
                        _write(file, column)
                rest = rest[whole:].copy()
        return StoredRows(path, layout, digest.hexdigest())

    def _shuffled(self, bucket: int) -> np.ndarray:
        place = self._bucket(bucket)
        if not place.exists():
            return np.empty(0, self._record)
        records = np.fromfile(place, self._record)
        place.unlink()
        order = randomness.scattering(self._seed, bucket + 1).permutation(len(records))
        shuffled: np.ndarray = records[order]
        return shuffled

    def _bucket(self, number: int) -> Path:
        return self._folder / f"bucket-{number}"


def _write(file: Any, array: np.ndarray) -> None:
    """All bytes of an array: a raw file may take fewer at a time."""
    rest = memoryview(as_bytes(np.ascontiguousarray(array)))
    while len(rest):
        rest = rest[file.write(rest) :]
