"""Fully connected networks.

Hidden layers are ReLU, their weights drawn by He's rule, the output layer's by Glorot's, all
biases zero; scikit-learn alone has a rule of its own (Glorot's uniform) and no choice of another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.rows.row import Row


@dataclass(frozen=True, kw_only=True)
class MLP(Row):
    """A fully connected network on made-up classes that a smaller network decided."""

    columns: int
    hidden: tuple[int, ...]
    classes: int = 10
    rows: int = 20_000
    test_rows: int = 4_000

    def data(self) -> dict[str, np.ndarray]:
        rng = np.random.default_rng(0)
        X = rng.standard_normal((self.rows + self.test_rows, self.columns), np.float32)
        # Sixteen directions matter, so that there is something to learn in wide data too.
        teacher = rng.standard_normal((self.columns, 16)) / np.sqrt(self.columns)
        scores = np.tanh(2.0 * X @ teacher) @ rng.standard_normal((16, self.classes))
        y = np.argmax(scores, axis=1).astype(np.int32)
        return _cut(X, y, self.rows)

    def ranvier(self, epochs: int) -> Any:
        import ranvier as rv

        return rv.FCNN(
            recipe="textbook",
            hidden=self.hidden,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            epochs=epochs,
            validation_fraction=0,
            patience=None,
            verbose=0,
        )

    def keras(self, keras: Any) -> Any:
        hidden = [
            keras.layers.Dense(width, activation="relu", kernel_initializer="he_normal")
            for width in self.hidden
        ]
        return keras.Sequential(
            [keras.Input((self.columns,)), *hidden, keras.layers.Dense(self.classes)]
        )

    def torch(self, torch: Any) -> Any:
        layers: list[Any] = []
        widths = (self.columns, *self.hidden)
        for n_in, n in zip(widths, self.hidden, strict=False):
            layers += [torch.nn.Linear(n_in, n), torch.nn.ReLU()]
            torch.nn.init.kaiming_normal_(layers[-2].weight, nonlinearity="relu")
        layers.append(torch.nn.Linear(widths[-1], self.classes))
        torch.nn.init.xavier_uniform_(layers[-1].weight)
        for layer in layers[::2]:
            torch.nn.init.zeros_(layer.bias)
        return torch.nn.Sequential(*layers)

    def sklearn(self, epochs: int) -> Any:
        from sklearn.neural_network import MLPClassifier

        return MLPClassifier(
            self.hidden,
            alpha=0.0,
            batch_size=self.batch_size,
            learning_rate_init=self.learning_rate,
            max_iter=epochs,
            tol=0.0,
            n_iter_no_change=epochs + 1,
            random_state=0,
        )


@dataclass(frozen=True, kw_only=True)
class Digits(MLP):
    """scikit-learn's handwritten digits, a fifth of them held out."""

    def data(self) -> dict[str, np.ndarray]:
        from sklearn.datasets import load_digits

        X, y = load_digits(return_X_y=True)
        order = np.random.default_rng(0).permutation(len(X))
        X, y = (X[order] / 16.0).astype(np.float32), y[order].astype(np.int32)
        return _cut(X, y, self.rows)


def _cut(X: np.ndarray, y: np.ndarray, rows: int) -> dict[str, np.ndarray]:
    return {"X": X[:rows], "y": y[:rows], "X_test": X[rows:], "y_test": y[rows:]}


ROWS = (
    MLP(
        name="mlp_small",
        about="MLP 64-128-64-10, batch 32, 20,000 rows",
        columns=64,
        hidden=(128, 64),
        batch_size=32,
        epochs=10,
    ),
    MLP(
        name="mlp_large",
        about="MLP 784-512-512-10, batch 128, 20,000 rows",
        columns=784,
        hidden=(512, 512),
        batch_size=128,
        epochs=5,
    ),
    Digits(
        name="digits_cold",
        about="MLP 64-128-64-10 on 1,437 digits, batch 32, 20 epochs, whole process",
        cold=True,
        one_thread=True,
        columns=64,
        hidden=(128, 64),
        rows=1437,
        batch_size=32,
        epochs=20,
    ),
)
