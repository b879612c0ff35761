"""Pictures in the size that they have: files, arrays and Pillow's, of different sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.data.pictures.arrays import pictures_of
from ranvier.data.pictures.files import FilePixels
from ranvier.data.pictures.foreign import Unreadable
from ranvier.data.pictures.form import PICTURE, Form
from ranvier.data.pictures.opening import pixels_of, size_of
from ranvier.data.pictures.pictures import Pictures
from ranvier.errors import DataError

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Originals:
    """Pictures that are opened one by one.

    Attributes:
        sources: paths, Pillow's pictures, or uint8 arrays (H, W, C).
        names: what each is called in messages.
    """

    sources: Sequence[Any]
    names: Sequence[str]

    def __len__(self) -> int:
        return len(self.sources)

    # As `Pixels`, so that a Dataset can hold them; as rows of one size they cannot be had.

    @property
    def form(self) -> Form:
        """Of a picture of any size."""
        return Form(PICTURE, (1, 1, int(self.sizes[:, 2].max())))

    @property
    def dtype(self) -> np.dtype[Any]:
        """uint8."""
        return np.dtype(np.uint8)

    def take(self, rows: Array, out: Array | None = None) -> Array:
        """Never.

        Raises:
            DataError: always.
        """
        raise DataError(
            "These pictures differ in size, and rows of one size are needed: resize them first, or "
            "pass a folder of them."
        )

    def within(self, size: int) -> Originals:
        """Itself."""
        del size
        return self

    def formed(self, form: Form) -> Originals:
        """As `take`.

        Raises:
            DataError: always.
        """
        self.take(np.arange(0))
        raise AssertionError(form)

    @cached_property
    def sizes(self) -> Array:
        """Int64 (N, 3): height, width and channels (1 or 3).

        Raises:
            DataError: a picture cannot be read.
        """
        sizes = [self._tried(size_of, number) for number in range(len(self))]
        return np.array(sizes, np.int64).reshape(-1, 3)

    def pixels(self, number: int, channels: int) -> Array:
        """Uint8 (H, W, channels) of one picture.

        Raises:
            DataError: it cannot be read.
        """
        found: Array = self._tried(lambda source: pixels_of(source, channels), number)
        return found

    def _tried(self, read: Any, number: int) -> Any:
        try:
            return read(self.sources[number])
        except Unreadable as error:
            raise DataError(f"{self.names[number]} {error}: leave it out, or mend it.") from None
        except OSError as error:
            raise DataError(f"{self.names[number]} cannot be opened: {error.strerror}.") from None


def originals_of(pictures: Any) -> Originals:
    """What can be read as it is, of whatever holds pictures.

    Args:
        pictures: `Pictures`, an array (N, H, W) or (N, H, W, C), one picture, or a list of
            pictures: paths, arrays (H, W) or (H, W, C), or Pillow's.

    Raises:
        DataError: it holds none.
    """
    if isinstance(pictures, Pictures):
        return _of_rows(pictures)
    if isinstance(pictures, np.ndarray) and pictures.ndim in (3, 4) and pictures.shape[-1] > 4:
        return _of_rows(pictures_of(pictures)[0])
    if isinstance(pictures, np.ndarray) and pictures.ndim == 4:
        return _of_rows(pictures_of(pictures)[0])
    listed = list(pictures) if isinstance(pictures, (list, tuple)) else [pictures]
    if not listed:
        raise DataError("At least one picture is needed; the list is empty.")
    names = [
        str(source) if isinstance(source, (str, Path)) else f"picture {number:,}"
        for number, source in enumerate(listed)
    ]
    return Originals(listed, names)


def _of_rows(pictures: Pictures) -> Originals:
    pixels, rows = pictures.pixels, pictures.rows
    numbers = range(len(pixels)) if rows is None else [int(row) for row in rows]
    if isinstance(pixels, Originals):
        return Originals([pixels.sources[n] for n in numbers], [pixels.names[n] for n in numbers])
    if isinstance(pixels, FilePixels):
        files = pixels.files
        return Originals([files.paths[n] for n in numbers], [files.names[n] for n in numbers])
    array = pictures.take(np.arange(len(pictures)))
    if array.ndim != 4:
        raise DataError(
            f"Super-resolution takes pictures; these are {pictures.about}: pass "
            "(N, height, width, channels)."
        )
    return Originals(list(array), [f"picture {n:,}" for n in numbers])
