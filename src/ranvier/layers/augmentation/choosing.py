"""The default augmentation of a set, found by looking at it, with the reason in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ranvier.errors import HyperparameterError
from ranvier.layers.augmentation.choices import Augmentation
from ranvier.layers.augmentation.looking import Seen, look

KINDS = ("picture", "signal", "sound")
TARGETS = ("classes", "pixels", "numbers")

SHIFTS = (0.1, 0.07, 0.04)  # from CIFAR's usual 4 of 32 pixels down
SIGNAL = Augmentation(shift=0.05, scale=0.1, noise=0.05)
SOUND = Augmentation(mask_time=0.15, mask_frequency=0.15)

# Digits and letters keep 0.46 at most, samples of Fashion-MNIST 0.68 at least.
KEPT_WHERE_FLIPPED = 0.57
# A small network trained for 15 to 30 epochs lost where 8×8 digits keep 0.45 and Fashion-MNIST
# 0.76, and gained where Fashion-MNIST keeps 0.94. Printed letters gained even at 0.3.
KEPT_WHERE_SHIFTED = 0.8
# Degrees, and share of the size: 8×8 digits gained half a point with them, and lost it with more.
LEANS, VARIES = 10.0, 0.1
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
    seen = None if labels is None else look(sample, np.asarray(labels), SHIFTS)
    tested = seen if seen is not None and seen.tells else None
    choices = Augmentation(shift=_shift(min(sample.shape[1:3]), tested))
    if target == "pixels":
        return replace(
            choices, flip="horizontal"
        ), "flipped left-right: the target is flipped along"
    if tested is not None:
        flip, reason = _flip(tested)
        if not flip:  # signs: handwriting leans, and is larger and smaller
            choices = replace(choices, rotate=LEANS, scale=VARIES)
    elif labels is None:
        flip, reason = _by_colour(sample, "no classes to test it on")
    elif seen is None:
        flip, reason = _by_colour(sample, "too few pictures of each class to test it on")
    else:
        flip, reason = _by_colour(sample, "a quick test could not tell the classes apart")
    return replace(choices, flip="horizontal" if flip else "none"), reason


def _shift(side: int, seen: Seen | None) -> float:
    """The largest that leaves pictures in their classes; without a test, the smallest."""
    for share in SHIFTS if seen is not None else SHIFTS[-1:]:
        whole = round(share * side) > 0
        if whole and (seen is None or seen.kept(seen.shifted[share]) >= KEPT_WHERE_SHIFTED):
            return share
    return 0.0


def _flip(seen: Seen) -> tuple[bool, str]:
    plain, mirrored = round(100 * seen.plain), round(100 * seen.mirrored)
    found = f"a quick test recognised {plain} % of the pictures and {mirrored} % of their mirror"
    found += " images"
    if seen.twins >= TWINS:
        return False, f"not flipped: {found}, and took mirror images for another class"
    if seen.kept(seen.mirrored) < KEPT_WHERE_FLIPPED:
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
