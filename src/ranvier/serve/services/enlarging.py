"""Super-resolution: a picture of any size, made larger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ranvier.data.pictures.foreign import Unreadable
from ranvier.data.pictures.opening import open_picture
from ranvier.model import Model
from ranvier.serve.faults import Fault, bad
from ranvier.serve.inputs.base import without
from ranvier.serve.services import showing
from ranvier.serve.services.base import Answer, Array, Service, listed
from ranvier.serve.tensors import TensorSpec

MOST_PIXELS = 4_000_000  # of a request: what takes longer is no work for a server
SMALL = 16  # side of the picture that warms the network


class Enlarging(Service):
    """`GAN.upscale`."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        channels = int(model.preprocessor_.spec.image[-1])
        self.takes = (TensorSpec("picture", "UINT8", (-1, -1, channels)),)
        self.gives = self.takes
        self.facts["scale"] = int(model.resolved_["scale"])

    def read_tensors(self, given: Mapping[str, Array]) -> Array:
        """See `Service`."""
        if set(given) != {"picture"}:
            raise bad('This model takes one tensor, "picture", (height, width, channels).')
        return self._checked(given["picture"])

    def read_json(self, asked: Any) -> Array:
        """See `Service`; one picture as nested lists."""
        rows = listed(asked)
        if len(rows) != 1:
            raise bad(f"One picture is made larger at a time; got {len(rows):,}.")
        try:
            array = np.array(rows[0])
        except (TypeError, ValueError):
            raise bad("A picture must be (height, width, channels) numbers.") from None
        if array.dtype.kind == "i":
            if array.size and (array.min() < 0 or array.max() > 255):
                raise bad("Pixels must be whole numbers from 0 to 255.")
            array = array.astype(np.uint8)
        return self._checked(array)

    def read_files(self, files: Sequence[tuple[str, bytes]], cells: Mapping[str, str]) -> Array:
        """See `Service`."""
        without(cells)
        from io import BytesIO

        from PIL import Image

        if len(files) != 1:
            raise bad(f"One picture is made larger at a time; got {len(files):,}.")
        name, data = files[0]
        try:
            with Image.open(BytesIO(data)) as image:
                self._small_enough(image.width * image.height)
                return self._checked(open_picture(image).pixels)
        except Fault:
            raise
        except Unreadable as error:
            raise bad(f"{name} {error}.") from None
        except Exception:  # each format has its own errors for damaged files
            raise bad(f"{name} is no picture that can be read, or a damaged one.") from None

    def answer(self, asked: Array) -> Answer:
        """See `Service`."""
        model: Any = self.model
        made = np.asarray(model.upscale(asked))
        return {"picture": made if made.ndim == 3 else made[..., None]}

    def warm(self) -> None:
        """See `Service`."""
        channels = self.takes[0].shape[-1]
        self.answer(np.zeros((SMALL, SMALL, channels), np.uint8))

    def shown(self, answer: Answer) -> dict[str, Any]:
        """See `Service`."""
        return {"pictures": [showing.png(answer["picture"])]}

    def form(self) -> dict[str, Any]:
        """See `Service`."""
        return {"kind": "picture", "files": True}

    def _checked(self, array: Array) -> Array:
        if array.dtype.kind not in "fiub" or array.ndim not in (2, 3):
            raise bad("A picture must be (height, width) or (height, width, channels) numbers.")
        self._small_enough(int(np.prod(array.shape[:2])))
        try:
            open_picture(array)
        except Unreadable as error:
            raise bad(f"The picture {error}.") from None
        return array

    def _small_enough(self, pixels: int) -> None:
        if pixels > MOST_PIXELS:
            raise Fault(
                413,
                f"A picture must have at most {MOST_PIXELS:,} pixels; this one has {pixels:,}: use "
                "ranvier predict.",
            )
