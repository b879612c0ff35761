"""What was found out about a model that predicts no target, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ranvier.model.measuring.classes import Classes
from ranvier.model.measuring.copies import Copies
from ranvier.model.measuring.generation import Compared

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Reconstruction:
    """What an autoencoder keeps of rows that it never saw.

    Attributes:
        codes: float64 (N, dimensions), of these rows.
        labels: text (N,), the classes that came along with them; None without.
        errors: float64 (N,), the mean squared error of each.
        usualness: float64 (N,), as `score_samples` gives it.
        truth, made: pictures (N, height, width, channels); None where the rows are none.
        strip: pictures (S, height, width, channels) on the way from one row to another; or None.
        metrics: metric -> value, of the model.
        others: what it is compared with: (words, metrics).
        inputs: the rows as they came, a frame or an array; None for pictures.
    """

    codes: Array
    labels: Array | None
    errors: Array
    usualness: Array
    truth: Array | None
    made: Array | None
    strip: Array | None
    metrics: dict[str, float]
    others: tuple[tuple[str, dict[str, float]], ...]
    inputs: Any = None


@dataclass(frozen=True)
class Generation:
    """What a generator makes, beside real pictures.

    Attributes:
        samples: pictures (N, height, width, channels).
        nearest: of each the picture among those that trained that is most like it.
        asked: text (N,): the class that each was asked to be; None without.
        compared: the figures of the samples and of real pictures.
        bagged: those of pictures whose every pixel is from another real picture.
        copies: what the samples owe to the pictures that trained.
        classes, real_classes: of samples and of real pictures by the classifier; None without.
        judge: what the features are, in words.
        strip: pictures (S, height, width, channels) on the way from one sample to another; or None.
    """

    samples: Array
    nearest: Array
    asked: Array | None
    compared: Compared
    bagged: dict[str, float]
    copies: Copies
    classes: Classes | None
    real_classes: Classes | None
    judge: str
    strip: Array | None


@dataclass(frozen=True)
class Enlargement:
    """Pictures made smaller and larger again.

    Attributes:
        scale: how many times.
        pairs: (small, bicubic, made, truth), each uint8 (height, width, channels), of one size.
        names: what each is called.
        metrics, plain: those of the model and of bicubic interpolation.
        pictures: how many were measured.
    """

    scale: int
    pairs: tuple[tuple[Array, ...], ...]
    names: tuple[str, ...]
    metrics: dict[str, float]
    plain: dict[str, float]
    pictures: int


Findings = Reconstruction | Generation | Enlargement


@dataclass(frozen=True)
class Frames:
    """Pictures of what the network made while it was trained.

    Attributes:
        epochs: after how many.
        pictures: uint8 RGB (height, width, 3), one for each.
    """

    epochs: tuple[int, ...] = ()
    pictures: tuple[Array, ...] = field(default=())
