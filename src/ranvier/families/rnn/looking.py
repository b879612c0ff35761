"""What the recurrent layers carry along."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from ranvier.data.texts import Texts
from ranvier.explain.states import States
from ranvier.families.rnn.builder import RNNBuilder
from ranvier.families.sequential.looking import in_padded_blocks, places_in
from ranvier.preprocessing.ragged import lengths_of
from ranvier.training.blueprint import blueprint_of

if TYPE_CHECKING:
    from ranvier.families.rnn.model import RNN


def states(model: RNN, rows: Any, inputs: dict[str, Any]) -> States:
    """The states of every recurrent layer after each step."""
    shape = model._builder()
    steps = inputs["tokens" if isinstance(rows, Texts) else "steps"]
    layers = in_padded_blocks(model, _stepper(shape), inputs, steps.shape[1])
    values = tuple(
        tuple(layer[row, :length] for layer in layers)
        for row, length in enumerate(lengths_of(steps).tolist())
    )
    words: tuple[tuple[str, ...], ...] = ()
    series: tuple[np.ndarray, ...] = ()
    if isinstance(rows, Texts):
        words = tuple(
            tuple(place.text[a:b].strip() for a, b in place.spans.tolist())
            for place in places_in(model, rows)
        )
    else:
        series = tuple(rows.row(row) for row in range(len(rows)))
    ways = " both ways" if shape.bidirectional else ""
    names = tuple(f"hidden {n}{ways}" for n in range(1, len(shape.units) + 1))
    return States(names, values, words, series)


@functools.lru_cache(maxsize=8)
def _stepper(build: RNNBuilder) -> Callable[..., Any]:
    blueprint = blueprint_of(build)

    def run(parameters: Any, variables: Any, block: Any) -> Any:
        network = blueprint.assemble(parameters, variables)
        return network.stack.states(network.input(block), block.get("lengths"))

    return jax.jit(run)
