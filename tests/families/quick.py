"""Programs that compile in two thirds of the time, for tests that run a few steps of each."""

from collections.abc import Iterator
from contextlib import contextmanager

import jax


@contextmanager
def compiled_quickly() -> Iterator[None]:
    """Within it XLA leaves out what makes programs fast and takes long."""
    jax.config.update("jax_disable_most_optimizations", True)
    try:
        yield
    finally:
        jax.config.update("jax_disable_most_optimizations", False)
