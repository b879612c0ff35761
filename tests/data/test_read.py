"""Reading: files of every kind, targets, splits, built-in sets."""

import doctest
import gzip
import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pytest

from ranvier.data import read
from ranvier.data.builtin import DESCRIPTIONS, load
from ranvier.data.reading import without_split
from ranvier.data.sources import load_file, suffixes
from ranvier.data.splitting import split
from ranvier.errors import DataError, TargetError


@pytest.fixture
def csv(tmp_path):
    def parse(content, name="a.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_file(path)

    return parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,x\n2,y\n", {"a": [1, 2], "b": ["x", "y"]}),
        ("\ufeffa,b\r\n1,x\r\n\r\n2,y", {"a": [1, 2], "b": ["x", "y"]}),
        ("a,b\r1,x\r2,y\r", {"a": [1, 2], "b": ["x", "y"]}),
        ("a;b\n1,5;x\n1.234,5;y\n", {"a": [1.5, 1234.5], "b": ["x", "y"]}),
        ("a|b\n1|x\n2|y\n", {"a": [1, 2], "b": ["x", "y"]}),
        ('a,b\n1,"x ""q"", z"\n2,"l1\nl2"\n', {"a": [1, 2], "b": ['x "q", z', "l1\nl2"]}),
        ("a,b\n?,n/a\n 2 ,y\n", {"a": [None, 2], "b": [None, "y"]}),
        ("a,b\nNA,NA\n2,y\n", {"a": [None, 2], "b": [None, "y"]}),
        ("a,b\n007,True\n012,false\n", {"a": ["007", "012"], "b": [True, False]}),
        ("a\n1\n\n2\n", {"a": [1, 2]}),
    ],
)
def test_csv(csv, text, expected):
    if text == "a\n1\n\n2\n":
        assert csv(text).inputs["a"].drop_nulls().to_list() == [1, 2]
    else:
        assert csv(text).inputs.to_dict(as_series=False) == expected


def test_types_come_from_the_whole_file(csv):
    body = "\n".join(["a", *map(str, range(5000)), "2.5"])
    assert csv(body).inputs["a"].dtype == pl.Float64


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("a,b\n1,caf\xe9\n".encode("latin-1"), r"not UTF-8 \(byte 0xe9 at offset 9\)"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        ("a,a,\n1,2,3\n", "called a_2, column_3"),
        ("1,2\n3,4\n", "no header"),
        ('a,b\n5" pipe,2\n6" pipe,3\n7" x,1\n', "quotation marks"),
    ],
)
def test_csv_notes(csv, text, note):
    with pytest.raises(AssertionError, match=note):
        raise AssertionError(" ".join(csv(text).notes))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        ("a,b\n", "has a header and no rows"),
        ("a,b\n1,2\n1\n3,4,5\n", r"line 3 has 1 field where the first line has 2 \(2 such lines\)"),
        ('a,b\n"x\ny",2\n1,2,3\n', "line 4 has 3 fields where"),
        (b"PK\0\0abc", "not text"),
    ],
)
def test_csv_refusals(csv, text, message):
    with pytest.raises(DataError, match=message):
        csv(text)


def test_gzip(csv):
    assert csv(gzip.compress(b"a,b\n1,2\n"), "a.csv.gz").inputs.shape == (1, 2)
    with pytest.raises(DataError, match="not a whole gzip file"):
        csv(gzip.compress(b"a,b\n1,2\n")[:12], "b.csv.gz")


@pytest.mark.parametrize("suffix", [".parquet", ".feather", ".npz"])
def test_damaged_binaries(csv, suffix):
    for content in (b"", b"a,b\n1,2\n", b"PAR1ARROW1PK\3\4" * 5):
        with pytest.raises(DataError, match=f"a{suffix} "):
            csv(content, "a" + suffix)


