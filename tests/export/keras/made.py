"""Programs that are exported in these tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import jax
import numpy as np

import ranvier as rv
from ranvier.export.programs.program import Program, Tensor
from ranvier.export.programs.supervised import program

TEXTS = ["good film it was", "bad film it was not", "so good", "so bad"] * 10
ROWS = 40


def _digits() -> tuple[np.ndarray, np.ndarray]:
    data = rv.read("digits").train
    return data.inputs[:200], data.target[:200]


def _fcnn() -> Any:
    return rv.FCNN(epochs=1, verbose=0, hidden=(16, 16)).fit(*_digits())


def _cnn() -> Any:
    inputs, target = _digits()
    return rv.CNN(epochs=1, verbose=0, filters=(4, 8)).fit(inputs.reshape(-1, 8, 8), target)


def _rnn() -> Any:
    return rv.RNN(epochs=1, verbose=0, units=(4,)).fit(TEXTS, [1, 0, 1, 0] * 10)


def _seq() -> Any:
    rng = np.random.default_rng(0)
    sequences = [rng.random((int(n), 2), np.float32) for n in rng.integers(5, 9, ROWS)]
    return rv.RNN(epochs=1, verbose=0, units=(4,)).fit(sequences, np.arange(ROWS) % 2)


def _tr() -> Any:
    return rv.Transformer(epochs=1, verbose=0).fit(TEXTS, [1, 0, 1, 0] * 10)


MODELS: dict[str, Callable[[], Any]] = {
    "fcnn": _fcnn, "cnn": _cnn, "rnn": _rnn, "seq": _seq, "tr": _tr,
}  # fmt: skip


@cache
def fitted(name: str) -> Program:
    """What one of the five tiny models computes."""
    return program(MODELS[name]())


def computing(function: Callable[..., Any], **rows: np.ndarray) -> Program:
    """A program of one result, "y", of the rows by name; what the function holds has no name."""

    def whole(weights: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        return {"y": function(**given)}

    inputs = {n: Tensor(a.shape[1:], a.dtype.name, "made up") for n, a in rows.items()}
    answers = {name: np.asarray(a) for name, a in jax.jit(whole)({}, rows).items()}
    return Program(inputs, whole, {}, rows, answers)
