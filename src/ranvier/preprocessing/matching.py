"""New rows' columns against those of training: by name for frames, by position for arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.errors import DataError, nearest

if TYPE_CHECKING:
    import polars as pl

SHOWN = 5


def check_width(given: int, expected: int, who: str = "TablePreprocessor") -> None:
    """The wording is the one that scikit-learn's checks look for."""
    if given != expected:
        raise DataError(
            f"X has {given} features, but {who} is expecting {expected} features as "
            "input: pass the columns of training, in their order."
        )


def made_up(names: list[str] | tuple[str, ...]) -> bool:
    """Whether the names are the "x0", "x1", ... of data that had none."""
    return all(name == f"x{position}" for position, name in enumerate(names))


def as_frame(inputs: np.ndarray[Any, Any], names: tuple[str, ...]) -> pl.DataFrame:
    """An array's columns under the names of training, by position."""
    import polars as pl

    check_width(inputs.shape[1], len(names))
    return pl.DataFrame({name: inputs[:, position] for position, name in enumerate(names)})


def as_array(frame: pl.DataFrame) -> np.ndarray[Any, Any]:
    """(N, columns) float64 of a frame, for statistics that were learned from an array."""
    from ranvier.preprocessing.reading import raw_numbers

    return np.stack([raw_numbers(series) for series in frame.iter_columns()], axis=1)


def match(frame: pl.DataFrame, names: tuple[str, ...], *, lenient: bool) -> pl.DataFrame:
    """The frame under the names of training.

    Names that were made up match by position. Strict: the same names in the same order. Lenient:
    by name; absent columns stay absent (their missing value is used) and others are ignored.
    """
    given = tuple(frame.columns)
    if given == names:
        return frame
    if (made_up(given) or made_up(names)) and len(given) == len(names):
        return frame.rename(dict(zip(given, names, strict=True)))
    if lenient:
        if not set(given) & set(names):
            raise DataError(
                f"None of the {len(names)} columns of training is here: expected "
                f"{_few(names)}; got {_few(given)}; name the table that this model is for."
            )
        return frame
    raise DataError(_differences(given, names))


def _differences(given: tuple[str, ...], names: tuple[str, ...]) -> str:
    """What differs, in the words that scikit-learn's checks look for."""
    message = "The feature names should match those that were passed during fit.\n"
    unseen = sorted(set(given) - set(names))
    missing = sorted(set(names) - set(given))
    if unseen:
        message += "Feature names unseen at fit time:\n" + _listed(unseen)
    if missing:
        message += "Feature names seen at fit time, yet now missing:\n" + _listed(missing)
    if not unseen and not missing:
        return message + "Feature names must be in the same order as they were in fit.\n"
    return message + (nearest(missing[0], given).strip() if missing else "")


def _listed(names: list[str]) -> str:
    lines = [f"- {name}\n" for name in names[:SHOWN]]
    return "".join(lines) + ("- ...\n" if len(names) > SHOWN else "")


def _few(names: tuple[str, ...]) -> str:
    return ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
