"""Peers in turns: A B C A B C, so that a machine that slows down slows all of them alike."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.peers.roster import Entry
from benchmarks.rows.row import Row
from benchmarks.workers import Worker, whole_process

LONGEST = 60.0  # seconds: a peer so slow that its rounds take longer sits some of them out

Runs = list[dict[str, Any]]


def warm(
    row: Row, peers: list[tuple[Entry, Path]], data: Path, repeats: int
) -> tuple[dict[str, Runs], dict[str, str], dict[str, dict[str, str]]]:
    """Trainings of long-lived processes: (runs, reasons of those left out, versions) by peer."""
    runs: dict[str, Runs] = {}
    skipped: dict[str, str] = {}
    versions: dict[str, dict[str, str]] = {}
    workers: dict[str, Worker] = {}
    rounds: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        try:
            for peer, python in peers:
                try:
                    worker = Worker(python, peer, row.name, data, Path(scratch))
                    workers[peer.name] = worker
                    versions[peer.name] = worker.versions
                    first = worker.train(row.epochs)  # what compiles, compiles here
                    rounds[peer.name] = max(1, min(repeats, int(LONGEST / first["seconds"])))
                    runs[peer.name] = []
                    _say(f"{row.name}: {peer.title} is ready")
                except LookupError as reason:
                    skipped[peer.name] = str(reason)
                    _say(f"{row.name}: {peer.title} is left out: {reason}")
            for number in range(repeats):
                for name in [name for name in runs if number < rounds[name]]:
                    run = _watched(lambda name=name: workers[name].train(row.epochs))
                    runs[name].append(run | {"value": run["seconds"] / row.epochs})
                _say(f"{row.name}: round {number + 1} of {repeats} is done")
        finally:
            for worker in workers.values():
                worker.close()
    return runs, skipped, versions


def cold(
    row: Row, peers: list[tuple[Entry, Path]], data: Path, repeats: int
) -> tuple[dict[str, Runs], dict[str, str], dict[str, dict[str, str]]]:
    """Whole processes; a peer with a cache is run with an empty one, then with a filled one.

    The filled one's runs are named "<peer>+cache".
    """
    runs: dict[str, Runs] = {}
    skipped: dict[str, str] = {}
    versions: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        cache = Path(scratch) / "cache"

        def once(peer: Entry, python: Path) -> dict[str, Any]:
            run = whole_process(python, peer, row.name, data, Path(scratch), cache)
            versions[peer.name] = run.pop("versions")
            return run | {"value": run["seconds"]}

        # Once unmeasured: the files come from the disk, and Python writes its bytecode.
        for peer, python in peers:
            try:
                once(peer, python)
            except LookupError as reason:
                skipped[peer.name] = str(reason)
                _say(f"{row.name}: {peer.title} is left out: {reason}")
            shutil.rmtree(cache, ignore_errors=True)
        for number in range(repeats):
            for peer, python in peers:
                if peer.name in skipped:
                    continue
                for name in (peer.name, f"{peer.name}+cache")[: 1 + peer.caches]:
                    run = _watched(lambda peer=peer, python=python: once(peer, python))
                    runs.setdefault(name, []).append(run)
                shutil.rmtree(cache, ignore_errors=True)
            _say(f"{row.name}: round {number + 1} of {repeats} is done")
    return runs, skipped, versions


def _watched(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What the work answers, and the share of the machine that others used meanwhile."""
    busy, began = machine.busy_seconds(), time.perf_counter()
    answer = work()
    busy, wall = machine.busy_seconds() - busy, time.perf_counter() - began
    cores = int(machine.description()["cores"])
    others = max(0.0, busy - answer["cpu_seconds"]) / wall / cores
    return answer | {"others": round(others, 3)}


def _say(text: str) -> None:
    print(text, flush=True)
