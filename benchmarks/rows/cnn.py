"""Convolutional networks.

Weights before a ReLU are drawn by He's rule, the output layer's by Glorot's; biases are zero.
Pictures are (rows, height, width, channels); PyTorch's peers turn them channels first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.rows.row import Row

CLASSES = 10
# PyTorch's; Keras's own momentum of 0.99 would not have settled after so few steps.
MOMENTUM, EPSILON = 0.9, 1e-5


@dataclass(frozen=True, kw_only=True)
class Pictures(Row):
    """A convolutional network on made-up pictures: a pattern for each class, moved, under noise."""

    pictures: bool = True
    size: int
    channels: int
    noise: float
    rows: int = 4_096
    test_rows: int = 1_024

    def data(self) -> dict[str, np.ndarray]:
        rng = np.random.default_rng(0)
        shape = (CLASSES, self.size, self.size, self.channels)
        waves = np.fft.rfft2(rng.standard_normal(shape), axes=(1, 2))
        up = np.abs(np.fft.fftfreq(self.size))[:, None] * self.size
        along = np.fft.rfftfreq(self.size)[None] * self.size
        waves *= (up + along < 6)[None, :, :, None]  # smooth: only long waves stay
        patterns = np.fft.irfft2(waves, s=(self.size, self.size), axes=(1, 2))
        patterns /= patterns.std(axis=(1, 2, 3), keepdims=True)
        count = self.rows + self.test_rows
        y = rng.integers(0, CLASSES, count).astype(np.int32)
        X = self.noise * rng.standard_normal((count, *shape[1:]), np.float32)
        reach = self.size // 4
        for row, (down, right) in enumerate(rng.integers(-reach, reach + 1, (count, 2))):
            X[row] += np.roll(patterns[y[row]], (down, right), axis=(0, 1))
        n = self.rows
        return {"X": X[:n], "y": y[:n], "X_test": X[n:], "y_test": y[n:]}

    def _cnn(self, epochs: int, **network: Any) -> Any:
        import ranvier as rv

        return rv.CNN(
            recipe="textbook",
            kernel_size=3,
            activation="relu",
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            epochs=epochs,
            validation_fraction=0,
            patience=None,
            augmentation="none",
            verbose=0,
            **network,
        )


@dataclass(frozen=True, kw_only=True)
class Plain(Pictures):
    """Convolution, ReLU and pooling in turns, then a hidden layer."""

    filters: tuple[int, ...] = (32, 64)
    hidden: int = 128

    def ranvier(self, epochs: int) -> Any:
        return self._cnn(
            epochs,
            filters=self.filters,
            depth=1,
            residual=False,
            pooling="max",
            normalization="none",
            global_pooling="none",
            hidden=(self.hidden,),
        )

    def keras(self, keras: Any) -> Any:
        he = {"activation": "relu", "kernel_initializer": "he_normal"}
        layers = [keras.Input((self.size, self.size, self.channels))]
        for width in self.filters:
            layers += [keras.layers.Conv2D(width, 3, padding="same", **he)]
            layers += [keras.layers.MaxPooling2D()]
        layers += [keras.layers.Flatten(), keras.layers.Dense(self.hidden, **he)]
        return keras.Sequential([*layers, keras.layers.Dense(CLASSES)])

    def torch(self, torch: Any) -> Any:
        nn = torch.nn
        layers: list[Any] = []
        widths = (self.channels, *self.filters)
        for n_in, n in zip(widths, self.filters, strict=False):
            layers += [nn.Conv2d(n_in, n, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        flat = self.filters[-1] * (self.size // 2 ** len(self.filters)) ** 2
        layers += [nn.Flatten(), nn.Linear(flat, self.hidden), nn.ReLU()]
        return _drawn(torch, nn.Sequential(*layers, nn.Linear(self.hidden, CLASSES)))


@dataclass(frozen=True, kw_only=True)
class ResNet8(Pictures):
    """He et al. (2015), section 4.2, with one block a stage and 1×1 convolutions as shortcuts."""

    filters: tuple[int, ...] = (16, 32, 64)

    def ranvier(self, epochs: int) -> Any:
        return self._cnn(
            epochs,
            filters=self.filters,
            depth=1,
            residual=True,
            pooling="stride",
            normalization="batch",
            global_pooling="average",
            hidden=(),
        )

    def keras(self, keras: Any) -> Any:
        layers = keras.layers

        def conv(x: Any, width: int, kernel: int, stride: int) -> Any:
            he = {"kernel_initializer": "he_normal", "use_bias": False}
            x = layers.Conv2D(width, kernel, stride, padding="same", **he)(x)
            return layers.BatchNormalization(momentum=MOMENTUM, epsilon=EPSILON)(x)

        pictures = keras.Input((self.size, self.size, self.channels))
        x = layers.ReLU()(conv(pictures, self.filters[0], 3, 1))
        for number, width in enumerate(self.filters):
            stride = 2 if number else 1
            shortcut = conv(x, width, 1, stride) if number else x
            x = layers.ReLU()(conv(x, width, 3, stride))
            x = layers.ReLU()(layers.Add()([conv(x, width, 3, 1), shortcut]))
        x = layers.GlobalAveragePooling2D()(x)
        return keras.Model(pictures, layers.Dense(CLASSES)(x))

    def torch(self, torch: Any) -> Any:
        nn = torch.nn

        def conv(n_in: int, n: int, kernel: int, stride: int) -> Any:
            folded = nn.Conv2d(n_in, n, kernel, stride, padding=kernel // 2, bias=False)
            return nn.Sequential(folded, nn.BatchNorm2d(n, EPSILON, 1 - MOMENTUM))

        class Block(nn.Module):
            def __init__(self, n_in: int, n: int, stride: int) -> None:
                super().__init__()
                self.long = nn.Sequential(conv(n_in, n, 3, stride), nn.ReLU(), conv(n, n, 3, 1))
                self.short = conv(n_in, n, 1, stride) if stride > 1 else nn.Identity()

            def forward(self, x: Any) -> Any:
                return torch.relu(self.long(x) + self.short(x))

        widths = (self.filters[0], *self.filters)
        blocks = [
            Block(n_in, n, 2 if number else 1)
            for number, (n_in, n) in enumerate(zip(widths, self.filters, strict=False))
        ]
        stem = [conv(self.channels, self.filters[0], 3, 1), nn.ReLU()]
        head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(self.filters[-1], CLASSES)]
        return _drawn(torch, nn.Sequential(*stem, *blocks, *head))


def _drawn(torch: Any, network: Any) -> Any:
    """The network with weights by the rules above; its last layer is the output."""
    layers = [m for m in network.modules() if isinstance(m, torch.nn.Conv2d | torch.nn.Linear)]
    for layer in layers:
        torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        if layer.bias is not None:
            torch.nn.init.zeros_(layer.bias)
    torch.nn.init.xavier_uniform_(layers[-1].weight)
    return network


ROWS = (
    Plain(
        name="cnn_small",
        about="CNN conv32-pool-conv64-pool-dense128 on 28×28×1, batch 64, 4,096 pictures",
        size=28,
        channels=1,
        noise=1.5,
        batch_size=64,
        epochs=3,
    ),
    ResNet8(
        name="resnet8",
        about="ResNet-8 (16, 32, 64) with batch normalisation on 32×32×3, batch 64, 4,096 pictures",
        size=32,
        channels=3,
        noise=4.0,
        batch_size=64,
        epochs=3,
    ),
)
