"""The hyperparameters that only the convolutional family has."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any

from ranvier.errors import HyperparameterError
from ranvier.families.fcnn.hyperparameters import ACTIVATIONS
from ranvier.families.pictured import PictureSize
from ranvier.hyperparameters import explained, setting

LAYOUTS = ("auto", "HW", "HWC", "CHW", "T", "TC", "CT")
POOLINGS = ("max", "average", "stride")
GLOBAL_POOLINGS = ("average", "max", "none")
NORMALIZATIONS = ("none", "batch")
STEMS = ("none", "plain", "patch")
AUGMENTATIONS = ("auto", "none")
FLIPS = ("none", "horizontal", "vertical", "both")


@explained
@dataclass(kw_only=True, eq=False, repr=False)
class CNNHyperparameters(PictureSize):
    """Hyperparameters of `CNN`; None means "let the recipe decide"."""

    filters: tuple[int, ...] | None = setting(
        None, "filters of each stage; between stages the picture is halved"
    )
    depth: int | None = setting(
        None, "convolutions of each stage, or residual blocks of two", low=1, high=64
    )
    residual: bool | None = setting(
        None, "residual blocks: each adds its input to its output (He et al. 2016)"
    )
    kernel_size: int | None = setting(
        None, "side of the filters, odd; 3 for pictures, 7 for signals", low=1, high=31
    )
    stem: str | None = setting(
        None,
        "before the first stage: none, a plain convolution, or patches that do not overlap, "
        "which make large pictures smaller",
        choices=STEMS,
    )
    pooling: str | None = setting(
        None, "how a picture is halved: by the largest, the mean, or a stride", choices=POOLINGS
    )
    normalization: str | None = setting(
        None, "normalisation behind each convolution", choices=NORMALIZATIONS
    )
    activation: str | None = setting(
        None, "what a hidden neuron does to its weighted sum", choices=ACTIVATIONS
    )
    global_pooling: str | None = setting(
        None, "what of the last feature maps goes on; none: every pixel", choices=GLOBAL_POOLINGS
    )
    hidden: tuple[int, ...] | None = setting(
        None, "neurons of each dense layer before the output layer"
    )
    dropout: float | None = setting(
        None, "share of the features silenced in each step before the output", low=0, high=0.95
    )
    augmentation: str | None = setting(
        None,
        "auto: chosen for the data; none: only what the settings below say",
        choices=AUGMENTATIONS,
    )
    shift: float | None = setting(
        None, "augmentation: moved by up to this share of the side", low=0, high=0.5
    )
    flip: str | None = setting(None, "augmentation: mirrored", choices=FLIPS)
    rotate: float | None = setting(
        None, "augmentation: turned by up to so many degrees", low=0, high=180
    )
    scale: float | None = setting(
        None, "augmentation: larger or smaller by up to this share", low=0, high=0.9
    )
    crop: float | None = setting(
        None, "augmentation: a part of at least this share of the area", low=0, high=1, above=True
    )
    cutout: float | None = setting(
        None, "augmentation: a square of this share of the side is erased", low=0, high=0.9
    )
    colour: float | None = setting(
        None, "augmentation: brightness, contrast and saturation change by up to this share",
        low=0, high=1,
    )  # fmt: skip
    noise: float | None = setting(
        None, "augmentation: Gaussian noise of so many standard deviations is added", low=0, high=10
    )
    mask: float | None = setting(
        None,
        "augmentation: up to this share of a recording's time, and of its bands, is hidden",
        low=0,
        high=0.9,
    )
    mixup: float | None = setting(
        None, "augmentation: two pictures mixed, with alpha of the Beta distribution", low=0
    )
    test_time: bool | None = setting(
        None, "predict by the mean over views: moved or mirrored, where it was trained on such"
    )
    layout: str = setting(
        "auto",
        "how each row of an array lies: H height, W width, C channels, T steps of a signal",
        choices=LAYOUTS,
    )


def widths(given: Any, name: str, *, least: int) -> tuple[int, ...]:
    """A tuple of positive whole numbers.

    Raises:
        HyperparameterError: it is none, or holds fewer than `least`.
    """
    parts = given if isinstance(given, (tuple, list)) else (given,)
    if len(parts) < least or not all(_counts(n) for n in parts):
        raise HyperparameterError(
            f"{name} must be whole numbers above 0, such as {name}=(32, 64); got {given!r}."
        )
    return tuple(int(n) for n in parts)


def _counts(value: Any) -> bool:
    """Whether it is a whole number above 0, Python's or NumPy's."""
    return not isinstance(value, bool) and isinstance(value, Integral) and int(value) > 0
