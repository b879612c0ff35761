"""Entities that labels spell out, against what seqeval and conlleval make of them."""

from __future__ import annotations

import numpy as np
import pytest

from ranvier.data.step_labels import StepLabels
from ranvier.model.entity_scoring import entities, f1_entities, spell_entities
from ranvier.model.scoring import evaluate, measure
from ranvier.preprocessing.step_labels import StepCoder
from ranvier.tasks import LABELLING


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ("O B-P I-P O", {("P", 1, 3)}),
        ("B-P B-P I-P", {("P", 0, 1), ("P", 1, 3)}),
        ("B-P I-L I-L", {("P", 0, 1), ("L", 1, 3)}),
        ("I-P I-P O I-P", {("P", 0, 2), ("P", 3, 4)}),  # the older form of CoNLL 2003
        ("S-P B-P E-P B-P", {("P", 0, 1), ("P", 1, 3), ("P", 3, 4)}),
        ("U-P B-P I-P L-P I-P", {("P", 0, 1), ("P", 1, 4), ("P", 4, 5)}),
        ("O O", set()),
        ("", set()),
        ("B-a-b I-a-b", {("a-b", 0, 2)}),
    ],
)
def test_entities(labels, found):
    assert entities(labels.split()) == found


def test_what_spells_entities():
    assert spell_entities(["B-PER", "I-PER", "O"])
    assert spell_entities(np.array(["I-LOC", "O"]))
    assert not spell_entities(["O"])
    assert not spell_entities(["noun", "B-PER", "O"])
    assert not spell_entities([0, 1])


def test_f1_counts_exact_spans():
    truth = StepLabels.of([["B-P", "I-P", "O", "B-L"], ["O", "B-P"]])
    guess = [np.array(["B-P", "O", "O", "B-L"]), np.array(["O", "B-P"])]
    assert f1_entities(truth, guess, None) == pytest.approx(2 / 3)  # 2 of 3 found, 2 of 3 right
    assert f1_entities(truth, guess, np.array([0.0, 1.0])) == 1.0
    assert f1_entities(StepLabels.of([["O"]]), [np.array(["O"])], None) == 0.0


def test_it_stands_among_the_metrics_where_labels_spell_entities():
    truth = StepLabels.of([["B-P", "I-P", "O"], ["O", "B-P"]])
    coder = StepCoder.fit(truth)
    right = np.empty(2, object)
    for row, codes in enumerate(([0, 1, 2], [2, 0])):
        right[row] = np.eye(3, dtype=np.float32)[codes] * 9
    values = evaluate(coder, np.asarray(truth), right, None)
    assert values["f1_entities"] == values["accuracy"] == 1
    assert next(iter(values)) == "accuracy"
    assert measure(LABELLING, np.asarray(truth), coder.labels(right))["f1_entities"] == 1
    plain = StepLabels.of([["x", "y"]])
    found = measure(LABELLING, np.asarray(plain), np.asarray(plain))
    assert "f1_entities" not in found
