"""How a model learned, from its history: curves, and the learning rate along them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.training.progress import ending
from ranvier.training.schedules import SCHEDULES

if TYPE_CHECKING:
    from ranvier.model import Model

MOST_POINTS = 300
_ASIDE = ("epoch", "seconds")


@dataclass(frozen=True)
class Learning:
    """What the history holds.

    Attributes:
        epochs: float64 (P,): the epochs that are drawn, at most about `MOST_POINTS`.
        curves: metric -> float64 (P,).
        kept: metric -> its value in the epoch whose weights are kept.
        best_epoch: that epoch; 0 without validation rows, when it is the last.
        rate: float64 (P,) learning rates at the ends of the epochs; None where the schedule is
            not known.
        ending: how the run ended, in a line.
        extras: what the training loss holds beside the plain loss, such as "label smoothing 0.1".
    """

    epochs: np.ndarray
    curves: Mapping[str, np.ndarray]
    kept: Mapping[str, float]
    best_epoch: int
    rate: np.ndarray | None
    ending: str
    extras: tuple[str, ...]


def learning(model: Model) -> Learning | None:
    """The curves of a fitted model; None where it has no whole epoch behind it."""
    history: Sequence[Mapping[str, float]] = model.history_
    if not history:
        return None
    step = -(-len(history) // MOST_POINTS)
    last = len(history) - 1
    marked = {max(model.best_epoch_ - 1, 0) if model.best_epoch_ else last, last}
    shown = sorted({*range(0, len(history), step), *marked})
    names = [name for name in history[-1] if name not in _ASIDE]
    curves = {n: np.array([history[i].get(n, np.nan) for i in shown], np.float64) for n in names}
    kept = history[model.best_epoch_ - 1]
    epochs = np.array([history[i].get("epoch", i + 1) for i in shown], np.float64)
    return Learning(
        epochs=epochs,
        curves=curves,
        kept={name: float(kept.get(name, np.nan)) for name in names},
        best_epoch=model.best_epoch_,
        rate=_rate(epochs, model.resolved_),
        ending=ending(model._outcome),
        extras=_extras(model.resolved_),
    )


def _rate(epochs: np.ndarray, resolved: Mapping[str, Any]) -> np.ndarray | None:
    schedule, planned = SCHEDULES.get(str(resolved.get("schedule"))), resolved.get("epochs")
    if schedule is None or not planned:
        return None
    factors = np.asarray(schedule(np.asarray(epochs / planned, np.float32)), np.float64)  # type: ignore[arg-type]
    rates: np.ndarray = np.broadcast_to(factors, epochs.shape) * float(resolved["learning_rate"])
    return rates


def _extras(resolved: Mapping[str, Any]) -> tuple[str, ...]:
    words = {"label_smoothing": "label smoothing", "dropout": "dropout"}
    return tuple(f"{words[name]} {resolved[name]:g}" for name in words if resolved.get(name))
