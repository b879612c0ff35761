"""Writes the golden file of the current format version (`python -m tests.golden.make`).

Run it once for each new format version, and never again for that version: the test shows that
files written long ago still load.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

import ranvier as rv
from ranvier.artifact import FORMAT_VERSION

HERE = Path(__file__).parent


def rows() -> tuple[pl.DataFrame, np.ndarray]:
    """A small table with numbers, gaps, categories, dates and booleans, and three classes."""
    n = np.arange(120)
    frame = pl.DataFrame(
        {
            "size": np.sin(n) * 10,
            "gaps": [None if i % 7 == 0 else float(i % 13) for i in n],
            "colour": [("red", "green", "blue")[i % 3] for i in n],
            "town": [f"town {i % 17}" for i in n],
            "ready": [bool(i % 2) for i in n],
            "when": [f"2024-{1 + i % 12:02}-{1 + i % 28:02}" for i in n],
        }
    )
    return frame, np.array(["low", "middle", "high"])[(n % 3)]


def main() -> None:
    """Fit, save, and keep what it predicts."""
    frame, target = rows()
    model = rv.FCNN(hidden=(8,), epochs=20, verbose=0).fit(frame, target)
    model.save(HERE / f"artifact_v{FORMAT_VERSION}.ranvier")
    np.savetxt(HERE / f"artifact_v{FORMAT_VERSION}.csv", model.predict_proba(frame), "%.7f")


if __name__ == "__main__":
    main()
