"""Published folders as fitted models, and back."""

from __future__ import annotations

import json

import numpy as np
import pytest

import ranvier as rv
from ranvier.errors import ArtifactError, HyperparameterError
from ranvier.families.transformer.model import Transformer
from ranvier.families.transformer.published import read_published, write_published
from tests.families.transformer.published.folders import GOLDEN, NAMES, copied, edit, network_of

TEXTS = ["the cat sat on the mat .", "a cat runs"]
TASKS = {"masked": "masked_language_model", "pretraining": "masked_language_model",
         "untied": "masked_language_model", "classes": "multiclass",
         "sentences": "embedding"}  # fmt: skip


def opened(name, **settings):
    return Transformer.from_pretrained(GOLDEN / name, verbose=0, **settings)


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("name", NAMES)
def test_tasks_and_tokens(name):
    model = opened(name)
    decoder = name.split("-")[0] in ("gpt2", "llama", "mistral", "qwen2")
    assert model.task_ == ("language_model" if decoder else TASKS[name.split("-")[1]])
    cut = json.loads((GOLDEN / name / "expected.json").read_text())
    flat, starts = model.preprocessor_.tokens.encode(cut["texts"])
    for ids, begin, end in zip(cut["ids"], starts, starts[1:], strict=False):
        marked = list(flat[begin:end])
        if not decoder:
            marked = [model.preprocessor_.tokens.start, *marked, model.preprocessor_.tokens.end]
        assert marked == ids
    assert model.task_ in model.summary()


def test_classes_in_the_order_of_the_alphabet(tmp_path):
    """Those of the file are not; each keeps its own logit."""
    edit(copied("bert-classes", tmp_path), id2label={"0": "c", "1": "a", "2": "b"})
    model = Transformer.from_pretrained(tmp_path / "bert-classes", verbose=0)
    cut = json.loads((GOLDEN / "bert-classes" / "expected.json").read_text())
    network = network_of(read_published(GOLDEN / "bert-classes"))
    assert list(model.classes_) == ["a", "b", "c"]
    for text, ids in zip(cut["texts"], cut["ids"], strict=True):
        logits = np.asarray(network({"tokens": np.array([ids], np.int32)}))
        wanted = softmax(logits)[:, [1, 2, 0]]
        np.testing.assert_allclose(model.predict_proba([text]), wanted, atol=1e-6)


def test_vectors_have_length_one():
    vectors = opened("bert-sentences").embed(TEXTS)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)
    assert vectors.shape == (2, 8)


@pytest.mark.parametrize(
    "name", ["bert-sentences", "roberta-classes", "gpt2", "distilbert-classes"]
)
def test_saved_both_ways(name, tmp_path):
    model = opened(name)
    model.save(tmp_path / "a.ranvier")
    model.save_pretrained(tmp_path / "a")
    for again in (rv.load(tmp_path / "a.ranvier"), Transformer.from_pretrained(tmp_path / "a")):
        assert again.task_ == model.task_
        np.testing.assert_array_equal(again.embed(TEXTS), model.embed(TEXTS))
        if model.task_ == "multiclass":
            np.testing.assert_array_equal(again.predict_proba(TEXTS), model.predict_proba(TEXTS))


def test_a_long_context_is_read_in_part_and_written_whole(tmp_path):
    edit(copied("llama", tmp_path), max_position_embeddings=131_072)
    model = Transformer.from_pretrained(tmp_path / "llama", verbose=0)
    assert model.preprocessor_.context == 2048
    model.save_pretrained(tmp_path / "a")
    config = json.loads((tmp_path / "a" / "config.json").read_text())
    assert config["max_position_embeddings"] == 131_072
    assert opened("llama", context=16).preprocessor_.context == 16
    with pytest.raises(HyperparameterError, match=r"context must be at most 64, .* got 65\."):
        opened("llama", context=65)


def test_pairs_of_texts():
    """As the tokens of a pair that the tokenizer puts together."""
    cut = json.loads((GOLDEN / "bert-classes" / "expected.json").read_text())
    network = network_of(read_published(GOLDEN / "bert-classes"))
    inputs = {"tokens": cut["pair"], "segments": cut["segments"]}
    logits = np.asarray(network({k: np.array([v], np.int32) for k, v in inputs.items()}))
    model = opened("bert-classes", pairs=True)
    pair = (cut["texts"][0], cut["texts"][1])
    np.testing.assert_allclose(model.predict_proba([pair]), softmax(logits), atol=1e-6)


