"""docs/quality.md: what was measured, and what it says."""

from __future__ import annotations

import statistics
from pathlib import Path

from benchmarks.environments import ROOT
from benchmarks.quality import datasets, results
from benchmarks.quality.comparing import UNDECIDED, compare
from benchmarks.quality.metrics import CLASSIFICATION, HIGHER_IS_BETTER, REGRESSION
from benchmarks.quality.peers.roster import PEERS, ROSTER
from benchmarks.quality.results import Key, Result

PAGE = ROOT / "docs" / "quality.md"
WORDS = {"accuracy": "accuracy", "log_loss": "log loss", "rmse": "RMSE", "mae": "MAE", "r2": "R²"}
# What the comparison rests on; MAE and R² are for the reader.
DECIDING = ("accuracy", "log_loss", "rmse")
QUIET = 0.1  # the share of the machine that others may use while a clock means something

BEFORE = """\
# Quality

How well `FCNN` predicts with its default settings, beside what an analyst would otherwise take. \
Eight tables of real data; for each of five seeds a fifth of the rows tests (in each class a \
fifth; Fashion-MNIST has test rows of its own), the same rows for every competitor. Each takes \
what it validates on out of the training rows. The seed is also each competitor's own.

Measure again, or only what is missing: `python -m benchmarks.quality`; every single result is in \
`benchmarks/results/quality.jsonl`, and `python -m benchmarks.quality --table` makes this page.
"""


def write(path: Path = PAGE) -> Path:
    """Write the page from the results."""
    path.write_text(page(results.read()))
    return path


def page(known: dict[Key, Result]) -> str:
    """The page's Markdown."""
    measured = [name for name in datasets.NAMES if any(key[0] == name for key in known)]
    lines = [BEFORE, *_competitors(), "", "## What it says", "", *_verdicts(known, measured)]
    for name in measured:
        lines += ["", *_dataset(known, name)]
    lines += ["", "## How it was measured", "", *_how(known)]
    return "\n".join(lines) + "\n"


def _competitors() -> list[str]:
    return ["| competitor | |", "|---|---|", *(f"| {e.title} | {e.about} |" for e in ROSTER)]


def _metrics(dataset: str) -> dict[str, bool]:
    classes = datasets.SOURCES[dataset].task == "classification"
    return CLASSIFICATION if classes else REGRESSION


def _verdicts(known: dict[Key, Result], measured: list[str]) -> list[str]:
    """A line for each peer and metric, then the differences they rest on."""
    peers = [entry for entry in ROSTER if entry.name != "ranvier"]
    told, rows = [], []
    for metric in DECIDING:
        sets = [name for name in measured if metric in _metrics(name)]
        for peer in peers:
            found = {name: compare(known, name, peer.name, metric) for name in sets}
            parts = []
            for verdict, word in (("win", "better"), ("tie", "equal"), ("loss", "worse")):
                names = [name for name, what in found.items() if what.verdict == verdict]
                parts += [f"{word} on {len(names)} ({', '.join(names)})"] if names else []
            if parts:
                count = sum(what.verdict != UNDECIDED for what in found.values())
                told.append(
                    f"- {WORDS[metric].capitalize() if metric != 'rmse' else 'RMSE'}, beside "
                    f"{peer.title}: {'; '.join(parts)}, of {count}."
                )
        for name in sets:
            cells = [_cell(known, name, peer.name, metric) for peer in peers]
            rows.append(f"| {name} | {WORDS[metric]} | {' | '.join(cells)} |")
    if not told:
        return ["`FCNN` has not been measured beside its peers yet."]
    head = " | ".join(peer.title for peer in peers)
    return [
        *told,
        "",
        "Better or worse by how much (below zero: worse) ± the standard error of the differences, "
        "seed by seed; a difference of at most one standard error is a tie. In brackets: how many "
        "seeds, where not five.",
        "",
        f"| data set | score | {head} |",
        "|---|---|" + "--:|" * len(peers),
        *rows,
    ]


