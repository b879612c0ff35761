"""Pixels: how much of each class is found, or how far off the pictures are."""

from __future__ import annotations

from ranvier.report.failures.pixels import PixelFailures
from ranvier.report.html import Markup, shortened, table, tag
from ranvier.report.numbers import counted, percent, short


def about_pixels(found: PixelFailures) -> list[Markup | None]:
    """The leading sentence, then what comes after the pictures."""
    if found.task == "image_to_image":
        off = short(found.values["mae"])
        words = (
            f"Over {counted(found.rows, 'picture')}, a pixel is off by {off} on average; the peak "
            f"signal-to-noise ratio is {found.values['psnr']:.1f} dB."
        )
        return [tag("p", words)]
    worst = found.classes[0] if found.classes else None
    words = f"{percent(1 - found.values['accuracy'])} of the pixels are wrong."
    if worst is not None:
        words += f" The class it finds least of is {worst[0]}: IoU {worst[2]:.3f}."
    rows = [
        (shortened(name, 40), percent(share), f"{overlap:.3f}")
        for name, share, overlap in found.classes
    ]
    caption = "Overlap of each class (intersection over union, IoU)"
    parts = table(("class", "of the pixels", "IoU"), rows, numbers=(1, 2), caption=caption)
    return [tag("p", words), parts if rows else None]
