"""One step of each recurrent cell, and what its gradient needs.

A step takes z, the products of all gates, to the next state h. Its gradient is linear in the
gradients dh and dm of the state and of the memory, so that the step can name all factors while
it has the gates at hand; the way back is then a few multiplications per step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp

Arrays = tuple[jax.Array, ...]


class State(NamedTuple):
    """What goes from step to step, or the gradient of it.

    Attributes:
        h: (batch, units), which is also the output.
        memory: (batch, units) once for an LSTM, else nothing.
    """

    h: jax.Array
    memory: Arrays


class Factors(NamedTuple):
    """What is kept of a step for its gradient, each (batch, units).

    Attributes:
        gates: one per gate: the gradient of z from that of the state.
        others: as many as the cell likes.
    """

    gates: Arrays
    others: Arrays


class Back(NamedTuple):
    """The gradients that a step hands on, each (batch, units).

    Attributes:
        gates: of z, one per gate.
        beside: of what is added beside the products; None where there is nothing.
        h: of the state before, apart from what z contributes; None: z contributes all.
        memory: of the memory before.
    """

    gates: Arrays
    beside: jax.Array | None
    h: jax.Array | None
    memory: Arrays


class Cell(NamedTuple):
    """A recurrent cell.

    Attributes:
        gates: how many (batch, units) make up z.
        memory: how many arrays the state has beside h.
        beside: whether a part of the input does not go through z.
        step: (gates of z, what is beside, state) to the next state and the factors.
        back: (factors, gradient of the next state) to the gradients before the step.
    """

    gates: int
    memory: int
    beside: bool
    step: Callable[[Sequence[jax.Array], jax.Array | None, State], tuple[State, Factors]]
    back: Callable[[Arrays, State], Back]


def _lstm(z: Sequence[jax.Array], beside: jax.Array | None, state: State) -> tuple[State, Factors]:
    """Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.

    c' = f c + i g,  h' = o tanh c'.
    """
    del beside
    (c,) = state.memory
    i, f, o = (jax.nn.sigmoid(z[k]) for k in (0, 1, 3))
    g = jnp.tanh(z[2])
    latest = f * c + i * g
    t = jnp.tanh(latest)
    gates = g * i * (1 - i), c * f * (1 - f), i * (1 - g * g), t * o * (1 - o)
    return State(o * t, (latest,)), Factors(gates, (o * (1 - t * t), f))


def _lstm_back(others: Arrays, slope: State) -> Back:
    to_memory, forget = others
    dc = slope.memory[0] + slope.h * to_memory
    return Back((dc, dc, dc, slope.h), None, None, (dc * forget,))


def _gru(z: Sequence[jax.Array], beside: jax.Array | None, state: State) -> tuple[State, Factors]:
    """Cho et al. 2014, with the reset gate behind the product, as cuDNN has it.

    n = tanh(beside + r z_n),  h' = n + u (h - n).
    """
    assert beside is not None
    r, u = jax.nn.sigmoid(z[0]), jax.nn.sigmoid(z[1])
    n = jnp.tanh(beside + r * z[2])
    slope = (1 - u) * (1 - n * n)
    gates = slope * z[2] * r * (1 - r), (state.h - n) * u * (1 - u), slope * r
    return State(n + u * (state.h - n), ()), Factors(gates, (slope, u))


def _gru_back(others: Arrays, slope: State) -> Back:
    new, update = others
    return Back((slope.h,) * 3, slope.h * new, slope.h * update, ())


def _rnn(z: Sequence[jax.Array], beside: jax.Array | None, state: State) -> tuple[State, Factors]:
    """Elman 1990: h' = tanh z."""
    del beside, state
    h = jnp.tanh(z[0])
    return State(h, ()), Factors((1 - h * h,), ())


def _rnn_back(others: Arrays, slope: State) -> Back:
    del others
    return Back((slope.h,), None, None, ())


# The gates of the kernels in the order of PyTorch and Keras for LSTM (input, forget, cell,
# output); reset, update, new for GRU, as in PyTorch.
CELLS = {
    "lstm": Cell(4, 1, False, _lstm, _lstm_back),
    "gru": Cell(3, 0, True, _gru, _gru_back),
    "rnn": Cell(1, 0, False, _rnn, _rnn_back),
}
