"""A user's own module: one player, several players, categories, saving."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import polars as pl
import pytest
from flax import nnx

import ranvier as rv


class TwoHeads(nnx.Module):
    """A task head and a second head that only its own player moves."""

    def __init__(self, n_in: int, n_out: int, rngs: nnx.Rngs) -> None:
        self.head = nnx.Linear(n_in, n_out, rngs=rngs)
        self.norm = nnx.BatchNorm(n_in, rngs=rngs)
        self.other = nnx.Linear(n_in, 1, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.head(self.norm(x))


def build(inputs: rv.InputSpec, outputs: rv.OutputSpec, rngs: nnx.Rngs) -> TwoHeads:
    return TwoHeads(inputs.numeric, outputs.units, rngs)


def classify(network: Any, batch: Any, context: rv.Context) -> tuple[jax.Array, dict[str, Any]]:
    logits = network(batch["inputs"])
    log_p = jax.nn.log_softmax(logits)
    picked = jnp.take_along_axis(log_p, batch["target"][:, None], axis=1)[:, 0]
    loss = -jnp.mean(picked * batch["weights"])
    return loss, {"classify_loss": loss}


def first_column(network: Any, batch: Any, context: rv.Context) -> tuple[jax.Array, dict[str, Any]]:
    x = batch["inputs"]
    loss = jnp.mean(jnp.square(network.other(x)[:, 0] - x[:, 0]))
    return loss, {"column_loss": loss}


@pytest.fixture(scope="module")
def fitted() -> rv.Custom:
    return rv.Custom(build=build, epochs=60, learning_rate=0.02, verbose=0).fit(rv.read("iris"))


def test_it_learns_and_shows_the_users_own_module(fitted: rv.Custom) -> None:
    iris = rv.read("iris")
    assert fitted.score(iris.test) > 0.8
    assert isinstance(fitted.network_, TwoHeads)
    assert "head" in fitted.summary()


def test_a_saved_model_needs_its_function_again(fitted: rv.Custom, tmp_path: Path) -> None:
    fitted.save(tmp_path / "own.ranvier")
    with pytest.raises(rv.ArtifactError, match="a file holds no code; pass load"):
        rv.load(tmp_path / "own.ranvier")
    again = rv.load(tmp_path / "own.ranvier", build=build)
    test = rv.read("iris").test
    np.testing.assert_array_equal(again.predict_proba(test), fitted.predict_proba(test))


def test_a_function_of_another_shape_is_refused(fitted: rv.Custom, tmp_path: Path) -> None:
    fitted.save(tmp_path / "own.ranvier")

    def other(inputs: rv.InputSpec, outputs: rv.OutputSpec, rngs: nnx.Rngs) -> nnx.Module:
        return nnx.Linear(inputs.numeric, outputs.units, rngs=rngs)

    with pytest.raises(rv.ArtifactError, match="do not fit its network"):
        rv.load(tmp_path / "own.ranvier", build=other)


def test_each_player_moves_its_own_part() -> None:
    players = (
        rv.Player("task", classify, ("head", "norm")),
        rv.Player("column", first_column, ("other",)),
    )
    plain = {
        "ema_decay": 0.0,
        "verbose": 0,
    }  # an average of equal numbers may differ in its last bit
    settings: dict[str, Any] = {"build": build, "players": players, **plain}
    model = rv.Custom(epochs=60, learning_rate=0.01, **settings).fit(rv.read("iris"))
    first, last = model.history_[0], model.history_[-1]
    assert last["classify_loss"] < first["classify_loss"]
    assert last["column_loss"] < 0.1 * first["column_loss"]
    assert model.best_epoch_ == 0  # losses of one's own have no common judge
    alone = rv.Custom(epochs=60, learning_rate=0.01, **(settings | {"players": players[:1]}))
    untouched = alone.fit(rv.read("iris")).network_
    fresh = rv.Custom(epochs=1, learning_rate=1e-30, **settings).fit(rv.read("iris")).network_
    np.testing.assert_array_equal(untouched.other.kernel[...], fresh.other.kernel[...])


def test_categories_arrive_as_one_hot_codes() -> None:
    frame = pl.DataFrame({"n": np.linspace(0, 1, 90), "c": ["a", "b", "c"] * 30})
    target = np.tile([0.0, 1.0, 2.0], 30)
    seen: list[int] = []

    def line(inputs: rv.InputSpec, outputs: rv.OutputSpec, rngs: nnx.Rngs) -> nnx.Module:
        seen.append(inputs.numeric)
        return nnx.Linear(inputs.numeric, outputs.units, rngs=rngs)

    model = rv.Custom(build=line, task="regression", learning_rate=0.05, verbose=0)
    assert model.fit(frame, target).score(frame, target) > 0.99
    assert set(seen) == {1 + 3}


def test_without_a_function_it_says_what_is_wanted() -> None:
    with pytest.raises(rv.HyperparameterError, match="build must be a function"):
        rv.Custom(verbose=0).fit(rv.read("iris"))
