"""Programs that run a few steps need little optimising, and compile in less time without it.

What people run is compiled in full: so it is in all other tests, those of the contracts, of the
layers and of the training among them.
"""

import jax
import pytest


@pytest.fixture(scope="module", autouse=True)
def _quickly():
    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", False)
    jax.clear_caches()  # or tests of other rooms would go on with these programs
