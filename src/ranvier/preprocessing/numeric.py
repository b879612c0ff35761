"""Numbers -> values of about unit size: robust scaling, then smooth clipping.

As in RealMLP (Holzmüller, Grinsztajn and Steinwart 2024, "Better by Default"):

    z = (x - median) / (q75 - q25)          with 2 / (max - min) where the quartiles agree,
    y = z / sqrt(1 + (z / 3)^2)             and 0 where all values agree; so |y| <= 3

A missing value becomes 0 (the median). A column that had missing values in training brings a second
one along that is 1 where the value is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ranvier.preprocessing.sharing import shared

Array = np.ndarray[Any, Any]

CLIP = 3.0  # the smooth limit
# Beyond this y equals the limit in float32; squares of larger numbers would overflow.
FAR = 1e6
QUANTILES = (0.25, 0.5, 0.75)
BLOCK = 1 << 15  # elements per block: its few temporaries of float64 stay in the cache
# Of a column's values, to guess where a quartile lies: 40 of 1,000 are three standard errors.
FEWEST_TO_SAMPLE, SAMPLED, AROUND = 8_000, 1_000, 40
_LARGEST = float(np.finfo(np.float64).max)


def summarise(values: Array, weights: Array | None = None) -> tuple[float, float]:
    """Center and scale of a column.

    Args:
        values: (N,) numbers, NaN for missing.
        weights: (N,) positive float64; the weight 2 is the same as the row twice.

    Returns:
        The median and the factor that follows the difference from it.
    """
    present = ~np.isnan(values)
    if not present.all():
        values = values[present]
        weights = None if weights is None else weights[present]
    if not len(values):
        return 0.0, 0.0
    low, center, high = quantiles(values, weights)
    if high > low:
        return center, _inverse(low, high, 1.0)
    low, high = float(values.min()), float(values.max())
    return center, _inverse(low, high, 2.0) if high > low else 0.0


def _inverse(low: float, high: float, factor: float) -> float:
    """A factor / (high - low); halved first, so that the difference does not overflow."""
    half = high / 2 - low / 2
    return min(factor / 2 / half, _LARGEST) if half > 1 / _LARGEST else _LARGEST


def quantiles(values: Array, weights: Array | None) -> tuple[float, ...]:
    """The quartiles: the mean of the smallest values with F(x) >= q and with F(x) > q.

    This definition (R's type 2) depends on proportions only, so weights may be whole or not, and
    gives the same numbers for a weight 2 as for a row repeated.
    """
    count = len(values)
    if weights is None:
        below = [max(int(np.ceil(q * count)) - 1, 0) for q in QUANTILES]
        above = [min(int(np.floor(q * count)), count - 1) for q in QUANTILES]
        if count > FEWEST_TO_SAMPLE:
            pairs = [_between(values, i, j) for i, j in zip(below, above, strict=True)]
            return tuple(low / 2 + high / 2 for low, high in pairs)
        ordered = np.sort(values)
    else:
        order = np.argsort(values, kind="stable")
        ordered, running = values[order], np.cumsum(weights[order])
        limits = np.array(QUANTILES) * running[-1]
        below = [int(i) for i in np.searchsorted(running, limits, side="left")]
        above = [min(int(i), count - 1) for i in np.searchsorted(running, limits, side="right")]
    return tuple(
        float(ordered[i]) / 2 + float(ordered[j]) / 2 for i, j in zip(below, above, strict=True)
    )


def _between(values: Array, first: int, last: int) -> tuple[float, float]:
    """What stands at two neighbouring places of the values in order, without ordering them all.

    A sample says roughly where; only what lies around there is sorted. It is exact all the same:
    where the places are not in that part, everything is sorted.
    """
    sample = np.sort(values[:: len(values) // SAMPLED])
    middle = first * len(sample) // len(values)
    low = sample[max(middle - AROUND, 0)]
    high = sample[min(middle + AROUND, len(sample) - 1)]
    near = np.sort(values[(values >= low) & (values <= high)])
    under = int(np.count_nonzero(values < low))
    if first < under or last >= under + len(near):
        near, under = np.sort(values), 0
    return float(near[first - under]), float(near[last - under])


def features(x: Any, center: Any, scale: Any, indicated: Any, xp: Any = np) -> Any:
    """The network's inputs from raw numbers; elementwise, in any array namespace.

    Args:
        x: (rows, R) floats, NaN for missing.
        center: (R,), of the dtype to compute in.
        scale: (R,), of the same dtype.
        indicated: (K,) int positions of the columns with an indicator; may be empty.
        xp: numpy, jax.numpy or the like.

    Returns:
        (rows, R + K) of the dtype of `x`.
    """
    z = xp.clip((x - center) * scale, -FAR, FAR)
    absent = xp.isnan(x)
    third = z * (1 / CLIP)
    # a column of scale 0 holds 0, also where the difference overflowed (infinity times 0)
    y = xp.where(absent | xp.isnan(z), 0.0, z / xp.sqrt(1.0 + third * third))
    if len(indicated):
        return xp.concatenate([y, absent[:, indicated].astype(y.dtype)], axis=1)
    return y


def fill(
    out: Array, blocks: Callable[[int, int], Array], center: Array, scale: Array, indicated: Array
) -> None:
    """Write `features` into the first R + K columns of `out`, float32 (N, >= R + K), by blocks.

    `blocks(start, stop)` gives the raw numbers (stop - start, R) of those rows. Nothing of the
    size of the data is allotted here.
    """
    width = len(center) + len(indicated)
    step = max(1, BLOCK // max(width, 1))

    def some(first: int, last: int) -> None:
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            for start in range(first, last, step):
                stop = min(start + step, last)
                raw = blocks(start, stop).astype(np.float64, copy=False)
                out[start:stop, :width] = features(raw, center, scale, indicated)

    shared(some, len(out), out.size)
