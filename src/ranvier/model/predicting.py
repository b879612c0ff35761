"""A trained network over any number of rows, with two compiled programs in all.

Rows go through in blocks of `SMALL` or of `LARGE`, the last block padded. So another number
of rows never compiles again, and a row's result does not depend on its neighbours: blocks
of fewer than 64 rows would let XLA choose another matrix product with other rounding.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ranvier.training.blueprint import blueprint_of
from ranvier.training.step import with_precision

SMALL, LARGE = 64, 2048
Arrays = dict[str, np.ndarray]


class Predictor:
    """A network's weights on the device, and its forward program."""

    def __init__(
        self,
        build: Any,
        parameters: Arrays,
        variables: Arrays,
        precision: str,
        most: int = LARGE,
    ) -> None:
        self._most = most
        self._forward = _forward(build, precision)
        self._weights = jax.device_put((parameters, variables))

    def logits(self, inputs: Arrays) -> np.ndarray:
        """Float32 (N, units) for a dictionary of arrays (N, ...)."""
        logits: np.ndarray = in_blocks(
            lambda block: self._forward(*self._weights, block), inputs, self._most
        )
        return logits


def in_blocks(run: Callable[[Arrays], Any], inputs: Arrays, most: int = LARGE) -> Any:
    """Run a compiled program over blocks of rows, and put its results together.

    Args:
        run: from a dictionary of arrays (block, ...) to an array (block, ...) or a tree of them.
        inputs: a dictionary of arrays (N, ...), or of what can be cut and becomes an array.
        most: rows of a large block.
    """
    groups = next((a.groups for a in inputs.values() if hasattr(a, "groups")), None)
    if groups is not None and len(groups) and groups.min() != groups.max():
        return _by_group(run, inputs, most, groups)
    rows = next(iter(inputs.values())).shape[0]
    block = min(most, SMALL if rows <= 8 * SMALL else LARGE)
    # Each result is waited for: blocks on their way side by side would add up in memory.
    parts = [
        jax.tree.map(np.asarray, run(_padded(inputs, first, block)))
        for first in range(0, max(1, rows), block)
    ]
    return jax.tree.map(lambda *arrays: np.concatenate(arrays)[:rows], *parts)


def _by_group(run: Callable[[Arrays], Any], inputs: Arrays, most: int, groups: np.ndarray) -> Any:
    """The same where rows differ in shape: one group of like rows after the other."""
    order = np.argsort(groups, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)
    done = [in_blocks(run, {name: a[part] for name, a in inputs.items()}, most) for part in parts]
    back = np.argsort(order)
    return jax.tree.map(lambda *arrays: np.concatenate(arrays)[back], *done)


def _padded(inputs: Arrays, first: int, block: int) -> Arrays:
    """Rows `first` to `first + block`, with zeros where there are none."""
    cut = {}
    for name, array in inputs.items():
        rows = np.asarray(array[first : first + block])
        if len(rows) < block:
            whole = np.zeros((block, *rows.shape[1:]), array.dtype)
            whole[: len(rows)] = rows
            rows = whole
        cut[name] = rows
    return cut


@functools.lru_cache(maxsize=32)
def _forward(build: Any, precision: str) -> Callable[..., jax.Array]:
    blueprint = blueprint_of(build)

    def forward(parameters: Any, variables: Any, inputs: Any) -> jax.Array:
        network = blueprint.assemble(with_precision(parameters, precision), variables)
        logits: jax.Array = network(with_precision(inputs, precision))
        return logits.astype(jnp.float32)

    return jax.jit(forward)
