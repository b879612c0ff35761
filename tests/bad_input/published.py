"""Folders in Hugging Face form that cannot be read, and models that cannot be written as such."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import ranvier as rv
from ranvier.errors import ArtifactError, HyperparameterError
from tests.bad_input.case import Handled, Refused
from tests.families.transformer.published.folders import GOLDEN
from tests.families.transformer.published.hostile import HOSTILE

QUICK = {"layers": 1, "width": 8, "heads": 2, "epochs": 1, "steps_per_epoch": 1, "verbose": 0}


def hostile(what: str, name: str) -> Refused:
    def deed(folder: Path) -> rv.Transformer:
        return rv.Transformer.from_pretrained(HOSTILE[name][0](folder))

    return Refused(what, ArtifactError, deed)


def opened(name: str) -> rv.Transformer:
    return rv.Transformer.from_pretrained(GOLDEN / name, verbose=0)


def misspelt(folder: Path) -> rv.Transformer:
    (folder / "gpt2.small").mkdir()
    return rv.Transformer.from_pretrained(folder / "gpt2.smal")


def over_a_thesis(folder: Path) -> None:
    (folder / "models").mkdir()
    (folder / "models" / "thesis.md").write_text("years of work")
    opened("gpt2").save_pretrained(folder / "models")


def our_own(folder: Path) -> None:
    texts = ["the cat sat on the mat. " * 9]
    settings = {"tokenizer": "characters", "context": 8, "activation": "gelu", **QUICK}
    model = rv.Transformer(task="language_model", norm="rms", **settings)
    model.fit(texts).save_pretrained(folder / "ours")


def of_numbers(folder: Path) -> None:
    X = np.random.default_rng(0).normal(size=(20, 6, 1))
    settings = {name: value for name, value in QUICK.items() if name != "steps_per_epoch"}
    model = rv.Transformer(validation_fraction=0, **settings).fit(X, np.arange(20) % 2)
    model.save_pretrained(folder / "ours")


CASES = [
    Refused("a folder that is not there", ArtifactError, misspelt),
    hostile("a file where a folder is needed", "a file"),
    hostile("no config.json", "no config"),
    hostile("a config.json that is no JSON", "config no JSON"),
    hostile("a kind of model that is not known", "unknown kind"),
    hostile("no weights", "no weights"),
    hostile("weights in a pickle only", "a pickle"),
    hostile("weights of Keras only", "Keras"),
    hostile("a config.json that lies about the vocabulary", "lying vocabulary"),
    hostile("a config.json that tells of more layers", "lying layers"),
    hostile("a config.json that tells of fewer layers", "fewer layers"),
    hostile("a config.json of enormous sizes", "enormous width"),
    hostile("a config.json of endless layers", "endless layers"),
    hostile("heads that do not divide the width", "heads that do not divide"),
    hostile("an activation that is not known", "unknown activation"),
    hostile("a stretching of positions that is not known", "other rotation"),
    hostile("a tensor missing", "missing tensor"),
    hostile("a tensor too many", "extra tensor"),
    hostile("tensors that should be one and differ", "differing twins"),
    hostile("weights that are no numbers", "NaN"),
    hostile("weights cut short", "cut"),
    hostile("a header that claims more than the file", "claims too much"),
    hostile("a header longer than the file", "long header"),
    hostile("tensors that overlap", "overlap"),
    hostile("an index that leads out of the folder", "out of the folder"),
    hostile("an index that names a missing file", "a shard missing"),
    hostile("no tokenizer", "no tokenizer"),
    hostile("a tokenizer of another model", "more tokens than rows"),
    hostile("a tokenizer that is damaged", "tokenizer no JSON"),
    hostile("labels of another count than classes", "labels and classes"),
    hostile("a pooling that is not known", "pooling of others"),
    Refused("a model of our own shape, to be published", ArtifactError, our_own),
    Refused("a model of numbers, to be published", ArtifactError, of_numbers),
    Refused("publishing over other files", ArtifactError, over_a_thesis),
    Refused("predictions of a model of vectors", HyperparameterError, lambda _: (
        opened("bert-sentences").predict(["late"]))),
]  # fmt: skip

HANDLED = [
    Handled("a published head of another kind", "Left out", lambda _: opened("bert-pretraining")),
]
