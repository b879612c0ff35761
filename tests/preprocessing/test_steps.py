"""Sequences and texts as a network's inputs: values, lengths, what is said, state and damage."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from ranvier.data.sequences import Sequences
from ranvier.data.texts import Texts
from ranvier.errors import ArtifactError, DataError
from ranvier.preprocessing.fitting import fit_inputs, inputs_from_state
from ranvier.preprocessing.sequences import SequencePreprocessor
from ranvier.preprocessing.texts import TextPreprocessor

RNG = np.random.default_rng(0)
WALKS = [RNG.normal(5, 3, (n, 2)).astype(np.float32) for n in RNG.integers(3, 30, 50)]
LETTERS = [f"dear friend number {n}, thank you for the {'book ' * (n % 7)}" for n in range(60)]


def again(preprocessor):
    """From its state, by way of JSON."""
    plain, tensors = preprocessor.to_state()
    return inputs_from_state(json.loads(json.dumps(plain)), tensors)


def same(one, other):
    assert one.keys() == other.keys()
    for name in one:
        assert np.array_equal(np.asarray(one[name]), np.asarray(other[name])), name


def test_channels_are_about_zero():
    fitted = fit_inputs(Sequences.of(WALKS))
    assert isinstance(fitted, SequencePreprocessor)
    out = fitted.transform(Sequences.of(WALKS))
    assert out["lengths"].dtype == np.int32
    assert out["lengths"].tolist() == [len(walk) for walk in WALKS]
    steps = np.concatenate(
        [np.asarray(out["steps"])[row, :length] for row, length in enumerate(out["lengths"])]
    )
    assert steps.dtype == np.float32
    np.testing.assert_allclose(steps.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(steps.std(axis=0), 1, atol=1e-5)
    expected = (WALKS[3] - np.concatenate(WALKS).mean(axis=0)) / np.concatenate(WALKS).std(axis=0)
    np.testing.assert_allclose(np.asarray(out["steps"])[3, : len(WALKS[3])], expected, atol=1e-5)
    assert fitted.spec.channels == 2
    assert fitted.spec.steps == max(map(len, WALKS)) == fitted.edges[-1]


def test_some_rows_in_another_order():
    sequences = Sequences.of(WALKS)
    fitted = fit_inputs(sequences)
    whole, some = fitted.transform(sequences), fitted.transform(sequences[[7, 2, 7]])
    for place, row in enumerate((7, 2, 7)):
        length = len(WALKS[row])
        assert np.array_equal(
            np.asarray(some["steps"])[place, :length], np.asarray(whole["steps"])[row, :length]
        )


def test_missing_values_are_the_mean_and_marked():
    rows = [walk.copy() for walk in WALKS]
    rows[0][1, 1] = np.nan
    sequences = Sequences.of(rows)
    fitted = fit_inputs(sequences)
    assert fitted.spec.channels == 3
    out = np.asarray(fitted.transform(sequences)["steps"])
    assert out[0, 1, 1] == 0
    assert out[0, :3, 2].tolist() == [0, 1, 0]
    assert out[1:, :, 2].sum() == 0
    assert fitted.notes == ("missing values in channel 1: taken for the mean, and marked as such",)
    # A channel that was whole in training has no such mark; its mean stands in.
    rows[0][1] = [np.nan, 1]
    other = np.asarray(fitted.transform(Sequences.of(rows))["steps"])
    assert other[0, 1].tolist()[0] == 0
    assert other[0, 1].tolist()[2] == 0


def test_constant_and_absent_channels_and_extreme_values():
    rows = [np.stack([np.full(9, 0.1), np.arange(9.0), np.full(9, np.nan)], axis=1)] * 3
    fitted = fit_inputs(Sequences.of(rows))
    assert "one value in channel 0, channel 2: it tells nothing" in fitted.notes
    far = np.full((2, 3), 3e38, np.float32)
    out = np.asarray(fitted.transform(Sequences.of([far, -far]))["steps"])
    assert np.isfinite(out).all()
    assert out[0, 0].tolist() == [0, 1e4, 0, 0]


def test_a_weight_of_two_is_a_row_twice():
    weights = np.where(np.arange(50) < 10, 2.0, 1.0)
    one = fit_inputs(Sequences.of(WALKS), weights)
    other = fit_inputs(Sequences.of([*WALKS, *WALKS[:10]]))
    np.testing.assert_allclose(one.center, other.center)
    np.testing.assert_allclose(one.scale, other.scale)


def test_rows_longer_than_in_training():
    fitted = fit_inputs(Sequences.of(WALKS))
    longest = fitted.edges[-1]
    out = fitted.transform(Sequences.of([np.ones((longest + 1, 2)), np.ones((4, 2))]))
    assert np.asarray(out["steps"]).shape == (2, 2 * longest, 3 - 1)


def test_another_number_of_channels():
    fitted = fit_inputs(Sequences.of(WALKS))
    with pytest.raises(DataError, match="have 3 channels, and in training they had 2"):
        fitted.transform(Sequences.of([np.ones((4, 3))]))


def with_table(rows, kind):
    """Rows with a table beside them."""
    frame = pl.DataFrame(
        {"age": np.arange(len(rows)) % 9, "town": ["Bonn", "Oslo"] * (len(rows) // 2)}
    )
    whole = kind.of(rows)
    return type(whole)(**{**vars(whole), "beside": frame})


@pytest.mark.parametrize(("rows", "kind"), [(WALKS, Sequences), (LETTERS, Texts)])
def test_columns_beside(rows, kind):
    inputs = with_table(rows, kind)
    fitted = fit_inputs(inputs)
    assert fitted.columns == (inputs.kind, "age", "town")
    assert fitted.form.beside
    assert fitted.spec.numeric == 1
    assert fitted.spec.categories == (3,)
    assert fitted.summary()[0].startswith(f"beside each {inputs.kind}: numeric 1")
    out = fitted.transform(inputs)
    assert {"numeric", "categories"} < set(out)
    assert fitted.missing_columns(type(inputs)(**{**vars(inputs), "beside": pl.DataFrame()})) == (
        "age",
        "town",
    )
    with pytest.raises(DataError, match=f"The table beside the {inputs.kind}s is missing"):
        fitted.transform(kind.of(rows))
    same(again(fitted).transform(inputs), out)


def test_tokens_and_lengths():
    fitted = fit_inputs(Texts.of(LETTERS))
    assert isinstance(fitted, TextPreprocessor)
    assert fitted.max_length == 15  # of these letters, the longest
    out = fitted.transform(Texts.of([LETTERS[6], "", "you"]))
    assert out["lengths"].tolist() == [15, 1, 1]
    tokens = np.asarray(out["tokens"])
    assert tokens.dtype == np.int32
    assert tokens[1, 0] == 1
    assert not tokens[1:, 1:].any()
    assert fitted.spec.vocabulary == len(fitted.tokens) == len(fitted.idf)


def test_options_reach_the_tokenizer():
    options = {"tokenizer": "characters", "vocabulary_size": 5, "max_length": 20}
    fitted = fit_inputs(Texts.of(LETTERS), options=options)
    assert len(fitted.tokens) == 7
    out = fitted.transform(Texts.of(LETTERS))
    assert set(out["lengths"].tolist()) == {20}
    assert "60 texts are longer than 20 characters: the rest is not read (max_length)" in (
        fitted.notes
    )


def test_document_frequencies():
    texts = ["a a b", "a c", "a b d d", "b"] * 2
    fitted = fit_inputs(Texts.of(texts))
    count = {
        name: int(fitted.documents[number]) for name, number in fitted.tokens.vocabulary.items()
    }
    assert {name: count[name] for name in "abcd"} == {"a": 6, "b": 6, "c": 2, "d": 2}
    expected = np.log(9 / (1 + np.array([6, 2]))) + 1
    numbers = [fitted.tokens.vocabulary[name] for name in "ac"]
    np.testing.assert_allclose(fitted.idf[numbers], expected, rtol=1e-6)
    assert fitted.idf[0] == 0
    assert fitted.idf.dtype == np.float32


def test_importance_is_that_of_scikit_learn():
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [*LETTERS, "unheard of", "dear dear dear unheard friend", ""]
    fitted = fit_inputs(Texts.of(LETTERS))
    names = [name for name, number in fitted.tokens.vocabulary.items() if number > 1]
    vectors = TfidfVectorizer(sublinear_tf=True, vocabulary=names, tokenizer=lambda text: (
        text.replace(",", " , ").split()), token_pattern=None)  # fmt: skip
    expected = vectors.fit(LETTERS).transform(texts).toarray()
    out = fitted.transform(Texts.of(texts))
    found = np.zeros((len(texts), len(fitted.tokens)))
    for row in range(len(texts)):
        np.add.at(found[row], np.asarray(out["tokens"])[row], np.asarray(out["importance"])[row])
    np.testing.assert_allclose(found[:, 2:], expected, atol=1e-6)
    assert not found[:, :2].any()


def test_what_is_said_of_texts():
    words = fit_inputs(Texts.of([f"word{n} another{n}" for n in range(40)] + ["word1 word2"]))
    assert words.notes[0].startswith("texts are cut into words: 2 different ones are known, 4.9%")
    assert "tokenizer='bpe' would know their parts" in words.notes[-1]
    with pytest.raises(DataError, match="All 3 texts are empty"):
        fit_inputs(Texts.of(["", " \n", None]))


@pytest.mark.parametrize("tokenizer", ["words", "bpe", "characters"])
def test_texts_round_trip(tokenizer):
    fitted = fit_inputs(Texts.of(LETTERS), options={"tokenizer": tokenizer})
    texts = Texts.of([*LETTERS, "🙂 new ŋ", ""])
    restored = again(fitted)
    same(restored.transform(texts), fitted.transform(texts))
    assert np.array_equal(restored.idf, fitted.idf)
    assert restored.spec == fitted.spec
    assert restored.form == fitted.form


def test_sequences_round_trip():
    rows = [walk.copy() for walk in WALKS]
    rows[0][1, 1] = np.nan
    sequences = Sequences.of(rows)
    fitted = fit_inputs(sequences)
    restored = again(fitted)
    same(restored.transform(sequences), fitted.transform(sequences))
    assert restored.spec == fitted.spec
    assert restored.notes == fitted.notes


DAMAGE = {
    "no edges": lambda plain, _: plain.update(edges=[]),
    "edges that fall": lambda plain, _: plain.update(edges=[5, 3]),
    "edges as text": lambda plain, _: plain.update(edges=["5"]),
    "an edge of nothing": lambda plain, _: plain.update(edges=[0, 9]),
    "sources that are numbers": lambda plain, _: plain.update(sources=[1]),
    "no sources": lambda plain, _: plain.pop("sources"),
}
OF_SEQUENCES = {
    **DAMAGE,
    "no center": lambda _, tensors: tensors.pop("step_center"),
    "a scale too few": lambda _, tensors: tensors.update(step_scale=np.ones(1)),
    "a negative scale": lambda _, tensors: tensors.update(step_scale=-np.ones(2)),
    "a center that is none": lambda _, tensors: tensors.update(step_center=np.full(2, np.nan)),
    "a mark outside": lambda _, tensors: tensors.update(step_indicated=np.array([2])),
    "marks twice": lambda _, tensors: tensors.update(step_indicated=np.array([1, 1])),
    "a name too few": lambda plain, _: plain.update(channels=["x"]),
}
OF_TEXTS = {
    **DAMAGE,
    "no tokenizer": lambda plain, _: plain.pop("tokenizer"),
    "a kind that is none": lambda plain, _: plain.update(cut="syllables"),
    "a count as text": lambda plain, _: plain.update(count="many"),
    "fewer texts than hold a token": lambda plain, _: plain.update(count=1),
    "an edge beyond the length": lambda plain, _: plain.update(max_length=2),
    "documents too few": lambda _, tensors: tensors.update(documents=np.ones(3, np.int64)),
    "documents below zero": lambda _, tensors: tensors.update(documents=-tensors["documents"] - 1),
}


def damaged(fitted, change):
    plain, tensors = fitted.to_state()
    change(plain, tensors)
    with pytest.raises(ArtifactError, match="damaged or foreign"):
        inputs_from_state(plain, tensors)


@pytest.mark.parametrize("what", OF_SEQUENCES)
def test_damaged_sequences(what):
    damaged(fit_inputs(Sequences.of(WALKS)), OF_SEQUENCES[what])


@pytest.mark.parametrize("what", OF_TEXTS)
def test_damaged_texts(what):
    damaged(fit_inputs(Texts.of(LETTERS)), OF_TEXTS[what])
