"""Recurrent networks.

Kernels are drawn by Glorot's rule, the products with the state orthogonal, biases zero but for
the forget gate's, which is one: Keras's own choice, given to the others as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.rows.row import Row

CLASSES = 10


@dataclass(frozen=True, kw_only=True)
class Recurrent(Row):
    """A recurrent layer on made-up sequences: a pattern for each class somewhere, under noise."""

    cell: str
    steps: int = 64
    channels: int = 16
    units: int = 128
    rows: int = 2_048
    test_rows: int = 1_024

    def data(self) -> dict[str, np.ndarray]:
        rng = np.random.default_rng(0)
        length = self.steps // 2
        patterns = rng.standard_normal((CLASSES, length, self.channels))
        patterns = np.cumsum(patterns, axis=1)
        patterns /= patterns.std(axis=(1, 2), keepdims=True)
        count = self.rows + self.test_rows
        y = rng.integers(0, CLASSES, count).astype(np.int32)
        X = rng.standard_normal((count, self.steps, self.channels), np.float32)
        for row, start in enumerate(rng.integers(0, self.steps - length + 1, count)):
            X[row, start : start + length] += patterns[y[row]]
        n = self.rows
        return {"X": X[:n], "y": y[:n], "X_test": X[n:], "y_test": y[n:]}

    def ranvier(self, epochs: int) -> Any:
        import ranvier as rv

        return rv.RNN(
            recipe="textbook",
            cell=self.cell,
            units=(self.units,),
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            epochs=epochs,
            validation_fraction=0,
            patience=None,
            verbose=0,
        )

    def keras(self, keras: Any) -> Any:
        layer = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[self.cell]
        return keras.Sequential([
            keras.Input((self.steps, self.channels)),
            layer(self.units),
            keras.layers.Dense(CLASSES),
        ])  # fmt: skip

    def torch(self, torch: Any) -> Any:
        nn, units, cell = torch.nn, self.units, self.cell

        class Network(nn.Module):
            def __init__(self, channels: int) -> None:
                super().__init__()
                layer = {"lstm": nn.LSTM, "gru": nn.GRU}[cell]
                self.recurrent = layer(channels, units, batch_first=True)
                self.output = nn.Linear(units, CLASSES)

            def forward(self, X: Any) -> Any:
                states, _ = self.recurrent(X)
                return self.output(states[:, -1])

        network = Network(self.channels)
        layer = network.recurrent
        nn.init.xavier_uniform_(layer.weight_ih_l0)
        for gate in range(0, len(layer.weight_hh_l0), units):
            nn.init.orthogonal_(layer.weight_hh_l0[gate : gate + units])
        for bias in (layer.bias_ih_l0, layer.bias_hh_l0, network.output.bias):
            nn.init.zeros_(bias)
        if cell == "lstm":
            with torch.no_grad():
                layer.bias_ih_l0[units : 2 * units] = 1.0
        nn.init.xavier_uniform_(network.output.weight)
        return network


ROWS = (
    Recurrent(
        name="lstm",
        about="LSTM 16 → 128, 64 steps, batch 32, 2,048 sequences",
        cell="lstm",
        batch_size=32,
        epochs=3,
    ),
    Recurrent(
        name="gru",
        about="GRU 16 → 128, 64 steps, batch 32, 2,048 sequences",
        cell="gru",
        batch_size=32,
        epochs=3,
    ),
)
