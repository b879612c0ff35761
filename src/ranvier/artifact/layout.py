"""What a `model.ranvier` file may contain, and how much of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import ArtifactError

FORMAT = "ranvier"
FORMAT_VERSION = 1

MANIFEST = "model.json"
WEIGHTS = "weights.safetensors"
PREPROCESSING = "preprocessing.json"
TENSORS = "preprocessing.safetensors"
MEMBERS = (MANIFEST, WEIGHTS, PREPROCESSING, TENSORS)

RESERVED = ("format", "format_version", "files")

KIB, MIB, GIB = 2**10, 2**20, 2**30

# JSON grows about twentyfold as Python objects, so its bounds are tighter than the tensors'.
MEMBER_LIMITS = {MANIFEST: 8 * MIB, PREPROCESSING: 64 * MIB}
TOTAL_LIMIT = 32 * GIB
# Ranvier stores without compression (ratio 1); a copy zipped again by hand stays far below 50.
RATIO_LIMIT = 50
# Four members need some 300 bytes; the slack lets a newer format be recognised as newer.
DIRECTORY_LIMIT = 16 * KIB


@dataclass(frozen=True, eq=False)
class Parts:
    """A model as plain parts.

    Attributes:
        manifest: plain JSON data: family, hyperparameters, task, schema, metrics. The names
            in `RESERVED` belong to the format and are not part of it.
        weights: the network's arrays by name, of any shape, in one of `tensors.DTYPES`.
        preprocessing: plain JSON data: the fitted state of the preprocessing.
        tensors: the arrays of that state by name, as in `weights`.
    """

    manifest: dict[str, Any]
    weights: dict[str, np.ndarray] = field(default_factory=dict)
    preprocessing: dict[str, Any] = field(default_factory=dict)
    tensors: dict[str, np.ndarray] = field(default_factory=dict)


def name_of(path: str | os.PathLike[str]) -> str:
    """The path as text, for the system and for messages."""
    name = os.fspath(path)
    if "\0" in name:
        raise ArtifactError(f"{name!r} holds a null character, which no file name may.")
    return name


def over_limit(member: str, size: int) -> str:
    """A clause that says by how much `member` is too large, or an empty string."""
    limit = MEMBER_LIMITS.get(member, TOTAL_LIMIT)
    if size <= limit:
        return ""
    return f"{member} is {readable(size)}, and the format allows {readable(limit)}"


def readable(size: int) -> str:
    """A number of bytes for people: 1536 is `1.5 KiB`."""
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size} bytes"
