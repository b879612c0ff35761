"""Files that cannot be read as a table."""

from __future__ import annotations

import contextlib
import gzip
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

import ranvier as rv
from ranvier.errors import DataError, TargetError
from tests.bad_input.case import Refused, flights, of_flights


def read(folder: Path, name: str, content: bytes, **how: Any) -> rv.Dataset:
    path = folder / name
    path.write_bytes(content)
    return rv.read(path, **how)


def archive(folder: Path, *, cut: int = 0, **arrays: Any) -> rv.Dataset:
    path = folder / "data.npz"
    np.savez(path, **arrays)
    if cut:
        path.write_bytes(path.read_bytes()[:-cut])
    return rv.read(path)


def single_array(folder: Path) -> rv.Dataset:
    with open(folder / "data.npz", "wb") as file:
        np.save(file, np.ones((5, 2)))
    return rv.read(folder / "data.npz")


def parquet_cut_short(folder: Path) -> rv.Dataset:
    flights().write_parquet(folder / "flights.parquet")
    whole = (folder / "flights.parquet").read_bytes()
    return read(folder, "flights.parquet", whole[: len(whole) // 2], target="arr_delay")


def feather_cut_short(folder: Path) -> rv.Dataset:
    flights().write_ipc(folder / "flights.feather")
    whole = (folder / "flights.feather").read_bytes()
    return read(folder, "flights.feather", whole[: len(whole) // 2], target="arr_delay")


def beside(folder: Path, asked: str, present: str = "flights.csv") -> rv.Dataset:
    (folder / present).write_text("a,b\n1,2\n")
    return rv.read(folder / asked)


def folder_of_tables(folder: Path) -> rv.Dataset:
    (folder / "tables").mkdir()
    (folder / "tables" / "july.csv").write_text("a,b\n1,2\n")
    return rv.read(folder / "tables")


def without_permission(folder: Path) -> rv.Dataset:
    denied = PermissionError(13, "Permission denied")  # simulated: root may read everything
    with mock.patch.object(Path, "read_bytes", side_effect=denied):
        return read(folder, "salaries.csv", b"a,b\n1,2\n")


def disk_that_fails(folder: Path) -> rv.Dataset:
    with mock.patch.object(Path, "read_bytes", side_effect=OSError(5, "Input/output error")):
        return read(folder, "flights.csv", b"a,b\n1,2\n")


def predict_foreign(folder: Path) -> Any:
    (folder / "wine.csv").write_text("alcohol,ash\n12.5,2.1\n")
    return of_flights().predict(folder / "wine.csv")


def streamed(folder: Path, content: bytes, target: str = "y") -> Any:
    (folder / "big.csv").write_bytes(content)
    return rv.FCNN(max_memory="1 KB", verbose=0).fit(folder / "big.csv", target=target)


def rows(*, then: bytes, first: bytes = b"a,y\n") -> bytes:
    """Many good rows, then something else."""
    return first + b"".join(b"%d.5,%d.25\n" % (n % 9, n) for n in range(12_000)) + then


def folder_that_differs(folder: Path) -> Any:
    (folder / "days").mkdir()
    for name, content in (("july.csv", "a,b,y\n1,2,3\n"), ("june.csv", "a,y\n1,3\n")):
        (folder / "days" / name).write_text(content)
    return rv.FCNN(verbose=0).fit(folder / "days", target="y")


def disk_too_small(folder: Path) -> Any:
    run = Path("runs/big-1")  # as it is said on the page, whatever the folder
    full = OSError(28, "No space left on device")
    with mock.patch("ranvier.model.streaming.store", side_effect=full), contextlib.chdir(folder):
        (folder / "big.csv").write_bytes(rows(then=b""))
        model = rv.FCNN(max_memory="1 KB", verbose=0)
        return model.fit("big.csv", target="y", run_dir=run)


CASES = [
    Refused("a file that does not exist", DataError, lambda f: beside(f, "flihgts.csv")),
    Refused(
        "a streamed file with a wrong line far down",
        DataError,
        lambda f: streamed(f, rows(then=b"1,2,3\n")),
    ),
    Refused(
        "a streamed file whose target turns to text",
        TargetError,
        lambda f: streamed(f, rows(then=b"1,\n2,unknown\n")),
    ),
    Refused("an empty streamed file", DataError, lambda f: streamed(f, b"a,y\n" + b"\n" * 999)),
    Refused("a folder whose files differ in columns", DataError, folder_that_differs),
    Refused("no room for a streamed file's rows", DataError, disk_too_small),
    Refused("a folder that does not exist", DataError, lambda f: rv.read(f / "data" / "a.csv")),
    Refused("a built-in set's name, misspelt", DataError, lambda f: rv.read("digitss")),
    Refused("a folder where a table is needed", DataError, folder_of_tables),
    Refused("an empty file", DataError, lambda f: read(f, "a.csv", b"")),
    Refused("only blank lines", DataError, lambda f: read(f, "a.csv", b"\n\n  \n")),
    Refused("a header and nothing below", DataError, lambda f: read(f, "a.csv", b"a,b,c\n")),
    Refused(
        "a line with too many fields",
        DataError,
        lambda f: read(f, "a.csv", b"name,size\nAnn,1\nBob,2,tall\nCy,3\n"),
    ),
    Refused(
        "several lines with too few fields",
        DataError,
        lambda f: read(f, "a.csv", b"a,b,c\n1,2,3\n1,2\n1\n4,5,6\n7,8,9\n1,2,3\n"),
    ),
    Refused(
        "a picture called .csv",
        DataError,
        lambda f: read(f, "a.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10"),
    ),
    Refused(
        "a web page called .csv",
        DataError,
        lambda f: read(f, "a.csv", b"<!DOCTYPE html>\n<html>\n<body>404</body>\n</html>\n"),
    ),
    Refused(
        "a spreadsheet called .csv",
        DataError,
        lambda f: read(f, "a.csv", b"PK\x03\x04\x14\0\6\0\x08\0\0\0!\0[Content_Types].xml"),
    ),
    Refused(
        "JSON called .csv",
        DataError,
        lambda f: read(f, "a.csv", b'[{"a": 1, "b": 2},\n {"a": 3, "b": 4}]\n'),
    ),
    Refused("UTF-16 cut short", DataError, lambda f: read(f, "a.csv", b"\xff\xfea\0,\0b")),
    Refused(
        "a gzip file cut short",
        DataError,
        lambda f: read(f, "a.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * 99)[:-12]),
    ),
    Refused("a gzip file that is none", DataError, lambda f: read(f, "a.csv.gz", b"a,b\n1,2\n")),
    Refused("a Parquet file cut short", DataError, parquet_cut_short),
    Refused("text called .parquet", DataError, lambda f: read(f, "a.parquet", b"a,b\n1,2\n")),
    Refused("an empty Parquet file", DataError, lambda f: read(f, "a.parquet", b"")),
    Refused("a Feather file cut short", DataError, feather_cut_short),
    Refused("text called .feather", DataError, lambda f: read(f, "a.feather", b"a,b\n1,2\n")),
    Refused("Feather of version 1", DataError, lambda f: read(f, "a.feather", b"FEA1" * 9)),
    Refused(
        "an .npz cut short", DataError, lambda f: archive(f, cut=40, X=np.ones((9, 2)), y=range(9))
    ),
    Refused(
        "an .npz of Python objects",
        DataError,
        lambda f: archive(f, X=np.array([{"a": 1}, None], dtype=object)),
    ),
    Refused("an .npz without arrays", DataError, archive),
    Refused("a single array called .npz", DataError, single_array),
    Refused("an empty .npz", DataError, lambda f: read(f, "a.npz", b"")),
    Refused(
        "an .npz of arrays that do not belong together",
        DataError,
        lambda f: archive(f, a=np.ones((5, 2)), b=np.ones(4)),
    ),
    Refused(
        "an .npz whose X and y differ in length",
        DataError,
        lambda f: archive(f, X=np.ones((5, 2)), y=np.ones(4)),
    ),
    Refused(
        "an .npz whose halves differ in width",
        DataError,
        lambda f: archive(
            f, x_train=np.ones((5, 2)), y_train=range(5), x_test=np.ones((5, 3)), y_test=range(5)
        ),
    ),
    Refused("a file of another kind", DataError, lambda f: read(f, "a.xlsx", b"PK")),
    Refused("a file without suffix", DataError, lambda f: read(f, "table", b"a,b\n1,2\n")),
    Refused("a file that may not be read", DataError, without_permission),
    Refused("a disk that fails", DataError, disk_that_fails),
    Refused("new rows of quite another table", DataError, predict_foreign),
    Refused(
        "a share of rows above one",
        DataError,
        lambda f: read(f, "a.csv", b"a,y\n1,2\n3,4\n", test_fraction=1.5),
    ),
    Refused(
        "a test half of a file that holds none",
        DataError,
        lambda f: read(f, "a.csv", b"a,y\n1,2\n3,4\n", test_fraction=0).test,
    ),
    Refused(
        "a path and y together", TargetError, lambda f: rv.FCNN().fit(f / "flights.csv", [1, 2])
    ),
]
