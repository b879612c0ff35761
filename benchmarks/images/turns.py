"""Whole processes in turns, and their report."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import machine, measuring, processes
from benchmarks.environments import ROOT, python_of

RESULTS = ROOT / "benchmarks" / "results"
Runs = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Entry:
    """One peer.

    Attributes:
        name: as `--peers` and the JSON call it.
        title: as the tables call it.
        environment: its requirements are `requirements/<environment>.txt`.
        function: of `<command>_peers.py`, where it is not called as the peer is.
        settings: environment variables of its process.
        again: whether it is run a second time, with the caches that the first run left.
    """

    name: str
    title: str
    environment: str
    function: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    again: bool = False


TENSORFLOW = (("KERAS_BACKEND", "tensorflow"), ("TF_CPP_MIN_LOG_LEVEL", "3"))


def parser(about: str, peers: tuple[Entry, ...], repeats: int) -> argparse.ArgumentParser:
    """The flags that every command has."""
    made = argparse.ArgumentParser(description=about.split("\n")[0])
    names = [peer.name for peer in peers]
    made.add_argument("--peers", type=lambda text: text.split(","), default=names, help=str(names))
    made.add_argument("--repeats", type=int, default=repeats, help="rounds of turns")
    made.add_argument("--out", type=Path, help="where the results go, without suffix")
    return made


def measure(
    command: str,
    peers: tuple[Entry, ...],
    options: argparse.Namespace,
    words: Callable[[int], dict[str, Any]],
    table: Callable[[Runs, dict[str, str]], str],
    folder: str = "images",
) -> str:
    """Run the peers in turns; write JSON and the table after each round; the table.

    Args:
        command: the module `benchmarks.<folder>.<command>_peers` holds a function for each peer.
        peers: all that there are; `options.peers` chooses.
        options: as `parser` gives them.
        words: the keywords of those functions in a round.
        table: makes the Markdown table from the runs and the peers' titles.
        folder: of `benchmarks`, in which the command is.
    """
    out = options.out or RESULTS / f"{folder}-{command}-{time.strftime('%Y-%m-%d')}"
    out.parent.mkdir(parents=True, exist_ok=True)
    chosen = [peer for peer in peers if peer.name in options.peers]
    titles = {peer.name: peer.title for peer in chosen}
    titles |= {f"{peer.name}+cache": f"{peer.title}, second run" for peer in chosen}
    runs: Runs = {}
    skipped: dict[str, str] = {}
    page = ""
    for number in range(options.repeats):
        for peer in [peer for peer in chosen if peer.name not in skipped]:
            try:
                for name, run in _once(f"{folder}.{command}", peer, words(number)).items():
                    runs.setdefault(name, []).append(run)
                    _say(f"round {number + 1}: {titles[name]}: {run['whole_seconds']:.1f} s")
            except LookupError as reason:
                skipped[peer.name] = str(reason)
                _say(f"{peer.title} is left out: {reason}")
        report = {
            "date": time.strftime("%Y-%m-%d"),
            "commit": machine.commit(),
            "machine": machine.description(),
            "skipped": skipped,
            "runs": runs,
        }
        left_out = [f"\n{titles[name]} is left out: {reason}" for name, reason in skipped.items()]
        page = "\n".join([table(runs, titles), *left_out, "", _busy(runs)]) + "\n"
        out.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
        out.with_suffix(".md").write_text(page)
    return page


def _once(command: str, peer: Entry, words: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A run with empty caches and, where the peer has some, one with those filled."""
    program = f"benchmarks.{command}_peers"
    line = [
        str(python_of(peer.environment)),
        "-m",
        program,
        peer.function or peer.name,
        json.dumps(words),
    ]
    found = {}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        environment = {
            **os.environ,
            "JAX_PLATFORMS": "cpu",
            "CUDA_VISIBLE_DEVICES": "-1",
            "RANVIER_CACHE_DIR": f"{scratch}/cache",
            **dict(peer.settings),
        }

        def run() -> dict[str, Any]:
            ended = processes.run(line, environment, Path(scratch) / "log")
            took = {"whole_seconds": ended.seconds, "cpu_seconds": ended.cpu_seconds}
            return ended.answer | took

        for name in (peer.name, f"{peer.name}+cache")[: 1 + peer.again]:
            found[name] = measuring.watched(run)
    return found


def serve(functions: dict[str, Any]) -> None:
    """A peer's process: call its function, say its answer."""
    answer = functions[sys.argv[1]](**json.loads(sys.argv[2]))
    print(f"\n{json.dumps(answer)}", flush=True)


def middle(runs: list[dict[str, Any]], key: str) -> float:
    """The median of what the runs say under a key."""
    return float(median(run[key] for run in runs))


def times(runs: Runs, name: str, key: str, base: str = "ranvier") -> str:
    """The median of the ratios to the base's time within each round, as text."""
    if base not in runs:
        return "–"
    pairs = zip(runs[name], runs[base], strict=False)
    return f"{median(own[key] / other[key] for own, other in pairs):.2f}"


def _busy(runs: Runs) -> str:
    share = max((middle(own, "others") for own in runs.values()), default=0.0)
    return f"Other processes used up to {share:.0%} of the machine (medians)."


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
