"""What in a picture moved its prediction: integrated gradients by pixel, Grad-CAM by region."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.explain import drawing


@dataclass(frozen=True)
class PictureExplanation:
    """What moved the predictions for N pictures or signals.

    Attributes:
        pictures: (N, height, width, channels) or (N, steps, channels), as the model was given them.
        saliency: float32 (N, height, width) or (N, steps): integrated gradients (Sundararajan,
            Taly and Yan 2017) summed over the channels: what each pixel added to the output,
            beside a picture of the mean colour throughout.
        regions: float32, of the same shape, from 0 to 1: Grad-CAM (Selvaraju et al. 2017), where
            the last feature maps spoke for the output.
        outputs: float32 (N,): the explained output, a logit or a number.
        baseline: float32 (N,): that output for a picture of the mean colour throughout.
            `saliency` of a row adds up to `outputs - baseline`, up to the error of the integration.
        explained: (N,) which output each row is explained for: its predicted class, or "".
        unit: what the values are measured in, such as "logit of the class".
    """

    pictures: np.ndarray
    saliency: np.ndarray
    regions: np.ndarray
    outputs: np.ndarray
    baseline: np.ndarray
    explained: np.ndarray
    unit: str

    def __len__(self) -> int:
        return len(self.pictures)

    def __str__(self) -> str:
        rows = [
            f"  {name or 'output':20} {value:10.4g}, {value - start:+.4g} by the picture"
            for name, value, start in zip(
                self.explained[:10], self.outputs, self.baseline, strict=False
            )
        ]
        return "\n".join([f"{len(self)} pictures, {self.unit}", *rows])

    def drawn(self, rows: int = 16) -> np.ndarray:
        """Uint8 (height, width, 3): each picture, its saliency and its regions side by side."""
        strips = []
        for row in range(min(rows, len(self))):
            plain = drawing.portrait(self.pictures[row])
            parts = (
                plain,
                drawing.for_and_against(plain, self.saliency[row]),
                drawing.heated(plain, self.regions[row]),
            )
            strips.append(np.concatenate(parts, axis=1))
        return np.concatenate(strips)

    def save(self, path: Any, rows: int = 16) -> None:
        """Write `drawn` as a picture file, the kind by its suffix."""
        drawing.save(self.drawn(rows), path)

    def _repr_html_(self) -> str:
        data = base64.b64encode(drawing.png(self.drawn())).decode()
        return (
            f'<img alt="pictures, saliency, regions" src="data:image/png;base64,{data}" '
            'style="image-rendering:pixelated;width:24rem">'
        )


def region_map(
    above: Callable[[jax.Array], jax.Array], maps: jax.Array, chosen: jax.Array
) -> jax.Array:
    """Grad-CAM; traceable.

    Args:
        above: from feature maps (N, ..., filters) to logits (N, units).
        maps: the last feature maps.
        chosen: int32 (N,), the unit to explain for each row.

    Returns:
        Float32 (N, ...) from 0 to 1: the maps, weighted by their mean gradient, where above zero.
    """

    def picked(values: jax.Array) -> jax.Array:
        return jnp.sum(jnp.take_along_axis(above(values), chosen[:, None], axis=1))

    gradients = jax.grad(picked)(maps)
    places = tuple(range(1, maps.ndim - 1))
    weights = gradients.mean(axis=places, keepdims=True)  # (N, 1, ..., filters)
    region = jax.nn.relu(jnp.sum(maps * weights, axis=-1))  # (N, ...)
    most = region.max(axis=places, keepdims=True)
    return region / jnp.maximum(most, 1e-12)


def enlarged(region: jax.Array, sides: tuple[int, ...]) -> jax.Array:
    """Region maps at the size of the picture, bilinear, as two constant products."""
    for axis, side in enumerate(sides, 1):
        region = jnp.moveaxis(
            jnp.tensordot(region, _weights(region.shape[axis], side), axes=(axis, 0)), -1, axis
        )
    return region


def _weights(small: int, large: int) -> jax.Array:
    """Float32 (small, large): linear interpolation between the middles of the pixels."""
    places = (np.arange(large) + 0.5) * small / large - 0.5
    low = np.clip(np.floor(places), 0, small - 1).astype(int)
    high = np.minimum(low + 1, small - 1)
    share = np.clip(places - low, 0.0, 1.0)
    weights = np.zeros((small, large), np.float32)
    np.add.at(weights, (low, np.arange(large)), 1.0 - share)
    np.add.at(weights, (high, np.arange(large)), share)
    return jnp.asarray(weights)
