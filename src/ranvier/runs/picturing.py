"""`ranvier generate` with a model that makes pictures or rows: new ones, between two, or larger."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ranvier.data.pictures.originals import Originals, originals_of
from ranvier.errors import DataError, HyperparameterError, nearest
from ranvier.explain import drawing
from ranvier.model import Model
from ranvier.runs import frames, prediction
from ranvier.runs.folder import write_whole
from ranvier.runs.unsupervised.making import (
    as_pictures,
    classes_of_model,
    makes_pictures,
    samples,
    way,
)

Array = np.ndarray[Any, Any]

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
USUAL = "samples.png"
MOST = 100_000  # at once


@dataclass(frozen=True)
class Asked:
    """What is to be made.

    Attributes:
        count: how many.
        label: the class of all of them, as typed; None: as chance will have it.
        seed: the same gives the same.
        out: a picture's file for all of them together, or a folder for each by itself; of rows of a
            table a file for rows; None: the usual one.
        picture: a picture to be made larger; None: new ones are made.
        steps: pictures on the way from one sample to another; 0: samples.
    """

    count: int = 64
    label: str | None = None
    seed: int = 0
    out: str | None = None
    picture: str | None = None
    steps: int = 0


@dataclass(frozen=True)
class Written:
    """What was made: how many of what, and where it lies; or text to be shown.

    Attributes:
        count: how many.
        thing: "picture" or "row".
        place: the file or the folder; None where `text` is it.
        text: rows as CSV.
    """

    count: int
    thing: str
    place: Path | None
    text: str = ""


def can(model: Model) -> bool:
    """Whether a fitted model makes rows or pictures by itself."""
    task = model.task_
    return task in ("reconstruction", "generation", "super_resolution")


def make(model: Model, asked: Asked) -> Written:
    """Make it and write it.

    Raises:
        DataError: what is asked for does not suit the model, or cannot be written.
        HyperparameterError: a number out of range, or a class that there is not.
    """
    _check(asked)
    if model.task_ == "super_resolution":
        return _enlarged(model, asked)
    if asked.picture is not None:
        raise DataError(
            "Only a model that makes pictures larger takes --input; this one's task is "
            f"{model.task_}: train one with --task super_resolution."
        )
    if not makes_pictures(model):
        return _rows(model, asked)
    place = _place(asked.out)
    if asked.steps:
        made = _way(model, asked)
        columns = len(made)
    else:
        made = as_pictures(model, samples(model, asked.count, asked.seed, _labels(model, asked)))
        columns = math.ceil(math.sqrt(len(made)))
    made = _visible(made)
    _write_sheet(made, columns, place) if place.suffix else _write_each(made, place)
    return Written(len(made), "picture", place)


def _check(asked: Asked) -> None:
    for name, value, least in (
        ("The count (--count)", asked.count, 1),
        ("The seed (--seed)", asked.seed, 0),
        ("The number of pictures (--interpolate)", asked.steps or 2, 2),
    ):
        if not least <= value <= (MOST if least else 2**32 - 1):
            raise HyperparameterError(
                f"{name} must be a whole number of at least {least}"
                f"{f' and at most {MOST:,}' if value > MOST else ''}; got {value}."
            )


def _labels(model: Model, asked: Asked) -> Array | None:
    if asked.label is None:
        return None
    names = classes_of_model(model)
    if names is None:
        raise DataError(
            "This model does not know classes, so none can be asked for: leave --label out, or "
            "train on data that come with classes."
        )
    places = {str(name): place for place, name in enumerate(names)}
    if asked.label not in places:
        listed = list(places)
        raise HyperparameterError(
            f"The class (--label) must be one of {', '.join(listed[:20])}; got {asked.label!r}."
            f"{nearest(asked.label, listed)}"
        )
    return np.repeat(names[[places[asked.label]]], asked.count)


def _way(model: Model, asked: Asked) -> Array:
    labels = _labels(model, asked)
    found = way(model, asked.steps, asked.seed, None if labels is None else labels[0])
    if found is None:
        raise DataError(
            "This model has no way from one sample to another: leave --interpolate out."
        )
    return as_pictures(model, found)


def _place(out: str | None) -> Path:
    """The file or the folder, checked before any work is done.

    Raises:
        DataError: a suffix that is no picture's, or a folder that does not exist.
    """
    place = Path(USUAL if out is None else out).expanduser()
    if place.suffix and place.suffix.lower() not in SUFFIXES:
        raise DataError(
            f'{place} has the suffix "{place.suffix}"; pictures are written as '
            f"{', '.join(SUFFIXES)}, or each by itself into a folder."
        )
    if place.suffix and place.is_dir():
        raise DataError(f"{place} is a folder; name a file, such as {place / USUAL}.")
    if not place.suffix and place.is_file():
        raise DataError(f"{place} is a file; name a folder, or a file such as {place}.png.")
    if not place.parent.is_dir():
        raise DataError(f"{place} cannot be written: there is no folder {place.parent}.")
    return place


def _visible(made: Array) -> Array:
    """Pictures (N, height, width, channels) as uint8, all in one range of brightness."""
    if made.dtype == np.uint8:
        return made
    low, high = float(made.min()), float(made.max())
    scaled = (made - low) / max(high - low, 1e-12)
    return np.clip(np.rint(255.0 * scaled), 0, 255).astype(np.uint8)


def _write_sheet(made: Array, columns: int, place: Path) -> None:
    rows = -(-len(made) // columns)
    missing = rows * columns - len(made)
    blank = np.full((missing, *made.shape[1:]), 255, np.uint8)
    every = np.concatenate([made, blank]).reshape(rows, columns, *made.shape[1:])
    _save(frames.grid(every), place)


def _write_each(made: Array, folder: Path) -> None:
    width = len(str(len(made)))
    try:
        folder.mkdir(exist_ok=True)
        for number, picture in enumerate(made, 1):
            file = folder / f"{number:0{width}d}.png"
            write_whole(file, drawing.png(drawing.portrait(picture)))
    except OSError as error:
        raise DataError(f"{folder} cannot be written ({error.strerror or error}).") from error


def _save(picture: Array, place: Path) -> None:
    try:
        drawing.save(picture, place)
    except OSError as error:
        raise DataError(f"{place} cannot be written ({error.strerror or error}).") from error


def _rows(model: Any, asked: Asked) -> Written:
    """New rows of a table."""
    if asked.steps:
        raise DataError(
            "Only a model of pictures takes --interpolate; this one makes rows: leave it out."
        )
    place = None if asked.out is None else prediction.check_place(asked.out)
    made = samples(model, asked.count, asked.seed, _labels(model, asked))
    if made.ndim != 2 or made.dtype.kind == "O":
        raise DataError("New sequences are made in Python: model.sample(n) gives them.")
    frame = prediction.frame_of(made, [str(name) for name in model._columns.names])
    if place is None:
        return Written(len(made), "row", None, frame.write_csv())
    prediction.write(frame, place)
    return Written(len(made), "row", place)


def _enlarged(model: Any, asked: Asked) -> Written:
    """A picture made larger."""
    if asked.picture is None:
        raise DataError(
            "This model makes pictures larger: name one, such as --input photo.png; a whole folder "
            "of them by ranvier predict."
        )
    if asked.label is not None or asked.steps:
        raise DataError("A picture is made larger as it is: leave --label and --interpolate out.")
    source = Path(asked.picture).expanduser()
    if not source.is_file():
        raise DataError(f"There is no picture {source}: name a file, such as photo.png.")
    usual = f"{source.stem}-x{model.resolved_['scale']}.png"
    place = _place(usual if asked.out is None else asked.out)
    if not place.suffix:
        place = place / usual
        place.parent.mkdir(exist_ok=True)
    made = model.upscale(source)
    try:
        made.save(place)
    except (OSError, ValueError) as error:
        raise DataError(f"{place} cannot be written ({error}): try .png.") from error
    return Written(1, "picture", place)


def enlarge_all(model: Any, source: str, folder: Path) -> int:
    """Make every picture of a folder or a file larger, each under its own name; how many.

    Raises:
        DataError: a picture cannot be read, or the folder cannot be written.
    """
    path = Path(source).expanduser()
    if path.suffix.lower() in SUFFIXES:
        originals = Originals([path], [path.name])
    else:
        originals = originals_of(model._examples_of(source).inputs)
    try:
        for picture, name in zip(originals.sources, originals.names, strict=True):
            made = model.upscale(picture)
            place = (folder / name.removeprefix(f"{path.name}/")).with_suffix(".png")
            place.parent.mkdir(parents=True, exist_ok=True)
            (made if hasattr(made, "save") else _image(made)).save(place)
    except OSError as error:
        raise DataError(f"{folder} cannot be written ({error.strerror or error}).") from error
    return len(originals)


def _image(made: Array) -> Any:
    from PIL import Image

    return Image.fromarray(drawing.portrait(made if made.ndim == 3 else made[..., None]))
