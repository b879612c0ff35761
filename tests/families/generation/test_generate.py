"""What `Transformer` writes, as a person reads it."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier.families.transformer.generation.spelling import Spelling
from ranvier.families.transformer.model import Transformer
from ranvier.preprocessing.tokens import Tokens

SMALL: dict[str, Any] = {
    "task": "language_model", "layers": 1, "width": 16, "heads": 2, "context": 16, "epochs": 1,
    "steps_per_epoch": 40, "learning_rate": 0.01, "verbose": 0,
}  # fmt: skip
LINES = ["the cat sat on the mat.\n", "the dog ran to the log.\n"]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Transformer:
    """A model of one long text, cut into characters."""
    path = tmp_path_factory.mktemp("book") / "book.txt"
    path.write_text("".join(LINES * 60))
    return Transformer(**SMALL).fit(path)


@pytest.fixture(scope="module")
def texts() -> Transformer:
    """A model of many short texts, cut into words."""
    return Transformer(**SMALL, tokenizer="words").fit([line.strip() for line in LINES * 60])


def test_what_follows_the_prompt_comes_back(book: Transformer) -> None:
    text = book.generate("the ", max_tokens=30)
    assert len(text) == 30
    assert set(text) <= set("".join(LINES))
    assert text == book.generate("the ", max_tokens=30)
    assert text != book.generate("the ", max_tokens=30, seed=1)
    assert text[:12] == book.generate("the ", max_tokens=12)


def test_pieces_are_the_text(book: Transformer) -> None:
    pieces = list(book.generate("the ", max_tokens=100, stream=True))
    assert len(pieces) > 1
    assert "".join(pieces) == book.generate("the ", max_tokens=100)


def test_a_list_gives_a_list(book: Transformer) -> None:
    prompts = ["the cat", "", "the dog ran"]
    texts = book.generate(prompts, max_tokens=20, seed=3)
    assert texts == [book.generate(p, max_tokens=20, seed=3 + n) for n, p in enumerate(prompts)]
    assert book.generate([]) == []


def test_more_texts_than_are_written_at_once(book: Transformer) -> None:
    texts = book.generate([""] * 18, max_tokens=10)
    assert len(set(texts)) > 9
    assert texts[17] == book.generate("", max_tokens=10, seed=17)


@pytest.mark.parametrize("stop", ["t", "he", ["zz", "a"]])
def test_a_text_stops_before_a_stop_string(book: Transformer, stop: Any) -> None:
    whole = book.generate("the ", max_tokens=100)
    each = [stop] if isinstance(stop, str) else stop
    places = [whole.find(text) for text in each if text in whole]
    assert places, whole
    assert book.generate("the ", max_tokens=100, stop=stop) == whole[: min(places)]
    pieces = book.generate("the ", max_tokens=100, stop=stop, stream=True)
    assert "".join(pieces) == whole[: min(places)]


def test_texts_end_where_texts_ended_in_training(texts: Transformer) -> None:
    written = texts.generate(["", "the cat"], max_tokens=60)
    assert any(len(text.split()) < 30 for text in written)
    assert "(" not in "".join(written)  # no mark is written


def test_words_are_joined_to_the_prompt(texts: Transformer) -> None:
    assert texts.generate("the cat", max_tokens=1, top_k=1, seed=2).startswith((" ", "."))


def test_what_was_never_seen_is_named(book: Transformer) -> None:
    with pytest.warns(rv.DataWarning, match="never saw 'Z', 'é'"):
        book.generate("Zoé", max_tokens=1)


def test_a_long_prompt_is_read_from_its_end(book: Transformer) -> None:
    with pytest.warns(rv.DataWarning, match=r"20 tokens, and the model sees 16 at once"):
        long = book.generate("the dog ran to the c", max_tokens=5)
    assert long == book.generate("dog ran to the c", max_tokens=5)


def test_next_tokens_are_the_networks_own_shares(book: Transformer) -> None:
    found = book.next_tokens("the c", top=4)
    ids = book.preprocessor_.tokens.encode(["the c"])[0]
    scores = np.asarray(book.network_({"tokens": ids[None]}))[0, -1].astype(np.float64)
    shares = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
    order = np.argsort(-shares)[:4]
    assert found.numbers.tolist() == order.tolist()
    np.testing.assert_allclose(found.probabilities, shares[order], atol=0.02)  # marks are none
    assert found.probabilities.sum() <= 1.0
    assert repr(found).splitlines()[0].startswith(repr(found.tokens[0]))
    assert "<meter" in found._repr_html_()


def test_a_trace_is_the_text_with_its_chances(book: Transformer) -> None:
    steps = list(book.trace("the ", max_tokens=25, top=3, seed=5))
    assert "".join(step.text for step in steps) == book.generate("the ", max_tokens=25, seed=5)
    assert all(step.taken == step.text for step in steps)
    assert all(0 < step.share <= 1 for step in steps)
    (first, *_) = steps
    plain = book.next_tokens("the ", top=3)
    assert first.probabilities[0] > plain.probabilities[0]  # at the temperature of 0.8
    greedy = list(book.trace("the ", max_tokens=5, temperature=0))
    assert all(step.taken == step.tokens[0] for step in greedy)


def test_it_is_the_same_after_saving_and_pickling(book: Transformer, tmp_path: Path) -> None:
    text = book.generate("the ", max_tokens=20)
    book.save(tmp_path / "a.ranvier")
    assert rv.load(tmp_path / "a.ranvier").generate("the ", max_tokens=20) == text
    assert pickle.loads(pickle.dumps(book)).generate("the ", max_tokens=20) == text


def test_halves_of_characters_are_held_back() -> None:
    tokens = Tokens.learn("bpe", ["ab 🙂 né"] * 3, 257)
    ids = tokens.encode(["b 🙂é b"])[0].tolist()
    spelling = Spelling(tokens, tokens.encode(["a"])[0].tolist(), most=len(ids))
    pieces = [spelling.add([token]) for token in ids]
    assert "".join(pieces) == "b 🙂é b"
    assert "\ufffd" not in "".join(pieces)
    assert "" in pieces


def test_a_stop_string_that_has_begun_is_held_back() -> None:
    tokens = Tokens.learn("characters", ["abcx"] * 2, 10)
    spelling = Spelling(tokens, [], ["bcx"])
    ids = tokens.encode(["abcabcx"])[0].tolist()
    assert [spelling.add([token]) for token in ids] == ["a", "", "", "bca", "", "", ""]
    assert spelling.over


def test_what_is_asked_is_checked(book: Transformer) -> None:
    for wrong, words in (
        ({"temperature": -0.1}, "temperature must be a number from 0 up; got -0.1"),
        ({"temperature": float("nan")}, "temperature must be"),
        ({"top_p": 0.0}, "top_p must be above 0 and at most 1, or None; got 0.0"),
        ({"top_k": 0}, "top_k must be a whole number of at least 1 or None"),
        ({"max_tokens": 0}, "max_tokens must be a whole number of at least 1"),
        ({"repetition_penalty": 0}, "repetition_penalty must be a number above 0; got 0"),
        ({"stop": ["a", ""]}, "stop takes texts of at least one character; got ''"),
        ({"seed": -1}, "seed must be"),
    ):
        with pytest.raises(rv.HyperparameterError, match=words):
            book.generate("the", **wrong)
    with pytest.raises(rv.HyperparameterError, match="pass one string"):
        book.generate(["the"], stream=True)
    with pytest.raises(rv.DataError, match="A prompt must be text; got int"):
        book.generate([3])  # type: ignore[list-item]
