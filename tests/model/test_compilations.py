"""What may change without compiling again: numbers of a run, and rows at predict."""

import jax
import numpy as np
import pytest

import ranvier as rv
from ranvier.model.predicting import LARGE, SMALL
from tests.training.compilations import compilations
from tests.training.runs import table

SETTINGS = {
    "hidden": (8,),
    "epochs": 20,
    "batch_size": 16,
    "dropout": 0.1,
    "label_smoothing": 0.1,
    "weight_decay": 0.01,
    "gradient_clip": 1.0,
    "ema_decay": 0.9,
    "verbose": 0,
}

CHANGES = [
    {"learning_rate": 0.02},
    {"weight_decay": 0.5},
    {"weight_decay": 0.0},
    {"dropout": 0.4},
    {"label_smoothing": 0.3},
    {"label_smoothing": 0.0},
    {"momentum": 0.5},
    {"gradient_clip": 0.1},
    {"ema_decay": 0.5},
    {"seed": 5},
    {"epochs": 33},
    {"epochs": 3},
    {"patience": 1},
    {"patience": None},
    {"class_weight": "balanced"},
    {"class_weight": {0: 3.0}},
    {"verbose": 1},
]


@pytest.fixture(scope="module")
def model():
    fitted = rv.FCNN(**SETTINGS).fit(*table())
    fitted.predict(table()[0])
    return fitted


def test_the_count_counts():
    with compilations() as count:
        jax.jit(lambda x: x * 3)(np.ones(7, np.float32))
    assert len(count.names) == 1
    jax.jit(lambda x: x - 1)(np.ones(7, np.float32))
    assert len(count.names) == 1


def test_a_first_fit_compiles_three_programs():
    with compilations() as count:
        rv.FCNN(**{**SETTINGS, "hidden": (9,)}).fit(*table()).predict(table()[0])
    assert count.names == ["jit(initialise)", "jit(chunk)", "jit(forward)"]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_another_number_compiles_nothing(model, change, capsys):
    X, y = table()
    with compilations() as count:
        other = rv.FCNN(**{**SETTINGS, **change}).fit(X, y)
        other.predict(X)
    assert count.names == []
    if change.keys() <= {"learning_rate", "weight_decay", "dropout", "label_smoothing", "momentum"}:
        assert (other.predict_proba(X) != model.predict_proba(X)).any()  # it had an effect


def test_other_data_of_the_same_shape_compile_nothing(model):
    X, y = table(seed=9)
    with compilations() as count:
        rv.FCNN(**SETTINGS).fit(X, y).evaluate(X, y)
    assert count.names == []


def test_another_optimizer_is_another_program():
    with compilations() as count:
        rv.FCNN(**{**SETTINGS, "optimizer": "lion"}).fit(*table())
    assert "jit(chunk)" in count.names


def test_thirty_numbers_of_rows_compile_nothing_after_both_blocks_were_used(model):
    X = np.random.default_rng(0).normal(size=(3 * LARGE + 5, 4))
    model.predict(X[:SMALL])
    model.predict(X[:LARGE])
    numbers = np.unique(np.geomspace(1, len(X), 30).astype(int))
    assert len(numbers) > 25
    with compilations() as count:
        for rows in (*numbers, 0 + SMALL, SMALL + 1, 8 * SMALL, 8 * SMALL + 1, LARGE + 1):
            assert model.predict(X[:rows]).shape == (rows,)
            model.predict_proba(X[:rows])
    assert count.names == []


def test_a_loaded_and_a_copied_model_share_the_compiled_program(model, tmp_path):
    X, _ = table()
    model.predict(X)
    model.save(tmp_path / "m.ranvier")
    with compilations() as count:
        rv.load(tmp_path / "m.ranvier").predict(X)
    assert count.names == []
