"""Long tables: rows into sequences, what is said, and what is refused."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import ranvier as rv
from ranvier.errors import DataError, TargetError
from ranvier.runs.prediction import predict
from ranvier.runs.request import Request
from ranvier.runs.training import _read

FRAME = pl.DataFrame(
    {
        "machine": ["b", "b", "a", "b", "a", "c"],
        "minute": [1, 3, 2, 2, 1, 1],
        "heat": [10.0, 30.0, 2.0, 20.0, 1.0, None],
        "on": [True, False, True, True, False, True],
        "site": ["Bonn", "Bonn", "Oslo", "Bonn", "Oslo", None],
        "word": ["x", "y", "x", "z", "x", "x"],
        "broken": ["yes", "yes", "no", "yes", "no", "no"],
    }
)


def read(frame=FRAME, target="broken", **how):
    return rv.read(
        frame, target=target, test_fraction=0, **{"series": "machine", "time": "minute"} | how
    )


def test_rows_of_a_series_in_order():
    examples = read()
    sequences = examples.inputs
    assert sequences.names == ("b", "a", "c")
    assert sequences.channels == ("heat", "on")
    assert sequences.row(0).tolist() == [[10, 1], [20, 1], [30, 0]]
    assert sequences.row(1).tolist() == [[1, 0], [2, 1]]
    assert examples.target.tolist() == ["yes", "no", "no"]
    assert sequences.beside.to_dict(as_series=False) == {"site": ["Bonn", "Oslo", None]}
    assert examples.notes == (
        "3 series of machine: sequences of 1 to 3 steps, 2 channels",
        "2 series were not in the order of minute: sorted",
        "no numbers, and they change within a series: word: not used",
    )


def test_without_a_time_rows_stay_as_they_come():
    sequences = read(time=None).inputs
    assert sequences.row(0)[:, 1].tolist() == [10, 30, 20]  # the minute is a channel as well


@pytest.mark.parametrize(
    "times",
    [
        [0.1, 0.3, 0.2, 0.2, 0.1, 0.1],
        ["2024-01-01", "2024-01-03", "2024-01-02", "2024-01-02", "2024-01-01", "2024-01-01"],
        ["1.5.2024", "3.6.2024", "2.6.2024", "2.5.2024", "1.6.2024", "1.5.2024"],
    ],
    ids=["seconds", "dates", "days in another style"],
)
def test_times_of_any_kind(times):
    sequences = read(FRAME.with_columns(minute=pl.Series(times))).inputs
    assert sequences.row(0)[:, 0].tolist() == [10, 20, 30]


def test_what_is_said_of_repeated_times_and_rows_without_a_name():
    frame = FRAME.with_columns(minute=pl.lit(1), machine=pl.Series(["b", "b", "a", "b", "a", None]))
    notes = read(frame).notes
    assert "3 rows repeat a minute of the same series: kept, in the order they came" in notes
    assert "1 row is without machine: not used" in notes


def test_targets():
    some = FRAME.with_columns(broken=pl.Series([None, "yes", "no", None, None, None]))
    examples = read(some)
    assert examples.target.tolist() == ["yes", "no"]
    assert examples.inputs.names[examples.inputs.rows[1]] == "a"
    assert "1 series without broken is not used" in examples.notes
    assert read(target=None).target_names == ("broken",)
    two = read(FRAME.with_columns(age=pl.Series([1, 1, 2, 1, 2, 3])), ["broken", "age"])
    assert two.target.shape == (3, 2)


def test_a_target_that_changes_is_a_label_for_each_step():
    frame = FRAME.with_columns(
        broken=pl.Series(["yes", "no", "no", "maybe", "yes", None]),
        heat=pl.col("heat").fill_null(0),
    )
    examples = read(frame)
    assert [row.tolist() for row in examples.labels] == [["yes", "maybe", "no"], ["yes", "no"]]
    assert "broken changes within a series: a label for each step" in examples.notes
    assert "1 series without broken is not used" in examples.notes
    assert examples.inputs.moments_of(0).to_list() == [1, 2, 3]
    assert examples.take(np.array([1])).labels[0].tolist() == ["yes", "no"]
    half = rv.read(frame, target="broken", series="machine", test_fraction=0.5)
    assert len(half.train.target) == len(half.test.target) == 1


def test_steps_without_a_value_at_the_end_have_no_label():
    frame = FRAME.drop("on").with_columns(
        broken=pl.Series(["yes", "no", "no", "maybe", "yes", "no"]),
        heat=pl.Series([10.0, None, 2.0, 20.0, 1.0, 5.0]),
    )
    examples = read(frame)
    assert [row.tolist() for row in examples.labels] == [["yes", "maybe"], ["yes", "no"], ["no"]]
    assert examples.inputs.moments_of(0).to_list() == [1, 2]
    assert examples.inputs.moments_of(1).to_list() == [1, 2]


def test_numbers_that_name_series():
    frame = FRAME.with_columns(machine=pl.Series([2, 2, 1, 2, 1, 10]))
    assert read(frame).inputs.names == ("2", "1", "10")


@pytest.mark.parametrize(
    ("change", "how", "error", "words"),
    [
        ({"broken": pl.Series([0.5, 1.5, 0, 1, 0, 0])}, {}, TargetError,
         'as numbers with fractions must; in "b" it is 0.5 and 1.0'),
        ({"broken": pl.Series([1, 2, 0, 1, 0, 0]), "age": pl.Series([1, 1, 2, 1, 2, 3])},
         {"target": ["age", "broken"]}, TargetError, "as several targets must"),
        ({"broken": pl.Series(["yes", None, "no", "no", "no", "no"])}, {}, TargetError,
         'every row needs a label; row 1, of the series "b", has none'),
        ({"broken": pl.lit(None)}, {}, TargetError, "no value in any row"),
        ({}, {"series": "machin"}, DataError, 'no column "machin", which series= names'),
        ({}, {"time": "minutes"}, DataError, 'no column "minutes", which time= names'),
        ({}, {"target": "sold"}, DataError, 'no column "sold", which target= names'),
        ({}, {"target": "machine"}, TargetError, "cannot be the target and tell the series"),
        ({"minute": pl.Series([1, None, 2, 2, 1, 1])}, {}, DataError, "row 1 has none"),
        ({"minute": pl.lit("noon")}, {}, DataError, "must hold dates"),
        ({"machine": pl.lit(None)}, {}, DataError, "it must tell whose step a row is"),
        ({"heat": pl.lit("hot"), "on": pl.lit("of"), "word": pl.lit("x")}, {}, DataError,
         "no column of numbers beside machine, minute and the target"),
        ({"heat": pl.lit(None, pl.Float64), "on": pl.lit("of")}, {}, DataError,
         'The series "b" of the table has no value in any step'),
        ({}, {"series": None}, DataError, "time= orders the rows of each series"),
    ],
)  # fmt: skip
def test_refused(change, how, error, words):
    with pytest.raises(error) as refused:
        read(FRAME.with_columns(**change), **how)
    assert words in str(refused.value)


def test_only_tables_are_long():
    for source in ("iris", np.ones((4, 3)), read()):
        with pytest.raises(DataError, match=r"leave series= out\."):
            rv.read(source, series="machine")


def test_a_model_of_a_long_table(tmp_path):
    rng = np.random.default_rng(0)
    rows = [
        {"id": f"s{s}", "t": t, "a": (s % 2) * t + rng.normal(), "b": rng.normal(), "rises": s % 2}
        for s in range(24)
        for t in range(5 + s % 4)
    ]
    frame = pl.DataFrame(rows).sample(fraction=1.0, shuffle=True, seed=1)
    frame.write_csv(tmp_path / "long.csv")
    examples = rv.read(tmp_path / "long.csv", target="rises", series="id", time="t")
    model = rv.RNN(epochs=2, units=(4,), convolutions=(), verbose=0).fit(examples)
    model.save(tmp_path / "long.ranvier")
    again = rv.load(tmp_path / "long.ranvier")
    everything = rv.read(
        tmp_path / "long.csv", target="rises", series="id", time="t", test_fraction=0
    )
    expected = model.predict(everything)
    assert len(expected) == 24
    assert again.predict(tmp_path / "long.csv").tolist() == expected.tolist()
    assert again.score(tmp_path / "long.csv") == model.score(everything)
    shuffled = frame.select("t", "b", "id", "a")  # by name, whatever their order
    assert again.predict(rv.Dataset(shuffled)).tolist() == expected.tolist()
    out = predict(again, str(tmp_path / "long.csv"))
    assert out.columns == ["id", "rises"]
    assert out["id"].to_list() == list(everything.inputs.names)
    with pytest.raises(DataError, match='has no column "a", which the model\'s training names'):
        again.predict(rv.Dataset(frame.drop("a")))


def test_fit_and_runs_take_the_columns_as_hyperparameters(tmp_path):
    rng = np.random.default_rng(0)
    rows = [
        {"id": f"s{s}", "t": t, "a": (s % 2) * t + rng.normal(), "rises": ["no", "yes"][s % 2]}
        for s in range(24)
        for t in range(6, 0, -1)
    ]
    frame = pl.DataFrame(rows)
    frame.write_csv(tmp_path / "long.csv")
    quick = {"epochs": 1, "units": (4,), "convolutions": (), "task": "classification"}
    model = rv.RNN(**quick, series="id", time="t", verbose=0).fit(frame, target="rises")
    assert "24 series were not in the order of t: sorted" in [text for _, text in model.decisions_]
    with pytest.raises(DataError, match=r"leave sample_weight= out\."):
        rv.RNN(**quick, series="id").fit(frame, target="rises", sample_weight=np.ones(len(frame)))
    settings = {**quick, "series": "id", "time": "t"}
    request = Request(source=str(tmp_path / "long.csv"), targets=("rises",), settings=settings)
    examples = _read(request, None)
    assert len(examples) == 24
    assert examples.inputs.kind == "sequence"
