"""The recurrent family: what it learns, what padding cannot change, how it is described."""

import numpy as np
import pytest

import ranvier as rv
from ranvier.errors import DataError, HyperparameterError

QUICK = {
    "units": (8,), "convolutions": (4,), "epochs": 6, "learning_rate": 0.02, "verbose": 0,
    "batch_size": 16, "embedding": 8,
}  # fmt: skip


def waves(rows=120, seed=0):
    """Sequences of 8 to 30 steps: whether the first step is positive; and the classes."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, rows)
    X = []
    for label in y:
        row = rng.normal(0, 0.3, (int(rng.integers(8, 31)), 2)).astype(np.float32)
        row[0, 0] = 2 * label - 1
        X.append(row)
    return X, y


def sentences(rows=120, seed=0):
    """Texts of 3 to 9 words, one of which tells the class; and the classes."""
    rng = np.random.default_rng(seed)
    fillers = ["the", "film", "was", "a", "story", "of", "people", "and", "places"]
    told = {"good": ["great", "lovely", "superb"], "bad": ["awful", "boring", "poor"]}
    y = rng.choice(list(told), rows)
    X = []
    for label in y:
        words = list(rng.choice(fillers, int(rng.integers(2, 9))))
        words.insert(int(rng.integers(0, len(words) + 1)), str(rng.choice(told[label])))
        X.append(" ".join(words))
    return X, y


@pytest.fixture(scope="module")
def reader():
    return rv.RNN(**QUICK).fit(*sentences())


@pytest.fixture(scope="module")
def listener():
    return rv.RNN(**QUICK).fit(*waves())


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_each_cell_remembers_the_first_step(cell):
    settings = {**QUICK, "convolutions": (), "epochs": 30, "bidirectional": False}
    model = rv.RNN(cell=cell, pooling="last", **settings).fit(*waves(200))
    assert model.score(*waves(200, seed=1)) > 0.9


@pytest.mark.parametrize(
    ("pooling", "bidirectional"),
    [("last", True), ("mean", False), ("max", True), ("attention", False)],
)
def test_each_pooling_learns_which_word_counts(pooling, bidirectional):
    model = rv.RNN(pooling=pooling, bidirectional=bidirectional, bag=False, **QUICK)
    assert model.fit(*sentences(300)).score(*sentences(200, seed=1)) > 0.9


def test_numbers_are_predicted_too():
    X, _ = waves(200)
    y = np.array([float(row[:, 1].sum()) for row in X])
    model = rv.RNN(**{**QUICK, "epochs": 30}).fit(X, y)
    assert model.task_ == "regression"
    assert model.score(X, y) > 0.8


def test_padding_changes_no_bit(listener):
    X, _ = waves(70, seed=2)
    expected = listener.predict_proba(X)
    longest = max(len(row) for row in X)
    for width in (longest, longest + 1, longest + 50):
        whole = np.full((len(X), width, 2), np.nan, np.float32)
        for row, steps in zip(whole, X, strict=True):
            row[: len(steps)] = steps
        np.testing.assert_array_equal(listener.predict_proba(whole), expected)
        lengths = [len(row) for row in X]
        filled = rv.Sequences.of(np.nan_to_num(whole), lengths=lengths)
        np.testing.assert_array_equal(listener.predict_proba(filled), expected)


def test_padding_inside_the_network_changes_no_bit(listener):
    """The same rows in programs of 30, 31 and 90 steps."""
    X, _ = waves(64, seed=3)
    lengths = np.array([len(row) for row in X], np.int32)
    network, found = listener.network_, []
    for steps in (30, 31, 90):
        padded = np.zeros((64, steps, 2), np.float32)
        for row, values in zip(padded, X, strict=True):
            row[: len(values)] = values
        found.append(np.asarray(network({"steps": padded, "lengths": lengths})))
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_padding_inside_the_network_changes_no_loss_while_training(listener):
    X, _ = waves(16, seed=3)
    lengths = np.array([len(row) for row in X], np.int32)
    found = []
    for steps in (30, 90):
        padded = np.zeros((16, steps, 2), np.float32)
        for row, values in zip(padded, X, strict=True):
            row[: len(values)] = values
        network = listener.network_
        network.train()
        found.append(network.convolutions(padded, lengths))
    np.testing.assert_allclose(found[0], found[1], atol=1e-5)


def test_a_network_that_is_trained_on_leaves_the_model_as_it_is(listener):
    before = {name: array.copy() for name, array in listener._outcome.variables.items()}
    network = listener.network_
    network.train()
    network({"steps": np.ones((16, 20, 2), np.float32)})
    for name, array in listener._outcome.variables.items():
        np.testing.assert_array_equal(array, before[name])


def test_neighbours_change_no_bit(reader):
    texts, _ = sentences(80, seed=2)
    whole = reader.predict_proba(texts)
    np.testing.assert_array_equal(reader.predict_proba(texts[::-1])[::-1], whole)
    np.testing.assert_array_equal(reader.predict_proba(texts[:7]), whole[:7])


@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
def test_a_shorter_neighbour_changes_no_bit_of_rows_that_are_as_long_as_in_training(pooling):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(64, 12, 2)).astype(np.float32)
    model = rv.RNN(pooling=pooling, **{**QUICK, "epochs": 1}).fit(X, np.arange(64) % 2)
    alone = model.predict_proba(X)
    together = model.predict_proba([*X, X[0, :5]])
    np.testing.assert_array_equal(together[:64], alone)
    assert not np.array_equal(together[64], alone[0])


def test_the_same_seed_gives_the_same_bits(listener):
    again = rv.RNN(**QUICK).fit(*waves())
    other = rv.RNN(seed=1, **QUICK).fit(*waves())
    X, _ = waves(20, seed=4)
    np.testing.assert_array_equal(again.predict_proba(X), listener.predict_proba(X))
    assert not np.array_equal(other.predict_proba(X), listener.predict_proba(X))


@pytest.mark.parametrize("kind", ["reader", "listener"])
def test_what_is_saved_predicts_the_same_bits(kind, request, tmp_path):
    model = request.getfixturevalue(kind)
    X, _ = sentences(20, seed=5) if kind == "reader" else waves(20, seed=5)
    model.save(tmp_path / "model.ranvier")
    loaded = rv.load(tmp_path / "model.ranvier")
    assert isinstance(loaded, rv.RNN)
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
    assert loaded.summary() == model.summary()


def test_the_summary_names_every_layer(reader, listener):
    text = reader.summary()
    assert "a vector for each token" in text
    assert "hidden 1" in text
    assert "LSTM cells, both ways" in text
    assert "weighed words" in text
    steps = listener.summary()
    assert "filters along the steps" in steps
    assert "numbers of a step" in steps
    count = sum(a.size for a in listener._outcome.parameters.values())
    assert f"{count:,} parameters" in steps


def test_a_table_beside_texts_is_seen_as_well():
    import polars as pl

    texts, _ = sentences(200)
    rng = np.random.default_rng(0)
    stars = rng.integers(1, 6, 200).astype(float)
    frame = pl.DataFrame({"review": texts, "stars": stars})
    model = rv.RNN(bag=False, **{**QUICK, "epochs": 30}).fit(frame, stars > 3)
    assert model.score(frame, stars > 3) > 0.95


def test_texts_of_equal_length_and_one_row_are_predicted(reader):
    assert reader.predict(["lovely"]).tolist() == ["good"]
    assert reader.predict(["awful film", "superb film"]).tolist() == ["bad", "good"]
    assert len(reader.predict(["", "никогда", "🙂 🙂"])) == 3


def test_textbook_is_one_layer_and_nothing_beside_it():
    model = rv.RNN(recipe="textbook", epochs=1, units=(4,), verbose=0).fit(*waves())
    paths = {path.split("/")[0] for path in model._outcome.parameters}
    assert paths == {"stack", "head"}
    assert model.resolved_["optimizer"] == "adam"


def test_a_batch_of_settings_that_contradict_is_refused():
    with pytest.raises(HyperparameterError, match="units must be whole numbers above 0"):
        rv.RNN(units=(), verbose=0).fit(*waves())
    with pytest.raises(HyperparameterError, match="units must be whole numbers above 0"):
        rv.RNN(units=(4, -1), verbose=0).fit(*waves())


def test_rows_of_another_kind_are_refused(reader, listener):
    with pytest.raises(DataError, match="learned from texts"):
        reader.predict(waves(5)[0])
    with pytest.raises(DataError, match="learned from sequences"):
        listener.predict(["a text"])
    with pytest.raises(DataError, match="channels"):
        listener.predict([np.zeros((5, 3))])
