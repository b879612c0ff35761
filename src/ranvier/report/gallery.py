"""Pictures for the page: what the model looks at, what it was wrong about, what it sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.pictures import Pictures
from ranvier.explain import drawing
from ranvier.preprocessing.picture_targets import PictureCoder
from ranvier.preprocessing.targets import TargetCoder
from ranvier.report.choosing import caption, mistaken, named, surest
from ranvier.report.numbers import percent, short

if TYPE_CHECKING:
    from ranvier.model import Model

MOST_MISTAKES, MOST_EXAMPLES = 12, 8
LARGEST = 160  # pixels of a side on the page; larger pictures are thinned out


@dataclass(frozen=True)
class Tile:
    """One picture of the page.

    Attributes:
        picture: uint8 RGB (height, width, 3).
        caption: lines under it.
        parts: how many pictures stand side by side in it.
    """

    picture: np.ndarray
    caption: tuple[str, ...]
    parts: int = 1


@dataclass(frozen=True)
class Gallery:
    """The pictures of the page.

    Attributes:
        kind: "picture", "signal" or "sound".
        examples: one for each class, or a few: picture, saliency and regions side by side; for a
            model that makes pictures, what came in, what it made of it, and the truth.
        mistakes: the ones it was most wrong about, the same way.
        maps: what each stage makes of the first example.
        kernels: the filters of the first convolution; None where they are too small to be seen.
    """

    kind: str
    examples: tuple[Tile, ...]
    mistakes: tuple[Tile, ...]
    maps: tuple[Tile, ...]
    kernels: Tile | None


def gallery(model: Model, rows: Dataset, logits: np.ndarray) -> Gallery | None:
    """The pictures for rows with a target; None for a model that sees a table.

    Args:
        model: a fitted model.
        rows: N rows as the model takes them.
        logits: float32 (N, ...), its answers.
    """
    pictures, coder = rows.inputs, model._coder
    if not isinstance(coder, (PictureCoder, TargetCoder)):
        return None
    if not isinstance(pictures, Pictures) or not hasattr(model, "feature_maps") or not len(rows):
        return None
    if isinstance(coder, PictureCoder):
        bad = _badness_of_pixels(coder, rows, logits)
        worst, best = np.argsort(-bad, kind="stable"), np.argsort(bad, kind="stable")
        examples = _made(model, rows, logits, best[:MOST_EXAMPLES])
        mistakes = _made(model, rows, logits, worst[:MOST_MISTAKES])
        first = int(best[0])
    else:
        chosen = surest(coder, rows, logits, MOST_EXAMPLES)
        wrong = mistaken(coder, rows, logits, MOST_MISTAKES)
        examples = _explained(model, rows, logits, chosen)
        mistakes = _explained(model, rows, logits, wrong)
        first = int(chosen[0])
    return Gallery(
        kind=pictures.form.kind,
        examples=examples,
        mistakes=mistakes,
        maps=_maps(model, rows.take(np.array([first]))),
        kernels=_kernels(model),
    )


def _explained(
    model: Any, rows: Dataset, logits: np.ndarray, chosen: np.ndarray
) -> tuple[Tile, ...]:
    if not len(chosen):
        return ()
    some = rows.take(chosen)
    seen = model.explain(some)
    coder, truth = model._coder, rows.labels[chosen]
    said = coder.labels(logits[chosen])
    names = [named(rows.inputs, int(row)) for row in chosen]
    tiles = []
    for place, row in enumerate(chosen.tolist()):
        plain = drawing.portrait(_thinned(seen.pictures[place]))
        saliency, region = _thinned(seen.saliency[place]), _thinned(seen.regions[place])
        strip = (
            plain, drawing.for_and_against(plain, saliency), drawing.heated(plain, region)
        )  # fmt: skip
        words = caption(coder, truth[place], said[place], logits[row])
        tiles.append(Tile(_side_by_side(strip), (*words, *names[place]), len(strip)))
    return tuple(tiles)


def _badness_of_pixels(coder: PictureCoder, rows: Dataset, logits: np.ndarray) -> np.ndarray:
    """Share of wrong pixels, or mean squared error, of each row."""
    made = coder.labels(logits)
    truth = rows.labels.reshape(made.shape)
    if coder.task.kind == "segmentation":
        return np.asarray((made != truth).reshape(len(made), -1).mean(axis=1))
    return np.asarray(
        np.square(made.astype(np.float64) - truth).reshape(len(made), -1).mean(axis=1)
    )


def _made(model: Any, rows: Dataset, logits: np.ndarray, chosen: np.ndarray) -> tuple[Tile, ...]:
    """What came in, what was made of it, and the truth."""
    coder, some = model._coder, rows.take(chosen)
    made = coder.labels(logits[chosen])
    truth, given = some.labels.reshape(made.shape), np.asarray(some.inputs)
    bad = _badness_of_pixels(coder, some, logits[chosen])
    tiles = []
    for place, row in enumerate(chosen.tolist()):
        parts = [
            drawing.portrait(_thinned(given[place])),
            _picture_of(coder, made[place]),
            _picture_of(coder, truth[place]),
        ]
        words = f"{percent(1.0 - bad[place])} of the pixels are right"
        if coder.task.kind == "image_to_image":
            words = f"RMSE {short(float(np.sqrt(bad[place])))}"
        tiles.append(Tile(_side_by_side(parts), (words, *named(rows.inputs, row)), len(parts)))
    return tuple(tiles)


def _picture_of(coder: PictureCoder, row: np.ndarray) -> np.ndarray:
    if coder.task.kind == "segmentation":
        shades = np.searchsorted(coder.classes, row) * (255 // max(1, coder.units - 1))
        return drawing.portrait(_thinned(shades.astype(np.uint8)[..., None]))
    return drawing.portrait(_thinned(row if row.ndim == 3 else row[..., None]))


def _maps(model: Any, one: Dataset) -> tuple[Tile, ...]:
    return tuple(
        Tile(drawing.maps_tiled(_thinned(found.values[0])), (f"{found.name}: {words(found)}",))
        for found in model.feature_maps(one)
    )


def words(found: Any) -> str:
    """Size and number of feature maps."""
    sides = "×".join(str(side) for side in found.values.shape[1:-1])
    shown = min(16, found.values.shape[-1])
    return f"{shown} of {found.values.shape[-1]} maps of {sides}"


def _kernels(model: Any) -> Tile | None:
    first = model.kernels()[0].values
    if first.ndim != 4 or first.shape[0] < 2 or first.shape[2] not in (1, 3):
        return None
    most = float(np.abs(first).max())
    shown = [drawing.portrait(first[..., n], -most, most) for n in range(min(32, first.shape[-1]))]
    return Tile(drawing.tiled(shown, 16), (f"{len(shown)} of {first.shape[-1]} filters",))


def _thinned(row: np.ndarray) -> np.ndarray:
    """Every second, third, ... pixel of a picture that is too large for the page."""
    if row.ndim < 2 or (row.ndim == 2 and row.shape[1] <= 4):  # a signal, which is drawn anyway
        return row
    step = -(-max(row.shape[:2]) // LARGEST)
    return row[::step, ::step]


def _side_by_side(parts: Sequence[np.ndarray]) -> np.ndarray:
    return drawing.tiled(list(parts), len(parts), gap=2)
