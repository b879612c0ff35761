"""Quartiles of many values are exactly those of sorting, however the values lie."""

from __future__ import annotations

import numpy as np
import pytest

from ranvier.preprocessing.numeric import FEWEST_TO_SAMPLE, QUANTILES, quantiles

MANY = 5 * FEWEST_TO_SAMPLE + 1


def by_sorting(values: np.ndarray) -> list[float]:
    """R's type 2, by its definition."""
    ordered = np.sort(values.astype(np.float64))
    share = np.arange(1, len(values) + 1) / len(values)
    return [
        (ordered[np.searchsorted(share, q - 1e-12)] + ordered[np.searchsorted(share, q + 1e-12)])
        / 2
        for q in QUANTILES
    ]


def lying(kind: str, count: int) -> np.ndarray:
    generator = np.random.default_rng(0)
    normal = generator.normal(size=count).astype(np.float32)
    periodic = np.arange(count) % (count // 1000)  # every value of the sample is the same
    return {
        "normal": normal,
        "float64": normal.astype(np.float64) ** 3,
        "ascending": np.sort(normal),
        "mostly zero": np.where(normal > 1, normal, 0).astype(np.float32),
        "two values": (normal > 0).astype(np.float32),
        "the sample misleads": np.where(periodic == 0, 100 + normal, normal),
        "one far out": np.concatenate([[1e30], normal[1:]]).astype(np.float32),
    }[kind]


KINDS = [
    "normal", "float64", "ascending", "mostly zero", "two values", "the sample misleads",
    "one far out",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [FEWEST_TO_SAMPLE, MANY, MANY + 3], ids=str)
def test_they_are_exact(kind, count):
    values = lying(kind, count)
    np.testing.assert_allclose(quantiles(values, None), by_sorting(values), rtol=1e-6)


def test_a_weight_of_one_changes_nothing():
    values = lying("normal", MANY)
    assert quantiles(values, None) == quantiles(values, np.ones(len(values)))
