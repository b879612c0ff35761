"""The page for every task: what it says, that it is safe, and that it needs nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

import ranvier as rv
from ranvier.explain.markup import VOID
from ranvier.report.facts import About, gather
from ranvier.report.failures.classes import ClassFailures
from ranvier.report.page import as_bytes, page

from .conftest import HOSTILE, KINDS, TINY, answer, build, facts, fitted

HEADINGS = [
    "What the model looks at",
    "Where it fails",
    "How it learned",
    "What was decided",
    "How to repeat it",
]


class Checker(HTMLParser):
    """Tags that are closed in order, and all text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.headings: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            assert name not in ("href", "srcset")
            assert name != "src" or (value or "").startswith("data:image/png;base64,")
            assert "url(" not in (value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["h2"]:
            self.headings.append(data)
        if "style" not in self.open:
            self.text += data


def read(text: str) -> Checker:
    checker = Checker()
    checker.feed(text)
    assert not checker.open
    return checker


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_is_whole_safe_and_alone(kind: str) -> None:
    text = page(facts(kind))
    found = read(text)
    assert found.headings == HEADINGS
    assert "script" not in found.tags
    assert not {"link", "img", "iframe", "object"} & found.tags
    assert "<script" not in text
    assert "http://" not in text
    assert "https://" not in text
    assert "@import" not in text
    assert HOSTILE in found.text
    assert len(as_bytes(text)) < 300_000
    assert not re.search(r"\bnan\b|\binf\b", found.text)


def test_the_same_facts_give_the_same_page() -> None:
    model, rows = fitted("binary")
    about = facts("binary").about
    assert page(gather(model, about, rows, None, rows)) == page(facts("binary"))


def test_the_answer_comes_first() -> None:
    text = read(page(facts("multiclass"))).text
    accuracy = 100 * facts("multiclass").about.answer.model["accuracy"]  # type: ignore[union-attr]
    assert f"On 120 rows never seen, {accuracy:.1f}\N{NO-BREAK SPACE}% of the pred" in text
    assert "always the same is right in" in text


def test_a_baseline_that_wins_is_said_first() -> None:
    whole = facts("regression")
    lost = replace(whole.about.answer, beaten=False)  # type: ignore[type-var]
    text = read(page(replace(whole, about=replace(whole.about, answer=lost)))).text
    assert "This model is no better than the trivial baseline." in text


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("binary", ["ROC.", "area under the curve", "Confusion matrix", "as right as it is sure"]),
        ("multiclass", ["Confusion matrix", "found (recall)", "gave the truth"]),
        ("many", ["What is confused most, among 50 classes", "How many of each class", "40 more"]),
        (
            "multilabel",
            ["at least one wrong label", "Each label by itself", "right when predicted"],
        ),
        ("regression", ["nine in ten by less than", "predicted and true", "What is left over"]),
        ("outputs", ["Each output by itself", "R²", "nine in ten"]),
        ("array", ["x0", "x1", "Confusion matrix"]),
    ],
)
def test_where_it_fails(kind: str, words: list[str]) -> None:
    text = read(page(facts(kind))).text
    for word in words:
        assert word in text


def test_how_it_learned_and_what_was_decided() -> None:
    text = read(page(facts("regression"))).text
    for word in ("training loss", "validation RMSE", "learning rate", "Finished after 8 epochs"):
        assert word in text
    for word in ("hidden 1", "16", "Every hyperparameter", "batch_size", "3 columns"):
        assert word in text
    assert "ranvier train x" in text
    assert "seed 0" in text


def test_without_rows_to_judge_on() -> None:
    model, rows = fitted("binary")
    text = read(page(gather(model, About(), None, None, rows))).text
    assert "No rows were held out" in text
    assert "on 120 rows it has learned from" in text
    assert "Unknown: no rows were held out on which it could fail." in text
    assert "The command that trained this model is not known" in text


def test_classes_that_training_never_saw() -> None:
    model, rows = fitted("multiclass")
    assert rows.target is not None
    target = rows.target.copy()
    target[:7] = "new"
    odd = replace(rows, target=target)
    found = gather(model, facts("multiclass").about, odd, None, odd)
    text = read(page(found)).text
    assert "7 rows of a class that was not there in training can only be missed." in text
    assert "never seen" in text


def test_one_row() -> None:
    for kind in ("binary", "regression", "multilabel"):
        model, rows = fitted(kind)
        one = rows.take(slice(0, 1))
        found = gather(model, replace(facts(kind).about, answer=None), one, None, one)
        assert found.importance is None
        assert "row it is worst at" in read(page(found)).text or kind != "regression"


def test_a_custom_network() -> None:
    _, rows = fitted("regression")
    settings = {name: value for name, value in TINY.items() if name != "hidden"}
    model = rv.Custom(build=build, **settings).fit(rows)
    found = gather(model, About(answer=answer(model, rows)), rows, None, rows)
    text = read(page(found)).text
    assert "only" in text
    assert "Custom · regression" in text


def test_long_tables_stay_short() -> None:
    random = np.random.default_rng(0)
    table = random.normal(size=(3000, 260))
    target = table[:, 3] * 2 + table[:, 5]
    model = rv.FCNN(**TINY | {"epochs": 2}).fit(table[:1000], target[:1000])
    rows = rv.data.as_examples(table, target)
    found = gather(model, About(answer=answer(model, rows)), rows, None, rows)
    text = page(found)
    assert "Of 260 columns, the 200 that go along most with the predictions were tried." in text
    assert len(as_bytes(text)) < 300_000


def test_broken_characters_can_be_written() -> None:
    whole = facts("binary")
    about = replace(whole.about, source="a\ud800\x00\u202eb")
    written = as_bytes(page(replace(whole, about=about)))
    assert b"\x00" not in written
    assert "\u202e" not in written.decode()


def test_the_area_under_the_curve_is_that_of_the_score() -> None:
    model, rows = fitted("binary")
    found = facts("binary").failures
    assert isinstance(found, ClassFailures)
    assert found.roc is not None
    assert found.roc.area == pytest.approx(model.evaluate(rows)["roc_auc"])
    assert found.matrix is not None
    assert found.matrix.trace() == len(rows) - found.wrong
