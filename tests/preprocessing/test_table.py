"""The fitted preprocessor: its arrays, weights, state and answers to other columns."""

import datetime as dt
import json
import timeit
import tracemalloc

import hypothesis.strategies as st
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays

from ranvier.data import read
from ranvier.errors import ArtifactError, DataError
from ranvier.preprocessing import TablePreprocessor, numeric
from ranvier.specification import InputSpec

WILD = st.one_of(
    st.floats(allow_nan=True, allow_infinity=False),
    st.sampled_from([0.0, 1e300, -1e300, 1.7e308, -1.7e308, 5e-324, 1e-310, 1.0]),
)


def mixed(rows: int, seed: int = 0) -> pl.DataFrame:
    generator = np.random.default_rng(seed)
    start = dt.datetime(2020, 1, 1)
    return pl.DataFrame(
        {
            "n": generator.normal(size=rows),
            "gaps": [None if i % 5 == 0 else float(i % 7) for i in range(rows)],
            "flag": [[True, False, None][i % 3] for i in range(rows)],
            "word": [["a", "b", "c", None][i % 4] for i in range(rows)],
            "when": [
                start + dt.timedelta(hours=7 * int(i)) for i in generator.integers(0, 999, rows)
            ],
        }
    )


def same(left, right):
    return left.keys() == right.keys() and all(
        np.array_equal(left[key], right[key], equal_nan=True) for key in left
    )


def round_trip(preprocessor):
    state, tensors = preprocessor.to_state()
    return TablePreprocessor.from_state(json.loads(json.dumps(state)), tensors)


@given(arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=12), elements=WILD))
def test_wild_numbers_stay_finite_and_round_trip(x):
    preprocessor = TablePreprocessor.fit(x)
    out = preprocessor.transform(x)["numeric"]
    assert np.isfinite(out).all()
    assert np.abs(out).max() <= 3
    assert out.dtype == np.float32
    assert out.flags.c_contiguous
    assert out.shape == (len(x), preprocessor.spec.numeric)
    assert same(round_trip(preprocessor).transform(x), {"numeric": out})


@given(
    arrays(np.float64, (9, 3), elements=WILD),
    st.lists(st.integers(0, 4), min_size=9, max_size=9).filter(any),
)
def test_weights_equal_repetitions(x, weights):
    weights = np.array(weights, dtype=np.float64)
    order = np.random.default_rng(0).permutation(9)
    weighted = TablePreprocessor.fit(x[order], weights[order])
    repeated = TablePreprocessor.fit(x.repeat(weights.astype(int), axis=0))
    assert weighted.spec == repeated.spec
    for key, tensor in weighted.to_state()[1].items():
        assert np.array_equal(tensor, repeated.to_state()[1][key])


@given(st.lists(st.integers(0, 3), min_size=24, max_size=24).filter(any))
def test_weights_equal_repetitions_in_frames(weights):
    frame = mixed(24).with_columns(many=pl.Series([f"v{i % 13}" for i in range(24)]))
    rows = np.arange(24).repeat(weights)
    weighted = TablePreprocessor.fit(frame, np.array(weights, dtype=np.float64))
    repeated = TablePreprocessor.fit(frame[rows])
    assert weighted.to_state()[0] == repeated.to_state()[0]
    assert same(weighted.transform(frame), repeated.transform(frame))


def test_scale_of_weights_does_not_matter():
    x = np.random.default_rng(0).normal(size=(50, 2))
    weights = np.random.default_rng(1).integers(1, 9, 50).astype(float)
    left = TablePreprocessor.fit(x, weights).plan
    right = TablePreprocessor.fit(x, weights / 1024).plan
    assert np.array_equal(left.center, right.center)


def test_frames_round_trip():
    frame = mixed(60)
    preprocessor = TablePreprocessor.fit(frame)
    out = preprocessor.transform(frame)
    assert out["categories"].dtype == np.int32
    assert out["categories"].flags.c_contiguous
    assert out["numeric"].shape == (60, preprocessor.spec.numeric)
    assert len(preprocessor.feature_names) == preprocessor.spec.numeric
    again = round_trip(preprocessor)
    assert same(again.transform(frame), out)
    assert again.decisions == preprocessor.decisions
    one_by_one = [preprocessor.transform(frame[i])["numeric"] for i in range(60)]
    assert np.array_equal(np.concatenate(one_by_one), out["numeric"])


def test_the_formula():
    x = np.arange(101.0)[:, None]
    out = TablePreprocessor.fit(x).transform(x)["numeric"][:, 0]
    z = (x[:, 0] - 50) / 50
    assert np.allclose(out, z / np.sqrt(1 + (z / 3) ** 2), atol=1e-6)
    rare = np.array([0.0] * 9 + [4.0])[:, None]
    z = 4.0 * 2 / 4  # the quartiles agree: twice the difference over the range
    assert TablePreprocessor.fit(rare).transform(rare)["numeric"].max() == np.float32(
        z / np.sqrt(1 + (z / 3) ** 2)
    )


