"""What each picture draws: a random number for each way in which it may be changed."""

from __future__ import annotations

import jax

from ranvier.layers.hashing import uniform

# Each picture draws a number for each of these, whichever are used: what one change draws
# never depends on which others are on.
COLUMNS = (
    "shift_rows",
    "shift_columns",
    "flip_rows",
    "flip_columns",
    "crop_area",
    "crop_proportion",
    "crop_row",
    "crop_column",
    "angle",
    "scale",
    "brightness",
    "contrast",
    "saturation",
    "cutout_row",
    "cutout_column",
    "time_length",
    "time_start",
    "frequency_length",
    "frequency_start",
)

Draws = dict[str, jax.Array]  # by column; uniform from 0 to 1, never either

NUMBERS, NOISE, MIXING = range(3)  # streams: no two ever draw the same numbers


def draw(key: jax.Array, rows: int) -> Draws:
    """Float32 of shape (rows,) for each column."""
    numbers = uniform(key, NUMBERS, (len(COLUMNS), rows))
    return dict(zip(COLUMNS, numbers, strict=True))
