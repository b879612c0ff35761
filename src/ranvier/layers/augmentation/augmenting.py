"""All changes, in their order, on a batch inside the training step."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from ranvier.errors import HyperparameterError
from ranvier.layers.augmentation.choices import OF_SIGNALS, Augmentation
from ranvier.layers.augmentation.draws import Draws, draw
from ranvier.layers.augmentation.geometry import move
from ranvier.layers.augmentation.hiding import hide
from ranvier.layers.augmentation.light import amplify, relight
from ranvier.layers.augmentation.noise import add_noise


def augment(
    augmentation: Augmentation,
    images: jax.Array,
    key: jax.Array,
    masks: jax.Array | None = None,
) -> tuple[jax.Array, jax.Array | None]:
    """The batch with each image changed by its own random amounts; mixup is apart, in `mixing`.

    The order: geometry, light, noise, then what is hidden.

    Args:
        augmentation: static.
        images: float (batch, H, W, channels), standardised, so that 0 is the mean; or signals,
            float (batch, steps, channels).
        key: a JAX key. The same key gives the same bits.
        masks: targets that move along with the images, of shape (batch, H, W) or
            (batch, H, W, units), for signals (batch, steps) or (batch, steps, units). Whole
            numbers and booleans stay what they are (the nearest pixel), floats are read between
            pixels as the images are. Light, noise and hiding leave them alone.

    Returns:
        images and masks, in the shapes and dtypes in which they came.

    Raises:
        HyperparameterError: a choice that does not go with these images.
    """
    _check(augmentation, images, masks)
    if set(augmentation.chosen) <= {"mixup"}:
        return images, masks
    # As pictures: signals get a width of one, masks a channel.
    size = images.shape[:3] if images.ndim == 4 else (*images.shape[:2], 1)
    pictures = images.reshape(*size, -1)  # (batch, H, W, channels)
    moving = (pictures,) if masks is None else (pictures, masks.reshape(*size, -1))
    moved = _once(augmentation, moving, key, images.ndim == 3)
    if masks is None:
        return moved[0].reshape(images.shape), None
    return moved[0].reshape(images.shape), moved[1].reshape(masks.shape)


def _once(
    augmentation: Augmentation, moving: tuple[jax.Array, ...], key: jax.Array, signals: bool
) -> tuple[jax.Array, ...]:
    """The changes, computed once, whoever reads them.

    On CPU, XLA fuses them into every reader, and a convolution written as slices reads its
    input nine times (0.3 ms more at 64×28×28). A branch, always taken though XLA does not see
    it, cannot be fused; other devices would wait for the host there.
    """

    def branch(moving: tuple[jax.Array, ...], key: jax.Array) -> tuple[jax.Array, ...]:
        always = jax.random.key_data(key).ravel()[0].astype(jnp.float32) < 2.0**33
        taken: tuple[jax.Array, ...] = lax.cond(
            always, changed, lambda moving, _: moving, moving, key
        )
        return taken

    def changed(moving: tuple[jax.Array, ...], key: jax.Array) -> tuple[jax.Array, ...]:
        return _changed(augmentation, moving, key, signals)

    result: tuple[jax.Array, ...] = lax.platform_dependent(moving, key, cpu=branch, default=changed)
    return result


def _changed(
    augmentation: Augmentation, moving: tuple[jax.Array, ...], key: jax.Array, signals: bool
) -> tuple[jax.Array, ...]:
    def before(draws: Draws, moving: tuple[jax.Array, ...]) -> tuple[jax.Array, ...]:
        if signals:
            shift = Augmentation(shift=augmentation.shift)
            signal, *masks = move(shift, draws, moving)
            return (amplify(augmentation, draws, signal), *masks)
        picture, *masks = move(augmentation, draws, moving)
        return (relight(augmentation, draws, picture), *masks)

    def after(draws: Draws, picture: jax.Array) -> jax.Array:
        return hide(augmentation, draws, picture)

    draws = draw(key, len(moving[0]))
    pictures, *masks = jax.vmap(before)(draws, moving)
    if augmentation.noise > 0:
        pictures = add_noise(pictures, augmentation.noise, key)
    pictures = jax.vmap(after)(draws, pictures)
    return (pictures, *masks)


def _check(augmentation: Augmentation, images: jax.Array, masks: jax.Array | None) -> None:
    if images.ndim not in (3, 4) or not jnp.issubdtype(images.dtype, jnp.floating):
        raise HyperparameterError(
            "augmentation takes float images (batch, height, width, channels) or signals "
            f"(batch, steps, channels); got {images.dtype} of shape {images.shape}."
        )
    foreign = [name for name in augmentation.chosen if name not in OF_SIGNALS]
    if images.ndim == 3 and foreign:
        valid = ", ".join(sorted(OF_SIGNALS))
        raise HyperparameterError(
            f"{foreign[0]} is for pictures; signals can be changed by {valid}."
        )
    if augmentation.saturation > 0 and images.shape[-1] != 3:
        raise HyperparameterError(
            f"saturation is for pictures of 3 channels; these have {images.shape[-1]}."
        )
    where = images.shape[:-1]
    if masks is not None and where not in (masks.shape, masks.shape[:-1]):
        raise HyperparameterError(f"masks must be of the images' size {where}; got {masks.shape}.")
