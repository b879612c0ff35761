"""A folder in Hugging Face form: which of its files are read, and where its tensors lie."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ranvier.artifact import plain
from ranvier.artifact.container import some
from ranvier.artifact.layout import MIB, name_of, readable
from ranvier.errors import ArtifactError, nearest
from ranvier.families.transformer.published.tensors import Tensor, tensors_of

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
TOKENIZER = "tokenizer.json"
JSON_LIMIT = 128 * MIB
# What holds weights in a form that is not read: pickles, and TensorFlow's and Flax's own.
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
OTHERS = (".h5", ".msgpack", ".onnx", ".gguf")


def opened(place: str | os.PathLike[str]) -> Path:
    """The folder, which has a config.json.

    Raises:
        ArtifactError: there is no such folder, or nothing that tells what the weights are.
    """
    folder = Path(name_of(place))
    if folder.is_file():
        raise ArtifactError(
            f"{folder} is a file; name the folder that holds {CONFIG} beside the weights, such as "
            f"{folder.parent}."
        )
    if not folder.is_dir():
        raise ArtifactError(
            f"{folder} does not exist: name a folder with {CONFIG}, {WEIGHTS} and {TOKENIZER}; "
            f"nothing is downloaded.{_neighbours(folder)}"
        )
    if not (folder / CONFIG).is_file():
        raise ArtifactError(
            f"{folder} has no {CONFIG}, which says what the weights are; it holds "
            f"{_listed(folder)}: name a folder as save_pretrained writes it."
        )
    return folder


def document(path: Path) -> dict[str, Any]:
    """A JSON file, as plain data.

    Raises:
        ArtifactError: it is too large or no JSON.
    """
    size = path.stat().st_size
    if size > JSON_LIMIT:
        raise ArtifactError(
            f"{path} is {readable(size)}, and at most {readable(JSON_LIMIT)} are read; name a "
            "folder as save_pretrained writes it."
        )
    return plain.decode(path.read_bytes(), str(path))


def optional(path: Path) -> dict[str, Any]:
    """A JSON file, or nothing where there is none."""
    return document(path) if path.is_file() else {}


def tensors_in(folder: Path) -> dict[str, Tensor]:
    """Every tensor of the folder by its name: of one file, or of several that an index lists.

    Raises:
        ArtifactError: there are none, only pickles, or files that are damaged.
    """
    if (folder / WEIGHTS).is_file():
        return tensors_of(folder / WEIGHTS)
    if (folder / INDEX).is_file():
        return _sharded(folder, document(folder / INDEX))
    names = sorted(entry.name for entry in os.scandir(folder) if entry.is_file())
    pickles = [name for name in names if name.endswith(PICKLES)]
    if pickles:
        raise ArtifactError(
            f"{folder} has its weights in {pickles[0]}, a Python pickle, which can run code when "
            "it is opened and is never opened here: convert it where you trust it, with "
            "AutoModel.from_pretrained(...).save_pretrained(..., safe_serialization=True)."
        )
    others = [name for name in names if name.endswith(OTHERS)]
    if others:
        raise ArtifactError(
            f"{folder} has its weights in {others[0]}, and only {WEIGHTS} is read: convert it "
            "with AutoModel.from_pretrained(...).save_pretrained(..., safe_serialization=True)."
        )
    raise ArtifactError(
        f"{folder} has no weights ({WEIGHTS} or {INDEX}); it holds {_listed(folder)}: download "
        "the rest of the model."
    )


def _sharded(folder: Path, index: Mapping[str, Any]) -> dict[str, Tensor]:
    listed = index.get("weight_map")
    path = folder / INDEX
    if not isinstance(listed, dict) or not all(isinstance(n, str) for n in listed.values()):
        raise ArtifactError(
            f'{path} must tell under "weight_map" which file holds each tensor; download it again.'
        )
    found: dict[str, Tensor] = {}
    for name in sorted(set(listed.values())):
        if name != os.path.basename(name) or "\\" in name or not name.endswith(".safetensors"):
            raise ArtifactError(
                f"{path} names {name!r:.80}, which is no .safetensors file of this folder; do not "
                "trust this model, or download it again."
            )
        if not (folder / name).is_file():
            raise ArtifactError(f"{path} names {name}, which is missing; download it as well.")
        found |= tensors_of(folder / name)
    lost = [name for name, file in listed.items()
            if name not in found or found[name].path.name != file]  # fmt: skip
    if lost:
        raise ArtifactError(
            f"{path} says that {lost[0]:.80} lies in {listed[lost[0]]}, where it is not; "
            "download the model again."
        )
    return found


def _listed(folder: Path) -> str:
    names = sorted(entry.name for entry in os.scandir(folder))
    return some(names) if names else "nothing"


def _neighbours(folder: Path) -> str:
    try:
        return nearest(folder.name, (entry.name for entry in os.scandir(folder.parent)))
    except OSError:
        return ""
