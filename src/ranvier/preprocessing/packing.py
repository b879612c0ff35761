"""Documents of tokens, several to a row, so that little of it is padding.

A document stands between marks. One that is longer than a row is cut into pieces of rows' width:
where the next token is learned, a piece begins with the last token of the piece before, so that
each token is predicted once; where hidden tokens are, each piece has its own marks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.preprocessing.chunks import spread

Array = np.ndarray[Any, Any]

OPEN = 64  # rows that are still looked at for room


def read_on(flat: Array, starts: Array, end: int | None, width: int) -> tuple[Array, Array, Array]:
    """Documents as "end, tokens, end", in pieces of `width` tokens at most.

    Args:
        flat: int32 (tokens,).
        starts: int64 (documents + 1,).
        end: the mark's number; None: no marks stand around documents.
        width: tokens of a row.

    Returns:
        The marked tokens, int32; where each piece begins among them and how long it is, int64.
    """
    lengths, marked, begins = np.diff(starts), flat, starts[:-1]
    whole, step = lengths, width - 1
    if end is not None:
        whole, begins = lengths + 2, begins + 2 * np.arange(len(lengths))
        marked = np.full(len(flat) + 2 * len(lengths), end, np.int32)
        marked[spread(begins + 1, lengths)] = flat
    counts = -(-(whole - 1) // step)
    place = spread(np.zeros_like(counts), counts) * step  # of each piece in its document
    sizes = np.minimum(width, np.repeat(whole, counts) - place)
    return marked, np.repeat(begins, counts) + place, sizes


def around(
    flat: Array, starts: Array, start: int, end: int, width: int
) -> tuple[Array, Array, Array]:
    """Documents as pieces of "start, tokens, end"; as `read_on` otherwise."""
    lengths, room = np.diff(starts), width - 2
    counts = -(-lengths // room)
    place = spread(np.zeros_like(counts), counts) * room
    inner = np.minimum(room, np.repeat(lengths, counts) - place)
    sizes = inner + 2
    begins = np.cumsum(sizes) - sizes
    marked = np.full(int(sizes.sum()), end, np.int32)
    marked[begins] = start
    marked[spread(begins + 1, inner)] = flat[spread(np.repeat(starts[:-1], counts) + place, inner)]
    return marked, begins, sizes


def places(sizes: Array, width: int) -> tuple[Array, Array, Array]:
    """Where each piece goes, in the order they come: the first of the open rows with room for it.

    Args:
        sizes: int64 (pieces,), none above `width`.
        width: tokens of a row.

    Returns:
        Int64 (pieces,): its row, its first column, and the number it has in its row, from 1.
    """
    found = np.zeros((3, len(sizes)), np.int64)
    rows: list[list[int]] = []  # row, columns taken, pieces
    count = 0
    for piece, size in enumerate(sizes.tolist()):
        for row in rows:
            if row[1] + size <= width:
                break
        else:
            if len(rows) == OPEN:
                rows.remove(max(rows, key=lambda one: one[1]))
            row = [count, 0, 0]
            rows.append(row)
            count += 1
        row[2] += 1
        found[:, piece] = row[0], row[1], row[2]
        row[1] += size
        if row[1] > width - 2:
            rows.remove(row)
    return found[0], found[1], found[2]


def packed(marked: Array, begins: Array, sizes: Array, width: int) -> tuple[Array, Array]:
    """Tokens, and the number of each one's piece in its row, 0 for padding.

    Returns:
        Both int32 (rows, width).
    """
    row, column, number = places(sizes, width)
    count = int(row.max(initial=-1)) + 1
    tokens, documents = np.zeros((2, count * width), np.int32)
    into = spread(row * width + column, sizes)
    tokens[into] = marked[spread(begins, sizes)]
    documents[into] = np.repeat(number, sizes)
    return tokens.reshape(count, width), documents.reshape(count, width)
