"""A transformer in words: one line, and one line for each layer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

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
    sees = ", causal" if shape.causal else ""
    start = f"{whole.inputs.vocabulary:,} tokens" if whole.inputs.vocabulary else _channels(whole)
    parts = [
        f"transformer {start}",
        f"{shape.layers} block{'s' * (shape.layers != 1)} of {shape.width}, "
        f"{shape.heads} head{'s' * (shape.heads != 1)}{sees}",
    ]
    if whole.language:
        parts.append(SPOKEN[whole.language])
    else:
        each = "each token" if whole.outputs.each_step else POOLED[whole.pooling]
        parts += [each, f"{whole.outputs.units} {whole.outputs.activation}"]
    text = " → ".join(parts)
    return f"{text} · beside them weighed words" if whole.bag else text


def _channels(whole: TransformerBuilder) -> str:
    channels = whole.inputs.channels
    return f"{channels} channel{'s' * (channels != 1)}"


def layers(whole: TransformerBuilder, parameters: Mapping[str, np.ndarray]) -> list[Layer]:
    """From the input to the output layer, with the number of parameters of each."""
    shape, sizes = whole.shape, _sizes(parameters)
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
        inside += ", at each token"
    return [*found, Layer("output", whole.outputs.units, inside, output)]


def _sizes(parameters: Mapping[str, np.ndarray]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for path, array in parameters.items():
        name = path.split("/")[0]
        sizes[name] = sizes.get(name, 0) + array.size
    return sizes


def _input(whole: TransformerBuilder) -> str:
    where = {"learned": "and each place", "rotary": "turned by its place", "none": ""}
    what = "a vector for each token" if whole.inputs.vocabulary else "numbers of a step"
    return f"{what} {where[whole.shape.positions]}".rstrip()


def _block(shape: Shape) -> str:
    heads = f"attention of {shape.heads} head{'s' * (shape.heads != 1)}"
    return f"{heads}, then {shape.hidden:,} neurons {ACTIVATIONS[shape.activation]}"
