"""How long twelve layers take to compile beside two: asked is at most one and a half times.

    python -m benchmarks.language.compiling [--layers 2,12] [--repeats 5]

Each is a process of its own with an empty cache, and they take turns. A model of language is fit
on a made-up text for two steps; counted is the time until the first chunk of steps was handed
over, in which its programs are traced and compiled.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import machine, measuring, processes
from benchmarks.environments import ROOT

RESULTS = ROOT / "benchmarks" / "results"
ASKED = 1.5
SIZES = {"width": 128, "heads": 4, "context": 64, "batch_size": 12}


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--layers", type=lambda text: [int(n) for n in text.split(",")],
                        default=[2, 12], help="the first is the base")  # fmt: skip
    parser.add_argument("--repeats", type=int, default=5, help="rounds of turns")
    parser.add_argument("--out", type=Path, help="where the results go, without suffix")
    options = parser.parse_args(arguments)
    out = options.out or RESULTS / f"language-compiling-{time.strftime('%Y-%m-%d')}"
    out.parent.mkdir(parents=True, exist_ok=True)
    runs: dict[int, list[dict[str, Any]]] = {layers: [] for layers in options.layers}
    for number in range(options.repeats):
        for layers, known in runs.items():
            known.append(measured(layers))
            print(f"round {number + 1}: {layers} layers: {known[-1]['compile_seconds']:.1f} s",
                  file=sys.stderr)  # fmt: skip
        report = {"date": time.strftime("%Y-%m-%d"), "commit": machine.commit(),
                  "machine": machine.description(), "runs": runs}  # fmt: skip
        out.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
        out.with_suffix(".md").write_text(table(runs) + "\n")
    print(table(runs))
    return 0


def measured(layers: int) -> dict[str, Any]:
    """One process with an empty cache: what it said, its seconds and who else was busy."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        own = {"JAX_PLATFORMS": os.environ.get("JAX_PLATFORMS", "cpu"),
               "RANVIER_CACHE_DIR": f"{scratch}/cache"}  # fmt: skip
        command = [sys.executable, "-m", "benchmarks.language.compiling", "--child", str(layers)]

        def run() -> dict[str, Any]:
            ended = processes.run(command, {**os.environ, **own}, Path(scratch) / "log")
            return ended.answer | {"seconds": ended.seconds, "cpu_seconds": ended.cpu_seconds}

        return measuring.watched(run)


def child(layers: int) -> dict[str, Any]:
    """Two steps of a model of language."""
    import ranvier as rv

    text = "The quick brown fox jumps over the lazy dog.\n" * 400
    model = rv.Transformer(
        task="language_model", layers=layers, epochs=1, steps_per_epoch=2, verbose=0, **SIZES
    ).fit([text])
    outcome = model._outcome
    return {"compile_seconds": outcome.compile_seconds, "fit_seconds": outcome.seconds}


def table(runs: dict[int, list[dict[str, Any]]]) -> str:
    """Medians, and the median of the ratios to the first within each round."""
    base = next(iter(runs.values()))
    lines = ["| layers | s until the first chunk | times the first row's | low–high | processor s "
             "of the process | runs |", "|--:|--:|--:|--:|--:|--:|"]  # fmt: skip
    for layers, own in runs.items():
        pairs = zip(own, base, strict=False)
        ratios = [one["compile_seconds"] / two["compile_seconds"] for one, two in pairs]
        lines.append(
            f"| {layers} | {median(run['compile_seconds'] for run in own):.2f} "
            f"| **{median(ratios):.2f}** | {min(ratios):.2f}–{max(ratios):.2f} "
            f"| {median(run['cpu_seconds'] for run in own):.1f} | {len(own)} |"
        )
    others = max(median(run["others"] for run in own) for own in runs.values())
    busy = f"Other processes used up to {others:.0%} of the machine (medians)."
    return "\n".join([*lines, "", f"Asked is at most {ASKED} times. {busy}"])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(f"\n{json.dumps(child(int(sys.argv[2])))}", flush=True)
    else:
        sys.exit(main())
