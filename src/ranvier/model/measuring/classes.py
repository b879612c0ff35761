"""Which classes samples are of, as a classifier sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.errors import DataError
from ranvier.model.measuring.rows import Array


@dataclass(frozen=True)
class Classes:
    """What a classifier says of samples.

    Attributes:
        names: all classes, (classes,).
        shares: float64 (classes,), of the samples.
        agreement: share of the samples that are of the class that was asked for; None where none
            was.
    """

    names: Array
    shares: Array
    agreement: float | None

    @property
    def fewest(self) -> float:
        """The share of the rarest class: near zero where the generator has lost one."""
        return float(self.shares.min())

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the classes of which there is no sample at all."""
        return tuple(str(name) for name in self.names[self.shares == 0])


def classes(said: Any, names: Any, asked: Any = None) -> Classes:
    """Count the classes of samples.

    Args:
        said: (N,) the class of each sample by a classifier.
        names: (classes,) all classes that there are.
        asked: (N,) the class that each sample was asked to be, or None.

    Raises:
        DataError: no sample, or not as many classes asked for as samples.
    """
    told, known = np.asarray(said).astype(str), np.asarray(names)
    if not len(told):
        raise DataError("No samples were made, so there are no classes to count: make some.")
    shares = np.array([np.mean(told == name) for name in known.astype(str)])
    agreement = None
    if asked is not None:
        wanted = np.asarray(asked).astype(str)
        if wanted.shape != told.shape:
            raise DataError(
                f"There must be a class asked for each of {len(told):,} samples; got "
                f"{wanted.shape} of them."
            )
        agreement = float(np.mean(told == wanted))
    return Classes(known, shares, agreement)
