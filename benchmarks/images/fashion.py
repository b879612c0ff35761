"""Fashion-MNIST, 60,000 pictures to train and 10,000 to test: accuracy and the time it takes.

    python -m benchmarks.images.fashion [--peers ranvier,keras,torch] [--repeats 3]

Ranvier's `CNN` has its default settings and is given the pictures as they are: bytes
(60000, 28, 28). It chooses its own epochs and never sees the test pictures. The peers train the
network, the augmentation and the schedule that `fashion_peers.py` says, meant to reach
0.93; they are scored after every epoch, off the clock, and the first epoch at 0.93 counts, which
is more than a user could know. Rounds differ in their seed.
"""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.images import data, turns
from benchmarks.images.turns import Entry, Runs

TARGET = 0.93
PEERS = (
    Entry("ranvier", "Ranvier, default settings", "ranvier"),
    Entry("keras", "Keras on TensorFlow", "tensorflow", settings=turns.TENSORFLOW),
    Entry("torch", "PyTorch", "torch"),
)


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the table."""
    parser = turns.parser(__doc__ or "", PEERS, repeats=3)
    parser.add_argument("--epochs", type=int, default=12, help="of the peers")
    parser.add_argument("--rows", type=int, default=60_000, help="that train; fewer for a trial")
    options = parser.parse_args(arguments)
    try:
        words = {"data": str(data.arrays()), "rows": options.rows, "epochs": options.epochs}
    except LookupError as reason:
        print(f"Nothing is measured: {reason}")
        return 3
    print(turns.measure("fashion", PEERS, options, lambda seed: words | {"seed": seed}, table))
    return 0


def table(runs: Runs, titles: dict[str, str]) -> str:
    """Medians, best accuracy first."""
    lines = [
        f"| library | test accuracy | low–high | s of training | times Ranvier's | s to {TARGET} "
        "| epochs | s of the whole process | processor s | peak MiB |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, own in sorted(runs.items(), key=lambda item: -turns.middle(item[1], "accuracy")):
        found = [run["accuracy"] for run in own]
        cells = [
            titles[name],
            f"{turns.middle(own, 'accuracy'):.4f}",
            f"{min(found):.4f}–{max(found):.4f}",
            f"{turns.middle(own, 'seconds'):.0f}",
            turns.times(runs, name, "seconds"),
            _reached(own),
            f"{turns.middle(own, 'epochs'):.0f}",
            f"{turns.middle(own, 'whole_seconds'):.0f}",
            f"{turns.middle(own, 'cpu_seconds'):.0f}",
            f"{turns.middle(own, 'peak_mib'):.0f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _reached(runs: list[dict[str, Any]]) -> str:
    """When the target was first reached, at the median; how many runs reached it."""
    ends = [
        next((end["seconds"] for end in run["ends"] if end["accuracy"] >= TARGET), None)
        for run in runs
    ]
    known = sorted(end for end in ends if end is not None)
    if not known:
        return "–"
    words = f"{known[len(known) // 2]:.0f}"
    return words if len(known) == len(runs) else f"{words} ({len(known)} of {len(runs)} runs)"


if __name__ == "__main__":
    sys.exit(main())
