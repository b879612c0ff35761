"""What the page shows of models that go through texts and sequences."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import polars as pl

import ranvier as rv
from ranvier.data import as_examples
from ranvier.report.choosing import least_sure, mistaken, surest
from ranvier.report.facts import About, Facts, gather
from ranvier.report.page import page

from .conftest import HOSTILE
from .test_page import HEADINGS, read

QUICK: dict[str, Any] = {
    "units": (6,), "convolutions": (4,), "epochs": 6, "learning_rate": 0.02, "verbose": 0,
    "batch_size": 16, "embedding": 6,
}  # fmt: skip


@functools.cache
def facts(kind: str) -> Facts:
    rng = np.random.default_rng(0)
    y = rng.choice(["bad", HOSTILE], 100)
    inputs: Any
    if kind == "sequences":
        inputs = [rng.normal(0, 0.3, (int(rng.integers(6, 12)), 2)) for _ in y]
        for row, label in zip(inputs, y, strict=True):
            row[:3, 1] += 2 * (label == "bad")
    else:
        words = np.array(["the", "film", "שלום", HOSTILE, "story"])
        texts = [
            " ".join([*rng.choice(words, 5), "awful" if label == "bad" else "great"]) for label in y
        ]
        texts[80] = "שלום " + "left out " * 300 + "great"
        inputs = pl.DataFrame({"review": texts, "stars": np.where(y == "bad", 1.0, 5.0)})
        inputs = inputs if kind == "beside" else texts
    examples = as_examples(inputs, y, layout="steps")
    model = rv.RNN(**QUICK, max_length=400).fit(examples.take(slice(0, 60)))
    rows = examples.take(slice(60, None))
    return gather(model, About(source=kind), rows, None, rows)


def test_texts_are_coloured_and_escaped() -> None:
    found = read(text := page(facts("texts")))
    assert found.headings == HEADINGS
    assert "script" not in found.tags
    assert {"mark", "bdi"} <= found.tags
    assert HOSTILE in found.text
    assert 'dir="auto"' in text
    assert "speaks for the answer" in found.text
    assert "The words that matter most over all" in found.text
    assert facts("texts").importance is None  # of the text as the only column nothing is told
    assert len(text) < 200_000
    words = {one.name: [word for word, _, _ in one.words] for one in facts("texts").look.words}  # type: ignore[union-attr]
    assert "awful" in words["bad"][:2]


def test_the_worst_rows_begin_with_their_text_or_tell_their_length() -> None:
    failures: Any = facts("texts").failures
    assert failures.worst.columns == ("text",)
    assert all(len(row[-1]) <= 100 for row in failures.worst.rows)
    assert any("film" in row[-1] for row in failures.worst.rows)
    steps: Any = facts("sequences").failures
    assert all(row[-1].endswith(" steps") for row in steps.worst.rows)


def test_columns_beside_a_text_are_shuffled_and_so_is_the_text() -> None:
    found = facts("beside").importance
    assert found is not None
    assert set(found.columns) == {"text", "stars"}
    assert "The text and the columns beside it" in read(page(facts("beside"))).text


def test_sequences_show_their_channels() -> None:
    found = read(text := page(facts("sequences")))
    assert found.headings == HEADINGS
    assert "data:image/png;base64," in text
    look = facts("sequences").look
    assert look is not None
    assert look.channels[0][0] == "channel 1"
    assert abs(sum(share for _, share in look.channels) - 1) < 1e-9
    assert "the states after each step" in found.text


def test_the_rows_shown_are_sure_unsure_and_wrong() -> None:
    look = facts("texts").look
    assert look is not None
    assert 1 <= len(look.examples) <= 6
    assert len(look.inside.values) == 1
    sure = look.found.sure
    assert sure is not None
    shown = [float(sure[example.row]) for example in look.examples]
    assert min(shown) == sure.min()
    assert shown[0] > min(shown)


def test_rules_of_choice_by_hand() -> None:
    chances = np.array([0.9, 0.6, 0.2, 0.45, 0.97])
    model = rv.FCNN(recipe="textbook", hidden=(2,), epochs=1, verbose=0)
    model.fit(np.arange(10.0)[:, None], ["a", "b"] * 5)
    logits = np.log(chances / (1 - chances))[:, None].astype(np.float32)
    rows = as_examples(np.zeros((5, 1)), np.array(["b", "b", "a", "b", "a"]))
    assert surest(model._coder, rows, logits, 9).tolist() == [2, 0]
    assert mistaken(model._coder, rows, logits, 9).tolist() == [4, 3]
    assert least_sure(model._coder, rows, logits, 2).tolist() == [3, 1]
