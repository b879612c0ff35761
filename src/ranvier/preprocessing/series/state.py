"""A `WindowPreprocessor` as plain data and tensors, and back; what does not fit is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.series import SeriesTable
from ranvier.data.series.frequency import Frequency
from ranvier.errors import ArtifactError
from ranvier.preprocessing.series.calendar import PARTS
from ranvier.preprocessing.series.linear import LinearForecast
from ranvier.preprocessing.series.scale import POWERS, Scale
from ranvier.preprocessing.series.windows import WindowPreprocessor
from ranvier.preprocessing.table import TablePreprocessor

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]

KIND = "windows"  # marks the state
LARGEST = 10_000_000  # steps


def dump(fitted: WindowPreprocessor) -> tuple[dict[str, Any], dict[str, Array]]:
    """JSON-able plain data, and tensors by name."""
    tail, scale = fitted.tail, fitted.scale
    tensors = {
        "linear.kernel": fitted.linear.kernel,
        "linear.bias": fitted.linear.bias,
        "tail.values": tail.values,
        "tail.observed": tail.observed.astype(np.uint8),
        "tail.starts": tail.starts,
        "tail.ends": tail.ends,
        "tail.first": tail.first,
        "tail.scales": np.ones(len(tail)) if tail.scales is None else tail.scales,
    }
    plain: dict[str, Any] = {
        "kind": KIND,
        "context": fitted.context,
        "horizon": fitted.horizon,
        "scale": [scale.power, scale.center, scale.scale],
        "calendar": list(fitted.calendar),
        "frequency": tail.frequency.plain(),
        "season": tail.season,
        "names": list(tail.names),
        "columns": [tail.time, tail.target, tail.series],
        "tail": {"known": _columns(tail.known), "static": _columns(tail.static)},
    }
    for name, table in (("known", fitted.known), ("static", fitted.static)):
        plain[name], more = (None, {}) if table is None else table.to_state()
        tensors |= {f"{name}.{key}": value for key, value in more.items()}
    return plain, tensors


def restore(plain: Mapping[str, Any], tensors: Mapping[str, Array]) -> WindowPreprocessor:
    """The preprocessor, after every part has been checked.

    Raises:
        ArtifactError: the state is malformed.
    """
    import polars as pl

    damaged = (KeyError, TypeError, ValueError, AttributeError, pl.exceptions.PolarsError)
    try:
        return _build(plain, tensors)
    except damaged as error:
        raise ArtifactError(
            "The model file's description of its series is damaged or foreign: "
            "save the model again."
        ) from error


def _build(plain: Mapping[str, Any], tensors: Mapping[str, Array]) -> WindowPreprocessor:
    context, horizon, season = (_count(plain[n]) for n in ("context", "horizon", "season"))
    power, center, size = (float(number) for number in plain["scale"])
    kernel, bias = tensors["linear.kernel"], tensors["linear.bias"]
    _require(power in POWERS and np.isfinite([center, size]).all() and size > 0)
    _require(kernel.shape == (context, horizon) and bias.shape == (horizon,))
    _require(np.isfinite(kernel).all() and np.isfinite(bias).all())
    calendar = tuple(plain["calendar"])
    _require(set(calendar) <= set(PARTS) and len(set(calendar)) == len(calendar))
    tables = {}
    for name in ("known", "static"):
        own = {k.removeprefix(f"{name}."): v for k, v in tensors.items() if k.startswith(name)}
        state = plain[name]
        tables[name] = None if state is None else TablePreprocessor.from_state(state, own)
    tail = _tail(plain, tensors, season)
    _require((tables["known"] is None) == (tail.known is None))
    _require((tables["static"] is None) == (tail.static is None))
    return WindowPreprocessor(
        context,
        horizon,
        Scale(power, center, size),
        LinearForecast(kernel.astype(np.float64), bias.astype(np.float64)),
        calendar,
        tail,
        tables["known"],
        tables["static"],
    )


def _tail(plain: Mapping[str, Any], tensors: Mapping[str, Array], season: int) -> SeriesTable:
    names = tuple(plain["names"])
    values, observed = tensors["tail.values"], tensors["tail.observed"]
    starts, ends = tensors["tail.starts"], tensors["tail.ends"]
    first, scales = tensors["tail.first"], tensors["tail.scales"]
    count = len(names)
    _require(count > 0 and all(isinstance(name, str) for name in names))
    _require(values.dtype == np.float64 and values.ndim == 1 and observed.shape == values.shape)
    _require(all(a.dtype == np.int64 for a in (starts, ends, first)))
    _require(starts.shape == (count + 1,) and ends.shape == first.shape == (count,))
    _require(scales.shape == (count,) and bool((scales > 0).all()))
    _require(starts[0] == 0 and starts[-1] == len(values))
    _require(bool((starts[:-1] < ends).all() and (ends <= starts[1:]).all()))
    inside = np.zeros(len(values), bool)
    for start, end in zip(starts[:-1], ends, strict=True):
        inside[start:end] = True
    _require(bool(np.isfinite(values[inside]).all()))
    known, static = _frame(plain["tail"]["known"]), _frame(plain["tail"]["static"])
    _require(known is None or known.height == len(values))
    _require(static is None or static.height == count)
    time, target, series = plain["columns"]
    _require(all(isinstance(name, str) for name in (time, target, series)))
    return SeriesTable(
        values, observed > 0, starts, ends, first, Frequency.from_plain(plain["frequency"]),
        season, names, known, static, time, target, series, scales.astype(np.float64),
    )  # fmt: skip


def _columns(frame: pl.DataFrame | None) -> list[dict[str, Any]] | None:
    """A frame of numbers, truths and names for JSON."""
    import polars as pl

    if frame is None:
        return None
    found = []
    for series in frame.iter_columns():
        kind = "number" if series.dtype.is_numeric() else "text"
        kind = "truth" if series.dtype == pl.Boolean else kind
        as_kind = {"number": pl.Float64, "truth": pl.Boolean, "text": pl.String}[kind]
        column = series.cast(as_kind)
        column = column.fill_nan(None) if kind == "number" else column
        found.append({"name": series.name, "kind": kind, "values": column.to_list()})
    return found


def _frame(columns: Any) -> pl.DataFrame | None:
    import polars as pl

    if columns is None:
        return None
    kinds: dict[str, Any] = {"number": pl.Float64, "truth": pl.Boolean, "text": pl.String}
    return pl.DataFrame(
        [pl.Series(c["name"], c["values"], kinds[c["kind"]], strict=True) for c in columns]
    )


def _count(value: Any) -> int:
    _require(type(value) is int and 1 <= value <= LARGEST)
    return int(value)


def _require(holds: Any) -> None:
    if not holds:
        raise ValueError("does not fit together")
