"""Probabilities that mean what they say: a temperature for the logits.

Guo, Pleiss, Sun and Weinberger 2017, "On Calibration of Modern Neural Networks": one number T,
by which all logits are divided, makes the log loss of validation rows as small as it can be. It
moves no class past another. Label smoothing leaves a network too modest (T below 1), long
training makes it too sure (T above 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from ranvier.model.predicting import Predictor
from ranvier.training.loop import Outcome, Watcher

if TYPE_CHECKING:
    from ranvier.model.base import Model
    from ranvier.model.fitting import Prepared

Lines = tuple[tuple[str, str], ...]

COLDEST, HOTTEST = 0.05, 20.0
HALVINGS = 40  # of the search for 1 / T, in its logarithm: to eleven digits


def temperature(logits: np.ndarray, target: np.ndarray, weights: np.ndarray, loss: str) -> float:
    """The temperature of validation rows.

    One row more, of all classes in equal parts, keeps few rows that are all right from making the
    network infinitely sure (after Platt 1999, who smooths by one row for each class).

    Args:
        logits: (N, units), those of the trained network.
        target: as the loss takes it: int (N,) for "cross_entropy", else (N, units) of 0 and 1.
        weights: (N,) how much each row counts.
        loss: "cross_entropy" or "binary_cross_entropy".

    Returns:
        T from 0.05 to 20; 1 where nothing can be learned from the rows.
    """
    logits, weights = logits.astype(np.float64), weights.astype(np.float64)
    # A weight of two is two rows; weights below one, as shares are, make no row less than one.
    total = max(weights.sum(), np.count_nonzero(weights))
    several = loss == "cross_entropy"
    aims, middle = target.astype(np.float64), 0.5
    if several:
        logits = logits - logits.max(axis=1, keepdims=True)
        aims, middle = np.eye(logits.shape[1])[target], 1.0 / logits.shape[1]
    aims = aims + (middle - aims) / (total + 1.0)  # (N, units)

    def slope(sharpness: float) -> float:
        """Derivative of the log loss by 1 / T, which grows with 1 / T."""
        scaled = sharpness * logits
        if several:
            powers = np.exp(scaled)
            chances = powers / powers.sum(axis=1, keepdims=True)
        else:
            chances = np.exp(-np.logaddexp(0.0, -scaled))
        return float(weights @ np.sum((chances - aims) * logits, axis=1))

    low, high = np.log(1.0 / HOTTEST), np.log(1.0 / COLDEST)
    if not total or not np.isfinite(logits).all() or slope(1.0) == 0.0:
        return 1.0
    for _ in range(HALVINGS):
        middle_of = (low + high) / 2
        low, high = (middle_of, high) if slope(np.exp(middle_of)) < 0 else (low, middle_of)
    return float(np.exp(-(low + high) / 2))


def cooled(
    parameters: Mapping[str, np.ndarray], last: tuple[str, ...], by: float
) -> dict[str, np.ndarray]:
    """The parameters, those of the last layers divided by `by`: and so the logits.

    Args:
        parameters: path -> array.
        last: what the paths of all parameters begin with that the logits are linear in.
        by: the temperature.
    """
    begins = tuple(f"{part}/" for part in last)

    def one(path: str, array: np.ndarray) -> np.ndarray:
        return (array / by).astype(array.dtype) if path.startswith(begins) else array

    return {path: one(path, array) for path, array in parameters.items()}


def calibrate(
    model: Model, prepared: Prepared, outcome: Outcome, watcher: Watcher | None
) -> tuple[Outcome, Lines]:
    """The outcome with its logits calibrated, and a line that says so; as it was without reason to.

    The network's own weights change, so everything that is made of it later is calibrated too.
    """
    valid, resolved = prepared.valid, prepared.resolved
    task = prepared.coder.task
    if not resolved["calibrate"] or valid is None or not (task.classifies or task.stepwise):
        return outcome, ()
    # Each part (V * block, ...); rows that differ in shape are in several.
    parts = [
        jax.tree.map(lambda a: a.reshape(-1, *a.shape[2:]), part)
        for part in (valid if isinstance(valid, tuple) else (valid,))
    ]
    predictor = Predictor(
        prepared.learner.build,
        outcome.parameters,
        outcome.variables,
        resolved["precision"],
        model._rows_at_once(prepared.preprocessor.spec),
    )
    spec = prepared.coder.spec
    cut = _steps if task.stepwise else _rows
    triples = [cut(predictor.logits(part["inputs"]), part) for part in parts]
    logits, target, weights = map(np.concatenate, zip(*triples, strict=True))
    found = temperature(logits, target, weights, spec.loss)
    count = f"{int(np.count_nonzero(weights)):,} validation {'steps' if task.stepwise else 'rows'}"
    line = (
        f"logits divided by {found:.2f}, so that probabilities fit the {count}; "
        "to leave them: calibrate=False"
    )
    lines = (("certainty", line),)
    if watcher is not None:
        watcher.announce(lines)
    return replace(outcome, parameters=cooled(outcome.parameters, model._last, found)), lines


def _rows(logits: np.ndarray, part: Mapping[str, Any]) -> tuple[np.ndarray, ...]:
    return logits, part["target"], part["weights"]


def _steps(logits: np.ndarray, part: Mapping[str, Any]) -> tuple[np.ndarray, ...]:
    """Logits (steps, units), codes and weights (steps,) of all real steps of the rows."""
    rows, longest = part["target"].shape
    if "words" in part["inputs"]:
        first = part["inputs"]["words"] > 0  # (rows, longest)
        return logits[first], part["target"][first], np.repeat(part["weights"], first.sum(axis=1))
    lengths = part["inputs"].get("lengths", np.full(rows, longest))
    real = np.arange(longest) < lengths[:, None]  # (rows, longest)
    return logits[real], part["target"][real], np.repeat(part["weights"], lengths)
