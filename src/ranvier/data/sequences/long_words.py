"""Long tables of words: a row for each word, a column that tells whose word it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ranvier.data.sequences.long import LongColumns, Steps, begun, ordered, static
from ranvier.data.series.times import check_name
from ranvier.data.texts import Texts, strings
from ranvier.errors import DataError

if TYPE_CHECKING:
    import polars as pl

SHOWN = 3  # columns named in a note


def word_column(frame: pl.DataFrame, columns: LongColumns) -> str | None:
    """The column of words: the one of most different texts in a table without numbers.

    Args:
        frame: a long table without its target.
        columns: which of its columns are what.

    Returns:
        None where there are numbers, or no text that changes within a series.
    """
    import polars as pl

    if columns.series not in frame.columns:
        return None
    rest = frame.drop([c for c in (columns.series, columns.time) if c and c in frame.columns])
    if any(column.dtype.is_numeric() or column.dtype == pl.Boolean for column in rest):
        return None
    texts = [column.name for column in rest if column.dtype == pl.String]
    counts = frame.group_by(columns.series).agg(pl.col(texts).drop_nulls().n_unique())
    found = [name for name in texts if (counts[name] > 1).any()]
    return max(found, key=lambda name: frame[name].n_unique()) if found else None


def grouped_words(
    frame: pl.DataFrame, columns: LongColumns, name: str
) -> tuple[Texts, Steps, tuple[str, ...]]:
    """The texts of a table, which rows are whose words, and notes.

    Columns with one value in each series stand beside. `columns.channels` names the words.

    Raises:
        DataError: a column is not there, or a word is missing.
    """
    import polars as pl

    check_name(frame, columns.series, "series=", begun(name))
    if columns.time:
        check_name(frame, columns.time, "time=", begun(name))
    assert columns.channels is not None
    (column,) = columns.channels
    check_name(frame, column, "the model's training", begun(name))
    steps, names, notes = ordered(frame, columns, name)
    values = frame[column].cast(pl.String)[steps.order]
    lost = (values.is_null() | (values.str.strip_chars() == "")).to_numpy()
    if lost.any():
        row = int(steps.order[int(np.argmax(lost))])
        raise DataError(
            f'"{column}" of {name} must hold a word in each row; row {row:,} has none: fill it in, '
            "or leave the row out."
        )
    listed = values.to_list()
    words = np.empty(len(names), object)
    for number, (begin, end) in enumerate(zip(steps.starts[:-1], steps.starts[1:], strict=True)):
        words[number] = tuple(listed[begin:end])
    rest = frame.drop([c for c in (columns.series, columns.time, column) if c])
    same, varying = static(rest, steps)
    if varying:
        shown = ", ".join(varying[:SHOWN]) + (", ..." if len(varying) > SHOWN else "")
        notes += (f"they change within a series: {shown}: not used",)
    texts = Texts(
        strings([" ".join(row) for row in words]),
        np.array(names),
        beside=same if same.width else None,
        sources=(column,),
        words=words,
        series=columns.series,
        time=columns.time,
    )
    count = f"{len(names):,} series of {columns.series}: the words of {column}"
    return texts, steps, (count, *notes)
