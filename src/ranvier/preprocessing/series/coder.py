"""The steps ahead as a network sees them, and its forecasts as a person reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ranvier.data.series import Windows
from ranvier.errors import ArtifactError, TargetError
from ranvier.preprocessing.series.scale import POWERS, Scale
from ranvier.specification import OutputSpec
from ranvier.tasks import FORECASTING, Task

Array = np.ndarray[Any, Any]

QUANTILES = 3  # low, middle, high


@dataclass(frozen=True)
class SeriesCoder:
    """Fitted state of such a target, plain data.

    Attributes:
        horizon: steps ahead.
        scale: how values become numbers.
        task: forecasting.
        classes: none.
    """

    horizon: int
    scale: Scale
    task: Task = FORECASTING
    classes: Array = field(default_factory=lambda: np.empty(0))

    @classmethod
    def fit(cls, windows: Windows) -> SeriesCoder:
        """Learn from windows that train."""
        return cls(windows.horizon, Scale.of(windows))

    @property
    def units(self) -> int:
        """Width of the output layer: three numbers for each step."""
        return QUANTILES * self.horizon

    @property
    def spec(self) -> OutputSpec:
        """The output layer that the task decides."""
        return OutputSpec(self.units, self.task.activation, self.task.loss)

    def encode(self, target: Any) -> Array:
        """Float32 (N, horizon); NaN where a value was not observed.

        Raises:
            TargetError: another number of steps.
        """
        values = np.asarray(target, np.float64).reshape(len(target), -1)
        if values.shape[1] != self.horizon:
            raise TargetError(
                f"The target must have {self.horizon} steps ahead, as in training; got "
                f"{values.shape[1]}."
            )
        return self.scale.forward(values).astype(np.float32)

    def quantiles(self, logits: Array) -> Array:
        """Float64 (N, 3, horizon): the low end, the middle and the high end, in their order."""
        numbers = logits.reshape(len(logits), QUANTILES, self.horizon)
        return np.sort(self.scale.backward(numbers), axis=1)

    def labels(self, logits: Array) -> Array:
        """Float64 (N, horizon): the middle of what is to be expected."""
        middle: Array = self.quantiles(logits)[:, 1]
        return middle

    def probabilities(self, logits: Array) -> Array:
        """There are none.

        Raises:
            TargetError: always.
        """
        raise TargetError(
            "A forecast has no probabilities of classes; forecast() tells its interval."
        )

    def translate(self, row: dict[str, float]) -> dict[str, float]:
        """An epoch's metrics, as they are."""
        return row

    def to_state(self) -> dict[str, Any]:
        """Plain data for JSON."""
        scale = self.scale
        return {
            "task": self.task.kind,
            "horizon": self.horizon,
            "scale": [scale.power, scale.center, scale.scale],
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> SeriesCoder:
        """The coder that `to_state` described.

        Raises:
            ArtifactError: the state is malformed.
        """
        try:
            horizon = state["horizon"]
            numbers = power, center, size = tuple(float(n) for n in state["scale"])
            if type(horizon) is not int or not 1 <= horizon <= 1_000_000:
                raise ValueError(horizon)
            if power not in POWERS or not np.isfinite(numbers).all() or not size > 0:
                raise ValueError(numbers)
            return cls(horizon, Scale(power, center, size))
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(
                "The model file's description of the steps ahead is damaged or foreign: "
                "save the model again."
            ) from error
