"""Whether pictures still belong to their classes when mirrored or shifted. NumPy, on the host.

A cheap classifier (the nearest class mean) learns from half of the pictures and is asked about
the other half, as they are and changed, and then the halves change places. Digits and letters
lose most of their accuracy in the mirror, clothes and photographs little. It sees pixels or
edges, whichever tell the classes apart better.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ranvier.layers.augmentation.features import SIDE, edges, pixels, shrunk

MOST_ROWS, MOST_VALUES = 1_000, 40_000_000  # of what is looked at
LEAST_PER_HALF = 5  # pictures of a class; rarer classes are left out
MOST_SIDE = 56  # larger pictures are made small first


@dataclass(frozen=True)
class Seen:
    """What the classifier recognised, as shares of the pictures.

    Attributes:
        plain: of the pictures as they are.
        mirrored: of their mirror images.
        chance: the most frequent class.
        twins: how much more often than the pictures themselves the mirror images of two classes
            were taken for each other, both ways, from 0 to 1: b and d are such a pair.
        shifted: of the pictures shifted by a share of the side, for each share.
        rows: how many pictures were asked about.
    """

    plain: float
    mirrored: float
    chance: float
    twins: float
    shifted: dict[float, float]
    rows: int

    @property
    def tells(self) -> bool:
        """Whether it recognises anything: clearly better than chance."""
        error = math.sqrt(self.chance * (1 - self.chance) / self.rows)
        return self.plain > self.chance + max(0.05, 3 * error)

    def kept(self, recognised: float) -> float:
        """The share of what it recognises beyond chance that it still recognises."""
        return (recognised - self.chance) / (self.plain - self.chance)


def look(pictures: np.ndarray, labels: np.ndarray, shifts: tuple[float, ...]) -> Seen | None:
    """What the classifier recognises; None where too few classes have enough pictures.

    Args:
        pictures: (n, H, W, channels), of any dtype.
        labels: (n,), of any dtype that sorts.
        shifts: shares of the side to shift by.
    """
    most = min(MOST_ROWS, MOST_VALUES // pictures[0].size)
    order = np.random.Generator(np.random.PCG64(0)).permutation(len(pictures))[:most]
    _, codes, counts = np.unique(labels[order], return_inverse=True, return_counts=True)
    enough = counts >= 2 * LEAST_PER_HALF
    if enough.sum() < 2:
        return None
    order = order[enough[codes]]
    codes = (np.cumsum(enough) - 1)[codes[enough[codes]]]
    pictures = pictures[order]
    if max(pictures.shape[1:3]) > MOST_SIDE:
        pictures = shrunk(pictures, MOST_SIDE)

    small = shrunk(pictures, SIDE)
    seen = {view: view(small) for view in (pixels, edges)}
    plains = {view: _confusion(seen[view], seen[view], codes) for view in seen}
    view = max(plains, key=lambda view: float(np.trace(plains[view])))

    def after(changed: np.ndarray) -> np.ndarray:
        return _confusion(seen[view], view(changed), codes)

    plain, mirrored = plains[view], after(small[:, :, ::-1])
    frequency = plain.sum(axis=1)
    total = float(frequency.sum())
    twins = _both_ways(mirrored, frequency) - _both_ways(plain, frequency)
    return Seen(
        plain=float(np.trace(plain)) / total,
        mirrored=float(np.trace(mirrored)) / total,
        chance=float(frequency.max()) / total,
        twins=float(twins.max()),
        shifted={
            share: float(np.trace(after(shrunk(shifted(pictures, share), SIDE)))) / total
            for share in shifts
        },
        rows=len(codes),
    )


def shifted(pictures: np.ndarray, share: float) -> np.ndarray:
    """By a share of the sides, in whole pixels, each fourth of the rows in another direction."""
    out = np.empty_like(pictures)
    for number, (axis, sign) in enumerate(((1, 1), (1, -1), (2, 1), (2, -1))):
        side = pictures.shape[axis]
        sources = np.clip(np.arange(side) + sign * round(share * side), 0, side - 1)
        out[number::4] = np.take(pictures[number::4], sources, axis=axis)
    return out


def _confusion(features: np.ndarray, changed: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """How often each class was taken for each: float64 (classes, classes)."""
    classes = int(codes.max()) + 1
    counts = np.zeros((classes, classes))
    half = np.arange(len(codes)) // 4 % 2 == 0  # fours stay together: see `shifted`
    for learned, asked in ((half, ~half), (~half, half)):
        one_hot = np.zeros((classes, int(learned.sum())), np.float32)
        one_hot[codes[learned], np.arange(one_hot.shape[1])] = 1
        means = one_hot @ features[learned]
        means = means / np.maximum(one_hot.sum(axis=1, keepdims=True), 1)
        distances = np.square(means).sum(axis=1)[None] - 2 * (changed[asked] @ means.T)
        np.add.at(counts, (codes[asked], distances.argmin(axis=1)), 1)
    return counts


def _both_ways(counts: np.ndarray, frequency: np.ndarray) -> np.ndarray:
    shares = counts / frequency[:, None]
    both: np.ndarray = np.minimum(shares, shares.T)
    np.fill_diagonal(both, 0)
    return both
