"""Peers in turns: A B C A B C, so that a machine that slows down slows all of them alike."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.peers.roster import Entry
from benchmarks.rows.row import Row
from benchmarks.workers import Worker, whole_process

LONGEST = 60.0  # seconds: a peer so slow that its rounds take longer sits some of them out

Peers = list[tuple[Entry, Path]]


@dataclass
class Measured:
    """What is known so far: by peer, its runs, its versions, or why it is left out."""

    runs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    versions: dict[str, dict[str, str]] = field(default_factory=dict)

    def leave_out(self, row: Row, peer: Entry, reason: LookupError) -> None:
        """Note why a peer does not take part."""
        self.skipped[peer.name] = str(reason)
        _say(f"{row.name}: {peer.title} is left out: {reason}")

    def stopped(self, row: Row, name: str, reason: LookupError) -> None:
        """Note that a peer ended during the rounds; the rounds that it finished stay."""
        self.skipped[f"{name} after {len(self.runs.get(name, []))} rounds"] = str(reason)
        _say(f"{row.name}: {name} stops: {reason}")


def warm(
    row: Row, peers: Peers, data: Path, repeats: int, *, longest: float = LONGEST
) -> Iterator[Measured]:
    """Trainings of long-lived processes; what is known after each round.

    `longest`: seconds that a peer's rounds may take; a slower one sits some of them out.
    """
    known = Measured()
    workers: dict[str, Worker] = {}
    rounds: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        try:
            for peer, python in peers:
                try:
                    worker = Worker(python, peer, row.name, data, Path(scratch))
                    workers[peer.name] = worker
                    known.versions[peer.name] = worker.versions
                    first = worker.train(row.epochs)  # what compiles, compiles here
                    rounds[peer.name] = _rounds(first, repeats, longest)
                    _say(f"{row.name}: {peer.title} is ready")
                except LookupError as reason:
                    known.leave_out(row, peer, reason)
            for number in range(repeats):
                for name in [name for name, most in rounds.items() if number < most]:
                    try:
                        run = watched(partial(workers[name].train, row.epochs))
                    except LookupError as reason:
                        known.stopped(row, name, reason)
                        rounds[name] = 0
                        continue
                    run["value"] = run["seconds"] / row.epochs
                    run["cpu_value"] = run["train_cpu_seconds"] / row.epochs
                    known.runs.setdefault(name, []).append(run)
                _say(f"{row.name}: round {number + 1} of {repeats} is done")
                yield known
        finally:
            for worker in workers.values():
                worker.close()


def cold(row: Row, peers: Peers, data: Path, repeats: int) -> Iterator[Measured]:
    """Whole processes; a peer with a cache is run with an empty one, then with a filled one.

    The filled one's runs are named "<peer>+cache".
    """
    known = Measured()
    rounds: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        cache = Path(scratch) / "cache"

        def once(peer: Entry, python: Path) -> dict[str, Any]:
            run = whole_process(python, peer, row.name, data, Path(scratch), cache)
            known.versions[peer.name] = run.pop("versions")
            return run | {"value": run["seconds"], "cpu_value": run["cpu_seconds"]}

        # Once unmeasured: the files come from the disk, and Python writes its bytecode.
        for peer, python in peers:
            try:
                rounds[peer.name] = _rounds(once(peer, python), repeats, LONGEST)
            except LookupError as reason:
                known.leave_out(row, peer, reason)
            shutil.rmtree(cache, ignore_errors=True)
        for number in range(repeats):
            for peer, python in peers:
                if number >= rounds.get(peer.name, 0):
                    continue
                for name in (peer.name, f"{peer.name}+cache")[: 1 + peer.caches]:
                    try:
                        run = watched(partial(once, peer, python))
                    except LookupError as reason:
                        known.stopped(row, name, reason)
                        rounds[peer.name] = 0
                        break
                    known.runs.setdefault(name, []).append(run)
                shutil.rmtree(cache, ignore_errors=True)
            _say(f"{row.name}: round {number + 1} of {repeats} is done")
            yield known


def _rounds(first: dict[str, Any], repeats: int, longest: float) -> int:
    return max(1, min(repeats, int(longest / first["seconds"])))


def watched(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What the work answers, and the share of the machine that others used meanwhile."""
    busy, began = machine.busy_seconds(), time.perf_counter()
    answer = work()
    busy, wall = machine.busy_seconds() - busy, time.perf_counter() - began
    cores = int(machine.description()["cores"])
    others = max(0.0, busy - answer["cpu_seconds"]) / wall / cores
    return answer | {"others": round(others, 3)}


def _say(text: str) -> None:
    print(text, flush=True)
