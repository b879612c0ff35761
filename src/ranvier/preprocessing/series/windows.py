"""Windows over series -> what enters a network.

- "past", float32 (N, context): the values seen, by `Scale`;
- "linear", float32 (N, horizon): what the best linear forecast makes of them;
- "calendar", float32 (N, context + horizon, width): the place of each step in the year, the week
  and the day, where these say something;
- "known_numeric", "known_categories" (N, context + horizon, columns): columns known ahead;
- "static_numeric" (N, columns), "static_categories" (N, 1 + columns): of each series, first which
  one it is, where there are several.

All of it is made as batches are taken; the table is held once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.data.series import SeriesTable, Windows
from ranvier.errors import DataError
from ranvier.preprocessing.columns import ColumnDecision, summary
from ranvier.preprocessing.series.calendar import parts_of, places, width
from ranvier.preprocessing.series.gathered import Gathered
from ranvier.preprocessing.series.linear import LinearForecast
from ranvier.preprocessing.series.scale import Scale, reached
from ranvier.preprocessing.table import TablePreprocessor
from ranvier.specification import InputSpec, WindowSpec

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]


@dataclass(eq=False)
class WindowPreprocessor:
    """What was learned from the windows that train.

    Attributes:
        context, horizon: steps.
        scale: how values become numbers.
        linear: the linear forecast of such numbers.
        calendar: the places of a step that enter.
        tail: the end of the series, from which the model itself forecasts.
        known, static: of the columns beside; None without.
        spec: what the network is told.
        decisions: what each column was taken for.
        columns: their names.
        notes: what a reader should be told.
    """

    context: int
    horizon: int
    scale: Scale
    linear: LinearForecast
    calendar: tuple[str, ...]
    tail: SeriesTable
    known: TablePreprocessor | None = None
    static: TablePreprocessor | None = None

    @classmethod
    def fit(cls, windows: Windows) -> WindowPreprocessor:
        """Learn from windows that train; nothing is looked at that comes after them."""
        table, scale = windows.table, Scale.of(windows)
        past, future = scale.forward(windows.past()), scale.forward(windows.future())
        longest = max(stop - start for start, stop in reached(windows))
        parts = parts_of(table.frequency, longest)
        known = static = None
        if table.known is not None:
            rows = [np.arange(start, stop) for start, stop in reached(windows)]
            known = TablePreprocessor.fit(_checked(table.known)[np.concatenate(rows)])
        if table.static is not None:
            static = TablePreprocessor.fit(_checked(table.static))
        return cls(
            windows.context, windows.horizon, scale, LinearForecast.fit(past, future), parts,
            table.tail(windows.context), known, static,
        )  # fmt: skip

    def __post_init__(self) -> None:
        tables = [table for table in (self.known, self.static) if table is not None]
        static = InputSpec() if self.static is None else self.static.spec
        several = (len(self.tail) + 1,) if len(self.tail) > 1 else ()
        self.spec = InputSpec(
            window=WindowSpec(
                context=self.context,
                horizon=self.horizon,
                season=self.tail.season,
                calendar=width(self.calendar),
                known=InputSpec() if self.known is None else self.known.spec,
                static=InputSpec(static.numeric, (*several, *static.categories)),
            )
        )
        values = ColumnDecision(self.tail.target, "series", self.scale.words)
        self.decisions: tuple[ColumnDecision, ...] = (
            values, *(decision for table in tables for decision in table.decisions)
        )  # fmt: skip
        self.columns = tuple(decision.name for decision in self.decisions)
        self.notes = tuple(note for table in tables for note in table.notes)

    def summary(self) -> list[str]:
        """Lines for display."""
        lines = []
        if self.scale.power != 1.0:
            grows = "grows with its level" if len(self.tail) == 1 else "grows with the level"
            lines.append(f"{self.scale.words} of {self.tail.target}, whose spread {grows}")
        for table, words in ((self.known, "known ahead"), (self.static, "of each series")):
            if table is not None:
                first, *others = summary(table.decisions)
                lines += [f"{words}: {first}", *others]
        return lines

    def transform(self, inputs: Windows, *, lenient: bool = False) -> dict[str, Any]:
        """The network's inputs for any windows of this context and horizon.

        Args:
            inputs: windows whose table has a row for each of their steps ahead.
            lenient: as in `TablePreprocessor.transform`, for the columns beside.

        Raises:
            DataError: windows of another size or another step.
        """
        self._check(inputs)
        table, rows, steps = inputs.table, len(inputs), self.context + self.horizon
        numbers = self.scale.forward(table.values)
        lowest = table.starts[inputs.series]
        offsets = np.arange(-self.context, self.horizon)

        def past(chosen: Array) -> Array:
            return numbers[inputs.past_rows(chosen)]

        def along(array: Array) -> Gathered:
            """The rows of all steps of a window, from one for each step of the table."""

            def make(chosen: Array) -> Array:
                places = inputs.origins[chosen, None] + offsets
                found: Array = array[np.maximum(places, lowest[chosen, None])]
                return found

            return Gathered(make, rows, (steps, array.shape[1]), array.dtype)

        result: dict[str, Any] = {
            "past": Gathered(past, rows, (self.context,), np.float32),
            "linear": Gathered(lambda c: self.linear(past(c)), rows, (self.horizon,), np.float32),
        }
        if self.calendar:
            times = table.times_of(np.arange(len(table.values)))
            result["calendar"] = along(places(times, self.calendar))
        if self.known is not None:
            assert table.known is not None
            for name, array in self.known.transform(table.known, lenient=lenient).items():
                result[f"known_{name}"] = along(array)
        return result | self._of_series(inputs, lenient)

    def _of_series(self, inputs: Windows, lenient: bool) -> dict[str, Array]:
        series = inputs.series
        result: dict[str, Array] = {}
        if self.static is not None:
            if inputs.table.static is None:
                raise DataError(
                    "The static columns of training are missing: name them with static=."
                )
            table = self.static.transform(inputs.table.static, lenient=lenient)
            result = {f"static_{name}": array[series] for name, array in table.items()}
        if len(self.tail) > 1:
            codes = {name: place + 1 for place, name in enumerate(self.tail.names)}
            each = np.array([codes.get(name, 0) for name in inputs.table.names], np.int32)
            others = result.get("static_categories", np.zeros((len(series), 0), np.int32))
            result["static_categories"] = np.concatenate([each[series, None], others], axis=1)
        return result

    def _check(self, inputs: Windows) -> None:
        if not isinstance(inputs, Windows):
            raise DataError(
                "This model forecasts series: pass windows that ranvier.read_series made, or use "
                "forecast()."
            )
        ours, theirs = self.tail.frequency, inputs.table.frequency
        if (ours.unit, ours.size) != (theirs.unit, theirs.size):
            raise DataError(f"The series must be {ours}, as in training; they are {theirs}.")
        if (inputs.context, inputs.horizon) != (self.context, self.horizon):
            raise DataError(
                f"Windows must be of {self.context} steps and {self.horizon} ahead, as in "
                f"training; got {inputs.context} and {inputs.horizon}: read the series with "
                f"context={self.context}, horizon={self.horizon}."
            )
        if self.known is not None and inputs.table.known is None:
            named = ", ".join(f'"{name}"' for name in self.known.columns)
            raise DataError(f"The columns known ahead are missing: name {named} with known=.")

    def missing_columns(self, inputs: Any) -> tuple[str, ...]:
        """The columns beside that these windows lack."""
        known = getattr(getattr(inputs, "table", None), "known", None)
        return () if self.known is None or known is None else self.known.missing_columns(known)

    def unreadable(self, inputs: Any) -> tuple[tuple[str, int, str], ...]:
        """As `TablePreprocessor.unreadable`, for the columns known ahead."""
        known = getattr(getattr(inputs, "table", None), "known", None)
        return () if self.known is None or known is None else self.known.unreadable(known)

    def to_state(self) -> tuple[dict[str, Any], dict[str, Array]]:
        """JSON-able plain data, and tensors by name."""
        from ranvier.preprocessing.series.state import dump

        return dump(self)

    @classmethod
    def from_state(
        cls, plain: Mapping[str, Any], tensors: Mapping[str, Array]
    ) -> WindowPreprocessor:
        """What `to_state` described.

        Raises:
            ArtifactError: the state is malformed.
        """
        from ranvier.preprocessing.series.state import restore

        return restore(plain, tensors)


def _checked(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns beside a series: numbers, truths and names.

    Raises:
        DataError: dates, or lists.
    """
    import polars as pl

    for name, dtype in frame.schema.items():
        if not (dtype.is_numeric() or dtype in (pl.String, pl.Boolean, pl.Categorical, pl.Enum)):
            raise DataError(
                f'The column "{name}" beside the series must hold numbers, truths or names; it '
                f"holds {dtype}: leave it out, for the calendar is known without it."
            )
    return frame
