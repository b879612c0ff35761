"""A small training run taken apart, so that tests can change one part of it."""

from __future__ import annotations

from typing import Any

import numpy as np

import ranvier as rv
from ranvier.data import as_examples
from ranvier.model import fitting
from ranvier.training import loop
from ranvier.training.feeds import DeviceFeed, HostFeed
from ranvier.training.plan import make_plan

SMALL = {"hidden": (16, 8), "epochs": 4, "batch_size": 16, "validation_fraction": 0.1, "verbose": 0}


def table(rows: int = 150, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(rows, 4) numbers and three classes that overlap."""
    y = np.arange(rows) % 3
    noise = np.random.default_rng(seed).normal(size=(rows, 4))
    return noise + y[:, None] * [1.0, 0.0, 1.0, -1.0], y


def prepared(X: Any = None, y: Any = None, **hyperparameters: Any) -> fitting.Prepared:
    """What `fit` knows before the first step."""
    if X is None:
        X, y = table()
    model = rv.FCNN(**{**SMALL, **hyperparameters})
    return fitting.prepare(model, as_examples(X, y).train)


def run(ready: fitting.Prepared, *, resident: bool, chunk_steps: int) -> loop.Outcome:
    """Train with the rows on the device or fed by the host, in chunks of this many steps."""
    feed = (DeviceFeed if resident else HostFeed)(ready.rows, ready.mesh)
    plan = make_plan(
        ready.plan.rows,
        ready.resolved["batch_size"],
        ready.plan.epochs,
        ready.plan.seed,
        chunk_steps=chunk_steps,
    )
    return loop.train(
        ready.learner,
        feed,
        plan,
        ready.settings,
        mesh=ready.mesh,
        weights=ready.weights,
        valid=ready.valid,
    )


def losses(outcome: loop.Outcome) -> list[dict[str, float]]:
    """The history without its times."""
    return [{k: v for k, v in row.items() if k != "seconds"} for row in outcome.history]


def assert_same(one: loop.Outcome, two: loop.Outcome) -> None:
    """The same bits of every weight and of every row of the history."""
    for mine, other in ((one.parameters, two.parameters), (one.variables, two.variables)):
        assert mine.keys() == other.keys()
        for path, array in mine.items():
            np.testing.assert_array_equal(array, other[path], err_msg=path)
    assert losses(one) == losses(two)
    assert (one.epoch, one.best_epoch, one.reason) == (two.epoch, two.best_epoch, two.reason)
    assert one.steps == two.steps
