"""The compiled programs of a learner, shared by every fit with an equal learner."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from ranvier import garbage
from ranvier.training.blueprint import blueprint_of
from ranvier.training.chunk import Rows, make_chunk, make_closing
from ranvier.training.learner import Learner, Settings
from ranvier.training.state import State, initialise
from ranvier.training.step import metric_names

# A program that runs once is not worth optimising: this halves the wait for the first step.
_RUN_ONCE = {"xla_backend_optimization_level": 0}


# A chunk program takes some 30 MB. One that was let go comes back from the cache on disk.
KEPT = 16


class Programs:
    """Initialisation and chunk of one learner, compiled on first use for each array shape."""

    def __init__(self, learner: Learner) -> None:
        self._learner = learner
        self._blueprint = blueprint_of(learner.build)
        self._fresh = functools.partial(initialise, learner, self._blueprint)
        self._initialise = jax.jit(
            self._fresh,
            static_argnums=0,
            compiler_options=_RUN_ONCE if jax.default_backend() == "cpu" else None,
        )
        self._metrics: dict[Any, tuple[str, ...]] = {}

    def initialise(self, batch: Any, settings: Settings) -> State:
        """A fresh state; `batch` is a tree of shapes and dtypes of one batch."""
        with garbage.paused():
            state: State = self._initialise(self._metric_names(batch, settings), settings["seed"])
        return state

    def shape_of_state(self, batch: Any, settings: Settings) -> Any:
        """The shapes and dtypes of a state, without computing one."""
        names = self._metric_names(batch, settings)
        # Not of the compiled program: JAX takes no compiler options inside another function.
        return jax.eval_shape(functools.partial(self._fresh, names), jnp.uint32(0))

    def chunk(self, state: State, *arguments: Any) -> tuple[State, Rows, Rows]:
        """Run one chunk; the state that goes in is used up."""
        result: tuple[State, Rows, Rows]
        with garbage.paused():
            result = _chunk_program(self._learner, _shapes(arguments))(state, *arguments)
        return result

    def close(self, state: State, settings: Settings, valid: Any) -> tuple[State, Rows, Rows]:
        """End an epoch; the state that goes in is used up."""
        result: tuple[State, Rows, Rows]
        with garbage.paused():
            result = _closing_program(self._learner, _shapes(valid))(state, settings, valid)
        return result

    def _metric_names(self, batch: Any, settings: Settings) -> tuple[str, ...]:
        key = _shapes(batch)
        if key not in self._metrics:
            self._metrics[key] = metric_names(self._learner, self._blueprint, batch, settings)
        return self._metrics[key]


def _shapes(tree: Any) -> Any:
    """What a program is compiled for."""
    leaves, structure = jax.tree.flatten(tree)
    return structure, tuple((leaf.shape, str(leaf.dtype)) for leaf in leaves)


@functools.lru_cache(maxsize=KEPT)
def _chunk_program(learner: Learner, shapes: Any) -> Callable[..., tuple[State, Rows, Rows]]:
    """A function of its own for each shape, so that a program is freed when it is let go."""
    del shapes
    return jax.jit(make_chunk(learner, blueprint_of(learner.build)), donate_argnums=0)


@functools.lru_cache(maxsize=KEPT)
def _closing_program(learner: Learner, shapes: Any) -> Callable[..., tuple[State, Rows, Rows]]:
    del shapes
    return jax.jit(make_closing(learner, blueprint_of(learner.build)), donate_argnums=0)


@functools.lru_cache(maxsize=KEPT)
def programs_of(learner: Learner) -> Programs:
    """The programs of a learner; the ones used last are kept."""
    return Programs(learner)
