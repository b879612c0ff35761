"""Texts as rows of tokens, as long as they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.data.texts import Texts
from ranvier.preprocessing.chunks import spread
from ranvier.preprocessing.framing import Frame
from ranvier.preprocessing.tokens import Tokens
from ranvier.preprocessing.worded import begins, marked, pieces

Array = np.ndarray[Any, Any]

BLOCK = 4_000_000  # characters cut into tokens together


@dataclass(frozen=True)
class Whole:
    """The tokens of texts before anything is cut off, without marks.

    Attributes:
        flat: int32 (tokens,), of the texts, or of the first of each pair, one after the other.
        starts: int64 (N + 1,), where each begins.
        second: the same of the second of each pair; None without pairs.
        words: where words have an answer each: the place in its row of each word's first token and
            that row, int64 (words,), and how many words each row has, int64 (N,); else None.
    """

    flat: Array
    starts: Array
    second: tuple[Array, Array] | None = None
    words: tuple[Array, Array, Array] | None = None

    @classmethod
    def of(cls, texts: Texts, tokens: Tokens, *, most: int | None = None, least: int = 1) -> Whole:
        """Cut texts into tokens, of which `most` are kept of each; at least `least`."""
        if texts.words is not None:
            listed, counts = pieces(texts.words)
            flat, starts = encoded(tokens, listed)
            starts, row, place = begins(tokens, starts, counts)
            return cls(flat, starts, words=(place, row, counts))
        flat, starts = encoded(tokens, texts.values.to_list(), most, least=least)
        if texts.second is None:
            return cls(flat, starts)
        second = encoded(tokens, texts.second.to_list(), most, least=least)
        return cls(flat, starts, second)

    @property
    def lengths(self) -> Array:
        """Int64 (N,): how many tokens each row has."""
        more = 0 if self.second is None else np.diff(self.second[1])
        return np.diff(self.starts) + more

    @property
    def all(self) -> Array:
        """Int32: the tokens of all texts."""
        return self.flat if self.second is None else np.concatenate([self.flat, self.second[0]])

    def read(self, most: int, frame: Frame | None) -> Rows:
        """The rows as a network takes them.

        Args:
            most: tokens of a row, marks among them.
            frame: what stands around; None: nothing.
        """
        if frame is None:
            sizes = np.minimum(np.diff(self.starts), most)
            flat = self.flat[spread(self.starts[:-1], sizes)]
            return Rows(flat, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64))
        flat, starts, segments = frame.around((self.flat, self.starts), self.second, most)
        words = counts = None
        if self.words is not None:
            place, row, counts = self.words
            words = marked(place, row, counts, starts)
        return Rows(flat, starts, None if self.second is None else segments, words, counts)


@dataclass(frozen=True)
class Rows:
    """Rows of tokens.

    Attributes:
        flat: int32 (tokens,), one row after the other.
        starts: int64 (N + 1,), where each begins.
        segments: int32 (tokens,), of pairs, see `Frame.around`; else None.
        words: int32 (tokens,), where words have an answer each, see `marked`; else None.
        counts: int64 (N,), how many words each row has; else None.
    """

    flat: Array
    starts: Array
    segments: Array | None = None
    words: Array | None = None
    counts: Array | None = None


def encoded(
    tokens: Tokens, texts: Sequence[str], most: int | None = None, *, least: int = 1
) -> tuple[Array, Array]:
    """All texts' tokens, one after the other, int32; and where each begins, int64 (N + 1,)."""
    found: list[Array] = []
    lengths: list[Array] = []
    begin = size = 0
    for place, text in enumerate(texts):
        size += len(text)
        if size >= BLOCK or place == len(texts) - 1:
            flat, starts = tokens.encode(texts[begin : place + 1], most, least=least)
            found.append(flat)
            lengths.append(np.diff(starts))
            begin, size = place + 1, 0
    if not found:
        return np.zeros(0, np.int32), np.zeros(1, np.int64)
    return np.concatenate(found), np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
