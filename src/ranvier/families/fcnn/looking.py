"""Looking inside a fully connected network: its neurons' arithmetic, its columns' effects."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.errors import HyperparameterError
from ranvier.explain.attributions import Explanation, integrated_gradients
from ranvier.explain.neurons import NeuronLayer
from ranvier.explain.outputs import explained
from ranvier.families.fcnn.network import FCNNBuilder
from ranvier.families.fcnn.tails import excess
from ranvier.layers.table_input import part_widths
from ranvier.model.predicting import in_blocks
from ranvier.preprocessing.table import TablePreprocessor
from ranvier.preprocessing.targets import TargetCoder
from ranvier.training.blueprint import blueprint_of

if TYPE_CHECKING:
    from ranvier.families.fcnn.model import FCNN

_OUTPUTS: dict[str, Callable[[jax.Array], jax.Array]] = {
    "sigmoid": jax.nn.sigmoid,
    "softmax": jax.nn.softmax,
    "linear": lambda logits: logits,
}


def neurons(model: FCNN, inputs: dict[str, np.ndarray]) -> list[NeuronLayer]:
    """What each layer did with preprocessed rows.

    Raises:
        HyperparameterError: the network has many members.
    """
    members = model._builder().members
    if members > 1:
        raise HyperparameterError(
            f"neurons shows the arithmetic of one network, and this model is {members} members "
            "that share their weights; fit with members=1 to look at its neurons."
        )
    network: Any = model.network_
    table = network.input(inputs)  # (N, input width)
    x = network.encoded(table)  # (N, width of the first layer's input)
    layers = []
    for number, layer in enumerate(network.hidden, 1):
        layers.append(_hidden(f"hidden {number}", layer, x))
        x = layer(x)
    logits, weights = network.output(x), network.output.kernel[...]  # (N, units), (n_in, units)
    if network.tails is not None:  # more inputs of the output's neurons
        tails = excess(table[:, : network.numbers])  # (N, numbers)
        logits += network.tails(table[:, : network.numbers])
        x = jnp.concatenate([x, tails], axis=1)  # (N, n_in + numbers)
        weights = jnp.concatenate([weights, network.tails.kernel[...]])
    activation = model._coder.spec.activation
    layers.append(
        NeuronLayer(
            name="output",
            weights=np.asarray(weights),
            bias=np.asarray(network.output.bias[...]),
            inputs=np.asarray(x),
            weighted_sum=np.asarray(logits),
            activation=activation,
            outputs=np.asarray(_OUTPUTS[activation](logits)),
        )
    )
    return layers


def _hidden(name: str, layer: Any, x: jax.Array) -> NeuronLayer:
    notes = ["normalisation"] * (layer.normalization is not None)
    notes += ["the layer's input added at the end"] * layer.residual
    return NeuronLayer(
        name=name,
        weights=np.asarray(layer.dense.kernel[...]),
        bias=np.asarray(layer.dense.bias[...]),
        inputs=np.asarray(x),
        weighted_sum=np.asarray(layer.dense(x)),
        activation=layer.activation,
        outputs=np.asarray(layer(x)),
        share=None if layer.share is None else np.asarray(layer.share.amount[...]),
        note=", ".join(notes),
    )


def explain(model: FCNN, inputs: dict[str, np.ndarray], output: int | None) -> Explanation:
    """Integrated gradients of preprocessed rows, added up by column of the table."""
    coder = model._coder
    logits = model._predictor.logits(inputs)  # (N, units)
    assert isinstance(coder, TargetCoder)
    chosen = explained(coder, model.target_names_, logits, output)
    weights = (model._outcome.parameters, model._outcome.variables)
    run = _explainer(model._builder())
    values, outputs, baseline = in_blocks(
        lambda block: run(*weights, block), {**inputs, "chosen": chosen.units}
    )
    names, groups = _columns(model)
    by_column = np.zeros((len(values), len(names)))
    np.add.at(by_column.T, groups, values.T.astype(np.float64))
    return Explanation(
        columns=names,
        values=by_column * chosen.scale.reshape(-1, 1),
        outputs=outputs * chosen.scale + chosen.shift,
        baseline=baseline * chosen.scale + chosen.shift,
        explained=chosen.names,
        unit=chosen.measured,
    )


def _columns(model: FCNN) -> tuple[tuple[str, ...], np.ndarray]:
    """The table's used columns, and for each input neuron the number of its column."""
    preprocessor = model.preprocessor_
    assert isinstance(preprocessor, TablePreprocessor)
    owners = list(preprocessor.feature_columns)
    for name, width in zip(
        preprocessor.category_names, part_widths(preprocessor.spec), strict=True
    ):
        owners += [name] * width
    names = tuple(name for name in preprocessor.columns if name in set(owners))
    places = {name: place for place, name in enumerate(names)}
    return names, np.array([places[owner] for owner in owners], np.intp)


@functools.lru_cache(maxsize=8)
def _explainer(build: FCNNBuilder) -> Callable[..., Any]:
    blueprint = blueprint_of(build)

    def run(parameters: Any, variables: Any, block: Any) -> Any:
        network = blueprint.assemble(parameters, variables)
        rows = network.input(block)  # (N, input width)
        # Every number at its training median, every category unknown.
        nowhere = jnp.zeros(rows.shape[1], rows.dtype)
        values, outputs, baseline = integrated_gradients(
            network.below_tails, rows, nowhere, block["chosen"]
        )
        if network.tails is not None:
            # Each tail is one column's and nothing at the median: what it adds is known exactly,
            # where the slope near the clip would be too steep for an integral by points.
            beyond = excess(rows[:, : network.numbers])  # (N, numbers)
            added = beyond * network.tails.kernel[...].T[block["chosen"]]
            values = values.at[:, : network.numbers].add(added)
            outputs = outputs + jnp.sum(added, axis=1)
        return values, outputs, baseline

    return jax.jit(run)
