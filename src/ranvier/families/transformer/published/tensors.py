"""Tensors out of .safetensors files, each byte of which is taken as hostile until it is checked.

    8 bytes            how long the header is, little-endian
    the header         JSON: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}
    the data           one tensor after the other, without gaps

The header is read and checked before any data is; a tensor is read when it is asked for.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from ranvier.artifact import plain
from ranvier.artifact.layout import MIB, readable
from ranvier.artifact.tensors import DTYPES
from ranvier.errors import ArtifactError

Array = np.ndarray[Any, Any]

HEADER_LIMIT = 100 * MIB  # safetensors' own
FLOATS = ("F64", "F32", "F16", "BF16")
AGAIN = "copy or download it again"


@dataclass(frozen=True)
class Tensor:
    """Where a tensor lies.

    Attributes:
        path: of the file.
        dtype: as the format names it.
        shape: of the array.
        begin: its first byte in the file.
    """

    path: Path
    dtype: str
    shape: tuple[int, ...]
    begin: int

    def read(self, name: str) -> Array:
        """The numbers, as float32.

        Raises:
            ArtifactError: they are not finite, not of a real type, or cannot be read.
        """
        if self.dtype not in FLOATS:
            raise ArtifactError(
                f"{self.path}: {name} has the element type {self.dtype}; expected one of "
                f"{', '.join(FLOATS)}: save the weights as one of these."
            )
        count = math.prod(self.shape)
        with open(self.path, "rb") as file:
            raw = np.fromfile(file, DTYPES[self.dtype], count, offset=self.begin)
        if len(raw) != count:
            raise ArtifactError(f"{self.path} is cut short; {AGAIN}.")
        with np.errstate(over="ignore"):  # what float32 cannot hold is found below
            array = raw.astype(np.float32, copy=False)
        if not np.isfinite(array).all():
            raise ArtifactError(
                f"{self.path}: {name} holds NaN or infinite numbers: its training diverged or the "
                "file is damaged; use another copy."
            )
        return array.reshape(self.shape)


def tensors_of(path: Path) -> dict[str, Tensor]:
    """Every tensor of a file by its name.

    Raises:
        ArtifactError: the file is no safetensors, damaged, or claims more than it holds.
    """
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        header, begin = _header(file, size, path)
    header.pop("__metadata__", None)
    found = {name: _tensor(path, name, entry, begin) for name, entry in header.items()}
    end = begin
    for name, tensor, claimed in sorted(_extents(found, header), key=lambda each: each[1].begin):
        if tensor.begin != end:
            raise ArtifactError(
                f"{path}: the data of {name} does not begin where the tensor before it ends; the "
                f"file is damaged: {AGAIN}."
            )
        end += claimed
    if end > size:
        raise ArtifactError(
            f"{path} is cut short: its header tells of {readable(end)}, and the file has "
            f"{readable(size)}; {AGAIN}."
        )
    if end < size:
        raise ArtifactError(
            f"{path} has {readable(size - end)} behind its last tensor; the file is damaged: "
            f"{AGAIN}."
        )
    return found


def _extents(
    found: Mapping[str, Tensor], header: Mapping[str, Any]
) -> Iterator[tuple[str, Tensor, int]]:
    """Each tensor with the bytes that it claims."""
    for name, tensor in found.items():
        first, last = header[name]["data_offsets"]
        yield name, tensor, last - first


def _header(file: IO[bytes], size: int, path: Path) -> tuple[dict[str, Any], int]:
    """The header, and where the data begins."""
    begin = file.read(8)
    length = int.from_bytes(begin, "little")
    if size < 8 or length > HEADER_LIMIT:
        raise ArtifactError(
            f"{path} is not a safetensors file (its first 8 bytes tell of no header); {AGAIN}."
        )
    if 8 + length > size:
        raise ArtifactError(
            f"{path} is cut short: its header alone takes {readable(length)}, and the file has "
            f"{readable(size)}; {AGAIN}."
        )
    return plain.decode(file.read(length), f"{path}: the header"), 8 + length


def _tensor(path: Path, name: str, entry: Any, begin: int) -> Tensor:
    match entry:
        case {"dtype": str(dtype), "shape": [*shape], "data_offsets": [int(first), int(last)]} if (
            all(type(n) is int and n >= 0 for n in shape) and 0 <= first <= last and len(shape) < 32
        ):
            pass
        case _:
            raise ArtifactError(
                f"{path}: {name[:80]} must have a dtype, a shape and data_offsets in the header, "
                f"and has {entry!r:.80}; the file is damaged: {AGAIN}."
            )
    if dtype in DTYPES and math.prod(shape) * DTYPES[dtype].itemsize != last - first:
        raise ArtifactError(
            f"{path}: {name[:80]} has the shape {tuple(shape)} of {dtype} in the header and "
            f"{readable(last - first)} of data; the file is damaged: {AGAIN}."
        )
    return Tensor(path, dtype, tuple(shape), begin + first)
