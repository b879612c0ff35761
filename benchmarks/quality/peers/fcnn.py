"""Ranvier's FCNN with its default settings, given the table as it is."""

from __future__ import annotations

from typing import Any

import numpy as np

import ranvier as rv
from benchmarks.quality.peers.protocol import Peer, serve


class FCNN(Peer):
    packages = ("ranvier", "jax", "flax", "optax", "polars")
    reads = "polars"

    def fit(self, inputs: Any, target: np.ndarray) -> None:
        # Stars from 1 to 5 could be read as classes: which of the two is part of the question.
        task = "regression" if self.task == "regression" else "auto"
        model = rv.FCNN(task=task, seed=self.seed, verbose=0, **self.settings)
        self.model = model.fit(inputs, target)

    def predict(self, inputs: Any) -> np.ndarray:
        if self.task == "regression":
            return np.asarray(self.model.predict(inputs))
        self.classes = self.model.classes_
        return np.asarray(self.model.predict_proba(inputs))

    def notes(self) -> dict[str, Any]:
        return {"epochs": len(self.model.history_)}


if __name__ == "__main__":
    serve(FCNN)
