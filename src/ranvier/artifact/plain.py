"""Strict JSON: what is written is read back equal, and nothing else is accepted."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from ..errors import ArtifactError

# Deep enough for any schema, shallow enough that no reader runs out of stack.
MAX_DEPTH = 64


def encode(value: dict[str, Any], member: str, indent: int | None = None) -> bytes:
    """Plain data as JSON in ASCII, so that any Python string survives the round trip.

    Raises:
        ArtifactError: for a value that JSON cannot hold (NaN, an array, a key that is not
            a string), naming its place.
    """
    _check(value, member, 0)
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(value, allow_nan=False, indent=indent, separators=separators).encode()


def _check(value: Any, place: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ArtifactError(
            f"{place[:80]}… is nested deeper than {MAX_DEPTH} levels; flatten it before saving."
        )
    match value:
        case None | bool() | int() | str():
            return
        case float():
            if not math.isfinite(value):
                raise ArtifactError(f"{place} is {value}; only finite numbers can be saved.")
        case list() | tuple():
            for index, item in enumerate(value):
                _check(item, f"{place}[{index}]", depth + 1)
        case dict():
            for key, item in value.items():
                if not isinstance(key, str):
                    raise ArtifactError(
                        f"{place} has the key {key!r} of type {type(key).__name__}; "
                        "only strings can name saved values."
                    )
                _check(item, f"{place}[{key!r}]", depth + 1)
        case _:
            raise ArtifactError(
                f"{place} is a {type(value).__name__}; expected None, a boolean, a number, "
                "a string, a list or a dict (arrays are saved as tensors)."
            )


def decode(raw: bytes, where: str) -> dict[str, Any]:
    """The JSON object in `raw`; `where` begins the error message.

    Raises:
        ArtifactError: for anything but one JSON object with unique keys and finite numbers.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"),
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_whole,
            object_pairs_hook=_unique,
        )
    except RecursionError:
        raise ArtifactError(f"{where} is nested too deeply; Ranvier wrote no such file.") from None
    except ValueError as error:
        raise ArtifactError(
            f"{where} is not valid JSON ({_reason(error)}); the file is damaged or was edited."
        ) from error
    if not isinstance(value, dict):
        raise ArtifactError(
            f"{where} must hold a JSON object, but holds a {type(value).__name__}; "
            "the file is damaged or was edited."
        )
    return value


def _reason(error: ValueError) -> str:
    """What is wrong, in words that do not change with Python's version."""
    if isinstance(error, json.JSONDecodeError):
        return f"at line {error.lineno}, column {error.colno}"
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)


def _whole(text: str) -> int:
    if len(text) > 4300:  # Python refuses more, in other words
        raise ValueError(f"a number of {len(text):,} digits")
    return int(text)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]} is too large for a number")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return value
