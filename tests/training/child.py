"""A training process that tests kill: python -m tests.training.child FOLDER OUT EPOCHS."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

from ranvier.model import fitting
from ranvier.training.plan import Plan
from tests.training.runs import prepared

SETTINGS = {
    "dropout": 0.2,
    "normalization": "batch",
    "ema_decay": 0.9,
    "patience": None,
    "learning_rate": 0.01,
}


class Speaker:
    """Says on standard output how far the run is, so that a test can kill it anywhere."""

    def announce(self, lines: Any) -> None: ...

    def started(self, plan: Plan, step: int) -> None:
        print("started", step, plan.total_steps, flush=True)

    def advanced(self, step: int, history: Any, best_epoch: int) -> None:
        print("step", step, flush=True)

    def finished(self, outcome: Any) -> None: ...


def train(folder: Path | None, epochs: int) -> Any:
    """Train with a checkpoint after every chunk, in short chunks."""
    from dataclasses import replace

    ready = prepared(**SETTINGS, epochs=epochs)
    steps = ready.plan.steps_per_epoch
    ready = replace(ready, plan=replace(ready.plan, chunk_steps=steps // 2, chunk_slots=2))
    outcome, problem = fitting.train(
        ready, watcher=Speaker(), folder=folder, resume=True, checkpoint_seconds=0.0
    )
    assert problem is None, problem
    return outcome


if __name__ == "__main__":
    folder, out, epochs = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    outcome = train(folder, epochs)
    out.write_bytes(pickle.dumps(outcome))
