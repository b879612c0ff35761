"""Where a model fails that tells a class for each step: its steps, looked at like rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ranvier.data import Dataset
from ranvier.data.sequences import Sequences
from ranvier.data.texts import Texts
from ranvier.model.step_scoring import labels_of
from ranvier.preprocessing.step_labels import StepCoder
from ranvier.report.failures.classes import ClassFailures, class_failures

MOST_CHANNELS = 4  # that stand beside the worst steps


def step_failures(
    coder: StepCoder, rows: Dataset, numbers: np.ndarray, logits: np.ndarray
) -> ClassFailures:
    """Compare the labels of N rows' steps with what was predicted for them.

    Args:
        coder: the fitted target.
        rows: the rows with their labels.
        numbers: int (N,): what each row is called.
        logits: objects (N,), for each row float32 (its steps, units).
    """
    inputs = rows.inputs
    assert isinstance(inputs, (Sequences, Texts))
    if isinstance(inputs, Texts):
        inputs = inputs.by_words
    steps = Dataset(_table(inputs), labels_of(rows.labels))
    found = class_failures(
        coder.steps,
        steps,
        np.repeat(numbers, inputs.lengths),
        np.concatenate(list(logits)),
        steps.columns,
    )
    thing = "word" if isinstance(inputs, Texts) else "step"
    worst = replace(found.worst, head=(inputs.kind, *found.worst.head[1:]))
    return replace(found, worst=worst, thing=thing)


def _table(inputs: Sequences | Texts) -> Any:
    """A row for each step: its row's name, its time or number, and the first channels or word."""
    import polars as pl

    count, lengths = len(inputs), inputs.lengths
    columns = {}
    if count and inputs.name_of(0):
        names = [inputs.name_of(row) for row in range(count)]
        columns[inputs.series or "name"] = pl.Series(np.repeat(names, lengths).tolist())
    moments = [inputs.moments_of(row) for row in range(count)]
    known = [moment for moment in moments if moment is not None]
    if len(known) == count:
        columns[inputs.time] = pl.concat(known)
    else:
        columns["step"] = pl.Series(
            np.concatenate([np.arange(1, length + 1) for length in lengths.tolist()])
        )
    if isinstance(inputs, Texts):
        return pl.DataFrame({**columns, "word": pl.Series(inputs.all_words, dtype=pl.String)})
    values = inputs.flat()  # (steps, channels)
    for channel in range(min(MOST_CHANNELS, inputs.width)):
        name = inputs.channels[channel] if inputs.channels else f"channel {channel}"
        columns[name] = pl.Series(values[:, channel].astype(np.float64))
    return pl.DataFrame(columns)
