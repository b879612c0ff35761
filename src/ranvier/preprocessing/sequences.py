"""Sequences of numbers -> what enters a network: each channel about zero, of unit spread.

A missing value becomes 0, the mean. A channel that had missing values in training brings a second
one along that is 1 where the value is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.sequences import Sequences
from ranvier.data.steps import StepForm
from ranvier.errors import ArtifactError, DataError
from ranvier.preprocessing.beside import Beside, WithBeside
from ranvier.preprocessing.columns import ColumnDecision
from ranvier.preprocessing.lists import edges_in, texts_in
from ranvier.preprocessing.ragged import Ragged, edges_of
from ranvier.specification import InputSpec

if TYPE_CHECKING:
    from ranvier.data.streams import Facts

Array = np.ndarray[Any, Any]

KIND = "sequences"  # marks the state
FARTHEST = 1e4  # spreads from the mean: what is farther away, no network can use
BLOCK = 1 << 16  # steps taken together, so that their float64 stays small
SHOWN = 3  # channels named in a note


class SequencePreprocessor(WithBeside):
    """What was learned from the training rows.

    Attributes:
        names: of the channels; empty where they have none.
        center, scale: float64 (channels,).
        indicated: int64 (K,), the channels that had missing values in training.
        edges: the lengths that rows are padded to, ascending; the last is the longest row's.
        even: whether all training rows had the same length: no step needs to be masked then.
        beside: of the other columns of their table.
        form: what rows are brought to at predict time.
        spec: what the network is told.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        center: Array,
        scale: Array,
        indicated: Array,
        edges: tuple[int, ...],
        beside: Beside,
        form: StepForm,
        *,
        even: bool = False,
    ) -> None:
        self.names, self.center, self.scale, self.even = names, center, scale, even
        self.indicated, self.edges, self.beside = indicated, edges, beside
        self.form = form
        spec, width = beside.spec, len(center)
        self.spec = InputSpec(
            spec.numeric, spec.categories, steps=edges[-1], channels=width + len(indicated)
        )
        channels = f"{width:,} channel{'s' * (width > 1)}, up to {edges[-1]:,} steps"
        self.decisions = (ColumnDecision("sequence", "sequence", channels), *beside.decisions)
        self.columns = tuple(decision.name for decision in self.decisions)
        self.notes = (*self._remarks(), *beside.notes)

    def _remarks(self) -> tuple[str, ...]:
        def few(channels: Array) -> str:
            listed = [self._called(int(channel)) for channel in channels[:SHOWN]]
            return ", ".join(listed) + (", ..." if len(channels) > SHOWN else "")

        notes = []
        if len(self.indicated):
            notes.append(
                f"missing values in {few(self.indicated)}: taken for the mean, and marked as such"
            )
        constant = np.flatnonzero(self.scale == 0)
        if len(constant):
            notes.append(f"one value in {few(constant)}: it tells nothing")
        return tuple(notes)

    def _called(self, channel: int) -> str:
        return self.names[channel] if self.names else f"channel {channel}"

    @classmethod
    def fit(
        cls, inputs: Sequences, weights: Array | None = None, facts: Facts | None = None
    ) -> SequencePreprocessor:
        """Learn the mean and the spread of each channel from all steps of the training rows."""
        steps = inputs.flat()  # (all steps, channels)
        each = None if weights is None else np.repeat(weights, inputs.lengths)
        center, scale = np.zeros(inputs.width), np.zeros(inputs.width)
        missing = np.zeros(inputs.width, bool)
        for channel in range(inputs.width):
            values = steps[:, channel].astype(np.float64)
            known = ~np.isnan(values)
            missing[channel] = not known.all()
            if known.any():
                center[channel], scale[channel] = _moments(
                    values[known], None if each is None else each[known]
                )
        beside = Beside.fit(inputs, weights, facts)
        has_table = beside.table is not None
        return cls(
            inputs.channels,
            center,
            scale,
            np.flatnonzero(missing),
            edges_of(inputs.lengths),
            beside,
            StepForm("sequence", inputs.sources, has_table, inputs.series, inputs.time),
            even=bool(inputs.lengths.min() == inputs.lengths.max()),
        )

    def transform(self, inputs: Sequences, *, lenient: bool = False) -> dict[str, Any]:
        """The network's inputs for any rows.

        Args:
            inputs: sequences with the channels of training.
            lenient: as in `TablePreprocessor.transform`, for the columns beside.

        Returns:
            "steps": float32 rows of (steps, channels), padded as they are taken; "lengths": int32
            (N,), absent where all rows have the one length of training; and what
            `TablePreprocessor.transform` gives for the columns beside.

        Raises:
            DataError: another number of channels.
        """
        width = len(self.center)
        if inputs.width != width:
            raise DataError(
                f"The sequences have {inputs.width:,} channels, and in training they had "
                f"{width:,}: pass the same channels, in their order."
            )
        raw = inputs.flat()
        flat = np.zeros((len(raw), self.spec.channels), np.float32)
        factor = np.divide(1.0, self.scale, out=np.zeros(width), where=self.scale > 0)
        for start in range(0, len(raw), BLOCK):
            part = raw[start : start + BLOCK]
            scaled = np.clip((part - self.center) * factor, -FARTHEST, FARTHEST)
            absent = np.isnan(scaled)
            flat[start : start + BLOCK, :width] = np.where(absent, 0.0, scaled)
            flat[start : start + BLOCK, width:] = np.isnan(part[:, self.indicated])
        lengths = inputs.lengths
        starts = np.concatenate([[0], np.cumsum(lengths)])
        rows: dict[str, Any] = {}
        if self.even and (lengths == self.edges[0]).all():
            rows["steps"] = flat.reshape(len(inputs), self.edges[0], flat.shape[1])
        else:
            rows["steps"] = Ragged(flat, starts, self.edges)
            rows["lengths"] = lengths.astype(np.int32)
        return {**rows, **self.beside.transform(inputs, lenient=lenient)}

    def to_state(self) -> tuple[dict[str, Any], dict[str, Array]]:
        """JSON-able plain data, and tensors by name."""
        plain, tensors = self.beside.to_state()
        return {
            "kind": KIND,
            "channels": list(self.names),
            "edges": list(self.edges),
            "even": self.even,
            "sources": list(self.form.sources),
            "long": [self.form.series, self.form.time],
            "table": plain,
        }, {
            **tensors,
            "step_center": self.center,
            "step_scale": self.scale,
            "step_indicated": self.indicated,
        }

    @classmethod
    def from_state(
        cls, plain: Mapping[str, Any], tensors: Mapping[str, Array]
    ) -> SequencePreprocessor:
        """What `to_state` described.

        Raises:
            ArtifactError: the state is malformed.
        """
        try:
            center = np.asarray(tensors["step_center"], np.float64)
            scale = np.asarray(tensors["step_scale"], np.float64)
            indicated = np.asarray(tensors["step_indicated"]).astype(np.int64)
            names, sources = texts_in(plain["channels"]), texts_in(plain["sources"])
            series, time = texts_in(plain["long"])
            edges, even = edges_in(plain["edges"]), plain["even"]
            if not isinstance(even, bool) or (even and len(edges) > 1):
                raise ValueError(even)
            if center.ndim != 1 or not len(center) or scale.shape != center.shape:
                raise ValueError(center.shape)
            if names and len(names) != len(center):
                raise ValueError(names)
            if not (np.isfinite([*center, *scale]).all() and (scale >= 0).all()):
                raise ValueError(scale)
            inside = np.isin(indicated, np.arange(len(center))).all()
            if indicated.ndim != 1 or not inside or (np.diff(indicated) <= 0).any():
                raise ValueError(indicated)
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(
                "The model file's description of its sequences is damaged or foreign: "
                "save the model again."
            ) from error
        beside = Beside.from_state("sequence", plain.get("table"), tensors)
        form = StepForm("sequence", sources, beside.table is not None, series, time)
        return cls(names, center, scale, indicated, edges, beside, form, even=even)


def _moments(values: Array, weights: Array | None) -> tuple[float, float]:
    """Mean and spread; the spread of values that agree, but for rounding, is 0."""
    middle = float(np.average(values, weights=weights))
    spread = float(np.sqrt(np.average((values - middle) ** 2, weights=weights)))
    return middle, spread if spread > abs(middle) * 1e-7 else 0.0
