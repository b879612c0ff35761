"""What is done in `benchmarks.images.super_resolution` for each scale."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.images import turns
from benchmarks.peak import peak_mib

LARGE = (1_500, 2_000, 3)


def x2(data: str, epochs: int | None, seed: int) -> dict[str, Any]:
    return _measured(2, data, epochs, seed)


def x3(data: str, epochs: int | None, seed: int) -> dict[str, Any]:
    return _measured(3, data, epochs, seed)


def x4(data: str, epochs: int | None, seed: int) -> dict[str, Any]:
    return _measured(4, data, epochs, seed)


def _measured(scale: int, data: str, epochs: int | None, seed: int) -> dict[str, Any]:
    import ranvier as rv

    folder = Path(data)
    train, test = (sorted((folder / part).iterdir()) for part in ("train", "test"))
    began = time.perf_counter()
    model = rv.GAN(task="super_resolution", scale=scale, epochs=epochs, seed=seed, verbose=0)
    model.fit(train)
    seconds = time.perf_counter() - began
    peak = peak_mib()
    pictures = {path.name: model.evaluate(path) for path in test}
    mean = {
        key: float(np.mean([found[key] for found in pictures.values()]))
        for key in pictures[test[0].name]
    }
    large = np.random.default_rng(0).integers(0, 256, LARGE, np.uint8)
    model.upscale(large[:300, :300])  # compiled
    began = time.perf_counter()
    model.upscale(large)
    large_seconds = time.perf_counter() - began
    views = model.set_params(test_time=True).evaluate(test)
    return {
        "mean": mean,
        "pictures": pictures,
        "gain_of_views": views["gain"],
        "seconds": seconds,
        "large_seconds": large_seconds,
        "parameters": int(sum(np.size(a) for a in model._outcome.parameters.values())),
        "peak_mib": peak,
    }


if __name__ == "__main__":
    turns.serve(globals())
