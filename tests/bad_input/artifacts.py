"""Model files, run folders, and models that have not learned."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any
from unittest import mock

from sklearn.exceptions import NotFittedError

import ranvier as rv
from ranvier.errors import ArtifactError, CheckpointError
from tests.artifact.hostile import HOSTILE, edit_manifest
from tests.bad_input.case import Refused, halves, model, numbers, of_arrays


def hostile(what: str, name: str) -> Refused:
    def deed(folder: Path) -> rv.Model:
        path = folder / "model.ranvier"
        of_arrays().save(path)
        HOSTILE[name][0](path)
        return rv.load(path)

    return Refused(what, ArtifactError, deed)


def edited(folder: Path, **changes: Any) -> Any:
    path = folder / "model.ranvier"
    of_arrays().save(path)
    edit_manifest(path, **changes)
    return rv.load(path)


def beside(folder: Path) -> Any:
    of_arrays().save(folder / "model.ranvier")
    return rv.load(folder / "modle.ranvier")


def empty_folder(folder: Path) -> Any:
    (folder / "photos").mkdir()
    return rv.load(folder / "photos")


def over_folder(folder: Path) -> None:
    (folder / "models").mkdir()
    of_arrays().save(folder / "models")


def full_disk(folder: Path) -> None:
    full = OSError(28, "No space left on device")
    with mock.patch.object(zipfile.ZipFile, "writestr", side_effect=full):
        of_arrays().save(folder / "model.ranvier")


def read_only(folder: Path) -> None:
    denied = PermissionError(13, "Permission denied")  # simulated: root may write everywhere
    with mock.patch("builtins.open", side_effect=denied):
        of_arrays().save(folder / "model.ranvier")


def build(inputs: Any, outputs: Any, rngs: Any) -> Any:
    from flax import nnx

    return nnx.Linear(inputs.numeric, outputs.units, rngs=rngs)


def custom_without_code(folder: Path) -> Any:
    path = folder / "model.ranvier"
    rv.Custom(build=build, epochs=1, verbose=0).fit(numbers(), halves()).save(path)
    return rv.load(path)


def resume_with_other_data(folder: Path) -> Any:
    model().fit(numbers(), halves(), run_dir=folder)
    return model().fit(numbers(), 1 - halves(), run_dir=folder, resume=True)


def resume_with_other_settings(folder: Path) -> Any:
    model().fit(numbers(), halves(), run_dir=folder)
    return model(learning_rate=0.5).fit(numbers(), halves(), run_dir=folder, resume=True)


def resume_damaged(folder: Path) -> Any:
    model().fit(numbers(), halves(), run_dir=folder)
    for path in (folder / "checkpoints").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return model().fit(numbers(), halves(), run_dir=folder, resume=True)


def run_in_a_file(folder: Path) -> Any:
    (folder / "run").write_text("not a folder")
    return model().fit(numbers(), halves(), run_dir=folder / "run")


CASES = [
    Refused("a model that is not there", ArtifactError, beside),
    Refused("a folder without a model", ArtifactError, empty_folder),
    hostile("an empty file", "empty"),
    hostile("text", "text"),
    hostile("a pickle", "pickle"),
    hostile("a Keras file", "hdf5"),
    hostile("a PyTorch file", "torch"),
    hostile("a foreign zip", "foreign zip"),
    hostile("a foreign zip with a model.json", "foreign manifest"),
    hostile("a file cut short", "cut"),
    hostile("a file with something appended", "appended"),
    hostile("a part missing", "missing"),
    hostile("a part too many", "extra"),
    hostile("weights that were tampered with", "tampered"),
    hostile("a zip bomb", "bomb"),
    hostile("a zip bomb that hides its size", "hidden bomb"),
    hostile("a path out of the archive", "parent path"),
    hostile("an absolute path", "absolute path"),
    hostile("a symbolic link", "symbolic link"),
    hostile("a part twice", "duplicate"),
    hostile("an encrypted file", "encrypted"),
    hostile("a newer format", "newer"),
    hostile("a description that is not JSON", "not json"),
    hostile("a description nested without end", "deep"),
    hostile("weights of an unknown type", "float8"),
    Refused("an unknown family", ArtifactError, lambda f: edited(f, family="perceptron")),
    Refused("a family that is no name", ArtifactError, lambda f: edited(f, family=["fcnn"])),
    Refused("a description without columns", ArtifactError, lambda f: edited(f, columns=None)),
    Refused(
        "an unknown hyperparameter", ArtifactError, lambda f: edited(f, hyperparameters={"lr2": 1})
    ),
    Refused(
        "another network than the weights'",
        ArtifactError,
        lambda f: edited(f, resolved={**json_of(f)["resolved"], "hidden": [5]}),
    ),
    Refused("a Custom model without its function", ArtifactError, custom_without_code),
    Refused(
        "saving into a folder that is not there",
        ArtifactError,
        lambda f: of_arrays().save(f / "models" / "a.ranvier"),
    ),
    Refused("saving over a folder", ArtifactError, over_folder),
    Refused("saving where nothing may be written", ArtifactError, read_only),
    Refused("saving on a full disk", ArtifactError, full_disk),
    Refused("predict before fit", NotFittedError, lambda f: rv.FCNN().predict(numbers())),
    Refused("save before fit", NotFittedError, lambda f: rv.FCNN().save(f / "a.ranvier")),
    Refused("resuming with other data", CheckpointError, resume_with_other_data),
    Refused("resuming with other hyperparameters", CheckpointError, resume_with_other_settings),
    Refused("resuming from damaged checkpoints", CheckpointError, resume_damaged),
    Refused("a run folder that is a file", CheckpointError, run_in_a_file),
]


def json_of(folder: Path) -> Any:
    path = folder / "model.ranvier"
    of_arrays().save(path)
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("model.json"))
