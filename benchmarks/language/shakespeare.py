"""nanoGPT's network for a processor on all of Shakespeare: how well it learns, and how fast.

    python -m benchmarks.language.shakespeare --what quality [--seeds 0,1,2] [--peers ranvier,torch]
    python -m benchmarks.language.shakespeare --what speed [--repeats 5] [--peers ranvier,torch]

quality: each library trains 2,000 iterations on the same 90 % of the characters, in a process of
its own; the loss is that of all windows of 64 characters of the rest. speed: processes that stay
take turns, everything compiled. See `row.py` for the network and its training. Ranvier's schedule
falls to 0 and not to a tenth of the rate, and its decay spares the tables of tokens and positions.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import mean, median
from typing import Any

from benchmarks import machine, measuring, tables
from benchmarks.driver import data_of, installed
from benchmarks.environments import ROOT
from benchmarks.language.row import EPOCH, ROWS, Characters
from benchmarks.peers.roster import Entry
from benchmarks.workers import whole_process

RESULTS = ROOT / "benchmarks" / "results"
LONGEST = 3600.0  # seconds that a peer's rounds may take

_Peer = partial(Entry, folder="language.peers")
_CACHE = (("RANVIER_CACHE_DIR", "{cache}"),)
_TENSORFLOW = (("KERAS_BACKEND", "tensorflow"), ("TF_CPP_MIN_LOG_LEVEL", "3"))
PEERS = (
    _Peer("ranvier", "Ranvier, nanoGPT's network", "ranvier", settings=_CACHE),
    _Peer("ranvier_own", "Ranvier, its own choice at this size", "ranvier", "ranvier", ("--own",),
          _CACHE),
    _Peer("torch", "PyTorch, nanoGPT's recipe", "torch", "torch_gpt"),
    _Peer("torch_compiled", "PyTorch, torch.compile", "torch", "torch_gpt", ("--compile",),
          (("TORCHINDUCTOR_CACHE_DIR", "{cache}"),), cold=False),
    _Peer("keras_tensorflow", "Keras on TensorFlow, tuned", "tensorflow", "keras_gpt", (),
          _TENSORFLOW),
    _Peer("keras_jax", "Keras on JAX, tuned", "jax", "keras_gpt", (), (("KERAS_BACKEND", "jax"),)),
)  # fmt: skip
TITLES = {peer.name: peer.title for peer in PEERS}
ITERATIONS = {"quality": 2_000, "speed": 600}


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the table."""
    options = _options(arguments)
    row = ROWS[f"language_{options.what}"].of(options.iterations or ITERATIONS[options.what], 0)
    try:
        data = data_of(row)
    except LookupError as reason:
        print(f"Nothing is measured: {reason}")
        return 3
    wanted = [peer for peer in PEERS if peer.name in options.peers and (peer.cold or not row.cold)]
    peers, missing = installed([_told(peer, row.iterations, 0) for peer in wanted])
    report: dict[str, Any] = {
        "date": time.strftime("%Y-%m-%d"),
        "commit": machine.commit(),
        "machine": machine.description(),
    }
    out = options.out or RESULTS / f"language-{options.what}-{report['date']}"
    out.parent.mkdir(parents=True, exist_ok=True)

    def write(found: dict[str, Any], page: str) -> None:
        out.with_suffix(".json").write_text(json.dumps(report | found, indent=1) + "\n")
        out.with_suffix(".md").write_text(page)

    if options.what == "speed":
        for known in measuring.warm(row, peers, data, options.repeats, longest=LONGEST):
            found = _timed(row, known, missing, options.repeats)
            write(found, tables.markdown(report | found, TITLES))
    else:
        runs: measuring.Measured = measuring.Measured(skipped=missing)
        for seed in options.seeds:
            for peer, python in peers:
                _learn(row, peer, python, data, seed, runs)
                write({"runs": runs.runs, "skipped": runs.skipped, "iterations": row.iterations,
                       "versions": runs.versions}, table(row, runs))  # fmt: skip
    print(out.with_suffix(".md").read_text())
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    names = [peer.name for peer in PEERS]
    parser.add_argument("--what", choices=tuple(ITERATIONS), required=True)
    parser.add_argument("--seeds", type=lambda text: [int(n) for n in text.split(",")],
                        default=[0, 1, 2], help="of quality; default: 0,1,2")  # fmt: skip
    parser.add_argument("--repeats", type=int, default=5, help="rounds of speed's turns")
    parser.add_argument(
        "--peers", type=lambda text: text.split(","), default=names, help=str(names)
    )
    parser.add_argument("--iterations", type=int, help="fewer for a trial; speed: a third is one "
                        "epoch")  # fmt: skip
    parser.add_argument("--out", type=Path, help="where the results go, without suffix")
    return parser.parse_args(arguments)


