"""What the page shows of models of language."""

from __future__ import annotations

import pytest

import ranvier as rv
from ranvier.data.corpus import Corpus
from ranvier.report.facts import About, gather
from ranvier.report.page import page
from ranvier.report.speech import FEWEST_WORDS, speech
from tests.families.transformer.published.folders import GOLDEN

from .conftest import HOSTILE
from .test_page import read

TEXTS = [f"the cat sat on {HOSTILE} the mat . " * 3, "a cat runs on the mat", "the cat"]


def opened(name: str) -> rv.Transformer:
    return rv.Transformer.from_pretrained(GOLDEN / name, verbose=0)


@pytest.mark.parametrize("name", ["gpt2", "bert-masked"])
def test_what_it_writes_and_where_it_is_surprised(name: str) -> None:
    rows = rv.Dataset(Corpus.of(TEXTS))
    whole = gather(opened(name), About(source=HOSTILE), rows, None, rows)
    found = read(text := page(whole))
    writes = name == "gpt2"
    assert ("What it writes" in found.headings) == writes
    assert found.headings[writes : 2 + writes] == [
        "Where it is surprised",
        "What the model looks at",
    ]
    assert "Where it fails" not in found.headings
    assert "script" not in found.tags
    assert {"svg", "mark", "bdi"} <= found.tags
    assert "http://" not in text
    assert len(text) < 250_000
    assert ("those before it" in found.text) == writes
    assert "what it expected" in found.text
    assert HOSTILE.replace("<script>", "")[:5] in found.text


def test_without_texts_to_be_judged_on_it_still_writes() -> None:
    rows = rv.Dataset(Corpus.of(TEXTS))
    found = read(page(gather(opened("gpt2"), About(), None, None, rows)))
    assert "What it writes" in found.headings
    assert "Where it is surprised" not in found.headings


def test_long_texts_are_cut_where_each_token_is_hidden_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from ranvier.report import speech as module

    monkeypatch.setattr(module, "WORK", 1.0)
    long = rv.Dataset(Corpus.of(["the cat " * 100, "a cat"]))
    found = speech(opened("bert-masked"), long)
    assert found is not None
    assert found.surprise is not None
    assert len(found.surprise.texts[0].split()) == FEWEST_WORDS
