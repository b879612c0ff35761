"""Texts between marks, pairs of texts, and texts whose words have an answer each."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
from tokenizers import BertWordPieceTokenizer, processors

from ranvier.data.step_labels import StepLabels
from ranvier.data.steps import WORDS, StepForm, steps_of
from ranvier.data.texts import Texts
from ranvier.errors import ArtifactError, DataError, HyperparameterError
from ranvier.preprocessing.step_labels import StepCoder
from ranvier.preprocessing.texts import TextPreprocessor
from ranvier.preprocessing.tokens import KINDS, Tokens

PROSE = (Path(__file__).parents[2] / "README.md").read_text().splitlines()
PROSE = [line for line in PROSE if line.strip()]


def rows(array):
    """Ragged rows, each as long as it is."""
    return [array.flat[a:b].tolist() for a, b in zip(array.starts, array.starts[1:], strict=False)]


def again(fitted):
    """What is read from what is written."""
    plain, tensors = fitted.to_state()
    return TextPreprocessor.from_state(json.loads(json.dumps(plain)), tensors)


def same(one, other):
    assert one.keys() == other.keys()
    for name, array in one.items():
        assert np.array_equal(np.asarray(array), np.asarray(other[name])), name


def bert():
    """A tokenizer as BERT has it, and as it is published."""
    made = BertWordPieceTokenizer()
    made.train_from_iterator(PROSE, vocab_size=300, show_progress=False)
    around = [(name, made.token_to_id(name)) for name in ("[SEP]", "[CLS]")]
    made._tokenizer.post_processor = processors.BertProcessing(*around)
    return made, Tokens.published(made.to_str())


def test_marks_stand_around_each_text():
    texts = Texts.of(["the cat the cat", "a dog the cat", "", "a dog"])
    plain = TextPreprocessor.fit(texts)
    fitted = TextPreprocessor.fit(texts, special=True)
    marked = fitted.transform(texts)
    assert rows(marked["tokens"]) == [
        [2, *(n + 3 for n in row if n > 1), 3] for row in rows(plain.transform(texts)["tokens"])
    ]
    assert marked["lengths"].tolist() == [6, 6, 2, 4]
    assert fitted.max_length == plain.max_length + 2
    weighed = rows(marked["importance"])
    assert all(row[0] == row[-1] == 0 for row in weighed)
    assert min(weighed[0][1:-1]) > 0
    assert fitted.spec.segments == 0
    assert "segments" not in marked
    same(again(fitted).transform(texts), marked)
    assert "frame" not in plain.to_state()[0]  # which older versions read


def test_weights_are_made_only_where_they_are_asked_for():
    texts = Texts.of(["the cat", "the dog the"])
    fitted = TextPreprocessor.fit(texts, special=True, importance=False)
    found = fitted.transform(texts)
    assert found.keys() == {"tokens", "lengths"}
    assert "documents" not in fitted.to_state()[1]
    same(again(fitted).transform(texts), found)


@pytest.mark.parametrize("most", [8, 13, 64])
def test_pairs_are_cut_as_hugging_face_cuts_them(most):
    made, tokens = bert()
    made.enable_truncation(most, strategy="longest_first")
    draw = random.Random(0)
    some = [" ".join(draw.choice(PROSE).split()[: draw.randint(1, 20)]) for _ in range(200)]
    pairs = list(zip(some[:100], some[100:], strict=True))
    texts = steps_of(pairs, WORDS)
    fitted = TextPreprocessor.fit(texts, special=True, max_length=most, tokens=tokens)
    found = fitted.transform(texts)
    expected = [made.encode(a, b) for a, b in pairs]
    assert rows(found["tokens"]) == [row.ids for row in expected]
    assert rows(found["segments"]) == [row.type_ids for row in expected]
    single = TextPreprocessor.fit(Texts.of(some), special=True, max_length=most, tokens=tokens)
    found = single.transform(Texts.of(some))
    assert rows(found["tokens"]) == [made.encode(text).ids for text in some]


def test_pairs_of_roberta_have_two_ends_between():
    texts = steps_of([("a b", "c"), ("a", None), ("b", "c")], WORDS)
    fitted = TextPreprocessor.fit(texts, special=True, between=2)
    found = fitted.transform(texts)
    a, b, c = (fitted.tokens.vocabulary[name] for name in "abc")
    assert rows(found["tokens"]) == [[2, a, b, 3, 3, c, 3], [2, a, 3, 3, 3], [2, b, 3, 3, c, 3]]
    assert rows(found["segments"]) == [
        [0, 0, 0, 0, 0, 1, 1], [0, 0, 0, 0, 1], [0, 0, 0, 0, 1, 1],
    ]  # fmt: skip
    assert fitted.spec.segments == 2
    assert fitted.form == StepForm("text", pairs=True)
    assert again(fitted).form == fitted.form
    same(again(fitted).transform(texts), found)


def test_max_length_leaves_room():
    texts = Texts.of(["a b c", "d"])
    with pytest.raises(HyperparameterError, match="at least 3, as 2 marks stand around each text"):
        TextPreprocessor.fit(texts, special=True, max_length=2)
    with pytest.raises(HyperparameterError, match="at least 5, as 3 marks stand around each pair"):
        TextPreprocessor.fit(steps_of([("a", "b")], WORDS), special=True, max_length=4)
    fitted = TextPreprocessor.fit(texts, special=True, max_length=3)
    assert fitted.transform(texts)["lengths"].tolist() == [3, 3]
    assert "1 text is longer than 3 words: the rest is not read (max_length)" in fitted.notes


def test_it_is_said_that_all_pairs_are_cut():
    texts = steps_of([("a cat", "a dog")] * 4, WORDS)
    fitted = TextPreprocessor.fit(texts, special=True, max_length=6)
    assert fitted.notes[-1].startswith("4 pairs are longer than 6 words")
    assert "longer" not in TextPreprocessor.fit(texts, special=True, max_length=7).notes[-1]


def test_empty_texts():
    with pytest.raises(DataError, match="All 4 texts are empty"):
        TextPreprocessor.fit(steps_of([("", None), (None, " ")], WORDS), special=True)


def test_given_tokens_are_not_learned():
    _, tokens = bert()
    fitted = TextPreprocessor.fit(Texts.of(["zebra", "the cat"]), special=True, tokens=tokens)
    assert fitted.tokens is tokens
    assert "those of the pretrained model" in fitted.notes[0]
    again_ = again(fitted)
    same(again_.transform(Texts.of(PROSE)), fitted.transform(Texts.of(PROSE)))
    with pytest.raises(HyperparameterError, match="no tokens that mark the start"):
        TextPreprocessor.fit(Texts.of(["a"]), special=True, tokens=Tokens.learn("words", ["a"], 9))


@pytest.mark.parametrize("kind", KINDS)
def test_words_begin_where_they_are_marked(kind):
    listed = [["Johnny", "didn't", "go", "."], [], ["New York", "sat", "Johnny"]]
    texts = steps_of(listed, WORDS)
    fitted = TextPreprocessor.fit(
        steps_of(listed * 2, WORDS),
        special=True,
        importance=False,
        tokenizer=kind,
        vocabulary_size=300,
    )
    found = fitted.transform(texts)
    assert found["word_counts"].tolist() == [4, 0, 3]
    tokens, words = rows(found["tokens"]), rows(found["words"])
    for row, numbers, said in zip(tokens, words, listed, strict=True):
        firsts = [place for place, number in enumerate(numbers) if number]
        assert [numbers[place] for place in firsts] == list(range(1, len(said) + 1))
        ends = [*firsts[1:], len(row) - 1][: len(said)]
        for begin, end, word in zip(firsts, ends, said, strict=True):
            text = fitted.tokens.decode(row[begin:end]).replace(" ", "")
            expected = word if kind in ("bpe", "characters") else word.lower()
            assert text == expected.replace(" ", ""), kind
    same(again(fitted).transform(texts), found)
    assert again(fitted).form.words


def test_labels_stand_at_the_first_tokens_and_cut_words_have_none():
    texts = steps_of([["abc", "de", "f"], ["g"]], WORDS)
    labels = StepLabels.of([["X", "Y", "X"], ["Y"]])
    fitted = TextPreprocessor.fit(
        texts, special=True, tokenizer="characters", max_length=8, importance=False
    )
    assert "1 word is behind what is read" in fitted.notes[-1]
    inputs = fitted.transform(texts)
    coder = StepCoder.fit(labels).padded_to(fitted.edges).of_words(labels)
    codes = coder.encode_words(labels, inputs)
    assert rows(inputs["words"]) == [[0, 1, 0, 0, 0, 2, 0, 0], [0, 1, 0]]
    assert rows(codes) == [[-1, 0, -1, -1, -1, 1, -1, -1], [-1, 1, -1]]
    some = {name: array[[1]] for name, array in inputs.items()}
    assert some["words"].take(np.array([0])).tolist()[0][:3] == [0, 1, 0]
    assert np.exp(coder.usual).tolist() == pytest.approx([0.5, 0.5])
    assert StepCoder.from_state(json.loads(json.dumps(coder.to_state()))).shares == coder.shares


@pytest.mark.parametrize(
    "change",
    [
        {"between": 3}, {"between": True}, {"pairs": 1}, {"words": None}, {"long": ["a"]},
        {"long": None}, [], "frame",
    ],
)  # fmt: skip
def test_damaged_states(change):
    plain, tensors = TextPreprocessor.fit(Texts.of(["a b"]), special=True).to_state()
    frame = {**plain["frame"], **change} if isinstance(change, dict) else change
    with pytest.raises(ArtifactError, match="description of its texts is damaged"):
        TextPreprocessor.from_state({**plain, "frame": frame}, tensors)


def test_a_state_with_marks_that_the_tokenizer_lacks():
    plain, tensors = TextPreprocessor.fit(Texts.of(["a b"])).to_state()
    frame = {"between": 1, "pairs": False, "words": False, "long": ["", ""]}
    with pytest.raises(ArtifactError, match="description of its texts is damaged"):
        TextPreprocessor.from_state({**plain, "frame": frame}, tensors)
