"""A table -> the arrays that enter a network. Fitted once, then the same for every row."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ranvier.errors import DataError
from ranvier.preprocessing import booleans, categories, datetimes, matching, numeric, state
from ranvier.preprocessing.columns import ColumnDecision, summary
from ranvier.preprocessing.plan import Plan, plan_array, plan_frame
from ranvier.preprocessing.reading import raw_numbers, unreadable
from ranvier.specification import InputSpec

if TYPE_CHECKING:
    import polars as pl

    from ranvier.data.streams import Facts

Array = np.ndarray[Any, Any]

# From here one block of rows is not the whole array: below, blocks would only cost time.
_SMALL = 1 << 12
# Blocks of a frame are larger: each costs a slice per column.
FRAME_ROWS = 1 << 14


class TablePreprocessor:
    """What was learned from the training rows, and its application.

    Attributes:
        plan: everything learned, as plain values.
        spec: what the network is told: F numeric inputs, and the codes of each category.
        decisions: what each training column was taken for, and why.
        notes: what a reader should be told.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.spec = InputSpec(plan.width, tuple(v.codes for _, v in plan.vocabularies))
        self.columns = tuple(decision.name for decision in plan.decisions)
        self.decisions: tuple[ColumnDecision, ...] = plan.decisions
        self.notes = _notes(plan)
        positions = {name: position for position, name in enumerate(self.columns)}
        kept = np.array([positions[name] for name in plan.numbers], dtype=np.int64)
        # None: all columns as they come, so that no row is copied to choose among them
        self._kept = None if len(kept) == len(self.columns) else kept

    @property
    def feature_names(self) -> tuple[str, ...]:
        """A name for each column of the numeric input."""
        return self.plan.feature_names

    @property
    def feature_columns(self) -> tuple[str, ...]:
        """The table's column behind each column of the numeric input."""
        return self.plan.feature_columns

    @property
    def category_names(self) -> tuple[str, ...]:
        """The column behind each category input."""
        return tuple(name for name, _ in self.plan.vocabularies)

    def summary(self) -> list[str]:
        """Lines for display: what enters the network, what is left out and why."""
        return summary(self.decisions)

    @classmethod
    def fit(
        cls,
        inputs: pl.DataFrame | Array,
        weights: Array | None = None,
        facts: Facts | None = None,
    ) -> TablePreprocessor:
        """Learn from training rows.

        Args:
            inputs: (N, columns) frame or numeric array; NaN or null for missing.
            weights: (N,) non-negative; the weight 2 is the row twice, the weight 0 is no row.
            facts: where the rows are a sample of a frame's, what is known of all of them.
        """
        repeats = None
        if weights is not None:
            weights = np.asarray(weights, dtype=np.float64)
            if not weights.all():
                rows = np.flatnonzero(weights)
                inputs, weights = inputs[rows], weights[rows]
            # fractions weigh the statistics, but no row can be counted half
            if (weights == np.floor(weights)).all() and (weights > 1).any():
                repeats = weights.astype(np.int64)
            if (weights == weights[:1]).all() and repeats is None:
                weights = None
        if inputs.shape[0] == 0 or inputs.shape[1] == 0:
            raise DataError(
                f"A table of {inputs.shape[0]} rows and {inputs.shape[1]} columns teaches nothing: "
                "at least one of each must count."
            )
        if isinstance(inputs, np.ndarray):
            return cls(plan_array(inputs, weights))
        return cls(plan_frame(inputs, weights, repeats, facts))

    def transform(self, inputs: pl.DataFrame | Array, *, lenient: bool = False) -> dict[str, Array]:
        """The network's inputs for any rows.

        Args:
            inputs: (N, columns); a frame's columns match by name, an array's by position.
            lenient: absent columns take their missing value and unknown ones are ignored; without
                it the columns must be those of training, in their order.

        Returns:
            "numeric": float32 (N, F), C-contiguous; "categories": int32 (N, C). A key whose width
            is 0 is absent.
        """
        plan = self.plan
        if plan.array:
            if not isinstance(inputs, np.ndarray):
                inputs = self._array_of(inputs, lenient=lenient)
            matching.check_width(inputs.shape[1], len(self.columns))
            return {"numeric": self._from_array(inputs)}
        if isinstance(inputs, np.ndarray):
            inputs = matching.as_frame(inputs, self.columns)
        frame = matching.match(inputs, self.columns, lenient=lenient)
        result: dict[str, Array] = {}
        if plan.width:
            result["numeric"] = self._numeric(frame)
        if plan.vocabularies:
            codes = np.empty((frame.height, len(plan.vocabularies)), dtype=np.int32)
            for position, (name, vocabulary) in enumerate(plan.vocabularies):
                codes[:, position] = categories.encode(_column(frame, name), vocabulary)
            result["categories"] = codes
        return result

    def missing_columns(self, inputs: pl.DataFrame | Array) -> tuple[str, ...]:
        """The columns that the network uses and these inputs lack; none for arrays."""
        if isinstance(inputs, np.ndarray):
            return ()
        given = inputs.columns
        if len(given) == len(self.columns) and (
            matching.made_up(given) or matching.made_up(self.columns)
        ):
            return ()
        return tuple(d.name for d in self.decisions if d.used and d.name not in given)

    def unreadable(self, inputs: pl.DataFrame | Array) -> tuple[tuple[str, int, str], ...]:
        """Columns of numbers in training that hold text here: name, how many values, the first."""
        if isinstance(inputs, np.ndarray):
            return ()
        names: Mapping[str, str] = {name: name for name in inputs.columns}
        if matching.made_up(inputs.columns) and len(inputs.columns) == len(self.columns):
            names = dict(zip(self.columns, inputs.columns, strict=True))
        numeric = {d.name for d in self.decisions if d.kind == "numeric"}
        found = []
        for name in self.plan.numbers:
            if name in numeric and name in names:
                count, first = unreadable(inputs[names[name]])
                if count:
                    found.append((name, count, first))
        return tuple(found)

    def to_state(self) -> tuple[dict[str, Any], dict[str, Array]]:
        """JSON-able plain data, and tensors by name."""
        return state.dump(self.plan)

    @classmethod
    def from_state(
        cls, plain: Mapping[str, Any], tensors: Mapping[str, Array]
    ) -> TablePreprocessor:
        """The same preprocessor; ArtifactError for a state that does not fit together."""
        return cls(state.restore(plain, tensors))

    def _array_of(self, frame: pl.DataFrame, *, lenient: bool) -> Array:
        frame = matching.match(frame, self.columns, lenient=lenient)
        for name, count, first in self.unreadable(frame):
            values = "1 value of it is" if count == 1 else f"{count:,} values of it are"
            raise DataError(
                f'Column "{name}" must hold numbers, as in training; {values} text such '
                f"as {first!r}; pass NaN for missing ones."
            )
        return matching.as_array(frame.select(_column(frame, name) for name in self.columns))

    def _from_array(self, inputs: Array) -> Array:
        plan = self.plan
        if inputs.size <= _SMALL:  # one row at predict time: every microsecond is seen
            raw = inputs if self._kept is None else inputs[:, self._kept]
            with np.errstate(over="ignore", invalid="ignore", under="ignore"):
                return np.asarray(
                    numeric.features(
                        raw.astype(np.float64, copy=False), plan.center, plan.scale, plan.indicated
                    ),
                    dtype=np.float32,
                    order="C",
                )
        out = np.empty((len(inputs), plan.width), dtype=np.float32)

        def blocks(start: int, stop: int) -> Array:
            rows = inputs[start:stop]
            return rows if self._kept is None else rows[:, self._kept]

        numeric.fill(out, blocks, plan.center, plan.scale, plan.indicated)
        return out

    def raw(self, inputs: pl.DataFrame | Array, *, lenient: bool = False) -> Array:
        """Float64 (N, numbers): the numbers before they are scaled, NaN where one is missing.

        Of an array all columns; of a frame those of `plan.numbers`, dates as elapsed days.
        """
        if self.plan.array:
            if not isinstance(inputs, np.ndarray):
                inputs = self._array_of(inputs, lenient=lenient)
            matching.check_width(inputs.shape[1], len(self.columns))
            return inputs.astype(np.float64)
        if isinstance(inputs, np.ndarray):
            inputs = matching.as_frame(inputs, self.columns)
        frame = matching.match(inputs, self.columns, lenient=lenient)
        sources = self._sources(frame, self._moments(frame))
        return _raw(sources, 0, frame.height)

    def _moments(self, frame: pl.DataFrame) -> dict[str, Array]:
        """The moments of each column of dates."""
        kinds = {decision.name: decision for decision in self.decisions}
        return {
            name: datetimes.moments(
                _column(frame, name),
                kinds[name].details.get("format"),
                kinds[name].details.get("zone"),
            )
            for name in kinds
            if kinds[name].kind == "datetime"
        }

    def _sources(self, frame: pl.DataFrame, whens: Mapping[str, Array]) -> list[Any]:
        return [
            whens[name] if name in whens else _column(frame, name) for name in self.plan.numbers
        ]

    def _numeric(self, frame: pl.DataFrame) -> Array:
        plan = self.plan
        out = np.empty((frame.height, plan.width), dtype=np.float32)
        whens = self._moments(frame)
        sources = self._sources(frame, whens)
        for start in range(0, frame.height if plan.numbers else 0, FRAME_ROWS):
            part = out[start : start + FRAME_ROWS]
            blocks = partial(_rows, _raw(sources, start, len(part)))
            numeric.fill(part, blocks, plan.center, plan.scale, plan.indicated)
        column = len(plan.numbers) + len(plan.indicated)
        for name in plan.booleans:
            out[:, column] = booleans.values(_column(frame, name))
            column += 1
        for name, piece in plan.places:
            out[:, column : column + 2] = datetimes.place(whens[name], piece)
            column += 2
        return out


def _raw(sources: list[Any], start: int, count: int) -> Array:
    """Float64 (count, sources): some rows of each, as numbers."""
    raw = np.empty((count, len(sources)))
    for position, source in enumerate(sources):
        rows = source[start : start + count]
        raw[:, position] = (
            datetimes.elapsed(rows) if isinstance(rows, np.ndarray) else raw_numbers(rows)
        )
    return raw


def _rows(raw: Array, start: int, stop: int) -> Array:
    return raw[start:stop]


def _column(frame: pl.DataFrame, name: str) -> pl.Series:
    """The column, or nulls where the frame lacks it."""
    import polars as pl

    if name in frame.columns:
        return frame.get_column(name)
    return pl.Series(name, [None], dtype=pl.String).new_from_index(0, frame.height)


def _notes(plan: Plan) -> tuple[str, ...]:
    notes = [
        f"{d.name}: {d.reason}"
        for d in plan.decisions
        if d.details.get("lost") or (d.details.get("format") or "iso") != "iso"
    ]
    alone = len(plan.numbers) == 1 and not (plan.booleans or plan.places or plan.vocabularies)
    if alone and not plan.scale[0] and not len(plan.indicated):
        notes.append("no column varies: the network can only predict the average")
    return tuple(notes)
