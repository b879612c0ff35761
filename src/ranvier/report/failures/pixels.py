"""Where a model that answers at every pixel fails."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ranvier.data import Dataset
from ranvier.model import picture_scoring
from ranvier.preprocessing.picture_targets import PictureCoder


@dataclass(frozen=True)
class PixelFailures:
    """What went wrong over N pictures.

    Attributes:
        task: "segmentation" or "image_to_image".
        rows: how many.
        values: metric -> value over all of them.
        classes: (name, share of the pixels, IoU) for each class of masks, the worst first.
    """

    task: str
    rows: int
    values: dict[str, float]
    classes: tuple[tuple[str, float, float], ...]


def pixel_failures(coder: PictureCoder, examples: Dataset, logits: np.ndarray) -> PixelFailures:
    """Compare N rows with what was made for them."""
    made, truth = coder.labels(logits), examples.labels
    values = picture_scoring.measure(coder.task, truth, made)
    classes = [
        (str(value), float(np.mean(truth == value)), values[f"iou_{value}"])
        for value in coder.classes.tolist()
        if f"iou_{value}" in values
    ]
    return PixelFailures(
        coder.task.kind, len(examples), values, tuple(sorted(classes, key=lambda row: row[2]))
    )
