"""`ranvier predict` with a model that makes pictures or masks: a folder of PNG files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ranvier.data.pictures import Pictures
from ranvier.errors import DataError
from ranvier.model import Model
from ranvier.model.inputs import examples_of
from ranvier.preprocessing.picture_targets import PictureCoder

BLOCK = 256  # rows that are held at once


def paints(model: Model) -> bool:
    """Whether a fitted model answers with pictures."""
    return isinstance(model._coder, PictureCoder) or model.task_ == "super_resolution"


def check_folder(out: str | None) -> Path:
    """The folder to write to, checked before any work is done.

    Raises:
        DataError: none is named, it is a file, or the folder above it does not exist.
    """
    if out is None:
        raise DataError("This model makes pictures: name a folder for them with --out.")
    folder = Path(out).expanduser()
    if folder.suffix or folder.is_file():
        raise DataError(f"{folder} is no folder, and this model makes pictures: name a folder.")
    if not folder.parent.is_dir():
        raise DataError(f"{folder} cannot be written: there is no folder {folder.parent}.")
    return folder


def paint(model: Model, source: str, folder: Path) -> int:
    """Write a PNG file for each row of a source, named as the row's own file; how many.

    Raises:
        DataError: the source cannot be read, or the folder cannot be written.
    """
    from PIL import Image

    if model.task_ == "super_resolution":
        from ranvier.runs.picturing import enlarge_all

        return enlarge_all(model, source, folder)
    coder = model._coder
    assert isinstance(coder, PictureCoder)
    examples = examples_of(source, on_error=model.on_error)
    width = len(str(len(examples)))
    try:
        folder.mkdir(exist_ok=True)
        for first in range(0, len(examples), BLOCK):
            block = examples.take(slice(first, first + BLOCK))
            logits = model._logits_of(block, lenient=True)
            for row, made in enumerate(coder.labels(logits)):
                name = f"{first + row:0{width}d}.png"
                if isinstance(block.inputs, Pictures) and block.inputs.names is not None:
                    name = str(Path(block.inputs.name_of(row)).with_suffix(".png"))
                place = folder / name
                place.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(_as_bytes(made)).save(place)
    except OSError as error:
        raise DataError(f"{folder} cannot be written ({error.strerror or error}).") from error
    return len(examples)


def _as_bytes(made: np.ndarray) -> np.ndarray:
    """A mask or a picture as uint8, (height, width) or (height, width, 3)."""
    if made.dtype != np.uint8:
        floats = made.dtype.kind == "f"
        made = np.clip(np.rint(made * (255.0 if floats else 1.0)), 0, 255).astype(np.uint8)
    if made.ndim == 3 and made.shape[-1] != 3:
        made = made[..., 0]
    return np.ascontiguousarray(made)
