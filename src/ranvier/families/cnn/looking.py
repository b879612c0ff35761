"""What a fitted convolutional network sees: feature maps, filters, saliency and regions."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from ranvier.errors import HyperparameterError
from ranvier.explain.attributions import integrated_gradients
from ranvier.explain.outputs import explained
from ranvier.explain.pictures import PictureExplanation, enlarged, region_map
from ranvier.families.cnn.builder import CNNBuilder
from ranvier.layers.convolution import Convolution
from ranvier.model.predicting import in_blocks
from ranvier.preprocessing.targets import TargetCoder
from ranvier.training.blueprint import blueprint_of

if TYPE_CHECKING:
    from ranvier.families.cnn.model import CNN

MOST = 16  # rows that are explained together


@dataclass(frozen=True)
class FeatureMaps:
    """What one stage made of N pictures.

    Attributes:
        name: such as "stage 2".
        values: float32 (N, height, width, filters), or (N, steps, filters) for signals.
    """

    name: str
    values: np.ndarray


@dataclass(frozen=True)
class Filters:
    """The weights of one convolution.

    Attributes:
        name: where it is, such as "stages/0/blocks/0/convolution".
        values: float32 (height, width, channels, filters), or (steps, channels, filters).
    """

    name: str
    values: np.ndarray


def explain(model: CNN, inputs: dict[str, Any], output: int | None) -> PictureExplanation:
    """Saliency and regions of preprocessed rows."""
    coder = model._coder
    if not isinstance(coder, TargetCoder):
        raise HyperparameterError(
            f"explain needs one answer for each picture; this model's task is {coder.task.kind}."
        )
    logits = model._predictor.logits(inputs)  # (N, units)
    chosen = explained(coder, model.target_names_, logits, output)
    weights = (model._outcome.parameters, model._outcome.variables)
    run = _explainer(model._builder())
    signs = np.broadcast_to(np.sign(chosen.scale), chosen.units.shape).astype(np.float32)
    saliency, regions, outputs, baseline = in_blocks(
        lambda block: run(*weights, block),
        {**inputs, "chosen": chosen.units, "signs": signs},
        _most(model),
    )
    wide = chosen.scale.reshape(-1, *(1,) * (saliency.ndim - 1))
    return PictureExplanation(
        pictures=np.asarray(inputs["image"]),
        saliency=saliency * wide,
        regions=regions,
        outputs=outputs * chosen.scale + chosen.shift,
        baseline=baseline * chosen.scale + chosen.shift,
        explained=chosen.names,
        unit=chosen.measured,
    )


def feature_maps(model: CNN, inputs: dict[str, Any]) -> list[FeatureMaps]:
    """What each stage made of preprocessed rows."""
    run = _mapper(model._builder())
    weights = (model._outcome.parameters, model._outcome.variables)
    found = in_blocks(lambda block: run(*weights, block), inputs, _most(model))
    return [FeatureMaps(name, found[name]) for name in sorted(found, key=_place)]


def features(model: CNN, inputs: dict[str, Any]) -> np.ndarray:
    """What the output layer sees of preprocessed rows, float32 (N, width)."""
    coder = model._coder
    if not isinstance(coder, TargetCoder):
        raise HyperparameterError(
            f"features needs one answer for each picture; this model's task is {coder.task.kind}."
        )
    run = _featurer(model._builder())
    weights = (model._outcome.parameters, model._outcome.variables)
    most = model._rows_at_once(model.preprocessor_.spec)
    found: np.ndarray = in_blocks(lambda block: run(*weights, block), inputs, most)
    return found


def filters(model: CNN) -> list[Filters]:
    """The weights of every convolution, from the input on."""
    found = [
        Filters(path.removesuffix("/kernel"), array)
        for path, array in model._outcome.parameters.items()
        if path.endswith("convolution/kernel")
    ]
    return sorted(found, key=lambda one: _place(one.name))


def _most(model: CNN) -> int:
    """How many pictures are looked into together: no more than are predicted together."""
    return min(MOST, model._rows_at_once(model.preprocessor_.spec))


def _place(name: str) -> tuple[bool, bool, list[tuple[bool, int, str]]]:
    """Sorts by the way through the network, numbers as numbers: a stem first, the way up last."""
    parts = [(part.isdigit(), int(part) if part.isdigit() else 0, part)
             for part in name.replace("/", " ").split()]  # fmt: skip
    return not name.startswith("stem"), name.startswith("up"), parts


@functools.lru_cache(maxsize=8)
def _explainer(build: CNNBuilder) -> Callable[..., Any]:
    blueprint = blueprint_of(build)

    def run(parameters: Any, variables: Any, block: Any) -> Any:
        network = blueprint.assemble(parameters, variables)
        # In training nobody asks for the gradient of the pixels; here everybody does.
        for _, module in nnx.iter_modules(network):
            if isinstance(module, Convolution):
                module.input_gradient = True
        picture = network.input(block["image"])  # (N, ..., channels)
        chosen = block["chosen"]
        nowhere = jnp.zeros(picture.shape[1:], picture.dtype)  # the mean colour throughout
        values, outputs, baseline = integrated_gradients(
            lambda points: network.above_input(points, block), picture, nowhere, chosen
        )
        maps = list(network.maps(picture).values())[-1]
        signs = block["signs"][:, None]  # of the first of two classes: what spoke for it
        region = region_map(lambda m: signs * network.above_maps(m, block), maps, chosen)
        return values.sum(axis=-1), enlarged(region, picture.shape[1:-1]), outputs, baseline

    return jax.jit(run)


@functools.lru_cache(maxsize=8)
def _featurer(build: CNNBuilder) -> Callable[..., Any]:
    blueprint = blueprint_of(build)

    def run(parameters: Any, variables: Any, block: Any) -> Any:
        network = blueprint.assemble(parameters, variables)
        *_, last = network.maps(network.input(block["image"])).values()
        return network.below_output(last, block).astype(jnp.float32)

    return jax.jit(run)


@functools.lru_cache(maxsize=8)
def _mapper(build: CNNBuilder) -> Callable[..., Any]:
    blueprint = blueprint_of(build)

    def run(parameters: Any, variables: Any, block: Any) -> Any:
        network = blueprint.assemble(parameters, variables)
        return network.maps(network.input(block["image"]))

    return jax.jit(run)
