"""The entities that labels such as B-PER, I-PER and O spell out, and how many are found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from ranvier.model.step_scoring import labels_in

Array = np.ndarray[Any, Any]

_MARKED = re.compile(r"([BIESLU])-(.+)")


def spell_entities(classes: Iterable[Any]) -> bool:
    """Whether labels say where entities begin and go on: B-PER, I-PER, O, ..."""
    names = [str(name) for name in classes]
    found = [bool(_MARKED.fullmatch(name)) for name in names]
    return any(found) and all(mark or name == "O" for mark, name in zip(found, names, strict=True))


def entities(labels: Iterable[Any]) -> set[tuple[str, int, int]]:
    """The entities of a row: their kind, and from which label to before which other.

    As conlleval reads them (Tjong Kim Sang and De Meulder 2003): an I- that goes on with nothing
    begins an entity.
    """
    found: set[tuple[str, int, int]] = set()
    kind, begin, closed = "", 0, True
    place = -1
    for place, label in enumerate(labels):
        match = _MARKED.fullmatch(str(label))
        mark, name = match.groups() if match else ("O", "")
        fresh = closed or mark in "BSUO" or name != kind
        if kind and fresh:
            found.add((kind, begin, place))
            kind = ""
        if fresh and match:
            kind, begin = name, place
        closed = mark in "ESLUO"
    if kind:
        found.add((kind, begin, place + 1))
    return found


def f1_entities(truth: Any, prediction: Any, weights: Array | None) -> float:
    """F1 of the entities: right where kind, beginning and end are.

    Args:
        truth: objects (N,), a row of labels for each row.
        prediction: the same.
        weights: (N,) how much each row counts, or None.
    """
    rows = list(prediction)
    labels = labels_in(truth)
    each = np.ones(len(rows)) if weights is None else weights
    right = given = wanted = 0.0
    for number, (row, weight) in enumerate(zip(rows, each.tolist(), strict=True)):
        real, said = entities(labels.row(number)), entities(row)
        right += weight * len(real & said)
        given += weight * len(said)
        wanted += weight * len(real)
    return 2.0 * right / (given + wanted) if given + wanted else 0.0
