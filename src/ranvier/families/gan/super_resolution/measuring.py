"""How true enlarged pictures are: PSNR and SSIM on whole pictures, beside cubic convolution."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.data.pictures.originals import Originals
from ranvier.errors import DataError
from ranvier.families.gan.super_resolution.upscaling import Upscaler
from ranvier.model.picture_similarity import detail, luma, psnr, ssim

Array = np.ndarray[Any, Any]


def measured(enlarging: Upscaler, originals: Originals) -> list[dict[str, float]]:
    """For each picture: made smaller by Pillow's bicubic, enlarged, and compared with itself.

    "psnr" and "ssim" are those of the luma, "detail" is how much it changes from pixel to pixel, as
    a share of the original, and "psnr_colours" that of all channels, each also with "_bicubic" for
    Pillow's enlargement; "gain" is the difference of the two PSNRs of the luma. As papers do it, as
    many pixels as the scale are left out at each edge.

    Raises:
        DataError: a picture cannot be read, or is too small.
    """
    return [_of_one(enlarging, originals, number) for number in range(len(originals))]


def mean_of(rows: list[dict[str, float]]) -> dict[str, float]:
    """The mean over the pictures."""
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def _of_one(enlarging: Upscaler, originals: Originals, number: int) -> dict[str, float]:
    scale, channels = enlarging.shape.scale, enlarging.shape.channels
    truth = originals.pixels(number, channels)
    high, wide = (side // scale * scale for side in truth.shape[:2])
    if min(high, wide) < 4 * scale:
        raise DataError(
            f"{originals.names[number]} has {truth.shape[0]}×{truth.shape[1]} pixels, too few to "
            f"measure scale={scale} by: at least {4 * scale} a side are needed."
        )
    truth = truth[:high, :wide]
    small = resized(truth, (wide // scale, high // scale))
    made = enlarging.one(small, originals.names[number])
    plain = resized(small, (wide, high))
    inner = slice(scale, -scale), slice(scale, -scale)
    truth, made, plain = truth[inner], made[inner], plain[inner]
    light, own, other = luma(truth), luma(made), luma(plain)
    values = {
        "psnr": psnr(light, own),
        "psnr_bicubic": psnr(light, other),
        "ssim": ssim(light, own),
        "ssim_bicubic": ssim(light, other),
        "detail": detail(own, light),
        "detail_bicubic": detail(other, light),
        "psnr_colours": psnr(truth, made),
        "psnr_colours_bicubic": psnr(truth, plain),
    }
    return {**values, "gain": values["psnr"] - values["psnr_bicubic"]}


def resized(picture: Array, size: tuple[int, int]) -> Array:
    """Uint8 (H, W, 1 or 3) in another (width, height), by Pillow's bicubic."""
    from PIL import Image as pillow

    image = pillow.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture)
    made = np.asarray(image.resize(size, pillow.Resampling.BICUBIC))
    return made.reshape(*made.shape[:2], picture.shape[2])
