"""What every picture of a set is brought to, so that all have one size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

PICTURE, MASK, SIGNAL, SOUND = "picture", "mask", "signal", "sound"
KINDS = (PICTURE, MASK, SIGNAL, SOUND)
RESIZES = ("crop", "pad", "squash")


@dataclass(frozen=True)
class Form:
    """The size of a row, and how files are brought to it.

    Attributes:
        kind: "picture" (height, width, channels), "mask", a picture whose pixels are numbers to
            keep (height, width, 1), "signal" (steps, channels), or "sound", a recording as a
            spectrogram (mel bands, frames, 1).
        shape: of one row.
        resize: what happens to a picture of other proportions: "crop" cuts the middle out,
            "pad" adds a border, "squash" distorts it.
        rate: samples per second that a recording is brought to; 0 for the other kinds.
    """

    kind: str
    shape: tuple[int, ...]
    resize: str = "crop"
    rate: int = 0

    def __str__(self) -> str:
        return "×".join(str(side) for side in self.shape)

    def to_state(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "shape": list(self.shape)}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Form:
        """The form that `to_state` described.

        Raises:
            KeyError, TypeError, ValueError: it is malformed.
        """
        kind, resize = str(state["kind"]), str(state["resize"])
        shape = tuple(int(side) for side in state["shape"])
        rate = int(state["rate"])
        long = 2 if kind == SIGNAL else 3
        if kind not in KINDS or resize not in RESIZES or len(shape) != long or min(shape) < 1:
            raise ValueError(f"{kind} {shape} {resize}")
        return cls(kind, shape, resize, rate)
