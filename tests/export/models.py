"""Small fitted models of each family and task, one step of training each."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

import ranvier as rv
from ranvier.model import Model
from tests.contracts.members import TwoLayers

ROWS = 48
QUICK: dict[str, Any] = {"epochs": 1, "verbose": 0}
BOOK = "the quick brown fox jumps over the lazy dog. " * 40


def numbers(columns: int = 5) -> np.ndarray:
    """Rows of which one column is constant, and one has a gap."""
    found = np.random.default_rng(0).normal(size=(ROWS, columns)) * 3 + 7
    found[:, 1], found[3, 2] = 1.0, np.nan
    return found


def table() -> pl.DataFrame:
    """All kinds of columns; one so far from zero that float32 is not enough."""
    rng = np.random.default_rng(0)
    days = [datetime.date(2024, 1, 1) + datetime.timedelta(n) for n in range(ROWS)]
    return pl.DataFrame({
        "seconds": 1.7e9 + rng.normal(size=ROWS) * 50,
        "size": [None if n % 7 == 0 else float(n) for n in range(ROWS)],
        "colour": [["red", "green", "blue"][n % 3] for n in range(ROWS)],
        "town": [None if n == 5 else f"town {n % 14}" for n in range(ROWS)],
        "day": days,
        "new": [n % 2 == 0 for n in range(ROWS)],
        "price": rng.normal(size=ROWS) * 1e4,
    })  # fmt: skip


def classes(count: int = 3) -> np.ndarray:
    return np.arange(ROWS) % count


def pictures() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (ROWS, 8, 8, 3)).astype(np.uint8)


def sequences() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.normal(size=(3 + n % 5, 2)).astype(np.float32) + 4 for n in range(ROWS)]


def even() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(ROWS, 6, 2)).astype(np.float32)


def texts() -> list[str]:
    words = ["good", "bad", "film", "play", "long", "short", "we", "saw", "it"]
    return [" ".join(words[(n + k) % 9] for k in range(2 + n % 6)) for n in range(ROWS)]


def series() -> rv.Dataset:
    days = [datetime.date(2020, 1, 1) + datetime.timedelta(n) for n in range(120)]
    values = [10.0 + n % 12 + 0.1 * n for n in range(120)]
    frame = pl.DataFrame({"day": days, "sold": values})
    return rv.read_series(frame, target="sold", time="day", horizon=5)


def large() -> list[np.ndarray]:
    return [np.random.default_rng(0).integers(0, 256, (100, 100, 3)).astype(np.uint8)]


MODELS: dict[str, Callable[[], Model]] = {
    "fcnn": lambda: rv.FCNN(hidden=(8, 8), **QUICK).fit(numbers(), classes()),
    "fcnn of a table": lambda: rv.FCNN(hidden=(8,), **QUICK).fit(table(), target="price"),
    "fcnn of members": lambda: rv.FCNN(hidden=(8, 8), members=3, **QUICK).fit(
        numbers(), classes(2)
    ),
    "fcnn with waves": lambda: rv.FCNN(
        hidden=(8,), input_layer="periodic", normalization="layer", **QUICK
    ).fit(numbers(), classes(2)),
    "textbook fcnn": lambda: rv.FCNN(hidden=(8,), recipe="textbook", **QUICK).fit(
        numbers(), classes(2)
    ),
    "cnn": lambda: rv.CNN(filters=(4, 8), **QUICK).fit(pictures(), classes()),
    "residual cnn": lambda: rv.CNN(
        filters=(4, 8), residual=True, pooling="stride", **QUICK
    ).fit(pictures(), classes(2)),
    "cnn of signals": lambda: rv.CNN(filters=(4, 8), **QUICK).fit(even(), classes(2)),
    "u-net": lambda: rv.CNN(filters=(4, 8), **QUICK).fit(pictures(), pictures() // 2),
    "rnn": lambda: rv.RNN(units=(4,), **QUICK).fit(sequences(), classes()),
    "rnn of equal lengths": lambda: rv.RNN(units=(4, 4), **QUICK).fit(even(), classes()),
    "gru": lambda: rv.RNN(units=(4,), cell="gru", pooling="last", **QUICK).fit(
        sequences(), classes(2)
    ),
    "elman": lambda: rv.RNN(units=(4,), cell="rnn", pooling="attention", **QUICK).fit(
        sequences(), classes(2)
    ),
    "rnn of texts": lambda: rv.RNN(units=(4,), **QUICK).fit(texts(), classes(2)),
    "rnn of steps": lambda: rv.RNN(units=(4,), **QUICK).fit(
        sequences(), [np.arange(len(row)) % 2 for row in sequences()]
    ),
    "forecast": lambda: rv.RNN(units=(4,), **QUICK).fit(series()),
    "transformer": lambda: rv.Transformer(layers=2, width=8, heads=2, **QUICK).fit(
        texts(), classes(2)
    ),
    "gpt": lambda: rv.Transformer(
        task="language_model", layers=2, width=8, heads=2, context=16, **QUICK
    ).fit([BOOK]),
    "bert": lambda: rv.Transformer(
        task="masked_language_model", layers=1, width=8, heads=2, context=16, **QUICK
    ).fit([BOOK]),
    "autoencoder": lambda: rv.Autoencoder(dimensions=2, hidden=(8,), **QUICK).fit(numbers()),
    "autoencoder of pictures": lambda: rv.Autoencoder(
        dimensions=2, filters=(4,), **QUICK
    ).fit(pictures()),
    "autoencoder of sequences": lambda: rv.Autoencoder(dimensions=2, **QUICK).fit(sequences()),
    "sparse autoencoder": lambda: rv.Autoencoder(
        kind="sparse", dimensions=2, hidden=(8,), **QUICK
    ).fit(numbers()),
    "variational autoencoder": lambda: rv.Autoencoder(
        kind="variational", dimensions=2, hidden=(8,), **QUICK
    ).fit(numbers()),
    "quantised autoencoder": lambda: rv.Autoencoder(
        kind="vector_quantised", dimensions=2, hidden=(8,), **QUICK
    ).fit(numbers()),
    "gan": lambda: rv.GAN(filters=4, latent=4, **QUICK).fit(pictures(), classes()),
    "dcgan": lambda: rv.GAN(filters=4, latent=4, loss="dcgan", **QUICK).fit(pictures()),
    "custom": lambda: rv.Custom(build=TwoLayers, **QUICK).fit(numbers(), classes()),
    "super-resolution": lambda: rv.GAN(
        task="super_resolution", filters=4, blocks=1, batch_size=4, **QUICK
    ).fit(large()),
}  # fmt: skip
# A table, pictures, texts, sequences, and attention.
PLAIN = ("fcnn", "cnn", "rnn of texts", "rnn", "transformer")
# One of each family, for what takes long.
FAMILIES = ("fcnn of a table", "cnn", "rnn of texts", "autoencoder", "gan", "transformer")


@functools.cache
def model(name: str) -> Model:
    """The fitted model; trained once in a process."""
    return MODELS[name]()
