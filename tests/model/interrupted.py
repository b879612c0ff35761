"""A process that interrupts its own fit once: python -m tests.model.interrupted."""

from __future__ import annotations

import signal
from typing import Any

import numpy as np

import ranvier as rv
from ranvier.model import base
from tests.training.runs import table


class Presser:
    """Presses Ctrl-C when the run has closed a few epochs."""

    def __init__(self) -> None:
        self.pressed = False

    def announce(self, lines: Any) -> None: ...

    def started(self, plan: Any, step: int) -> None: ...

    def advanced(self, step: int, history: list[Any], best_epoch: int) -> None:
        if len(history) >= 3 and not self.pressed:
            self.pressed = True
            signal.raise_signal(signal.SIGINT)

    def finished(self, outcome: Any) -> None: ...

    def close(self) -> None: ...


if __name__ == "__main__":
    X, y = table()
    before = signal.getsignal(signal.SIGINT)
    model = rv.FCNN(hidden=(8,), epochs=1_000_000, patience=None, learning_rate=1e-4)
    base.Model._display = lambda self: Presser()  # type: ignore
    model.fit(X, y)
    assert signal.getsignal(signal.SIGINT) is before
    assert model._outcome.reason == "interrupted"
    assert 3 <= len(model.history_) < 1_000_000
    assert 0 < model.best_epoch_ <= len(model.history_)
    best = max(row["valid_accuracy"] for row in model.history_)
    assert model.history_[model.best_epoch_ - 1]["valid_accuracy"] == best
    assert np.isfinite(model.predict_proba(X)).all()
    print("kept", len(model.history_))
