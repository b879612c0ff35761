"""A run killed with SIGKILL at random moments ends with the bits of the unbroken run."""

import pickle
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.training.child import train
from tests.training.runs import assert_same

EPOCHS = 40


@pytest.fixture(scope="module")
def unbroken():
    return train(None, EPOCHS)


def start(folder: Path, out: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.training.child", str(folder), str(out), str(EPOCHS)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kill_often(folder: Path, out: Path, kills: int, generator: np.random.Generator) -> list[int]:
    """Start and kill until it was killed `kills` times, then let it end; steps begun from."""
    begun = []
    while True:
        child = start(folder, out)
        assert child.stdout is not None
        line = child.stdout.readline()
        assert line.startswith("started"), (line, child.communicate()[1])
        first, total = (int(word) for word in line.split()[1:])
        begun.append(first)
        if len(begun) > kills:
            _, errors = child.communicate()
            assert child.returncode == 0, errors
            return begun
        # So many chunks, then a moment of up to 30 ms: in a step, a write, a rename.
        for _ in range(int(generator.integers(1, max(2, (total - first) // (8 * kills))))):
            child.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(timeout=float(generator.uniform(0.0, 0.03)))
        child.send_signal(signal.SIGKILL)
        child.communicate()
        assert child.returncode == -signal.SIGKILL


def check(folder: Path, kills: int, seed: int, unbroken: object) -> None:
    out = folder / "outcome"
    begun = kill_often(folder / "run", out, kills, np.random.default_rng(seed))
    assert begun[0] == 0
    assert max(begun) > 0  # it did go on
    assert_same(unbroken, pickle.loads(out.read_bytes()))


def test_three_kills(tmp_path, unbroken):
    check(tmp_path, 3, 0, unbroken)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_twenty_kills_in_four_runs(tmp_path, unbroken, seed):
    check(tmp_path, 5, seed, unbroken)
