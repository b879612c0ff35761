"""Whether the mirror images of a set's pictures still belong to their classes. NumPy, on the host.

A cheap classifier (the nearest class mean) learns from half of the pictures and is asked about
the other half, as they are and mirrored, and then the halves change places. Digits and letters
lose most of their accuracy in the mirror, clothes and photographs little. Its features are the
pixels or the edges, whichever tell the classes apart better: edges see signs on grounds of any
colour, pixels see what is told apart by its colours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_ROWS = 1_000
LEAST_PER_HALF = 5  # pictures of a class; rarer classes are left out
SIDE, CELLS = 14, 6  # pixels of a side that is looked at; cells of edges


@dataclass(frozen=True)
class Mirrored:
    """What the classifier recognised.

    Attributes:
        plain: share of the pictures that it recognised as they are.
        mirrored: share of their mirror images.
        chance: share of the most frequent class.
        twins: how much more often than the pictures themselves the mirror images of two classes
            were taken for each other, both ways, from 0 to 1: b and d are such a pair.
        rows: how many pictures were asked about.
    """

    plain: float
    mirrored: float
    chance: float
    twins: float
    rows: int

    @property
    def tells(self) -> bool:
        """Whether it recognises anything: clearly better than chance."""
        error = (self.chance * (1 - self.chance) / max(self.rows, 1)) ** 0.5
        return self.rows > 0 and self.plain > self.chance + max(0.05, 3 * error)

    @property
    def kept(self) -> float:
        """The share of what it recognises beyond chance that it also recognises mirrored."""
        return (self.mirrored - self.chance) / (self.plain - self.chance)


def ask(pictures: np.ndarray, labels: np.ndarray) -> Mirrored:
    """The better of the two kinds of features.

    Args:
        pictures: (n, H, W, channels), of any dtype.
        labels: (n,), of any dtype that sorts.
    """
    order = np.random.Generator(np.random.PCG64(0)).permutation(len(pictures))[:MOST_ROWS]
    pictures = pictures[order]
    _, codes, counts = np.unique(labels[order], return_inverse=True, return_counts=True)
    enough = counts >= 2 * LEAST_PER_HALF
    if enough.sum() < 2:
        return Mirrored(0.0, 0.0, 1.0, 0.0, 0)
    kept = enough[codes]
    codes = (np.cumsum(enough) - 1)[codes[kept]]
    small = shrunk(pictures[kept], SIDE)
    found = [
        _recognised(features, mirrored, codes, int(enough.sum()))
        for features, mirrored in (_pixels(small), _edges(small))
    ]
    return max(found, key=lambda mirrored: mirrored.plain)


def shrunk(pictures: np.ndarray, side: int) -> np.ndarray:
    """float32 (n, ≤ side, ≤ side, channels): means over areas, alike from left and right."""
    pictures = pictures.astype(np.float32)
    rows, columns = (_areas(length, side) for length in pictures.shape[1:3])
    count, height, width, channels = pictures.shape
    across = np.matmul(rows, pictures.reshape(count, height, width * channels))
    across = across.reshape(count, len(rows), width, channels)
    small: np.ndarray = np.matmul(columns, across)
    return small


def _areas(length: int, most: int) -> np.ndarray:
    """float32 (min(length, most), length): each row averages its share of the length."""
    parts = min(length, most)
    edges = np.arange(parts + 1)[:, None] * (length / parts)  # (parts + 1, 1)
    inside = np.clip(edges - np.arange(length)[None], 0, 1)  # of each pixel, before each edge
    shares: np.ndarray = np.diff(inside, axis=0) * (parts / length)
    return shares.astype(np.float32)


def _pixels(pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return pictures, pictures[:, :, ::-1]


def _edges(pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How steep, and in which direction, in each cell; blind to the sign and to the contrast."""
    grey = pictures.mean(axis=3)
    down = grey[:, 2:, 1:-1] - grey[:, :-2, 1:-1]
    right = grey[:, 1:-1, 2:] - grey[:, 1:-1, :-2]
    if down.size == 0:  # too small for edges
        return _pixels(pictures)
    cells = shrunk(np.stack([down * down, right * right, down * right], axis=3), CELLS)
    cells = np.sign(cells) * np.sqrt(np.abs(cells))
    norm = np.sqrt(np.square(cells).mean(axis=(1, 2, 3), keepdims=True))
    cells = cells / np.maximum(norm, 1e-9)
    return cells, cells[:, :, ::-1] * np.array([1, 1, -1], np.float32)


def _recognised(
    features: np.ndarray, mirrored: np.ndarray, codes: np.ndarray, classes: int
) -> Mirrored:
    plain_counts = np.zeros((classes, classes))  # by class, by what it was taken for
    mirrored_counts = np.zeros((classes, classes))
    half = np.arange(len(codes)) % 2 == 0
    for learned, asked in ((half, ~half), (~half, half)):
        means = _means(features[learned], codes[learned], classes)
        for counts, rows in ((plain_counts, features), (mirrored_counts, mirrored)):
            np.add.at(counts, (codes[asked], _nearest(rows[asked], means)), 1)
    frequency = plain_counts.sum(axis=1)
    total = float(frequency.sum())
    twins = _both_ways(mirrored_counts, frequency) - _both_ways(plain_counts, frequency)
    return Mirrored(
        float(np.trace(plain_counts)) / total,
        float(np.trace(mirrored_counts)) / total,
        float(frequency.max()) / total,
        float(twins.max()),
        len(codes),
    )


def _means(features: np.ndarray, codes: np.ndarray, classes: int) -> np.ndarray:
    one_hot = np.zeros((classes, len(codes)), np.float32)
    one_hot[codes, np.arange(len(codes))] = 1
    counts = np.maximum(one_hot.sum(axis=1, keepdims=True), 1)
    sums: np.ndarray = one_hot @ features.reshape(len(features), -1)
    means: np.ndarray = sums / counts
    return means


def _nearest(features: np.ndarray, means: np.ndarray) -> np.ndarray:
    products = features.reshape(len(features), -1) @ means.T
    nearest: np.ndarray = (np.square(means).sum(axis=1)[None] - 2 * products).argmin(axis=1)
    return nearest


def _both_ways(counts: np.ndarray, frequency: np.ndarray) -> np.ndarray:
    shares = counts / frequency[:, None]
    both: np.ndarray = np.minimum(shares, shares.T)
    np.fill_diagonal(both, 0)
    return both
