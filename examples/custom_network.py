"""Your own Flax NNX module through Ranvier's loop: a network with a gate.

Command:         python examples/custom_network.py
Time:            about 10 seconds on two CPU cores
Expected score:  test accuracy above 0.93
"""

import jax
from flax import nnx

import ranvier as rv


class Gated(nnx.Module):
    """One half of the hidden neurons decides how much of the other half passes."""

    def __init__(self, n_in: int, n_out: int, rngs: nnx.Rngs) -> None:
        self.values = nnx.Linear(n_in, 64, rngs=rngs)
        self.gates = nnx.Linear(n_in, 64, rngs=rngs)
        self.output = nnx.Linear(64, n_out, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, n_in) to logits (batch, n_out)."""
        return self.output(self.values(x) * nnx.sigmoid(self.gates(x)))


def build(inputs: rv.InputSpec, outputs: rv.OutputSpec, rngs: nnx.Rngs) -> nnx.Module:
    """Called by Ranvier with the widths that the data decide."""
    return Gated(inputs.numeric, outputs.units, rngs)


wine = rv.read("wine")
model = rv.Custom(build=build).fit(wine)
print(model.summary())
print(model.evaluate(wine.test))
