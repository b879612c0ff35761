"""The default augmentation of a set, found by looking at it, with the reason in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ranvier.errors import HyperparameterError
from ranvier.layers.augmentation.choices import Augmentation
from ranvier.layers.augmentation.mirroring import ask

KINDS = ("picture", "signal", "sound")
TARGETS = ("classes", "pixels", "numbers")

SHIFT = 0.1  # CIFAR's usual 4 of 32 pixels; less than half a pixel of a side is none
CUTOUT, LEAST_SIDE_FOR_CUTOUT = 0.25, 16
SIGNAL = Augmentation(shift=0.05, scale=0.1, noise=0.05)
SOUND = Augmentation(mask_time=0.15, mask_frequency=0.15)

# Digits and letters keep 0.46 at most, samples of Fashion-MNIST 0.68 at least.
KEPT_WHERE_FLIPPED = 0.57
TWINS = 0.5  # more often than not


def choose(
    kind: str, sample: np.ndarray, labels: np.ndarray | None = None, target: str = "classes"
) -> tuple[Augmentation, str]:
    """The augmentation for data like this sample, and why.

    Args:
        kind: "picture", "signal" or "sound" (a spectrogram).
        sample: some hundred to 2,000 training rows, (n, H, W, channels) or for signals (n, steps,
            channels), of any dtype and scale; never validation rows.
        labels: their classes, (n,), or None where there are none.
        target: "classes"; "pixels", where it is a picture that moves along; "numbers", which may
            depend on where things stand.

    Returns:
        The choices, and one sentence without a full stop.

    Raises:
        HyperparameterError: an unknown kind or target.
    """
    _check(kind, target)
    if target == "numbers":
        return Augmentation(), "nothing is moved: the numbers may depend on place and size"
    if kind != "picture" and target == "pixels":
        return Augmentation(), "nothing is changed: the target has the same steps"
    if kind == "signal":
        return SIGNAL, "signals mean the same a little later or louder"
    if kind == "sound":
        return SOUND, "recordings mean the same with a gap in time or in frequency"
    side = min(sample.shape[1:3])
    choices = Augmentation(shift=SHIFT if round(SHIFT * side) > 0 else 0.0)
    if target == "pixels":
        flip, reason = True, "flipped left-right: the target is flipped along"
    else:
        flip, reason = _flip(sample, labels)
        if side >= LEAST_SIDE_FOR_CUTOUT:
            choices = replace(choices, cutout=CUTOUT)
    return replace(choices, flip="horizontal" if flip else "none"), reason


def _flip(sample: np.ndarray, labels: np.ndarray | None) -> tuple[bool, str]:
    if labels is None:
        return _by_colour(sample, "no classes to test it on")
    seen = ask(sample, np.asarray(labels))
    if seen.rows == 0:
        return _by_colour(sample, "too few pictures of each class to test it on")
    if not seen.tells:
        return _by_colour(sample, "a quick test could not tell the classes apart")
    plain, mirrored = round(100 * seen.plain), round(100 * seen.mirrored)
    found = f"a quick test recognised {plain} % of the pictures and {mirrored} % of their mirror"
    found += " images"
    if seen.twins >= TWINS:
        return False, f"not flipped: {found}, and took mirror images for another class"
    if seen.kept < KEPT_WHERE_FLIPPED:
        return False, f"not flipped: {found}"
    return True, f"flipped left-right: {found}"


def _by_colour(sample: np.ndarray, why: str) -> tuple[bool, str]:
    """Undecided by a test: pictures in colour are taken for photographs, others for signs."""
    if sample.shape[3] == 3:
        values = sample[:: max(1, len(sample) // 100)].astype(np.float32)
        colour = np.abs(values - values.mean(axis=3, keepdims=True)).mean()
        if colour > 0.02 * values.std():
            return True, f"flipped left-right, as photographs can be: {why}"
    return False, f"not flipped, as it could be signs or letters: {why}"


def _check(kind: str, target: str) -> None:
    for name, value, valid in (("kind", kind, KINDS), ("target", target, TARGETS)):
        if value not in valid:
            raise HyperparameterError(f"{name} must be one of {', '.join(valid)}; got {value!r}.")
