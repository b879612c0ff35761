"""Rolling backtests of AirPassengers and weekly CO2 with default settings, several seeds.

    python -m benchmarks.series.backtest [--model rnn] [--series airline,co2] [--seeds 0,1,2,3,4]

Every origin of the last part (a fifth of the steps, three horizons at least) is forecast by one
model that has not seen that part; beside it the naive, the seasonal naive and the linear
forecast. MASE below 1 means: better than repeating the season is inside the training part.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.environments import ROOT
from benchmarks.series import data

HORIZONS = {"airline": 12, "co2": 52}
RESULTS = ROOT / "benchmarks" / "results"


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--series", type=lambda text: text.split(","), default=list(HORIZONS))
    parser.add_argument(
        "--seeds", type=lambda text: [int(n) for n in text.split(",")], default=[0, 1, 2, 3, 4]
    )
    parser.add_argument("--model", choices=("rnn", "transformer"), default="rnn")
    parser.add_argument("--out", type=Path, help="where the results go, without suffix")
    options = parser.parse_args(arguments)
    runs = []
    for name in options.series:
        try:
            path = data.file(name)
        except LookupError as reason:
            print(f"{name} is left out: {reason}")
            continue
        for seed in options.seeds:
            runs.append(measure(name, path, seed, options.model))
            print(f"{name}, seed {seed}: {runs[-1]['seconds']:.0f} s", file=sys.stderr, flush=True)
    if not runs:
        return 3
    of = "" if options.model == "rnn" else f"{options.model}-"
    out = options.out or RESULTS / f"series-backtest-{of}{time.strftime('%Y-%m-%d')}"
    report = {"date": time.strftime("%Y-%m-%d"), "commit": machine.commit(),
              "machine": machine.description(), "runs": runs}  # fmt: skip
    out.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
    page = table(runs) + "\n"
    out.with_suffix(".md").write_text(page)
    print(page)
    return 0


def measure(
    name: str, path: Path, seed: int, family: str = "rnn", **settings: Any
) -> dict[str, Any]:
    """One model, its backtest and the time that it took to train."""
    import ranvier as rv

    series = rv.read_series(path, horizon=HORIZONS.get(name))
    began, spent = time.perf_counter(), time.process_time()
    made = rv.Transformer if family == "transformer" else rv.RNN
    model = made(seed=seed, verbose=0, **settings).fit(series)
    seconds, processor = time.perf_counter() - began, time.process_time() - spent
    return {
        "series": name,
        "model": family,
        "seed": seed,
        "horizon": series.target.shape[1],
        "origins": len(series.test),
        "seconds": seconds,
        "cpu_seconds": processor,
        "epochs": len(model.history_),
        "rows": model.backtest(series).to_dicts(),
    }


def table(runs: list[dict[str, Any]]) -> str:
    """Means over the seeds; the lowest and the highest of the model."""
    lines = ["| series | forecast | MASE | low–high | sMAPE (%) | coverage of 80 % | s "
             "| processor s |", "|---|---|--:|--:|--:|--:|--:|--:|"]  # fmt: skip
    for name in dict.fromkeys(run["series"] for run in runs):
        own = [run for run in runs if run["series"] == name]
        about = f"{name}: {own[0]['origins']} origins, {own[0]['horizon']} steps"
        for place, row in enumerate(own[0]["rows"]):
            every = [run["rows"][place] for run in own]
            mases = [one["mase"] for one in every]
            cover = [one["coverage"] for one in every if one["coverage"] is not None]
            spread = f"{min(mases):.3f}–{max(mases):.3f}" if place == 0 else ""
            words = f"Ranvier, {len(own)} seeds" if place == 0 else row["forecast"]
            cells = [
                about if place == 0 else "",
                words,
                f"{_mean(mases):.3f}",
                spread,
                f"{_mean([one['smape'] for one in every]):.2f}",
                f"{100 * _mean(cover):.1f} %" if cover else "",
                f"{_mean([run['seconds'] for run in own]):.0f}" if place == 0 else "",
                f"{_mean([run['cpu_seconds'] for run in own]):.0f}" if place == 0 else "",
            ]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    sys.exit(main())
