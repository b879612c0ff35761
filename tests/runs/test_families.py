"""Which family suits the data where none is named."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import ranvier as rv
from ranvier.data import Dataset
from ranvier.data.corpus import Corpus, corpus_of
from ranvier.data.pictures.arrays import pictures_of
from ranvier.data.sequences import Sequences
from ranvier.data.series import read_series
from ranvier.data.texts import Texts
from ranvier.runs import families
from ranvier.runs.families import choose

ROWS = 40
TABLE = pl.DataFrame(
    {
        "distance": np.arange(ROWS) * 1.5,
        "carrier": ["AA", "UA"] * (ROWS // 2),
        "passenger": [f"Mr. Owen Harris {n}" for n in range(ROWS)],
    }
)
REMARK = pl.Series("remark", [f"flight {n} was late by some minutes" for n in range(ROWS)])

SUITED = {
    "a table": ("fcnn", TABLE),
    "an array": ("fcnn", np.ones((4, 3))),
    "pictures": ("cnn", pictures_of(np.zeros((3, 8, 8), np.uint8))[0]),
    "signals": ("cnn", pictures_of(np.zeros((3, 20, 2)))[0]),
    "sequences": ("rnn", Sequences.of(np.ones((3, 5, 2)))),
    "texts": ("rnn", Texts.of(["a", "b"])),
    "a book": ("transformer", Corpus.book("Once upon a time.\n")),
    "a folder of texts": ("transformer", corpus_of(Texts.of(["a", "b"]))),
    "a table with free text": ("rnn", TABLE.with_columns(REMARK)),
    "a table of one column of words": ("rnn", pl.DataFrame({"word": ["yes", "no"]})),
    "a table of one column of numbers": ("fcnn", pl.DataFrame({"size": [1, 2]})),
}


@pytest.mark.parametrize("what", SUITED)
def test_the_family_that_suits(what):
    family, inputs = SUITED[what]
    assert choose("auto", Dataset(inputs)) == family


def test_series_go_to_the_family_that_forecasts():
    waves = np.sin(np.arange(120) * 2 * np.pi / 12)
    assert choose("auto", read_series(waves, season=12, horizon=6)) == "rnn"


def test_a_named_family_stays():
    assert choose("cnn", Dataset(TABLE)) == "cnn"
    with pytest.raises(rv.HyperparameterError, match='Nearest: "rnn"'):
        choose("rn", Dataset(TABLE))


def test_a_flag_of_several_numbers_is_one_to_a_family_that_takes_one() -> None:
    model = families.make("gan", {"filters": (8,), "scale": 3.0})
    assert model.get_params()["filters"] == 8
    assert repr(model.get_params()["scale"]) == "3"
    assert families.make("cnn", {"filters": (8,)}).get_params()["filters"] == (8,)


def test_a_task_of_one_family_asks_for_that_family() -> None:
    assert families.of_task("auto", {"task": "super_resolution"}) == "gan"
    assert families.of_task("auto", {"task": "reconstruction"}) == "autoencoder"
    assert families.of_task("auto", {"task": "regression"}) == "auto"
    assert families.of_task("cnn", {"task": "reconstruction"}) == "cnn"
    assert not families.predicts("gan")
    assert families.predicts("fcnn")
