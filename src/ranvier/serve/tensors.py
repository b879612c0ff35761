"""Tensors of the Open Inference Protocol: datatypes, JSON values and raw bytes as arrays.

Binary is little-endian; a BYTES tensor is, element after element, a length of four bytes and as
many bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ranvier.serve.faults import bad

Array = np.ndarray[Any, Any]

DTYPES = {
    "BOOL": np.dtype(bool),
    "UINT8": np.dtype("<u1"),
    "UINT16": np.dtype("<u2"),
    "UINT32": np.dtype("<u4"),
    "UINT64": np.dtype("<u8"),
    "INT8": np.dtype("<i1"),
    "INT16": np.dtype("<i2"),
    "INT32": np.dtype("<i4"),
    "INT64": np.dtype("<i8"),
    "FP16": np.dtype("<f2"),
    "FP32": np.dtype("<f4"),
    "FP64": np.dtype("<f8"),
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}
BYTES = "BYTES"


@dataclass(frozen=True)
class TensorSpec:
    """A tensor that a model takes or gives.

    Attributes:
        name: of the tensor.
        datatype: such as "FP32".
        shape: -1 where any number will do.
        optional: whether a request may leave it out.
    """

    name: str
    datatype: str
    shape: tuple[int, ...]
    optional: bool = False

    def plain(self) -> dict[str, Any]:
        """For JSON, as the protocol's metadata have it."""
        found: dict[str, Any] = {
            "name": self.name, "datatype": self.datatype, "shape": list(self.shape)
        }  # fmt: skip
        return found | ({"parameters": {"optional": True}} if self.optional else {})


def shape_of(given: Any, name: str) -> tuple[int, ...]:
    """A request's shape, checked."""
    whole = isinstance(given, list) and all(type(side) is int and side >= 0 for side in given)
    if not whole or len(given) > 8:
        raise bad(
            f'The shape of the tensor "{name}" must be a list of whole numbers; got {given!r:.60}.'
        )
    return tuple(given)


def count_of(shape: Sequence[int]) -> int:
    """How many elements a shape has; exact, however large."""
    count = 1
    for side in shape:
        count *= side
    return count


def from_bytes(data: memoryview, datatype: str, shape: tuple[int, ...], name: str) -> Array:
    """An array of raw bytes.

    Raises:
        Fault: the bytes are not as many as the shape says.
    """
    count = count_of(shape)
    if datatype == BYTES:
        return _strings(data, count, name).reshape(shape)
    dtype = _dtype(datatype, name)
    if len(data) != count * dtype.itemsize:
        raise bad(
            f'The tensor "{name}" of shape {list(shape)} and datatype {datatype} has '
            f"{count * dtype.itemsize:,} bytes; got {len(data):,}."
        )
    if dtype.kind == "b":  # any byte that is not zero is true
        truth: Array = np.frombuffer(data, np.uint8).reshape(shape) != 0
        return truth
    return np.frombuffer(data, dtype).reshape(shape)


def _strings(data: memoryview, count: int, name: str) -> Array:
    if count > len(data) // 4:
        raise bad(f'The tensor "{name}" holds fewer than {count:,} elements of BYTES.')
    found, place = np.empty(count, object), 0
    for number in range(count):
        end = place + 4
        size = struct.unpack("<I", data[place:end])[0] if end <= len(data) else len(data)
        if end + size > len(data):
            raise bad(f'Element {number:,} of the tensor "{name}" goes beyond the tensor\'s end.')
        found[number] = text_of(bytes(data[end : end + size]), name)
        place = end + size
    if place != len(data):
        raise bad(f'The tensor "{name}" holds more than {count:,} elements of BYTES.')
    return found


def text_of(data: bytes, name: str) -> str:
    """Bytes as text.

    Raises:
        Fault: it is not UTF-8.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise bad(f'The tensor "{name}" must hold UTF-8; some of its bytes are not.') from None


def from_values(values: Any, datatype: str, shape: tuple[int, ...], name: str) -> Array:
    """An array of JSON's values, flat or nested.

    Raises:
        Fault: they are of another kind, or not as many as the shape says.
    """
    if not isinstance(values, list):
        raise bad(f'The data of the tensor "{name}" must be a list; got {type(values).__name__}.')
    wanted = count_of(shape)
    if datatype == BYTES:
        found = _flat(values)
        if not all(isinstance(value, str) for value in found):
            raise bad(f'The tensor "{name}" is BYTES and must hold strings.')
        array = np.empty(len(found), object)
        array[:] = found
    else:
        array = _numbers(values, _dtype(datatype, name), name).reshape(-1)
    if array.size != wanted:
        raise bad(
            f'The tensor "{name}" of shape {list(shape)} must hold {wanted:,} values; got '
            f"{array.size:,}."
        )
    return array.reshape(shape)


def _numbers(values: list[Any], dtype: np.dtype[Any], name: str) -> Array:
    try:
        with np.errstate(over="ignore"):  # a number too large is infinity, which is refused later
            if dtype.kind == "f":
                return np.array(values, dtype)
            array = np.array(values)
    except (TypeError, ValueError, OverflowError):
        raise bad(
            f'The tensor "{name}" must hold numbers, in rows of like length; some are not.'
        ) from None
    if not array.size:
        return array.astype(dtype)
    if array.dtype.kind not in ("b" if dtype.kind == "b" else "iub"):
        raise bad(f'The tensor "{name}" must hold {dtype.name}; it holds {array.dtype.name}.')
    made = array.astype(dtype)
    if not np.array_equal(made, array):
        raise bad(f'The tensor "{name}" holds numbers that {dtype.name} cannot hold.')
    return made


def _flat(values: list[Any]) -> list[Any]:
    """Nested lists as one."""
    while any(isinstance(value, list) for value in values):
        values = [v for value in values for v in (value if isinstance(value, list) else (value,))]
    return values


def _dtype(datatype: str, name: str) -> np.dtype[Any]:
    if datatype not in DTYPES:
        raise bad(
            f'The tensor "{name}" has the datatype {datatype!r:.40}; known are '
            f"{', '.join((*DTYPES, BYTES))}."
        )
    return DTYPES[datatype]


def datatype_of(array: Array) -> str:
    """The protocol's name of an array's type; whatever is no number is BYTES."""
    return NAMES.get(array.dtype, BYTES)


def to_bytes(array: Array) -> bytes:
    """Raw bytes, as `from_bytes` reads them."""
    if array.dtype in NAMES:
        return np.ascontiguousarray(array).tobytes()
    parts = []
    for value in array.reshape(-1).tolist():
        text = str(value).encode("utf-8", "replace")
        parts.append(struct.pack("<I", len(text)) + text)
    return b"".join(parts)


def to_values(array: Array) -> Any:
    """Flat values for JSON; numbers stay an array, which is written without a loop."""
    flat = np.ascontiguousarray(array).reshape(-1)
    if flat.dtype == np.float16:  # which JSON's writer does not know
        return flat.astype(np.float32)
    return flat if flat.dtype in NAMES else [str(value) for value in flat.tolist()]
