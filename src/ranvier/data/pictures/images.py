"""A list of pictures that Pillow holds in memory."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ranvier.data.pictures.arrays import ArrayPixels
from ranvier.data.pictures.decoding import drawn, glance_at
from ranvier.data.pictures.foreign import Unreadable
from ranvier.data.pictures.pictures import Pictures
from ranvier.data.pictures.rules import form_of, words
from ranvier.errors import DataError


def are_images(source: Any) -> bool:
    """Whether it is a list of Pillow's pictures; Pillow must be loaded for one to exist."""
    pillow = sys.modules.get("PIL.Image")
    return (
        pillow is not None
        and isinstance(source, (list, tuple))
        and len(source) > 0
        and all(isinstance(item, pillow.Image) for item in source)
    )


def pictures_of_images(images: Sequence[Any]) -> tuple[Pictures, tuple[str, ...]]:
    """The pictures in the form that suits them, and what was done to them.

    Raises:
        DataError: one cannot be read.
    """
    table = np.array([_tried(row, glance_at, image) for row, image in enumerate(images)], np.int32)
    form = form_of(table)
    array = np.empty((len(images), *form.shape), np.uint8)
    for row, image in enumerate(images):
        data = _tried(row, lambda image: drawn(image, form), image)
        array[row] = np.frombuffer(data, np.uint8).reshape(form.shape)
    return Pictures(ArrayPixels(array, form)), words(table, form)


def _tried(row: int, deed: Callable[[Any], Any], image: Any) -> Any:
    try:
        return deed(image)
    except (Unreadable, OSError, ValueError) as error:
        why = str(error) if isinstance(error, Unreadable) else "is cut short or damaged"
        raise DataError(f"Picture {row:,} of the list {why}: leave it out.") from None
