"""Chunks of text that were cut into tokens once, and are looked up from then on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


class Known:
    """Chunks that were cut: their tokens, one chunk after the other.

    Attributes:
        places: each chunk's number.
        tokens: int32 (tokens,).
        begins, lengths: int64 (chunks,), where a chunk's tokens begin, and how many there are.
    """

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.tokens: Array = np.zeros(0, np.int32)
        self.begins: Array = np.zeros(0, np.int64)
        self.lengths: Array = np.zeros(0, np.int64)

    def add(self, chunks: Sequence[str], cut: Iterable[Sequence[int]]) -> None:
        """New chunks, with the tokens of each."""
        found = list(cut)
        lengths = np.fromiter(map(len, found), np.int64, len(found))
        tokens = np.fromiter(chain.from_iterable(found), np.int32, int(lengths.sum()))
        begins = len(self.tokens) + np.cumsum(lengths) - lengths
        self.places.update(zip(chunks, range(len(self.places), len(self.places) + len(chunks)),
                               strict=True))  # fmt: skip
        self.tokens = np.concatenate([self.tokens, tokens])
        self.begins = np.concatenate([self.begins, begins])
        self.lengths = np.concatenate([self.lengths, lengths])


def spread(begins: Array, lengths: Array) -> Array:
    """The places begin, begin + 1, ... of each stretch, one stretch after the other."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    places: Array = np.arange(total) + np.repeat(begins - (ends - lengths), lengths)
    return places
