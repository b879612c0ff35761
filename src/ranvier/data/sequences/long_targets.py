"""The target of a long table.

One that is the same in all rows of a series is the series'; one that changes is the steps'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.sequences.long import LongColumns, Steps, begun, group, kept, static
from ranvier.data.sequences.long_words import grouped_words, word_column
from ranvier.data.sequences.sequences import Sequences
from ranvier.data.series.times import check_name
from ranvier.data.step_labels import StepLabels
from ranvier.data.targets import as_target
from ranvier.data.texts import Texts
from ranvier.errors import TargetError

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]


def part_long(
    frame: pl.DataFrame, targets: Sequence[str], columns: LongColumns, name: str
) -> tuple[Sequences | Texts, Array | StepLabels, tuple[str, ...]]:
    """Sequences, a target for each or for each of their steps, and notes.

    Texts instead of sequences where the table holds words instead of numbers.
    A series whose target is missing is left out.

    Raises:
        DataError: a column is not there, or no channel.
        TargetError: the target is missing in all, or in some steps of a series in which it changes;
            several targets, or fractions, that change within a series.
    """
    import polars as pl

    for target in targets:
        check_name(frame, target, "target=", begun(name))
        if target in (columns.series, columns.time):
            raise TargetError(
                f'"{target}" of {name} cannot be the target and tell the series or the time too: '
                "name another column."
            )
    sequences, steps, notes = _rows(frame.drop(targets), columns, name)
    given, changes = static(pl.DataFrame([_filled(frame[target]) for target in targets]), steps)
    labels: StepLabels | None = None
    if changes:
        values = _filled(frame[changes[0]])
        _check_change(values, targets, steps, sequences, name)
        labels, missing = _of_steps(values, steps, sequences, name)
        notes += (f"{changes[0]} changes within a series: a label for each step",)
    else:
        missing = given.select(pl.any_horizontal(pl.all().is_null())).to_series().to_numpy()
    if missing.all():
        raise TargetError(
            f'The target "{", ".join(targets)}" has no value in any row: there is nothing to learn.'
        )
    if missing.any():
        count = int(missing.sum())
        verb = "is" if count == 1 else "are"
        notes += (f"{count:,} series without {' or '.join(targets)} {verb} not used",)
        sequences, given = sequences[~missing], given.filter(pl.Series(~missing))
        labels = None if labels is None else labels[~missing]
    return sequences, as_target(given) if labels is None else labels, notes


def with_labels(
    frame: pl.DataFrame, target: str, columns: LongColumns, name: str
) -> tuple[Sequences | Texts, StepLabels | None]:
    """All rows of a table, and the labels of their steps; None where any is missing.

    Raises:
        DataError: a column is not there, or no channel.
    """
    sequences, steps, _ = _rows(frame.drop(target), columns, name)
    values = _filled(frame[target])[steps.order]
    return sequences, None if values.has_nulls() else _cut(values, sequences, steps)


def _rows(
    frame: pl.DataFrame, columns: LongColumns, name: str
) -> tuple[Sequences | Texts, Steps, tuple[str, ...]]:
    """The rows of a table without its target: texts where it holds words instead of numbers."""
    import polars as pl

    words = word_column(frame, columns) if columns.channels is None else None
    if columns.channels is not None and len(columns.channels) == 1:
        only = columns.channels[0]
        words = only if only in frame.columns and frame[only].dtype == pl.String else None
    if words is None:
        return group(frame, columns, name)
    return grouped_words(frame, replace(columns, channels=(words,)), name)


def holds_classes(source: Any, targets: Sequence[str]) -> bool:
    """Whether the one column to be predicted holds classes, which no forecast continues.

    These are names, truths, and whole numbers that are 0 or 1.

    Args:
        source: a frame, or the path of a file; others hold none.
        targets: the names of the columns to be predicted.

    Raises:
        DataError: the file cannot be read.
    """
    import polars as pl

    from ranvier.data.sources import load_file, load_object

    if len(targets) != 1:
        return False
    if isinstance(source, (str, Path)):
        path = Path(source).expanduser()
        frame = load_file(path).inputs if path.is_file() else None
    else:
        frame = load_object(source).inputs if hasattr(source, "columns") else None
    if not isinstance(frame, pl.DataFrame) or targets[0] not in frame.columns:
        return False
    values = frame[targets[0]].drop_nulls()
    if values.dtype == pl.String:
        numbers = values.cast(pl.Float64, strict=False)
        return bool(numbers.null_count() > len(values) / 2)
    if values.dtype.is_integer():
        return set(values.unique().to_list()) == {0, 1}
    return values.dtype in (pl.Boolean, pl.Categorical, pl.Enum)


def _filled(values: pl.Series) -> pl.Series:
    """NaN as missing."""
    return values.fill_nan(None) if values.dtype.is_float() else values


def _check_change(
    values: pl.Series, targets: Sequence[str], steps: Steps, sequences: Sequences | Texts, name: str
) -> None:
    """Refuse a target that changes within a series and can be no label of its steps."""
    known = values.drop_nulls()
    fractions = values.dtype.is_float() and bool((known != known.floor()).any())
    if len(targets) == 1 and not fractions:
        return
    for number, (a, b) in enumerate(zip(steps.starts[:-1], steps.starts[1:], strict=True)):
        found = values[steps.order[a:b]].drop_nulls().unique(maintain_order=True)
        if len(found) > 1:
            what = "numbers with fractions" if fractions else "several targets"
            raise TargetError(
                f'"{values.name}" of {name} must be the same in all rows of a series, as {what} '
                f'must; in "{sequences.name_of(number)}" it is {found[0]} and {found[1]}: name one '
                "target of classes to label each row, or another column with series=."
            )


def _of_steps(
    values: pl.Series, steps: Steps, sequences: Sequences | Texts, name: str
) -> tuple[StepLabels, Array]:
    """The labels of all steps, and for each series whether it has none: bool (S,)."""
    ordered = values[steps.order]
    absent = ordered.is_null().to_numpy()
    lost = np.add.reduceat(absent, steps.starts[:-1])
    sizes = np.diff(steps.starts)
    some = np.flatnonzero((lost > 0) & (lost < sizes))
    if len(some):
        first = int(steps.starts[some[0]])
        row = int(steps.order[first + int(np.argmax(absent[first:]))])
        raise TargetError(
            f'"{values.name}" of {name} changes within a series, so every row needs a label; row '
            f'{row:,}, of the series "{sequences.name_of(int(some[0]))}", has none: fill it in, or '
            "leave the row out."
        )
    return _cut(ordered, sequences, steps), lost == sizes


def _cut(ordered: pl.Series, sequences: Sequences | Texts, steps: Steps) -> StepLabels:
    """As many labels as each sequence has steps: those without any value were dropped."""
    labels = as_target(ordered.to_frame())
    if isinstance(sequences, Texts):
        return StepLabels(labels, steps.starts)
    if len(labels) != sequences.starts[-1]:
        labels = labels[kept(sequences.starts, steps)]
    return StepLabels(labels, sequences.starts)
