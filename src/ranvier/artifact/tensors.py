"""Named arrays as safetensors bytes and back."""

from __future__ import annotations

from collections.abc import Mapping

import ml_dtypes
import numpy as np
from safetensors import SafetensorError, deserialize
from safetensors.numpy import save

from ..errors import ArtifactError

# The format's name for each element type that is allowed, little-endian as the format demands.
DTYPES: dict[str, np.dtype] = {
    "BOOL": np.dtype(np.bool_),
    "U8": np.dtype("u1"),
    "U16": np.dtype("<u2"),
    "U32": np.dtype("<u4"),
    "U64": np.dtype("<u8"),
    "I8": np.dtype("i1"),
    "I16": np.dtype("<i2"),
    "I32": np.dtype("<i4"),
    "I64": np.dtype("<i8"),
    "BF16": np.dtype(ml_dtypes.bfloat16),
    "F16": np.dtype("<f2"),
    "F32": np.dtype("<f4"),
    "F64": np.dtype("<f8"),
}
_ALLOWED = ", ".join(dtype.name for dtype in DTYPES.values())
# safetensors keeps this name for its own use.
_RESERVED = "__metadata__"


def encode(arrays: Mapping[str, np.ndarray], member: str) -> bytes:
    """The arrays as safetensors; the same arrays give the same bytes, in whatever order.

    Raises:
        ArtifactError: for an element type or a name that the format does not know.
    """
    return save({name: _savable(name, array, member) for name, array in arrays.items()})


def _savable(name: str, array: np.ndarray, member: str) -> np.ndarray:
    if not isinstance(name, str) or name == _RESERVED:
        raise ArtifactError(f"{member} cannot hold an array named {name!r}; rename it.")
    # safetensors reads raw memory, so the array must be contiguous: `order="C"` copies if not.
    array = np.asarray(array, order="C")
    little = array.dtype.newbyteorder("<") if array.dtype.byteorder == ">" else array.dtype
    if little not in DTYPES.values():
        raise ArtifactError(
            f"{member}: {name!r} has the element type {array.dtype}; expected one of {_ALLOWED}."
        )
    return array.astype(little, copy=False)


def decode(raw: bytes, where: str) -> dict[str, np.ndarray]:
    """The arrays in `raw`, sorted by name, each writable; `where` begins the error message.

    Raises:
        ArtifactError: for a damaged header or an element type outside `DTYPES`.
    """
    try:
        found = deserialize(raw)
        return {
            name: _array(name, tensor["dtype"], tensor["shape"], tensor["data"], where)
            for name, tensor in sorted(found, key=lambda pair: pair[0])
        }
    except ArtifactError:
        raise
    # ValueError and OverflowError: shapes that safetensors accepts and NumPy cannot hold.
    except (SafetensorError, ValueError, OverflowError) as error:
        raise ArtifactError(
            f"{where} is not valid safetensors ({error}); the file is damaged or was edited."
        ) from error


def _array(name: str, kind: str, shape: list[int], data: bytearray, where: str) -> np.ndarray:
    if kind not in DTYPES:
        raise ArtifactError(
            f"{where}: {name!r} has the element type {kind}; expected one of {_ALLOWED}."
        )
    return np.frombuffer(data, DTYPES[kind]).reshape(shape)
