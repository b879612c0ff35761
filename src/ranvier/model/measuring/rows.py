"""Rows of numbers as the measures take them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.errors import DataError

Array = np.ndarray[Any, Any]


def flat(rows: Any, what: str = "rows") -> Array:
    """Rows of any shape as float64 (N, numbers); uint8, as pictures are, from 0 to 1.

    Raises:
        DataError: there are none, or they hold what is no number.
    """
    array = np.asarray(rows)
    if array.ndim < 2 or not len(array) or array.dtype.kind not in "biuf":
        raise DataError(
            f"The {what} to be measured must be an array of numbers with a row for each; got "
            f"{array.dtype} of shape {array.shape}."
        )
    wide = array.reshape(len(array), -1).astype(np.float64)
    if array.dtype == np.uint8:
        wide /= 255.0
    if not np.isfinite(wide).all():
        raise DataError(
            f"The {what} to be measured hold NaN or infinite numbers: leave those rows out."
        )
    return wide


def paired(one: Any, other: Any, words: tuple[str, str]) -> tuple[Array, Array]:
    """Two sets of rows, flat and of the same width.

    Raises:
        DataError: they differ in width, or one of them cannot be measured.
    """
    left, right = flat(one, words[0]), flat(other, words[1])
    if left.shape[1] != right.shape[1]:
        raise DataError(
            f"The {words[0]} and the {words[1]} must be equally wide to be compared; got "
            f"{left.shape[1]:,} and {right.shape[1]:,} numbers a row."
        )
    return left, right


def some(rows: Any, most: int, seed: int = 0) -> Any:
    """At most so many of the rows, drawn by chance, in their order."""
    if len(rows) <= most:
        return rows
    return rows[np.sort(np.random.default_rng(seed).permutation(len(rows))[:most])]
