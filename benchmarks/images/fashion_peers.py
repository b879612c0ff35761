"""What each library does in `benchmarks.images.fashion`.

Keras and PyTorch train the same network, the usual small one: three convolutions with batch
normalisation and pooling, a hidden layer with dropout; pictures mirrored at random; Adam, its
learning rate falling by a cosine.
"""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from benchmarks.images import turns
from benchmarks.peak import peak_mib

FILTERS, HIDDEN, CLASSES = (32, 64, 128), 128, 10
DROPOUT, BATCH, RATE = 0.4, 128, 2e-3


def ranvier(data: str, rows: int, epochs: int, seed: int) -> dict[str, Any]:
    import ranvier as rv

    del epochs
    arrays = _load(data, rows)
    began = time.perf_counter()
    model = rv.CNN(seed=seed, verbose=0).fit(arrays["X"], arrays["y"])
    seconds = time.perf_counter() - began
    accuracy = float(np.mean(model.predict(arrays["X_test"]) == arrays["y_test"]))
    # The only moment at which its user has a model.
    end = {"seconds": seconds, "accuracy": accuracy}
    return _said([end]) | {"epochs": len(model.history_)}


def keras(data: str, rows: int, epochs: int, seed: int) -> dict[str, Any]:
    import keras

    keras.utils.set_random_seed(seed)
    arrays = _load(data, rows)
    clock = Clock()
    X = arrays["X"][..., None].astype(np.float32) / 255  # (rows, 28, 28, 1)
    X_test = arrays["X_test"][..., None].astype(np.float32) / 255
    layers = [keras.Input(X.shape[1:]), keras.layers.RandomFlip("horizontal")]
    for width in FILTERS:
        layers += [keras.layers.Conv2D(width, 3, padding="same", use_bias=False)]
        layers += [keras.layers.BatchNormalization(momentum=0.9), keras.layers.ReLU()]
        layers += [keras.layers.MaxPooling2D()] * (width != FILTERS[-1])
    layers += [keras.layers.Flatten(), keras.layers.Dense(HIDDEN, activation="relu")]
    layers += [keras.layers.Dropout(DROPOUT), keras.layers.Dense(CLASSES)]
    model = keras.Sequential(layers)
    steps = epochs * math.ceil(len(X) / BATCH)
    model.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(RATE, steps)),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )

    class Score(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            clock.stop(lambda: model.predict(X_test, batch_size=1000, verbose=0), arrays["y_test"])

    model.fit(X, arrays["y"], batch_size=BATCH, epochs=epochs, verbose=0, callbacks=[Score()])
    return _said(clock.ends)


def torch(data: str, rows: int, epochs: int, seed: int) -> dict[str, Any]:
    import torch

    torch.manual_seed(seed)
    nn = torch.nn
    arrays = _load(data, rows)
    clock = Clock()
    X, X_test = (torch.from_numpy(arrays[name])[:, None].float() / 255 for name in ("X", "X_test"))
    y = torch.from_numpy(arrays["y"]).long()
    layers: list[Any] = []
    for n_in, n in zip((1, *FILTERS), FILTERS, strict=False):
        layers += [nn.Conv2d(n_in, n, 3, padding=1, bias=False), nn.BatchNorm2d(n), nn.ReLU()]
        layers += [nn.MaxPool2d(2)] * (n != FILTERS[-1])
    layers += [nn.Flatten(), nn.Linear(FILTERS[-1] * 7 * 7, HIDDEN), nn.ReLU()]
    network = nn.Sequential(*layers, nn.Dropout(DROPOUT), nn.Linear(HIDDEN, CLASSES))
    network = network.to(memory_format=torch.channels_last)
    loss, steps = nn.CrossEntropyLoss(), epochs * math.ceil(len(X) / BATCH)
    optimizer = torch.optim.Adam(network.parameters(), RATE, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)

    def scores() -> Any:
        network.eval()
        with torch.no_grad():
            return torch.cat([network(part) for part in X_test.split(1000)]).numpy()

    for _ in range(epochs):
        network.train()
        for chosen in torch.randperm(len(X)).split(BATCH):
            batch = X[chosen].to(memory_format=torch.channels_last)
            mirrored = torch.rand(len(batch), 1, 1, 1) < 0.5
            optimizer.zero_grad()
            loss(network(torch.where(mirrored, batch.flip(-1), batch)), y[chosen]).backward()
            optimizer.step()
            schedule.step()
        clock.stop(scores, arrays["y_test"])
    return _said(clock.ends)


class Clock:
    """Seconds of training at the end of each epoch; scoring is not counted."""

    def __init__(self) -> None:
        self.ends: list[dict[str, float]] = []
        self._spent, self._began = 0.0, time.perf_counter()

    def stop(self, scores: Any, truth: np.ndarray) -> None:
        """The end of an epoch; `scores` computes those of the test pictures (rows, classes)."""
        self._spent += time.perf_counter() - self._began
        accuracy = float(np.mean(scores().argmax(axis=1) == truth))
        self.ends.append({"seconds": self._spent, "accuracy": accuracy})
        self._began = time.perf_counter()


def _load(data: str, rows: int) -> dict[str, np.ndarray]:
    with np.load(data) as file:
        arrays = dict(file)
    return arrays | {"X": arrays["X"][:rows], "y": arrays["y"][:rows]}


def _said(ends: list[dict[str, float]]) -> dict[str, Any]:
    return ends[-1] | {"ends": ends, "epochs": len(ends), "peak_mib": peak_mib()}


if __name__ == "__main__":
    turns.serve(globals())
