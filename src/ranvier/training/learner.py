"""What is trained: a network, its players and the choices that shape the compiled program.

Everything here is static and hashable: two fits with equal learners and equal array shapes
share one compiled program. What may change without compiling again (learning rate, weight
decay, dropout rate, label smoothing, seed, ...) is not here but in the run's settings, which
enter the program as arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import jax
from flax import nnx

Batch = Mapping[str, Any]
# Scalars by name: NumPy's on the host, traced inside the program.
Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Context:
    """What a loss may know beside the batch.

    Attributes:
        settings: the run's settings, scalars by name, traced.
        progress: share of the run that is done, from 0 to 1, traced.
        key: a random key of this step and player.

    Example:
        >>> import jax, ranvier as rv
        >>> context = rv.Context({"dropout": 0.1}, jax.numpy.float32(0.5), jax.random.key(0))
        >>> noise = jax.random.normal(context.key, (8, 4))  # (batch, 4), new in each step
        >>> noise.shape
        (8, 4)
    """

    settings: Settings
    progress: jax.Array
    key: jax.Array


# (network, batch, context) -> (scalar loss, scalar metrics by name)
Loss = Callable[[nnx.Module, Batch, Context], tuple[jax.Array, dict[str, jax.Array]]]
# (network, batch, context) -> arrays by the names under which the batch is to hold them
Making = Callable[[nnx.Module, Batch, Context], dict[str, jax.Array]]


@dataclass(frozen=True)
class Player:
    """One who moves: a share of the parameters, and the loss by which it moves them.

    Attributes:
        name: names its optimizer state and, where there are several players, its metrics.
        loss: the function that it lowers. It must be hashable and not a fresh closure for
            each fit, or every fit would compile anew.
        parameters: path prefixes of the parameters that it owns ("generator"); empty: all.
        makes: what it makes with its parameters for all players to see in their batch, once in a
            step, before anybody moves (the generator's pictures); None: nothing. When it moves,
            its gradient goes through what it made. Hashable, as the loss; one who makes moves
            once in a step.

    Example:
        >>> import jax.numpy as jnp, ranvier as rv
        >>> from flax import nnx
        >>> def build(inputs, outputs, rngs):
        ...     return nnx.Linear(inputs.numeric, outputs.units, rngs=rngs)
        >>> def absolute_error(network, batch, context):
        ...     error = jnp.abs(network(batch["inputs"]) - batch["target"])  # (batch, units)
        ...     loss = jnp.mean(error.mean(axis=1) * batch["weights"])
        ...     return loss, {"loss": loss}
        >>> player = rv.Player("line", absolute_error)
        >>> X = jnp.arange(40.0).reshape(20, 2)
        >>> model = rv.Custom(build=build, players=(player,), epochs=5, verbose=0)
        >>> model.fit(X, X[:, 0]).predict(X).shape
        (20,)
    """

    name: str
    loss: Loss
    parameters: tuple[str, ...] = ()
    makes: Making | None = None

    def owns(self, path: str) -> bool:
        """Whether the parameter at `path` (parts joined by "/") is this player's."""
        if not self.parameters:
            return True
        return any(path == p or path.startswith(p + "/") for p in self.parameters)


class Judge(Protocol):
    """Scores a network on validation rows, inside the compiled program."""

    def sums(self, network: nnx.Module, batch: Batch) -> dict[str, jax.Array]:
        """Weighted sums over the rows of a batch, among them "weight"."""

    def criterion(self, means: dict[str, jax.Array]) -> jax.Array:
        """Shape (2,): lower is better; the second number decides when the first ones tie."""


@dataclass(frozen=True)
class Learner:
    """What a compiled program depends on, array shapes aside.

    Attributes:
        build: makes the network from its random streams; a frozen dataclass or a
            module-level function, so that equal networks compare equal.
        players: who moves in each step, in this order.
        judge: how validation rows are scored; None where there is nothing to score.
        optimizer, schedule, precision: names; see the modules of those names.
        regularization_schedule: how dropout and weight decay move, by the same names.
        clips: whether gradients are clipped (to the run's `gradient_clip`).
        averages: whether a moving average of the weights is kept (by the run's `ema_decay`)
            and used wherever the network is judged or kept.
    """

    build: Callable[[nnx.Rngs], nnx.Module]
    players: tuple[Player, ...]
    judge: Judge | None = None
    optimizer: str = "adam"
    schedule: str = "constant"
    regularization_schedule: str = "constant"
    precision: str = "float32"
    clips: bool = False
    averages: bool = False
