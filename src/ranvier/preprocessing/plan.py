"""What was learned from the training rows: plain values from which every transform follows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.preprocessing import categories, datetimes, numeric
from ranvier.preprocessing.categories import Vocabulary
from ranvier.preprocessing.columns import ColumnDecision, corrected, recognise
from ranvier.preprocessing.reading import raw_numbers
from ranvier.preprocessing.sharing import shared

if TYPE_CHECKING:
    import polars as pl

    from ranvier.data.streams import Facts

Array = np.ndarray[Any, Any]

COLUMNS = 16  # of an array, brought side by side at once


@dataclass(frozen=True, eq=False)
class Plan:
    """The layout of the network's inputs and the numbers behind it.

    `numeric` holds, from left to right: the scaled numbers (elapsed days of dates among them), one
    indicator for each number in `indicated`, the booleans, the sine and cosine pairs.

    Attributes:
        decisions: one per training column, in order.
        numbers: the columns behind `center` and `scale`.
        center, scale: (R,) float64.
        indicated: (K,) int64 positions in `numbers` that had missing values in training.
        booleans: column names.
        places: (column, part) for each pair; parts are named in `datetimes`.
        vocabularies: by column, in the order of the category inputs.
        array: fitted on an array, whose columns have no names.
    """

    decisions: tuple[ColumnDecision, ...]
    numbers: tuple[str, ...]
    center: Array
    scale: Array
    indicated: Array
    booleans: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    vocabularies: tuple[tuple[str, Vocabulary], ...] = ()
    array: bool = False

    @property
    def width(self) -> int:
        """F, the width of the numeric input."""
        return len(self.numbers) + len(self.indicated) + len(self.booleans) + 2 * len(self.places)

    @property
    def feature_columns(self) -> tuple[str, ...]:
        """The table's column behind each of the F columns of the numeric input."""
        missing = [self.numbers[position] for position in self.indicated]
        turns = [name for name, _ in self.places for _ in (0, 1)]
        return (*self.numbers, *missing, *self.booleans, *turns)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """A name for each of the F columns of the numeric input."""
        kinds = {decision.name: decision.kind for decision in self.decisions}
        scaled = [
            f"{name} (days)" if kinds.get(name) == "datetime" else name for name in self.numbers
        ]
        missing = [f"{self.numbers[position]} is missing" for position in self.indicated]
        turns = [
            f"{name} ({'sine' if wave == 0 else 'cosine'} of the {part})"
            for name, part in self.places
            for wave in (0, 1)
        ]
        return (*scaled, *missing, *self.booleans, *turns)


def plan_array(inputs: Array, weights: Array | None) -> Plan:
    """Every column of an array is numeric, unless it has one value or none."""
    found: list[tuple[float, float, bool, bool]] = [(0.0, 0.0, False, False)] * inputs.shape[1]

    def learn(first: int, last: int) -> None:
        for start in range(first, last, COLUMNS):
            # Side by side: row by row in memory, one column would fetch all the others with it.
            block = np.ascontiguousarray(inputs[:, start : min(start + COLUMNS, last)].T)
            if block.dtype != np.float32:  # exact in float64, and sorts twice as fast
                block = block.astype(np.float64, copy=False)
            for position, values in enumerate(block, start):
                absent = np.isnan(values)
                missing, empty = bool(absent.any()), bool(absent.all())
                statistics = (0.0, 0.0) if empty else numeric.summarise(values, weights)
                found[position] = (*statistics, missing, empty)

    shared(learn, inputs.shape[1], inputs.size)
    decisions: list[ColumnDecision] = []
    numbers: list[str] = []
    centers: list[float] = []
    scales: list[float] = []
    indicated: list[int] = []
    for position, (center, scale, missing, empty) in enumerate(found):
        name = f"x{position}"
        if empty:
            decisions.append(ColumnDecision(name, "empty", "no values"))
            continue
        if not scale and not missing:
            decisions.append(ColumnDecision(name, "constant", "one value", {"value": center}))
            continue
        if missing:
            indicated.append(len(numbers))
        decisions.append(ColumnDecision(name, "numeric", "numbers"))
        numbers.append(name)
        centers.append(center)
        scales.append(scale)
    if not numbers:  # a network that predicts the mean is a legal answer
        decisions[0] = ColumnDecision("x0", "numeric", decisions[0].reason, decisions[0].details)
        numbers, centers, scales = ["x0"], [0.0], [0.0]
    return Plan(
        tuple(decisions),
        tuple(numbers),
        np.array(centers),
        np.array(scales),
        np.array(indicated, dtype=np.int64),
        array=True,
    )


def plan_frame(
    frame: pl.DataFrame, weights: Array | None, repeats: Array | None, facts: Facts | None = None
) -> Plan:
    """Recognise every column and learn what its kind needs; see `TablePreprocessor.fit`."""
    decisions: list[ColumnDecision] = []
    numbers: list[tuple[str, float, float, bool]] = []  # name, center, scale, has missing values
    booleans: list[str] = []
    places: list[tuple[str, str]] = []
    vocabularies: list[tuple[str, Vocabulary]] = []
    for series in frame.iter_columns():
        decision = recognise(series, repeats)
        name = decision.name
        counts = None
        if facts is not None:
            decision, counts = corrected(decision, facts), facts.counts.get(name)
        if decision.kind == "numeric":
            values = raw_numbers(series)
            absent = bool(np.isnan(values).any())
            numbers.append((name, *numeric.summarise(values, weights), absent))
        elif decision.kind == "boolean":
            booleans.append(name)
        elif decision.kind == "category":
            vocabulary, rare = categories.learn(series, repeats, counts)
            vocabularies.append((name, vocabulary))
            decision.details.update(values=len(vocabulary.values), rare=rare)
            if rare:
                together = f"{decision.reason}, {rare:,} of them too rare to learn from"
                decision = replace(decision, reason=together)
        elif decision.kind == "datetime":
            details = decision.details
            when = datetimes.moments(series, details.get("format"), details.get("zone"))
            parts = datetimes.varying(when)
            days = datetimes.elapsed(when)
            absent = bool(np.isnan(days).any())
            if "elapsed" in parts or absent:
                numbers.append((name, *numeric.summarise(days, weights), absent))
            waves = [(name, part) for part in parts if part != "elapsed"]
            places += waves
            details["parts"] = ("elapsed" in parts) + absent + 2 * len(waves)
        decisions.append(decision)
    if not numbers and not booleans and not places and not vocabularies:
        numbers = [(decisions[0].name, 0.0, 0.0, False)]
    return Plan(
        tuple(decisions),
        tuple(name for name, _, _, _ in numbers),
        np.array([center for _, center, _, _ in numbers]),
        np.array([scale for _, _, scale, _ in numbers]),
        np.array([i for i, entry in enumerate(numbers) if entry[3]], dtype=np.int64),
        tuple(booleans),
        tuple(places),
        tuple(vocabularies),
    )
