"""Hyperparameters as a person types them on the command line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ranvier.runs import families


def flag(name: str) -> str:
    """`batch_size` as `--batch-size`."""
    return "--" + name.replace("_", "-")


def words(name: str, value: Any) -> list[str]:
    """A hyperparameter and its value as arguments: ["--hidden", "256,128"]."""
    if isinstance(value, bool):
        return [flag(name if value else f"no_{name}")]
    if value is None:
        return [flag(name), "none"]
    if isinstance(value, (tuple, list)):
        return [flag(name), ",".join(str(part) for part in value)]
    if isinstance(value, Mapping):
        return [flag(name), ",".join(f"{key}={number:g}" for key, number in value.items())]
    return [flag(name), f"{value:g}" if isinstance(value, float) else str(value)]


def command(
    source: str,
    *,
    family: str,
    targets: Sequence[str],
    test_fraction: float | None,
    settings: Mapping[str, Any],
) -> str:
    """The `ranvier train` that repeats a run; what is None was left to its default."""
    parts = ["ranvier", "train", source]
    if family != "auto":
        parts += ["--model", family]
    for target in targets:
        parts += ["--target", f'"{target}"' if "," in target else target]
    if test_fraction is not None:
        parts += words("test_fraction", test_fraction)
    for name, value in settings.items():
        parts += words(name, value)
    return shlex.join(parts)


def flagged(text: str) -> str:
    """Hints such as task='regression' spelled as flags, whatever the family."""
    known = {"target", "test_fraction"}
    for family in families.names():
        known |= set(families.hyperparameters_of(family).__dataclass_fields__)
    return with_flags(text, known)


def with_flags(text: str, names: Iterable[str]) -> str:
    """Hints such as `task='regression'` in a sentence turned into `--task regression`."""
    known = "|".join(sorted(names, key=len, reverse=True))
    pattern = rf"\b({known})=('[^']*'|\"[^\"]*\"|[\w.+-]*\w)"

    def turned(match: re.Match[str]) -> str:
        name, value = match[1], match[2].strip("'\"")
        if value in ("True", "False"):
            return flag(name if value == "True" else f"no_{name}")
        return f"{flag(name)} {value.lower() if value == 'None' else shlex.quote(value)}"

    return re.sub(pattern, turned, text)
