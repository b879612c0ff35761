"""One bad input, and the answer that Ranvier gives to it."""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import ranvier as rv

Deed = Callable[[Path], Any]


@dataclass(frozen=True)
class Refused:
    """What a person did, the class of error that answers, and the code that does it.

    Attributes:
        what: in a few words.
        error: the class, exactly.
        deed: given an empty folder.
        contract: scikit-learn fixes the words, which may take several lines.
    """

    what: str
    error: type[Exception]
    deed: Deed
    contract: bool = False


@dataclass(frozen=True)
class Handled:
    """What a person did that is no error, and what is said about it.

    Attributes:
        what: in a few words.
        says: a part of what is said.
        deed: given an empty folder; returns the Dataset or the Model that speaks, if one does.
    """

    what: str
    says: str
    deed: Deed


def refusal(case: Refused, folder: Path) -> Exception:
    """The error that the deed ends with."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a warning may come before the error
        try:
            case.deed(folder)
        except Exception as error:
            return error
    raise AssertionError(f"{case.what}: nothing was refused")


def remark(case: Handled, folder: Path) -> str:
    """What is said about the deed: a warning, a note or a line of the model's decisions."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        speaker = case.deed(folder)
    said = [str(warning.message) for warning in caught]
    said += getattr(speaker, "notes", ())
    said += [f"{label}: {text}" if label else text for label, text in _decisions(speaker)]
    for line in said:
        if case.says in line:
            return line
    raise AssertionError(f"{case.what}: expected {case.says!r} among {said}")


def _decisions(speaker: object) -> list[tuple[str, str]]:
    return list(getattr(speaker, "decisions_", ()))


def shown(text: str, folder: Path) -> str:
    """The answer as it reads anywhere: no folder of this machine, nothing of its hardware."""
    text = text.replace(f"{folder}/", "").replace(str(folder), "the folder")
    text = re.sub(r"bomb: [\d.]+ KiB", "bomb: 5.7 KiB", text)  # the file holds measured times
    text = re.sub(r"and [\d,.]+ GiB are free", "and 16.0 GiB are free", text)
    return re.sub(r"at most \d+, the number of \w+ devices", "at most 1, the number of cpu devices",
                  text)  # fmt: skip


# Data and models that many cases share.

QUICK: dict[str, Any] = {"recipe": "textbook", "epochs": 2, "hidden": (4,), "verbose": 0}
ROWS = 40


def numbers(*shape: int) -> np.ndarray[Any, Any]:
    """Random numbers, the same each time."""
    return np.random.default_rng(0).normal(size=shape or (ROWS, 3))


def halves() -> np.ndarray[Any, Any]:
    """A target of two classes."""
    return np.arange(ROWS) % 2


def flights() -> pl.DataFrame:
    """Forty flights."""
    delays = numbers(ROWS, 3)
    return pl.DataFrame(
        {
            "carrier": ["AA", "UA", "B6", "DL"] * (ROWS // 4),
            "distance": 1000 + 100 * delays[:, 0],
            "dep_delay": delays[:, 1].round(1),
            "arr_delay": delays[:, 2].round(1),
        }
    )


def model(**settings: Any) -> rv.FCNN:
    """A model that would learn quickly."""
    return rv.FCNN(**{**QUICK, **settings})


def fit(*data: Any, **settings: Any) -> rv.FCNN:
    """A model of these data."""
    return model(**settings).fit(*data)


@functools.cache
def of_arrays() -> rv.FCNN:
    """A fitted classifier of three columns without names."""
    return fit(numbers(), halves())


@functools.cache
def of_flights() -> rv.FCNN:
    """A fitted regression of flights."""
    return model().fit(flights(), target="arr_delay")


@functools.cache
def of_names() -> rv.FCNN:
    """A fitted classifier of three carriers' names."""
    return fit(numbers(), np.array(["AA", "B6", "UA", "B6"] * (ROWS // 4)))
