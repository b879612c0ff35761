"""A plan as plain data and tensors, and back; whatever does not fit together is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ranvier.errors import ArtifactError
from ranvier.preprocessing.categories import MOST, Vocabulary
from ranvier.preprocessing.columns import KINDS, ColumnDecision
from ranvier.preprocessing.datetimes import PARTS
from ranvier.preprocessing.plan import Plan

VERSION = 1
Array = np.ndarray[Any, Any]


def dump(plan: Plan) -> tuple[dict[str, Any], dict[str, Array]]:
    """JSON-able state, and tensors by name."""
    state = {
        "version": VERSION,
        "array": plan.array,
        "columns": [
            {"name": d.name, "kind": d.kind, "reason": d.reason, "details": dict(d.details)}
            for d in plan.decisions
        ],
        "numbers": list(plan.numbers),
        "booleans": list(plan.booleans),
        "places": [list(place) for place in plan.places],
        "categories": [
            {"name": name, "values": list(v.values), "missing": v.missing}
            for name, v in plan.vocabularies
        ],
    }
    tensors = {"center": plan.center, "scale": plan.scale, "indicated": plan.indicated}
    return state, tensors


def restore(state: Mapping[str, Any], tensors: Mapping[str, Array]) -> Plan:
    """The plan, after every part has been checked."""
    try:
        plan = _build(state, tensors)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, ArtifactError):
            raise
        raise _damaged("a part is missing or malformed") from error
    _check(plan)
    return plan


def _damaged(what: str) -> ArtifactError:
    return ArtifactError(
        f"The preprocessing state is damaged or foreign ({what}): train and save the model again."
    )


def _build(state: Mapping[str, Any], tensors: Mapping[str, Array]) -> Plan:
    version = state["version"]
    if version != VERSION:
        raise ArtifactError(
            f"The preprocessing state has version {version!r} and this Ranvier reads {VERSION}: "
            "use the Ranvier that wrote it, or a newer one."
        )
    return Plan(
        decisions=tuple(
            ColumnDecision(_text(c["name"]), _text(c["kind"]), _text(c["reason"]),
                           dict(c["details"]))
            for c in state["columns"]
        ),
        numbers=tuple(_text(name) for name in state["numbers"]),
        center=np.asarray(tensors["center"], dtype=np.float64),
        scale=np.asarray(tensors["scale"], dtype=np.float64),
        indicated=_positions(tensors["indicated"]),
        booleans=tuple(_text(name) for name in state["booleans"]),
        places=tuple((_text(name), _text(part)) for name, part in state["places"]),
        vocabularies=tuple(
            (_text(c["name"]), Vocabulary(tuple(map(_text, c["values"])), _truth(c["missing"])))
            for c in state["categories"]
        ),
        array=_truth(state["array"]),
    )  # fmt: skip


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _damaged(f"text expected, got {type(value).__name__}")
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _damaged(f"true or false expected, got {type(value).__name__}")
    return value


def _positions(tensor: Any) -> Array:
    positions = np.asarray(tensor)
    if positions.size and positions.dtype.kind not in "iu":
        raise _damaged("positions must be whole numbers")
    return positions.astype(np.int64)


def _check(plan: Plan) -> None:
    names = [decision.name for decision in plan.decisions]
    kinds = {decision.name: decision.kind for decision in plan.decisions}
    if not names or len(kinds) != len(names) or not set(kinds.values()) <= set(KINDS):
        raise _damaged("columns without a name or kind of their own")
    for decision in plan.decisions:
        styles = (decision.details.get("format"), decision.details.get("zone"))
        if not all(style is None or isinstance(style, str) for style in styles):
            raise _damaged("a date's style is no text")
    count = len(plan.numbers)
    if plan.center.shape != (count,) or plan.scale.shape != (count,):
        raise _damaged(f"{count} numbers with tensors {plan.center.shape} and {plan.scale.shape}")
    if not (np.isfinite(plan.center).all() and np.isfinite(plan.scale).all()):
        raise _damaged("a center or scale is not finite")
    if (plan.scale < 0).any():
        raise _damaged("a scale is negative")
    positions = plan.indicated
    if positions.ndim != 1 or (np.diff(positions) <= 0).any():
        raise _damaged("the indicators' positions are not in order")
    if positions.size and not (positions[0] >= 0 and positions[-1] < count):
        raise _damaged("an indicator's position is outside the columns")
    used = [*plan.numbers, *plan.booleans, *(n for n, _ in plan.places), *dict(plan.vocabularies)]
    if not set(used) <= set(kinds):
        raise _damaged("a column is used that is not listed")
    for group in (plan.numbers, plan.booleans, plan.places, [n for n, _ in plan.vocabularies]):
        if len(set(group)) != len(group):
            raise _damaged("a column is used twice")
    if not {part for _, part in plan.places} <= set(PARTS) - {"elapsed"}:
        raise _damaged("an unknown part of a date")
    if any(kinds[name] != "datetime" for name, _ in plan.places):
        raise _damaged("a part of a date in a column that is none")
    if plan.array and (plan.booleans or plan.places or plan.vocabularies):
        raise _damaged("an array has numeric columns only")
    if not used:
        raise _damaged("no column is used")
    for _, vocabulary in plan.vocabularies:
        if list(vocabulary.values) != sorted(set(vocabulary.values)):
            raise _damaged("a vocabulary is not sorted")
        if len(vocabulary.values) > MOST:
            raise _damaged(f"a vocabulary of more than {MOST:,} values")
