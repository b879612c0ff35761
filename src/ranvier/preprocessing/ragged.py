"""Rows of different lengths, which pad themselves to one of a few lengths when they are taken.

A compiled program has fixed shapes, so rows of like lengths are grouped: the rows of a group are
padded with zeros to its edge, the length of its longest. The edges are those that leave the fewest
steps to padding.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

GROUPS = 4  # with the programs that set up and judge, six are compiled
WORTH = 20_000  # steps that a further group must save: less is over before it is compiled
CANDIDATES = 64  # lengths between which edges are looked for


class Ragged:
    """Rows of steps; what `take` gives is as long as the edge of its longest row.

    Attributes:
        flat: (all steps, ...), one row after the other.
        starts: int64 (rows of `flat` + 1,).
        rows: int64 (N,), which of those rows these are.
        edges: the lengths that rows are padded to, ascending.
    """

    def __init__(
        self, flat: Array, starts: Array, edges: tuple[int, ...], rows: Array | None = None
    ) -> None:
        self.flat, self.starts = flat, starts
        self.rows = np.arange(len(starts) - 1) if rows is None else rows
        self.lengths: Array = np.diff(starts)[self.rows]  # int64 (N,)
        longest = int(self.lengths.max(initial=0))
        self.edges = edges if longest <= edges[-1] else (*edges, beyond(edges[-1], longest))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def shape(self) -> tuple[int, ...]:
        """(N, edge of the longest row, ...)."""
        return (len(self), self.edge_of(self.lengths), *self.flat.shape[1:])

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the steps."""
        return np.dtype(self.flat.dtype)

    @property
    def nbytes(self) -> int:
        """Bytes of these rows, padded by groups."""
        padded = int(np.asarray(self.edges)[self.groups].sum())
        return padded * int(np.prod(self.flat.shape[1:])) * self.flat.itemsize

    @property
    def groups(self) -> Array:
        """Int64 (N,): the number of the edge that each row is padded to."""
        return np.searchsorted(np.asarray(self.edges), self.lengths)

    def edge_of(self, lengths: Array) -> int:
        """The edge to which rows of these lengths are padded together."""
        longest = int(lengths.max(initial=0))
        return self.edges[int(np.searchsorted(np.asarray(self.edges), longest))]

    def __getitem__(self, index: Any) -> Ragged:
        """Some of the rows, in the given order; nothing is copied."""
        return Ragged(self.flat, self.starts, self.edges, self.rows[index])

    def shape_of(self, indices: Array) -> tuple[int, ...]:
        """Of what `take` gives for these row numbers."""
        edge = self.edge_of(self.lengths[indices])
        return (len(indices), edge, *self.flat.shape[1:])

    def take(self, indices: Array, out: Array | None = None) -> Array:
        """Those rows, (len(indices), edge, ...), padded with zeros; written to `out` if given."""
        if out is None:
            out = np.empty(self.shape_of(indices), self.dtype)
        lengths = self.lengths[indices]
        begins = self.starts[self.rows[indices]]
        for place, (begin, length) in enumerate(
            zip(begins.tolist(), lengths.tolist(), strict=True)
        ):
            out[place, :length] = self.flat[begin : begin + length]
            out[place, length:] = 0
        return out

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """All rows, padded."""
        del copy
        array = self.take(np.arange(len(self)))
        return array if dtype is None else array.astype(dtype, copy=False)


def lengths_of(steps: Any) -> Array:
    """Int64 (N,): how many steps each row has, of `Ragged` rows or of an array of whole ones."""
    if isinstance(steps, Ragged):
        return steps.lengths
    return np.full(len(steps), steps.shape[1])


def beyond(largest: int, length: int) -> int:
    """The edge of a row that is longer than all in training: the largest, doubled until it fits."""
    while largest < length:
        largest *= 2
    return largest


def edges_of(lengths: Array, *, most: int = GROUPS, fewest_rows: int = 64) -> tuple[int, ...]:
    """The edges, ascending, that leave the fewest steps to padding.

    Each group is a program to compile, so there is a further one only where it saves `WORTH` steps.

    Args:
        lengths: int (N,), at least 1 each.
        most: groups at most.
        fewest_rows: rows of a group at least, where there are as many.
    """
    lengths = np.sort(np.asarray(lengths))
    count = len(lengths)
    cuts = np.unique(lengths[np.linspace(0, count - 1, min(count, CANDIDATES)).astype(np.int64)])
    ends = np.searchsorted(lengths, cuts, side="right")  # rows up to each candidate
    # best[k][j]: padded steps of the rows up to candidate j, in k + 1 groups
    best = [(cuts * ends).astype(np.float64)]
    back: list[Array] = []
    for _ in range(1, most):
        before = best[-1]
        rows = ends[:, None] - ends[None, :]  # of a group from candidate i to j: [j, i]
        cost = before[None, :] + cuts[:, None] * rows
        cost[rows < min(fewest_rows, count)] = np.inf
        cost[:, ends < min(fewest_rows, count)] = np.inf
        back.append(np.argmin(cost, axis=1))
        best.append(cost.min(axis=1))
    totals = [costs[-1] for costs in best]
    groups = 0
    while groups + 1 < most and totals[groups] - totals[groups + 1] >= WORTH:
        groups += 1
    place, edges = len(cuts) - 1, [int(cuts[-1])]
    for level in reversed(range(groups)):
        place = int(back[level][place])
        edges.append(int(cuts[place]))
    return tuple(sorted(edges))
