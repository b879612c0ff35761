"""A run of a generator: its scores beside real pictures, its samples, its report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image

import ranvier as rv
from ranvier.errors import DataError, HyperparameterError
from ranvier.runs.evaluation import evaluate
from ranvier.runs.picturing import Asked, make
from ranvier.runs.prediction import predict
from ranvier.runs.training import Result
from ranvier.runs.unsupervised import alarms
from ranvier.runs.unsupervised.classifier import FILE, labels_of
from ranvier.runs.unsupervised.generation import generation
from ranvier.runs.unsupervised.making import between


def test_samples_stand_beside_real_pictures(made_run: Result) -> None:
    scores = made_run.scores
    assert scores is not None
    assert scores.things == "pictures"
    real, bag = scores.baselines
    assert real.reference
    assert real.metrics["frechet"] < bag.metrics["frechet"]
    assert real.metrics["frechet"] < scores.model["frechet"]
    assert scores.best == bag
    assert 0 <= scores.model["rarest"] <= 0.1
    assert 0 <= scores.model["asked"] <= 1
    assert scores.model["copies"] < 0.1


def test_the_classifier_is_kept_and_used_again(made_run: Result) -> None:
    before = (made_run.folder / FILE).stat().st_mtime_ns
    scores, notes = evaluate(made_run.folder, "digits")
    assert (made_run.folder / FILE).stat().st_mtime_ns == before
    assert scores.rows == 1_438
    assert any("are compared by the features of a CNN" in note for note in notes)


def test_alone_it_cannot_be_judged(made_run: Result, workplace: Path) -> None:
    rv.load(made_run.folder).save(workplace / "alone.ranvier")
    with pytest.raises(DataError, match="beside the pictures that trained"):
        evaluate("alone.ranvier", "digits")


def test_how_real_pictures_look(made_run: Result) -> None:
    frame = predict(str(made_run.folder), "digits")
    assert frame.columns == ["realness"]
    expected = rv.load(made_run.folder).discriminate(rv.read("digits", test_fraction=0))
    assert_allclose(frame["realness"], expected, rtol=1e-4, atol=1e-5)


def test_samples_of_a_class(made_run: Result, workplace: Path) -> None:
    model = rv.load(made_run.folder)
    assert make(model, Asked(count=4, label="3", seed=1)).place == Path("samples.png")
    three = np.asarray(Image.open("samples.png"))
    make(model, Asked(count=4, label="7", seed=1, out="seven.png"))
    assert (np.asarray(Image.open("seven.png")) != three).any()
    assert make(model, Asked(steps=4, out="way.png")).count == 4
    with pytest.raises(HyperparameterError, match=r".--label. must be one of 0, 1, 2"):
        make(model, Asked(label="three"))


def test_a_report_shows_what_it_makes(made_run: Result) -> None:
    assert made_run.report is not None
    text = made_run.report.read_text()
    for words in ("What it makes", "How it came about", "real pictures", "no sign of copying"):
        assert words in text
    assert (made_run.folder / "frames" / "epoch-0002.png").is_file()


def test_the_way_keeps_the_length_of_noise() -> None:
    random = np.random.default_rng(0)
    one, other = random.normal(size=(2, 64))
    other *= np.linalg.norm(one) / np.linalg.norm(other)
    way = between(one, other, 7)
    assert_allclose(way[0], one)
    assert_allclose(way[-1], other)
    assert_allclose(np.linalg.norm(way, axis=1), np.linalg.norm(one))
    assert_allclose(between(one, one, 3), [one, one, one])


def test_what_counts_as_classes() -> None:
    assert labels_of(None) is None
    assert labels_of(np.linspace(0.1, 0.9, 10)) is None
    assert labels_of(np.zeros(10)) is None
    found = labels_of(np.array([0, 1, 0]))
    assert found is not None
    assert found.tolist() == ["0", "1", "0"]


def test_without_classes_pictures_are_compared_by_their_pixels(made_run: Result) -> None:
    digits = rv.read("digits")
    rows, trained = (replace(part, target=None) for part in (digits.test, digits.train))
    found = generation(rv.load(made_run.folder), rows, trained)
    assert found.judge == "the principal components of their pixels"
    assert found.classes is None
    assert found.compared.rows == 359
    assert found.compared.real.frechet < 0.2 * found.bagged["frechet"]
    assert found.samples.shape == found.nearest.shape == (359, 8, 8, 1)


def test_a_class_that_is_never_made_is_said_where_chance_does_not_explain_it(
    made_run: Result,
) -> None:
    digits = rv.read("digits")
    found = generation(rv.load(made_run.folder), digits.test, digits.train, made_run.folder)
    assert found.classes is not None
    even = replace(found.classes, shares=np.full(10, 0.1))
    only = replace(found.classes, shares=np.eye(10)[3])
    found = replace(found, real_classes=even)
    said = [text for text in alarms(replace(found, classes=only)) if "no sample" in text]
    assert len(said) == 1
    assert "0, 1, 2, 4, 5, 6, 7, 8, 9:" in said[0]
    few = replace(found, classes=only, samples=found.samples[:20])
    assert not [text for text in alarms(few) if "no sample" in text]
