"""Small tables that tests stream as if they were large."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import ranvier as rv
from ranvier.model import streaming

SMALL: dict[str, Any] = {
    "recipe": "textbook",
    "hidden": (8,),
    "epochs": 3,
    "batch_size": 32,
    "verbose": 0,
}
TINY = "1 KB"


def frame(rows: int = 1200, seed: int = 0) -> pl.DataFrame:
    """Every kind of column: numbers, whole numbers, texts, dates, truth values, an identifier."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(rows, 3)).round(4)
    city = generator.choice(["Aa", "Bb", "Cc, D", "Ee"], rows)
    days = np.datetime64("2020-01-01") + generator.integers(0, 800, rows)
    gaps = np.where(generator.random(rows) < 0.1, None, x[:, 2])  # type: ignore[call-overload]
    return pl.DataFrame(
        {
            "row": np.arange(rows),
            "a": x[:, 0],
            "b": generator.integers(0, 50, rows),
            "gaps": gaps.tolist(),
            "city": city,
            "day": days,
            "flag": generator.random(rows) < 0.5,
            "y": (x[:, 0] + (city == "Aa") + 0.1 * generator.normal(size=rows)).round(4),
        },
        schema_overrides={"gaps": pl.Float64},
    )


def csv(place: Path, table: pl.DataFrame, name: str = "big.csv", **options: Any) -> Path:
    """The table as a text file."""
    table.write_csv(place / name, **options)
    return place / name


def prepared(path: Path, target: Any = "y", folder: Path | None = None, **settings: Any) -> Any:
    """What a streamed fit knows before the first step."""
    model = rv.FCNN(**{**SMALL, "max_memory": TINY, **settings})
    examples = streaming.read_or_stream(path, target=target, seed=model.seed, max_memory=TINY)
    return streaming.prepare(model, examples, folder)


def said(path: Path, target: Any = "y", **settings: Any) -> str:
    """The lines about a table, in one."""
    ready = prepared(path, target, **settings)
    ready.rows.close()
    return " ".join(text for _, text in ready.lines)
