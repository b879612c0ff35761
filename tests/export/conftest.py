"""Networks of a few steps need little optimising; see `tests/families/conftest.py`."""

import jax
import pytest


@pytest.fixture(scope="module", autouse=True)
def _quickly():
    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", False)
    jax.clear_caches()
