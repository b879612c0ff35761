"""17,520 half-hours of electricity demand: time to train, and the error of 48 steps ahead.

    python -m benchmarks.series.electricity [--peers ranvier,neuralforecast] [--repeats 3]

Temperature and working day are known ahead. Both libraries train one layer of 64 LSTM cells over
96 steps, a hidden layer of 64, the middle and the 80 % interval of 48 steps at once, for as many
gradient steps of 32 windows; both forecast from the same 3,457 origins of the last fifth, which
neither has seen. Ranvier has its default settings. Rounds differ in their seed.
"""

from __future__ import annotations

import sys

from benchmarks.images import turns
from benchmarks.images.turns import Entry, Runs
from benchmarks.series import data

PEERS = (
    Entry("ranvier", "Ranvier, default settings", "ranvier"),
    Entry("neuralforecast", "NeuralForecast's LSTM", "neuralforecast"),
)


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the table."""
    parser = turns.parser(__doc__ or "", PEERS, repeats=3)
    parser.add_argument("--steps", type=int, default=2944, help="gradient steps of the peer")
    options = parser.parse_args(arguments)
    try:
        words = {"data": str(data.file("electricity")), "steps": options.steps}
    except LookupError as reason:
        print(f"Nothing is measured: {reason}")
        return 3
    print(
        turns.measure(
            "electricity", PEERS, options, lambda seed: words | {"seed": seed}, table, "series"
        )
    )
    return 0


def table(runs: Runs, titles: dict[str, str]) -> str:
    """Medians, the least error first."""
    lines = [
        "| library | MASE | low–high | coverage of 80 % | s of training | times Ranvier's | steps "
        "| s of the whole process | processor s | peak MiB |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, own in sorted(runs.items(), key=lambda item: turns.middle(item[1], "mase")):
        found = [run["mase"] for run in own]
        cells = [
            titles[name],
            f"{turns.middle(own, 'mase'):.3f}",
            f"{min(found):.3f}–{max(found):.3f}",
            f"{100 * turns.middle(own, 'coverage'):.1f} %",
            f"{turns.middle(own, 'seconds'):.0f}",
            turns.times(runs, name, "seconds"),
            f"{turns.middle(own, 'steps'):,.0f}",
            f"{turns.middle(own, 'whole_seconds'):.0f}",
            f"{turns.middle(own, 'cpu_seconds'):.0f}",
            f"{turns.middle(own, 'peak_mib'):.0f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
