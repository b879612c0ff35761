"""Measure what is not measured yet: a process of its own for each data set, peer and seed."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import machine, processes
from benchmarks.environments import FOLDER, python_of
from benchmarks.quality import results, splits
from benchmarks.quality.peers.roster import Entry

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def measure(
    datasets: list[str], peers: list[Entry], seeds: list[int], *, again: bool, threads: int
) -> Iterator[str]:
    """Add to the results what is missing; a line for each run, as it ends.

    Args:
        datasets: their names.
        peers: the competitors.
        seeds: of the splits, and of the competitors' own randomness.
        again: also what has been measured before.
        threads: of a competitor's process; 0: its library's own choice.
    """
    known = {} if again else results.read()
    refused: set[str] = set()
    for dataset in datasets:
        for peer in peers:
            for seed in seeds:
                place = f"{dataset}, {peer.name}, seed {seed}"
                reasons = refused & {dataset, peer.environment}
                if reasons or (dataset, peer.name, seed) in known:
                    yield f"{place}: {'left out' if reasons else 'already measured'}"
                    continue
                try:
                    data = _or_refuse(splits.prepare, dataset, refused)
                    python = _or_refuse(python_of, peer.environment, refused)
                    result = _run(python, peer, data, seed, threads)
                except LookupError as reason:
                    yield f"{place}: left out: {reason}"
                    continue
                results.append({"dataset": dataset, "peer": peer.name, "seed": seed} | result)
                yield f"{place}: {_spoken(result)}"


def _or_refuse(make: Any, name: str, refused: set[str]) -> Path:
    try:
        made: Path = make(name)
    except LookupError:
        refused.add(name)  # each is tried once
        raise
    return made


def _command(python: Path, peer: Entry, data: Path, seed: int) -> list[str]:
    program = f"benchmarks.quality.peers.{peer.module}"
    return [str(python), "-m", program, "--data", str(data), "--seed", str(seed), *peer.arguments]


def _run(python: Path, peer: Entry, data: Path, seed: int, threads: int) -> results.Result:
    environment = {
        **os.environ,
        # All on the processor.
        "JAX_PLATFORMS": "cpu",
        "CUDA_VISIBLE_DEVICES": "-1",
        "RANVIER_CACHE_DIR": str(FOLDER / "compiled"),
    }
    if threads:
        environment |= dict.fromkeys(THREADS, str(threads))
    busy = machine.busy_seconds()
    with tempfile.TemporaryDirectory() as scratch:
        log = Path(scratch) / "log"
        ended = processes.run(_command(python, peer, data, seed), environment, log)
    here = machine.description()
    others = max(0.0, machine.busy_seconds() - busy - ended.cpu_seconds)
    answer = ended.answer | {
        "threads": threads or "own choice",
        # The share of the machine that other processes used.
        "others": round(others / ended.seconds / int(here["cores"]), 3),
        "date": time.strftime("%Y-%m-%d"),
        "machine": {part: here[part] for part in ("processor", "cores", "memory_gib")},
    }
    return answer | ({"commit": machine.commit()} if peer.environment == "ranvier" else {})


def _spoken(result: results.Result) -> str:
    scores = ", ".join(f"{name} {value:.4g}" for name, value in result["metrics"].items())
    return f"{scores}; {result['fit_seconds']:.1f} s ({result['fit_cpu_seconds']:.1f} s processor)"
