"""Which augmentation a run gets: what the data speak for, and over it what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.pictures import Pictures
from ranvier.layers.augmentation import Augmentation, choose
from ranvier.preprocessing.fitting import Coder
from ranvier.specification import InputSpec

if TYPE_CHECKING:
    from ranvier.families.cnn.model import CNN

SAMPLE = 2_000  # pictures that the choice is made from
SAMPLE_BYTES = 1 << 24
NAMES = ("shift", "flip", "rotate", "scale", "crop", "cutout", "noise", "mixup")  # called alike


def observed(
    model: CNN, train: Dataset, coder: Coder, resolved: dict[str, Any]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The settings with the augmentation chosen, and a line that says so."""
    chosen, reason = Augmentation(), "augmentation='none'"
    if resolved["augmentation"] == "auto":
        chosen, reason = _chosen(train, coder)
    values = _values(chosen)
    settings = (*NAMES, "colour", "mask")
    asked = {name: getattr(model, name) for name in settings if getattr(model, name) is not None}
    values |= asked
    resolved = {**resolved, **values}
    assert isinstance(train.inputs, Pictures)
    final = described(resolved, InputSpec(image=train.inputs.form.shape))
    if not final.changes:
        return resolved, [("augment", f"pictures are not changed: {reason}")]
    if asked:
        reason = f"{reason}; {', '.join(asked)} as asked for"
    return resolved, [("augment", f"{final.words()} ({reason}); to leave it: augmentation='none'")]


def described(resolved: dict[str, Any], inputs: InputSpec) -> Augmentation:
    """The settings as the compiled step takes them."""
    colour = float(resolved["colour"] or 0.0)
    return Augmentation(
        shift=float(resolved["shift"] or 0.0),
        flip=resolved["flip"] or "none",
        rotate=float(resolved["rotate"] or 0.0),
        scale=float(resolved["scale"] or 0.0),
        crop=float(resolved["crop"] or 1.0),
        cutout=float(resolved["cutout"] or 0.0),
        brightness=colour,
        contrast=colour,
        saturation=colour if inputs.image[-1] == 3 else 0.0,
        noise=float(resolved["noise"] or 0.0),
        mixup=float(resolved["mixup"] or 0.0),
        mask_time=float(resolved["mask"] or 0.0),
        mask_frequency=float(resolved["mask"] or 0.0),
    )


def _chosen(train: Dataset, coder: Coder) -> tuple[Augmentation, str]:
    pictures = train.inputs
    assert isinstance(pictures, Pictures)
    size = int(np.prod(pictures.shape[1:])) * pictures.dtype.itemsize
    count = int(min(SAMPLE, len(pictures), max(1, SAMPLE_BYTES // size)))
    rows = np.linspace(0, len(pictures) - 1, count).astype(np.int64)
    labels = None
    if coder.task.kind in ("binary", "multiclass"):
        labels = np.asarray(coder.encode(train.target[rows])).ravel()
    target = "classes" if coder.task.classifies else "numbers"
    target = "pixels" if coder.task.pixelwise else target
    return choose(pictures.form.kind, pictures.take(rows), labels, target)


def _values(chosen: Augmentation) -> dict[str, Any]:
    """An augmentation as settings."""
    return {
        **{name: getattr(chosen, name) for name in NAMES},
        "colour": chosen.brightness,
        "mask": chosen.mask_time,
    }
