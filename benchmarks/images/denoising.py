"""Fashion-MNIST under noise, and how well it is taken away: PSNR on 2,000 test pictures.

    python -m benchmarks.images.denoising [--peers ranvier,keras] [--repeats 1] [--epochs 10]

Gaussian noise of standard deviation 0.3 on pixels from 0 to 1, cut off at 0 and 1. A U-Net of
filters 16, 32, 64 (two halvings) learns on 10,000 pairs: Keras's as `denoising_peers.py` says,
with Adam; Ranvier's is `CNN(task="image_to_image")` with the same filters and epochs and otherwise
its default settings.
"""

from __future__ import annotations

import sys

from benchmarks.images import data, turns
from benchmarks.images.turns import Entry, Runs

PEERS = (
    Entry("ranvier", "Ranvier, image to image", "ranvier"),
    Entry("keras", "Keras on TensorFlow, U-Net", "tensorflow", settings=turns.TENSORFLOW),
    Entry("median", "median of 3×3 pixels", "ranvier"),
    Entry("noisy", "nothing done", "ranvier"),
)


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the table."""
    parser = turns.parser(__doc__ or "", PEERS, repeats=1)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--rows", type=int, default=10_000, help="that train; fewer for a trial")
    options = parser.parse_args(arguments)
    try:
        words = {"data": str(data.arrays()), "rows": options.rows, "epochs": options.epochs}
    except LookupError as reason:
        print(f"Nothing is measured: {reason}")
        return 3
    print(turns.measure("denoising", PEERS, options, lambda seed: words | {"seed": seed}, table))
    return 0


def table(runs: Runs, titles: dict[str, str]) -> str:
    """Medians, least noise first."""
    lines = [
        "| | PSNR, dB | parameters | epochs | s of training | times Ranvier's | peak MiB |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name, own in sorted(runs.items(), key=lambda item: -turns.middle(item[1], "psnr")):
        learns = own[-1]["parameters"] > 0
        cells = [titles[name], f"{turns.middle(own, 'psnr'):.2f}", *["–"] * 5]
        if learns:
            cells[2:] = [
                f"{own[-1]['parameters']:,}",
                f"{turns.middle(own, 'epochs'):.0f}",
                f"{turns.middle(own, 'seconds'):.0f}",
                turns.times(runs, name, "seconds"),
                f"{turns.middle(own, 'peak_mib'):.0f}",
            ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
