"""What can be seen of a transformer: parts that add up, weights that are the network's own."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from rich.console import Console

import ranvier as rv
from ranvier.data.texts import Texts
from ranvier.errors import DataError, HyperparameterError
from ranvier.families.transformer.attention import attend, rotation
from ranvier.families.transformer.block import block, heads_of, normalised
from ranvier.families.transformer.looking import told_rows
from tests.families.transformer.published.folders import GOLDEN

TEXTS = ["the cat sat on the mat .", "a cat runs", "", "Zoë 🙂 sat"]
PAIRS = [("the cat", "a dog runs"), ("the cat " * 30, "sat"), ("", "mat")]
QUICK: dict[str, Any] = {"layers": 1, "width": 8, "heads": 2, "epochs": 1, "verbose": 0}


@functools.cache
def opened(name: str, pairs: bool = False) -> rv.Transformer:
    return rv.Transformer.from_pretrained(GOLDEN / name, verbose=0, pairs=pairs)


def adds_up(found: Any, share: float = 0.04) -> None:
    totals = np.array([values.sum() for values in found.values])
    moved = found.outputs - found.baseline
    np.testing.assert_allclose(totals, moved, atol=share * max(float(np.abs(moved).max()), 1e-3))


def test_the_parts_of_a_text_add_up_and_marks_have_none() -> None:
    model = opened("bert-classes")
    found = model.explain(TEXTS)
    adds_up(found)
    np.testing.assert_array_equal(found.explained, model.predict(TEXTS))
    np.testing.assert_allclose(found.sure, model.predict_proba(TEXTS).max(axis=1), atol=1e-5)
    assert [word for word, _ in found.tokens(1)] == ["a", "cat", "run", "s"]
    assert found.tokens(2) == []  # nothing but its marks
    assert found.outputs[2] == pytest.approx(found.baseline[2])
    assert found.read == tuple(map(len, TEXTS))


def test_the_parts_of_pairs_add_up() -> None:
    model = opened("roberta-classes", pairs=True)
    found = model.explain(PAIRS)
    adds_up(found)
    np.testing.assert_array_equal(found.explained, model.predict(PAIRS))
    assert found.texts[0] == "the cat\na dog runs"
    pieces = found.pieces(1)
    assert "".join(piece.text for piece in pieces) == found.texts[1]
    unread = [piece.text for piece in pieces if not piece.read]
    begin, end = found.gaps[1]
    assert unread == [PAIRS[1][0][begin:end]]  # the longer one is cut, in the middle of all
    assert found.gaps[0] == (7, 7)
    assert "not read" in found.legend()
    both = model.attention(PAIRS[:1])
    assert both.tokens[0][:4] == ("<s>", "the", " cat", "</s>")
    assert both.marks[0].sum() == 4


def test_own_tokens_weighed_words_and_columns_beside_add_up() -> None:
    rng = np.random.default_rng(0)
    y = rng.choice(["bad", "good"], 48)
    X = [f"the {rng.choice(['film', 'story'])} was {'awful' if c == 'bad' else 'great'}" for c in y]
    model = rv.Transformer(**QUICK, tokenizer="wordpiece").fit(X, y)
    assert model.resolved_["bag"]
    found = model.explain([*X[:6], "superb " * 50])
    adds_up(found)
    assert found.read[-1] < len(found.texts[-1])
    seen = model.attention(X[:1])
    assert (seen.tokens[0][0], seen.tokens[0][-1]) == ("[start]", "[end]")
    assert [word for word, mark in zip(seen.tokens[0], seen.marks[0], strict=True) if mark] == [
        "[start]", "[end]",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["bert-classes", "llama"])
def test_the_weights_are_those_of_the_network(name: str) -> None:
    """Two layers by hand: the second one's come from what the first one gives."""
    model = opened(name)
    network: Any = model.network_
    found = model.attention(TEXTS[:2])
    assert network.shape.causal == (name == "llama")
    inputs = told_rows(model, Texts.of(TEXTS[:1]))
    tokens = jnp.asarray(np.asarray(inputs["tokens"]))[:, : int(inputs["lengths"][0])]
    x, shape, layers = network.embed(tokens), network.shape, network.stack.layers()
    turn = rotation(shape, jnp.arange(tokens.shape[1]))

    def mix(query: Any, key: Any, value: Any) -> Any:
        return attend(query, key, value, None, causal=shape.causal)

    for number in range(shape.layers):
        layer = {path: array[number] for path, array in layers.items()}
        before = shape.norm_place == "pre"
        entering = normalised(x, layer, "attention_norm", shape) if before else x
        query, key, _ = map(np.asarray, heads_of(entering, layer, shape, turn))
        key = np.repeat(key, shape.heads // shape.key_heads, axis=2)
        scores = np.einsum("bthd,bshd->bhts", query, key) / np.sqrt(shape.head_width)
        if shape.causal:
            scores = np.where(np.tril(np.ones(scores.shape[-2:])) > 0, scores, -np.inf)
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        wanted = (powers / powers.sum(axis=-1, keepdims=True))[0]
        np.testing.assert_allclose(found.weights[0][number], wanted, atol=2e-5)
        x = block(x, layer, shape, mix, turn)


def test_a_text_alone_is_seen_as_among_others() -> None:
    together, alone = (opened("bert-classes").attention(texts) for texts in (TEXTS, TEXTS[1:2]))
    np.testing.assert_allclose(together.weights[1], alone.weights[0], atol=1e-6)
    assert together.tokens[1] == alone.tokens[0] == ("[CLS]", "a", "cat", "run", "s", "[SEP]")
    np.testing.assert_allclose(alone.weights[0].sum(axis=-1), 1.0, atol=1e-5)


def test_attention_shows_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = opened("llama").attention([*TEXTS[:2], "the <b> cat " * 30])
    shares = found.looks_at(0, token="cat", layer=0)
    assert [word for word, _ in shares][:3] == ["<|endoftext|>", "the", " cat"]
    assert sum(share for _, share in shares[3:]) == 0.0  # what comes later is not seen
    np.testing.assert_allclose(sum(share for _, share in shares), 1.0, atol=1e-5)
    picture = found.drawn()
    assert picture.dtype == np.uint8
    assert picture.shape[2] == 3
    found.save(tmp_path / "attention.png")
    found.save(tmp_path / "attention.html")
    page = (tmp_path / "attention.html").read_text("utf-8")
    assert page.count("<svg") == 3
    assert "the first 40 of" in page
    assert "&lt;" in page
    assert "<b>" not in page.replace("<b></b>", "")
    assert "data:image/png;base64," in found._repr_html_()
    found.show(1, token="cat")
    printed = capsys.readouterr().out
    assert printed.startswith("“cat” (token 2) looks at, in layer 2:")
    console = Console(force_terminal=True, color_system="truecolor", width=100)
    with console.capture() as shown:
        console.print(found)
    assert "━" in shown.get()
    with pytest.raises(DataError, match="no token 'dog'"):
        found.looks_at(0, token="dog")
    with pytest.raises(DataError, match="from 0 to"):
        found.looks_at(0, token=99)
    with pytest.raises(HyperparameterError, match="from 0 to 1, or -1"):
        found.mean(0, layer=2)


def test_too_many_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from ranvier.families.transformer import looking

    monkeypatch.setattr(looking, "MOST_WEIGHTS", 400)
    with pytest.raises(DataError, match="pass the first 1 rows"):
        opened("bert-classes").attention(TEXTS)


def test_patches_of_numbers_are_seen() -> None:
    rng = np.random.default_rng(1)
    X = [rng.normal(size=(n, 2)).astype(np.float32) for n in [130, 40, 9] * 8]
    model = rv.Transformer(**QUICK).fit(X, [0, 1] * 12)
    adds_up(model.explain(X[:3]))
    found = model.attention(X[:3])
    patch = model._builder().patch
    assert patch > 1
    assert found.tokens[0][:2] == (f"1–{patch}", f"{patch + 1}–{2 * patch}")
    assert [len(row) for row in found.tokens] == [-(-len(row) // patch) for row in X[:3]]
    alone = model.attention(X[2:3])
    np.testing.assert_allclose(found.weights[2], alone.weights[0], atol=1e-5)


def test_what_has_nothing_to_explain_is_refused() -> None:
    vectors = opened("bert-sentences")
    with pytest.raises(HyperparameterError, match="this model gives vectors"):
        vectors.explain(TEXTS)
    assert len(vectors.attention(TEXTS)) == len(TEXTS)
    with pytest.raises(HyperparameterError, match="needs a model of language"):
        opened("bert-classes").surprise(TEXTS)
    with pytest.raises(HyperparameterError, match="most must be a whole number"):
        opened("gpt2").surprise(TEXTS, most=0)
