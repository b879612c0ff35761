"""How good predicted masks and pictures are."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.errors import TargetError
from ranvier.tasks import Task

Array = np.ndarray[Any, Any]

MOST_CLASSES = 20  # whose IoU is told one by one
MOST_PSNR = 100.0  # of a picture without any error
BLOCK = 1 << 24  # pixels that are compared at once


def measure(
    task: Task, truth: Any, prediction: Array, weights: Array | None = None
) -> dict[str, float]:
    """The task's metrics.

    Segmentation: "iou", the mean over the classes of intersection / union over all pixels of all
    rows; "accuracy", the share of pixels that are right; "iou_CLASS" for each of a few classes.
    Image to image: "psnr" in decibels, the mean over the pictures, "rmse" and "mae" in the
    pixels' units. The range of the PSNR is 255 for uint8, 1 for floats from 0 to 1, else the
    range of the truth.

    Args:
        task: one of the two.
        truth: (N, height, width) or (N, height, width, channels).
        prediction: of the same shape.
        weights: (N,) or None.

    Raises:
        TargetError: shapes that differ.
    """
    truth = np.asarray(truth)
    if task.kind == "segmentation":
        truth = truth.reshape(truth.shape[:3])
    if truth.ndim == prediction.ndim - 1:
        truth = truth[..., None]
    if truth.shape != prediction.shape:
        raise TargetError(
            f"The target must have the shape of the predictions, {prediction.shape}; "
            f"got {truth.shape}."
        )
    step = max(1, BLOCK // max(1, truth[0].size))
    blocks = [slice(start, start + step) for start in range(0, len(truth), step)]
    if task.kind == "segmentation":
        return _masks(truth, prediction, weights, blocks)
    return _pictures(truth, prediction, weights, blocks)


def _masks(
    truth: Array, prediction: Array, weights: Array | None, blocks: list[slice]
) -> dict[str, float]:
    classes = np.union1d(np.unique(truth), np.unique(prediction))
    inside, either, right, total = np.zeros(len(classes)), np.zeros(len(classes)), 0.0, 0.0
    for block in blocks:
        count = len(truth[block])
        scale = np.ones(count) if weights is None else weights[block]
        for number, value in enumerate(classes):
            true, said = truth[block] == value, prediction[block] == value
            inside[number] += scale @ (true & said).reshape(count, -1).sum(axis=1)
            either[number] += scale @ (true | said).reshape(count, -1).sum(axis=1)
        right += scale @ (truth[block] == prediction[block]).reshape(count, -1).mean(axis=1)
        total += scale.sum()
    shares = inside / np.maximum(either, 1e-12)
    values = {"iou": float(shares.mean()), "accuracy": float(right / total)}
    if len(classes) <= MOST_CLASSES:
        values |= {f"iou_{c}": float(s) for c, s in zip(classes, shares, strict=True)}
    return values


def _pictures(
    truth: Array, prediction: Array, weights: Array | None, blocks: list[slice]
) -> dict[str, float]:
    squares, absolutes = [], []
    for block in blocks:
        error = prediction[block].astype(np.float64) - truth[block]
        squares.append(np.square(error).reshape(len(error), -1).mean(axis=1))
        absolutes.append(np.abs(error).reshape(len(error), -1).mean(axis=1))
    square, absolute = np.concatenate(squares), np.concatenate(absolutes)
    reach = _range(truth)
    with np.errstate(divide="ignore"):
        decibels = 10.0 * np.log10(reach * reach / square)
    return {
        "psnr": float(np.average(np.minimum(decibels, MOST_PSNR), weights=weights)),
        "rmse": float(np.sqrt(np.average(square, weights=weights))),
        "mae": float(np.average(absolute, weights=weights)),
    }


def _range(truth: Array) -> float:
    if truth.dtype == np.uint8:
        return 255.0
    low, high = float(truth.min()), float(truth.max())
    return 1.0 if low >= 0.0 and high <= 1.0 else max(high - low, 1e-12)
