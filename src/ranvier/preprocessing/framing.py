"""Texts, or pairs of texts, between marks of their start and their end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.errors import HyperparameterError
from ranvier.preprocessing.chunks import spread
from ranvier.preprocessing.tokens import Tokens

Array = np.ndarray[Any, Any]
Rows = tuple[Array, Array]  # all rows' tokens, one row after the other; where each begins


@dataclass(frozen=True)
class Frame:
    """What stands around texts: START a END, and of pairs START a END b END.

    Attributes:
        start, end: the numbers of the marks.
        between: how often the end stands between the two texts of a pair; RoBERTa has it twice.
    """

    start: int
    end: int
    between: int = 1

    def marks(self, *, pairs: bool) -> int:
        """How many marks stand in a row."""
        return 2 + self.between if pairs else 2

    def around(self, first: Rows, second: Rows | None, most: int) -> tuple[Array, Array, Array]:
        """The rows with their marks, of which what is too long is cut.

        Args:
            first: the tokens of the texts, or of the first of each pair.
            second: of the second of each pair; None without pairs.
            most: tokens of a row, marks among them; more than these.

        Returns:
            int32 (tokens,); where each row begins, int64 (N + 1,); and int32 (tokens,): 1 for the
            second text of a pair and the end behind it, else 0.
        """
        room = most - self.marks(pairs=second is not None)
        if second is None:
            sizes = [np.minimum(np.diff(first[1]), room)]
            parts = [self._mark(self.start, sizes[0], 1), first, self._mark(self.end, sizes[0], 1)]
            lengths = [np.ones_like(sizes[0]), sizes[0], np.ones_like(sizes[0])]
            later = 3
        else:
            sizes = list(longest_first(np.diff(first[1]), np.diff(second[1]), room))
            one = np.ones_like(sizes[0])
            parts = [
                self._mark(self.start, one, 1),
                first,
                self._mark(self.end, one, self.between),
                second,
                self._mark(self.end, one, 1),
            ]
            lengths = [one, sizes[0], one * self.between, sizes[1], one]
            later = 3
        every = np.stack(lengths)  # (parts, N)
        ends = np.cumsum(every.sum(axis=0))
        starts = np.concatenate([[0], ends]).astype(np.int64)
        offsets = starts[:-1] + np.cumsum(every, axis=0) - every  # (parts, N)
        flat = np.empty(int(starts[-1]), np.int32)
        segments = np.zeros(len(flat), np.int32)
        for number, ((tokens, begins), size) in enumerate(zip(parts, lengths, strict=True)):
            places = spread(offsets[number], size)
            flat[places] = tokens[spread(begins[:-1], size)]
            if number >= later:
                segments[places] = 1
        return flat, starts, segments

    @staticmethod
    def _mark(number: int, rows: Array, times: int) -> Rows:
        """The same tokens for every row."""
        return np.full(times, number, np.int32), np.zeros(len(rows) + 1, np.int64)


def longest_first(first: Array, second: Array, room: int) -> tuple[Array, Array]:
    """How many tokens are kept of each text of a pair, int64 (N,): the longer one is cut first.

    Args:
        first: int64 (N,), how many the first of each pair has.
        second: the same of the second.
        room: for both together.
    """
    shorter = np.minimum(first, second)
    longer = np.minimum(np.maximum(first, second), np.maximum(shorter, room - shorter))
    both = shorter + longer > room
    shorter = np.where(both, room // 2, shorter)
    longer = np.where(both, room - room // 2, longer)
    swapped = first > second
    return np.where(swapped, longer, shorter), np.where(swapped, shorter, longer)


def frame_of(tokens: Tokens, between: int = 1) -> Frame:
    """The marks of a tokenizer around texts.

    Raises:
        HyperparameterError: it has none.
    """
    if tokens.start is None or tokens.end is None:
        raise HyperparameterError(
            "The tokenizer has no tokens that mark the start and the end of a text, such as [CLS] "
            "and [SEP]: use the tokenizer of another model."
        )
    return Frame(tokens.start, tokens.end, between)


def check_length(max_length: int | None, marks: int, pairs: bool) -> None:
    """Hold `max_length` to the room that the marks take.

    Raises:
        HyperparameterError: none is left for any text.
    """
    fewest = marks + (2 if pairs else 1)
    if max_length is not None and marks and max_length < fewest:
        what = "pair of texts" if pairs else "text"
        raise HyperparameterError(
            f"max_length must be at least {fewest}, as {marks} marks stand around each {what}; got "
            f"{max_length}: set it higher."
        )
