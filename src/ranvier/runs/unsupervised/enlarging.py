"""Pictures made smaller and larger again, beside bicubic interpolation."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.pictures.originals import Originals, originals_of
from ranvier.families.gan.super_resolution import part
from ranvier.families.gan.super_resolution.measuring import mean_of, measured, resized
from ranvier.families.gan.super_resolution.upscaling import Upscaler
from ranvier.model.measuring.rows import some
from ranvier.report.findings import Enlargement

Array = np.ndarray[Any, Any]

MOST = 100  # pictures that are measured
SHOWN = 6
SIDE, MARGIN = 72, 16  # pixels of a part that is shown, and around it
CANDIDATES = 64  # places among which the one with the most contrast is taken
NAMES = ("psnr", "ssim")


def enlargement(model: Any, rows: Dataset) -> Enlargement:
    """How true the model's pictures are to those that it never saw.

    Raises:
        DataError: a picture cannot be read, or is too small to be measured.
    """
    every = originals_of(rows.inputs)
    chosen = some(np.arange(len(every)), MOST).tolist()
    originals = Originals([every.sources[n] for n in chosen], [every.names[n] for n in chosen])
    upscaler = part.upscaler(model)
    values = mean_of(measured(upscaler, originals))
    shown = range(min(SHOWN, len(originals)))
    return Enlargement(
        scale=upscaler.shape.scale,
        pairs=tuple(_pair(upscaler, originals, number) for number in shown),
        names=tuple(originals.names[number] for number in shown),
        metrics={name: values[name] for name in NAMES},
        plain={name: values[f"{name}_bicubic"] for name in NAMES},
        pictures=len(originals),
    )


def _pair(upscaler: Upscaler, originals: Originals, number: int) -> tuple[Array, ...]:
    """A part of a picture: small, by bicubic, by the model and as it was, equally large."""
    scale = upscaler.shape.scale
    whole = originals.pixels(number, upscaler.shape.channels)
    truth = _part(whole, scale)
    high, wide = truth.shape[:2]
    small = resized(truth, (wide // scale, high // scale))
    plain = resized(small, (wide, high))
    made = upscaler.one(small, originals.names[number])
    coarse = small.repeat(scale, axis=0).repeat(scale, axis=1)
    inner = _inner(high), _inner(wide)
    return coarse[inner], plain[inner], made[inner], truth[inner]


def _inner(side: int) -> slice:
    """Without the margin, where there is one."""
    return slice(MARGIN, side - MARGIN) if side > 4 * MARGIN else slice(None)


def _part(picture: Array, scale: int) -> Array:
    """The part with the most contrast, its sides multiples of the scale."""
    side = (SIDE + 2 * MARGIN) // scale * scale
    high, wide = (min(side, n // scale * scale) for n in picture.shape[:2])
    random = np.random.default_rng(0)
    tops = random.integers(picture.shape[0] - high + 1, size=CANDIDATES)
    lefts = random.integers(picture.shape[1] - wide + 1, size=CANDIDATES)
    parts = [
        picture[top : top + high, left : left + wide]
        for top, left in zip(tops.tolist(), lefts.tolist(), strict=True)
    ]
    return max(parts, key=lambda one: float(one.std()))
