"""Pictures and signals: arrays in the form of training, or files that are brought to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ranvier.data.pictures import Pictures
from ranvier.data.pictures.arrays import ArrayPixels
from ranvier.data.pictures.decoding import decode
from ranvier.data.pictures.foreign import Unreadable
from ranvier.data.pictures.form import PICTURE, SOUND
from ranvier.preprocessing.pictures import PicturePreprocessor
from ranvier.serve.faults import Fault, bad
from ranvier.serve.inputs.base import WHOLE, Array, Inputs, numbers_of, some, without
from ranvier.serve.tensors import TensorSpec


class PictureInputs(Inputs):
    """Rows (N, *form.shape) in the type of training."""

    def __init__(self, preprocessor: PicturePreprocessor) -> None:
        self._preprocessor = preprocessor
        self._form, self._dtype = preprocessor.form, np.dtype(preprocessor.dtype)
        self.kind = self._form.kind
        datatype = "UINT8" if self._dtype == np.uint8 else "FP32"
        self.specs = (TensorSpec(WHOLE, datatype, (-1, *self._form.shape)),)

    def of_tensors(self, given: Mapping[str, Array]) -> Array:
        """See `Inputs`; the axis of a single channel may be left out."""
        array = self.tensors(given)[WHOLE]
        return self._typed(self._shaped(numbers_of(array, f'The tensor "{WHOLE}"')))

    def of_rows(self, rows: list[Any]) -> Array:
        """See `Inputs`; a row is nested lists of numbers."""
        try:
            array = np.array(rows, self._dtype if self._dtype.kind == "f" else None)
        except (TypeError, ValueError, OverflowError):
            raise bad(f"Each row must be {self._form} numbers; some are not.") from None
        return self._typed(self._shaped(numbers_of(array, "A row")))

    def of_files(self, files: Sequence[tuple[str, bytes]], cells: Mapping[str, str]) -> Array:
        """See `Inputs`."""
        without(cells)
        some(len(files))
        if self._dtype != np.uint8 or self.kind not in (PICTURE, SOUND):
            raise Fault(
                415,
                f"This model learned from arrays of {self._dtype}, and no file tells their range: "
                "send the numbers as JSON, or as a tensor.",
            )
        return np.stack([self._decoded(name, data) for name, data in files])

    def count(self, rows: Array) -> int:
        """See `Inputs`."""
        return len(rows)

    def together(self, parts: Sequence[Array]) -> Array:
        """See `Inputs`."""
        return np.concatenate(parts)

    def prepared(self, rows: Array) -> dict[str, Any]:
        """See `Inputs`."""
        return self._preprocessor.transform(Pictures(ArrayPixels(rows, self._form)))

    def examples(self, rows: Array) -> Pictures:
        """See `Inputs`."""
        return Pictures(ArrayPixels(rows, self._form))

    def samples(self) -> Iterator[Array]:
        """See `Inputs`."""
        yield np.zeros((1, *self._form.shape), self._dtype)

    def described(self) -> dict[str, Any]:
        """See `Inputs`."""
        files = self._dtype == np.uint8 and self.kind in (PICTURE, SOUND)
        return {"kind": self.kind, "shape": list(self._form.shape), "files": files}

    def _shaped(self, array: Array) -> Array:
        shape = self._form.shape
        if shape[-1] == 1 and array.shape[1:] == shape[:-1]:
            array = array[..., None]
        if array.ndim == 2 and array.shape[1] == int(np.prod(shape)):
            array = array.reshape(-1, *shape)  # the numbers of each, one after the other
        if array.shape[1:] != shape or array.ndim != 1 + len(shape):
            raise bad(
                f"Rows must be {self.kind}s of {self._form}, as in training; got the shape "
                f"{list(array.shape)}."
            )
        some(len(array))
        return array

    def _typed(self, array: Array) -> Array:
        if self._dtype == np.uint8:
            made = array if array.dtype == np.uint8 else None
            if made is None and np.isfinite(array).all():
                with np.errstate(invalid="ignore"):
                    made = array.astype(np.uint8)
            if made is None or not np.array_equal(made, array):
                raise bad("Pixels must be whole numbers from 0 to 255, as in training.")
            return made
        with np.errstate(over="ignore"):
            made = array.astype(np.float32)
        if not np.isfinite(made).all():
            raise bad("Pixels must be finite numbers; some are missing or too large.")
        return made

    def _decoded(self, name: str, data: bytes) -> Array:
        try:
            if self.kind == SOUND:
                from ranvier.data.pictures import sounds

                pixels, _ = sounds.decode(data, self._form)
            else:
                pixels, _ = decode(data, self._form)
        except Unreadable as error:
            raise bad(f"{name} {error}.") from None
        except OSError as error:
            raise bad(f"{name} cannot be read ({error.strerror or error}).") from None
        return np.frombuffer(pixels, np.uint8).reshape(self._form.shape)
