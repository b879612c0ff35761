"""What a fitted network of steps looks at: each token's or step's part of an answer."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.data.sequences import Sequences
from ranvier.data.texts import Texts
from ranvier.errors import HyperparameterError
from ranvier.explain.attributions import integrated_gradients
from ranvier.explain.outputs import explained
from ranvier.explain.series import SequenceExplanation
from ranvier.explain.texts import TextExplanation
from ranvier.families.sequential.places import Places, places_of
from ranvier.layers.lengths import is_real
from ranvier.model.predicting import in_blocks
from ranvier.preprocessing.ragged import lengths_of
from ranvier.preprocessing.sequences import SequencePreprocessor
from ranvier.preprocessing.targets import TargetCoder
from ranvier.preprocessing.texts import TextPreprocessor
from ranvier.training.blueprint import blueprint_of

if TYPE_CHECKING:
    from ranvier.families.sequential.model import Sequential

MOST = 16  # rows that are explained together
POINTS, SCOUTS = 32, 64  # of the path from the baseline: sums are right to a few hundredths
SLOWLY = 2  # so many times the points where the path begins with padding, and ever farther apart


def explain(
    model: Sequential, rows: Any, inputs: dict[str, Any], output: int | None
) -> TextExplanation | SequenceExplanation:
    """Integrated gradients of rows, by token or by step and channel.

    Args:
        model: a fitted model of classes or numbers.
        rows: `Texts` or `Sequences`, as the model takes them.
        inputs: the same, preprocessed.
        output: the unit of all rows; None: see `explained`.

    Raises:
        HyperparameterError: no such unit, or a model that answers at every step.
    """
    coder = model._coder
    if not isinstance(coder, TargetCoder):
        raise HyperparameterError(
            "explain needs one answer for each row, and this model answers at every step: train "
            "one with a label for each row."
        )
    logits = model._predictor.logits(inputs)  # (N, units)
    chosen = explained(coder, model.target_names_, logits, output)
    steps = inputs["tokens" if isinstance(rows, Texts) else "steps"]
    values, outputs, baseline = in_padded_blocks(
        model,
        _explainer(model._builder()),
        {**inputs, **model._blank(inputs), "chosen": chosen.units},
        steps.shape[1],
    )  # (N, steps, width), (N,), (N,)
    scale = np.broadcast_to(chosen.scale, outputs.shape)
    each = [
        values[row, :length].astype(np.float64) * scale[row]
        for row, length in enumerate(lengths_of(steps).tolist())
    ]
    shared: dict[str, Any] = {
        "predictions": coder.labels(logits),
        "sure": _sure(coder, logits),
        "outputs": outputs * scale + chosen.shift,
        "baseline": baseline * scale + chosen.shift,
        "explained": chosen.names,
        "unit": chosen.measured,
    }
    if isinstance(rows, Texts):
        return _of_texts(model, rows, each, shared)
    return _of_sequences(model, rows, each, shared)


def _sure(coder: TargetCoder, logits: np.ndarray) -> np.ndarray | None:
    if coder.task.kind not in ("binary", "multiclass"):
        return None
    sure: np.ndarray = coder.probabilities(logits).max(axis=1)
    return sure


def _of_texts(
    model: Sequential, rows: Texts, each: list[np.ndarray], shared: dict[str, Any]
) -> TextExplanation:
    places = places_in(model, rows)
    return TextExplanation(
        **shared,
        texts=tuple(place.text for place in places),
        spans=tuple(place.spans for place in places),
        values=tuple(values[place.kept, 0] for values, place in zip(each, places, strict=True)),
        read=tuple(place.read for place in places),
        gaps=() if rows.second is None else tuple(place.gap for place in places),
    )


def places_in(model: Sequential, rows: Texts) -> list[Places]:
    """Where the tokens of each text stand that are read."""
    preprocessor = model.preprocessor_
    assert isinstance(preprocessor, TextPreprocessor)
    most, frame = preprocessor.max_length, preprocessor.frame
    return places_of(preprocessor.tokens, rows, most, frame)


def _of_sequences(
    model: Sequential, rows: Sequences, each: list[np.ndarray], shared: dict[str, Any]
) -> SequenceExplanation:
    preprocessor = model.preprocessor_
    assert isinstance(preprocessor, SequencePreprocessor)
    width = len(preprocessor.center)
    for values in each:  # what tells that a value is missing belongs to its channel
        for place, channel in enumerate(preprocessor.indicated.tolist()):
            values[:, channel] += values[:, width + place]
    return SequenceExplanation(
        **shared,
        series=tuple(rows.row(row) for row in range(len(rows))),
        values=tuple(values[:, :width] for values in each),
        channels=preprocessor.names or tuple(f"channel {n}" for n in range(width)),
    )


def in_padded_blocks(
    model: Sequential, run: Callable[..., Any], inputs: dict[str, Any], steps: int
) -> Any:
    """Run over few rows at once; rows of all lengths are padded to so many steps."""
    weights = (model._outcome.parameters, model._outcome.variables)

    def padded(array: jax.Array) -> np.ndarray:
        whole = np.asarray(array)
        if whole.ndim < 3:
            return whole
        return np.pad(whole, ((0, 0), (0, steps - whole.shape[1]), (0, 0)))

    # No more than there are: a long text takes long.
    rows = next(iter(inputs.values())).shape[0]
    most = min(MOST, model._rows_explained(steps), 1 << max(0, rows - 1).bit_length())
    return in_blocks(lambda block: jax.tree.map(padded, run(*weights, block)), inputs, most)


@functools.lru_cache(maxsize=8)
def _explainer(build: Any) -> Callable[..., Any]:
    blueprint = blueprint_of(build)
    texts = build.inputs.vocabulary > 0

    def run(parameters: Any, variables: Any, block: Any) -> Any:
        network = blueprint.assemble(parameters, variables)
        steps = network.input(block)  # (N, steps, width)
        # What the bag of words adds is known exactly, and left out of what is integrated.
        without = dict(block)
        if "importance" in block:
            without["importance"] = jnp.zeros_like(block["importance"])
        start, slow = jnp.zeros(steps.shape[1:], steps.dtype), 1
        if "blank" in block:
            start, slow = network.input({**block, "tokens": block["blank"]}), SLOWLY
        values, outputs, baseline = integrated_gradients(
            lambda points: network.above_input(points, without),
            steps,
            start,
            block["chosen"],
            slow * POINTS,
            SCOUTS,
            slow,
        )
        if texts:
            values = values.sum(axis=2, keepdims=True)  # (N, steps, 1)
            if getattr(network, "bag", None) is not None:
                added = network.share_of_other * network.bag.parts(
                    block, block["chosen"]
                )  # (N, steps)
                values = values + added[..., None]
                outputs = outputs + added.sum(axis=1)
        if "lengths" in block:
            values = jnp.where(is_real(values, block["lengths"]), values, 0)
        return values, outputs, baseline

    return jax.jit(run)