def test_missing_numbers():
    x = np.array([[1.0, 1], [np.nan, 2], [3, 3], [5, 4]])
    out = TablePreprocessor.fit(x).transform(x)["numeric"]
    assert out.shape == (4, 3)
    assert out[1, 0] == 0
    assert out[:, 2].tolist() == [0, 1, 0, 0]
    later = TablePreprocessor.fit(np.arange(4.0)[:, None]).transform(np.array([[np.nan]]))
    assert later["numeric"].tolist() == [[0]]


def test_nothing_usable_is_one_zero():
    for inputs in (np.ones((5, 3)), pl.DataFrame({"a": ["x"] * 5, "b": [None] * 5})):
        preprocessor = TablePreprocessor.fit(inputs)
        assert preprocessor.spec == InputSpec(1, ())
        assert "no column varies" in preprocessor.notes[0]
        assert preprocessor.transform(inputs)["numeric"].tolist() == [[0]] * 5
        assert same(round_trip(preprocessor).transform(inputs), preprocessor.transform(inputs))


def test_categories():
    values = ["b", "a", None, "b", "a"]
    preprocessor = TablePreprocessor.fit(pl.DataFrame({"c": values}))
    assert preprocessor.spec.categories == (4,)
    out = preprocessor.transform(pl.DataFrame({"c": [*values, "new"]}))
    assert out["categories"][:, 0].tolist() == [2, 1, 3, 2, 1, 0]
    assert "numeric" not in out
    whole = TablePreprocessor.fit(pl.DataFrame({"c": ["a", "b"]}))
    assert whole.transform(pl.DataFrame({"c": [None]}))["categories"].tolist() == [[0]]


def test_rare_values_share_code_zero():
    values = [f"v{i:02d}" for i in range(12)] * 2 + ["once"]
    preprocessor = TablePreprocessor.fit(pl.DataFrame({"c": values}))
    assert preprocessor.spec.categories == (13,)
    assert preprocessor.transform(pl.DataFrame({"c": ["once"]}))["categories"][0, 0] == 0
    assert "1 of them too rare" in preprocessor.decisions[0].reason


def test_types_that_changed_since_training():
    preprocessor = TablePreprocessor.fit(
        pl.DataFrame({"c": ["1", "2", "x"], "b": [True, False, True], "n": [1, 2, 4]})
    )
    new = pl.DataFrame({"c": [1, 2], "b": ["yes", "0"], "n": ["1", "many"]})
    out = preprocessor.transform(new)
    assert out["categories"][:, 0].tolist() == [1, 2]
    assert out["numeric"][:, 1].tolist() == [1, -1]
    assert out["numeric"][1, 0] == 0


def test_dates():
    days = pl.date_range(pl.date(2020, 1, 6), pl.date(2021, 1, 6), eager=True)
    preprocessor = TablePreprocessor.fit(pl.DataFrame({"d": days}))
    assert preprocessor.feature_names == (
        "d (days)", "d (sine of the year)", "d (cosine of the year)",
        "d (sine of the week)", "d (cosine of the week)",
    )  # fmt: skip
    text = pl.DataFrame({"d": days.dt.to_string("%Y-%m-%d")})
    moments = pl.DataFrame({"d": days.cast(pl.Datetime("ns"))})
    out = preprocessor.transform(pl.DataFrame({"d": days}))
    assert same(preprocessor.transform(text), out)
    assert same(preprocessor.transform(moments), out)
    assert out["numeric"][0, 3:].tolist() == [0, 1]  # a Monday
    gone = preprocessor.transform(pl.DataFrame({"d": [None]}))["numeric"]
    assert gone.tolist() == [[0] * 5]


def test_zones_are_taken_on_the_clocks_of_training():
    hours = pl.datetime_range(
        dt.datetime(2020, 1, 1), dt.datetime(2020, 1, 9), "5h", time_zone="UTC", eager=True
    )
    preprocessor = TablePreprocessor.fit(pl.DataFrame({"t": hours}))
    elsewhere = pl.DataFrame({"t": hours.dt.convert_time_zone("Asia/Tokyo")})
    assert same(
        preprocessor.transform(elsewhere), preprocessor.transform(pl.DataFrame({"t": hours}))
    )


def test_other_columns():
    frame = mixed(40)
    preprocessor = TablePreprocessor.fit(frame)
    less = frame.drop("word", "n").with_columns(extra=1)
    with pytest.raises(DataError, match="Feature names unseen at fit time:\n- extra\n"):
        preprocessor.transform(less)
    with pytest.raises(DataError, match="yet now missing:\n- n\n- word\n"):
        preprocessor.transform(less)
    with pytest.raises(DataError, match="must be in the same order"):
        preprocessor.transform(frame.select(frame.columns[::-1]))
    assert preprocessor.missing_columns(less) == ("n", "word")
    out = preprocessor.transform(less, lenient=True)
    nulls = frame.with_columns(n=None, word=None)
    assert same(out, preprocessor.transform(nulls))
    turned = preprocessor.transform(frame.select(frame.columns[::-1]), lenient=True)
    assert same(turned, preprocessor.transform(frame))
    with pytest.raises(DataError, match="None of the 5 columns"):
        preprocessor.transform(pl.DataFrame({"q": [1]}), lenient=True)


