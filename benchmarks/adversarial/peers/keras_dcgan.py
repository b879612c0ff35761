"""DCGAN in Keras, with a `train_step` of its own, by `fit`; the backend comes from KERAS_BACKEND.

The step is that of Keras's own guide for each backend; on TensorFlow it is tried with and without
XLA, and `steps_per_execution` is the fastest of a few.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks.adversarial.peers.keras_steps import steps
from benchmarks.adversarial.row import (
    BETA1,
    BETA2,
    EPSILON,
    FILTERS,
    LATENT,
    MOMENTUM,
    ROWS,
    SLOPE,
    floats,
    told,
)
from benchmarks.peers.protocol import Peer, serve

STEPS = (1, 10, 50)  # steps_per_execution that are tried


class Keras(Peer):
    def __init__(self, row: Any, data: Any) -> None:
        super().__init__(row, {name: floats(pictures) for name, pictures in data.items()})
        import keras

        self.keras, backend = keras, keras.backend.backend()
        self.packages = ("keras", {"tensorflow": "tensorflow_cpu"}.get(backend, backend), "numpy")
        self.compilers = (True, False) if backend == "tensorflow" else ("auto",)
        self.jit, self.steps = self.compilers[0], 1

    def prepare(self) -> None:
        self.jit = min(self.compilers, key=lambda jit: self._seconds(jit, 1))
        self.steps = min(STEPS, key=lambda steps: self._seconds(self.jit, steps))
        self._made()
        self.train(1)
        self.start = self._fresh()

    def _seconds(self, jit: Any, count: int) -> float:
        self.jit, self.steps = jit, count
        self._made()
        self.train(1)
        began = time.perf_counter()
        self.train(1)
        return time.perf_counter() - began

    def _made(self) -> None:
        self.keras.utils.set_random_seed(0)
        self.generator, self.critic = networks(self.keras)
        self.model = steps(self.keras)(self.generator, self.critic)
        adam = self.keras.optimizers.Adam
        self.model.optimizers = [
            adam(self.row.learning_rate, BETA1, BETA2) for _ in (self.generator, self.critic)
        ]
        self.model.prepare(jit_compile=self.jit, steps_per_execution=self.steps)

    def _fresh(self) -> list[list[np.ndarray]]:
        self.keras.utils.set_random_seed(0)
        return [network.get_weights() for network in networks(self.keras)]

    def reset(self) -> None:
        for network, start in zip((self.generator, self.critic), self.start, strict=True):
            network.set_weights(start)
        for optimizer in self.model.optimizers:
            for variable in optimizer.variables:
                if variable.name != "learning_rate":
                    variable.assign(np.zeros(variable.shape, variable.dtype))

    def train(self, epochs: int) -> dict[str, Any]:
        self.model.fit(
            self.data["X"], batch_size=self.row.batch_size, epochs=epochs, verbose=0, shuffle=True
        )
        return {}

    def quality(self) -> dict[str, float]:
        real = self.data["X_test"]
        noise = np.random.default_rng(1).normal(size=(len(real), LATENT)).astype(np.float32)
        made = self.generator.predict(noise, batch_size=256, verbose=0)
        scores = [
            self.critic.predict(pictures, batch_size=256, verbose=0)[:, 0]
            for pictures in (real, made)
        ]
        return told(*scores)

    def notes(self) -> dict[str, Any]:
        return {"jit": self.jit, "steps_per_execution": self.steps}


def networks(keras: Any) -> tuple[Any, Any]:
    """Generator and critic with fresh weights, as Radford et al. draw them."""
    layers, (few, many) = keras.layers, FILTERS
    fresh = {"kernel_initializer": keras.initializers.RandomNormal(stddev=0.02)}
    moved = {"strides": 2, "padding": "same", **fresh}

    def norm() -> Any:
        return layers.BatchNormalization(momentum=MOMENTUM, epsilon=EPSILON)

    generator = keras.Sequential([
        keras.Input((LATENT,)),
        layers.Dense(49 * many, use_bias=False, **fresh),
        layers.Reshape((7, 7, many)),
        norm(),
        layers.ReLU(),
        layers.Conv2DTranspose(few, 4, use_bias=False, **moved),
        norm(),
        layers.ReLU(),
        layers.Conv2DTranspose(1, 4, activation="tanh", **moved),
    ])  # fmt: skip
    critic = keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(few, 4, **moved),
        layers.LeakyReLU(SLOPE),
        layers.Conv2D(many, 4, use_bias=False, **moved),
        norm(),
        layers.LeakyReLU(SLOPE),
        layers.Flatten(),
        layers.Dense(1, **fresh),
    ])  # fmt: skip
    return generator, critic


if __name__ == "__main__":
    serve(lambda row, data, words: Keras(row, data), ROWS)
