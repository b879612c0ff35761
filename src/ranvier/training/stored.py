"""Training rows on a disk: written once in a random order, read in blocks into a fixed memory.

The file holds blocks of `block` rows, and within a block one array after the other, so that a
block is read by a few large reads. Plain reads, not a memory map: the pages of a map count as
memory of the process. What was read stays in a fixed number of slots until another block needs
the place.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.training import aligned

BLOCK_BYTES = 1 << 18  # of one block: one piece of reading
WINDOW_BYTES = 1 << 24  # that are shuffled together
WINDOWS_KEPT = 2
WEIGHTS = "weights"  # the field that is no part of a batch's rows


@dataclass(frozen=True)
class Layout:
    """How rows lie in the file.

    Attributes:
        fields: path such as "inputs/numeric" -> (dtype, shape of one row).
        rows: how many there are.
        block: rows of a block; the last one may be shorter.
        window: blocks that are shuffled together in each epoch.
    """

    fields: Mapping[str, tuple[np.dtype[Any], tuple[int, ...]]]
    rows: int
    block: int
    window: int

    @classmethod
    def of(cls, record: np.dtype[Any], rows: int) -> Layout:
        """The layout of so many rows; it depends on the width of a row alone."""
        fields = {
            name: (record[name].base, record[name].shape) for name in record.names or ()
        }  # fmt: skip
        block = max(1, BLOCK_BYTES // record.itemsize)
        window = max(1, WINDOW_BYTES // (block * record.itemsize))
        return cls(fields, rows, block, window)

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return sum(d.itemsize * int(np.prod(shape)) for d, shape in self.fields.values())

    @property
    def nbytes(self) -> int:
        """Bytes of all rows."""
        return self.rows * self.row_bytes


class StoredRows:
    """The rows of such a file, as a feed takes them."""

    def __init__(self, path: Path, layout: Layout, digest: str) -> None:
        """Open the file.

        Args:
            path: where it lies.
            layout: how the rows lie in it.
            digest: of all its bytes, so that a resumed run knows them again.
        """
        self.path, self.layout, self.digest = path, layout, digest
        self._file = open(path, "rb", buffering=0)  # noqa: SIM115 - closed by `close`
        slots = min(WINDOWS_KEPT * layout.window, -(-layout.rows // layout.block))
        self._buffers = {
            name: np.empty((slots * layout.block, *shape), dtype)
            for name, (dtype, shape) in layout.fields.items()
        }
        self._slots: dict[int, int] = {}  # block -> its slot, the one used last at the end
        self._free = list(range(slots))
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return self.layout.rows

    @property
    def nbytes(self) -> int:
        """Bytes of all rows."""
        return self.layout.nbytes

    @property
    def weights(self) -> StoredWeights | None:
        """How much each row counts; None where all count the same."""
        return StoredWeights(self) if WEIGHTS in self.layout.fields else None

    def take(self, indices: np.ndarray) -> dict[str, Any]:
        """The rows with these numbers: a tree of arrays (len(indices), ...)."""
        names = [name for name in self.layout.fields if name != WEIGHTS]
        return nested(self._gather(indices, names))

    def gather(self, indices: np.ndarray, name: str) -> np.ndarray:
        """One field of the rows with these numbers."""
        return self._gather(indices, [name])[name]

    def marks(self) -> list[Any]:
        """What tells these rows from others, and their order."""
        return [f"{self.digest} {self.layout.block} {self.layout.window}"]

    def close(self) -> None:
        """Remove the file, and its folder if that is empty then."""
        self._file.close()
        shutil.rmtree(self.path.parent, ignore_errors=True)

    def _gather(self, indices: np.ndarray, names: list[str]) -> dict[str, np.ndarray]:
        fields = self.layout.fields
        out = {n: aligned.empty((len(indices), *fields[n][1]), fields[n][0]) for n in names}
        blocks, within = np.divmod(indices, self.layout.block)
        wanted, which = np.unique(blocks, return_inverse=True)
        most = len(self._free) + len(self._slots)
        with self._lock:
            for first in range(0, len(wanted), most):
                group = wanted[first : first + most]
                slots = self._slots_of(group)
                if len(group) == len(wanted):
                    places = slots[which] * self.layout.block + within
                    for name in names:
                        np.take(self._buffers[name], places, axis=0, out=out[name], mode="clip")
                    continue
                here = np.flatnonzero((which >= first) & (which < first + most))
                places = slots[which[here] - first] * self.layout.block + within[here]
                for name in names:
                    out[name][here] = self._buffers[name][places]
        return out

    def _slots_of(self, blocks: np.ndarray) -> np.ndarray:
        """The slot of each of these blocks, read where it is in none."""
        missing = []
        for block in blocks.tolist():
            if block in self._slots:
                self._slots[block] = self._slots.pop(block)
            else:
                missing.append(block)
        for block in missing:
            oldest = next(iter(self._slots), 0)
            slot = self._free.pop() if self._free else self._slots.pop(oldest)
            self._read(block, slot)
            self._slots[block] = slot
        return np.array([self._slots[block] for block in blocks.tolist()])

    def _read(self, block: int, slot: int) -> None:
        layout = self.layout
        first = block * layout.block
        count = min(layout.block, layout.rows - first)
        self._file.seek(first * layout.row_bytes)
        for buffer in self._buffers.values():
            place = slot * layout.block
            bytes_of_rows = memoryview(as_bytes(buffer[place : place + count]))
            done = 0
            while done < len(bytes_of_rows):
                read = self._file.readinto(bytes_of_rows[done:])
                if not read:
                    raise OSError(f"{self.path} was cut short while it was in use")
                done += read


class StoredWeights:
    """The weights of stored rows, by row number."""

    def __init__(self, rows: StoredRows) -> None:
        self._rows = rows

    def __getitem__(self, indices: np.ndarray) -> np.ndarray:
        """Float32, shaped as the indices."""
        return self._rows.gather(indices.reshape(-1), WEIGHTS).reshape(indices.shape)


def as_bytes(array: np.ndarray) -> Any:
    """The memory of a contiguous array, as a flat array of bytes."""
    return array.reshape(-1).view(np.uint8)


def flat(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, np.ndarray]]:
    """The arrays of a tree, with their paths."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{above}{name}/")
        else:
            yield above + name, value


def nested(arrays: Mapping[str, Any]) -> dict[str, Any]:
    """The tree whose arrays have these paths."""
    tree: dict[str, Any] = {}
    for path, value in arrays.items():
        *folders, name = path.split("/")
        place = tree
        for folder in folders:
            place = place.setdefault(folder, {})
        place[name] = value
    return tree
