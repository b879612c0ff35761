"""Pictures made by a trained generator, in the type and the range of the training pictures."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.errors import HyperparameterError, TargetError
from ranvier.families.gan.generation.builder import GenerationBuilder
from ranvier.families.gan.generation.network import Adversaries
from ranvier.model.predicting import in_blocks
from ranvier.preprocessing.own_targets import OwnCoder
from ranvier.preprocessing.pictures import PicturePreprocessor
from ranvier.training.blueprint import blueprint_of
from ranvier.training.loop import Draw
from ranvier.training.step import with_precision

if TYPE_CHECKING:
    from ranvier.families.gan.model import GAN

Array = np.ndarray[Any, Any]

SIDE, MOST_ROWS = 8, 10  # pictures of a grid while it trains
NOISE = 0x6A4E  # apart from the other uses of a seed
AT_ONCE = 256


def noise(count: int, latent: int, seed: int) -> Array:
    """Float32 (count, latent), of a normal distribution: the first rows do not depend on count."""
    generator = np.random.Generator(np.random.PCG64([seed, NOISE]))
    return generator.standard_normal((count, latent)).astype(np.float32)


def labels_of(model: GAN, count: int, label: Any, seed: int) -> Array | None:
    """Int32 (count,): the number of each picture's class; drawn evenly where none is asked for.

    Raises:
        TargetError: a class that is not known, as many classes as pictures are not given, or the
            model knows none.
    """
    coder = model._coder
    assert isinstance(coder, OwnCoder)
    classes = coder.classes
    if not len(classes):
        if label is None:
            return None
        raise TargetError(
            "This model was trained without classes, so label= cannot be asked for: fit it with y."
        )
    if label is None:
        generator = np.random.Generator(np.random.PCG64([seed, NOISE, 1]))
        rounds = -(-count // len(classes))
        turns = [generator.permutation(len(classes)) for _ in range(rounds)]
        return np.concatenate(turns)[:count].astype(np.int32)
    given = np.asarray(label)
    if given.ndim and len(given) != count:
        raise TargetError(
            f"label must be one class or one for each of {count} pictures; got {len(given)}."
        )
    return coder.encode(np.broadcast_to(given, (count,)))


def sampled(model: GAN, count: int, label: Any, seed: int | None) -> Array:
    """`GAN.sample`."""
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
        raise HyperparameterError(f"n must be a whole number above 0; got {count!r}.")
    chosen = int(model.seed if seed is None else seed)
    labels = labels_of(model, int(count), label, chosen)
    return made(model, noise(int(count), model.resolved_["latent"], chosen), labels)


def made(model: GAN, numbers: Array, labels: Array | None) -> Array:
    """Float32 (N, latent) and int32 (N,) to pictures as they came in training."""
    run = _program(model._builder(), model.precision)
    weights = (model._outcome.parameters, model._outcome.variables)
    inputs = {"noise": numbers} | ({} if labels is None else {"labels": labels})
    pixels = in_blocks(
        lambda block: run(*weights, block["noise"], block.get("labels")), inputs, AT_ONCE
    )
    return as_given(pixels, model)


def as_given(pixels: Array, model: GAN) -> Array:
    """In the type of the training pictures, whole where theirs are; one channel is left out."""
    if model.resolved_["whole"]:
        pixels = np.rint(pixels)
    preprocessor = model.preprocessor_
    assert isinstance(preprocessor, PicturePreprocessor)
    pixels = pixels.astype(preprocessor.dtype)
    return pixels[..., 0] if pixels.shape[-1] == 1 else pixels


def drawer(shape: GenerationBuilder, values: dict[str, Any]) -> Draw:
    """Samples of noise that stays the same, in a grid; a class in each row where there are some."""
    height, width = min(shape.classes, MOST_ROWS) if shape.classes else SIDE, SIDE
    numbers = noise(height * width, shape.latent, int(values["seed"]))
    labels = np.repeat(np.arange(height, dtype=np.int32), width) if shape.classes else None
    run = _program(shape, values["precision"])

    def draw(parameters: dict[str, Array], variables: dict[str, Array]) -> Array:
        pixels = np.asarray(run(parameters, variables, numbers, labels))
        share = (pixels - shape.low) / (shape.high - shape.low)
        shown = np.clip(np.rint(255.0 * share), 0, 255).astype(np.uint8)
        return shown.reshape(height, width, *shown.shape[1:])

    return draw


@functools.lru_cache(maxsize=8)
def _program(shape: GenerationBuilder, precision: str) -> Callable[..., jax.Array]:
    """The compiled generator."""
    blueprint = blueprint_of(shape)

    def run(parameters: Any, variables: Any, numbers: Any, labels: Any) -> jax.Array:
        network: Adversaries = blueprint.assemble(with_precision(parameters, precision), variables)
        pixels = network.made(with_precision(numbers, precision), labels).astype(jnp.float32)
        return jnp.clip(pixels, shape.low, shape.high)

    return jax.jit(run)
