"""Normalisation layers by name, against NumPy."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

import ranvier as rv
from ranvier.layers.normalization import NORMALIZATIONS, make_normalization
from tests.training.runs import SMALL, table

X = np.random.default_rng(0).normal(3.0, 2.0, size=(64, 6)).astype(np.float32)


def test_names():
    assert make_normalization("none", 6, rngs=nnx.Rngs(0)) is None
    for name in set(NORMALIZATIONS) - {"none"}:
        layer = make_normalization(name, 6, rngs=nnx.Rngs(0))
        assert layer(jnp.array(X)).shape == X.shape


def test_batch_normalisation_and_its_running_statistics():
    layer = make_normalization("batch", 6, rngs=nnx.Rngs(0))
    layer.train()
    out = layer(jnp.array(X))
    expected = (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + 1e-5)
    np.testing.assert_allclose(out, expected, atol=1e-4)
    np.testing.assert_allclose(layer.mean[...], 0.1 * X.mean(axis=0), rtol=1e-4)
    np.testing.assert_allclose(layer.var[...], 0.9 + 0.1 * X.var(axis=0), rtol=1e-4)
    for _ in range(200):
        layer(jnp.array(X))
    layer.eval()
    np.testing.assert_allclose(layer(jnp.array(X[:1]))[0], expected[0], atol=1e-3)


def test_layer_and_root_mean_square_normalisation():
    layer = make_normalization("layer", 6, rngs=nnx.Rngs(0))
    rows = (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True)
    np.testing.assert_allclose(layer(jnp.array(X)), rows, atol=1e-4)
    rms = make_normalization("rms", 6, rngs=nnx.Rngs(0))
    rows = X / np.sqrt(np.square(X).mean(axis=1, keepdims=True))
    np.testing.assert_allclose(rms(jnp.array(X)), rows, atol=1e-4)


@pytest.mark.parametrize("name", ["batch", "rms"])
def test_a_model_trains_and_is_saved_with_it(name, tmp_path):
    X, y = table()
    settings = {**SMALL, "epochs": 20, "learning_rate": 0.01, "normalization": name}
    model = rv.FCNN(**settings).fit(X, y)
    assert model.score(X, y) > 0.6
    variables = model._outcome.variables
    assert bool(variables) == (name == "batch")
    for array in variables.values():
        assert np.isfinite(array).all()
        assert len(np.unique(array)) > 1  # they moved from zeros and ones
    model.save(tmp_path / "m.ranvier")
    again = rv.load(tmp_path / "m.ranvier")
    np.testing.assert_array_equal(model.predict_proba(X), again.predict_proba(X))
    # In evaluation a row does not depend on the others.
    np.testing.assert_array_equal(model.predict_proba(X[:1]), model.predict_proba(X)[:1])
