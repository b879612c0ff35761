"""Rows keep their axes where they were laid flat for a dense layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.export.canonical import canonical
from ranvier.export.fusing import broadcast, fused
from ranvier.export.graph import Graph
from ranvier.export.tracing import traced

KERNEL, BIAS = np.ones((4, 6), np.float32), np.ones(6, np.float32)


def graph_of(function: Callable[..., Any]) -> Graph:
    """Of rows x, float32 (b, 3, 4)."""

    def whole(weights: Any, given: Any) -> Any:
        return {"y": function(given["x"])}

    return fused(canonical(traced(whole, {}, {"x": (("b", 3, 4), "float32")})))


def kinds(function: Callable[..., Any]) -> list[str]:
    return [step.kind for step in graph_of(function).steps]


def hidden(x: Any) -> Any:
    return jax.nn.relu(x.reshape(-1, 4) @ KERNEL + BIAS[None])


def test_a_stack_of_dense_layers_is_one_without_reshapes() -> None:
    graph = graph_of(lambda x: (hidden(x) @ KERNEL.T).reshape(-1, 3, 4))
    assert [step.kind for step in graph.steps] == ["dense", "relu", "dense"]
    assert [step.outputs[0].shape for step in graph.steps] == [
        ("b", 3, 6), ("b", 3, 6), ("b", 3, 4),
    ]  # fmt: skip
    assert graph.outputs["y"].shape == ("b", 3, 4)


def test_values_that_are_read_twice_between_keep_their_axes_too() -> None:
    def function(x: Any) -> Any:
        y = hidden(x)
        return (y + y * jax.nn.sigmoid(y)).reshape(-1, 3, 6) * 2

    assert "reshape" not in kinds(function)


def test_what_is_asked_for_flat_stays_flat() -> None:
    assert kinds(hidden) == ["reshape", "dense", "relu"]
    assert "reshape" in kinds(lambda x: jnp.sum(hidden(x), axis=0))


def test_an_operand_per_flat_row_keeps_the_rows_flat() -> None:
    def function(x: Any) -> Any:
        weight = x.sum(axis=2).reshape(-1, 1)
        return (hidden(x) * weight).reshape(-1, 3, 6)

    assert kinds(function).count("reshape") == 3


def test_the_shape_of_several_arrays_together() -> None:
    assert broadcast([("b", 1), (1, 5), ()]) == ("b", 5)
    assert broadcast([("b", 4, 1), (5,)]) == ("b", 4, 5)
    assert broadcast([("b", 4), (5,)]) is None
    assert broadcast([("b",), ("c",)]) is None
