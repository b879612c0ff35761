"""`Transformer` on texts: language from scratch, and what stands on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier.errors import ArtifactError, HyperparameterError
from ranvier.families.transformer.lora import DOWN, UP, merged
from ranvier.training.plan import chunks, make_plan

TEXT = "the cat sat on the mat. the dog sat on the log. a bird sang to the cat and the dog.\n" * 30
TEXTS = ["cats purr and sleep", "dogs bark at cats", "ships sail to sea", "boats sink at sea"] * 12
KINDS = ["pet", "pet", "ship", "ship"] * 12
TINY: dict[str, Any] = {
    "layers": 2, "width": 16, "heads": 2, "context": 16, "epochs": 2, "steps_per_epoch": 12,
    "batch_size": 8, "verbose": 0,
}  # fmt: skip


def language(**other: Any) -> rv.Transformer:
    return rv.Transformer(**{"task": "language_model", **TINY, **other})


@pytest.fixture(scope="module")
def written() -> rv.Transformer:
    return language(epochs=4, steps_per_epoch=40, learning_rate=1e-2).fit([TEXT])


@pytest.fixture(scope="module")
def hidden() -> rv.Transformer:
    return language(task="masked_language_model", epochs=4, learning_rate=1e-2).fit([TEXT])


def test_a_model_of_language_learns(written: rv.Transformer) -> None:
    scores = written.evaluate([TEXT])
    assert set(scores) == {"perplexity", "bits_per_character", "accuracy", "loss"}
    assert scores["perplexity"] == pytest.approx(np.exp(scores["loss"]), rel=1e-5)
    assert scores["perplexity"] < 8  # 26 letters by chance, and 10 by how often each comes
    assert written.score([TEXT]) == -scores["loss"]
    assert written.history_[-1]["loss"] < written.history_[0]["loss"]


def test_the_same_seed_gives_the_same_bits() -> None:
    one, two = (language().fit([TEXT])._outcome.parameters for _ in range(2))
    for path in one:
        np.testing.assert_array_equal(one[path], two[path])
    other = language(seed=1).fit([TEXT])._outcome.parameters
    assert any((one[path] != other[path]).any() for path in one)


def test_a_file_gives_the_same_model(
    written: rv.Transformer, hidden: rv.Transformer, tmp_path: Path
) -> None:
    for model in (written, hidden):
        model.save(tmp_path / "model.ranvier")
        again = rv.load(tmp_path / "model.ranvier")
        assert again.evaluate([TEXT]) == model.evaluate([TEXT])


def test_an_epoch_can_have_few_steps() -> None:
    plan = make_plan(1_000, 10, 3, 0, chunk_steps=16, most=7)
    assert plan.steps_per_epoch == 7
    assert plan.total_steps == 21
    seen = np.concatenate([c.indices[: c.steps].ravel() for c in chunks(plan)])
    assert len(seen) == 210
    assert len(np.unique(seen[:70])) == 70  # none twice within an epoch
    assert set(seen[:70]) != set(seen[70:140])


def test_gaps_are_filled(hidden: rv.Transformer) -> None:
    best = hidden.fill_mask("the cat sat on the [MASK].", top=3)
    assert [one.probability for one in best] == sorted((o.probability for o in best), reverse=True)
    assert best[0].text == f"the cat sat on the {best[0].token}."
    two = hidden.fill_mask("the [MASK] sat on the [MASK].", top=2)
    assert [len(ways) for ways in two] == [2, 2]
    with pytest.raises(rv.DataError, match=r"write \[MASK\]"):
        hidden.fill_mask("no gap")
    with pytest.raises(rv.DataError, match="sees 16 at once"):
        hidden.fill_mask("[MASK]" + " cat" * 40)
    with pytest.raises(HyperparameterError, match="top must be"):
        hidden.fill_mask("a [MASK]", top=0)


def test_a_decoder_fills_no_gaps(written: rv.Transformer) -> None:
    with pytest.raises(HyperparameterError, match="masked_language_model"):
        written.fill_mask("a [MASK]")


def test_vectors_of_texts(hidden: rv.Transformer, written: rv.Transformer) -> None:
    for model in (hidden, written):
        vectors = model.embed(["the cat", "the dog sat", "the cat"], normalised=True)
        assert vectors.shape == (3, 16)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, rtol=1e-5)
        np.testing.assert_allclose(vectors[0], vectors[2], atol=1e-6)
        alone = model.embed(["the cat"], normalised=True)
        np.testing.assert_allclose(alone[0], vectors[0], atol=1e-6)
        assert not np.allclose(model.embed(["the cat"], pooling="first", normalised=True), alone)
        with pytest.raises(HyperparameterError, match="pooling must be one of"):
            model.embed(["the cat"], pooling="middle")


def test_fine_tuning_begins_with_the_weights_of_before(
    hidden: rv.Transformer, tmp_path: Path
) -> None:
    hidden.save(tmp_path / "hidden.ranvier")
    before = hidden._outcome.parameters
    settings: dict[str, Any] = {"epochs": 1, "verbose": 0, "learning_rate": 1e-9, "bag": False}
    for source in (hidden, str(tmp_path / "hidden.ranvier")):
        model = rv.Transformer(pretrained=source, **settings).fit(TEXTS, KINDS)
        after = model._outcome.parameters
        for path in ("embed/tokens", "stack/attend/kernel", "stack/up/kernel"):
            np.testing.assert_allclose(after[path], before[path], atol=1e-5)
    assert not any("start" in name for name in vars(model))  # those weights are not kept beside
    model.save(tmp_path / "fine.ranvier")
    again = rv.load(tmp_path / "fine.ranvier")
    np.testing.assert_array_equal(again.predict(TEXTS), model.predict(TEXTS))


def test_fine_tuning_learns(hidden: rv.Transformer) -> None:
    model = rv.Transformer(pretrained=hidden, epochs=20, learning_rate=3e-3, verbose=0)
    assert model.fit(TEXTS, KINDS).score(TEXTS, KINDS) > 0.9


def test_low_rank_pairs_leave_the_rest(hidden: rv.Transformer) -> None:
    model = rv.Transformer(pretrained=hidden, lora_rank=2, epochs=3, bag=False, verbose=0)
    model.fit(TEXTS, KINDS)
    before, after = hidden._outcome.parameters, model._outcome.parameters
    for path in after:
        if path in before:
            np.testing.assert_array_equal(after[path], before[path])
    pairs = {path for path in after if path.endswith((DOWN, UP))}
    assert len(pairs) == 8
    assert np.abs(after[f"stack/attend/{UP}"]).max() > 0
    whole = merged(after)
    assert not any(path.endswith((DOWN, UP)) for path in whole)
    build = model._build(
        model.preprocessor_.spec, model._coder.spec, {**model.resolved_, "lora_rank": 0}
    )
    inputs = model._preprocessed(TEXTS[:4])
    inputs = {name: np.asarray(array[:4]) for name, array in inputs.items()}
    from ranvier.training.blueprint import blueprint_of

    plain = blueprint_of(build).assemble(whole, {})(inputs)
    np.testing.assert_allclose(plain, model.network_(inputs), atol=1e-5)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"heads": 3}, "heads must divide width"),
        ({"heads": 4, "key_heads": 3}, "key_heads must divide heads"),
        ({"heads": 16}, "width / heads must be even"),
        ({"lora_rank": 4}, "give pretrained="),
        ({"pretrained": 3}, "pretrained must be the path"),
    ],
)
def test_sizes_that_do_not_fit(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(HyperparameterError, match=words):
        language(**settings).fit([TEXT])


def test_a_pretrained_model_decides_its_own_sizes(hidden: rv.Transformer) -> None:
    with pytest.raises(HyperparameterError, match="width is decided by the pretrained model"):
        rv.Transformer(pretrained=hidden, width=32, verbose=0).fit(TEXTS, KINDS)


def test_a_pretrained_model_must_know_texts(tmp_path: Path) -> None:
    iris = rv.read("iris")
    rv.FCNN(epochs=1, verbose=0).fit(iris).save(tmp_path / "iris.ranvier")
    model = rv.Transformer(pretrained=str(tmp_path / "iris.ranvier"), verbose=0)
    with pytest.raises(ArtifactError, match="family 'fcnn'"):
        model.fit(TEXTS, KINDS)
