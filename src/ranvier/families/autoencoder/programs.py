"""What a trained autoencoder is asked, as compiled programs over blocks of rows."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.families.autoencoder.builder import AutoencoderBuilder
from ranvier.families.autoencoder.codes import VariationalCode
from ranvier.families.autoencoder.learning import log_likelihood
from ranvier.families.autoencoder.rows import mean_of_row
from ranvier.model.predicting import in_blocks
from ranvier.training.blueprint import blueprint_of
from ranvier.training.step import with_precision

DRAWS = 8  # codes of each row, over which its evidence is the mean

Arrays = dict[str, Any]


class Programs:
    """A network's weights on the device, and what it is asked.

    Args:
        build: the network's builder.
        parameters, variables: path -> array.
        precision: of the arithmetic.
        most: rows that go through it together.
    """

    def __init__(
        self, build: AutoencoderBuilder, parameters: Arrays, variables: Arrays, precision: str,
        most: int,
    ) -> None:  # fmt: skip
        self._build, self._precision, self._most = build, precision, most
        self._weights = jax.device_put((parameters, variables))

    def codes(self, inputs: Arrays) -> np.ndarray:
        """Float32 (N, dimensions)."""
        codes: np.ndarray = self._run("codes", inputs)
        return codes

    def rows(self, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Float32 (N, ...) in standardised units, and (N,): how long each is, a share."""
        made: tuple[np.ndarray, np.ndarray] = self._run("rows", {"code": codes})
        return made

    def usual(self, inputs: Arrays) -> np.ndarray:
        """Float32 (N,): minus the mean squared error, or the lower bound of the evidence."""
        usual: np.ndarray = self._run("usual", inputs)
        return usual

    def compared(self, inputs: Arrays) -> tuple[np.ndarray, np.ndarray]:
        """Float32 (N, ...) twice: the rows, and what is made of them; padded steps are 0."""
        pair: tuple[np.ndarray, np.ndarray] = self._run("compared", inputs)
        return pair

    def _run(self, asked: str, inputs: Arrays) -> Any:
        program = _program(self._build, self._precision, asked)
        if asked != "compared" or "lengths" not in inputs:
            return in_blocks(lambda block: program(*self._weights, block), inputs, self._most)
        longest = inputs["steps"].shape[1]  # rows of different lengths are padded to one

        def padded(block: Arrays) -> Any:
            return jax.tree.map(
                lambda a: jnp.pad(a, ((0, 0), (0, longest - a.shape[1]), (0, 0))),
                program(*self._weights, block),
            )

        return in_blocks(padded, inputs, self._most)


@functools.lru_cache(maxsize=64)
def _program(build: AutoencoderBuilder, precision: str, asked: str) -> Callable[..., Any]:
    blueprint = blueprint_of(build)

    def program(parameters: Any, variables: Any, inputs: Any) -> Any:
        network = blueprint.assemble(with_precision(parameters, precision), variables)
        answer = ASKED[asked](network, with_precision(inputs, precision))
        return jax.tree.map(lambda a: a.astype(jnp.float32), answer)

    return jax.jit(program)


def _codes(network: Any, inputs: Arrays) -> jax.Array:
    codes: jax.Array = network.encoded(inputs)
    return codes


def _rows(network: Any, inputs: Arrays) -> tuple[jax.Array, jax.Array]:
    code = network.code.decodable(inputs["code"])
    made = network.decoded(code, network.shape.shape[0])
    if network.length is None:
        return made, jnp.ones(made.shape[0])
    return made, network.share_of_longest(code)


def _compared(network: Any, inputs: Arrays) -> tuple[jax.Array, jax.Array]:
    x = network.input(inputs)
    made = network.decoded(network.encoded(inputs), x.shape[1])
    lengths = inputs.get("lengths")
    if lengths is None:
        return x, made
    real = jnp.arange(x.shape[1])[None] < lengths[:, None]
    return x, jnp.where(real[..., None], made, 0.0)


def _usual(network: Any, inputs: Arrays) -> jax.Array:
    x, lengths = network.input(inputs), inputs.get("lengths")
    if not isinstance(network.code, VariationalCode):
        made = network.decoded(network.encoded(inputs), x.shape[1])
        error: jax.Array = mean_of_row(jnp.square(made - x), lengths)
        return -error
    raw, features = network.raw(x, lengths)

    def evidence(key: jax.Array) -> jax.Array:
        code, cost = network.code(raw, features, key)
        made = network.decoded(code, x.shape[1])
        errors = mean_of_row(jnp.square(made - x), lengths)
        likelihood = log_likelihood(network.code, errors, network.shape.numbers)
        bound: jax.Array = likelihood - cost
        return bound

    # One after the other: all draws at once would take as many times the memory.
    bounds: jax.Array = jax.lax.map(evidence, jax.random.split(jax.random.key(0), DRAWS))
    return bounds.mean(axis=0)


ASKED: dict[str, Callable[[Any, Arrays], Any]] = {
    "codes": _codes,
    "rows": _rows,
    "usual": _usual,
    "compared": _compared,
}
