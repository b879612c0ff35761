"""Photographs made two, three and four times larger: PSNR and SSIM beside Pillow's bicubic.

    python -m benchmarks.images.super_resolution [--peers x2,x4] [--repeats 1] [--epochs 10]

`GAN(task="super_resolution", scale=...)` with its default settings learns from fifteen photographs
(see `photographs.py`). Three others, never seen, are made smaller by Pillow's bicubic, enlarged,
and compared with themselves: in the luma, as papers do, with as many pixels as the scale left out
at each edge. "Eight views" is the same model with test_time=True. And a picture of 2,000×1,500
pixels is enlarged in tiles.
"""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.images import photographs, turns
from benchmarks.images.turns import Entry, Runs

PEERS = tuple(Entry(f"x{scale}", f"×{scale}", "ranvier") for scale in (2, 3, 4))


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the tables."""
    parser = turns.parser(__doc__ or "", PEERS, repeats=1)
    parser.add_argument("--epochs", type=int, help="fewer for a trial")
    options = parser.parse_args(arguments)
    try:
        words = {"data": str(photographs.folder()), "epochs": options.epochs}
    except LookupError as reason:
        print(f"Nothing is measured: {reason}")
        return 3
    print(turns.measure("super_resolution", PEERS, options, lambda n: words | {"seed": n}, table))
    return 0


def table(runs: Runs, titles: dict[str, str]) -> str:
    """The mean of the photographs for each scale, then each photograph."""
    lines = [
        "| | bicubic, dB | Ranvier, dB | gain | eight views, gain | SSIM, bicubic | SSIM | in "
        "colours, gain | s of training | s for 2,000×1,500 | peak MiB |",
        "|---|" + "--:|" * 10,
    ]
    for name, own in runs.items():
        mean: dict[str, Any] = {
            key: turns.middle([run["mean"] for run in own], key) for key in own[-1]["mean"]
        }
        cells = [
            titles[name],
            f"{mean['psnr_bicubic']:.2f}",
            f"{mean['psnr']:.2f}",
            f"{mean['gain']:+.2f}",
            f"{turns.middle(own, 'gain_of_views'):+.2f}",
            f"{mean['ssim_bicubic']:.4f}",
            f"{mean['ssim']:.4f}",
            f"{mean['psnr_colours'] - mean['psnr_colours_bicubic']:+.2f}",
            f"{turns.middle(own, 'seconds'):.0f}",
            f"{turns.middle(own, 'large_seconds'):.0f}",
            f"{turns.middle(own, 'peak_mib'):.0f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "| photograph | | bicubic, dB | Ranvier, dB | gain |", "|---|---|--:|--:|--:|"]
    for name, own in runs.items():
        for picture, found in own[-1]["pictures"].items():
            lines.append(
                f"| {picture} | {titles[name]} | {found['psnr_bicubic']:.2f} | {found['psnr']:.2f} "
                f"| {found['gain']:+.2f} |"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
