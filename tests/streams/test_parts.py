"""The parts of a stream, each by itself."""

import hypothesis.strategies as st
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

from ranvier.data.sources import load_file
from ranvier.data.streams import kinds, text
from ranvier.data.streams.counts import Counts
from ranvier.data.streams.reservoir import Lots, Reservoir
from ranvier.training.plan import chunks, epoch_order, make_plan
from ranvier.training.scatter import store

TEXTS = [
    "1", "2", "-3", "007", "1.5", "-0.25", "1e3", "abc", "", "NA", " 4 ", "true", "False", "0",
    "00", "2020-01-02", "2020-01-02 10:00:00", "nan", "+5", "-0", "0.0", "12345678901234567",
]  # fmt: skip


ROWS = st.lists(st.tuples(*[st.sampled_from(TEXTS)] * 2), min_size=1, max_size=12)


@given(ROWS, st.sampled_from(["\n", "\r\n"]), st.integers(8, 64))
@settings(max_examples=60)
def test_pieces_are_read_as_the_whole(tmp_path_factory, rows, end, size):
    path = tmp_path_factory.mktemp("a") / "a.csv"
    path.write_bytes("".join(f"{a},{b}{end}" for a, b in [("one", "two"), *rows]).encode())
    whole = load_file(path).inputs
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "PIECE", size)
        table = text.TextTable.open(path)
        found = dict.fromkeys(table.names)
        for piece in table.frames(found, checked=True):
            for series in kinds.typed(piece).iter_columns():
                found[series.name] = kinds.widened(found[series.name], kinds.kind_of(series))
        found = {name: kind or pl.String() for name, kind in found.items()}
        pieces = [kinds.read_as(piece, found) for piece in table.frames(found)]
    assert pl.concat(pieces).equals(whole), (pl.concat(pieces), whole)


def test_numbers_parsed_straight_have_the_bits_of_the_others(tmp_path):
    scale = 10.0 ** np.arange(-300, 300)[:, None] / 7
    x = np.random.default_rng(0).normal(size=(600, 2)) * scale
    pl.DataFrame(x, schema=["a", "b"]).write_csv(tmp_path / "a.csv")
    table = text.TextTable.open(tmp_path / "a.csv")
    pieces = list(table.frames(dict.fromkeys(table.names, pl.Float64())))
    assert {piece.schema["a"] for piece in pieces[1:]} == {pl.Float64}
    values = pl.concat(kinds.typed(piece) for piece in pieces)
    assert values.equals(load_file(tmp_path / "a.csv").inputs)


def test_a_sample_is_uniform_and_does_not_depend_on_the_pieces():
    samples = []
    for size in (7, 1000):
        lots, reservoir = Lots(3), Reservoir(500)
        for first in range(0, 10_000, size):
            rows = np.arange(first, min(first + size, 10_000))
            reservoir.offer(pl.DataFrame({"row": rows}), first, lots.draw(len(rows)))
        reservoir.finish()
        assert reservoir.frame["row"].to_list() == reservoir.rows.tolist()
        samples.append(reservoir.rows)
    np.testing.assert_array_equal(*samples)
    assert len(samples[0]) == 500
    for part in (samples[0], samples[0][:100]):  # any first part is a sample too
        assert abs(part.mean() - 5000) < 4 * 2887 / np.sqrt(len(part))


def test_counts_are_exact_up_to_a_limit_and_keep_the_most_frequent_beyond():
    few, many = Counts(10), Counts(10)
    for _ in range(3):
        few.add(pl.Series(["a", "b", "a", None]))
        many.add(pl.Series(["a", "a", "b", *map(str, range(20))]))
    assert few.exact
    assert few.table.to_dict(as_series=False) == {"value": ["a", "b"], "times": [6, 3]}
    assert not many.exact
    assert many.table.filter(pl.col("value") == "a")["times"].item() == 6


@given(st.integers(1, 400), st.integers(1, 64), st.integers(1, 40), st.integers(1, 6))
def test_every_row_counts_once_in_windows_too(rows, batch, block, window):
    plan = make_plan(rows, batch, 2, 0, chunk_steps=5, block=block, window=window)
    for epoch in range(2):
        order, scales = epoch_order(plan, epoch)
        assert sorted(order[scales > 0]) == list(range(rows))
    by_chunks = np.concatenate([c.indices[: c.steps] for c in chunks(plan)])
    whole = np.concatenate([epoch_order(plan, epoch)[0] for epoch in range(2)])
    np.testing.assert_array_equal(by_chunks, whole)


def test_a_window_mixes_few_blocks():
    plan = make_plan(10_000, 100, 1, 0, chunk_steps=5, block=100, window=5)
    order, _ = epoch_order(plan, 0)
    blocks = [len(set(rows // 100)) for rows in order.reshape(-1, 500)]
    assert blocks == [5] * 20
    assert (np.diff(order.reshape(-1)) != 1).mean() > 0.9


def test_rows_on_a_disk_are_all_there_in_another_order(tmp_path):
    def batches(size):
        for first in range(0, 3000, size):
            rows = np.arange(first, min(first + size, 3000), dtype=np.int32)
            numeric = np.stack([rows, rows + 0.5], axis=1).astype(np.float32)  # (rows, 2)
            yield {"inputs": {"numeric": numeric, "codes": rows[:, None]}, "target": rows}

    found = []
    for size in (100, 777):
        folder = tmp_path / str(size)
        folder.mkdir()
        rows = store(batches(size), 3000, 5, folder)
        taken = rows.take(np.arange(3000))
        assert sorted(taken["target"]) == list(range(3000))
        assert (np.diff(taken["target"]) == 1).mean() < 0.01
        np.testing.assert_array_equal(taken["inputs"]["numeric"][:, 1], taken["target"] + 0.5)
        some = np.random.default_rng(0).integers(0, 3000, 200)
        np.testing.assert_array_equal(rows.take(some)["target"], taken["target"][some])
        found.append((rows.marks(), taken["target"]))
        rows.close()
        assert not folder.exists()
    assert found[0][0] == found[1][0]
    np.testing.assert_array_equal(found[0][1], found[1][1])
