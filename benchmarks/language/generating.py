"""Tokens a second, written with a cache, beside PyTorch: asked is at least three times as many.

    python -m benchmarks.language.generating [--repeats 7] [--sizes small,large] [--rows 1,8]

Two processes that stay take turns, A B A B: `Transformer`'s own generation, and a GPT of the same
sizes in plain PyTorch with a cache in a Python loop, with one thread and with two, the cache laid
out ahead or put together anew. The best of PyTorch's is what Ranvier is compared with. Both write
until the context is full, at a temperature of 0.8; nothing is compiled while it is measured.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks import machine
from benchmarks.environments import ROOT, python_of
from ranvier.families.transformer.builder import CAUSAL, TransformerBuilder
from ranvier.families.transformer.generation.decoder import Decoder
from ranvier.families.transformer.generation.settings import Asked
from ranvier.families.transformer.generation.writing import Writer
from ranvier.families.transformer.shape import Shape
from ranvier.specification import InputSpec, OutputSpec
from ranvier.training.blueprint import blueprint_of

RESULTS = ROOT / "benchmarks" / "results"
ASKED = 3.0
VOCABULARY = 65
SIZES = {  # layers, width, heads, context
    "small-64": (4, 128, 4, 64),
    "small": (4, 128, 4, 256),
    "large": (6, 384, 6, 256),
}
WAYS = {
    f"{threads} thread{'s' * (threads > 1)}, {words}": {"threads": threads, "ahead": ahead}
    for threads in (1, 2)
    for words, ahead in (("laid out ahead", True), ("put together", False))
}
Spent = tuple[float, float]  # seconds by the clock, of the processor


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--repeats", type=int, default=7, help="rounds of turns")
    parser.add_argument("--sizes", type=lambda text: text.split(","), default=list(SIZES))
    parser.add_argument("--rows", type=lambda text: [int(n) for n in text.split(",")],
                        default=[1, 8], help="texts at once")  # fmt: skip
    parser.add_argument("--out", type=Path, help="where the results go, without suffix")
    options = parser.parse_args(arguments)
    out = options.out or RESULTS / f"language-generating-{time.strftime('%Y-%m-%d')}"
    out.parent.mkdir(parents=True, exist_ok=True)
    command = [str(python_of("torch")), "-m", "benchmarks.language.generating_torch"]
    found: dict[str, Any] = {}
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as peer:
        for name in options.sizes:
            for rows in options.rows:
                found[f"{name}, {rows} at once"] = _rounds(peer, SIZES[name], rows, options.repeats)
                report = {"date": time.strftime("%Y-%m-%d"), "commit": machine.commit(),
                          "machine": machine.description(), "runs": found}  # fmt: skip
                out.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
                out.with_suffix(".md").write_text(table(found) + "\n")
        assert peer.stdin is not None
        peer.stdin.close()
    print(table(found))
    return 0


def _rounds(
    peer: subprocess.Popen[str], sizes: tuple[int, ...], rows: int, repeats: int
) -> dict[str, Any]:
    steps = sizes[-1] - 1
    calls: dict[str, Callable[[], Spent]] = {"ranvier": _ranvier(sizes, rows, steps)}
    for name, way in WAYS.items():
        asked = {"sizes": [*sizes, VOCABULARY], "rows": rows, "steps": steps, **way}
        calls[name] = lambda asked=asked: _asked(peer, asked)  # type: ignore[misc]
    for call in calls.values():
        call()
    runs: dict[str, list[Spent]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            runs[name].append(call())
    return {"tokens": rows * steps, "seconds": runs}


def _ranvier(sizes: tuple[int, ...], rows: int, steps: int) -> Callable[[], Spent]:
    layers, width, heads, context = sizes
    shape = Shape(layers=layers, width=width, heads=heads, key_heads=heads,
                  head_width=width // heads, hidden=4 * width, causal=True,
                  longest=context)  # fmt: skip
    outputs = OutputSpec(VOCABULARY, "softmax", "cross_entropy", each_step=True)
    inputs = InputSpec(steps=context, vocabulary=VOCABULARY)
    build = TransformerBuilder(inputs, outputs, shape, language=CAUSAL)
    random = np.random.default_rng(0)
    parameters = {
        path: random.normal(0, 0.02, wanted.shape).astype(np.float32)
        for path, wanted in blueprint_of(build).parameters.items()
    }
    decoder = Decoder(build, parameters, "float32", context, [], None)

    def write() -> Spent:
        began, busy = time.perf_counter(), time.process_time()
        writer, told = Writer(decoder, [[0]] * rows, Asked()), 0
        while told < steps:
            told += writer.more(steps - told).shape[1]
        return time.perf_counter() - began, time.process_time() - busy

    return write


def _asked(peer: subprocess.Popen[str], asked: dict[str, Any]) -> Spent:
    assert peer.stdin is not None
    assert peer.stdout is not None
    peer.stdin.write(json.dumps(asked) + "\n")
    peer.stdin.flush()
    wall, processor = json.loads(peer.stdout.readline())
    return wall, processor


def table(found: dict[str, Any]) -> str:
    """Tokens a second (medians), and the median of the ratios within each round."""
    lines = ["| network | Ranvier, tokens a second | best of PyTorch's | how | times as many "
             "| low–high | by processor time |", "|---|--:|--:|---|--:|--:|--:|"]  # fmt: skip
    for name, run in found.items():
        runs, tokens = run["seconds"], run["tokens"]
        middles = {way: median(wall for wall, _ in runs[way]) for way in runs}
        best = min(WAYS, key=middles.__getitem__)
        pairs = list(zip(runs[best], runs["ranvier"], strict=True))
        ratios = [theirs[0] / ours[0] for theirs, ours in pairs]
        busy = median(theirs[1] / ours[1] for theirs, ours in pairs)
        lines.append(
            f"| {name} | {tokens / middles['ranvier']:,.0f} | {tokens / middles[best]:,.0f} "
            f"| {best} | **{median(ratios):.1f}** | {min(ratios):.1f}–{max(ratios):.1f} "
            f"| {busy:.1f} |"
        )
    return "\n".join([*lines, "", f"Asked is at least {ASKED:g} times as many."])


if __name__ == "__main__":
    sys.exit(main())
