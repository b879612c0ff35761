"""What permutation importance finds."""

from __future__ import annotations

import numpy as np
import polars as pl

import ranvier as rv
from ranvier.report.importance import (
    FEWEST_ROWS,
    MOST_ROWS,
    REPEATS,
    Importance,
    _shares,
    importance,
)

from .conftest import HOSTILE, TINY, facts


def measured(model: rv.FCNN, rows: pl.DataFrame, target: np.ndarray, seed: int = 0) -> Importance:
    coded = model._coder.encode(target)
    found = importance(model, model._preprocessed(rows), coded, seed)
    assert found is not None
    return found


def test_a_column_that_decides_is_first_and_noise_is_near_zero() -> None:
    random = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "noise": random.normal(size=600),
            "decides": random.normal(size=600),
            "word": random.choice(["a", "b", "c"], 600),
            "same": np.full(600, 7.0),
        }
    )
    target = 10 * frame["decides"].to_numpy() + 3 * (frame["word"] == "b").to_numpy()
    model = rv.FCNN(**TINY | {"epochs": 60}).fit(frame[:500], target[:500])
    found = measured(model, frame[500:], target[500:])
    rises = dict(zip(found.columns, found.rises, strict=True))
    assert found.columns[:2] == ("decides", "word")
    assert "same" not in rises  # left out of the network
    assert rises["decides"] > 5
    assert abs(rises["noise"]) < 0.05 * rises["decides"]
    assert (found.measure, found.rows, found.repeats, found.of) == ("RMSE", 100, REPEATS, 3)
    assert found.lost is None

    again = measured(model, frame[500:], target[500:])
    np.testing.assert_array_equal(again.rises, found.rises)
    other = measured(model, frame[500:], target[500:], seed=1)
    assert not np.array_equal(other.rises, found.rises)


def test_classes_lose_accuracy() -> None:
    found = facts("binary").importance
    assert found is not None
    assert found.measure == "log loss"
    assert found.lost is not None
    assert found.columns[0] == HOSTILE
    assert found.lost[0] > 0.1
    assert abs(found.lost[found.columns.index("noise")]) < 0.1


def test_the_work_is_bounded() -> None:
    assert _shares(10**6, 10, 1000) == (MOST_ROWS, REPEATS)
    assert _shares(50, 10, 1000) == (50, REPEATS)
    rows, repeats = _shares(10**6, 200, 10**6)
    assert (rows, repeats) == (FEWEST_ROWS, 1)
