"""What `benchmarks.predicting` does beside what it measures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import ranvier as rv

COLUMNS = 10
CHECKED = 20_000  # rows that the model predicts again, in pieces of `TOGETHER` from the file
TOGETHER = 2_000


def table(first: int, rows: int) -> Any:
    """Some of the rows: a number, seven numbers with fractions, a category, a whole number."""
    generator = np.random.default_rng([first, 7])
    X = generator.normal(size=(rows, 7)).round(5)  # (rows, 7)
    columns: dict[str, Any] = {"row": np.arange(first, first + rows)}
    columns |= {f"x{n}": X[:, n] for n in range(7)}
    columns["city"] = np.array([f"city{n}" for n in range(50)])[generator.integers(0, 50, rows)]
    columns["count"] = generator.integers(0, 1000, rows)
    assert len(columns) == COLUMNS
    return pl.DataFrame(columns)


def generate(path: Path, rows: int) -> None:
    """Write a CSV, a part at a time."""
    with open(path, "wb") as file:
        for first in range(0, rows, 50_000):
            part = table(first, min(50_000, rows - first))
            part.write_csv(file, include_header=not first)


def prepare(model: Path, source: Path, rows: int) -> None:
    """Train the model, and write the CSV if it is not there."""
    known = table(1 << 40, 20_000)  # numbers that the file does not have
    known = known.with_columns(y=known["x0"] * known["x1"] + known["count"] % 7 * 0.1)
    settings = {"recipe": "textbook", "hidden": (64, 64), "epochs": 3, "verbose": 0}
    rv.FCNN(**settings).fit(known, target="y").save(model)
    if not source.exists():
        generate(source, rows)


def check(model: Path, source: Path, rows: int, place: Path) -> None:
    """A prediction for each row, and those of the rows that stand there."""
    found = pl.read_csv(place)
    numbers = pl.scan_csv(source).select("row").collect()["row"]
    if found.height != rows or not (numbers == np.arange(rows)).all():
        raise SystemExit(f"{found.height:,} predictions of {rows:,} rows")
    fitted = rv.load(model)
    most = max(1, rows - TOGETHER)
    for first in np.linspace(0, most, CHECKED // TOGETHER).astype(int).tolist():
        some = pl.scan_csv(source).slice(first, TOGETHER).collect()
        expected = fitted.predict(rv.Dataset(some))
        if not np.array_equal(found["y"][first : first + TOGETHER].to_numpy(), expected):
            raise SystemExit(f"the predictions after row {first:,} are not those of the model")


if __name__ == "__main__":
    deed, model, source, rows, *place = sys.argv[1:]
    words = (Path(model), Path(source), int(rows), *map(Path, place))
    {"prepare": prepare, "check": check}[deed](*words)
