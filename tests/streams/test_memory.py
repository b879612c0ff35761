"""The memory of a streamed fit does not grow with the file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.streaming import generate

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the unit of ru_maxrss is Linux's"),
]

FIT = """
import sys
import ranvier as rv
rv.FCNN(recipe="textbook", batch_size=256, epochs=1, max_memory="100 MB", verbose=0).fit(
    sys.argv[1], target="y"
)
"""


def peak(path: Path) -> int:
    child = subprocess.Popen([sys.executable, "-c", FIT, str(path)])
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return usage.ru_maxrss * 1024


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_file_three_times_as_large_takes_no_more_memory(tmp_path, suffix):
    peaks = []
    for size in (2.5e8, 7.5e8):  # both more than the sample holds
        path = tmp_path / "big.csv"
        generate(path, size)
        if suffix == "parquet":
            import polars as pl

            pl.scan_csv(path).sink_parquet(tmp_path / "big.parquet")
            path = tmp_path / "big.parquet"
        peaks.append(peak(path))
    assert peaks[1] < 1e9
    assert peaks[1] < peaks[0] + 100e6