def _told(peer: Entry, iterations: int, seed: int) -> Entry:
    words = ("--iterations", str(iterations), "--seed", str(seed))
    return replace(peer, arguments=(*peer.arguments, *words))


def _learn(row: Characters, peer: Entry, python: Path, data: Path, seed: int,
           known: measuring.Measured) -> None:  # fmt: skip
    """One training in a process of its own, kept in `known`."""
    seeded = replace(peer, arguments=(*peer.arguments, "--seed", str(seed)))  # the last one counts
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        where = Path(scratch)
        try:
            run = measuring.watched(
                lambda: whole_process(python, seeded, row.name, data, where, where / "cache")
            )
        except LookupError as reason:
            known.leave_out(row, peer, reason)
            return
    known.versions[peer.name] = run.pop("versions")
    known.runs.setdefault(peer.name, []).append({"seed": seed, **run})
    print(f"{peer.title}, seed {seed}: {run['loss']:.4f}, {run['seconds']:.0f} s", file=sys.stderr)


def _timed(row: Characters, known: measuring.Measured, missing: dict[str, str],
           repeats: int) -> dict[str, Any]:  # fmt: skip
    """What the report says of a speed row: seconds of `EPOCH` iterations."""
    share = EPOCH / row.steps
    for run in (run for runs in known.runs.values() for run in runs):
        own = run["about"].get("seconds_an_epoch") or run["seconds"] / row.epochs
        run["value"], run["cpu_value"] = (
            share * own,
            share * run["train_cpu_seconds"] / row.epochs,
        )
    about = {"about": row.about, "cold": False, "epochs": row.epochs, "repeats": repeats,
             "summary": tables.summarise(known.runs), "skipped": missing | known.skipped,
             "runs": known.runs}  # fmt: skip
    return {"rows": {row.name: about}, "versions": known.versions}


def table(row: Characters, known: measuring.Measured) -> str:
    """Means over the seeds, the least loss first."""
    lines = [
        f"{row.about}; {row.iterations:,} iterations.",
        "",
        "| library | validation loss (nats a character) | low–high | seeds | accuracy "
        "| s of the whole process | processor s | peak MiB |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, own in sorted(known.runs.items(), key=lambda item: _mean(item[1], "loss")):
        losses = [run["loss"] for run in own]
        cells = [TITLES[name], f"**{_mean(own, 'loss'):.4f}**",
                 f"{min(losses):.4f}–{max(losses):.4f}", f"{len(own)}",
                 f"{_mean(own, 'accuracy'):.4f}"]  # fmt: skip
        cells += [f"{median(run[key] for run in own):.0f}"
                  for key in ("seconds", "cpu_seconds", "peak_mib")]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    lines += [f"\n{TITLES[name]} is left out: {why}" for name, why in known.skipped.items()]
    others = [run["others"] for runs in known.runs.values() for run in runs]
    busy = median(others) if others else math.nan
    return (
        "\n".join([*lines, "", f"Other processes used {busy:.0%} of the machine (median)."]) + "\n"
    )


def _mean(runs: list[dict[str, Any]], key: str) -> float:
    return mean(run[key] for run in runs)


if __name__ == "__main__":
    sys.exit(main())
