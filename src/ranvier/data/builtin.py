"""The data sets that come along with scikit-learn and so work without a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.data.dataset import Dataset


@dataclass(frozen=True)
class Description:
    """One line of `ranvier datasets`."""

    name: str
    rows: int
    columns: int
    task: str
    line: str


# written out, so that the list appears without importing scikit-learn; a test compares
DESCRIPTIONS = (
    Description("digits", 1797, 64, "multiclass", "handwritten digits, 8 x 8 grey pixels"),
    Description("iris", 150, 4, "multiclass", "three species of iris by the size of their flowers"),
    Description("wine", 178, 13, "multiclass", "three cultivars of wine by chemical analysis"),
    Description("breast_cancer", 569, 30, "binary", "malignant or benign by the cells"),
    Description("diabetes", 442, 10, "regression", "progression of the disease after one year"),
)
NAMES = tuple(description.name for description in DESCRIPTIONS)
_TARGETS = {
    "digits": "digit",
    "iris": "species",
    "wine": "cultivar",
    "breast_cancer": "diagnosis",
    "diabetes": "progression",
}


def load(name: str) -> Dataset:
    """A built-in set, all rows, without a split: named columns, except digits (64 pixels)."""
    import polars as pl
    from sklearn import datasets

    bunch: Any = getattr(datasets, f"load_{name}")()
    target = bunch.target
    inputs: pl.DataFrame | np.ndarray[Any, Any] = bunch.data
    if name != "digits":
        inputs = pl.DataFrame(bunch.data, schema=[str(column) for column in bunch.feature_names])
    if name not in ("digits", "diabetes"):  # classes by their names
        target = np.asarray(bunch.target_names)[target]
    return Dataset(inputs, target, (_TARGETS[name],), name)
