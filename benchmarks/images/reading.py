"""From 60,000 PNG files to the end of the first epoch, in a fresh process each.

    python -m benchmarks.images.reading [--peers ranvier,keras] [--repeats 3]

Fashion-MNIST's training pictures lie as files in a folder for each class; the network is
conv32-pool-conv64-pool-dense128, the batch 64, Adam. The clock of the first column starts when
reading starts and stops after the epoch: importing the library is not in it; it is in the second.
Ranvier's caches are empty; its second run finds what the first one left there.
"""

from __future__ import annotations

import sys

from benchmarks.images import data, turns
from benchmarks.images.turns import Entry, Runs

PEERS = (
    Entry("ranvier", "Ranvier", "ranvier", again=True),
    Entry("keras", "Keras on TensorFlow", "tensorflow", settings=turns.TENSORFLOW),
    Entry("torch", "PyTorch, DataLoader", "torch"),
    Entry(
        "torch_one_thread",
        "PyTorch, DataLoader, one thread",
        "torch",
        "torch",
        (("OMP_NUM_THREADS", "1"),),
    ),
)


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the table."""
    parser = turns.parser(__doc__ or "", PEERS, repeats=3)
    parser.add_argument("--folder", help="with train/<class>/*.png (default: Fashion-MNIST)")
    options = parser.parse_args(arguments)
    try:
        folder = options.folder or str(data.pictures())
    except LookupError as reason:
        print(f"Nothing is measured: {reason}")
        return 3
    print(turns.measure("reading", PEERS, options, lambda _: {"folder": f"{folder}/train"}, table))
    return 0


def table(runs: Runs, titles: dict[str, str]) -> str:
    """Medians, fastest first."""
    lines = [
        "| library | s to the end of the first epoch | times Ranvier's | s of the whole process "
        "| times Ranvier's | processor s | training loss | peak MiB | |",
        "|---|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    for name, own in sorted(runs.items(), key=lambda item: turns.middle(item[1], "seconds")):
        cells = [
            titles[name],
            f"{turns.middle(own, 'seconds'):.1f}",
            turns.times(runs, name, "seconds"),
            f"{turns.middle(own, 'whole_seconds'):.1f}",
            turns.times(runs, name, "whole_seconds"),
            f"{turns.middle(own, 'cpu_seconds'):.1f}",
            f"{turns.middle(own, 'loss'):.3f}",
            f"{turns.middle(own, 'peak_mib'):.0f}",
            own[-1]["notes"],
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
