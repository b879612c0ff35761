"""Small fitted models of every task, shared, and the pages about them."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from flax import nnx

import ranvier as rv
from ranvier.data import as_examples
from ranvier.report.facts import About, Answer, Facts, gather

HOSTILE = "<script>alert('x')</script>\"&"
TINY: dict[str, Any] = {"recipe": "textbook", "hidden": (16,), "epochs": 8, "verbose": 0}
ROWS = 240


@functools.cache
def fitted(kind: str) -> tuple[rv.FCNN, rv.Dataset]:
    """A model and rows that it has not learned from."""
    examples = _examples(kind)
    model = rv.FCNN(**TINY, task="multilabel" if kind == "multilabel" else "auto")
    return model.fit(examples.take(slice(0, ROWS))), examples.take(slice(ROWS, None))


@functools.cache
def facts(kind: str) -> Facts:
    """What the page about the model says."""
    model, rows = fitted(kind)
    about = About(source=f"{kind}.csv", answer=answer(model, rows), command="ranvier train x")
    return gather(model, about, rows, None, rows)


def answer(model: rv.FCNN, rows: rv.Dataset) -> Answer:
    """Its scores beside a baseline that is half as good."""
    own = model.evaluate(rows)
    half = {name: value / 2 for name, value in own.items()}
    return Answer(len(rows), own, half, "always the same", True)


KINDS = ("binary", "multiclass", "many", "multilabel", "regression", "outputs", "array")


def _examples(kind: str) -> rv.Dataset:
    random = np.random.default_rng(1)
    many = 900 if kind == "many" else 360
    numbers = random.normal(size=(many, 3))
    words = np.array(["red", HOSTILE, "blue"])[random.integers(0, 3, many)]
    frame = pl.DataFrame({HOSTILE: numbers[:, 0], "noise": numbers[:, 1], "word": words})
    score = numbers[:, 0] + (words == "red")
    target: Any
    match kind:
        case "binary":
            target = np.where(score > 0, HOSTILE, "no").astype(object)
        case "multiclass" | "array":
            target = np.array([HOSTILE, "b", "c"], object)[np.digitize(score, [-0.5, 1.0])]
        case "many":
            target = np.array([f"class {code}" for code in random.integers(0, 50, many)], object)
        case "multilabel":
            target = np.stack([score > 0, numbers[:, 2] > 0, score > 1], axis=1).astype(int)
        case "regression":
            target = 10 * score + numbers[:, 2]
        case _:
            target = np.stack([10 * score, numbers[:, 1]], axis=1)
    inputs = numbers if kind == "array" else frame
    names = tuple(f"{HOSTILE}{n}" for n in range(1 if target.ndim == 1 else target.shape[1]))
    return replace(as_examples(inputs, target), target_names=names, name=f"{kind}{HOSTILE}")


class Plain(nnx.Module):
    """A linear model, to be a user's own."""

    def __init__(self, n_in: int, n_out: int, rngs: nnx.Rngs) -> None:
        self.only = nnx.Linear(n_in, n_out, rngs=rngs)

    def __call__(self, x: Any) -> Any:
        return self.only(x)


def build(inputs: rv.InputSpec, outputs: rv.OutputSpec, rngs: nnx.Rngs) -> nnx.Module:
    return Plain(inputs.numeric, outputs.units, rngs)
