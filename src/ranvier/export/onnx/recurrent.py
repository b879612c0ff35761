"""Recurrent layers as nodes of ONNX, which knows lengths and reading backwards as Ranvier does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ranvier.export.graph import Constant, Step
from ranvier.export.onnx.nodes import Nodes

OPS = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}
# Which of Ranvier's gates stands where in ONNX: input, output, forget, cell; update, reset, new.
GATES = {"lstm": (0, 3, 1, 2), "gru": (1, 0, 2), "rnn": (0,)}


def recurrent(step: Step, nodes: Nodes) -> None:
    """One layer that reads one way."""
    given = step.settings
    x, *others = step.inputs
    assert x is not None
    lengths = others.pop(0) if given["lengths"] or others[0] is None else None
    kernel, inner, bias, *inner_bias = (_array(operand) for operand in others)
    units, gates = inner.shape[0], GATES[given["cell"]]
    beside = inner_bias[0] if inner_bias else np.zeros_like(bias)
    biases = np.concatenate([_ordered(bias, gates, units), _ordered(beside, gates, units)])
    layer = step.name
    inputs = [
        nodes.add("Transpose", [nodes.name(x)], perm=[1, 0, 2]),
        nodes.number(_ordered(kernel, gates, units).T[None], f"{layer}/W"),
        nodes.number(_ordered(inner, gates, units).T[None], f"{layer}/R"),
        nodes.number(biases[None], f"{layer}/B"),
        "" if lengths is None else nodes.name(lengths),
    ]
    states, last = step.outputs[-2] if len(step.outputs) > 1 else None, step.outputs[-1]
    all_states = nodes.fresh("states") if states is not None else ""
    end = nodes.fresh("last")
    settings = {"linear_before_reset": 1} if given["cell"] == "gru" else {}
    nodes.several(
        OPS[given["cell"]], inputs, [all_states, end], hidden_size=units,
        direction="reverse" if given["reverse"] else "forward", **settings,
    )  # fmt: skip
    if states is not None:
        direction = nodes.number(np.array([1], np.int64))
        nodes.add("Squeeze", [all_states, direction], nodes.made(states))
    first = nodes.number(np.array([0], np.int64))
    nodes.add("Squeeze", [end, first], nodes.made(last))


def _ordered(array: np.ndarray, gates: Sequence[int], units: int) -> np.ndarray:
    """(..., gates * units) with the gates as ONNX has them."""
    parts = [array[..., gate * units : (gate + 1) * units] for gate in gates]
    return np.concatenate(parts, axis=-1)


def _array(operand: object) -> np.ndarray:
    assert isinstance(operand, Constant)
    return operand.array
