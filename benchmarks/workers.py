"""The driver's side of the protocol: start a peer, give it an order, time it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from benchmarks import processes
from benchmarks.environments import ROOT
from benchmarks.peers.roster import Entry

Answer = dict[str, Any]


def _command(python: Path, peer: Entry, row: str, data: Path) -> list[str]:
    place = ["--row", row, "--data", str(data)]
    return [str(python), "-m", peer.program, *place, *peer.arguments]


def _environment(peer: Entry, cache: Path) -> dict[str, str]:
    # All on the processor; threads are each library's own choice.
    plain = {"JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "-1", "PYTHONUNBUFFERED": "1"}
    own = {name: value.replace("{cache}", str(cache)) for name, value in peer.settings}
    return {**os.environ, **plain, **own}


class Worker:
    """A peer's process that stays and sleeps between orders."""

    def __init__(self, python: Path, peer: Entry, row: str, data: Path, scratch: Path) -> None:
        """Start it; raise LookupError, with the reason, where it cannot take part."""
        self._log = scratch / f"{row}-{peer.name}.log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                _command(python, peer, row, data),
                cwd=ROOT,
                env=_environment(peer, scratch / f"cache-{peer.name}"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.versions = self._answer()["versions"]

    def train(self, epochs: int) -> Answer:
        """Order one training and wait for its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": "train", "epochs": epochs}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answer(self) -> Answer:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise LookupError(processes.last_words(self._log, self._process.wait()))
        answer: Answer = json.loads(line)
        if "skipped" in answer:
            self.close()
            raise LookupError(answer["skipped"])
        return answer


def whole_process(
    python: Path, peer: Entry, row: str, data: Path, scratch: Path, cache: Path
) -> Answer:
    """Start, train, score and end one process; what it said, with its seconds and its memory.

    Raises:
        LookupError: it cannot take part, with the reason.
    """
    command = [*_command(python, peer, row, data), "--cold"]
    log = scratch / f"{row}-{peer.name}.log"
    ended = processes.run(command, _environment(peer, cache), log)
    if "skipped" in ended.answer:
        raise LookupError(ended.answer["skipped"])
    return ended.answer | {"seconds": ended.seconds, "cpu_seconds": ended.cpu_seconds}
