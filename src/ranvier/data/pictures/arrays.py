"""Pictures that are an array already, in whatever layout people keep them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.data.checks import BLOCK
from ranvier.data.pictures.form import PICTURE, SIGNAL, Form
from ranvier.data.pictures.pictures import Array, Pictures
from ranvier.errors import DataError

# How one row lies: H height, W width, C channels, T steps of a signal.
LAYOUTS = ("auto", "HW", "HWC", "CHW", "T", "TC", "CT")
MOST_CHANNELS = 4  # of a picture whose layout is not told
FEWEST_STEPS = 16  # of a signal whose layout is not told


@dataclass(frozen=True, eq=False)
class ArrayPixels:
    """The rows of an array (N, *form.shape), uint8 or float32."""

    array: Array
    form: Form

    def __len__(self) -> int:
        return len(self.array)

    @property
    def dtype(self) -> np.dtype[Any]:
        """uint8, or float32."""
        dtype: np.dtype[Any] = self.array.dtype
        return dtype

    def take(self, rows: Array, out: Array | None = None) -> Array:
        """The rows with these numbers, written to `out` if given."""
        # "clip" writes straight into the result, where "raise" would go through another copy.
        taken: Array = np.take(self.array, rows, axis=0, out=out, mode="clip")
        return taken

    def within(self, size: int) -> ArrayPixels:
        """Itself: it is in memory already."""
        del size
        return self

    def formed(self, form: Form) -> ArrayPixels:
        """Itself: an array has the size it has.

        Raises:
            DataError: another size is asked for.
        """
        if form.shape != self.form.shape:
            raise DataError(
                f"Rows of {form} are expected, as in training; the array holds rows of "
                f"{self.form}: resize them first."
            )
        return self


def pictures_of(array: Array, layout: str = "auto") -> tuple[Pictures, str]:
    """An array as pictures, and in words what its axes were taken for.

    Args:
        array: (N, ...) of numbers: uint8, or floats and other integers, which become float32.
        layout: one of `LAYOUTS`; "auto" goes by the sizes.

    Raises:
        DataError: the array is empty, holds NaN or infinities, or has no such layout.
    """
    if array.dtype.kind not in "fiub":
        raise DataError(f"Pictures must be numbers; the array holds {array.dtype}.")
    if 0 in array.shape:
        raise DataError(
            f"Found array with 0 sample(s) (shape={array.shape}) while a minimum of 1 is required: "
            "pass at least one picture of at least one pixel."
        )
    chosen, words = (layout, "as told") if layout != "auto" else _layout_of(array.shape)
    if array.ndim == 2 and chosen == "HW":
        array = _squared(array)
    if len(chosen) != array.ndim - 1:
        raise DataError(
            f"layout={chosen!r} needs rows of {len(chosen)} axes; the array has shape "
            f"{array.shape}."
        )
    ordered = _channels_last(array, chosen)
    form = Form(SIGNAL if "T" in chosen else PICTURE, ordered.shape[1:])
    if ordered.dtype == bool:
        ordered = ordered.astype(np.uint8) * 255
    elif ordered.dtype != np.uint8:
        ordered = _as_float32(ordered)
    return Pictures(ArrayPixels(ordered, form)), f"{form.kind}s of {form}, axes N{chosen} ({words})"


def _layout_of(shape: tuple[int, ...]) -> tuple[str, str]:
    """The layout that the sizes speak for, and why."""
    row = shape[1:]
    if len(row) == 1:
        side = round(row[0] ** 0.5)
        if side * side == row[0] and side > 1:
            return "HW", f"{row[0]} numbers are a square"
        return "T", "one number for each step"
    if len(row) == 2:
        long, short = max(row), min(row)
        if short < 8 and long >= FEWEST_STEPS:
            return ("TC" if row[0] == long else "CT"), f"{short} channels"
        return "HW", "no axis for channels"
    if len(row) == 3:
        if row[2] <= MOST_CHANNELS:
            return "HWC", f"{row[2]} channels last"
        if row[0] <= MOST_CHANNELS:
            return "CHW", f"{row[0]} channels first"
        raise DataError(
            f"An array of shape {shape} has no axis that looks like channels: tell its layout, "
            "such as layout='HWC'."
        )
    raise DataError(
        f"An array of shape {shape} is no set of pictures: expected (N, height, width), "
        "(N, height, width, channels) or (N, steps, channels)."
    )


def _squared(array: Array) -> Array:
    side = round(array.shape[1] ** 0.5)
    if side * side != array.shape[1]:
        raise DataError(
            f"layout='HW' needs squares; rows of {array.shape[1]} numbers are none: reshape the "
            "array to (N, height, width)."
        )
    return array.reshape(-1, side, side)


def _channels_last(array: Array, layout: str) -> Array:
    if "C" not in layout:
        return array[..., None]
    return np.moveaxis(array, 1 + layout.index("C"), -1)


def _as_float32(array: Array) -> Array:
    """Float32, checked in blocks so that nothing else is copied."""
    if array.dtype != np.float32:
        with np.errstate(over="ignore"):
            array = array.astype(np.float32)
    step = max(1, BLOCK // max(1, int(np.prod(array.shape[1:]))))
    for start in range(0, len(array), step):
        finite = np.isfinite(array[start : start + step])
        if not finite.all():
            row = start + int(np.argmin(finite.reshape(len(finite), -1).all(axis=1)))
            raise DataError(
                "Input X contains NaN, infinity or a value too large: the first is in row "
                f"{row:,}; a picture's pixels must all be finite numbers."
            )
    return array
