"""From hyperparameters, or from a model trained before, to the shape of the stack."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from flax import nnx

from ranvier.errors import HyperparameterError
from ranvier.families.transformer.builder import CAUSAL
from ranvier.families.transformer.pretrained import Pretrained
from ranvier.families.transformer.shape import Shape
from ranvier.specification import InputSpec, OutputSpec
from ranvier.training.blueprint import blueprint_of

if TYPE_CHECKING:
    from ranvier.families.transformer.hyperparameters import TransformerHyperparameters

# Beside a stack that was trained before, what is fresh learns faster: the output layer ten times,
# the weighed words, whose weights are large, two hundred. They count as much as that stack.
FRESH: dict[str, float] = {"head_rate": 10.0, "bag_rate": 200.0, "others": 1.0}
FRESH_BESIDE_PAIRS: dict[str, float] = {"head_rate": 2.0, "bag_rate": 20.0, "others": 1.0}
GATED = 2 / 3  # of the neurons: a gate beside them makes the products as many (Shazeer 2020)
PIECES = 8  # neurons are multiples of these
PATCHES = 64  # of a row of numbers, at most
OF_TOKENS = ("embed/tokens", "head/bias")  # tables with a row for each token
DECIDED = (
    "layers", "width", "heads", "key_heads", "feedforward", "norm", "norm_place", "positions",
    "activation", "biases", "tied", "tokenizer", "vocabulary_size",
)  # fmt: skip


def shape_of(inputs: InputSpec, resolved: dict[str, Any]) -> Shape:
    """The shape of a stack."""
    if "shape" in resolved:
        return Shape.of(resolved["shape"])
    width, heads = resolved["width"], resolved["heads"]
    return Shape(
        layers=resolved["layers"],
        width=width,
        heads=heads,
        key_heads=resolved["key_heads"] or heads,
        head_width=width // heads,
        hidden=resolved["feedforward"] or neurons(width, resolved["activation"]),
        norm=resolved["norm"],
        norm_place=resolved["norm_place"],
        positions=resolved["positions"],
        activation=resolved["activation"],
        causal=resolved["language"] == CAUSAL,
        attend_biases=bool(resolved["biases"]),
        biases=bool(resolved["biases"]),
        norm_biases=bool(resolved["biases"]),
        longest=inputs.steps if resolved["positions"] == "learned" else 0,
        segments=inputs.segments,
        embed_norm=resolved["norm_place"] == "post",
        tied=bool(resolved["tied"]),
        dropout=resolved["dropout"] > 0,
        rematerialise=bool(resolved["rematerialise"]),
    )


def patch_of(inputs: InputSpec, outputs: OutputSpec) -> int:
    """How many steps of numbers stand together as one token; texts' tokens are their own."""
    if inputs.vocabulary or outputs.each_step:
        return 1
    steps = inputs.steps if inputs.window is None else inputs.window.context
    return max(1, -(-steps // PATCHES))


def fresh(resolved: dict[str, Any]) -> dict[str, float]:
    """How fast what is fresh learns, as the builder is told."""
    if "shape" not in resolved:
        return {}
    return FRESH_BESIDE_PAIRS if resolved["lora_rank"] else FRESH


def neurons(width: int, activation: str) -> int:
    """Between the two dense layers: four times the width; two thirds of that beside a gate."""
    if activation != "swiglu":
        return 4 * width
    return PIECES * round(4 * GATED * width / PIECES) or PIECES


def check_sizes(resolved: dict[str, Any]) -> None:
    """Heads must divide the width, and those of the keys the heads.

    Raises:
        HyperparameterError: they do not.
    """
    width, heads = resolved["width"], resolved["heads"]
    keys = resolved["key_heads"] or heads
    if width % heads:
        fits = [n for n in range(1, heads + 1) if width % n == 0]
        raise HyperparameterError(
            f"heads must divide width; got heads={heads} and width={width}: use heads={fits[-1]}, "
            f"or width={heads * max(1, round(width / heads))}."
        )
    if heads % keys:
        raise HyperparameterError(
            f"key_heads must divide heads; got key_heads={keys} and heads={heads}."
        )
    if resolved["positions"] == "rotary" and (width // heads) % 2:
        raise HyperparameterError(
            "Rotary positions turn pairs of numbers, so width / heads must be even; got "
            f"{width // heads}: use another number of heads, or positions='learned'."
        )


def check_untouched(settings: TransformerHyperparameters) -> None:
    """What a model trained before decides must not be asked for beside it.

    Raises:
        HyperparameterError: it is.
    """
    for name in DECIDED:
        if getattr(settings, name) is not None:
            raise HyperparameterError(
                f"{name} is decided by the pretrained model; leave {name}= out, or pretrained=."
            )


def shared(start: Pretrained, build: Callable[[nnx.Rngs], nnx.Module]) -> dict[str, np.ndarray]:
    """The arrays that a new network takes over, path -> array.

    Tables of tokens are cut where they have rows that stand for no token.
    """
    found = {}
    for path, wanted in blueprint_of(build).parameters.items():
        array = start.parameters.get(path)
        if array is None:
            continue
        if path in OF_TOKENS and len(array) > wanted.shape[0]:
            array = array[: wanted.shape[0]]
        if path == "head/kernel" and array.shape[1] > wanted.shape[1]:
            array = array[:, : wanted.shape[1]]
        if array.shape == wanted.shape:
            found[path] = array
    return found
