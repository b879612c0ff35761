"""What cannot be made or said by a model that predicts no target."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import numpy as np

import ranvier as rv
from ranvier.errors import DataError, HyperparameterError, TargetError
from ranvier.runs import picturing, prediction
from ranvier.runs.picturing import Asked
from ranvier.runs.request import Request
from ranvier.runs.training import train
from tests.bad_input.case import Refused, fit, flights, halves, numbers


@functools.cache
def kept() -> rv.Autoencoder:
    """A fitted autoencoder of pictures of 4×4."""
    pictures = np.random.default_rng(0).integers(0, 256, (40, 4, 4)).astype(np.uint8)
    quick: dict[str, Any] = {"epochs": 1, "dimensions": 2, "filters": (), "hidden": (4,)}
    return rv.Autoencoder(**quick, components=1, verbose=0).fit(pictures)


def asked(what: str, error: type[Exception], **how: Any) -> Refused:
    """Something that is asked of `ranvier generate`."""

    def deed(folder: Path) -> Any:
        out = str(folder / how.get("out", "samples.png"))
        return picturing.make(kept(), Asked(**{**how, "out": out}))

    return Refused(what, error, deed)


def of_a_table(folder: Path) -> Any:
    flights().write_csv(folder / "flights.csv")
    return train(Request(str(folder / "flights.csv"), family="gan", out=str(folder / "run")))


def with_shares(folder: Path) -> Any:
    kept().save(folder / "model.ranvier")
    return prediction.predict(str(folder / "model.ranvier"), "digits", proba=True)


CASES = [
    asked("no sample", HyperparameterError, count=0),
    asked("a way of one picture", HyperparameterError, steps=1),
    asked("a seed below 0 for samples", HyperparameterError, seed=-1),
    asked("samples of a class from a model that knows none", DataError, label="3"),
    asked("a picture to a model that makes none larger", DataError, picture="photo.png"),
    asked("samples as a table's file", DataError, out="samples.csv"),
    asked("samples into a folder that is not there", DataError, out="nowhere/samples.png"),
    Refused("probabilities from an autoencoder", TargetError, with_shares),
    Refused("a GAN of a table with text", DataError, of_a_table),
    Refused(
        "a classifier that is to generate",
        TargetError,
        lambda _: fit(numbers(), halves(), task="generation"),
    ),
]
