"""The competitors, in the order of the tables, and the environment of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One competitor.

    Attributes:
        name: as `--peers` and the results call it.
        title: as the tables call it.
        environment: its requirements are `benchmarks/requirements/<environment>.txt`.
        module: its file in this folder.
        about: what a reader should know of it, in one line.
        arguments: more words for its program.
    """

    name: str
    title: str
    environment: str
    module: str
    about: str
    arguments: tuple[str, ...] = ()


ROSTER = (
    Entry(
        "ranvier",
        "Ranvier `FCNN`",
        "ranvier",
        "fcnn",
        "default settings, given the table as it is",
    ),
    Entry(
        "mlp",
        "scikit-learn MLP",
        "tables",
        "mlp",
        "`MLPClassifier` or `MLPRegressor` with default settings, in the usual pipeline: median "
        "for gaps, `StandardScaler`, one-hot; for numbers the target is standardised as well",
    ),
    Entry(
        "boosting",
        "HistGradientBoosting",
        "tables",
        "boosting",
        "scikit-learn's, with default settings; categories by their type, target-encoded where a "
        "column has more than the 255 that it takes",
    ),
    Entry(
        "lightgbm",
        "LightGBM, tuned",
        "tables",
        "lightgbm_tuned",
        "a random search of 15 settings or two minutes of processor time, early stopping on a "
        "tenth of the training rows, the best trained again on all of them",
    ),
    Entry(
        "realmlp",
        "RealMLP-TD",
        "pytabkit",
        "realmlp",
        "of pytabkit, with default settings, on the processor; median for gaps",
    ),
)
PEERS = {entry.name: entry for entry in ROSTER}