def test_two_classes_have_one_logit_and_are_written_with_two(tmp_path):
    read = read_published(GOLDEN / "bert-classes")
    kernel, bias = read.parameters["head/output/kernel"], read.parameters["head/output/bias"]
    two = read.parameters | {"head/output/kernel": kernel[:, :2], "head/output/bias": bias[:2]}
    arguments = {"head": "classes", "task": "multiclass"}
    names = ("no", "maybe")
    write_published(tmp_path / "a", read.shape, two, read.tokenizer, labels=names, **arguments)
    model = Transformer.from_pretrained(tmp_path / "a", verbose=0)
    assert list(model.classes_) == ["maybe", "no"]
    three = opened("bert-classes")._logits(TEXTS)
    np.testing.assert_allclose(
        model.predict_proba(TEXTS), softmax(three[:, [1, 0]]), atol=1e-6
    )  # "maybe" was fair, "no" was bad
    model.save_pretrained(tmp_path / "b")
    again = Transformer.from_pretrained(tmp_path / "b", verbose=0)
    np.testing.assert_allclose(again.predict_proba(TEXTS), model.predict_proba(TEXTS), atol=1e-6)


def test_a_model_of_vectors_does_not_answer():
    with pytest.raises(HyperparameterError, match=r"gives vectors of texts .* use embed"):
        opened("bert-sentences").predict(TEXTS)


def test_training_goes_on_from_the_weights(tmp_path):
    texts, labels = TEXTS * 8, [0, 1] * 8
    settings = {"epochs": 1, "verbose": 0, "learning_rate": 1e-6, "validation_fraction": 0}
    model = Transformer(pretrained=str(GOLDEN / "bert-masked"), bag=False, **settings)
    model.fit(texts, labels)
    before = opened("bert-masked")._outcome.parameters["stack/up/kernel"]
    after = model._outcome.parameters["stack/up/kernel"]
    assert 0 < np.abs(after - before).max() < 1e-3
    with pytest.raises(ArtifactError, match=r"takes the mean of all tokens: use model\.save"):
        model.save_pretrained(tmp_path / "a")


def test_our_own_language_model_is_written_and_read(tmp_path):
    settings = {"layers": 1, "width": 16, "heads": 2, "epochs": 1, "steps_per_epoch": 2}
    shaped = {"norm": "rms", "positions": "rotary", "activation": "swiglu", "biases": False}
    text = "the cat sat on the mat. a dog sat on the log. " * 20
    model = Transformer(
        task="language_model", tokenizer="bpe", vocabulary_size=280, context=16, verbose=0,
        **settings, **shaped,
    ).fit([text])  # fmt: skip
    model.save_pretrained(tmp_path / "a")
    config = json.loads((tmp_path / "a" / "config.json").read_text())
    assert config["model_type"] == "llama"
    again = Transformer.from_pretrained(tmp_path / "a", verbose=0)
    np.testing.assert_array_equal(again.embed(TEXTS), model.embed(TEXTS))
    assert again.preprocessor_.tokens.end == model.preprocessor_.tokens.end
    decoded = again.preprocessor_.tokens.decode(again.preprocessor_.tokens.encode(TEXTS)[0])
    assert decoded == "".join(TEXTS)


def test_a_shape_without_published_form_is_refused(tmp_path):
    settings = {"layers": 1, "width": 16, "heads": 2, "epochs": 1, "steps_per_epoch": 2}
    model = Transformer(
        task="language_model", tokenizer="characters", context=16, verbose=0, norm="rms",
        positions="rotary", activation="gelu", **settings,
    ).fit(["the cat sat on the mat. " * 20])  # fmt: skip
    with pytest.raises(ArtifactError, match="activation must be 'swiglu' for it, and is 'gelu'"):
        model.save_pretrained(tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_other_things_are_not_destroyed(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "thesis.md").write_text("years of work")
    with pytest.raises(ArtifactError, match=r"holds other files \(thesis\.md\)"):
        opened("gpt2").save_pretrained(tmp_path / "a")
    assert (tmp_path / "a" / "thesis.md").read_text() == "years of work"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_model_is_replaced_whole(tmp_path):
    opened("bert-sentences").save_pretrained(tmp_path / "a")
    opened("gpt2").save_pretrained(tmp_path / "a")
    assert not (tmp_path / "a" / "modules.json").exists()
    assert Transformer.from_pretrained(tmp_path / "a").task_ == "language_model"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
