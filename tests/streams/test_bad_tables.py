"""What is wrong far down a large table is said in one sentence."""

import errno
import os

import polars as pl
import pytest

import ranvier as rv
from ranvier.errors import DataError, TargetError
from tests.streams.tables import SMALL, TINY, csv, frame, said


def fit(path):
    return rv.FCNN(**SMALL, max_memory=TINY).fit(path, target="y")


def lines(rows=2000):
    return ["a,b,y", *(f"{n % 7}.5,{n % 3},{n % 11}.25" for n in range(rows))]


def write(place, rows):
    (place / "big.csv").write_text("\n".join(rows) + "\n")
    return place / "big.csv"


@pytest.mark.parametrize("line", ["1.5,2", "1.5,2,3,4"])
def test_a_line_with_another_number_of_fields(tmp_path, line):
    rows = lines()
    rows[1500] = line
    fields = line.count(",") + 1
    message = rf"big.csv, line 1,501 has {fields} fields where the first line has 3: repair it"
    with pytest.raises(DataError, match=message):
        fit(write(tmp_path, rows))


def test_two_wrong_lines_that_make_up_for_each_other(tmp_path):
    rows = lines()
    rows[1500:1502] = ["1.5,2", "1.5,2,3,4"]
    with pytest.raises(DataError, match=r"line 1,501 has 2 fields"):
        fit(write(tmp_path, rows))


def test_an_infinity(tmp_path):
    rows = lines()
    rows[1500] = "inf,2,3.25"
    with pytest.raises(DataError, match=r'infinity .* column "a", row 1,499'):
        fit(write(tmp_path, rows))


def test_a_target_whose_kind_changes(tmp_path, monkeypatch):
    monkeypatch.setattr("ranvier.data.streams.target.MOST_CLASSES", 100)
    rows = ["a,b,y", *(f"{n % 7}.5,{n % 3},{n}.25" for n in range(2000))]
    rows[1500] = "1.5,2,unknown"
    message = r'the column "y" holds numbers up to row 1,\d+ and other text such as \'unknown\''
    with pytest.raises(TargetError, match=message):
        fit(write(tmp_path, rows))


def test_a_column_whose_kind_changes_is_said(tmp_path):
    rows = lines()
    rows[1500] = "many,2,3.25"
    words = said(write(tmp_path, rows))
    assert "such as 'many' after it" in words
    assert "a: numbers; 1 value is no number and counts as missing" in words
    rows[1001:] = [f"word{n % 5},{n % 3},1.5" for n in range(1000)]
    assert "categories 1 (a " in said(write(tmp_path, rows))


def test_more_names_than_classes_can_be(tmp_path, monkeypatch):
    monkeypatch.setattr("ranvier.data.streams.target.MOST_CLASSES", 100)
    table = frame().with_columns(y=pl.format("name{}", "row"))
    with pytest.raises(TargetError, match=r'target "y" of big\.csv holds more than 100 different'):
        fit(csv(tmp_path, table))


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"x": [1], "y": [2.0]}, r'2.csv has no column "a", which 1.csv has; write all alike'),
        ({"a": [1], "b": [1], "y": [2.0]}, r'2.csv has a column "b", which 1.csv has not'),
        ({"y": [1], "a": [2.0]}, "2.csv has the columns of 1.csv in another order"),
    ],
)
def test_a_folder_whose_files_differ(tmp_path, other, message):
    csv(tmp_path, pl.DataFrame({"a": [1, 2], "y": [1.5, 2.5]}), "1.csv")
    csv(tmp_path, pl.DataFrame(other), "2.csv")
    with pytest.raises(DataError, match=message):
        fit(tmp_path)


def test_a_folder_whose_files_differ_in_kinds(tmp_path):
    for name, a in (("1", [1, 2]), ("2", ["x", "y"])):
        pl.DataFrame({"a": a, "y": [1.5, 2.5]}).write_parquet(tmp_path / f"{name}.parquet")
    message = 'the column "a" is Int64 in 1.parquet and String in 2.parquet; write all files alike'
    with pytest.raises(DataError, match=message):
        fit(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"a,y\n", "has a header and no rows"),
        (b"\x89PNG" + bytes(5000), "begins like a picture"),
        (b"a,y\n1,\n2,\n", 'target "y" has no value in any row'),
        (b"a,z\n1,2\n", 'has no column "y"'),
        (b"y\n1\n2\n", "no column beside the target"),
        (b'a,y\n1,2\n"3,4\n' + b"5,6\n" * 3000, "line 3 has|longer than"),
    ],
)
def test_tables_that_are_none(tmp_path, monkeypatch, content, message):
    monkeypatch.setattr("ranvier.data.streams.text.LONGEST", 1 << 13)
    monkeypatch.setattr("ranvier.model.streaming.memory_budget", lambda _: -1)
    (tmp_path / "big.csv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        fit(tmp_path / "big.csv")


def test_a_full_disk(tmp_path, monkeypatch):
    path = csv(tmp_path, frame())

    def full(file, array):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("ranvier.training.scatter._write", full)
    run = tmp_path / "run"
    with pytest.raises(
        DataError, match=r"rows of big\.csv do not fit on the disk of .*run: make room"
    ):
        rv.FCNN(**SMALL, max_memory=TINY).fit(path, target="y", run_dir=run)
    assert not (run / "cache").exists()


def test_a_table_that_changes_between_the_passes(tmp_path, monkeypatch):
    from ranvier.model import streaming

    path = csv(tmp_path, frame())
    examples = streaming.read_or_stream(path, target="y", max_memory=TINY)
    csv(tmp_path, frame(1100))
    with pytest.raises(DataError, match="changed while they were read"):
        streaming.prepare(rv.FCNN(**SMALL), examples, None)


def test_windows_1252(tmp_path):
    rows = lines()
    rows[1500] = "caf\xe9,2,3.25"
    (tmp_path / "big.csv").write_bytes("\n".join(rows).encode("latin-1"))
    words = said(tmp_path / "big.csv")
    assert "is not UTF-8" in words
    assert "caf\xe9" in words


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = csv(tmp_path, frame())

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr("ranvier.data.streams.text._opened", refuse)
    with pytest.raises(DataError, match="permission was denied"):
        fit(path)
