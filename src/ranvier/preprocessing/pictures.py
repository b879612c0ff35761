"""Pictures -> what enters a network: their pixels as they are, and by what to standardise them.

The pixels are not touched here: 8 bits each travel to the device, and the network's first layer
takes the mean away and divides by the spread. The two are rounded to a twentieth of the range, so
that similar data (the folds of a cross-validation) share one compiled program.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.pictures import Form, Pictures
from ranvier.errors import ArtifactError, DataError
from ranvier.preprocessing.beside import Beside, WithBeside
from ranvier.preprocessing.columns import ColumnDecision
from ranvier.specification import InputSpec

if TYPE_CHECKING:
    from ranvier.data.streams import Facts

Array = np.ndarray[Any, Any]

SAMPLE = 2_000  # pictures from which mean and spread are taken
SAMPLE_BYTES = 1 << 24
STEPS = 20  # of the range, to which they are rounded
KIND = "pictures"  # marks the state


class PicturePreprocessor(WithBeside):
    """What was learned from the training rows.

    Attributes:
        form: what every row is brought to.
        dtype: "uint8" or "float32", as the pixels come.
        spec: what the network is told.
        beside: of the other columns of their table.
    """

    def __init__(
        self,
        form: Form,
        dtype: str,
        center: tuple[float, ...],
        scale: tuple[float, ...],
        beside: Beside,
    ) -> None:
        self.form, self.dtype, self.beside = form, dtype, beside
        columns = beside.spec
        self.spec = InputSpec(columns.numeric, columns.categories, form.shape, center, scale)
        picture = ColumnDecision(form.kind, form.kind, f"{form}, {dtype}")
        self.decisions = (picture, *beside.decisions)
        self.columns = tuple(decision.name for decision in self.decisions)
        self.notes = beside.notes

    @classmethod
    def fit(
        cls, inputs: Pictures, weights: Array | None = None, facts: Facts | None = None
    ) -> PicturePreprocessor:
        """Learn the mean and the spread of each channel from a sample of the rows."""
        size = int(np.prod(inputs.shape[1:])) * inputs.dtype.itemsize
        count = int(min(SAMPLE, len(inputs), max(1, SAMPLE_BYTES // size)))
        rows = np.linspace(0, len(inputs) - 1, count).astype(np.int64)
        pixels = inputs.take(rows)
        pixels = pixels.reshape(-1, pixels.shape[-1])  # (any, channels)
        center, scale = [], []
        for channel in range(pixels.shape[-1]):
            values = pixels[:, channel].astype(np.float64)
            middle, spread = _rounded(float(values.mean()), float(values.std()))
            center.append(middle)
            scale.append(spread)
        beside = Beside.fit(inputs, weights, facts)
        return cls(inputs.form, str(inputs.dtype), tuple(center), tuple(scale), beside)

    def transform(self, inputs: Pictures, *, lenient: bool = False) -> dict[str, Any]:
        """The network's inputs for any rows.

        Args:
            inputs: pictures, brought to the form of training where they are files.
            lenient: as in `TablePreprocessor.transform`, for the columns beside.

        Returns:
            "image": the pictures themselves, which are read as they are taken; and what
            `TablePreprocessor.transform` gives for the columns beside.

        Raises:
            DataError: an array of another size.
        """
        image = self._as_learned(inputs.formed(self.form))
        return {"image": image, **self.beside.transform(inputs, lenient=lenient)}

    def _as_learned(self, inputs: Pictures) -> Pictures:
        if str(inputs.dtype) == self.dtype:
            return inputs
        raise DataError(
            f"The pixels are {inputs.dtype}, and in training they were {self.dtype}: "
            "bring them to the same type and range."
        )

    def to_state(self) -> tuple[dict[str, Any], dict[str, Array]]:
        """JSON-able plain data, and tensors by name."""
        plain, tensors = self.beside.to_state()
        spec = self.spec
        return {
            "kind": KIND,
            "form": self.form.to_state(),
            "dtype": self.dtype,
            "center": list(spec.image_center),
            "scale": list(spec.image_scale),
            "table": plain,
        }, tensors

    @classmethod
    def from_state(
        cls, plain: Mapping[str, Any], tensors: Mapping[str, Array]
    ) -> PicturePreprocessor:
        """What `to_state` described.

        Raises:
            ArtifactError: the state is malformed.
        """
        try:
            form = Form.from_state(plain["form"])
            center = tuple(float(value) for value in plain["center"])
            scale = tuple(float(value) for value in plain["scale"])
            dtype = str(plain["dtype"])
            if dtype not in ("uint8", "float32") or not len(center) == len(scale) == form.shape[-1]:
                raise ValueError(dtype)
            if not (np.isfinite([*center, *scale]).all() and min(scale) > 0):
                raise ValueError(scale)
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(
                "The model file's description of its pictures is damaged or foreign: "
                "save the model again."
            ) from error
        beside = Beside.from_state(form.kind, plain.get("table"), tensors)
        return cls(form, dtype, center, scale, beside)


def _rounded(mean: float, spread: float) -> tuple[float, float]:
    """The mean and the spread, to a twentieth of a power of two near the range."""
    if not spread > 0:
        return mean, 1.0
    step = float(2.0 ** round(math.log2(4.0 * spread))) / STEPS
    return round(mean / step) * step, max(1, round(spread / step)) * step
