"""Labels of words, and pairs of texts, from the data to the answers."""

from __future__ import annotations

import json

import jax.numpy as jnp
import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

import ranvier as rv
from ranvier.cli.app import app
from ranvier.errors import DataError, TargetError
from ranvier.families.sequential.labelling import LabellingJudge, mean_of_steps
from ranvier.families.sequential.words import of_words
from ranvier.runs.prediction import by_step

NAMES, PLACES = ("john", "mary", "peter"), ("paris", "rome", "berlin")
FILLERS = ("the", "walks", "to", "sees", "a", "house", "in", ".", ",")
QUICK = {
    "layers": 1, "width": 16, "heads": 2, "epochs": 8, "batch_size": 16, "verbose": 0,
    "tokenizer": "wordpiece", "vocabulary_size": 300, "learning_rate": 0.01,
}  # fmt: skip


def sentences(rows, seed=0):
    """Words, some of which are names or places; and their labels."""
    rng = np.random.default_rng(seed)
    X, y = [], []
    for _ in range(rows):
        words, labels = [], []
        for kind in rng.choice(3, int(rng.integers(2, 7)), p=[0.2, 0.2, 0.6]):
            if kind == 0:
                words += [str(rng.choice(NAMES)), "smithson"]
                labels += ["B-PER", "I-PER"]
            else:
                words.append(str(rng.choice(PLACES if kind == 1 else FILLERS)))
                labels.append("B-LOC" if kind == 1 else "O")
        X.append(words)
        y.append(labels)
    return X, y


def table(X, y):
    """A row for each word."""
    numbers = [f"s{number}" for number, row in enumerate(X) for _ in row]
    words, tags = ([cell for row in rows for cell in row] for rows in (X, y))
    return pl.DataFrame({"sentence": numbers, "word": words, "tag": tags})


@pytest.fixture(scope="module")
def tagger():
    return rv.Transformer(**{**QUICK, "epochs": 15}).fit(*sentences(160))


def test_every_word_gets_its_label(tagger):
    X, y = sentences(60, seed=1)
    assert tagger.task_ == "labelling"
    assert tagger.score(X, y) > 0.95
    values = tagger.evaluate(X, y)
    assert values["f1_entities"] > 0.9
    assert [len(row) for row in tagger.predict(X)] == [len(row) for row in X]
    shares = tagger.predict_proba(X)
    assert all(np.allclose(row.sum(axis=1), 1) for row in shares)
    joined = tagger.predict([" ".join(row) for row in X])
    assert [row.tolist() for row in joined] == [row.tolist() for row in tagger.predict(X)]
    assert [row.tolist() for row in tagger.predict([[], ["rome"]])] == [[], ["B-LOC"]]


def test_saved_and_loaded(tagger, tmp_path):
    X, _ = sentences(20, seed=2)
    tagger.save(tmp_path / "model.ranvier")
    again = rv.load(tmp_path / "model.ranvier")
    for one, other in zip(tagger.predict_proba(X), again.predict_proba(X), strict=True):
        np.testing.assert_array_equal(one, other)


def test_words_that_are_not_read_get_the_most_frequent_label():
    X, y = sentences(60)
    model = rv.Transformer(**{**QUICK, "epochs": 1, "tokenizer": "words"}, max_length=4)
    model.fit(X, y)
    assert any("words are behind what is read" in note for note in model.preprocessor_.notes)
    (found,) = model.predict([["rome"] * 2 + ["paris"] * 5])
    assert found[2:].tolist() == ["O"] * 5
    shares = model.predict_proba([["rome"] * 7])[0]
    assert (shares[2:] == shares[2]).all()
    assert shares[2, list(model.classes_).index("O")] == pytest.approx(
        np.mean([label == "O" for row in y for label in row]), abs=0.1
    )


def test_long_tables_in_runs(tmp_path):
    table(*sentences(80)).write_csv(tmp_path / "words.csv")
    sizes = ["--layers", "1", "--width", "16", "--heads", "2", "--epochs", "2"]
    told = ["--model", "transformer", "--series", "sentence", "--target", "tag"]
    run = CliRunner()
    where = ["--out", str(tmp_path / "run")]
    done = run.invoke(app, ["train", str(tmp_path / "words.csv"), *told, *sizes, *where])
    assert done.exit_code == 0, done.output
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    assert "f1_entities" in result["test"]["metrics"]
    model = rv.load(tmp_path / "run" / "model.ranvier")
    found = by_step(model, model._coder, str(tmp_path / "words.csv"), proba=True)
    given = pl.read_csv(tmp_path / "words.csv")
    assert found.columns[:4] == ["sentence", "step", "word", "tag"]
    assert found["word"].to_list() == given["word"].to_list()
    assert found["sentence"].to_list() == given["sentence"].to_list()
    scored = run.invoke(app, ["evaluate", str(tmp_path / "run"), str(tmp_path / "words.csv")])
    assert scored.exit_code == 0, scored.output
    assert "entity F1" in scored.output


