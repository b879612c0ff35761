"""What config.json says, each value checked for its type and its bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ranvier.errors import ArtifactError

MOST = 1 << 24  # above any width, vocabulary or length that is published
ABSENT = object()


class Fields:
    """The values of one JSON object by name; a name may be known by several spellings."""

    def __init__(self, values: Mapping[str, Any], path: Path) -> None:
        self.values, self.path = values, path

    def raw(self, *names: str) -> Any:
        """The first of the names that has a value other than null; `ABSENT` if none has."""
        for name in names:
            if self.values.get(name) is not None:
                return self.values[name]
        return ABSENT

    def whole(self, *names: str, default: int | None = None, least: int = 1) -> int:
        """A whole number from `least` to `MOST`."""
        value = self.raw(*names)
        if value is ABSENT:
            if default is None:
                raise self.wrong(names[0], "be a whole number", "is missing")
            return default
        if type(value) is not int or not least <= value <= MOST:
            raise self.wrong(names[0], f"be a whole number from {least} to {MOST:,}", came(value))
        return value

    def real(self, name: str, default: float) -> float:
        """A number above zero."""
        value = self.raw(name)
        if value is ABSENT:
            return default
        if type(value) not in (int, float) or not 0 < value < math.inf:
            raise self.wrong(name, "be a number above 0", came(value))
        return float(value)

    def switch(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self.raw(name)
        if value is ABSENT:
            return default
        if not isinstance(value, bool):
            raise self.wrong(name, "be true or false", came(value))
        return value

    def only(self, name: str, *allowed: Any) -> None:
        """Refuse a value that makes another network than the one that is built here."""
        value = self.raw(name)
        if value is not ABSENT and value not in allowed:
            raise self.wrong(name, f"be {allowed[0]!r}", came(value), "it is another network")

    def chosen(self, name: str, names: Mapping[str, str], default: str) -> str:
        """One of some names, as ours."""
        value = self.raw(name)
        if value is ABSENT:
            value = default
        if not isinstance(value, str) or value not in names:
            raise self.wrong(name, f"be one of {', '.join(names)}", came(value))
        return names[value]

    def inner(self, *names: str) -> Fields:
        """An object within; empty where there is none."""
        value = self.raw(*names)
        if value is ABSENT:
            return Fields({}, self.path)
        if not isinstance(value, dict):
            raise self.wrong(names[0], "be an object", came(value))
        return Fields(value, self.path)

    def wrong(self, name: str, expected: str, came: str, why: str = "") -> ArtifactError:
        """The error to raise."""
        end = why or "it was edited, or is of another kind of model"
        return ArtifactError(f"{self.path}: {name} must {expected}, but {came}; {end}.")


def came(value: Any) -> str:
    """What came, in an error."""
    return f"is {value!r:.60}"
