"""The network that continues series, around any core that reads the past.

Its forecast is that of the best linear model, which the preprocessing found in closed form, plus
a correction that begins at zero: so training can only start from a good place. The correction
and the interval come from an encoder over the past, the core, and from what is known of each step
ahead, all steps at once (direct multi-step).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.layers.activations import ACTIVATIONS, kernel_initialiser
from ranvier.layers.dropout import Dropout
from ranvier.layers.table_input import TableInput, input_width
from ranvier.specification import InputSpec

PER_STEP = 16  # numbers of the encoder's state for each step ahead
HEAD = 64  # neurons that make them a correction
NARROW = -2.0  # where the interval begins: softplus of it, in standard deviations of the past
LEAST = 1e-4  # spread of a past, as a share of its level

Quantiles = tuple[jax.Array, jax.Array, jax.Array]


class Core(Protocol):
    """What makes one state of the steps of the past."""

    @property
    def width(self) -> int:
        """Numbers of the state."""
        ...

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, context, width of a step) to (batch, width)."""
        ...


class Stretch(nnx.Variable[jax.Array]):
    """By how much the interval is widened after training: float32 (2, horizon), below and above."""


class ForecastNetwork(nnx.Module):
    """From windows to three numbers for each step: the low end, the middle, the high end.

    Args:
        inputs: of the windows.
        core: makes the family's core for steps of `step_width(inputs)` numbers.
        activation: of the hidden layer above it.
        dropout: whether there is any.
    """

    def __init__(
        self,
        inputs: InputSpec,
        core: Callable[[nnx.Rngs], Core],
        activation: str,
        *,
        dropout: bool,
        rngs: nnx.Rngs,
    ) -> None:
        window = inputs.window
        assert window is not None
        self.context, self.horizon = window.context, window.horizon
        self.known = TableInput(window.known, rngs=rngs) if input_width(window.known) else None
        self.static = TableInput(window.static, rngs=rngs) if input_width(window.static) else None
        beside = input_width(window.known) + window.calendar + input_width(window.static)
        self.stack = core(rngs)
        self.to_steps = nnx.Linear(self.stack.width, self.horizon * PER_STEP, rngs=rngs)
        self.step = nnx.Param(0.1 * jax.random.normal(rngs.params(), (self.horizon, PER_STEP)))
        self.activation = activation
        self.hidden = nnx.Linear(
            2 * PER_STEP + beside + 1, HEAD,
            kernel_init=kernel_initialiser(activation), rngs=rngs,
        )  # fmt: skip
        self.dropout = Dropout(rngs=rngs) if dropout else None
        self.output = nnx.Linear(HEAD, 3, kernel_init=nnx.initializers.zeros, rngs=rngs)
        self.stretch = Stretch(jnp.ones((2, self.horizon)))

    def __call__(self, inputs: Mapping[str, jax.Array]) -> jax.Array:
        """Logits (batch, 3 * horizon): all low ends, all middles, all high ends."""
        quantiles, center, spread = self.normalised(inputs)
        middle = quantiles[1]
        below, above = self.stretch[...].astype(middle.dtype)[:, None]  # (1, horizon) each
        low = middle - below * (middle - quantiles[0])
        high = middle + above * (quantiles[2] - middle)
        together = jnp.stack([low, middle, high], axis=1)  # (batch, 3, horizon)
        together = together * spread[..., None] + center[..., None]
        return together.reshape(together.shape[0], -1)

    def normalised(self, inputs: Mapping[str, jax.Array]) -> tuple[Quantiles, jax.Array, jax.Array]:
        """The three in units of each window's past, its mean and its spread.

        Reversible instance normalisation (Kim et al. 2022): what enters has the mean 0 and the
        spread 1 in every window, so a trend is followed wherever it leads.

        Returns:
            (low, middle, high), each (batch, horizon); mean (batch, 1); spread (batch, 1).
        """
        past = inputs["past"]  # (batch, context)
        center = jnp.mean(past, axis=1, keepdims=True)
        level = jnp.mean(jnp.abs(past), axis=1, keepdims=True)
        spread = jnp.sqrt(jnp.mean(jnp.square(past - center), axis=1, keepdims=True))
        spread = jnp.maximum(spread, LEAST * level + 1e-12)
        shifted = (past - center) / spread
        linear = (inputs["linear"] - center) / spread  # (batch, horizon)
        beside = self._beside(inputs, past)  # (batch, context + horizon, width)
        steps = jnp.concatenate([shifted[..., None], beside[:, : self.context]], axis=2)
        state = self.stack(steps)  # (batch, width)
        of_steps = self.to_steps(state).reshape(-1, self.horizon, PER_STEP)
        names = jnp.broadcast_to(self.step[...].astype(of_steps.dtype), of_steps.shape)
        seen = [of_steps, names, linear[..., None], beside[:, self.context :]]
        x = ACTIVATIONS[self.activation](self.hidden(jnp.concatenate(seen, axis=2)))
        if self.dropout is not None:
            x = self.dropout(x)
        x = self.output(x)  # (batch, horizon, 3)
        middle = linear + x[..., 1]
        low = middle - jax.nn.softplus(x[..., 0] + NARROW)
        high = middle + jax.nn.softplus(x[..., 2] + NARROW)
        return (low, middle, high), center, spread

    def _beside(self, inputs: Mapping[str, jax.Array], past: jax.Array) -> jax.Array:
        """What is known of every step beside its value: (batch, context + horizon, width)."""
        rows, steps = past.shape[0], self.context + self.horizon
        parts = [inputs["calendar"]] if "calendar" in inputs else []
        if self.known is not None:
            flat = {
                name.removeprefix("known_"): value.reshape(rows * steps, *value.shape[2:])
                for name, value in inputs.items()
                if name.startswith("known_")
            }
            parts.append(self.known(flat).reshape(rows, steps, -1))
        if self.static is not None:
            own = {
                name.removeprefix("static_"): value
                for name, value in inputs.items()
                if name.startswith("static_")
            }
            whole = self.static(own)[:, None]  # (batch, 1, width)
            parts.append(jnp.broadcast_to(whole, (rows, steps, whole.shape[2])))
        if not parts:
            return jnp.zeros((rows, steps, 0), past.dtype)
        return jnp.concatenate(parts, axis=2)


def step_width(inputs: InputSpec) -> int:
    """Numbers of a step of the past as the first layer sees it."""
    window = inputs.window
    assert window is not None
    return 1 + window.calendar + input_width(window.known) + input_width(window.static)