@pytest.mark.parametrize(
    ("X", "y", "settings", "words"),
    [
        ([["a", "b"], ["c"]], [["x"], ["y"]], {}, "Each word needs one label; row 0 has 2 words"),
        (["a b", "c"], [["x", "y", "x"], ["y"]], {}, "row 0 has 2 words and 3 labels"),
        (["a b", "c"], [["x", "y"], ["y"]], {"task": "regression"}, "a label for each word"),
        (["a b", "c d"], ["x", "y"], {"task": "labelling"}, "needs a label for each word"),
        ([("a", "b"), ("c", "d")], [["x"], ["y"]], {}, "Words of pairs of texts"),
    ],
)
def test_labels_that_do_not_fit(X, y, settings, words):
    with pytest.raises(TargetError, match=words):
        rv.Transformer(**QUICK, **settings).fit(X, y)


def test_lists_of_words_with_one_answer_each_are_texts():
    X, y = sentences(40)
    model = rv.Transformer(**{**QUICK, "epochs": 1})
    model.fit(X, ["B-LOC" in row for row in y])
    assert model.task_ == "binary"
    assert model.predict(X).shape == (40,)
    np.testing.assert_array_equal(
        model.predict_proba(X), model.predict_proba([" ".join(row) for row in X])
    )


@pytest.fixture(scope="module")
def matcher():
    return rv.Transformer(**{**QUICK, "epochs": 20}).fit(*pairs(160))


def pairs(rows, seed=0):
    """Two texts of the same words; and whether the first speaks of red."""
    rng = np.random.default_rng(seed)
    X = [(f"it is {a}", f"is it {b}") for a, b in rng.choice(("red", "blue"), (rows, 2))]
    return X, np.array(["red" in a for a, _ in X])


def test_pairs(matcher):
    X, y = pairs(50, seed=1)
    assert matcher.preprocessor_.form.pairs
    assert matcher.preprocessor_.spec.segments == 2
    assert matcher.score(X, y) > 0.9
    np.testing.assert_array_equal(matcher.predict(X), matcher.predict(np.array(X, object)))


def test_pairs_of_a_table(tmp_path):
    X, y = pairs(60)
    first, second = zip(*X, strict=True)
    long = [f"{a} here, number {n}, is there something?" for n, a in enumerate(first)]
    frame = pl.DataFrame(
        {"question": long, "text": [f"{b}, says page {n}" for n, b in enumerate(second)],
         "right": y}
    )  # fmt: skip
    frame.write_csv(tmp_path / "pairs.csv")
    model = rv.Transformer(**{**QUICK, "epochs": 1}).fit(tmp_path / "pairs.csv", target="right")
    assert model.preprocessor_.form.pairs
    assert model.preprocessor_.form.sources == ("question", "text")
    listed = list(zip(frame["question"], frame["text"], strict=True))
    np.testing.assert_array_equal(model.predict(tmp_path / "pairs.csv"), model.predict(listed))


def test_single_texts_are_no_pairs(matcher, tagger):
    with pytest.raises(DataError, match="learned from pairs of texts, and the rows are single"):
        matcher.predict(["red"])
    with pytest.raises(DataError, match="learned from single texts, and the rows are pairs"):
        tagger.predict([("red", "blue")])


def test_words_that_are_not_labelled_count_nothing():
    words = jnp.array([[0, 1, 0, 2, 0], [0, 1, 0, 0, 0], [0, 0, 0, 0, 0]])
    values = jnp.arange(15.0).reshape(3, 5)
    lengths = jnp.array([5, 3, 2])
    inputs = {"words": words, "lengths": lengths}
    assert mean_of_steps(values, inputs).tolist() == [2.0, 6.0, 0.0]
    batch = {
        "inputs": inputs,
        "target": jnp.array([[-1, 0, -1, 1, -1], [-1, 1, -1, -1, 0], [-1, -1, 0, 0, 0]]),
        "weights": jnp.array([1.0, 2.0, 0.0]),
    }
    logits = jnp.zeros((3, 5, 2)).at[:, :, 0].set(5.0)
    sums = LabellingJudge().sums(lambda _: logits, batch)
    assert float(sums["accuracy"]) == pytest.approx(0.5)
    assert float(sums["loss"]) == pytest.approx(0.5 * (0.0067 + 5.0067) + 2 * 5.0067, rel=1e-3)


def test_answers_of_words():
    answers = np.arange(8.0, dtype=np.float32).reshape(4, 2)
    words = np.array([0, 1, 2, 0])
    found = of_words(answers, words, 3, np.array([9.0, 8.0]))
    assert found.tolist() == [[2, 3], [4, 5], [9, 8]]
