"""The recurrent layer."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
from flax import nnx

from ranvier.layers.marking import marked
from ranvier.layers.recurrent.cells import CELLS
from ranvier.layers.recurrent.lengths import masked, turned
from ranvier.layers.recurrent.loop import recur

GLOROT = nnx.initializers.glorot_uniform()  # Glorot and Bengio 2010
ORTHOGONAL = nnx.initializers.orthogonal()  # Saxe et al. 2014


class Recurrent(nnx.Module):
    """A state that is carried along sequences, each as long as it likes.

    Gates lie side by side in the kernels: input, forget, cell, output for an LSTM; reset, update,
    new for a GRU, whose reset gate acts behind the product with the state (as in cuDNN, PyTorch
    and Keras).

    Args:
        cell: "lstm", "gru" or "rnn" (Elman's).
        inputs: columns of a step.
        units: columns of the state.
        reverse: whether a row is read from its last step to its first.

    Attributes:
        kernel: float32 (inputs, gates * units).
        recurrent: float32 (units, gates * units).
        bias: float32 (gates * units,), 0 at first, 1 for the forget gate of an LSTM (Jozefowicz
            et al. 2015).
        recurrent_bias: float32 (gates * units,), of a GRU, added to the product with the state;
            None for other cells.
    """

    def __init__(
        self,
        cell: str,
        inputs: int,
        units: int,
        *,
        reverse: bool = False,
        rngs: nnx.Rngs,
    ) -> None:
        if cell not in CELLS:
            raise ValueError(f"cell must be one of {', '.join(CELLS)}, got {cell!r}")
        gates = CELLS[cell].gates
        self.kernel = nnx.Param(GLOROT(rngs.params(), (inputs, gates * units), jnp.float32))
        keys = jax.random.split(rngs.params(), gates)
        squares = [ORTHOGONAL(key, (units, units), jnp.float32) for key in keys]
        self.recurrent = nnx.Param(jnp.concatenate(squares, axis=1))
        bias = jnp.zeros(gates * units)
        self.bias = nnx.Param(bias.at[units : 2 * units].set(1.0) if cell == "lstm" else bias)
        beside = CELLS[cell].beside
        self.recurrent_bias = nnx.data(nnx.Param(jnp.zeros(gates * units)) if beside else None)
        self.cell = cell
        self.reverse = reverse

    def __call__(
        self, x: jax.Array, lengths: jax.Array | None = None
    ) -> tuple[jax.Array, jax.Array]:
        """All states, and the last of each row.

        Args:
            x: (batch, steps, inputs), floating.
            lengths: int32 (batch,): how many steps of each row, from the first, are real. The
                others are not looked at. None: all are real.

        Returns:
            (batch, steps, units), zero at steps that are not real, and (batch, units): the state
            behind each row's last real step. With `reverse` a row is read from its last real
            step to its first, which gives its last state. A row of no steps gives zeros.
        """
        outputs, last = self._recur(True, x, lengths)
        assert outputs is not None
        return outputs.swapaxes(0, 1), last

    def last(self, x: jax.Array, lengths: jax.Array | None = None) -> jax.Array:
        """The last state only, (batch, units), whose gradient costs less."""
        return self._recur(False, x, lengths)[1]

    def _recur(
        self, whole: bool, x: jax.Array, lengths: jax.Array | None
    ) -> tuple[jax.Array | None, jax.Array]:
        """(steps, batch, units), or None where not the `whole` is asked for, and (batch, units)."""
        parameters = (self.kernel, self.recurrent, self.bias, self.recurrent_bias)
        weights = [p[...] for p in parameters if p is not None]
        states: tuple[jax.Array | None, jax.Array] = marked(
            "recurrent",
            lambda x, lengths, *weights: self._computed(whole, x, lengths, weights),
            x, lengths, *weights,
            cell=self.cell, reverse=self.reverse, whole=whole, lengths=lengths is not None,
        )  # fmt: skip
        return states

    def _computed(
        self, whole: bool, x: jax.Array, lengths: jax.Array | None, weights: Sequence[jax.Array]
    ) -> tuple[jax.Array | None, jax.Array]:
        x = x.swapaxes(0, 1)  # (steps, batch, inputs)
        steps = x.shape[0]
        cell = CELLS[self.cell]
        if lengths is None:
            x = jnp.flip(x, 0) if self.reverse else x  # not the loop's way: exporters know none
            outputs, last = recur(cell, whole, _with_one(x), *_weights(x, weights), None)
            if self.reverse and outputs is not None:
                outputs = jnp.flip(outputs, 0)
            return outputs, last
        # The loop knows no mask: what it does behind a row's end is not looked at.
        x = turned(x, lengths) if self.reverse else masked(x, lengths)
        count = jnp.max(lengths)
        outputs, _ = recur(cell, True, _with_one(x), *_weights(x, weights), count)
        assert outputs is not None
        steps_from_end = lengths.reshape(1, -1, 1) - 1 - jnp.arange(steps).reshape(-1, 1, 1)
        last = jnp.sum(jnp.where(steps_from_end == 0, outputs, 0), axis=0)
        if whole:
            outputs = turned(outputs, lengths) if self.reverse else masked(outputs, lengths)
        return outputs, last


def _with_one(x: jax.Array) -> jax.Array:
    """A column of ones for the bias: (steps, batch, inputs + 1)."""
    return jnp.concatenate([x, jnp.ones((*x.shape[:2], 1), x.dtype)], axis=-1)


def _weights(x: jax.Array, weights: Sequence[jax.Array]) -> tuple[jax.Array, jax.Array | None]:
    """What a row [h, x, 1] is multiplied with, and what is added behind the reset gate.

    (units + inputs + 1, gates * units) and None or (steps, batch, units), for x of
    (steps, batch, inputs).
    """
    kernel, recurrent, bias, *of_state = (a.astype(x.dtype) for a in weights)
    above = jnp.concatenate([kernel, bias[None]])  # (inputs + 1, gates * units)
    if not of_state:
        return jnp.concatenate([recurrent, above]), None
    units = recurrent.shape[0]
    new = 2 * units  # where the gate that is not reset before its product begins
    beside = jnp.einsum("tbi,iu->tbu", _with_one(x), above[:, new:])
    above = above.at[:, new:].set(0).at[-1].add(of_state[0])
    return jnp.concatenate([recurrent, above]), beside
