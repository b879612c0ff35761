"""A recurrent layer and an output layer, trained from the last states of sequences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from benchmarks.kernels.networks import STEPS, Parameters, trained
from ranvier.layers.recurrent import Recurrent
from ranvier.training.mesh import Mesh

CELLS = ("lstm", "gru", "rnn")
BATCH, LENGTH, INPUTS, UNITS = 32, 64, 16, 128


def chunk(cell: str, devices: int) -> Callable[[], Any]:
    """A compiled chunk of steps whose rows are shared by some of the host's devices."""
    graph, state = nnx.split(Recurrent(cell, INPUTS, UNITS, rngs=nnx.Rngs(0)))

    def network(p: Parameters, x: jax.Array) -> jax.Array:
        full = jax.tree.map(lambda a: a, state)
        nnx.replace_by_pure_dict(full, {k: a for k, a in p.items() if k != "dense"})
        return nnx.merge(graph, full).last(x) @ p["dense"]

    generator = np.random.default_rng(1)
    x = generator.normal(size=(STEPS, BATCH, LENGTH, INPUTS)).astype(np.float32)
    labels = generator.integers(10, size=(STEPS, BATCH))
    dense = jnp.asarray(generator.normal(size=(UNITS, 10)) / UNITS**0.5, jnp.float32)
    mesh = Mesh(tuple(jax.devices()[:devices]))
    p = mesh.everywhere({**nnx.to_pure_dict(state), "dense": dense})
    return trained(network, p, *mesh.by_rows((x, labels)))
