"""A program that says its result as one line of JSON and ends; what it said, and what it took."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.environments import ROOT


@dataclass(frozen=True)
class Ended:
    """A process that ended well.

    Attributes:
        answer: the last line that it said.
        seconds: by the clock, from its start to its end.
        cpu_seconds: of all its threads.
    """

    answer: dict[str, Any]
    seconds: float
    cpu_seconds: float


def run(command: list[str], environment: dict[str, str], log: Path) -> Ended:
    """Start a process in the root of the repository and wait for its end.

    Args:
        command: the program and its words.
        environment: its variables.
        log: where its standard error goes.

    Raises:
        LookupError: it failed, or said nothing; with its last words.
    """
    with log.open("w") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode or not said:
        raise LookupError(last_words(log, process.returncode))
    answer = json.loads(said.splitlines()[-1])
    return Ended(answer, seconds, used.ru_utime + used.ru_stime)


def last_words(log: Path, code: int) -> str:
    """Why a process ended: the signal that ended it, or the last line that it wrote."""
    if code < 0:
        return f"ended from outside by {signal.Signals(-code).name}"
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return f"ended with {code}: {lines[-1][:160] if lines else 'without a word'}"
