"""Programs that run a few steps need little optimising, and compile in less time without it."""

import pytest

from tests.families.quick import compiled_quickly


@pytest.fixture(scope="package", autouse=True)
def _quick():
    with compiled_quickly():
        yield
