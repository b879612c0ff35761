"""Series continued after their end, block by block where it is further than the horizon."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.series import SeriesTable, Windows
from ranvier.data.series.columns import SeriesColumns
from ranvier.data.series.opening import open_series
from ranvier.data.series.regular import regular
from ranvier.data.series.times import begin, check_name, read_times
from ranvier.errors import DataError, HyperparameterError
from ranvier.model.predicting import Predictor
from ranvier.preprocessing.series import SeriesCoder, WindowPreprocessor

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]


FEW = 2  # times


def table_of(source: Any, columns: SeriesColumns, preprocessor: WindowPreprocessor) -> SeriesTable:
    """Other series on the steps of training.

    Raises:
        DataError: they cannot be read, or have another step.
    """
    frame, name, found = open_series(source, columns.target)
    if found and columns.time is None and found in frame.columns:
        columns = replace(columns, time=found)
    columns, _ = columns.found_in(frame, name)
    ours = preprocessor.tail.frequency
    if frame.get_column(str(columns.time)).n_unique() <= FEW:  # too few to tell their step
        return regular(frame, columns, name, ours)[0].scaled()
    table, _ = regular(frame, columns, name)
    theirs = table.frequency
    if ours.unit == theirs.unit and theirs.size > ours.size and not theirs.size % ours.size:
        table, _ = regular(frame, columns, name, ours)  # with a gap between any two
    elif (ours.unit, ours.size) != (theirs.unit, theirs.size):
        raise DataError(f"{begin(name)} must be {ours}, as in training; it is {theirs}.")
    return table.scaled()


def at_the_ends(preprocessor: WindowPreprocessor, table: SeriesTable) -> Windows:
    """One window for each series, whose steps ahead follow its last value."""
    table = table.extended(preprocessor.horizon)
    return Windows(table, table.ends, preprocessor.context, preprocessor.horizon)


def forecast(
    preprocessor: WindowPreprocessor,
    coder: SeriesCoder,
    predictor: Predictor,
    table: SeriesTable,
    steps: int | None,
    known: Any,
) -> pl.DataFrame:
    """See `Forecasting.forecast`."""
    horizon = preprocessor.horizon
    if steps is not None and (isinstance(steps, bool) or int(steps) != steps or steps < 1):
        raise HyperparameterError(
            f"horizon must be a whole number of at least 1, or None; got {steps!r}."
        )
    wanted = horizon if steps is None else int(steps)
    blocks = -(-wanted // horizon)
    beyond = table.extended(
        blocks * horizon, _known(preprocessor, table, wanted, blocks * horizon, known)
    )
    ends, found, before = table.ends - table.starts[:-1] + beyond.starts[:-1], [], None
    values, observed = beyond.values.copy(), beyond.observed.copy()
    for block in range(blocks):
        origins = ends + block * horizon
        now = replace(beyond, values=values.copy(), observed=observed.copy(), ends=origins)
        windows = Windows(now, origins, preprocessor.context, horizon)
        logits = predictor.logits(preprocessor.transform(windows, lenient=True))
        quantiles = _widened(coder.quantiles(logits), before)  # (S, 3, horizon)
        before = np.abs(quantiles[:, (0, 2), -1] - quantiles[:, 1, -1:])  # (S, 2)
        places = windows.future_rows()
        values[places], observed[places] = quantiles[:, 1], True
        found.append(quantiles)
    whole = np.concatenate(found, axis=2)[:, :, :wanted]
    return _frame(beyond, ends, whole, wanted)


def _widened(quantiles: Array, before: Array | None) -> Array:
    """A later block's interval holds what the block before it was unsure of, too."""
    if before is None:
        return quantiles
    low, middle, high = np.moveaxis(quantiles, 1, 0)
    low = middle - np.hypot(middle - low, before[:, :1])
    high = middle + np.hypot(high - middle, before[:, 1:])
    return np.stack([low, middle, high], axis=1)


def _frame(table: SeriesTable, ends: Array, quantiles: Array, steps: int) -> pl.DataFrame:
    import polars as pl

    rows = (ends[:, None] + np.arange(steps)).ravel()
    times = table.times_of(rows)
    when = pl.Series(table.time, times)
    if when.dtype == pl.Datetime and (when.dt.truncate("1d") == when).all():
        when = when.cast(pl.Date)
    low, middle, high = (quantiles[:, n].ravel() for n in range(3))
    columns: list[pl.Series] = [when]
    if len(table) > 1:
        names = [name for name in table.names for _ in range(steps)]
        columns.insert(0, pl.Series(table.series or "series", names))
    taken = {series.name for series in columns}
    for name, numbers in (("forecast", middle), ("low", low), ("high", high)):
        columns.append(pl.Series(name if name not in taken else f"{name}_", numbers))
    return pl.DataFrame(columns)


def _known(
    preprocessor: WindowPreprocessor, table: SeriesTable, wanted: int, total: int, known: Any
) -> pl.DataFrame | None:
    """The columns known ahead for `total` steps of each series, those after `wanted` empty.

    Raises:
        DataError: they are missing.
    """
    import polars as pl

    if preprocessor.known is None or table.known is None:
        return None
    names = table.known.columns
    have = int((table.starts[1:] - table.ends).min())
    quoted = ", ".join(f'"{name}"' for name in names)
    if known is None:
        if have >= wanted:
            return None
        raise DataError(
            f"Forecasting {wanted:,} steps needs {quoted} for each of them, and the data tell "
            f"{have:,}: pass known=, a frame with {wanted:,} rows"
            f"{' for each series' if len(table) > 1 else ''}."
        )
    frame, name, _ = open_series(known)
    for column in names:
        check_name(frame, column, "known=", name)
    order = _order(frame, table, wanted, name)
    chosen = frame.select(names)
    blank = pl.DataFrame({n: [None] for n in names}, schema=chosen.schema)
    rows = np.full((len(table), total), frame.height, np.int64)
    rows[:, :wanted] = order
    return pl.concat([chosen, blank])[rows.ravel()]


def _order(frame: pl.DataFrame, table: SeriesTable, wanted: int, name: str) -> Array:
    """Int64 (S, wanted): which row of the frame tells of which step."""
    import polars as pl

    count = len(table)
    if table.time not in frame.columns:
        if frame.height != count * wanted:
            raise DataError(
                f"{begin(name)} must have a row for each of {count * wanted:,} steps ahead; it has "
                f"{frame.height:,}: pass as many, or name their times in a column "
                f'"{table.time}".'
            )
        return np.arange(frame.height).reshape(count, wanted)
    times, _ = read_times(frame.get_column(table.time), name)
    counts = table.frequency.counts(times)
    labels = ["" for _ in counts]
    if count > 1 and table.series in frame.columns:
        named = (
            frame.get_column(table.series).cast(pl.String).fill_null("missing")
        )  # as in training
        labels = named.to_list()
    places = {
        (label, int(n)): row for row, (label, n) in enumerate(zip(labels, counts, strict=True))
    }
    found = np.empty((count, wanted), np.int64)
    firsts = table.first + table.lengths
    for number, series in enumerate(table.names):
        for step in range(wanted):
            at = int(firsts[number]) + step
            row = places.get((series, at), places.get(("", at)))
            if row is None:
                time = str(table.frequency.times(np.array([at]))[0]).split("T00:00")[0]
                raise DataError(
                    f"{begin(name)} tells nothing of {time}, one of the {wanted:,} steps ahead: "
                    "it needs a row for each of them."
                )
            found[number, step] = row
    return found
