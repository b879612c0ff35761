"""Plain texts on the command line: a model of their language beside models that count."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import ranvier as rv
from ranvier.cli.rendering import scores as rendered
from ranvier.cli.train import _next
from ranvier.data.corpora import read_corpus
from ranvier.data.corpus import Corpus, corpus_of
from ranvier.data.texts import Texts
from ranvier.errors import DataError, DataWarning, TargetError
from ranvier.preprocessing.corpus import CorpusPreprocessor
from ranvier.runs import families, series
from ranvier.runs.evaluation import evaluate
from ranvier.runs.language import about_test, about_unknown, counters, size_of
from ranvier.runs.reporting import report
from ranvier.runs.request import Request
from ranvier.runs.scores import Scores
from ranvier.runs.training import Result, train
from ranvier.tasks import LANGUAGE_MODEL, MASKED_LANGUAGE_MODEL

BOOK = "The cat sat on the mat.\nThe dog did not.\n\nSo the cat was glad.\n" * 40
SHORT = [
    f"the {who} sat on the {where}" for who in ("cat", "dog") for where in ("mat", "bed", "log")
]
TINY = {"layers": 1, "width": 8, "heads": 2, "context": 8, "epochs": 2, "steps_per_epoch": 2}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("language") / "book.txt"
    path.write_text(BOOK)
    return path


@pytest.fixture(scope="module")
def run(file: Path) -> Result:
    """A few steps; the family is the one that suits a text, the task the one it has."""
    return train(Request(source=str(file), settings=TINY, out=str(file.parent / "run")))


def test_two_models_that_count_stand_beside_the_score(run: Result) -> None:
    scores = run.scores
    assert scores is not None
    assert (run.family, run.task) == ("transformer", "language_model")
    assert [rated.words for rated in scores.baselines] == [
        "how often each token comes (unigram)",
        "by the token before (bigram)",
    ]
    assert scores.best.words.startswith("by the token before")
    assert not scores.beaten  # after four steps
    assert set(scores.model) >= {"perplexity", "bits_per_character", "accuracy"}
    held_out = rv.read(run.folder.parent / "book.txt").test.inputs
    assert scores.rows == held_out.characters - 1
    plain = json.loads(json.dumps(run.plain()["test"], allow_nan=False))
    assert Scores.from_plain(plain) == scores
    table = str(rendered(scores, f"{scores.things} never seen"))
    assert "a simple baseline is at least as good: by the token before (bigram) has perp" in table
    assert f"on {scores.rows:,} tokens never seen" in table


def test_it_is_said_what_the_text_became(run: Result) -> None:
    decisions = rv.load(run.folder).decisions_
    said = " | ".join(text for _, text in decisions)
    assert "characters train" in said
    assert "texts are cut into characters: 19 different ones (tokenizer='characters'" in said
    lines = (run.folder / "history.jsonl").read_text().splitlines()
    history = [json.loads(line) for line in lines]
    epochs = [row for row in history if "valid_perplexity" in row]
    assert epochs
    assert epochs[-1]["valid_perplexity"] == pytest.approx(math.exp(epochs[-1]["valid_loss"]))


def test_the_report_tells_the_perplexity(run: Result) -> None:
    assert run.report is not None
    page = run.report.read_text()
    assert "hesitates among" in page
    assert "predicting the next token" in page
    assert "bits per character" in page
    assert "Where it fails" not in page  # there is no answer for each row
    again, _ = report(run.folder)
    assert "hesitates among" in again.read_text()


def test_other_texts_can_be_judged(run: Result, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("The cat saw Zoë.\n")
    with pytest.warns(DataWarning, match=r"other.txt holds 2 characters that were not there.*'Z'"):
        scores, _ = evaluate(run.folder, str(other))
    assert scores.rows == len("The cat saw Zoë.\n") - 1
    assert math.isfinite(scores.model["perplexity"])
    _, notes = evaluate(run.folder, str(run.folder.parent / "book.txt"))
    assert "is what this model was trained on" in notes[0]


@pytest.mark.parametrize(
    ("task", "first"),
    [
        ("language_model", "ranvier generate run --prompt"),
        ("masked_language_model", "ranvier evaluate run new.txt"),
        ("binary", "ranvier predict run new.csv"),
    ],
)
def test_what_can_be_done_next(task: str, first: str) -> None:
    commands = _next(task, "run")
    assert commands[0].startswith(first)
    assert commands[-1] == "ranvier info run"


def fitted(corpus: Corpus, task: str, context: int = 8, **how: object) -> CorpusPreprocessor:
    return CorpusPreprocessor.fit(corpus, context=context, task=task, **how)  # type: ignore[arg-type]


def test_counting_is_right_where_there_is_nothing_to_learn() -> None:
    book = Corpus.book("ab" * 200)
    one, two = counters(fitted(book, "language_model"))
    alone = one.score(LANGUAGE_MODEL, None, book)
    assert alone["perplexity"] == pytest.approx(2, abs=0.1)
    assert alone["bits_per_character"] == pytest.approx(1, abs=0.1)
    pairs = two.score(LANGUAGE_MODEL, None, book)
    assert pairs["perplexity"] == pytest.approx(1, abs=0.1)
    assert pairs["accuracy"] == 1.0


@pytest.mark.parametrize("task", ["language_model", "masked_language_model"])
def test_each_token_is_judged_once(task: str) -> None:
    texts = corpus_of(Texts.of(SHORT))
    preprocessor = fitted(texts, task, tokenizer="words")
    ends = len(SHORT) if task == "language_model" else 0
    assert size_of(preprocessor, texts) == sum(len(t.split()) for t in SHORT) + ends
    scores = counters(preprocessor)[0].score(MASKED_LANGUAGE_MODEL, None, texts)
    assert "bits_per_character" not in scores


def test_what_is_held_out_is_said() -> None:
    assert about_test(Corpus.book("abc")) == "the last 3 characters are held out to test on"
    assert about_test(corpus_of(Texts.of(SHORT))) == "6 texts are held out to test on"


def test_what_was_never_seen_is_said() -> None:
    preprocessor = fitted(Corpus.book(BOOK), "language_model")
    assert about_unknown(preprocessor, Corpus.book("The cat"), "") == ""
    assert "The text holds 1 character that was not there" in about_unknown(
        preprocessor, Corpus.book("The cat?"), ""
    )


def test_texts_of_a_table_without_a_target(tmp_path: Path) -> None:
    rows = {"id": range(60), "review": [f"{t}, number {n}" for n in range(10) for t in SHORT],
            "label": ["good", "bad"] * 30}  # fmt: skip
    pl.DataFrame(rows).write_csv(tmp_path / "reviews.csv")
    examples = read_corpus(tmp_path / "reviews.csv")
    assert examples.target is None
    assert len(examples.test_rows) == 12
    suited = rv.Transformer(task="masked_language_model")._suited(examples)
    assert isinstance(suited.inputs, Corpus)
    assert suited.inputs.values[0] == "the cat sat on the mat, number 0"
    assert suited.inputs.sources == ("review",)


def test_how_texts_can_be_given(file: Path) -> None:
    assert read_corpus(SHORT).inputs.values.to_list() == SHORT
    assert read_corpus(np.array(SHORT)).test_rows.size == 1
    examples = rv.read(file)
    assert read_corpus(examples) is examples
    assert read_corpus(str(file), test_fraction=0).test_rows is None
    with pytest.raises(DataError, match=r"A single string is the path of a file, and 'The cat"):
        read_corpus(BOOK)
    with pytest.raises(DataError, match="does not exist"):
        read_corpus("bok.txt")
    with pytest.raises(TargetError, match="learns from texts alone"):
        rv.Transformer(task="language_model", verbose=0).fit(str(file), target="label")


def test_a_text_goes_to_the_transformer(file: Path, tmp_path: Path) -> None:
    assert families.choose("auto", rv.read(file)) == "transformer"
    assert not series.are_meant({"context": 8}, str(file))  # a word of both
    assert series.are_meant({"context": 8, "horizon": 2}, str(file))
    (tmp_path / "values.csv").write_text("a\n1\n")
    assert series.are_meant({"context": 8}, str(tmp_path / "values.csv"))


def test_lines_of_a_text_can_each_have_an_answer() -> None:
    rows = rv.RNN()._suited(rv.Dataset(Corpus.book("one\n\ntwo\n"))).inputs
    assert rows.values.to_list() == ["one", "two"]
    assert not isinstance(rows, Corpus)
