"""Ctrl-C and a full disk lose nothing that was learned."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")
ROOT = Path(__file__).parents[2]
CHUNKS = [2, pytest.param(1, marks=pytest.mark.slow), pytest.param(7, marks=pytest.mark.slow),
          pytest.param(15, marks=pytest.mark.slow)]  # fmt: skip


def child(deed: str, folder: Path, chunk: int, *, interrupts: int = 0) -> str:
    """Run a deed, with a Ctrl-C each time that it stands still; what it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bad_input.child", deed, str(folder), str(chunk)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        for _ in range(interrupts):
            line = process.stdout.readline()
            if line.strip() != "ready":
                break
            process.send_signal(signal.SIGINT)
            process.stdin.write("\n")
            process.stdin.flush()
        out, problems = process.communicate()
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, problems[-3000:]
    assert out.strip().endswith("done"), problems[-3000:]
    return out


@pytest.mark.parametrize("chunk", CHUNKS)
def test_one_interrupt_keeps_the_model_and_resumes_to_the_same_bits(chunk, tmp_path):
    child("once", tmp_path, chunk, interrupts=1)


@pytest.mark.parametrize("chunk", CHUNKS)
def test_two_interrupts_leave_a_checkpoint_that_resumes_to_the_same_bits(chunk, tmp_path):
    child("twice", tmp_path, chunk + 2, interrupts=2)


@pytest.mark.parametrize("chunk", CHUNKS)
def test_a_full_disk_stops_no_training_and_leaves_the_older_files(chunk, tmp_path):
    child("full", tmp_path, chunk + 3)