def test_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flights.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match=r'does not exist. Nearest: "flights.csv"'):
        read("flihts.csv")
    with pytest.raises(DataError, match=r"is a folder, not a table\. Name one of its files"):
        read(tmp_path)
    (tmp_path / "a.xlsx").touch()
    with pytest.raises(DataError, match=r'the suffix ".xlsx", and only .*\.csv'):
        read(tmp_path / "a.xlsx")
    with pytest.raises(DataError, match=r'built-in set .*Nearest: "iris"'):
        read("irs")
    with pytest.raises(DataError, match="there is no folder"):
        read("nowhere/a.csv")


def test_permission(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n")

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "read_bytes", refuse)
    with pytest.raises(DataError, match="may not be read: permission was denied"):
        read(path)


def test_formats_agree(tmp_path):
    frame = pl.DataFrame({"a": [1.5, 2.0, 3.0], "b": ["x", None, "z"], "y": [1.0, 2.0, 4.0]})
    frame.write_csv(tmp_path / "t.csv")
    frame.write_csv(tmp_path / "t.tsv", separator="\t")
    frame.write_parquet(tmp_path / "t.parquet")
    frame.write_ipc(tmp_path / "t.feather")
    for suffix in ("csv", "tsv", "parquet", "feather"):
        examples = read(tmp_path / f"t.{suffix}", test_fraction=0)
        assert examples.inputs.equals(frame.drop("y"))
        assert examples.target.tolist() == [1, 2, 4]
        assert examples.test_rows is None
    for source in (frame, frame.to_pandas(), frame.to_arrow()):
        assert read(source, test_fraction=0).inputs["b"].to_list() == ["x", None, "z"]


def test_npz(tmp_path):
    x, y = np.arange(12.0).reshape(6, 2), np.arange(6.0)
    np.savez(tmp_path / "a.npz", X=x, y=y)
    examples = read(tmp_path / "a.npz", test_fraction=0)
    assert np.array_equal(examples.inputs, x)
    assert np.array_equal(examples.target, y)
    np.savez(tmp_path / "b.npz", x_train=x, y_train=y, x_test=x[:2], y_test=y[:2])
    assert read(tmp_path / "b.npz").test_rows.tolist() == [6, 7]
    np.savez(tmp_path / "c.npz", a=y, b=y, target=y)
    assert read(tmp_path / "c.npz").columns == ("a", "b")
    np.savez(tmp_path / "d.npz", a=y, b=x)
    with pytest.raises(DataError, match="name the inputs X and the target y"):
        read(tmp_path / "d.npz")
    np.savez(tmp_path / "e.npz", X=np.array([{"a": 1}], dtype=object))
    with pytest.raises(DataError, match="never unpickled"):
        read(tmp_path / "e.npz")
    np.savez(tmp_path / "f.npz", X=x, y=y[:3])
    with pytest.raises(DataError, match="inconsistent numbers"):
        read(tmp_path / "f.npz")


def test_target_rule():
    numbers = {"a": range(30), "b": np.linspace(0, 1, 30)}
    assert read(pl.DataFrame({"Target": range(30), **numbers})).target_names == ("Target",)
    assert read(pl.DataFrame(numbers)).target_names == ("b",)
    for last in (
        {"user_id": range(100, 130)},
        {"n": range(30)},
        {"d": pl.date_range(pl.date(2020, 1, 1), pl.date(2020, 1, 30), eager=True)},
        {"c": ["same"] * 30},
        {"t": [f"a long sentence with number {i} in it" for i in range(30)]},
        {"y": range(30), "label": range(30)},
    ):
        with pytest.raises(
            TargetError, match=r"Which column .* target= or --target; the columns are a, "
        ):
            read(pl.DataFrame({**numbers, **last}))
    with pytest.raises(TargetError, match=r'no column "aa". Nearest: "a"'):
        read(pl.DataFrame(numbers), target="aa")
    with pytest.raises(TargetError, match="no column beside"):
        read(pl.DataFrame({"a": [1, 2]}), target="a")


def test_no_header_no_default_target(csv, tmp_path):
    csv("1,2\n3,4\n")
    with pytest.raises(TargetError, match="no names of their own"):
        read(tmp_path / "a.csv")
    assert read(tmp_path / "a.csv", target="column_2").columns == ("column_1",)


