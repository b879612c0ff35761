"""Rules for parts of an array, and for numbers that count places."""

from __future__ import annotations

import numpy as np

from ranvier.errors import ExportError
from ranvier.export.graph import Constant, Size, Step, Value
from ranvier.export.rules.shapes import broadcast
from ranvier.export.rules.step import Made, Rule, again, same, shape_of
from ranvier.export.symbols import difference, plus


def _slice(step: Step) -> Made:
    given = step.settings
    if "of" in given:
        return _first_rows(step)
    starts = given["starts" if "starts" in given else "start_indices"]
    limits = given["limits" if "limits" in given else "limit_indices"]
    strides = given.get("strides") or [1] * len(starts)
    if list(limits) == shape_of(step) and not any(starts) and set(strides) == {1}:
        return [same(step)]
    starts = [_place(start, size) for start, size in zip(starts, shape_of(step), strict=True)]
    if any(isinstance(start, str) for start in starts):
        raise ExportError("A part of an array without any numbers cannot be exported.")
    limits = [_place(limit, size) for limit, size in zip(limits, shape_of(step), strict=True)]
    return [again(step, "slice", starts=list(starts), limits=list(limits), strides=list(strides))]


def _place(place: Size, size: Size) -> Size:
    """A place along an axis; what is told from its end is negative, and the end itself its size."""
    if isinstance(place, int) or place == size:
        return place
    before_end = difference(size, place)
    if before_end is None or before_end < 0:
        raise ExportError(f"The place {place} on an axis of the size {size} cannot be exported.")
    return -before_end if before_end else size


def _split(step: Step) -> Made:
    axis, first, made = step.settings["axis"], 0, []
    shape = shape_of(step)
    for size, output in zip(step.settings["sizes"], step.outputs, strict=True):
        starts, limits = [0] * len(shape), list(shape)
        starts[axis], limits[axis] = first, first + size
        settings = {"starts": starts, "limits": limits, "strides": [1] * len(shape)}
        made.append(Step("slice", step.inputs, (output,), settings))
        first += size
    return made


def _iota(step: Step) -> Made:
    (output,), axis = step.outputs, step.settings["dimension"]
    size = output.shape[axis]
    if not isinstance(size, int):
        return _count(step, size)
    thin = [1] * len(output.shape)
    thin[axis] = size
    numbers = Constant(np.arange(size, dtype=output.dtype).reshape(thin))
    return [Step("expand", (numbers,), (output,), {"shape": list(output.shape)})]


def _size(step: Step) -> Made:
    return [again(step, "size", axis=step.settings["of"])]


def _count(step: Step, size: Size) -> Made:
    """As long as an input, of which nobody knows how long it is."""
    (output,), axis = step.outputs, step.settings["dimension"]
    counted = Value(f"{output.name}_count", (size,), output.dtype)
    count = Step("count", step.inputs[:1], (counted,), {"axis": step.settings["of"]})
    settings = {"shape": list(output.shape), "broadcast_dimensions": [axis]}
    return [count, *broadcast(Step("broadcast_in_dim", (counted,), (output,), settings))]


def _first_rows(step: Step) -> Made:
    """Of a table, as many as an input is long."""
    source, table = step.inputs
    given, (output,) = step.settings, step.outputs
    assert table is not None
    whole = list(given["limit_indices"])[1:] == list(table.shape[1:])
    if any(given["start_indices"]) or set(given["strides"] or [1]) != {1} or not whole:
        raise ExportError("A part of a table whose size is not known cannot be exported.")
    counted = Value(f"{output.name}_count", output.shape[:1], "int32")
    count = Step("count", (source,), (counted,), {"axis": given["of"]})
    return [count, Step("embedding", (counted, table), step.outputs)]


def _gather(step: Step) -> Made:
    """Of places that are known: a slice, by steps along one axis at most."""
    x, places = step.inputs
    given, (output,) = step.settings, step.outputs
    offsets, gone, axes, *batches = given["dimension_numbers"]
    if x is None or not isinstance(places, Constant) or any(batches) or places.array.ndim > 2:
        raise _picked()
    rows = places.array.reshape(-1, len(axes))  # (places, axes)
    by = {axis: set(np.diff(rows[:, n]).tolist()) for n, axis in enumerate(axes)}
    moved = [axis for axis, steps in by.items() if steps - {0}]
    if places.array.ndim == 2 and not moved:  # one place, which is a part of one number
        moved = [axis for axis in axes if axis in gone][-1:]
    if len(moved) != places.array.ndim - 1 or not set(moved) <= set(gone):
        raise _picked()
    if any(len(by[axis]) > 1 or min(by[axis], default=1) < 1 for axis in moved):
        raise _picked()
    kept = [axis for axis in range(len(x.shape)) if axis not in gone or axis in moved]
    if list(offsets) != [n for n, axis in enumerate(kept) if axis not in moved]:
        raise _picked()
    starts: list[Size] = [0] * len(x.shape)
    limits, strides = list(given["slice_sizes"]), [1] * len(x.shape)
    for n, axis in enumerate(axes):
        starts[axis] = int(rows[0, n])
        limits[axis] = plus(limits[axis], int(rows[-1, n]))
        strides[axis] = min(by[axis], default=1) if axis in moved else 1
        size, limit = x.shape[axis], limits[axis]
        if isinstance(size, int) and isinstance(limit, int) and limit > size:
            raise _picked()
    shape = list(given["slice_sizes"])
    for axis in moved:
        shape[axis] = len(rows)
    others = [axis for axis in gone if axis not in moved]
    part = Value(f"{output.name}_part", tuple(shape), output.dtype) if others else output
    settings = {"starts": starts, "limits": limits, "strides": strides}
    parts = _slice(Step("slice", (x,), (part,), settings))
    return [*parts, Step("squeeze", (part,), (output,), {"axes": others})] if others else parts


def _picked() -> ExportError:
    return ExportError(
        "Numbers are picked out of an array by other numbers, which cannot be exported: use "
        "layers.lookup."
    )


RULES: dict[str, Rule] = {
    "slice": _slice,
    "split": _split,
    "iota": _iota,
    "size": _size,
    "gather": _gather,
}
