"""How alike two pictures are: PSNR and SSIM, as papers on super-resolution do, and their detail."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

RANGE = 255.0
MOST_PSNR = 100.0  # of two pictures that are the same
SIDE, SPREAD = 11, 1.5  # of SSIM's Gaussian window
K1, K2 = 0.01, 0.03
LUMA = (65.481, 128.553, 24.966)  # of red, green and blue, from 16 to 235 (ITU-R BT.601)


def luma(picture: Array) -> Array:
    """How light each pixel is: (H, W, C) of 0 to 255 to float64 (H, W)."""
    if picture.shape[2] == 1:
        return picture[..., 0].astype(np.float64)
    light: Array = 16.0 + picture[..., :3].astype(np.float64) @ np.array(LUMA) / RANGE
    return light


def psnr(one: Array, other: Array) -> float:
    """Peak signal-to-noise ratio of two pictures of 0 to 255, in decibels."""
    square = np.mean(np.square(one.astype(np.float64) - other))
    if square == 0.0:
        return MOST_PSNR
    return min(MOST_PSNR, float(10.0 * np.log10(RANGE * RANGE / square)))


def ssim(one: Array, other: Array) -> float:
    """Structural similarity of two pictures (H, W) of 0 to 255; 1: the same.

    Wang et al. 2004, "Image Quality Assessment: From Error Visibility to Structural Similarity":
    the mean over all windows of 11×11 pixels that lie within, weighted by a Gaussian.
    """
    x, y = one.astype(np.float64), other.astype(np.float64)
    mean_x, mean_y = _smoothed(x), _smoothed(y)
    own_x = _smoothed(x * x) - mean_x**2
    own_y = _smoothed(y * y) - mean_y**2
    both = _smoothed(x * y) - mean_x * mean_y
    c1, c2 = (K1 * RANGE) ** 2, (K2 * RANGE) ** 2
    light = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    structure = (2 * both + c2) / (own_x + own_y + c2)
    return float(np.mean(light * structure))


def detail(one: Array, other: Array) -> float:
    """How much a picture (H, W) changes from pixel to pixel, as a share of another's; 1: as much.

    What is soft has less, what is noisy more; it does not tell whether the details are true.
    """
    own, wanted = (
        np.abs(np.diff(p, axis=0)).mean() + np.abs(np.diff(p)).mean() for p in (one, other)
    )
    return float(own / max(wanted, 1e-12))


def _smoothed(x: Array) -> Array:
    """The Gaussian mean of each window; of a picture that is smaller, of as much as there is."""
    for axis in (0, 1):
        side = min(SIDE, x.shape[axis] - 1 + x.shape[axis] % 2)  # odd
        taps = np.exp(-0.5 * ((np.arange(side) - side // 2) / SPREAD) ** 2)
        count = x.shape[axis] - side + 1
        parts = [np.take(x, range(k, k + count), axis) * tap for k, tap in enumerate(taps)]
        x = np.sum(parts, axis=0) / taps.sum()
    return x
