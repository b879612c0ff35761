"""Back from what enters a network to rows in their own units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.preprocessing.categories import Vocabulary
from ranvier.preprocessing.datetimes import DAY
from ranvier.preprocessing.numeric import CLIP
from ranvier.preprocessing.pictures import PicturePreprocessor
from ranvier.preprocessing.sequences import SequencePreprocessor
from ranvier.preprocessing.table import TablePreprocessor

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]

NEAREST = 0.985 * CLIP  # to the limit of the smooth clipping: beyond it a number would be anywhere


def table(preprocessor: TablePreprocessor, rows: Array) -> Array | pl.DataFrame:
    """Rows of a table from numbers and one-hot codes.

    Args:
        preprocessor: fitted.
        rows: (N, F + codes): the numeric input, then for each category a number for each code
            but the first; see `layers.table_input.one_hot_vector`.

    Returns:
        Float64 (N, columns) where training rows were an array, else a polars frame of the columns
        of training. A missing value is given as what stands for it; a column that the network was
        not shown holds its one value, or is missing.
    """
    return _array(preprocessor, rows) if preprocessor.plan.array else _frame(preprocessor, rows)


def _numbers(preprocessor: TablePreprocessor, rows: Array) -> Array:
    """Float64 (N, R): the smooth clipping and the scale undone."""
    plan = preprocessor.plan
    y = np.clip(rows[:, : len(plan.numbers)].astype(np.float64), -NEAREST, NEAREST)
    z = y / np.sqrt(1.0 - np.square(y / CLIP))
    spread = np.divide(1.0, plan.scale, out=np.zeros(len(plan.scale)), where=plan.scale > 0)
    numbers: Array = plan.center + z * spread
    return numbers


def _array(preprocessor: TablePreprocessor, rows: Array) -> Array:
    plan = preprocessor.plan
    numbers = _numbers(preprocessor, rows)
    out = np.full((len(rows), len(plan.decisions)), np.nan)
    positions = {name: position for position, name in enumerate(plan.numbers)}
    for column, decision in enumerate(plan.decisions):
        if "value" in decision.details:
            out[:, column] = decision.details["value"]
        elif decision.name in positions:
            out[:, column] = numbers[:, positions[decision.name]]
    return out


def _frame(preprocessor: TablePreprocessor, rows: Array) -> pl.DataFrame:
    import polars as pl

    plan = preprocessor.plan
    numbers = _numbers(preprocessor, rows)
    positions = {name: position for position, name in enumerate(plan.numbers)}
    first = len(plan.numbers) + len(plan.indicated)
    truths = {name: first + position for position, name in enumerate(plan.booleans)}
    begins, place = {}, plan.width
    for name, vocabulary in plan.vocabularies:
        begins[name] = (place, vocabulary)
        place += vocabulary.codes - 1
    columns: dict[str, Any] = {}
    for decision in plan.decisions:
        name = decision.name
        if decision.kind == "datetime" and name in positions:
            columns[name] = _moments(numbers[:, positions[name]])
        elif name in positions:
            columns[name] = numbers[:, positions[name]]
        elif name in truths:
            columns[name] = rows[:, truths[name]] > 0
        elif name in begins:
            columns[name] = _values(rows, *begins[name])
        else:
            value = decision.details.get("value")
            columns[name] = pl.Series([value]).new_from_index(0, len(rows))
    return pl.DataFrame(columns)


def _moments(days: Array) -> Array:
    """datetime64[us] of days since 1970."""
    when: Array = np.round(days * DAY).astype(np.int64).astype("datetime64[us]")
    return when


def _values(rows: Array, begin: int, vocabulary: Vocabulary) -> pl.Series:
    """The value whose code has the largest number."""
    import polars as pl

    known = [*vocabulary.values, *([None] * vocabulary.missing)]
    if not known:
        return pl.Series([None], dtype=pl.String).new_from_index(0, len(rows))
    codes = rows[:, begin : begin + len(known)].argmax(axis=1)
    return pl.Series([known[code] for code in codes], dtype=pl.String)


def pictures(preprocessor: PicturePreprocessor, rows: Array) -> Array:
    """(N, height, width, channels) in the type and the range of the training pictures.

    Args:
        preprocessor: fitted.
        rows: float (N, height, width, channels), standardised.
    """
    spec = preprocessor.spec
    pixels: Array = rows * np.asarray(spec.image_scale, np.float32)
    pixels += np.asarray(spec.image_center, np.float32)
    if preprocessor.dtype == "uint8":
        pixels = np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
    return pixels


def sequences(preprocessor: SequencePreprocessor, rows: Array) -> Array:
    """Float32 (N, steps, channels) in the units of the training rows.

    Args:
        preprocessor: fitted.
        rows: float (N, steps, channels and marks of missing ones), standardised.
    """
    width = len(preprocessor.center)
    restored = rows[..., :width] * preprocessor.scale + preprocessor.center
    return restored.astype(np.float32)
