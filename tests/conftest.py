"""Strictness for every test: no silent broadcasting, no traces outside the test run."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

import hypothesis
import jax
import pytest

from tests import compiling

# A compilation cache of its own: a test run neither reads nor fills the user's. Set before
# anything of Ranvier is imported, and inherited by the processes that tests start, and by those
# that share a run's tests among them.
if "PYTEST_XDIST_WORKER" not in os.environ:
    _CACHE = tempfile.TemporaryDirectory(prefix="ranvier-tests-", ignore_cleanup_errors=True)
    os.environ["RANVIER_CACHE_DIR"] = _CACHE.name

# The same devices on every machine; tests of several ask for them in processes of their own.
os.environ["JAX_NUM_CPU_DEVICES"] = "1"
jax.config.update("jax_num_cpu_devices", 1)

# (batch,) + (batch, 1) silently makes (batch, batch); here it is an error.
jax.config.update("jax_numpy_rank_promotion", "raise")

# The same examples in every run, and no clock: the machine may be busy.
hypothesis.settings.register_profile("ranvier", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ranvier")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before any fixture of the test, those of the whole run among them."""
    compiling.choose(item.path)


@pytest.fixture(scope="module", autouse=True)
def _no_programs_stay() -> Iterator[None]:
    """Or those of hundreds of fits, which no test runs again, would fill the memory."""
    yield
    if not compiling.in_full():
        jax.clear_caches()
