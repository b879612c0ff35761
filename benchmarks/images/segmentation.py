"""Masks of a generated set: discs and squares on a noisy ground, told apart at every pixel.

    python -m benchmarks.images.segmentation [--rows 1000] [--seed 0]

Pictures of 48×48 in colour. The things have the ground's colour but for a little, and lie anywhere;
the mask says ground, disc or square. `CNN` with its default settings, IoU on 200 pictures never
seen.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import numpy as np

SIDE, TEST = 48, 200


def pictures(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures uint8 (rows, SIDE, SIDE, 3) and masks uint8 (rows, SIDE, SIDE) of 0, 1 and 2."""
    generator = np.random.default_rng(seed)
    down, across = np.mgrid[:SIDE, :SIDE]
    X = np.empty((rows, SIDE, SIDE, 3), np.uint8)
    masks = np.zeros((rows, SIDE, SIDE), np.uint8)
    for row in range(rows):
        ground = generator.integers(60, 160, 3)
        picture = np.broadcast_to(ground, (SIDE, SIDE, 3)).astype(np.float64)
        for kind in generator.permutation([1, 2]):
            y, x = generator.integers(8, SIDE - 8, 2)
            size = generator.integers(5, 11)
            apart = np.stack([np.abs(down - y), np.abs(across - x)])
            reach = np.hypot(*apart) if kind == 1 else apart.max(axis=0)
            inside = reach <= size
            masks[row][inside] = kind
            picture = np.where(inside[..., None], ground + generator.choice([-45, 45], 3), picture)
        noisy = picture + generator.normal(0, 15, picture.shape)
        X[row] = np.clip(noisy, 0, 255).astype(np.uint8)
    return X, masks


def main() -> int:
    import ranvier as rv

    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    X, masks = pictures(options.rows + TEST, 0)
    began = time.perf_counter()
    model = rv.CNN(seed=options.seed, verbose=0).fit(X[:-TEST], masks[:-TEST])
    seconds = time.perf_counter() - began
    found = model.evaluate(X[-TEST:], masks[-TEST:])
    print(json.dumps({"rows": options.rows, "seconds": round(seconds), **found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
