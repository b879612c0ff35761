"""A trained model of language as its two programs want it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.families.transformer.generation import program
from ranvier.families.transformer.generation.cache import Cache
from ranvier.families.transformer.generation.program import STACK, Weights
from ranvier.families.transformer.lora import merged
from ranvier.training.step import with_precision

if TYPE_CHECKING:
    from ranvier.families.transformer.builder import TransformerBuilder

# Slots of a cache at first. Each further size compiles anew, and empty slots are read in vain: of
# several texts these take longer than the weights.
LEAST_SLOTS, LEAST_OF_MANY, MANY = 256, 64, 4
LEAST_STEPS = 16  # of a prompt, for the same reason


class Decoder:
    """The weights on the device, and the sizes for which there are programs.

    Args:
        build: the network's builder.
        parameters: path -> array.
        precision: of the arithmetic.
        context: tokens that the network sees at once.
        forbidden: tokens that are never drawn.
        end: the token behind a text; None: there is none.
    """

    def __init__(
        self,
        build: TransformerBuilder,
        parameters: Mapping[str, np.ndarray[Any, Any]],
        precision: str,
        context: int,
        forbidden: Sequence[int],
        end: int | None,
    ) -> None:
        whole = merged(parameters)  # pairs beside a kernel would be two more products
        stack = {k.removeprefix(STACK): v for k, v in whole.items() if k.startswith(STACK)}
        rest = {k: v for k, v in whole.items() if not k.startswith(STACK)}
        head = rest.get("head/kernel")
        if head is None:
            head = np.ascontiguousarray(rest["embed/tokens"].T)
        mask = np.zeros(build.inputs.vocabulary, bool)
        mask[list(forbidden)] = True
        layers = tuple(
            {name: array[layer] for name, array in stack.items()}
            for layer in range(build.shape.layers)
        )
        placed = jax.device_put((stack, layers, rest, head))
        self.stack, self.layers, rest, head = with_precision(placed, precision)
        self.weights = Weights(rest, head, jnp.asarray(mask), jnp.int32(-1 if end is None else end))
        self.build, self.context, self.vocabulary = build, context, build.inputs.vocabulary

    def steps(self, tokens: int) -> int:
        """Of the program that reads so many tokens."""
        return max(tokens, min(self.context, _power(max(tokens, LEAST_STEPS))))

    def slots(self, tokens: int, rows: int) -> int:
        """Of a cache with room for so many tokens of each of some texts."""
        least = LEAST_SLOTS if rows < MANY else LEAST_OF_MANY
        return min(self.context, _power(max(tokens, least)))

    def read(
        self, slots: int, tokens: np.ndarray[Any, Any], empty: np.ndarray[Any, Any]
    ) -> tuple[jax.Array, jax.Array, Cache]:
        """See `program.reading`."""
        return program.reading(self.build, slots)(self.weights, self.stack, tokens, empty)

    def write(
        self, state: program.State, chances: Any, steps: int
    ) -> tuple[program.State, jax.Array]:
        """See `program.writing`."""
        call = program.writing(self.build)
        return call(state, self.weights, self.layers, chances, np.int32(steps))


def _power(number: int) -> int:
    """The next power of two."""
    return 1 << (number - 1).bit_length()
