"""Keras by `fit` on arrays; the backend comes from KERAS_BACKEND.

The model is built and compiled once. With `--tuned`, `steps_per_execution` is the fastest of a
few, tried before anything is measured.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks.peers import torch_choices
from benchmarks.peers.protocol import Peer, serve


class Keras(Peer):
    def __init__(self, row: Any, data: Any, tuned: bool) -> None:
        super().__init__(row, data)
        import keras

        self.keras = keras
        self.tuned = tuned
        self.steps = 1
        backend = keras.backend.backend()
        engine = {"tensorflow": "tensorflow_cpu"}.get(backend, backend)
        self.packages = ("keras", engine, "numpy")

    def prepare(self) -> None:
        self.keras.utils.set_random_seed(0)
        self.model = self.row.build("keras", self.keras)
        if self.tuned:
            self._tune()
        self._compile(self.steps)
        if not self.row.cold:
            self.train(1)
            self._fresh()
        if self.keras.backend.backend() == "torch":
            import torch

            torch_choices.choose(torch, self.row, lambda: self.train(1))

    def _compile(self, steps: int) -> None:
        self.model.compile(
            optimizer=self.keras.optimizers.Adam(self.row.learning_rate),
            loss=self.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            steps_per_execution=steps,
        )

    def _fresh(self) -> None:
        self.keras.utils.set_random_seed(0)
        drawn = self.row.build("keras", self.keras).get_weights()
        self.start = [drawn, [np.zeros_like(v) for v in self._moments()]]

    def _moments(self) -> list[np.ndarray]:
        kept = [v for v in self.model.optimizer.variables if v.name != "learning_rate"]
        return [np.array(self.keras.ops.convert_to_numpy(v)) for v in kept]

    def _tune(self) -> None:
        whole = -(-len(self.data["X"]) // self.row.batch_size)
        tried: dict[int, float] = {}
        for steps in sorted({1, 4, 16, 64, 256, whole}):
            if steps > whole:
                continue
            self._compile(steps)
            self.train(1)
            tried[steps] = min(self._timed(2) for _ in range(2))
        self.tried = tried
        self.steps = min(tried, key=lambda steps: tried[steps])

    def _timed(self, epochs: int) -> float:
        began = time.perf_counter()
        self.train(epochs)
        return (time.perf_counter() - began) / epochs

    def reset(self) -> None:
        weights, moments = self.start
        self.model.set_weights(weights)
        kept = [v for v in self.model.optimizer.variables if v.name != "learning_rate"]
        for variable, value in zip(kept, moments, strict=True):
            variable.assign(value)

    def train(self, epochs: int) -> dict[str, Any]:
        self.model.fit(
            self.data["X"],
            self.data["y"],
            batch_size=self.row.batch_size,
            epochs=epochs,
            verbose=0,
        )
        return {}

    def scores(self) -> np.ndarray:
        return self.model.predict(self.data["X_test"], batch_size=1024, verbose=0)

    def notes(self) -> dict[str, Any]:
        if not self.tuned:
            return {}
        tried = {str(steps): round(seconds, 4) for steps, seconds in self.tried.items()}
        return {"steps_per_execution": self.steps, "tried": tried}


if __name__ == "__main__":
    serve(lambda row, data, arguments: Keras(row, data, "--tuned" in arguments))
