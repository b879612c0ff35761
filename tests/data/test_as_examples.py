"""The door of fit and predict: what is let in, what is refused and in which words."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp
from sklearn.exceptions import DataConversionWarning
from sklearn.utils.estimator_checks import _NotAnArray

from ranvier.data import Dataset, as_examples
from ranvier.data.sources import sparse as sparse_source
from ranvier.errors import DataError, DataTypeError

X = np.arange(12.0).reshape(4, 3)


@pytest.mark.parametrize("dtype", ["f4", "f8", "i8", "i4", "u1", "?"])
def test_numeric_arrays_are_kept_without_a_copy(dtype):
    array = np.ones((3, 2), dtype=dtype)
    examples = as_examples(array)
    assert examples.inputs is array
    assert examples.columns == ("x0", "x1")
    assert not examples.named


def test_float16_becomes_float32():
    assert as_examples(np.ones((2, 2), np.float16)).inputs.dtype == np.float32


def test_read_only_memory_maps(tmp_path):
    np.save(tmp_path / "x.npy", X)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert np.array_equal(as_examples(mapped).inputs, X)


@pytest.mark.parametrize("shell", [list, _NotAnArray, np.asfortranarray, np.ma.asarray])
def test_array_likes(shell):
    source = X.tolist() if shell is list else shell(X)
    assert np.array_equal(as_examples(source, [1, 2, 3, 4]).inputs, X)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (np.ones(3), "Expected 2D array, got 1D array instead"),
        (np.ones(3), "Reshape your data"),
        ([1.0, 2.0], "Reshape your data"),
        (np.ones((2, 2, 2, 2, 2)), "Found array with dim 5"),
        (np.float64(3), "got scalar array instead"),
        (3, "got scalar array instead"),
        (X.astype(complex), "Complex data not supported"),
        (sp.csr_array(X.astype(complex)), "Complex data not supported"),
        (
            np.empty((0, 3)),
            r"0 sample\(s\) \(shape=\(0, 3\)\) while a minimum of 1 is required\.",
        ),
        (
            np.empty((12, 0)),
            r"0 feature\(s\) \(shape=\(12, 0\)\) while a minimum of 1 is required\.",
        ),
        (pd.DataFrame({"a": []}), r"0 sample\(s\)"),
        ([[1, 2], [3]], "differ in length or depth"),
        (np.array([[1.0, np.inf]]), r'Input X contains infinity .*column "x1", row 0 \(1 such'),
        (pl.DataFrame({"a": [1.0, np.inf, -np.inf]}), r'column "a", row 1 \(2 such values\)'),
    ],
)
def test_refusals(source, message):
    with pytest.raises(DataError, match=message):
        as_examples(source)


@pytest.mark.parametrize("source", [None, "file.csv", {"a": 1}, object()])
def test_what_is_no_table(source):
    with pytest.raises(DataTypeError):
        as_examples(source)


def test_nan_means_missing():
    as_examples(np.array([[np.nan, 1.0]]))


def test_object_arrays_are_read_per_column():
    array = np.array([[1, "a", None], [2.5, "b", True], [None, {"foo": "bar"}, False]], object)
    examples = as_examples(array)
    assert examples.inputs.schema == {"x0": pl.Float64, "x1": pl.String, "x2": pl.Boolean}
    assert examples.inputs["x1"].to_list() == ["a", "b", "{'foo': 'bar'}"]
    assert not examples.named
    assert as_examples(X.astype(object)).inputs.dtypes == [pl.Float64] * 3
    assert as_examples([["1", "u"], ["2", "v"]]).inputs.dtypes == [pl.Int64, pl.String]


@pytest.mark.parametrize("library", ["pandas", "polars", "lazy", "pyarrow"])
def test_frames(library):
    columns = {"n": [1.5, None], "s": ["a", None], "b": [True, False]}
    source = {
        "pandas": lambda: pd.DataFrame(columns),
        "polars": lambda: pl.DataFrame(columns),
        "lazy": lambda: pl.LazyFrame(columns),
        "pyarrow": lambda: pa.table(columns),
    }[library]()
    examples = as_examples(source, [0, 1])
    assert examples.named
    assert examples.columns == ("n", "s", "b")
    assert examples.inputs["s"].to_list() == ["a", None]
    assert examples.inputs["b"].to_list() == [True, False]
    assert examples.inputs["n"].fill_nan(None).to_list() == [1.5, None]


def test_odd_pandas_frames():
    frame = pd.DataFrame([[1, "a"], [2, "b"]])
    assert not as_examples(frame).named
    twice = pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"])
    examples = as_examples(twice)
    assert examples.columns == ("a", "a_2")
    assert "a_2" in examples.notes[0]
    mixed = pd.DataFrame({"m": [1, "x", None, {"k": 1}]})
    assert as_examples(mixed).inputs["m"].to_list() == ["1", "x", None, "{'k': 1}"]
    kinds = pd.DataFrame({"c": pd.Categorical(["a", "b"]), "i": pd.array([1, None], dtype="Int64")})
    assert as_examples(kinds).inputs["i"].to_list() == [1, None]


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "lil", "dok", "bsr", "dia"])
def test_sparse(form):
    matrix = sp.csr_array(X).asformat(form)
    examples = as_examples(matrix)
    assert examples.inputs.dtype == np.float32
    assert np.array_equal(examples.inputs, X)


def test_sparse_too_large(monkeypatch):
    monkeypatch.setattr(sparse_source, "available_memory", lambda: 2**30)
    with pytest.raises(DataError, match=r"sparse matrix of shape \(1000000, 100000\) needs 372.5"):
        as_examples(sp.csr_array((1_000_000, 100_000)))


@pytest.mark.parametrize(
    "y", [[1, 2, 3, 4], pd.Series([1, 2, 3, 4]), pl.Series([1, 2, 3, 4]), _NotAnArray([1, 2, 3, 4])]
)
def test_targets(y):
    assert as_examples(X, y).target.tolist() == [1, 2, 3, 4]


def test_target_names():
    assert as_examples(X, pd.Series([1, 2, 3, 4], name="price")).target_names == ("price",)
    two = pd.DataFrame({"a": range(4), "b": range(4)})
    examples = as_examples(X, two)
    assert examples.target_names == ("a", "b")
    assert examples.target.shape == (4, 2)


def test_a_column_vector_is_raveled_with_a_warning():
    with pytest.warns(DataConversionWarning, match="A column-vector y was passed when a 1d array"):
        examples = as_examples(X, np.ones((4, 1)))
    assert examples.target.shape == (4,)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([1.0, np.nan, 1, 1], "Input y contains NaN."),
        (["a", None, "b", "c"], "Input y contains NaN."),
        ([1.0, np.inf, 1, 1], "Input y contains infinity or a value too large for"),
        ([1, 2, 3], "Found input variables with inconsistent numbers of samples"),
        (np.ones((4, 2, 2, 2, 2)), "y should be a 1d array"),
        (np.ones(4, complex), "Complex data not supported"),
        ([[1, 2], [3]], "y must be an array"),
    ],
)
def test_target_refusals(y, message):
    with pytest.raises(DataError, match=message):
        as_examples(X, y)


@pytest.mark.parametrize(
    "weights", [[1, 2, 0, 1], pd.Series([1, 2, 0, 1]), _NotAnArray([1, 2, 0, 1])]
)
def test_weights(weights):
    given = as_examples(X, [1, 2, 3, 4], sample_weight=weights).weights
    assert given.dtype == np.float64
    assert given.tolist() == [1, 2, 0, 1]


def test_one_weight_for_all():
    assert as_examples(X, sample_weight=3).weights.tolist() == [3, 3, 3, 3]


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones((4, 2)), "Sample weights must be 1D array or scalar"),
        ([0, 0, 0, 0], "sample_weight is zero for every row"),
        ([1, -1, 0, 0], "negative in row 1"),
        ([1, np.nan, 0, 0], "NaN or infinity"),
        ([1, 1], "inconsistent numbers of samples"),
        (["a"] * 4, "must be numbers"),
    ],
)
def test_weight_refusals(weights, message):
    with pytest.raises(DataError, match=message):
        as_examples(X, [1, 2, 3, 4], sample_weight=weights)


def test_a_dataset_is_returned():
    dataset = Dataset(X)
    assert as_examples(dataset) is dataset
    with pytest.raises(DataError, match="pass it alone"):
        as_examples(dataset, [1, 2, 3, 4])
