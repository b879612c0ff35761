"""Lists of pairs of texts, and of texts that are cut into words already."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.data.inference import absent
from ranvier.data.texts import Texts, strings
from ranvier.errors import DataError


def are_pairs(source: Any) -> bool:
    """Whether it is a list of tuples of two texts, or an array (N, 2) of texts."""
    if isinstance(source, np.ndarray):
        if source.ndim != 2 or source.shape[1] != 2 or source.dtype.kind not in "OU":
            return False
        return all(isinstance(value, str) or absent(value) for value in source[:1].ravel())
    if not isinstance(source, (list, tuple)) or not source or not isinstance(source[0], tuple):
        return False
    if len(source[0]) != 2:
        return False
    return any(isinstance(value, str) for value in source[0]) and all(
        isinstance(value, str) or absent(value) for value in source[0]
    )


def are_words(source: Any) -> bool:
    """Whether it is a list of lists of words, of which some may be empty."""
    if not isinstance(source, list) or not all(isinstance(row, list) for row in source):
        return False
    first = next((row[0] for row in source if row), None)
    return isinstance(first, str)


def pairs_of(rows: Any) -> Texts:
    """Pairs of texts; a missing one is the empty text.

    Raises:
        DataError: a row of another number of texts, or something that is no text.
    """
    for number, row in enumerate(rows):
        if not isinstance(row, (tuple, list, np.ndarray)) or len(row) != 2:
            count = len(row) if isinstance(row, (tuple, list, np.ndarray)) else "one value"
            raise DataError(
                f"Each row must be a pair of texts, as the first is; row {number:,} has {count}: "
                "pass two in each, None where one is missing."
            )
    first, second = zip(*rows, strict=True)
    return Texts(strings(first), second=strings(second))


def words_of(rows: list[list[Any]]) -> Texts:
    """Texts that are cut into words.

    Raises:
        DataError: a word that is no text, or is empty.
    """
    found = np.empty(len(rows), object)
    for number, row in enumerate(rows):
        for place, word in enumerate(row):
            if not isinstance(word, str) or not word or word.isspace():
                what = f"{type(word).__name__} ({word!r:.40})"
                if isinstance(word, str) or absent(word):
                    what = "empty"
                raise DataError(
                    f"A text that is a list must hold words; word {place:,} of row {number:,} is "
                    f"{what}: leave it out, with its label."
                )
        found[number] = tuple(word.encode("utf-8", "replace").decode() for word in row)
    return Texts(strings([" ".join(row) for row in found]), words=found)
