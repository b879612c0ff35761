"""The transformer over numbers: what it learns, what padding cannot change, patches, places."""

import dataclasses

import jax.numpy as jnp
import numpy as np
import polars as pl
import pytest
from flax import nnx

import ranvier as rv
from ranvier.families.transformer import shaping
from ranvier.families.transformer.builder import TransformerBuilder
from ranvier.families.transformer.patches import Patches, waves
from ranvier.families.transformer.shape import Shape
from ranvier.specification import InputSpec, OutputSpec, WindowSpec

QUICK = {
    "layers": 1, "width": 16, "heads": 2, "epochs": 12, "learning_rate": 0.01, "verbose": 0,
    "batch_size": 16, "dropout": 0.1,
}  # fmt: skip
TINY = {**QUICK, "width": 8, "epochs": 1}
SHAPE = Shape(layers=1, width=8, heads=2, key_heads=2, head_width=4, hidden=16, positions="none")
CLASSES = OutputSpec(units=2, activation="softmax", loss="cross_entropy")


def waves_of(rows=120, seed=0, most=31):
    """Sequences of 8 steps and more: whether the first step is positive; and the classes."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, rows)
    X = []
    for label in y:
        row = rng.normal(0, 0.3, (int(rng.integers(8, most)), 2)).astype(np.float32)
        row[0, 0] = 2 * label - 1
        X.append(row)
    return X, y


@pytest.fixture(scope="module")
def listener():
    return rv.Transformer(**QUICK).fit(*waves_of())


def test_the_first_step_is_found(listener):
    assert listener.score(*waves_of(200, seed=1)) > 0.9


def test_a_row_is_predicted_alike_whatever_stands_beside_it(listener):
    X, _ = waves_of(20, seed=2)
    together = listener.predict_proba(X)
    alone = np.concatenate([listener.predict_proba([row]) for row in X])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_longer_rows_than_in_training_have_places_too(listener):
    X, _ = waves_of(4, seed=3, most=9)
    long = [np.tile(row, (20, 1)) for row in X]
    assert np.isfinite(listener.predict_proba(long)).all()


def test_numbers_and_several_labels_are_predicted():
    X, y = waves_of(60)
    numbers = np.array([float(row[:, 1].sum()) for row in X])
    model = rv.Transformer(**TINY).fit(X, numbers)
    assert model.task_ == "regression"
    assert model.predict(X).shape == (60,)
    labels = np.stack([y, 1 - y], axis=1)
    model = rv.Transformer(**TINY, task="multilabel").fit(X, labels)
    assert model.predict_proba(X).shape == (60, 2)


def test_each_step_is_labelled_from_its_neighbours():
    rng = np.random.default_rng(0)
    X = [rng.normal(size=(int(rng.integers(8, 31)), 2)).astype(np.float32) for _ in range(100)]
    y = [np.where(np.concatenate([[0], row[:-1, 0]]) > 0, "up", "down") for row in X]
    model = rv.Transformer(**QUICK).fit(X, y)
    assert model.task_ == "labelling"
    assert [len(row) for row in model.predict(X)] == [len(row) for row in X]
    assert model.score(X, y) > 0.9
    assert "at each step" in model.summary()


def test_columns_beside_a_sequence_are_seen():
    X, y = waves_of(120)
    noise = rv.Sequences.of([np.zeros_like(row) for row in X])
    rows = dataclasses.replace(noise, beside=pl.DataFrame({"told": y.astype(float)}))
    examples = rv.Dataset(rows, y)
    assert rv.Transformer(**QUICK).fit(examples).score(examples) > 0.9


@pytest.mark.parametrize("recipe", ["textbook", "strong"])
def test_a_saved_model_predicts_the_same_bits(tmp_path, recipe):
    X, y = waves_of(40)
    model = rv.Transformer(**TINY, recipe=recipe).fit(X, y)
    model.save(tmp_path / "model.ranvier")
    again = rv.load(tmp_path / "model.ranvier")
    np.testing.assert_array_equal(model.predict_proba(X), again.predict_proba(X))
    assert again.summary() == model.summary()


def test_the_parts_of_an_explanation_sum_to_the_answer(listener):
    X, _ = waves_of(4, seed=5)
    found = listener.explain(X)
    for row, values in zip(X, found.values, strict=True):
        assert values.shape == row.shape
    sums = np.array([values.sum() for values in found.values])
    np.testing.assert_allclose(sums, found.outputs - found.baseline, rtol=0.05, atol=0.05)


@pytest.mark.parametrize(
    ("inputs", "each_step", "patch"),
    [
        (InputSpec(steps=64, channels=1), False, 1),
        (InputSpec(steps=65, channels=1), False, 2),
        (InputSpec(steps=1000, channels=3), False, 16),
        (InputSpec(steps=1000, channels=3), True, 1),
        (InputSpec(steps=1000, vocabulary=9), False, 1),
        (InputSpec(window=WindowSpec(context=130, horizon=3)), False, 3),
    ],
)
def test_long_rows_are_read_in_patches(inputs, each_step, patch):
    outputs = OutputSpec(2, "softmax", "cross_entropy", each_step=each_step)
    assert shaping.patch_of(inputs, outputs) == patch
    whole = TransformerBuilder(inputs, outputs, SHAPE, patch=patch)
    steps = inputs.steps or 130
    assert whole.places == -(-steps // patch)


def patches(positions="none", patch=4, places=3):
    shape = dataclasses.replace(SHAPE, positions=positions)
    layer = Patches(2, shape, patch, places, rngs=nnx.Rngs(0))
    layer.eval()
    return layer


def test_a_patch_sees_its_steps_and_no_padding():
    layer, rng = patches(), np.random.default_rng(0)
    x = rng.normal(size=(1, 14, 2)).astype(np.float32)
    out, lengths = layer(jnp.asarray(x), jnp.array([14]))
    assert out.shape == (1, 4, 8)
    assert lengths.tolist() == [4]
    padded = np.concatenate([x, np.zeros((1, 6, 2), np.float32)], axis=1)
    other, lengths = layer(jnp.asarray(padded), jnp.array([14]))
    assert lengths.tolist() == [4]
    np.testing.assert_allclose(other[:, :4], out, atol=1e-6)
    changed = x.copy()
    changed[0, 13] += 1.0
    moved = np.abs(np.asarray(layer(jnp.asarray(changed), jnp.array([14]))[0] - out)).max(axis=2)
    assert moved[0, 0] == 0.0  # the convolutions do not reach so far
    assert moved[0, 3] > 0.0


def test_learned_places_end_where_training_ended():
    layer = patches("learned")
    x = jnp.zeros((1, 20, 2))
    out = np.asarray(layer(x)[0])[0]
    np.testing.assert_array_equal(out[2], out[4])
    assert not np.array_equal(out[1], out[2])


def test_waves_tell_all_places_apart():
    table = waves(200, 6)
    assert table.shape == (200, 6)
    gaps = np.abs(table[:, None] - table[None]).max(axis=2) + 9.0 * np.eye(200)
    assert gaps.min() > 1e-3
    assert waves(3, 5).shape == (3, 5)
