"""Ranvier by its public call: the whole `fit`, preprocessing and fresh weights included."""

from __future__ import annotations

from typing import Any

from benchmarks.adversarial.row import ROWS, told
from benchmarks.peers.protocol import Peer, serve


class Ranvier(Peer):
    packages = ("ranvier", "jax", "flax", "optax", "numpy")

    def train(self, epochs: int) -> dict[str, Any]:
        self.model = self.row.build("ranvier", epochs)
        self.model.fit(self.data["X"])
        return {}

    def quality(self) -> dict[str, float]:
        real = self.data["X_test"]
        made = self.model.sample(len(real), seed=1)
        return told(self.model.discriminate(real), self.model.discriminate(made))


if __name__ == "__main__":
    serve(lambda row, data, words: Ranvier(row, data), ROWS)
