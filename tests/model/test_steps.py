"""Data as a family takes it that goes step by step: what is chosen, what is said, what refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import ranvier as rv
from ranvier.data import Dataset, as_examples
from ranvier.data.pictures.arrays import pictures_of
from ranvier.data.sequences import Sequences
from ranvier.data.steps import STEPS, StepForm
from ranvier.data.texts import Texts
from ranvier.errors import DataError
from ranvier.model.steps import as_steps
from ranvier.model.suiting import as_pictures, as_table
from ranvier.preprocessing.fitting import fit_inputs

ROWS = 40
PROSE = [f"the flight number {n} was late by some minutes" for n in range(ROWS)]
NOTES = [f"gate {n} closed" for n in range(ROWS)]
FRAME = pl.DataFrame(
    {
        "note": PROSE,
        "delay": np.arange(ROWS) % 7,
        "carrier": ["AA", "UA"] * (ROWS // 2),
        "number": range(ROWS),
    }
)


def suited(inputs, form=None, **how):
    return as_steps(Dataset(inputs, **how), "RNN", form)


def test_texts_and_sequences_as_they_are():
    for inputs in (Texts.of(["a", "b"]), Sequences.of(np.ones((3, 4)))):
        assert suited(inputs).inputs is inputs


def test_free_text_with_the_other_columns_beside():
    examples = suited(FRAME)
    assert isinstance(examples.inputs, Texts)
    assert examples.inputs.values.to_list() == PROSE
    assert examples.columns == ("text", "delay", "carrier", "number")
    assert examples.notes == ("the text is the column note",)


def test_nothing_beside_where_a_table_would_use_none_of_it():
    examples = suited(FRAME.select("note", "number", constant=pl.lit(1)))
    assert examples.inputs.beside is None
    assert examples.notes == ("the text is the column note; not used: number, constant",)


def test_several_columns_of_text():
    frame = FRAME.with_columns(title=pl.Series([*PROSE[::-1][:-1], None]))
    examples = suited(frame)
    assert examples.inputs.values[0] == f"{PROSE[0]}\n{PROSE[-1]}"
    assert examples.inputs.values[-1] == f"{PROSE[-1]}\n"
    assert examples.notes == ("the text is the columns note, title, one below the other",)


def test_short_texts():
    few = pl.DataFrame({"word": ["yes", "no", "yes"]})
    assert suited(few).inputs.values.to_list() == ["yes", "no", "yes"]
    examples = suited(FRAME.drop("note").with_columns(gate=pl.Series(NOTES)))
    assert examples.inputs.sources == ("gate",)


def test_columns_of_numbers_are_steps():
    frame = pl.DataFrame({f"day {n}": [float(n), None, 2.0 * n] for n in range(4)})[[0, 2]]
    examples = suited(frame)
    assert isinstance(examples.inputs, Sequences)
    assert examples.inputs.row(1)[:, 0].tolist() == [0, 2, 4, 6]
    assert examples.notes == ("each of the 4 columns is a step: day 0 first, day 3 last",)
    assert suited(np.ones((3, 5))).inputs.lengths.tolist() == [5, 5, 5]


def test_signals_are_sequences():
    signals, _ = pictures_of(np.random.default_rng(0).normal(size=(5, 20, 3)))
    examples = suited(signals)
    assert examples.inputs.shape == (5, 20, 3)


def form_of(inputs):
    return fit_inputs(suited(inputs).inputs).form


def test_the_columns_of_training_by_name():
    form = form_of(FRAME)
    assert form == StepForm("text", ("note",), True)
    shuffled = FRAME.select("carrier", "number", "delay", comment=pl.lit(PROSE[0]), note="note")
    examples = suited(shuffled, form)
    assert examples.inputs.values.to_list() == PROSE
    assert examples.inputs.beside.columns == ["carrier", "number", "delay", "comment"]
    assert examples.notes == ()
    short = FRAME.with_columns(note=pl.lit("late"))  # no free text any more
    assert suited(short, form).inputs.values[0] == "late"
    alone = form_of(FRAME.select("note", "number"))
    assert suited(FRAME, alone).inputs.beside is None
    with pytest.raises(DataError, match='no column "note", which held the texts in training'):
        suited(FRAME.rename({"note": "notes"}), form)
    assert suited(Texts.of(PROSE), form).inputs.sources == ()


def test_the_steps_of_training_by_name():
    frame = pl.DataFrame({"mon": [1, 2], "tue": [3, 4]})
    form = form_of(frame)
    other = frame.select("tue", "mon", sun=pl.lit(9))
    assert suited(other, form).inputs.row(0)[:, 0].tolist() == [1, 3]
    assert suited(frame.rename({"mon": "x0", "tue": "x1"}), form).inputs.lengths.tolist() == [2, 2]
    with pytest.raises(DataError, match='no column "mon", which held the steps'):
        suited(frame.drop("mon"), form)
    with pytest.raises(DataError, match='Column "mon" must hold numbers, as in training'):
        suited(frame.with_columns(mon=pl.lit("far")), form)


def test_rows_of_another_kind_than_in_training():
    with pytest.raises(DataError, match="learned from texts, and the rows are sequences of 5"):
        suited(np.ones((3, 5)), StepForm("text"))
    with pytest.raises(DataError, match="learned from sequences, and the rows are texts of 1"):
        suited(Texts.of(["a"]), StepForm("sequence"))


def test_refused():
    pictures, _ = pictures_of(np.zeros((3, 8, 8), np.uint8))
    with pytest.raises(DataError, match="use model='cnn'"):
        suited(pictures)
    with pytest.raises(DataError, match=r'column "carrier" of flights\.csv is neither: use'):
        suited(FRAME.drop("note"), name="flights.csv")


@pytest.mark.parametrize("inputs", [Texts.of(["a b", "c"]), Sequences.of(np.ones((2, 5, 3)))])
def test_families_of_tables_and_pictures_name_the_one_that_takes_them(inputs):
    examples = Dataset(inputs, np.array([0, 1]))
    named = replace(examples, name="letters")
    with pytest.raises(DataError, match=r"^FCNN takes tables, and these are .* use model='rnn'"):
        as_table(examples, "FCNN", 1 << 30)
    with pytest.raises(DataError, match=r"^CNN takes pictures or signals, and letters holds"):
        as_pictures(named, "CNN", "auto")
    with pytest.raises(DataError, match="use model='rnn'"):
        rv.FCNN(verbose=0).fit(examples)


def test_in_memory_as_a_family_of_steps_takes_it():
    arrays = {
        "texts": ["a b", None, "c"],
        "object array": np.array(["a", "b"], object),
        "fixed-width array": np.array(["a", "bc"]),
        "polars": pl.Series(["a", None]),
        "missing first": [None, float("nan"), "a"],
    }
    for name, values in arrays.items():
        assert isinstance(as_examples(values, layout=STEPS).inputs, Texts), name
    assert as_examples(arrays["missing first"], layout=STEPS).inputs.values.to_list() == [
        "", "", "a",
    ]  # fmt: skip
    numbers = {
        "matrix": np.ones((3, 4)),
        "cube": np.ones((3, 4, 2)),
        "ragged": [np.ones((2, 1)), np.ones((5, 1))],
        "ragged lists": [[1, 2, 3], [4.5]],
        "nested lists": [[[1, 2], [3, 4]], [[5, 6]]],
        "whole numbers": np.ones((2, 3), np.uint8),
        "truths": [[True, False], [True]],
    }
    for name, values in numbers.items():
        assert isinstance(as_examples(values, layout=STEPS).inputs, Sequences), name
    pandas = pytest.importorskip("pandas")
    series = pandas.Series(["a", None, float("nan")])
    assert as_examples(series, layout=STEPS).inputs.values.to_list() == ["a", "", ""]
