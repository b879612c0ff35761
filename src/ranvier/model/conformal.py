"""Intervals that hold what they promise: stretched by errors that the network did not learn from.

Split conformal prediction for quantiles (Romano, Patterson and Candès 2019), by ratios: how far
a true value lies from the middle, over how far the interval's end on its side does. A step's
interval is stretched by the quantile of its ratios.

The ratios come from two sources that count the same: the windows that validate, which are the
newest but of one short time, and the training windows, forecast by linear models that were
learned from the other four fifths of the time, which tell what the series did in other years.
Where the network errs less than the linear forecast on the windows that validate, the errors of
the linear models count as much less.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from ranvier.model.predicting import Predictor
from ranvier.preprocessing.series import SeriesCoder
from ranvier.preprocessing.series.linear import FOLDS, LinearForecast

if TYPE_CHECKING:
    from ranvier.model.fitting import Prepared
    from ranvier.training.loop import Outcome

Array = np.ndarray[Any, Any]

STRETCH = "stretch"  # the network's variable, float32 (2, horizon)
MOST_WINDOWS = 2_000  # of training that are looked at
LEAST, MOST = 0.1, 20.0  # of a stretch


def stretched(
    prepared: Prepared, outcome: Outcome, precision: str, most: int, coverage: float
) -> tuple[dict[str, Array], str]:
    """The network's variables with the interval stretched, and words about it."""
    predictor = Predictor(
        prepared.learner.build, outcome.parameters, outcome.variables, precision, most
    )
    coder = prepared.coder
    assert isinstance(coder, SeriesCoder)

    def logits(inputs: dict[str, Array]) -> Array:
        return predictor.logits(inputs).reshape(-1, 3, coder.horizon)

    count = len(prepared.rows)
    places = np.linspace(0, count - 1, min(count, MOST_WINDOWS)).astype(np.int32)
    trained = prepared.rows.take(places)
    middles = unseen(trained["inputs"]["past"], trained["target"])
    sources = [ratios(logits(trained["inputs"]), trained["target"], middles)]
    words = f"{len(places):,} training windows, each by models that had not seen it"
    if prepared.valid is not None:
        rows = jax.tree.map(lambda a: a.reshape(-1, *a.shape[2:]), prepared.valid)
        kept = np.flatnonzero(rows["weights"] > 0)
        rows = jax.tree.map(lambda a: a[kept], rows)
        answers = logits(rows["inputs"])
        sources[0] = sources[0] * advantage(answers, rows["inputs"]["linear"], rows["target"])
        sources.append(ratios(answers, rows["target"]))
        words = f"the {len(kept):,} windows that validate and {words}"
    stretch = factors(sources, coverage)
    said = f"{100 * coverage:g} % of the truth inside, by {words}; another share: coverage=0.9"
    return {**outcome.variables, STRETCH: np.stack([stretch, stretch])}, said


def unseen(past: Array, future: Array) -> Array:
    """Float64 (N, horizon): linear forecasts of windows, each learned from other times.

    Args:
        past: (N, context), in the order of time.
        future: (N, horizon), NaN where unknown.
    """
    past, future = past.astype(np.float64), future.astype(np.float64)
    count, horizon = future.shape
    found = np.full(future.shape, np.nan)
    if count < 2 * FOLDS:
        return found
    overlap = min(horizon, count // (2 * FOLDS))
    for low, high in pairwise(np.linspace(0, count, FOLDS + 1).astype(int).tolist()):
        kept = np.ones(count, bool)
        kept[max(0, low - overlap) : high + overlap] = False
        found[low:high] = LinearForecast.fit(past[kept], future[kept])(past[low:high])
    return found


def ratios(logits: Array, target: Array, middles: Array | None = None) -> Array:
    """Float64 (N, horizon): distances of the truth in those of the interval's end; NaN: unknown.

    Args:
        logits: (N, 3, horizon), low ends, middles and high ends.
        target: (N, horizon), NaN where unknown.
        middles: other forecasts that the distances of the truth are taken from.
    """
    low, middle, high = (logits[:, n].astype(np.float64) for n in range(3))
    off = target - (middle if middles is None else middles)
    side = np.where(off >= 0, high - middle, middle - low)
    found: Array = np.abs(off) / np.maximum(side, 1e-12)
    return found


def advantage(logits: Array, linear: Array, target: Array) -> float:
    """The network's absolute error over that of the linear forecast (N, horizon); 1 at most."""
    off = float(np.nansum(np.abs(target - logits[:, 1])))
    other = float(np.nansum(np.abs(target - linear)))
    return min(1.0, off / other) if other > 0 else 1.0


def factors(sources: list[Array], coverage: float) -> Array:
    """By how much to stretch each step's interval, float32 (horizon,).

    Args:
        sources: ratios (N, horizon) each; all sources count the same.
        coverage: share of the truth that is to lie inside.
    """
    horizon = sources[0].shape[1]
    found = np.ones(horizon)
    for step in range(horizon):
        known = [ratio[np.isfinite(ratio)] for ratio in (s[:, step] for s in sources)]
        known = [part for part in known if len(part)]
        if not known:
            continue
        values = np.concatenate(known)
        weights = np.concatenate([np.full(len(part), 1.0 / len(part)) for part in known])
        order = np.argsort(values)
        share = np.cumsum(weights[order]) / weights.sum()
        place = np.searchsorted(share, coverage * (1.0 + 1.0 / len(values)))
        found[step] = values[order[min(int(place), len(values) - 1)]]
    return np.clip(found, LEAST, MOST).astype(np.float32)