def test_rows_without_target_are_left_out():
    frame = pd.DataFrame({"a": range(5), "p": [1.0, None, 3.0, np.nan, 5.0]})
    examples = read(frame, target="p", test_fraction=0)
    assert examples.target.tolist() == [1, 3, 5]
    assert examples.notes == ("2 rows without p are not used",)
    with pytest.raises(TargetError, match="has no value in any row"):
        read(pl.DataFrame({"a": [1], "p": [None]}), target="p")


def test_several_targets():
    frame = pl.DataFrame({"a": [1, 2, 3], "p": [1.0, 2, 3], "q": [0.5, None, 1]})
    examples = read(frame, target=("p", "q"), test_fraction=0)
    assert examples.target.tolist() == [[1, 0.5], [3, 1]]
    assert examples.columns == ("a",)


def test_array_target_by_name():
    examples = read(np.arange(12.0).reshape(6, 2), target="x1")
    assert isinstance(examples.inputs, np.ndarray)
    assert examples.inputs.shape == (6, 1)


@pytest.mark.parametrize("description", DESCRIPTIONS, ids=lambda d: d.name)
def test_builtin(description):
    examples = read(description.name)
    assert (len(examples), len(examples.columns)) == (description.rows, description.columns)
    assert examples.named is (description.name != "digits")
    assert len(examples.test) == round(len(examples) * 0.2)
    assert len(examples.train) + len(examples.test) == len(examples)
    if description.task != "regression":
        assert set(examples.test.target) == set(examples.target)


def test_an_empty_list_of_targets_takes_no_column(tmp_path):
    path = tmp_path / "few.csv"
    path.write_text("size,label\n1,a\n2,b\n3,a\n4,b\n")
    assert read(path).target_names == ("label",)
    whole = read(path, target=[])
    assert whole.target is None
    assert whole.columns == ("size", "label")
    assert len(whole.test) == 1
    array = read(np.arange(8.0).reshape(4, 2), target=[])
    assert array.target is None
    assert isinstance(array.inputs, np.ndarray)


def test_a_target_that_the_source_brings_stays_beside_the_columns():
    digits = read("digits", target=[])
    assert digits.target_names == ("digit",)
    assert digits.inputs.shape == (1797, 64)


def test_split_is_deterministic_and_never_empty():
    assert np.array_equal(split(100, 0.2, 1), split(100, 0.2, 1))
    assert not np.array_equal(split(100, 0.2, 1), split(100, 0.2, 2))
    assert len(split(2, 0.01, 0)) == 1
    assert len(split(2, 0.99, 0)) == 1
    assert len(split(1, 0.5, 0)) == 0
    labels = np.array(["a"] * 90 + ["b"] * 8 + ["c"] * 2)
    held = split(100, 0.2, 0, labels)
    assert len(held) == 20
    assert (np.diff(held) > 0).all()
    assert sorted(set(labels[held])) == ["a", "b", "c"]
    assert len(split(100, 0.2, 0, np.array(["a"] * 99 + ["b"]))) == 20


def test_no_split_no_test():
    with pytest.raises(DataError, match="iris has no held-out rows"):
        _ = load("iris").test
    with pytest.raises(DataError, match=r"test_fraction must lie in \[0, 1\)"):
        read("iris", test_fraction=1)
    assert without_split("iris").train is not None


def test_take_keeps_rows_together():
    part = read("diabetes").take(np.array([5, 3]))
    whole = load("diabetes")
    assert part.target.tolist() == whole.target[[5, 3]].tolist()
    assert part.inputs.equals(whole.inputs[[5, 3]])
    assert part.test_rows is None


def test_import_stays_cheap():
    code = (
        "import sys, ranvier.data, ranvier.data.builtin;"
        "assert not {'polars', 'sklearn', 'pandas', 'pyarrow', 'jax'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_suffixes():
    assert {".csv", ".tsv", ".txt", ".parquet", ".feather", ".npz"} <= set(suffixes())


def test_examples_in_the_docstring(monkeypatch):
    import ranvier

    monkeypatch.setattr(ranvier, "read", read, raising=False)
    result = doctest.testmod(ranvier.data.reading)
    assert result.attempted
    assert not result.failed
