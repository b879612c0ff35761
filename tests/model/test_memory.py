"""Many fits in one process do not grow it."""

import subprocess
import sys

import pytest

from tests.model.many_fits import MORE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]


def megabytes(which: str) -> tuple[float, float]:
    """Resident memory before and after, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.model.many_fits", which],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    before, after = map(float, done.stdout.split())
    return before, after


def test_fifty_fits_on_other_data_of_the_same_shape():
    before, after = megabytes("same")
    assert after < 1.05 * before


def test_programs_for_shapes_of_long_ago_are_let_go():
    """A program takes some 30 MB, which would come on top for each further shape."""
    before, after = megabytes("other")
    assert after - before < MORE * 10
