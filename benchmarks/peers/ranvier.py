"""Ranvier by its public call: the whole `fit`, preprocessing and fresh weights included."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.peers.protocol import Peer, serve


class Ranvier(Peer):
    packages = ("ranvier", "jax", "flax", "optax", "numpy")

    def train(self, epochs: int) -> dict[str, Any]:
        self.model = self.row.build("ranvier", epochs)
        self.model.fit(self.data["X"], self.data["y"])
        # Epochs come in chunks: those of one chunk end together.
        seconds = [row["seconds"] for row in self.model.history_]
        return {"ends_of_epochs": [round(s, 5) for s in seconds]}

    def scores(self) -> np.ndarray:
        return np.log(np.maximum(self.model.predict_proba(self.data["X_test"]), 1e-30))


if __name__ == "__main__":
    serve(lambda row, data, arguments: Ranvier(row, data))
