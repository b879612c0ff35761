"""A target of pictures or masks, as a network sees it and as a person reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ranvier.errors import ArtifactError, TargetError
from ranvier.specification import OutputSpec
from ranvier.tasks import TASKS, Task

Array = np.ndarray[Any, Any]

MOST_CLASSES = 256
SAMPLE_BYTES = 1 << 27  # of masks that are looked through for their classes at once


@dataclass(frozen=True)
class PictureCoder:
    """Fitted state of such a target, plain data.

    Attributes:
        task: "segmentation" or "image_to_image".
        size: (height, width).
        units: classes, or channels, of each pixel.
        classes: sorted values of the masks; empty for pictures.
        dtype: of the pictures, "uint8" or "float32".
        channels: whether the target has an axis for channels.
    """

    task: Task
    size: tuple[int, int]
    units: int
    classes: Array = field(default_factory=lambda: np.empty(0))
    dtype: str = "uint8"
    channels: bool = False

    @property
    def spec(self) -> OutputSpec:
        """The output layer that the task decides."""
        return OutputSpec(self.units, self.task.activation, self.task.loss, self.size)

    def encode(self, target: Any) -> Any:
        """As the losses take it.

        Codes, uint8 (N, height, width); or pixels as they come, float32 or uint8 of shape
        (N, height, width, channels), which stay unread where they are files.

        Raises:
            TargetError: another size, or a class that was not there in training.
        """
        given = tuple(target.shape[1:3])
        if target.ndim < 3 or given != self.size:
            raise TargetError(
                f"The target must be pictures of {self.size[0]}×{self.size[1]}, as in training; "
                f"got rows of shape {tuple(target.shape[1:])}."
            )
        if self.task.kind == "segmentation":
            return self._codes(target)
        if target.ndim == 3:
            target = target[..., None]
        if str(target.dtype) != self.dtype or target.shape[-1] != self.units:
            raise TargetError(
                f"The target must be {self.dtype} with {self.units} channels, as in training; got "
                f"{target.dtype} of shape {tuple(target.shape)}."
            )
        return target

    def _codes(self, target: Any) -> Array:
        masks = np.asarray(target)
        masks = masks.reshape(masks.shape[:3])
        codes = np.empty(masks.shape, np.uint8)
        step = max(1, SAMPLE_BYTES // max(1, masks[0].size * 8))
        for start in range(0, len(masks), step):
            block = masks[start : start + step]
            places = np.searchsorted(self.classes, block)
            places = np.minimum(places, len(self.classes) - 1)
            wrong = self.classes[places] != block
            if wrong.any():
                raise TargetError(
                    f"A mask holds the class {block[wrong][0]!s}, which was not there in training; "
                    f"known classes: {', '.join(str(c) for c in self.classes[:10])}."
                )
            codes[start : start + step] = places
        return codes

    def labels(self, logits: Array) -> Array:
        """Predictions as a person reads them, from logits (N, height, width, units).

        Masks (N, height, width) of the classes; or pictures shaped and typed as the target was.
        """
        if self.task.kind == "segmentation":
            masks: Array = self.classes[np.argmax(logits, axis=-1)]
            return masks
        pictures = logits if self.channels else logits[..., 0]
        if self.dtype == "uint8":
            return np.clip(np.rint(pictures * 255.0), 0, 255).astype(np.uint8)
        return pictures

    def probabilities(self, logits: Array) -> Array:
        """Float64 (N, height, width, classes)."""
        powers = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
        shares: Array = powers / powers.sum(axis=-1, keepdims=True)
        return shares

    def translate(self, row: dict[str, float]) -> dict[str, float]:
        """An epoch's metrics as people read them: the PSNR of 8-bit pictures."""
        if self.task.kind == "image_to_image" and self.dtype == "uint8" and "valid_loss" in row:
            loss = max(row["valid_loss"], 1e-12)
            return {**row, "valid_psnr": float(-10.0 * np.log10(loss))}
        return row

    def to_state(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "task": self.task.kind,
            "size": list(self.size),
            "units": self.units,
            "classes": self.classes.tolist(),
            "dtype": self.dtype,
            "channels": self.channels,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> PictureCoder:
        """The coder that `to_state` described.

        Raises:
            ArtifactError: the state is malformed.
        """
        try:
            height, width = (int(side) for side in state["size"])
            classes = np.array(state["classes"])
            task = TASKS[state["task"]]
            units, dtype = int(state["units"]), str(state["dtype"])
            if dtype not in ("uint8", "float32") or classes.dtype.kind not in "iufb":
                raise ValueError(dtype)
            if task.kind == "segmentation" and len(classes) != units:
                raise ValueError(units)
            return cls(task, (height, width), units, classes, dtype, bool(state["channels"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(
                "The model file's description of the target is damaged or foreign: "
                "save the model again."
            ) from error


def fit_pictures(target: Any, task: Task) -> PictureCoder:
    """Learn the size, and the classes or the channels, of a target.

    Args:
        target: (N, height, width) or (N, height, width, channels), an array or `Pictures`.
        task: what it asks for.

    Raises:
        TargetError: fewer than two classes, or more than `MOST_CLASSES`.
    """
    size = (int(target.shape[1]), int(target.shape[2]))
    channels = target.ndim == 4
    if task.kind == "image_to_image":
        if target.dtype not in (np.uint8, np.float32):
            raise TargetError(
                "A target of pictures must be uint8 or floats; got "
                f"{target.dtype}: convert it, or use task='segmentation' for classes."
            )
        units = int(target.shape[3]) if channels else 1
        return PictureCoder(task, size, units, dtype=str(target.dtype), channels=channels)
    if channels and target.shape[3] != 1:
        raise TargetError(
            f"Masks must have one number for each pixel; got {target.shape[3]} channels."
        )
    classes = np.empty(0, target.dtype)
    step = max(1, SAMPLE_BYTES // max(1, size[0] * size[1] * 8))
    for start in range(0, len(target), step):
        classes = np.union1d(classes, np.asarray(target[start : start + step]))
        if len(classes) > MOST_CLASSES:
            raise TargetError(
                f"The masks hold more than {MOST_CLASSES} different numbers, so they are no "
                "classes; use task='image_to_image', or save them without compression loss."
            )
    if len(classes) < 2:
        raise TargetError(
            f"Segmentation needs at least two classes; the masks hold {classes[0]!s} only."
        )
    return PictureCoder(task, size, len(classes), classes.astype(target.dtype))
