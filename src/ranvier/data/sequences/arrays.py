"""Arrays, and lists of arrays, as sequences."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.data.sequences.sequences import Sequences
from ranvier.errors import DataError

Array = np.ndarray[Any, Any]


def sequences_of(arrays: Any, lengths: Any = None) -> Sequences:
    """See `Sequences.of`."""
    if isinstance(arrays, Sequences):
        if lengths is not None:
            raise DataError("These sequences have their lengths already: leave lengths= out.")
        return arrays
    if isinstance(arrays, (list, tuple)):
        if lengths is not None:
            raise DataError(
                "lengths= belongs to one array (N, steps, channels); the arrays of a list have "
                "lengths of their own: leave it out."
            )
        rows = [_row(array, number) for number, array in enumerate(arrays)]
    else:
        whole = _numbers(arrays, "the array")
        if whole.ndim not in (2, 3):
            raise DataError(
                "Sequences must be (N, steps) or (N, steps, channels); the array has shape "
                f"{whole.shape}: reshape it."
            )
        whole = whole[..., None] if whole.ndim == 2 else whole
        if lengths is None and whole.size and np.isfinite(whole).all():
            return _even(whole)
        rows = _cut(whole, lengths)
    if not rows:
        raise DataError(
            "Found array with 0 sample(s) while a minimum of 1 is required: pass at least one "
            "sequence."
        )
    return _joined(rows)


def _even(whole: Array) -> Sequences:
    """Complete rows (N, steps, channels), which are kept as they lie."""
    starts = whole.shape[1] * np.arange(len(whole) + 1, dtype=np.int64)
    return Sequences(np.ascontiguousarray(whole).reshape(-1, whole.shape[2]), starts)


def _row(array: Any, number: int) -> Array:
    values = _numbers(array, f"sequence {number}")
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2:
        raise DataError(
            f"Each sequence must be (steps,) or (steps, channels); sequence {number} has shape "
            f"{values.shape}."
        )
    return values


def _numbers(array: Any, name: str) -> Array:
    try:
        values = np.asarray(array)
        if values.dtype.kind not in "fiub":
            values = values.astype(np.float64)
    except (TypeError, ValueError):
        raise DataError(
            f"Sequences must hold numbers; {name} holds other things: convert them, or pass NaN "
            "for missing ones."
        ) from None
    with np.errstate(over="ignore"):
        return values.astype(np.float32, copy=False)


def _cut(whole: Array, lengths: Any) -> list[Array]:
    """The rows of (N, steps, channels) at their own lengths."""
    if lengths is None:
        return list(whole)
    given = np.asarray(lengths)
    if given.shape != (len(whole),) or given.dtype.kind not in "iu":
        raise DataError(
            f"lengths must be whole numbers, one for each of the {len(whole):,} rows; got "
            f"{given.dtype} of shape {given.shape}."
        )
    wrong = np.flatnonzero((given < 1) | (given > whole.shape[1]))
    if len(wrong):
        raise DataError(
            f"lengths must lie between 1 and {whole.shape[1]:,}, the steps of the array; row "
            f"{wrong[0]:,} has {given[wrong[0]]}."
        )
    return [row[:length] for row, length in zip(whole, given.tolist(), strict=True)]


def _joined(rows: list[Array]) -> Sequences:
    width = rows[0].shape[1]
    kept = []
    for number, row in enumerate(rows):
        if row.shape[1] != width:
            raise DataError(
                f"All sequences must have the same channels: the first has {width}, sequence "
                f"{number:,} has {row.shape[1]}; fill missing ones with NaN."
            )
        present = np.flatnonzero(~np.isnan(row).all(axis=1)) if width else np.empty(0)
        count = int(present[-1]) + 1 if len(present) else 0
        if not count:
            raise DataError(
                f"Sequence {number:,} has no step with a value (shape {row.shape}): leave it out."
            )
        kept.append(row[:count])
    steps = np.concatenate(kept)
    infinite = np.isinf(steps)
    if infinite.any():
        starts = np.cumsum([0, *(len(row) for row in kept)])
        place = int(np.argmax(infinite.any(axis=1)))
        number = int(np.searchsorted(starts, place, side="right")) - 1
        raise DataError(
            "Input X contains infinity or a value too large for float32: the first is in sequence "
            f"{number:,}, step {place - int(starts[number]):,}; replace it by a finite number, or "
            "by NaN for missing."
        )
    starts = np.concatenate([[0], np.cumsum([len(row) for row in kept])]).astype(np.int64)
    return Sequences(np.ascontiguousarray(steps), starts)
