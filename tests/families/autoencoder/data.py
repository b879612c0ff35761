"""Small data with structure in it, and models that learn it in seconds."""

import numpy as np
import pandas as pd

import ranvier as rv

QUICK = {"dimensions": 2, "hidden": (16,), "epochs": 12, "batch_size": 32, "verbose": 0}
KINDS = ("plain", "denoising", "sparse", "variational", "vector_quantised")


def curve(rows=160, seed=0):
    """Rows on a bent surface: ten numbers that follow from two."""
    rng = np.random.default_rng(seed)
    z = rng.uniform(-1, 1, (rows, 2))
    parts = [z, z**2, z[:, :1] * z[:, 1:], np.sin(2 * z), np.cos(2 * z), z[:, :1] + z[:, 1:]]
    return np.concatenate(parts, axis=1) * 3.0 + 5.0


def mixed(rows=96):
    rng = np.random.default_rng(0)
    size = rng.normal(size=rows)
    return pd.DataFrame(
        {
            "size": size,
            "double": 2 * size + 1,
            "gaps": [None if i % 7 == 0 else float(i % 5) for i in range(rows)],
            "colour": np.where(size > 0, "red", "blue"),
            "day": pd.date_range("2024-01-01", periods=rows, freq="7h"),
            "open": size > 0,
            "one": "same",
            "code": [f"n{i}" for i in range(rows)],
        }
    )


def stripes(rows=96, shape=(8, 8), dtype="uint8"):
    """Pictures of a bright band at one of some heights."""
    rng = np.random.default_rng(0)
    places = rng.uniform(0, shape[0], rows)[:, None, None]
    heights = np.arange(shape[0])[None, :, None]
    bright = np.exp(-((heights - places) ** 2) / 2.0) * np.ones((1, 1, shape[1]))
    return (bright * 255).astype(dtype) if dtype == "uint8" else bright.astype(dtype)


def waves(rows=80, uneven=True):
    """Sequences of two channels, 6 to 14 steps each, or all of 12."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(rows):
        steps = int(rng.integers(6, 15)) if uneven else 12
        turn = np.arange(steps) * rng.uniform(0.2, 0.8)
        found.append(np.stack([np.sin(turn), np.cos(turn)], axis=1) * 10 + 3)
    return found if uneven else np.stack(found)


def make(**settings):
    return rv.Autoencoder(**(QUICK | settings))
