"""Seconds of an epoch of the classic DCGAN, everything compiled, the libraries in turns.

    python -m benchmarks.adversarial.speed [--repeats 5] [--peers ranvier,torch] [--epochs 2]

What the networks are and how they are trained stands in `row.py`. "Test accuracy" is the share of
1,024 unseen and as many made pictures that the critic tells apart, "test loss" its cross-entropy:
they show that everybody trained, and not whose pictures are better, for which see `quality`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import machine, measuring, tables
from benchmarks.adversarial.row import ROWS
from benchmarks.driver import data_of, installed
from benchmarks.environments import ROOT
from benchmarks.peers.roster import Entry

RESULTS = ROOT / "benchmarks" / "results"
LONGEST = 600.0  # seconds that a peer's rounds may take

_Peer = partial(Entry, folder="adversarial.peers", cold=False)
_TENSORFLOW = (("KERAS_BACKEND", "tensorflow"), ("TF_CPP_MIN_LOG_LEVEL", "3"))
PEERS = (
    _Peer("ranvier", "Ranvier", "ranvier", settings=(("RANVIER_CACHE_DIR", "{cache}"),)),
    _Peer("torch", "PyTorch", "torch", "torch_dcgan"),
    _Peer("torch_compiled", "PyTorch, torch.compile", "torch", "torch_dcgan", ("--compile",),
          (("TORCHINDUCTOR_CACHE_DIR", "{cache}"),)),
    _Peer("keras_tensorflow", "Keras on TensorFlow, tuned", "tensorflow", "keras_dcgan", (),
          _TENSORFLOW),
    _Peer("keras_jax", "Keras on JAX, tuned", "jax", "keras_dcgan", (),
          (("KERAS_BACKEND", "jax"),)),
)  # fmt: skip
TITLES = {peer.name: peer.title for peer in PEERS}


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the table."""
    options = _options(arguments)
    row = ROWS["dcgan"]
    row = replace(row, epochs=options.epochs or row.epochs)
    try:
        data = data_of(row)
    except LookupError as reason:
        print(f"Nothing is measured: {reason}")
        return 3
    peers, missing = installed([peer for peer in PEERS if peer.name in options.peers])
    report: dict[str, Any] = {
        "date": time.strftime("%Y-%m-%d"),
        "commit": machine.commit(),
        "machine": machine.description(),
    }
    out = options.out or RESULTS / f"adversarial-speed-{report['date']}"
    out.parent.mkdir(parents=True, exist_ok=True)
    for known in measuring.warm(row, peers, data, options.repeats, longest=LONGEST):
        about = {"about": row.about, "cold": False, "epochs": row.epochs,
                 "repeats": options.repeats, "summary": tables.summarise(known.runs),
                 "skipped": missing | known.skipped, "runs": known.runs}  # fmt: skip
        found = report | {"rows": {row.name: about}, "versions": known.versions}
        out.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
        out.with_suffix(".md").write_text(tables.markdown(found, TITLES))
    print(out.with_suffix(".md").read_text())
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    names = [peer.name for peer in PEERS]
    parser.add_argument("--repeats", type=int, default=5, help="rounds of turns")
    parser.add_argument(
        "--peers", type=lambda text: text.split(","), default=names, help=str(names)
    )
    parser.add_argument("--epochs", type=int, help="of each training")
    parser.add_argument("--out", type=Path, help="where the results go, without suffix")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
