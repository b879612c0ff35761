"""Pictures made larger by a trained network: of any size and kind, and given back alike."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.data import Dataset
from ranvier.data.pictures import Pictures
from ranvier.data.pictures.foreign import Unreadable
from ranvier.data.pictures.opening import MOST, Opened, open_picture
from ranvier.data.pictures.originals import originals_of
from ranvier.errors import DataError
from ranvier.families.gan.super_resolution.network import SuperResolutionBuilder
from ranvier.families.gan.super_resolution.tiles import Network, in_tiles
from ranvier.training.blueprint import blueprint_of

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Upscaler:
    """A trained generator and how it is used.

    Attributes:
        run: (1, side, side, channels) of 0 to 255, to as many times larger, float32.
        shape: of its network.
        views: whether each tile is the mean over its eight symmetries.
    """

    run: Network
    shape: SuperResolutionBuilder
    views: bool

    def every(self, pictures: Any) -> Any:
        """One picture as it came; an array of several as an array; others as a list.

        Raises:
            DataError: one cannot be read.
        """
        if isinstance(pictures, Dataset):
            pictures = pictures.inputs
        if _is_one(pictures):
            return self.one(pictures, "The picture")
        if isinstance(pictures, np.ndarray):
            return np.stack([self.one(p, f"picture {n:,}") for n, p in enumerate(pictures)])
        originals = originals_of(pictures)
        return [
            self.one(source, name)
            for source, name in zip(originals.sources, originals.names, strict=True)
        ]

    def one(self, source: Any, name: str, side: int | None = None) -> Any:
        """A path, Pillow's picture or an array, larger; `side` as in `in_tiles`.

        Raises:
            DataError: it cannot be read.
        """
        try:
            picture = open_picture(source)
        except Unreadable as error:
            raise DataError(f"{name} {error}.") from None
        except OSError as error:
            raise DataError(f"{source} cannot be opened: {error.strerror}.") from None
        return picture.like(self._enlarged(picture, side))

    def _enlarged(self, picture: Opened, side: int | None) -> Array:
        scale, pixels, coloured = self.shape.scale, picture.pixels, picture.coloured
        height, width, channels = pixels.shape
        large = np.empty((scale * height, scale * width, channels), pixels.dtype)
        run = self._as_coloured(coloured, picture.unit)
        colours = pixels[..., :coloured]
        for rows, columns, made in in_tiles(run, colours, scale, self.shape.reach, side=side):
            large[rows, columns, :coloured] = _like(made, picture)
        if channels > coloured:
            alpha = _bicubic(pixels[..., -1] / picture.unit, scale)
            large[..., -1] = _like(alpha, picture)
        return large

    def _as_coloured(self, coloured: int, unit: float) -> Network:
        """The network for pictures of so many channels: grey ones in colours, or one by one."""
        run = self._viewed if self.views else self.run

        def whole(tile: Array) -> Array:
            tile = np.ascontiguousarray(tile, np.float32) / np.float32(unit)
            if coloured == self.shape.channels:
                return run(tile)
            if coloured == 1:
                made = run(np.repeat(tile, self.shape.channels, axis=-1))
                grey: Array = made.mean(axis=-1, keepdims=True)
                return grey
            return np.concatenate([run(tile[..., c : c + 1]) for c in range(coloured)], axis=-1)

        return whole

    def _viewed(self, tile: Array) -> Array:
        """The mean over the eight symmetries of a square (Lim et al. 2017, "self-ensemble")."""
        made = []
        for turns in range(4):
            for mirrored in (False, True):
                view = np.rot90(tile, turns, (1, 2))
                view = view[:, :, ::-1] if mirrored else view
                large = self.run(np.ascontiguousarray(view))
                large = large[:, :, ::-1] if mirrored else large
                made.append(np.rot90(large, -turns, (1, 2)))
        mean: Array = np.mean(made, axis=0)
        return mean


def upscaler_of(
    shape: SuperResolutionBuilder, weights: tuple[Any, Any], views: bool = False
) -> Upscaler:
    """With the parameters and variables of a trained network, path -> array."""
    forward = _forward(shape)
    kept = jax.device_put(weights)
    return Upscaler(lambda tile: np.asarray(forward(*kept, tile)), shape, views)


@functools.lru_cache(maxsize=16)
def _forward(shape: SuperResolutionBuilder) -> Callable[..., jax.Array]:
    blueprint = blueprint_of(shape)

    def forward(parameters: Any, variables: Any, tile: jax.Array) -> jax.Array:
        network = blueprint.assemble(parameters, variables)
        large: jax.Array = network.generator(tile)
        return jnp.clip(large, 0.0, MOST)

    return jax.jit(forward)


def _is_one(pictures: Any) -> bool:
    if isinstance(pictures, np.ndarray):
        return pictures.ndim == 2 or (pictures.ndim == 3 and pictures.shape[2] <= 4)
    return not isinstance(pictures, (list, tuple, Pictures))


def _like(made: Array, picture: Opened) -> Array:
    """Pixels of 0 to 255 in the units of the picture; whole numbers are rounded."""
    values = np.clip(made, 0.0, MOST) * picture.unit
    if picture.pixels.dtype == bool:
        return values >= 0.5
    if picture.pixels.dtype.kind in "iu":
        values = np.rint(values)
    return values.astype(picture.pixels.dtype)


def _bicubic(plane: Array, scale: int) -> Array:
    """(H, W) of 0 to 255 made larger by cubic convolution, float32."""
    from PIL import Image as pillow

    image = pillow.fromarray(np.ascontiguousarray(plane, np.float32))
    size = scale * image.width, scale * image.height
    return np.asarray(image.resize(size, pillow.Resampling.BICUBIC))
