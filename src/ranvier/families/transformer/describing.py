"""A transformer in words: one line, and one line for each layer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ranvier.families.sequential.forecasting import describing as ahead
from ranvier.families.sequential.forecasting.network import HEAD
from ranvier.families.transformer.builder import CAUSAL, EMBEDDING, MASKED, TransformerBuilder
from ranvier.families.transformer.shape import Shape
from ranvier.model.summary import Layer

POOLED = {"mean": "mean", "first": "first token", "last": "last token", "max": "largest"}
SPOKEN = {CAUSAL: "next token", MASKED: "hidden tokens", EMBEDDING: "vectors"}
ACTIVATIONS = {"gelu_tanh": "GELU", "gelu": "GELU", "relu": "ReLU", "silu": "SiLU",
               "swiglu": "SwiGLU"}  # fmt: skip


def line(whole: TransformerBuilder) -> str:
    """Such as "transformer 65 tokens → 4 blocks of 128, 4 heads, causal → next token"."""
    shape = whole.shape
    if whole.inputs.window is not None:
        blocks = f"{_blocks(shape)} → {POOLED[whole.pooling]}"
        return ahead.line(whole.inputs, "transformer", f"{_patches(whole)}{blocks}")
    start = f"{whole.inputs.vocabulary:,} tokens" if whole.inputs.vocabulary else _channels(whole)
    parts = [
        f"transformer {start}",
        f"{_blocks(shape)}",
    ]
    if whole.language:
        parts.append(SPOKEN[whole.language])
    else:
        token = "token" if whole.inputs.vocabulary else "step"
        each = f"each {token}" if whole.outputs.each_step else POOLED[whole.pooling]
        parts += [each, f"{whole.outputs.units} {whole.outputs.activation}"]
    text = " → ".join(parts)
    return f"{text} · beside them weighed words" if whole.bag else text


def _blocks(shape: Shape) -> str:
    sees = ", causal" if shape.causal else ""
    return (
        f"{shape.layers} block{'s' * (shape.layers != 1)} of {shape.width}, "
        f"{shape.heads} head{'s' * (shape.heads != 1)}{sees}"
    )


def _channels(whole: TransformerBuilder) -> str:
    channels = whole.inputs.channels
    words = f"{channels} channel{'s' * (channels != 1)}"
    return words if whole.patch == 1 else f"{words}, patches of {whole.patch} steps"


def _patches(whole: TransformerBuilder) -> str:
    return "" if whole.patch == 1 else f"patches of {whole.patch} steps → "


def layers(whole: TransformerBuilder, parameters: Mapping[str, np.ndarray]) -> list[Layer]:
    """From the input to the output layer, with the number of parameters of each."""
    shape = whole.shape
    if whole.inputs.window is not None:
        return _ahead(whole, parameters)
    sizes = _sizes(parameters)
    each = sizes.pop("stack", 0) // shape.layers
    found = [Layer("input", shape.width, _input(whole), sizes.pop("embed", 0))]
    found += [
        Layer(f"hidden {number + 1}", shape.width, _block(shape), each)
        for number in range(shape.layers)
    ]
    output = sizes.pop("head", 0)
    said = {"norm": "norm", "bag": "weighed words", "beside": "columns"}
    found += [Layer(said.get(name, name), None, "", size) for name, size in sizes.items()]
    if whole.language == EMBEDDING:
        return found
    inside = whole.outputs.activation
    if whole.language:
        tied = ", the table of the tokens turned" if shape.tied else ""
        inside += f": {SPOKEN[whole.language]}{tied}"
    elif whole.outputs.each_step:
        inside += ", at each token" if whole.inputs.vocabulary else ", at each step"
    return [*found, Layer("output", whole.outputs.units, inside, output)]


def _ahead(whole: TransformerBuilder, parameters: Mapping[str, np.ndarray]) -> list[Layer]:
    """The layers of a network that forecasts; its blocks are one, for their arrays are stacked."""
    shape = whole.shape
    core = [
        Layer("patches", shape.width, _input(whole), 0),
        Layer("blocks", shape.width, f"{shape.layers} of {_block(shape)}", 0),
    ]
    head = Layer("steps", HEAD, "the same for every step ahead", 0)
    names = {"stack": "blocks", "norm": "blocks", "embed": "patches"}
    return ahead.layers(whole.inputs, core, head, lambda path: names[path[0]], parameters)


def _sizes(parameters: Mapping[str, np.ndarray]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for path, array in parameters.items():
        name = path.split("/")[0]
        sizes[name] = sizes.get(name, 0) + array.size
    return sizes


def _input(whole: TransformerBuilder) -> str:
    where = {"learned": "and each place", "rotary": "turned by its place", "none": ""}
    if not whole.inputs.vocabulary:
        several = f"{whole.patch} steps" if whole.patch > 1 else "each step"
        return f"convolutions, then a vector for {several}"
    what = "a vector for each token"
    return f"{what} {where[whole.shape.positions]}".rstrip()


def _block(shape: Shape) -> str:
    heads = f"attention of {shape.heads} head{'s' * (shape.heads != 1)}"
    return f"{heads}, then {shape.hidden:,} neurons {ACTIVATIONS[shape.activation]}"
