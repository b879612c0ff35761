"""How little a model of language expects each token of a text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from rich.console import Console

import ranvier as rv
from ranvier.families.transformer.looking import name_of
from tests.families.transformer.published.folders import GOLDEN

BOOK = "The cat sat on the mat.\nThe dog did not.\n\nSo the cat was glad.\n" * 40
TEXTS = ["the cat sat on the mat .", "a cat runs", "Zoë <b>"]


@pytest.fixture(scope="module")
def writer() -> rv.Transformer:
    settings: dict[str, Any] = {
        "layers": 1, "width": 8, "heads": 2, "context": 16, "epochs": 1, "steps_per_epoch": 4,
    }  # fmt: skip
    return rv.Transformer(task="language_model", verbose=0, **settings).fit([BOOK])


def chances(model: rv.Transformer, row: np.ndarray) -> np.ndarray:
    """Float32 (steps, vocabulary): the logarithms of all tokens' probabilities behind each."""
    network: Any = model.network_
    return np.asarray(jax.nn.log_softmax(network({"tokens": row[None].astype(np.int32)})[0]))


def test_a_passage_is_told_as_it_is_judged(writer: rv.Transformer) -> None:
    text = BOOK[:17]  # one window
    found = writer.explain([text])
    assert found.texts == (text,)
    assert np.isnan(found.nats[0][0])  # nothing stands before it
    assert found.mean(0) == pytest.approx(writer.evaluate([text])["loss"], rel=1e-4)
    ids, _ = writer.preprocessor_.tokens.encode([text])
    logs = chances(writer, ids[:-1])
    np.testing.assert_allclose(found.nats[0][1:], -logs[np.arange(16), ids[1:]], atol=1e-5)
    best = logs.argmax(axis=1)
    tokens = writer.preprocessor_.tokens
    assert found.guesses[0][1:] == tuple(name_of(tokens, number) for number in best.tolist())
    np.testing.assert_allclose(found.sure[0][1:], np.exp(logs.max(axis=1)), atol=1e-5)


def test_behind_the_first_window_half_of_it_is_seen(writer: rv.Transformer) -> None:
    found = writer.surprise([BOOK], most=2)
    assert "".join(found.texts) == BOOK[:800]
    assert [len(nats) for nats in found.nats] == [400, 400]
    nats = np.concatenate(found.nats)
    assert np.isnan(nats).tolist() == [True] + [False] * 799
    ids, _ = writer.preprocessor_.tokens.encode([BOOK[:800]])
    window = ids[8:24]  # the second, of which those behind the first window's end are taken
    logs = chances(writer, window)
    np.testing.assert_allclose(nats[17:25], -logs[np.arange(8, 16), ids[17:25]], atol=1e-5)


def test_texts_of_a_published_model_are_told_behind_its_mark() -> None:
    model = rv.Transformer.from_pretrained(GOLDEN / "gpt2", verbose=0)
    found = model.explain(TEXTS)
    assert len(found) == 3
    assert np.isfinite(found.nats[1]).all()
    ids, _ = model.preprocessor_.tokens.encode(TEXTS[1:2])
    mark = model.preprocessor_.tokens.end
    logs = chances(model, np.concatenate([[mark], ids[:-1]]))
    np.testing.assert_allclose(found.nats[1], -logs[np.arange(len(ids)), ids], atol=1e-5)


def test_hidden_tokens_are_told_one_by_one() -> None:
    model = rv.Transformer.from_pretrained(GOLDEN / "bert-masked", verbose=0)
    found = model.surprise(TEXTS, most=2)
    tokens = model.preprocessor_.tokens
    ids, _ = tokens.encode(TEXTS[1:2])
    for place, number in enumerate(ids):
        row = np.concatenate([[tokens.start], ids, [tokens.end]])
        row[place + 1] = tokens.mask
        wanted = -chances(model, row)[place + 1, number]
        assert found.nats[1][place] == pytest.approx(wanted, abs=1e-5)
    assert [piece.text for piece in found.pieces(1) if piece.value] == ["a", "cat", "run", "s"]


def test_it_shows_itself(
    writer: rv.Transformer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = writer.explain(["The <b> cat\nsat on the mat."])
    worst = found.most_surprising(0, 3)
    assert [one.nats for one in worst] == sorted((one.nats for one in worst), reverse=True)
    assert worst[0].nats == np.nanmax(found.nats[0])
    assert "nats a token: it hesitates among" in found.headline(0)
    found.show()
    printed = capsys.readouterr().out
    assert printed == f"{found}\n"
    assert "; expected “" in printed
    console = Console(force_terminal=True, color_system="truecolor", width=100)
    with console.capture() as shown:
        console.print(found)
    assert "\x1b[" in shown.get()
    found.save(tmp_path / "why.html")
    page = (tmp_path / "why.html").read_text("utf-8")
    assert "<mark" in page
    assert "<b> " not in page
    assert "prefers-color-scheme: dark" in found._repr_html_()
