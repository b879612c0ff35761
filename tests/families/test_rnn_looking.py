"""What a recurrent model looks at: parts that add up, in their places, and states over time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import ranvier as rv
from ranvier.errors import DataError, HyperparameterError

QUICK: dict[str, Any] = {
    "units": (8,), "convolutions": (4,), "epochs": 6, "learning_rate": 0.02, "verbose": 0,
    "batch_size": 16, "embedding": 8,
}  # fmt: skip
ODD = ["", "Superb 🙂 Zoe\u0308,\nand   AWFUL", "great " * 40, "שלום great", "the film"]


def sentences(rows: int = 96) -> tuple[list[str], np.ndarray]:
    rng = np.random.default_rng(0)
    told = {"good": ["great", "lovely", "superb"], "bad": ["awful", "boring", "poor"]}
    y = rng.choice(list(told), rows)
    X = []
    for label in y:
        words = list(rng.choice(["the", "film", "was", "a", "story"], int(rng.integers(2, 9))))
        words.insert(int(rng.integers(0, len(words) + 1)), str(rng.choice(told[label])))
        X.append(" ".join(words))
    return X, y


def waves(rows: int = 90, even: bool = False) -> tuple[list[np.ndarray], np.ndarray]:
    rng = np.random.default_rng(1)
    y = rng.integers(0, 3, rows)
    X = []
    for label in y:
        row = rng.normal(0, 0.3, (12 if even else int(rng.integers(6, 20)), 2))
        row[:4, 0] += 2.0 * (label - 1)
        X.append(row.astype(np.float32))
    return X, y


@pytest.fixture(scope="module")
def reader() -> rv.RNN:
    return rv.RNN(**QUICK).fit(*sentences())


@pytest.fixture(scope="module")
def listener() -> rv.RNN:
    return rv.RNN(**QUICK).fit(*waves())


def adds_up(found: Any, share: float = 0.04) -> None:
    totals = np.array([values.sum() for values in found.values])
    scale = max(float(np.abs(found.outputs - found.baseline).max()), 1e-3)
    np.testing.assert_allclose(totals, found.outputs - found.baseline, atol=share * scale)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"bag": False, "cell": "gru", "pooling": "attention"},
        {"recipe": "textbook", "tokenizer": "characters"},
    ],
)
def test_the_parts_of_a_text_add_up(settings: dict[str, Any]) -> None:
    X, y = sentences()
    model = rv.RNN(**{**QUICK, **settings}).fit(X, y)
    rows = [*X[:20], *ODD]
    found = model.explain(rows)
    adds_up(found)
    np.testing.assert_array_equal(found.predictions, model.predict(rows))
    np.testing.assert_array_equal(found.explained, found.predictions)
    np.testing.assert_allclose(found.sure, model.predict_proba(rows).max(axis=1), atol=1e-5)
    for text, spans, values in zip(found.texts, found.spans, found.values, strict=True):
        assert len(spans) == len(values) <= model.preprocessor_.max_length
        assert spans.max() <= len(text)


def test_words_that_decide_speak_for_their_class(reader: rv.RNN) -> None:
    found = reader.explain(["the film was superb", "the film was awful"])
    assert found.explained.tolist() == ["good", "bad"]
    for row, word in enumerate(("superb", "awful")):
        text, value = found.strongest(row)[0]
        assert (text, value > 0) == (word, True)
    against = reader.explain(["the film was superb"], output=0)  # the logit of "good"
    assert against.explained.tolist() == ["good"]
    with pytest.raises(HyperparameterError, match="from 0 to 0; got 1"):
        reader.explain(["the film"], output=1)


def test_what_a_bag_adds_is_its_weight_times_importance(reader: rv.RNN) -> None:
    """Exact, beside what is integrated: without the recurrent branch nothing else is left."""
    inputs = reader._preprocessed(["superb story", "poor"])
    network: Any = reader.network_
    chosen = np.zeros(2, np.int32)
    parts = np.asarray(network.bag.parts({k: np.asarray(v) for k, v in inputs.items()}, chosen))
    kernel, tokens = np.asarray(network.bag.kernel[...]), np.asarray(inputs["tokens"])
    by_hand = kernel[tokens, 0] * np.asarray(inputs["importance"])
    np.testing.assert_allclose(parts, by_hand, rtol=1e-6)
    whole = network.bag({k: np.asarray(v) for k, v in inputs.items()})[:, 0]
    np.testing.assert_allclose(parts.sum(axis=1) + network.bag.bias[...][0], whole, rtol=1e-5)


def test_what_was_not_read_is_told(reader: rv.RNN) -> None:
    most = reader.preprocessor_.max_length
    (long,) = ["great " * (most + 5)]
    found = reader.explain([long, "great"])
    assert found.read == (6 * most - 1, 5)
    assert len(found.tokens(0)) == most
    unread = [piece.text for piece in found.pieces(0) if not piece.read]
    assert "".join(unread) == long[found.read[0] :]
    assert "".join(piece.text for piece in found.pieces(0)) == long


@pytest.mark.parametrize("even", [False, True])
def test_the_parts_of_a_sequence_add_up(even: bool) -> None:
    X, y = waves(even=even)
    model = rv.RNN(**QUICK).fit(X, y)
    found = model.explain(X[:30])
    adds_up(found)
    assert [values.shape for values in found.values] == [row.shape for row in X[:30]]
    assert found.channels == ("channel 0", "channel 1")
    assert found.importance()[0] > found.importance()[1]  # the first tells the class
    np.testing.assert_array_equal(found.series[3], X[3])
    np.testing.assert_array_equal(found.explained, model.predict(X[:30]))


def test_a_row_alone_is_explained_as_among_others(listener: rv.RNN) -> None:
    """Padding to the longest row adds nothing."""
    X, _ = waves()
    short = int(np.argmin([len(row) for row in X]))
    together, alone = listener.explain(X), listener.explain([X[short]])
    np.testing.assert_allclose(together.values[short], alone.values[0], atol=1e-5)


def test_padded_steps_add_exactly_nothing(listener: rv.RNN) -> None:
    from ranvier.families.sequential.looking import _explainer

    X, _ = waves()
    inputs = {k: np.asarray(v) for k, v in listener._preprocessed(X[:8]).items()}
    weights = (listener._outcome.parameters, listener._outcome.variables)
    values, _, _ = _explainer(listener._builder())(
        *weights, {**inputs, "chosen": np.zeros(8, np.int32)}
    )
    behind = np.arange(values.shape[1]) >= inputs["lengths"][:, None]
    assert behind.any()
    assert (np.asarray(values)[behind] == 0).all()


def test_missing_values_belong_to_their_channel() -> None:
    X, y = waves()
    X = [row.copy() for row in X]
    for row in X:
        row[2, 1] = np.nan
    found = rv.RNN(**QUICK).fit(X, y).explain(X[:10])
    adds_up(found)
    assert found.values[0].shape == X[0].shape


def test_numbers_are_explained_in_their_own_unit() -> None:
    X, y = waves()
    target = 100 + 10 * y.astype(float)
    model = rv.RNN(**QUICK, task="regression").fit(X, target)
    found = model.explain(X[:10])
    np.testing.assert_allclose(found.outputs, model.predict(X[:10]), rtol=1e-4)
    adds_up(found)
    assert found.sure is None
    assert found.sides == ("raises the number", "lowers it")


def test_a_column_beside_the_text_stays_as_it_is() -> None:
    X, y = sentences()
    stars = np.where(y == "good", 5.0, 1.0)
    frame = pl.DataFrame({"review": X, "stars": stars})
    model = rv.RNN(**QUICK).fit(frame, y)
    adds_up(model.explain(frame[:10]))


def test_states_follow_each_step(reader: rv.RNN, listener: rv.RNN, tmp_path: Path) -> None:
    X, _ = waves()
    found = listener.states(X[:5])
    assert found.names == ("hidden 1 both ways",)
    assert [row[0].shape for row in found.values] == [(len(row), 16) for row in X[:5]]
    # The first half reads forwards: what follows cannot change it.
    cut = listener.states([X[0][:4]])
    np.testing.assert_allclose(found.values[0][0][:4, :8], cut.values[0][0][:, :8], atol=1e-5)
    assert not np.allclose(found.values[0][0][:4, 8:], cut.values[0][0][:, 8:], atol=1e-3)

    read = reader.states(["The film was superb", "poor"])
    assert read.words == (("The", "film", "was", "superb"), ("poor",))
    assert "4 steps" in str(read)
    for states in (found, read):
        states.save(tmp_path / "states.png")
        picture = states.drawn(1)
        assert picture.dtype == np.uint8
        assert picture.shape[2] == 3
        assert "data:image/png;base64," in states._repr_html_()
    assert ">superb</span>" in read._repr_html_()


def test_a_model_that_forecasts_is_refused() -> None:
    frame = pl.DataFrame({
        "time": pl.date_range(pl.date(2020, 1, 1), pl.date(2020, 4, 9), eager=True),
        "value": np.sin(np.arange(100.0)),
    })  # fmt: skip
    model = rv.RNN(task="forecasting", horizon=4, epochs=1, units=(4,), verbose=0)
    model.fit(frame, target="value")
    for look in (model.explain, model.states):
        with pytest.raises(HyperparameterError, match="forecasts series: look at `backtest`"):
            look(frame)


def test_explanations_show_themselves(
    reader: rv.RNN, listener: rv.RNN, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from rich.console import Console

    texts, series = reader.explain(ODD), listener.explain(waves()[0][:3])
    for found, word in ((texts, "Zoe\u0308"), (series, "channel 1")):
        assert "on the logit of the class" in str(found)
        console = Console(force_terminal=True, color_system="truecolor", width=100, record=True)
        with console.capture() as shown:
            console.print(found)
        assert word in shown.get()
        assert "\x1b[" in shown.get()
        found.show(2)  # no terminal: plain lines
        printed = capsys.readouterr().out
        assert printed == f"{found[:2]}\n"
        assert "\x1b" not in printed
        place = tmp_path / "why.html"
        found.save(place)
        page = place.read_text("utf-8")
        assert word in page
        assert "http" not in page.replace("http-equiv", "")
        assert "<script" not in page
        assert "prefers-color-scheme: dark" in found._repr_html_()
    series.save(tmp_path / "why.png")
    assert series.drawn().shape[1:] == (640, 3)
    with pytest.raises(DataError, match="name a file such as why"):
        texts.save(tmp_path / "why.docx")
