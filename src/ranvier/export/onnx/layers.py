"""Layers as nodes of ONNX."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ranvier.export.graph import Constant, Operand, Step
from ranvier.export.onnx.nodes import Nodes
from ranvier.export.onnx.recurrent import recurrent


def _dense(step: Step, nodes: Nodes) -> None:
    x, kernel, bias = step.inputs
    assert x is not None
    assert kernel is not None
    made = nodes.made(step.outputs[0])
    names = [nodes.name(x), nodes.name(kernel)]
    if bias is None:
        nodes.add("MatMul", names, made)
    elif len(x.shape) == 2:
        nodes.add("Gemm", [*names, nodes.name(bias)], made)
    else:
        nodes.add("Add", [nodes.add("MatMul", names), nodes.name(bias)], made)


def _convolution(step: Step, nodes: Nodes) -> None:
    x, kernel, bias = step.inputs
    given = step.settings
    rank = len(given["strides"])
    weights = _array(kernel)
    turned = weights.transpose(rank + 1, rank, *range(rank))  # (O, C / groups, k, ...)
    names = [nodes.first(x), nodes.number(turned, _name(kernel))]  # type: ignore[arg-type]
    low, high = zip(*given["padding"], strict=True)
    nodes.add(
        "Conv", [*names, *_bias(bias, nodes)], nodes.made_first(step.outputs[0]),
        strides=given["strides"], pads=[*low, *high], dilations=given["dilation"],
        group=given["groups"], kernel_shape=list(weights.shape[:rank]),
    )  # fmt: skip


def _transposed(step: Step, nodes: Nodes) -> None:
    x, kernel, bias = step.inputs
    given = step.settings
    rank = len(given["strides"])
    weights = _array(kernel)
    turned = weights.transpose(rank + 1, rank, *range(rank))  # (C, O, k, ...)
    names = [nodes.first(x), nodes.number(turned, _name(kernel))]  # type: ignore[arg-type]
    low, high = zip(*given["padding"], strict=True)
    more = [max(0, -side) for side in high]
    nodes.add(
        "ConvTranspose", [*names, *_bias(bias, nodes)], nodes.made_first(step.outputs[0]),
        strides=given["strides"], pads=[*low, *(max(0, side) for side in high)],
        output_padding=more, kernel_shape=list(weights.shape[:rank]),
    )  # fmt: skip


def _batch_normalization(step: Step, nodes: Nodes) -> None:
    x, *weights = step.inputs
    assert x is not None
    names = [nodes.name(w) for w in weights if w is not None]
    epsilon = float(step.settings["epsilon"])
    if len(x.shape) == 2:
        made, given = nodes.made(step.outputs[0]), nodes.name(x)
    else:
        given, made = nodes.first(x), nodes.made_first(step.outputs[0])
    nodes.add("BatchNormalization", [given, *names], made, epsilon=epsilon)


def _layer_normalization(step: Step, nodes: Nodes) -> None:
    names = [nodes.name(x) for x in step.inputs if x is not None]
    epsilon = float(step.settings["epsilon"])
    made = nodes.made(step.outputs[0])
    nodes.add("LayerNormalization", names, made, axis=-1, epsilon=epsilon)


def _rms_normalization(step: Step, nodes: Nodes) -> None:
    x, scale, *bias = (nodes.name(operand) for operand in step.inputs if operand is not None)
    add, made = nodes.add, nodes.made(step.outputs[0])
    last = nodes.number(np.array([-1], np.int64))
    square = add("ReduceMean", [add("Mul", [x, x]), last], keepdims=1)
    epsilon = nodes.number(np.float32(step.settings["epsilon"]))
    spread = add("Sqrt", [add("Add", [square, epsilon])])
    whole = add("Div", [x, spread])
    if bias:
        add("Add", [add("Mul", [whole, scale]), bias[0]], made)
    else:
        add("Mul", [whole, scale], made)


def _pool(op: str) -> Callable[[Step, Nodes], None]:
    def write(step: Step, nodes: Nodes) -> None:
        given = step.settings
        name = nodes.first(step.inputs[0])  # type: ignore[arg-type]
        made = nodes.made_first(step.outputs[0])
        nodes.add(op, [name], made, kernel_shape=given["window"], strides=given["strides"])

    return write


def _embedding(step: Step, nodes: Nodes) -> None:
    codes, table = step.inputs
    names = [nodes.name(table), nodes.name(codes)]  # type: ignore[arg-type]
    nodes.add("Gather", names, nodes.made(step.outputs[0]), axis=0)


LAYERS: dict[str, Callable[[Step, Nodes], None]] = {
    "dense": _dense,
    "convolution": _convolution,
    "transposed_convolution": _transposed,
    "batch_normalization": _batch_normalization,
    "layer_normalization": _layer_normalization,
    "rms_normalization": _rms_normalization,
    "max_pool": _pool("MaxPool"),
    "average_pool": _pool("AveragePool"),
    "embedding": _embedding,
    "recurrent": recurrent,
}


def _array(operand: Operand | None) -> np.ndarray:
    assert isinstance(operand, Constant)
    return operand.array


def _name(operand: Operand | None) -> str:
    assert isinstance(operand, Constant)
    return operand.name


def _bias(bias: Operand | None, nodes: Nodes) -> list[str]:
    return [] if bias is None else [nodes.name(bias)]