def _cell(known: dict[Key, Result], dataset: str, peer: str, metric: str) -> str:
    found = compare(known, dataset, peer, metric)
    if not found.seeds:
        return "–"
    seeds = "" if found.seeds == 5 else f" ({found.seeds})"
    if found.verdict == UNDECIDED:
        return f"{_number(found.difference)}{seeds}"
    return f"{found.verdict} {_number(found.difference)} ± {_number(found.error)}{seeds}"


def _dataset(known: dict[Key, Result], dataset: str) -> list[str]:
    metrics = _metrics(dataset)
    deciding = next(iter(metrics))
    runs = {
        entry.name: [known[key] for key in sorted(known) if key[:2] == (dataset, entry.name)]
        for entry in ROSTER
    }
    runs = {name: of for name, of in runs.items() if of}

    def mean(name: str, metric: str) -> float:
        return statistics.fmean(run["metrics"][metric] for run in runs[name])

    best = {
        metric: (max if higher else min)(mean(name, metric) for name in runs)
        for metric, higher in metrics.items()
    }
    order = sorted(runs, key=lambda name: mean(name, deciding), reverse=HIGHER_IS_BETTER[deciding])
    lines = [
        f"## {dataset}",
        "",
        f"{datasets.SOURCES[dataset].about}.",
        "",
        f"| competitor | {' | '.join(WORDS[metric] for metric in metrics)} "
        "| seeds | processor s | s |",
        "|---|" + "--:|" * (len(metrics) + 3),
    ]
    for name in order:
        scores = []
        for metric in metrics:
            values = [run["metrics"][metric] for run in runs[name]]
            text = _number(statistics.fmean(values))
            text = f"**{text}**" if statistics.fmean(values) == best[metric] else text
            scores.append(
                text + (f" ± {_number(statistics.stdev(values))}" if len(values) > 1 else "")
            )
        cells = " | ".join([PEERS[name].title, *scores, str(len(runs[name])), _times(runs[name])])
        lines.append(f"| {cells} |")
    return lines


def _times(runs: list[Result]) -> str:
    """Processor seconds, and seconds where the machine was quiet: medians, as cells."""
    used = statistics.median(run["fit_cpu_seconds"] for run in runs)
    quiet = [run["fit_seconds"] for run in runs if run["others"] < QUIET]
    wall = f"{statistics.median(quiet):.3g}" if quiet else "–"
    return f"{used:.3g} | {wall}"


def _how(known: dict[Key, Result]) -> list[str]:
    lines = [
        "Scores are means over the seeds ± their standard deviation. Times are medians, of the "
        "whole training from the table as it is (preparing, validating, searching and compiling "
        "included) in a process of its own. Processor seconds are those of all threads together; "
        f"seconds by the clock are given where others used less than {QUIET:.0%} of the machine.",
        "",
    ]
    machines = {
        f"{m['processor']}, {m['cores']} cores, {m['memory_gib']} GiB"
        for m in (run["machine"] for run in known.values())
    }
    if len(machines) > 1:
        lines += ["Not all ran on the same machine: small differences of times mean nothing.", ""]
    lines += [f"- Machine: {text}" for text in sorted(machines)]
    for entry in ROSTER:
        runs = [run for (_, peer, _), run in known.items() if peer == entry.name]
        if not runs:
            continue
        versions = {", ".join(f"{k} {v}" for k, v in run["versions"].items()) for run in runs}
        threads = sorted({str(run["threads"]) for run in runs})
        commits = sorted({run["commit"] for run in runs if "commit" in run})
        lines.append(
            f"- {entry.title}: {'; '.join(sorted(versions))}; threads: {', '.join(threads)}"
            + (f"; commit {', '.join(commits)}" if commits else "")
        )
    return lines


def _number(value: float) -> str:
    """Four digits after the point, fewer where the number is large."""
    if abs(value) >= 100:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 10 else f"{value:.4f}"
