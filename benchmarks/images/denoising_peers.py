"""What each one does in `benchmarks.images.denoising`."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks.images import turns
from benchmarks.peak import peak_mib

FILTERS, BATCH, RATE = (16, 32, 64), 64, 1e-3
NOISE, TEST_ROWS = 0.3, 2_000


def ranvier(data: str, rows: int, epochs: int, seed: int) -> dict[str, Any]:
    import ranvier as rv

    (noisy, clean), (noisy_test, clean_test) = pairs(data, rows)
    began = time.perf_counter()
    model = rv.CNN(task="image_to_image", filters=FILTERS, epochs=epochs, seed=seed, verbose=0).fit(
        noisy, clean
    )
    seconds = time.perf_counter() - began
    restored = np.asarray(model.predict(noisy_test)).reshape(clean_test.shape)
    parameters = sum(np.size(array) for array in model._outcome.parameters.values())
    return _said(restored, clean_test, parameters, len(model.history_), seconds)


def keras(data: str, rows: int, epochs: int, seed: int) -> dict[str, Any]:
    import keras

    keras.utils.set_random_seed(seed)
    layers = keras.layers
    (noisy, clean), (noisy_test, clean_test) = pairs(data, rows)
    began = time.perf_counter()

    def twice(x: Any, width: int) -> Any:
        for _ in range(2):
            x = layers.Conv2D(
                width, 3, padding="same", activation="relu", kernel_initializer="he_normal"
            )(x)
        return x

    x = pictures = keras.Input(noisy.shape[1:])
    kept = []
    for width in FILTERS[:-1]:
        kept.append(twice(x, width))
        x = layers.MaxPooling2D()(kept[-1])
    x = twice(x, FILTERS[-1])
    for width in FILTERS[-2::-1]:
        x = layers.Conv2DTranspose(width, 2, strides=2)(x)
        x = twice(layers.Concatenate()([x, kept.pop()]), width)
    model = keras.Model(pictures, layers.Conv2D(clean.shape[-1], 1)(x))
    model.compile(optimizer=keras.optimizers.Adam(RATE), loss="mse")
    model.fit(noisy, clean, batch_size=BATCH, epochs=epochs, verbose=0)
    seconds = time.perf_counter() - began
    restored = model.predict(noisy_test, batch_size=500, verbose=0)
    return _said(restored, clean_test, model.count_params(), epochs, seconds)


def median(data: str, rows: int, epochs: int, seed: int) -> dict[str, Any]:
    del epochs, seed
    _, (noisy, clean) = pairs(data, rows)
    return _said(medians(noisy), clean)


def noisy(data: str, rows: int, epochs: int, seed: int) -> dict[str, Any]:
    del epochs, seed
    _, (pictures, clean) = pairs(data, rows)
    return _said(pictures, clean)


def pairs(data: str, rows: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Noisy and clean pictures (rows, 28, 28, 1) from 0 to 1, to train and to test."""
    rng = np.random.default_rng(0)
    found = []
    with np.load(data) as file:
        for name, count in (("X_test", TEST_ROWS), ("X", rows)):
            clean = file[name][:count, ..., None].astype(np.float32) / 255
            noise = NOISE * rng.standard_normal(clean.shape, np.float32)
            found.append((np.clip(clean + noise, 0, 1), clean))
    return found[::-1]


def medians(pictures: np.ndarray) -> np.ndarray:
    """Each pixel's median with its eight neighbours; the border is mirrored."""
    padded = np.pad(pictures, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="symmetric")
    around = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    return np.median(around, axis=(-2, -1))


def psnr(restored: np.ndarray, clean: np.ndarray) -> float:
    """Decibels, 10 log10(1 / mean squared error) of each picture, their mean."""
    squares = (np.clip(restored, 0, 1) - clean) ** 2
    return float(np.mean(-10 * np.log10(squares.mean(axis=(1, 2, 3)))))


def _said(
    restored: np.ndarray,
    clean: np.ndarray,
    parameters: int = 0,
    epochs: int = 0,
    seconds: float = 0.0,
) -> dict[str, Any]:
    about = {"parameters": int(parameters), "epochs": epochs, "seconds": seconds}
    return {"psnr": psnr(restored, clean), "peak_mib": peak_mib(), **about}


if __name__ == "__main__":
    turns.serve(globals())
