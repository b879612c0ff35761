"""From rows as people have them to windows."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest

import ranvier as rv
from ranvier.errors import DataError, TargetError

MONTHS = 60


def monthly(count=MONTHS, **columns):
    times = pd.date_range("2015-01-01", periods=count, freq="MS")
    values = 100 + np.arange(count) + 10 * np.sin(np.arange(count) * np.pi / 6)
    frame = {"month": [t.date() for t in times], "sales": values}
    return pl.DataFrame(frame | columns)


def read(frame, **how):
    return rv.read_series(frame, **({"horizon": 3, "context": 6, "test_fraction": 0} | how))


def noted(dataset, words):
    assert any(words in note for note in dataset.notes), dataset.notes
    return dataset.inputs.table


def test_rows_in_any_order_are_sorted():
    frame = monthly()
    table = noted(read(frame.sample(fraction=1.0, shuffle=True, seed=1)), "they are sorted")
    assert np.array_equal(table.values, frame["sales"])


def test_repeated_times_are_averaged():
    frame = monthly()
    again = frame.head(2).with_columns(pl.col("sales") + 10.0)
    table = noted(read(pl.concat([frame, again])), "2 rows of a time that was there already")
    assert np.allclose(table.values[:3], frame["sales"][:3] + pl.Series([5.0, 5.0, 0.0]))


def test_gaps_are_filled_for_the_past_and_no_truth_to_be_forecast():
    frame = monthly()
    kept = frame.filter(~pl.col("month").is_in([frame["month"][20], frame["month"][21]]))
    dataset = read(kept)
    table = noted(dataset, "2 steps had no row")
    assert np.allclose(table.values[19:23], np.linspace(table.values[19], table.values[22], 4))
    assert np.isnan(dataset.target).sum() == 6  # two steps, each in three windows
    assert not table.observed[20:22].any()


def test_missing_values_inside_and_at_the_ends():
    values = monthly()["sales"].to_list()
    values[0] = values[1] = values[-1] = values[30] = None
    dataset = read(monthly(sales=values))
    table = noted(dataset, "2 rows are not used: before the first value")
    noted(dataset, "1 row is not used: after the last value")
    noted(dataset, "1 row had no value")
    assert len(table.values) == MONTHS - 3


def test_no_past_sees_a_value_that_came_later():
    """Between two known values lies a line; who stands before the second must not see it."""
    values = np.arange(MONTHS, dtype=float)
    values[20:23] = np.nan
    windows = read(monthly(sales=values)).inputs
    row = int(np.flatnonzero(windows.origins == 22)[0])
    assert windows.past(np.array([row]))[0].tolist() == [16, 17, 18, 19, 19, 19]


def test_zones_are_brought_to_utc():
    texts = [f"2024-01-{day:02d}T12:00:00+0{1 + day % 2}:00" for day in range(1, 29)]
    hours = pl.DataFrame({"at": texts, "y": np.arange(28.0)})
    hours = hours.with_columns(
        pl.Series("at", [t.replace("12", "13") if "+02" in t else t for t in texts])
    )
    dataset = read(hours, horizon=2, context=4)
    assert str(dataset.inputs.table.frequency) == "daily"


def test_a_zone_is_said():
    zoned = pd.DataFrame(
        {"at": pd.date_range("2024-01-01", periods=60, freq="h", tz="Asia/Tokyo"), "y": range(60)}
    )
    table = noted(read(zoned), "(Asia/Tokyo) are brought to UTC")
    assert str(table.times_of(np.array([0]))[0]).startswith("2023-12-31T15")


def test_a_constant_series_is_said():
    noted(read(monthly(sales=[5.0] * MONTHS)), "the same value at every step")


def test_several_columns_are_several_series():
    frame = monthly(rents=np.arange(MONTHS) * 2.0)
    dataset = read(frame, target=["sales", "rents"])
    assert dataset.inputs.table.names == ("sales", "rents")
    assert len(dataset) == 2 * len(read(monthly()))


def test_series_one_below_the_other_may_differ_in_length():
    a = monthly().with_columns(shop=pl.lit("a"), size=pl.lit(3))
    b = monthly(30).with_columns(shop=pl.lit("b"), size=pl.lit(5))
    dataset = read(pl.concat([a, b]), series="shop", static="size", target="sales")
    table = dataset.inputs.table
    assert table.lengths.tolist() == [60, 30]
    assert table.static["size"].to_list() == [3, 5]
    assert dataset.inputs.name_of(len(dataset) - 1).startswith("b, 2017-04")


def test_columns_known_ahead_reach_beyond_the_end():
    values = [*monthly(50)["sales"].to_list(), *[None] * 10]
    frame = monthly(60, sales=values, holiday=[n % 3 == 0 for n in range(60)])
    dataset = read(frame, known="holiday")
    table = noted(dataset, "10 rows after the last value tell what is ahead")
    assert table.known.height == 60
    assert table.lengths.tolist() == [50]


def test_a_known_column_that_ends_is_not_made_up():
    holiday = [*["no"] * 55, *[None] * 5]
    values = [*monthly(50)["sales"].to_list(), *[None] * 10]
    table = read(monthly(60, sales=values, holiday=holiday), known="holiday").inputs.table
    assert table.known["holiday"].null_count() == 5


@pytest.mark.parametrize("form", ["list", "array", "pandas", "polars"])
def test_values_alone_are_a_series(form):
    values = np.sin(np.arange(50.0))
    made = {"list": list, "array": np.array, "pandas": pd.Series, "polars": pl.Series}[form](values)
    table = read(made).inputs.table
    assert np.array_equal(table.values, values)
    assert table.times_of(np.array([49])).tolist() == [49]


def test_a_pandas_index_of_dates_is_the_time():
    frame = monthly().to_pandas().set_index(pd.date_range("2015-01-31", periods=60, freq="ME"))
    table = read(frame[["sales"]]).inputs.table
    assert str(table.times_of(np.array([1]))[0]).startswith("2015-02-28")


TEXTS = {
    "day first": "%d.%m.%Y", "month first": "%m/%d/%Y", "month": "%Y-%m", "compact": "%Y%m%d",
}  # fmt: skip


@pytest.mark.parametrize("form", list(TEXTS.values()), ids=list(TEXTS))
def test_dates_in_common_styles(tmp_path, form):
    frame = monthly()
    texts = [day.strftime(form) for day in frame["month"]]
    path = tmp_path / "sales.csv"
    frame.with_columns(month=pl.Series(texts)).write_csv(path)
    table = read(path).inputs.table
    assert str(table.frequency) == "monthly"
    assert table.times_of(np.array([1]))[0].astype("M8[D]").item() == datetime.date(2015, 2, 1)


def test_decimal_years_are_months():
    frame = pl.DataFrame({"time": 1949 + np.arange(48) / 12, "value": np.arange(48.0)})
    table = read(frame).inputs.table
    assert str(table.times_of(np.array([13]))[0]).startswith("1950-02-01")


def test_no_window_that_trains_or_validates_reaches_the_test_part():
    dataset = rv.read_series(monthly(120), horizon=6)
    windows, border = dataset.inputs, 120 - 24
    train = dataset.train
    valid = np.zeros(len(train), bool)
    valid[train.valid_rows] = True
    reach = train.inputs.origins + windows.horizon
    assert reach.max() == border
    assert dataset.test.inputs.origins.min() == border
    assert train.inputs[~valid].origins.max() + 6 <= train.inputs[valid].origins.min()
    assert len(dataset.test) == 24 - 6 + 1  # every origin whose horizon is inside
    scale = np.abs(np.diff(windows.table.values.reshape(-1, 12)[: border // 12], axis=0)).mean()
    assert np.isclose(windows.table.scales[0], scale)  # nothing of the test part


def test_horizon_and_context_follow_the_season():
    assert rv.read_series(monthly(144)).inputs.shape[1] == 24 + 12


def test_few_rows_get_a_shorter_context_and_then_an_answer():
    assert read(monthly(30), horizon=12, context=None).inputs.context < 24
    with pytest.raises(DataError, match=r"has 20 steps, and to forecast 12 at least 39 are needed"):
        rv.read_series(monthly(20), horizon=12)


def test_an_infinite_value_is_refused():
    values = [*monthly()["sales"].to_list()[:-1], np.inf]
    with pytest.raises(DataError, match='"sales" of the frame holds an infinite value in row 60'):
        read(monthly(sales=values))


def test_text_cannot_be_continued():
    with pytest.raises(TargetError, match="must hold numbers to be continued; it holds values"):
        read(monthly(sales=["many"] * MONTHS), target="sales")
