"""How like real Fashion-MNIST the pictures are that are made in the same time on the same machine.

    python -m benchmarks.adversarial.quality [--peers ranvier,torch_vae] [--seconds 300] [--again]

Each trains on the 60,000 pictures and saves 5,000 of its own. Ranvier's GAN goes first, with its
default settings, without the classes and with them; the others, without them, have as many seconds
as the first `fit` took (or `--seconds`, of all but Ranvier's GAN). Beside them: a convolutional VAE
with the decoder of the DCGAN, and Ranvier's own. One classifier, trained here on the real pictures,
then measures all: the Fréchet distance to 5,000 test pictures in its features, precision and
recall, the share of the rarest class, and how many are of the class that was asked for. Real
training pictures in the place of made ones show the best that can be had.

Trained peers are kept in `.cache/benchmarks/adversarial` with their times, so that a run that was
broken off goes on; `--again` trains them anew.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from PIL import Image

from benchmarks import machine, processes
from benchmarks.environments import FOLDER, ROOT, python_of
from benchmarks.images import data
from benchmarks.images.turns import Entry

RESULTS = ROOT / "benchmarks" / "results"
MADE = FOLDER / "adversarial"  # the saved pictures
PEERS = (
    Entry("ranvier", "Ranvier, GAN, defaults", "ranvier"),
    Entry("ranvier_classes", "Ranvier, GAN, defaults, by class", "ranvier"),
    Entry("torch_dcgan", "PyTorch, DCGAN", "torch"),
    Entry("torch_vae", "PyTorch, VAE with DCGAN's decoder", "torch"),
    Entry("ranvier_vae", "Ranvier, Autoencoder, variational", "ranvier"),
)
SHOWN = 16  # pictures of each class
OF_ONE = ("classes", "commit")  # of a run, which have no median
Runs = dict[str, list[dict[str, Any]]]


def main(arguments: list[str] | None = None) -> int:
    """Train, measure, and print the table."""
    options = _options(arguments)
    try:
        pictures = data.arrays()
    except LookupError as reason:
        print(f"Nothing is measured: {reason}")
        return 3
    out = options.out or RESULTS / f"adversarial-quality-{time.strftime('%Y-%m-%d')}"
    MADE.mkdir(parents=True, exist_ok=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    runs: Runs = {}
    skipped: dict[str, str] = {}
    for seed in options.seeds:
        seconds = options.seconds
        for peer in [peer for peer in PEERS if peer.name in options.peers]:
            words = {"data": str(pictures), "seed": seed, "out": str(_place(peer.name, seed))}
            words["seconds"] = seconds or 300.0
            try:
                run = _kept(peer, seed, options.again) or _run(peer, words)
            except LookupError as reason:
                skipped[peer.name] = str(reason)
                continue
            _keep(peer, seed, run)
            if peer.name == "ranvier" and not seconds:
                seconds = run["seconds"]
            runs.setdefault(peer.name, []).append(run)
            print(f"{peer.title}: {run['seconds']:.0f} s", file=sys.stderr, flush=True)
        names = list(runs)
        places = {name: str(_place(name, seed)) for name in names}
        judge = Entry("judge", "", "ranvier")
        found = _run(judge, {"data": str(pictures), "seed": seed, "made": places})
        runs.setdefault("real", []).append({"seconds": 0.0, **found.pop("real")})
        for name in names:
            runs[name][-1] |= found[name]
        report = {
            "date": time.strftime("%Y-%m-%d"),
            "commit": machine.commit(),
            "machine": machine.description(),
            "skipped": skipped,
            "runs": runs,
        }
        out.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
        out.with_suffix(".md").write_text(table(runs, skipped))
    if "ranvier_classes" in runs:
        grid(_place("ranvier_classes", options.seeds[0]), out.with_suffix(".png"))
    print(out.with_suffix(".md").read_text())
    return 0


def grid(made: Path, picture: Path) -> None:
    """The first of each class that were made, a row for each, none chosen."""
    with np.load(made) as file:
        pictures, asked = file["made"], file["asked"]
    rows = [np.hstack(list(pictures[asked == name][:SHOWN])) for name in np.unique(asked)]
    whole = Image.fromarray(255 - np.vstack(rows))
    whole.resize((2 * whole.width, 2 * whole.height), Image.Resampling.NEAREST).save(picture)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    names = [peer.name for peer in PEERS]
    parser.add_argument(
        "--peers", type=lambda text: text.split(","), default=names, help=str(names)
    )
    parser.add_argument("--seeds", type=lambda text: [int(n) for n in text.split(",")], default=[0])
    parser.add_argument("--seconds", type=float, help="of training, of all but Ranvier's GAN")
    parser.add_argument("--again", action="store_true", help="train what was trained before")
    parser.add_argument("--out", type=Path, help="where the results go, without suffix")
    return parser.parse_args(arguments)


def _place(name: str, seed: int) -> Path:
    return MADE / f"{name}-{seed}.npz"


def _run(peer: Entry, words: dict[str, Any]) -> dict[str, Any]:
    line = [str(python_of(peer.environment)), "-m", "benchmarks.adversarial.quality_peers"]
    environment = {**alone(), **dict(peer.settings)}
    ended = processes.run(
        [*line, peer.name, json.dumps(words)], environment, MADE / f"{peer.name}.log"
    )
    return ended.answer | {"cpu_seconds": ended.cpu_seconds}


def _kept(peer: Entry, seed: int, again: bool) -> dict[str, Any] | None:
    """What is known of a peer that was trained before."""
    known = _place(peer.name, seed).with_suffix(".json")
    if again or not known.exists():
        return None
    found: dict[str, Any] = json.loads(known.read_text())
    return found


def _keep(peer: Entry, seed: int, run: dict[str, Any]) -> None:
    known = {"commit": machine.commit(), **run}
    _place(peer.name, seed).with_suffix(".json").write_text(json.dumps(known) + "\n")


def alone() -> dict[str, str]:
    """The environment of a process that stays on the processor."""
    return {**os.environ, "JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "-1"}


def table(runs: Runs, skipped: dict[str, str]) -> str:
    """Medians over the seeds, the least distance first."""
    titles = {peer.name: peer.title for peer in PEERS} | {"real": "real training pictures"}
    lines = [
        "| | Fréchet distance | precision | recall | rarest class | of the class asked for "
        "| s of training | steps |",
        "|---|" + "--:|" * 7,
    ]
    middles = {
        name: {key: median(run[key] for run in own) for key in own[0] if key not in OF_ONE}
        for name, own in runs.items()
    }
    for name, m in sorted(middles.items(), key=lambda item: item[1]["frechet"]):
        asked = f"{m['asked']:.1%}" if "asked" in m else ""
        lines.append(
            f"| {titles[name]} | {m['frechet']:.3f} | {m['precision']:.3f} | {m['recall']:.3f} "
            f"| {m['rarest']:.1%} | {asked} | {m['seconds']:.0f} | {m.get('steps', 0):,.0f} |"
        )
    right = middles["real"]["right"]
    lines.append(f"\nThe classifier that measures is right {right:.1%} of the time.")
    lines += [f"\n{titles[name]} is left out: {why}" for name, why in skipped.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