def test_widths_of_arrays():
    preprocessor = TablePreprocessor.fit(np.random.default_rng(0).normal(size=(9, 4)))
    with pytest.raises(DataError, match=r"X has 1 features, but \w+ is expecting 4 features as"):
        preprocessor.transform(np.ones((3, 1)))


def test_arrays_and_frames_agree():
    x = np.random.default_rng(0).normal(size=(30, 3))
    frame = pl.DataFrame(x, schema=["a", "b", "c"], orient="row")
    from_array, from_frame = TablePreprocessor.fit(x), TablePreprocessor.fit(frame)
    expected = from_array.transform(x)
    assert same(from_array.transform(frame), expected)
    assert same(from_frame.transform(x), expected)
    assert same(from_frame.transform(frame), expected)
    assert same(from_array.transform(np.asfortranarray(x)), expected)


def test_blocks_make_no_difference():
    x = np.random.default_rng(0).normal(size=(5000, 30)).astype(np.float32)
    x[::7, 3] = np.nan
    preprocessor = TablePreprocessor.fit(x)
    whole = preprocessor.transform(x)["numeric"]
    parts = [preprocessor.transform(x[i : i + 99])["numeric"] for i in range(0, 5000, 99)]
    assert np.array_equal(whole, np.concatenate(parts))


def test_transform_allots_little_more_than_its_result():
    x = np.random.default_rng(0).random((100_000, 50), dtype=np.float32)
    preprocessor = TablePreprocessor.fit(x[:1000])
    tracemalloc.start()
    out = preprocessor.transform(x)["numeric"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < out.nbytes + 16 * 2**20


@pytest.mark.benchmark
def test_one_row_takes_under_thirty_microseconds():
    x = np.random.default_rng(0).normal(size=(100, 20))
    preprocessor = TablePreprocessor.fit(x)
    best = min(timeit.repeat(lambda: preprocessor.transform(x[:1]), number=1000, repeat=5))
    assert best / 1000 < 30e-6


def test_the_features_run_in_jax():
    jnp = pytest.importorskip("jax.numpy")
    x = np.random.default_rng(0).normal(size=(20, 3))
    x[3, 1] = np.nan
    plan = TablePreprocessor.fit(x).plan
    expected = numeric.features(x, plan.center, plan.scale, plan.indicated)
    center, scale = (jnp.asarray(v[None, :], jnp.float32) for v in (plan.center, plan.scale))
    got = numeric.features(jnp.asarray(x, jnp.float32), center, scale, plan.indicated, xp=jnp)
    assert np.allclose(got, expected, atol=1e-5)


def damage(change):
    state, tensors = TablePreprocessor.fit(mixed(40)).to_state()
    state, tensors = json.loads(json.dumps(state)), dict(tensors)
    change(state, tensors)
    return state, tensors


DAMAGES = (
    lambda s, t: s.pop("columns"),
    lambda s, t: s.update(version=99),
    lambda s, t: s.update(columns=[]),
    lambda s, t: s.update(columns="x"),
    lambda s, t: s["columns"][0].update(kind="magic"),
    lambda s, t: s["columns"][0].update(name=3),
    lambda s, t: s.update(numbers=["nobody", "n", "gaps"]),
    lambda s, t: s.update(numbers=None),
    lambda s, t: s.update(array="yes"),
    lambda s, t: s.update(array=True),
    lambda s, t: s.update(places=[["n", "year"]]),
    lambda s, t: s.update(places=[["when", "eon"]]),
    lambda s, t: s["categories"][0].update(values=["b", "a"]),
    lambda s, t: s["categories"].append(s["categories"][0]),
    lambda s, t: t.pop("center"),
    lambda s, t: t.update(scale=t["scale"][:1]),
    lambda s, t: t.update(scale=t["scale"] * np.nan),
    lambda s, t: t.update(scale=-t["scale"]),
    lambda s, t: t.update(indicated=np.array([99])),
    lambda s, t: t.update(indicated=np.array([0.5])),
    lambda s, t: t.update(indicated=np.array([1, 0])),
    lambda s, t: s["columns"][4]["details"].update(format=7),
)


@pytest.mark.parametrize("number", range(len(DAMAGES)))
def test_damaged_state_is_refused(number):
    with pytest.raises(ArtifactError):
        TablePreprocessor.from_state(*damage(DAMAGES[number]))


def test_foreign_state_is_refused():
    for state in ({}, {"version": 1}, [], None):
        with pytest.raises(ArtifactError):
            TablePreprocessor.from_state(state, {})


@pytest.mark.parametrize("name", ["digits", "iris", "wine", "breast_cancer", "diabetes"])
def test_builtin_sets(name):
    examples = read(name)
    preprocessor = TablePreprocessor.fit(examples.train.inputs)
    out = preprocessor.transform(examples.test.inputs)["numeric"]
    assert out.shape == (len(examples.test), preprocessor.spec.numeric)
